"""Why an expression came out as it did: its tree with the value of every node, and that in words of both languages.

What a loop does to each item is told by its text alone, since such a node has many values; what was never evaluated has
none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .. import tree as t
from ..problems import Fault, Words
from ..text import syntax
from ..text.formatter import canonical
from ..types import STRING
from . import values
from .budget import Budget, pay_all
from .explanation_words import Labels, Speaker
from .value_words import shortened

Origins = Mapping[str, Words | str]
"""Where facts came from, by dotted path; a path stands for everything below it too."""

_UNSEEN: Final = object()
_LONG: Final = 20
_MANY: Final = 500
_TEXT: Final = 300


@dataclass(frozen=True, slots=True)
class Explanation:
    """One node: its text, its value (`seen` is False where there is none) and the nodes below.

    `problem` says why it has no value where it failed; `origin` where a fact came from; `unit` its currency; `item`
    which of a list's items settled it.
    """

    kind: str
    source: syntax.Node = field(repr=False)
    value: Any
    seen: bool
    name: str = ""
    parts: tuple[Explanation, ...] = ()
    unit: str | None = None
    origin: Words | None = None
    problem: Words | None = None
    item: int | None = None

    @property
    def text(self) -> str:
        """The canonical text of the node."""
        return "" if isinstance(self.source, syntax.Iterator) else canonical(self.source)

    def in_words(self, language: str = "en", labels: Labels | None = None) -> str:
        """The explanation as one line: "monthly income 8,000 ≥ 2 × instalment 3,210: true"."""
        return Speaker(language, labels or {}).line(self)

    def inputs(self) -> dict[str, Any]:
        """The facts that were looked at, by path."""
        return {one.name: one.value for one in self.walk() if one.kind == "input" and one.seen}

    def origins(self) -> dict[str, Words]:
        """Where the facts that were looked at came from, as far as the caller said."""
        return {one.name: one.origin for one in self.walk() if one.seen and one.origin is not None}

    def walk(self) -> Iterator[Explanation]:
        """This node and all below."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def failed(self) -> tuple[Explanation, ...]:
        """The smallest conditions that did not hold: what to show as the reason of a refusal."""
        if self.kind == "logic" and self.value is not True:
            return tuple(one for part in self.parts if part.seen and part.value is not True for one in part.failed())
        return (self,) if self.seen and self.value is not True else ()

    def as_json(self) -> dict[str, Any]:
        """A form that can be stored with a decision."""
        found: dict[str, Any] = {
            "kind": self.kind,
            "text": shortened(self.text, _TEXT),
            "value": _kept(self.value),
            "seen": self.seen,
        }
        for name in ("name", "unit", "origin", "problem", "item"):
            if getattr(self, name):
                found[name] = getattr(self, name)
        if self.parts:
            found["parts"] = [one.as_json() for one in self.parts]
        return found


@dataclass(frozen=True, slots=True)
class Recording:
    """What one run left behind, by the identity of the node: values, why there is none, which item settled a loop."""

    values: Mapping[int, Any]
    problems: Mapping[int, Words] = field(default_factory=dict)
    deciding: Mapping[int, int] = field(default_factory=dict)
    origins: Origins = field(default_factory=dict)


def explain(root: t.Node, run: Recording) -> Explanation:
    """The explanation of a tree that the interpreter has recorded."""
    value = root.value if isinstance(root, t.Constant) else run.values.get(id(root), _UNSEEN)
    seen = value is not _UNSEEN
    kind, name, parts = _shape(root)
    return Explanation(
        kind,
        root.syntax,
        value if seen else None,
        seen,
        name,
        tuple(explain(one, run) for one in parts),
        (root.type.item or root.type).unit if root.type.kind in ("number", "list") else None,
        _origin(name, run.origins) if kind == "input" else None,
        run.problems.get(id(root)),
        run.deciding.get(id(root)),
    )


def _origin(path: str, origins: Origins) -> Words | None:
    while path:
        found = origins.get(path)
        if found is not None:
            return {"en": found, "zh": found} if isinstance(found, str) else found
        path = path.rpartition(".")[0]
    return None


def _shape(node: t.Node) -> tuple[str, str, tuple[t.Node, ...]]:
    """Kind, name and parts of a node."""
    match node:
        case t.Input():
            return "input", ".".join(node.path), ()
        case t.Member() if node.origin:
            return "input", node.origin, ()
        case t.Constant():
            return "constant", "", ()
        case t.Local():
            return "local", node.name, ()
        case t.Arithmetic():
            return "arithmetic", node.operator, (node.left, node.right)
        case t.Compare():
            return "compare", node.operator, (node.left, node.right)
        case t.Logic():
            return "logic", node.operator, node.operands
        case t.Call():
            return "call", node.function.name, tuple(one for one in node.arguments if one is not None)
        case t.Member():
            return "member", node.name, (node.base,)
        case t.Within():
            ends = "".join("c" if closed else "o" for closed in (node.low_closed, node.high_closed))
            return "between", "" if ends == "cc" else ends, (node.value, node.low, node.high)
        case t.OneOf():
            texts = (t.Constant(one, type=STRING, syntax=syntax.Literal_(one)) for one in sorted(node.values))
            return "one of", "", (node.value, *texts)
        case t.Let() if isinstance(node.syntax, syntax.In | syntax.UnaryTests):
            return "in", "", (node.value, *_facts(node.body))
        case t.Passes():
            return "in", "", (node.value, *_facts(node.test))
        case _:
            return _SHAPES.get(type(node), "other"), "", _steady(node)


_SHAPES: Final[Mapping[type[t.Node], str]] = {
    t.Not: "not",
    t.If: "if",
    t.Negate: "negate",
    t.Quantified: "quantified",
}


def _steady(node: t.Node) -> tuple[t.Node, ...]:
    """The parts that have but one value: what a loop runs over, not what it does; of that only the facts it reads."""
    match node:
        case t.Filter():
            return (node.base, *_facts(node.condition))
        case t.Quantified():
            return (*_loops(node.loops), *_facts(node.condition))
        case t.For():
            return (*_loops(node.loops), *_facts(node.body))
        case t.Lambda():
            return _facts(node.body)
        case t.Context():
            return tuple(value for _, value in node.entries)
        case t.ListOf() if all(isinstance(one, t.Constant) for one in node.items):
            return ()
    return tuple(t.children(node))


def _loops(loops: tuple[t.Loop, ...]) -> tuple[t.Node, ...]:
    first, *rest = loops
    ends = () if first.until is None else (first.until,)
    return (first.source, *ends, *(fact for loop in rest for fact in _facts(loop)))


def _facts(node: t.Node) -> tuple[t.Node, ...]:
    """The facts read below a node: these have one value wherever they stand."""
    return tuple({one.path: one for one in t.walk(node) if isinstance(one, t.Input)}.values())


def _kept(value: Any) -> Any:
    """A value as an explanation stores it: long lists only by their length, deep ones not at all."""
    if isinstance(value, list | tuple) and len(value) > _LONG:
        return f"[{len(value)}]"
    try:
        pay_all(Budget(_MANY), value)
    except Fault:
        return "..."
    return values.plain(value)
