"""Namespaces and ids of BPMN 2.0 files. An id of ours is a step's key, or the key and what it is of the step."""

from __future__ import annotations

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DIAGRAM = "http://www.omg.org/spec/BPMN/20100524/DI"
DRAWING = "http://www.omg.org/spec/DD/20100524/DC"
INTERCHANGE = "http://www.omg.org/spec/DD/20100524/DI"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
FEEL = "https://www.omg.org/spec/DMN/20230324/FEEL/"
OWN = "urn:loanloom:flow"
"""Of the element that holds the document itself."""
PREFIXES = {"bpmndi": DIAGRAM, "dc": DRAWING, "di": INTERCHANGE, "xsi": INSTANCE, "loanloom": OWN}
PROCESS = "process-"


def model(name: str) -> str:
    """The full name of an element of BPMN."""
    return f"{{{MODEL}}}{name}"
