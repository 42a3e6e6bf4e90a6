"""What every part of the Python back end shares: names of constants and temporaries, reading facts, guarding nulls.

A value that can be null is asked for null once; one that cannot is not.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any

from .. import tree as t

PLAIN = frozenset({"number", "string", "boolean", "date", "days and time duration", "years and months duration"})
"""Kinds whose values Python's own operators compare as FEEL does."""


def is_simple(node: t.Node) -> bool:
    """Whether the node's text is a mere name, which cannot fail and may be repeated."""
    return isinstance(node, t.Input | t.Local | t.Constant)


class Writer:
    """Writes one function."""

    def __init__(self) -> None:
        self.constants: dict[str, Any] = {}
        self.inputs: dict[tuple[str, ...], tuple[str, bool]] = {}
        self.temporaries = 0
        self.needs_budget = False

    @abstractmethod
    def expression(self, node: t.Node) -> str:
        """Python text of a node."""

    def source(self, root: t.Node, parameters: tuple[t.Local, ...] = ()) -> str:
        """The text of the function. Whatever goes wrong in it is told by `_again`, which runs the interpreter."""
        body = self.expression(root)
        names = "".join(f", {one.slot}" for one in parameters)
        lines = [*self._loads(), *(["budget = _Budget()"] if self.needs_budget else []), f"return {body}"]
        return "\n".join(
            [
                f"def program(facts{names}):",
                "    try:",
                *(f"        {line}" for line in lines),
                "    except _Exception as error:",
                f"        return _again(error, facts{names})",
                "",
            ]
        )

    def _loads(self) -> list[str]:
        """Read each fact once; records on the way may be missing unless the facts in them are required."""
        lines: list[str] = []
        groups: dict[tuple[str, ...], str] = {(): "facts"}
        for path, (name, nullable) in sorted(self.inputs.items()):
            for depth in range(1, len(path)):
                prefix = path[:depth]
                if prefix not in groups:
                    groups[prefix] = f"g{len(groups)}"
                    lines.append(f"{groups[prefix]} = {groups[prefix[:-1]]}.get({prefix[-1]!r}) or _nothing")
            base, key = groups[path[:-1]], path[-1]
            lines.append(f"{name} = {base}.get({key!r})" if nullable else f"{name} = {base}[{key!r}]")
            if not nullable:
                lines.append(f"if {name} is None: raise _KeyError({key!r})")
        return lines

    def constant_named(self, value: Any) -> str:
        """A name for a Python object that the code refers to."""
        name = f"k{len(self.constants)}"
        self.constants[name] = value
        return name

    def temporary(self) -> str:
        """A fresh local name."""
        self.temporaries += 1
        return f"t{self.temporaries}"

    def budget(self) -> str:
        """The name of the budget, which is then made."""
        self.needs_budget = True
        return "budget"

    def held(self, node: t.Node) -> tuple[str, str]:
        """Text that computes a node for the first time and text that repeats it."""
        text = self.expression(node)
        if is_simple(node):
            return text, text
        name = self.temporary()
        return f"({name} := {text})", name

    def null_safe(self, nodes: tuple[t.Node, ...], build: Callable[..., str]) -> str:
        """`build` over the nodes' texts, or None where one of them is null. All are computed, left to right."""
        return self.guarded([(node, node.type.nullable) for node in nodes], build)

    def guarded(self, nodes: list[tuple[t.Node, bool]], build: Callable[..., str]) -> str:
        """The same, each node with whether a null in it makes the whole null."""
        if not any(asked for _, asked in nodes):
            return build(*(self.expression(node) for node, _ in nodes))
        guards, texts = [], []
        simple = all(is_simple(node) for node, _ in nodes[1:])
        for node, asked in nodes:
            if is_simple(node):
                texts.append(self.expression(node))
                if asked:
                    guards.append(f"({texts[-1]} is None)")
                continue
            name = self.temporary()
            guards.append(f"(({name} := {self.expression(node)}) is {'None' if asked else '_never'})")
            texts.append(name)
        join = " or " if simple or len(guards) == 1 else " | "  # `|` computes every side: no fault hides behind a null
        return f"(None if {join.join(guards)} else {build(*texts)})"
