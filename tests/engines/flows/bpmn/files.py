"""Small BPMN files as other tools write them."""

from __future__ import annotations

from loanloom.engines.flows import bpmn
from loanloom.engines.flows.bpmn.names import MODEL
from loanloom.metadata.reader import read_document
from loanloom.services.definitions.releases.known import kinds


def file(process: str, beside: str = "", attributes: str = 'id="loan-approval" name="Loan approval"') -> str:
    """A whole file around the elements of one process."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<bpmn:definitions xmlns:bpmn="{MODEL}" '
        'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
        'targetNamespace="urn:x" id="d">\n'
        f"{beside}<bpmn:process {attributes}>\n{process}\n</bpmn:process>\n</bpmn:definitions>"
    )


def flow(identity: str, source: str, target: str, more: str = "", condition: str = "") -> str:
    """A sequence flow."""
    inside = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
    ends = f'id="{identity}" sourceRef="{source}" targetRef="{target}"'
    return f"<bpmn:sequenceFlow {ends} {more}>{inside}</bpmn:sequenceFlow>\n"


def steps(text: str, **how: str) -> dict[str, dict[str, object]]:
    """The steps that come of a file, by key."""
    made = read_document(bpmn.imported(text, kinds(), **how).text or "").document  # type: ignore[arg-type]  # texts only
    assert made is not None
    return {node["key"]: node for node in made.as_mapping()["spec"]["nodes"]}


def notes(text: str, **how: str) -> list[tuple[str, int | None]]:
    """What was not understood: code and line."""
    return [(one.code, one.line) for one in bpmn.imported(text, kinds(), **how).problems]  # type: ignore[arg-type]
