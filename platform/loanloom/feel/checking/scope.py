"""What names mean at a place in the text: bindings of loops, filters and entries, innermost first, then the facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .. import tree as t
from ..text import syntax as s
from ..types import ANY, DATE, Type, dynamic, optional, required
from ..watched import Watched
from .narrowing import Key, key_of


class Scope:
    """The facts' type and the bindings made on the way."""

    def __init__(self, facts: Type) -> None:
        self.facts = facts
        self._bindings: list[tuple[str | None, t.Local]] = []
        self._count = 0
        self.tested: t.Node | None = None
        self._certain: list[frozenset[Key]] = []

    def local(self, name: str, type_: Type, syntax: s.Node, origin: str | None = None) -> t.Local:
        """A new local with a slot of its own."""
        self._count += 1
        return t.Local(slot=f"l{self._count}", name=name, origin=origin, type=type_, syntax=syntax)

    def bind(self, local: t.Local) -> None:
        """Make a local known by its name."""
        self._bindings.append((local.name, local))

    def bind_item(self, local: t.Local) -> None:
        """Make a filter's item known as `item`, and its entries by their bare names."""
        self._bindings.append((None, local))

    def release(self, count: int = 1) -> None:
        """Forget the last bindings."""
        del self._bindings[len(self._bindings) - count :]

    def resolve(self, name: str, syntax: s.Node) -> t.Node | None:
        """What a name means here, or None."""
        loose: t.Local | None = None
        for bound, local in reversed(self._bindings):
            if bound == name:
                return local_at(local, syntax)
            if bound is not None:
                continue
            if name in local.type.members:
                return member_of(local_at(local, syntax), name, local.type.members[name], syntax)
            if name == "item":
                return local_at(local, syntax)
            if loose is None and (dynamic(local.type) or local.type.open):
                loose = local
        if name in self.facts.members:
            return t.Input((name,), type=self.facts.members[name], syntax=syntax)
        if loose is not None:
            return t.Member(local_at(loose, syntax), name, type=ANY, syntax=syntax)
        if self.facts.open:
            return t.Input((name,), type=ANY, syntax=syntax)
        return None

    def declares(self, name: str) -> bool:
        """Whether a name is bound or declared here, not merely possible because something is open."""
        if name in self.facts.members:
            return True
        return any(
            bound == name or (bound is None and (name == "item" or name in local.type.members))
            for bound, local in self._bindings
        )

    def assuming(self, certain: frozenset[Key], check: Callable[[s.Node], t.Node], node: s.Node) -> t.Node:
        """What `check` makes of a node where what these keys mean is known not to be null."""
        if not certain:
            return check(node)
        self._certain.append(certain)
        checked = check(node)
        self._certain.pop()
        return checked

    def narrowed(self, node: t.Node) -> t.Node:
        """The same node, required where a condition has ruled out that it is null."""
        if not self._certain or not node.type.nullable or node.type.kind == "Null":
            return node
        key = key_of(node)
        if key is None or not any(key in one for one in self._certain):
            return node
        type_ = required(node.type)
        return replace(node, type=type_, narrowed=True) if isinstance(node, t.Input) else replace(node, type=type_)

    def as_of(self, syntax: s.Node) -> t.Node:
        """What `today()` reads."""
        return t.Input(("as_of",), type=self.facts.members.get("as_of", DATE), syntax=syntax)

    def bindings(self) -> list[tuple[str | None, t.Local]]:
        """The bindings made on the way, innermost first; a filter's item has no name."""
        return self._bindings[::-1]

    def names(self) -> list[str]:
        """Every name that could be meant here, for hints."""
        found = list(self.facts.members)
        for bound, local in self._bindings:
            found.extend([bound] if bound else local.type.members)
        return found


def settled(node: t.Node) -> t.Node:
    """A node that stays in the tree: what it stands for is read as a whole."""
    return replace(node, type=node.type.whole) if isinstance(node.type, Watched) else node


def settled_for(node: t.Node, *names: str) -> t.Node:
    """A node that stays in the tree for the sake of these entries alone."""
    return replace(node, type=node.type.only(*names)) if isinstance(node.type, Watched) else node


def local_at(local: t.Local, syntax: s.Node) -> t.Local:
    """The same binding, used at a place in the text."""
    return t.Local(local.slot, local.name, local.origin, type=local.type, syntax=syntax)


def member_of(base: t.Node, name: str, type_: Type, syntax: s.Node) -> t.Node:
    """base.name where the entry's type is known."""
    type_ = optional(type_) if base.type.nullable else type_
    if isinstance(base, t.Input) and base.type.kind == "context":
        return t.Input((*base.path, name), type=type_, syntax=syntax)
    origin = origin_of(base) if base.type.kind == "context" else None
    return t.Member(base, name, f"{origin}.{name}" if origin else None, type=type_, syntax=syntax)


def origin_of(node: t.Node) -> str | None:
    """The facts' path that a value comes from unchanged."""
    if isinstance(node, t.Input):
        return ".".join(node.path)
    if isinstance(node, t.Local | t.Member):
        return node.origin
    if isinstance(node, t.Filter | t.Index):
        return origin_of(node.base)
    return None
