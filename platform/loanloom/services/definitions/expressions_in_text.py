"""Help inside the YAML text of a definition while it is written: the expression that the cursor is in, and what may be
written there, ready to be put into the text. Reads only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from loanloom.engines.expressions_in_text import Here, find
from loanloom.feel.help.completion import Completion
from loanloom.feel.help.hover import Hover, Signature
from loanloom.services.context import Context
from loanloom.services.definitions import expressions, working
from loanloom.services.definitions.catalogue import kind_of
from loanloom.services.definitions.expressions import Asked
from loanloom.services.definitions.releases import candidate


def here(ctx: Context, asked: Asked, at: int) -> Here | None:
    """The expression of the asked text that a place of it is in; None outside expressions, and in a text that cannot
    be read just now.
    """
    ctx.require("definition.read")
    kind = kind_of(asked.kind)
    written = asked.source or ""
    document, _ = candidate.read_draft(kind.key, asked.key, written)
    if document is None or document.source is None or document.source.text != written:
        return None
    return find(document, at, working.registry_of(ctx))


def fitting(found: Here) -> Iterator[Completion]:
    """What may be written at the cursor, with places and words as the YAML text takes them."""
    for one in expressions.completions(found.place, found.source, found.offset):
        made = found.insert(one.start, one.end, one.apply, one.cursor)
        if made is not None:
            yield replace(one, start=made.start, end=made.end, apply=made.text, cursor=made.cursor)


def pointed(found: Here) -> tuple[Hover | None, Signature | None]:
    """What stands under the cursor, with its place in the text, and the call around it."""
    said, call = expressions.pointed(found.place, found.source, found.offset)
    if said is not None:
        start, end = found.between(said.start, said.end)
        said = replace(said, start=start, end=end)
    return said, call


__all__ = ["fitting", "here", "pointed"]
