"""Types that tell which of their parts are read, so that whoever remembers what came of them knows what to look at.

A context, or a list of contexts, gives its entries as such types again; every other type is handed out whole. What is
made of a watched type (`replace`) is a plain one whose entries are watched still.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from typing import Any, TypeVar, cast

from .types import Type

Part = tuple[str, tuple[str, ...]]
"""What is read (`self`, `names`, `spaced`, `whole`) of the type at this path; an empty name is the items of a list."""
Note = Callable[[Part], None]
Known = dict[Any, tuple[Any, frozenset[Part]]]
"""What was made of a type, with the parts that were read for it."""
Made = TypeVar("Made")
ITEMS = ""


def watch(type_: Type, note: Note, path: tuple[str, ...] = (), known: Known | None = None) -> Type:
    """The same type, which notes what is read of it."""
    note(("self", path))
    return _watched(_Seen(type_, note, path, known)) if _has_entries(type_) else type_


def part(type_: Type, read: Part) -> Any:
    """A part of a type, to be compared with the same part of another; None where it is not there."""
    what, path = read
    found: Type | None = type_
    for name in path:
        if found is None:
            return None
        found = found.item if name == ITEMS else found.members.get(name)
    if found is None:
        return None
    if what == "names":
        return tuple(found.members)
    if what == "spaced":
        return found.spaced_names
    return _shallow(found) if what == "self" and _has_entries(found) else found


def _has_entries(type_: Type) -> bool:
    if type_.kind == "list" and type_.item is not None:
        return _has_entries(type_.item)
    return type_.kind == "context"


@dataclass(frozen=True, slots=True)
class _Seen:
    """A plain type, and who is told what is read of it."""

    plain: Type
    note: Note
    path: tuple[str, ...]
    known: Known | None = None

    def read(self, what: str) -> Type:
        """The plain type, noted."""
        self.note((what, self.path))
        return self.plain

    def below(self, name: str, type_: Type) -> Type:
        """A type that is part of this one."""
        return watch(type_, self.note, (*self.path, name))


class Watched(Type):
    """A type with entries, seen through what notes the reading of them."""

    _seen: _Seen

    def __new__(cls, *args: Any, **kwargs: Any) -> Type:  # type: ignore[misc]  # `replace` is to give a plain type
        return Type(*args, **kwargs)

    @property
    def fields(self) -> tuple[tuple[str, Type], ...]:
        return tuple(self.members.items())

    @property
    def item(self) -> Type | None:
        inner = self._seen.plain.item
        return None if inner is None else self._seen.below(ITEMS, inner)

    @property
    def members(self) -> Mapping[str, Type]:
        return _Members(self._seen)

    @property
    def turned(self) -> Type:
        return _watched(_Seen(self._seen.plain.turned, self._seen.note, self._seen.path))

    @property
    def as_optional(self) -> Type:
        return self if self.nullable else self.turned

    @property
    def as_required(self) -> Type:
        return self.turned if self.nullable else self

    @property
    def spaced_names(self) -> tuple[str, ...]:
        return self._seen.read("spaced").spaced_names

    @property
    def whole(self) -> Type:
        return self._seen.read("whole")

    def only(self, *names: str) -> Type:
        """The plain type with no entries but these: all that is read of it."""
        if self.kind == "list":
            return replace(self._seen.plain, item=None if self.item is None else self.item.only(*names))
        found = ((name, self.members.get(name)) for name in names)
        return replace(self._seen.plain, fields=tuple((name, one.whole) for name, one in found if one is not None))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Type) and self.whole == other.whole

    def __hash__(self) -> int:
        return hash(self.whole)

    def once(self, asked: Hashable, make: Callable[[Type], Made]) -> Made:
        """What is made of this type, or was made of it before. It must hold no piece of the type."""
        seen = self._seen
        if seen.known is None:
            return make(self)
        found = seen.known.get(asked)
        if found is None:
            parts: set[Part] = set()
            made = make(watch(seen.plain, parts.add, seen.path))
            found = seen.known[asked] = made, frozenset(parts)
        for each in found[1]:
            seen.note(each)
        return cast(Made, found[0])


class _Members(Mapping[str, Type]):
    """The entries of a watched type: each is noted when it is asked for."""

    def __init__(self, seen: _Seen) -> None:
        self._seen = seen

    def __getitem__(self, name: str) -> Type:
        inner = self._seen.plain.members.get(name)
        if inner is None:
            self._seen.note(("self", (*self._seen.path, name)))
            raise KeyError(name)
        return self._seen.below(name, inner)

    def __iter__(self) -> Iterator[str]:
        return iter(self._seen.read("names").members)

    def __len__(self) -> int:
        return len(self._seen.read("names").members)


_SHALLOW = tuple(one.name for one in fields(Type) if one.name not in ("fields", "item"))
_shallow = attrgetter(*_SHALLOW)


def _watched(seen: _Seen) -> Type:
    made: Type = object.__new__(Watched)
    made.__dict__.update({name: getattr(seen.plain, name) for name in _SHALLOW}, _seen=seen)
    return made
