"""Records of a running case as plain JSON, and back: without what is as it was at first, for states are written often.

Whole numbers may come back as Decimal from the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any


def forks(data: Any) -> tuple[tuple[int, int], ...]:
    """Branches of splits."""
    return tuple([(int(number), int(branch)) for number, branch in data])


def whole(data: Any) -> tuple[int, ...]:
    """Whole numbers."""
    return tuple([int(one) for one in data])


_READ: Mapping[str, Any] = {
    "forks": forks, "users": whole, "excluded": whole, "escalated": whole, "conditions": tuple,
    "waiting_for": tuple, "terms": dict,
    **dict.fromkeys(("number", "token", "item", "by", "weight", "turn"), int),
    **dict.fromkeys(("working_hours", "added_by", "asked_for", "taken_by", "for_whom"), lambda one: one and int(one)),
}  # fmt: skip


def written_as(made: type, *, short: bool) -> Any:
    """Writes records of a kind, each as a mapping of what is not as at first; of those that are `short` as a list where
    that is no more than their first two values."""
    names, blanks = names_of(made), blanks_of(made)
    values, first, rest = attrgetter(*names), attrgetter(*names[:2]), attrgetter(*names[2:])

    def write(one: Any) -> Any:
        if short and rest(one) == blanks[2:]:
            return list(first(one))
        return {
            name: flat(value) if type(value) is tuple else value
            for name, value, blank in zip(names, values(one), blanks, strict=True)
            if value is not blank and value != blank
        }

    return lambda records: [write(one) for one in records]


def blanks_of(made: type) -> tuple[Any, ...]:
    """The values of a record as they are at first; in their order."""
    return tuple(one.default if one.default_factory is not dict else {} for one in fields(made))


def flat(value: Any) -> Any:
    """Lists for tuples."""
    return [flat(one) for one in value] if isinstance(value, tuple) else value


def read_as(made: type) -> Any:
    """Reads what `written_as` wrote of this kind of record."""
    how = {name: _READ.get(name, _as_it_is) for name in names_of(made)}
    in_order = [*how.values()]

    def read(one: Any) -> Any:
        if type(one) is list:
            return made(*[typed(value) for typed, value in zip(in_order, one, strict=False)])
        return made(**{name: how[name](value) for name, value in one.items() if name in how})

    return lambda records: tuple([read(one) for one in records])


def _as_it_is(value: Any) -> Any:
    return value


def names_of(made: type) -> tuple[str, ...]:
    """The names of a record's values, in their order."""
    return tuple(one.name for one in fields(made))
