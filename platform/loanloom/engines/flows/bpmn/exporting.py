"""A flow document as a BPMN 2.0 file."""

from __future__ import annotations

from loanloom.engines.flows.bpmn.drawn import drawn
from loanloom.engines.flows.bpmn.writing import written
from loanloom.metadata.document import Document
from loanloom.metadata.flow_text import write_document
from loanloom.problems import say


def exported(document: Document, language: str = "en") -> str:
    """The file of a flow, names in one language; the document travels within."""
    whole = document.as_mapping()
    source = document.source.text if document.source else write_document(whole)
    drawing = drawn(whole["spec"]["nodes"], language)
    return written(drawing, document.key, say(document.title, language), language, source)
