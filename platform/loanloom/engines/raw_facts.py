"""Facts as JSON, YAML or the database gives them, made into FEEL values by their declared types. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from loanloom.feel import Type
from loanloom.feel.limits import MAX_ADJUSTED
from loanloom.feel.problems import Fault
from loanloom.feel.running import iso
from loanloom.problems import Problem, text

MOST_DIGITS = 100
"""Characters of a number that is read from outside."""

_TEMPORAL = frozenset({"time", "date and time", "days and time duration", "years and months duration"})


@dataclass(frozen=True, slots=True)
class Converted:
    """Facts as FEEL values, and what could not be read."""

    facts: dict[str, Any]
    problems: tuple[Problem, ...] = ()


def read(seen: Type, raw: Mapping[str, Any]) -> Converted:
    """Facts as JSON or YAML gives them, made into FEEL values by the types of a scope."""
    problems: list[Problem] = []
    facts = {str(name): _value(value, seen.members.get(str(name)), str(name), problems) for name, value in raw.items()}
    return Converted(facts, tuple(problems))


def read_value(value: Any, type_: Type | None) -> Any:
    """A value of a file as the FEEL value of a type; a part that cannot be read is as it stands there."""
    if isinstance(value, Mapping):
        members = type_.members if type_ is not None else {}
        return {str(name): read_value(one, members.get(str(name))) for name, one in value.items()}
    if isinstance(value, list | tuple):
        item = type_.item if type_ is not None else None
        return [read_value(one, item) for one in value]
    read = value if isinstance(value, bool) or value is None else scalar(value, type_)
    return value if read is None else read


def _value(value: Any, type_: Type | None, path: str, problems: list[Problem]) -> Any:
    if value is None:
        return None
    if isinstance(value, Mapping):
        members = type_.members if type_ is not None else {}
        return {name: _value(one, members.get(name), f"{path}.{name}", problems) for name, one in value.items()}
    if isinstance(value, list | tuple):
        item = type_.item if type_ is not None else None
        return [_value(one, item, f"{path}.{place_}", problems) for place_, one in enumerate(value, 1)]
    if isinstance(value, bool):
        return value
    read = scalar(value, type_)
    if read is None:
        problems.append(_unreadable(path, value, type_))
    return read


def scalar(value: Any, type_: Type | None) -> Any:
    """One plain value as the FEEL value of its type; None where it cannot be read."""
    try:
        return _scalar(value, type_)
    except (ValueError, InvalidOperation, Fault):
        return None


def _scalar(value: Any, type_: Type | None) -> Any:
    kind = type_.kind if type_ is not None else None
    if kind == "number" or (kind in (None, "Any") and isinstance(value, int | float | Decimal)):
        written = str(value)
        number = Decimal(written) if len(written) <= MOST_DIGITS else Decimal("NaN")
        if not number.is_finite() or abs(number.adjusted()) > MAX_ADJUSTED:
            raise ValueError(value)
        return number
    if kind == "date" and isinstance(value, str):
        return dt.date.fromisoformat(value)
    if kind in _TEMPORAL and isinstance(value, str):
        return iso.parse_any(value)
    if kind == "string":
        return str(value)
    return value


def _unreadable(path: str, value: Any, type_: Type | None) -> Problem:
    kind = type_.kind if type_ is not None else "value"
    return Problem(
        code="facts.unreadable",
        field=path,
        message=text(
            f'{path}: "{str(value)[:60]}" is not a {kind}.',
            f"{path}：“{str(value)[:60]}”不是{'日期' if kind == 'date' else '数字'}。",
        ),
    )


def at(facts: Mapping[str, Any], path: str) -> Any:
    """The fact at a dotted path; for a path through a list, the list."""
    value: Any = facts
    for name in path.split("."):
        if not isinstance(value, Mapping):
            return value
        value = value.get(name)
    return value
