"""The expression at a place of a definition's YAML text: the one that the cursor is in, and how to write into it. Pure.

The help of the editor asks here while somebody types. A text that cannot be read at the moment has no expressions.
"""

from __future__ import annotations

from dataclasses import dataclass

from loanloom.engines.documents.placeholders import Cut, Unclosed, cut
from loanloom.engines.expressions import Place, place
from loanloom.feel.limits import MAX_LENGTH
from loanloom.metadata import inserting
from loanloom.metadata.document import Document
from loanloom.metadata.inserting import Insertion
from loanloom.metadata.registry import Registry

_SPEC = "/spec"


@dataclass(frozen=True, slots=True)
class Here:
    """The expression that the cursor is in: its place, its text, the cursor in it; `shift` is where it begins in the
    value that holds it.
    """

    place: Place
    source: str
    offset: int
    shift: int
    opened: inserting.Opened

    def between(self, start: int, end: int) -> tuple[int, int]:
        """A part of the expression as a part of the YAML text."""
        return self.opened.between(start + self.shift, end + self.shift)

    def insert(self, start: int, end: int, new: str, cursor: int) -> Insertion | None:
        """New words for a part of the expression, as the YAML text takes them; None where it cannot."""
        return self.opened.insert(start + self.shift, end + self.shift, new, cursor)


def find(document: Document, at: int, registry: Registry) -> Here | None:
    """The expression in which a place of the document's text is; None outside expressions."""
    if document.source is None:
        return None
    pointer = document.source.positions.near(at)
    if pointer is None or not pointer.startswith(f"{_SPEC}/"):
        return None
    pointer = pointer.removeprefix(_SPEC)
    found = place(document, pointer, registry)
    if found is None:
        return None
    opened = inserting.open_at(document.source, _SPEC + pointer, document.at(pointer), at)
    if opened is None or (len(opened.value) > MAX_LENGTH and not found.prose):
        return None
    if found.prose:
        return _placeholder(found, opened)
    if not opened.value.startswith(found.mark) or opened.offset < len(found.mark):
        return None
    source = " " * len(found.mark) + opened.value[len(found.mark) :]
    return Here(found, source, opened.offset, 0, opened)


def _placeholder(found: Place, opened: inserting.Opened) -> Here | None:
    """The placeholder that the cursor is in, blanks around its expression and one that is not closed yet too."""
    value, at = opened.value, opened.offset
    for part in cut(value):
        if isinstance(part, Cut):
            start, end = part.offset, part.offset + len(part.expression)
        elif isinstance(part, Unclosed) and at >= part.offset + 2:
            start, end = part.offset + 2, at
        else:
            continue
        first, last = min(start, at), max(end, at)
        if last - first <= MAX_LENGTH and not (value[first:start] + value[end:last]).strip():
            return Here(found, value[first:last], at - first, first, opened)
    return None


__all__ = ["Here", "find"]
