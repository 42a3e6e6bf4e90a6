"""A check that remembers what it saw: the typed node of every place, and what could stand at the cursor.

For the language service only. Never raises for any text.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .. import tree as t
from ..checking.checker import Checker
from ..checking.front import known_names
from ..library import Library
from ..problems import Refused
from ..text import syntax as s
from ..text.parser import parse, parse_unary
from ..types import ANY, Type
from .unfinished import MARK


@dataclass(slots=True)
class Seen:
    """What a check came by. `names`: what may be written at the mark, with types and origins; `base`: what the mark
    is a part of; `against`: what it is compared with.
    """

    nodes: list[tuple[s.Node, t.Node]] = field(default_factory=list)
    names: dict[str, tuple[Type, str | None]] = field(default_factory=dict)
    base: t.Node | None = None
    against: t.Node | None = None
    marked: bool = False


class _Watcher(Checker):
    """A checker that takes notes."""

    def __init__(self, source: str, scope: Type, library: Library) -> None:
        super().__init__(source, scope, library, strict=True)
        self.seen = Seen()

    def look(self, node: s.Node) -> t.Node:
        if isinstance(node, s.Name) and node.name == MARK:
            self._note()
            return t.Wrong("feel.unknown_name", MARK, MARK, type=ANY, syntax=node)
        found = super().look(node)
        self.seen.nodes.append((node, found))
        if isinstance(node, s.Member) and node.name == MARK:
            self.seen.base = next(typed for syntax, typed in reversed(self.seen.nodes) if syntax is node.base)
        return found

    def _note(self) -> None:
        """The bindings at the mark, innermost first."""
        seen = self.seen
        seen.marked = True
        for name, local in self.scope.bindings():
            if name is not None:
                seen.names.setdefault(name, (local.type, local.origin))
                continue
            for member, type_ in local.type.fields:
                seen.names.setdefault(member, (type_, f"{local.origin}.{member}" if local.origin else None))
            seen.names.setdefault("item", (local.type, local.origin))
        if self.scope.tested is not None:
            origin = self.scope.tested.origin if isinstance(self.scope.tested, t.Local) else None
            seen.names.setdefault("?", (self.scope.tested.type, origin))


def watch(source: str, scope: Type, library: Library, tested: Type | None = None) -> Seen | None:
    """Check a text and say what was seen; None where it cannot be parsed."""
    names = known_names(scope, library)
    try:
        node = parse(source, names) if tested is None else parse_unary(source, names)
    except (Refused, RecursionError):
        return None
    watcher = _Watcher(source, scope, library)
    if tested is not None:
        watcher.scope.tested = watcher.scope.local("?", tested, node)
    try:
        root = watcher.check(node)
    except RecursionError:
        return None
    if watcher.seen.marked:
        watcher.seen.against = _against(root)
    return watcher.seen


def _against(root: t.Node) -> t.Node | None:
    """What the mark is compared with."""
    pairs: tuple[tuple[t.Node, t.Node], ...]
    for one in t.walk(root):
        if isinstance(one, t.Compare):
            pairs = ((one.left, one.right), (one.right, one.left))
        elif isinstance(one, t.Passes):
            pairs = ((one.test, one.value),)
        elif isinstance(one, t.Within):
            pairs = ((one.low, one.value), (one.high, one.value))
        else:
            continue
        for marked, other in pairs:
            if _is_mark(marked) or (isinstance(marked, t.ListOf) and any(map(_is_mark, marked.items))):
                return other
    return None


def _is_mark(node: t.Node) -> bool:
    return isinstance(node.syntax, s.Name) and node.syntax.name == MARK
