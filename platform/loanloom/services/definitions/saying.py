"""What a place of a definition says where its sheet has better words than the text: conditions as sentences, steps and
accounts by their titles. Lists of changes and the search say the same. Pure."""

from __future__ import annotations

from loanloom.metadata.document import Document
from loanloom.metadata.pointers import resolve
from loanloom.metadata.registry import Registry
from loanloom.problems import Text
from loanloom.services.definitions.sheet import Layout


def said_at(document: Document, registry: Registry, pointer: str) -> Text | None:
    """The words of the sheet at a place; None where they are no more than what is written there."""
    written = resolve(document.spec, pointer)
    if not isinstance(written, str):
        return None
    cell = Layout(document, registry, registry.kinds.require(document.kind)).cell(pointer)
    plain = cell.words["zh"].strip("“”") == written
    return None if plain or cell.kind not in ("expression", "choice", "text", "value") else cell.words
