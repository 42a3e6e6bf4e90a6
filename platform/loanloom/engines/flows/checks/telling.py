"""How a check tells what is wrong: its code, its place in the document, words in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from loanloom.engines.flows.model import Node
from loanloom.problems import Problem, Text, text

Placed = tuple[str, Node]
"""A node with its JSON pointer."""


def wrong(code: str, pointer: str, message: Text, hint: Text | None = None, **more: Any) -> Problem:
    """One mistake of a flow."""
    return Problem(code=f"flow.{code}", pointer=pointer, message=message, hint=hint, **more)


def unknown(code: str, pointer: str, node: Node, target: str, keys: Iterable[str]) -> Problem:
    """A node that is named and does not exist, with the nearest that does."""
    return wrong(
        code,
        pointer,
        text(
            f"'{node.title['en']}' leads to '{target}', which is no node.",
            f"“{node.title['zh']}”指向的节点“{target}”不存在。",
        ),
        meant(target, keys),
    )


def meant(name: str, known: Iterable[str]) -> Text:
    """The nearest name, or all of them."""
    names = list(known)
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    if near:
        return text(f"Did you mean '{near[0]}'?", f"是否指“{near[0]}”？")
    listed = ", ".join(names)
    return text(f"Nodes: {listed}", f"现有节点：{listed}")
