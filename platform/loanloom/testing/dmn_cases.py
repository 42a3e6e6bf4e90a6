"""Cases of the DMN conformance kit, as data: read typed values, run one literal expression, say whether it gives what
it should.

The kit runs in standard mode, where an error is null. Numbers are compared at the kit's own 8 decimals.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from loanloom import feel
from loanloom.feel import ANY, Type, context, list_of, optional, temporal
from loanloom.feel.types import SIMPLE, joined_all
from loanloom.feel.values import kind_of, same

_READ: Mapping[str, Callable[[str], Any]] = {
    "string": str,
    "boolean": lambda text: text == "true",
    "date": temporal.parse_date,
    "time": temporal.parse_time,
    "dateTime": temporal.parse_date_time,
    "duration": temporal.parse_duration,
}


@dataclass(frozen=True, slots=True)
class Case:
    """One literal expression with its inputs and the typed value it should give."""

    id: str
    level: int
    group: str
    expression: str
    inputs: Mapping[str, Any]
    expected: Any

    def passes(self) -> bool:
        """Whether standard mode gives the expected value."""
        try:
            inputs = {name: value_of(one) for name, one in self.inputs.items()}
            expected = value_of(self.expected)
        except Exception:  # noqa: BLE001 - a value of the kit that our types cannot hold is a case not passed
            return False
        return equal(run(self.expression, inputs), expected)


def read_cases(path: Path) -> Iterator[Case]:
    """The cases of a JSON-lines file."""
    for line in path.read_text("utf-8").splitlines():
        raw = json.loads(line)
        yield Case(**{name: raw[name] for name in ("id", "level", "group", "expression", "inputs", "expected")})


def run(expression: str, inputs: Mapping[str, Any], mode: str = "standard") -> Any:
    """The value of an expression over inputs whose types are those of their values; null where there is none."""
    checked = feel.check(expression, context({name: type_of(one) for name, one in inputs.items()}), mode=mode)
    return checked.program.evaluate(inputs).value if checked.program else None


def value_of(typed: Any) -> Any:
    """A typed value of the kit as a FEEL value."""
    if typed is None:
        return None
    if typed["type"] == "list":
        return [value_of(one) for one in typed["items"]]
    if typed["type"] == "context":
        return {name: value_of(one) for name, one in typed["entries"].items()}
    if typed["value"] is None:
        return None
    return _READ.get(typed["type"], Decimal)(typed["value"])


def type_of(value: Any) -> Type:
    """The type of a value, which may be null another time."""
    kind = kind_of(value)
    if kind == "list":
        return list_of(joined_all(type_of(one) for one in value))
    if kind == "context":
        return context({name: type_of(one) for name, one in value.items()})
    return ANY if value is None else optional(SIMPLE[kind])


def equal(first: Any, second: Any) -> bool:
    """Equality as the kit's runners have it."""
    kinds = {kind_of(first), kind_of(second)}
    if kinds == {"number"}:
        return bool(first == second or abs(first - second) < Decimal("0.00000001"))
    if kinds == {"list"}:
        return len(first) == len(second) and all(map(equal, first, second))
    if kinds == {"context"}:
        return first.keys() == second.keys() and all(equal(first[name], second[name]) for name in first)
    return same(first, second)
