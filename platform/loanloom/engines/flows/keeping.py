"""Records of a running case as plain JSON, and back: without what is as it was at first, for it is written often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any


def forks(data: Any) -> tuple[tuple[int, int], ...]:
    """Branches of splits."""
    return tuple([(number, branch) for number, branch in data])


_LISTS: Mapping[str, Any] = {
    "forks": forks, **dict.fromkeys(("users", "excluded", "escalated", "conditions", "waiting_for"), tuple),
}  # fmt: skip
"""What JSON keeps as lists."""


def written_as(made: type, *, short: bool) -> Any:
    """Writes records of a kind, each as a mapping of what is not as at first; of those that are `short` as a list where
    that is no more than their first two values. Tuples stay: JSON has them as lists."""
    names, blanks = names_of(made), blanks_of(made)
    values, first, rest = attrgetter(*names), attrgetter(*names[:2]), attrgetter(*names[2:])

    def write(one: Any) -> Any:
        if short and rest(one) == blanks[2:]:
            return first(one)
        return {
            name: value
            for name, value, blank in zip(names, values(one), blanks, strict=True)
            if value is not blank and value != blank
        }

    return lambda records: [write(one) for one in records]


def blanks_of(made: type) -> tuple[Any, ...]:
    """The values of a record as they are at first; in their order."""
    return tuple(one.default if one.default_factory is not dict else {} for one in fields(made))


def read_as(made: type) -> Any:
    """Reads what `written_as` wrote of this kind of record."""
    names = frozenset(names_of(made))

    def read(one: Any) -> Any:
        if type(one) is not dict:
            return made(*one)
        return made(
            **{
                name: value if (how := _LISTS.get(name)) is None else how(value)
                for name, value in one.items()
                if name in names
            }
        )

    return lambda records: tuple([read(one) for one in records])


def names_of(made: type) -> tuple[str, ...]:
    """The names of a record's values, in their order."""
    return tuple(one.name for one in fields(made))
