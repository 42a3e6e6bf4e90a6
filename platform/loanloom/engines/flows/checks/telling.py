"""How a check tells what is wrong: its code, its place in the document, words in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from loanloom.engines.flows.model import Node
from loanloom.metadata import schema_walk
from loanloom.metadata.wording import Piece
from loanloom.problems import Problem, Text, text

Placed = tuple[str, Node]
"""A node with its JSON pointer. On screens a node is called a step."""


@dataclass(frozen=True, slots=True)
class Called:
    """What people call the parts of a node and its types, by the kind's schema."""

    schema: Piece

    def part(self, name: str) -> Text:
        """A property of a node."""
        return schema_walk.label(self._properties.get(name, {})) or text(name, name)

    def type(self, name: str) -> Text:
        """A type of node."""
        return schema_walk.choices(self._properties["type"]).get(name) or text(name, name)

    @property
    def _properties(self) -> Mapping[str, Piece]:
        found: Mapping[str, Piece] = self.schema["$defs"]["node"]["properties"]
        return found


def wrong(
    code: str, pointer: str, message: Text, hint: Text | None = None, written: str | None = None, **more: Any
) -> Problem:
    """One mistake of a flow. The hint speaks as the editor does; `written` is for those who read the document."""
    return Problem(code=f"flow.{code}", pointer=pointer, message=message, hint=hint, written=written, **more)


def unknown(code: str, pointer: str, node: Node, target: str, keys: Iterable[str]) -> Problem:
    """A node that is named and does not exist, with the nearest that does."""
    return wrong(
        code,
        pointer,
        text(
            f"'{node.title['en']}' leads to '{target}', which is no step.",
            f"“{node.title['zh']}”指向的环节“{target}”不存在。",
        ),
        meant(target, keys),
    )


STEPS = text("Steps", "现有环节")


def meant(name: str, known: Iterable[str], what: Text = STEPS) -> Text:
    """The nearest name, or all of them; `what` they are names of."""
    names = list(known)
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    if near:
        return text(f"Did you mean '{near[0]}'?", f"是否指“{near[0]}”？")
    listed = ", ".join(names)
    return text(f"{what['en']}: {listed}", f"{what['zh']}：{listed}")
