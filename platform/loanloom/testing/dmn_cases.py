"""Cases of the DMN conformance kit, as data: read typed values, run one literal expression, say whether it gives what
it should.

The kit runs in standard mode, where an error is null. Numbers are compared at the kit's own 8 decimals.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from pathlib import Path
from typing import Any

from loanloom import feel
from loanloom.feel import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    NUMBER,
    STANDARD,
    STRING,
    Type,
    coerce,
    context,
    list_of,
    optional,
)
from loanloom.feel.checking.joining import joined_all
from loanloom.feel.running import iso
from loanloom.feel.running.interpreter import Interpreter
from loanloom.feel.running.values import kind_of, same
from loanloom.feel.types import SIMPLE

READ: Mapping[str, Callable[[str], Any]] = {
    "string": str,
    "boolean": lambda text: text == "true",
    "date": iso.parse_date,
    "time": iso.parse_time,
    "dateTime": iso.parse_date_time,
    "duration": iso.parse_duration,
}


AS_OF = dt.date(2026, 3, 2)
"""What `today()` reads in every case."""

NOW = dt.datetime(2026, 3, 2, 8, 30, tzinfo=dt.UTC)
"""What `now()` reads in every case."""

ITEMS: Mapping[str, Type] = {
    "t255": NUMBER,
    "tFooBar": STRING,
    "tNumberList": list_of(NUMBER),
    "tNumList": list_of(NUMBER),
    "ListOfNumbers": list_of(NUMBER),
    "tStringList": list_of(STRING),
    "tNameList": list_of(STRING),
    "tNestedList": list_of(list_of(STRING)),
    "booleanList": list_of(BOOLEAN),
    "tNameAndAge": context({"name": STRING, "age": NUMBER}),
    "t_context_013": context({"a": STRING, "b": STRING}),
    "exactContextType": context({"a": NUMBER, "b": NUMBER}),
    "otherContextType": context({"a": NUMBER, "c": NUMBER}),
    "dateTime": SIMPLE["date and time"],
    "dayTimeDuration": SIMPLE["days and time duration"],
    "yearMonthDuration": SIMPLE["years and months duration"],
}
"""Item definitions of the kit's models: the file of literals has but their names. A name that is not here is Any."""

LIBRARY = STANDARD.with_types(ITEMS)


@dataclass(frozen=True, slots=True)
class Case:
    """One literal expression with its inputs and the typed value it should give.

    Where `error_expected` the kit wants an error to be told and the result null; `tells` says whether we tell one.
    """

    id: str
    level: int
    group: str
    expression: str
    inputs: Mapping[str, Any]
    expected: Any
    input_types: Mapping[str, str | None]
    result_type: str | None
    error_expected: bool

    def passes(self) -> bool:
        """Whether standard mode gives the expected value."""
        try:
            expected = value_of(self.expected)
            return equal(self.result(), expected)
        except Exception:  # noqa: BLE001 - a value of the kit that our types cannot hold is a case not passed
            return False

    def result(self) -> Any:
        """The value of the expression as one of its declared type."""
        inputs = {name: coerce(value_of(one), named(self.input_types.get(name))) for name, one in self.inputs.items()}
        return coerce(run(self.expression, inputs), named(self.result_type))

    def tells(self) -> bool:
        """Whether an error is told, when checked, when run, or by a value that is not of its declared type."""
        inputs = {name: value_of(one) for name, one in self.inputs.items()}
        checked = feel.check(self.expression, scope_of(inputs), functions=LIBRARY, mode="standard")
        if checked.problems or checked.program is None:
            return True
        run = Interpreter({"as_of": AS_OF, "now": NOW, **inputs}, quiet=True)
        value = run.run(checked.program.tree)
        lost = any(
            coerce(one, named(type_)) is None and one is not None
            for one, type_ in [
                (value, self.result_type),
                *((inputs[name], self.input_types.get(name)) for name in inputs),
            ]
        )
        return bool(run.faults) or lost


def read_cases(path: Path) -> Iterator[Case]:
    """The cases of a JSON-lines file."""
    for line in path.read_text("utf-8").splitlines():
        raw = json.loads(line)
        yield Case(**{one.name: raw.get(one.name) for one in fields(Case)})


def named(type_name: str | None) -> Type:
    """The type of a name; Any for one that is not known."""
    known = ITEMS.get(type_name or "") or SIMPLE.get(type_name or "")
    return known or _list_named(type_name or "")


def _list_named(name: str) -> Type:
    """The kit calls its lists tStringList, booleanList, tDateList: a list of what the name says."""
    stem = name.removesuffix("List").removeprefix("t").lower()
    item = {"date": DATE, "number": NUMBER, "string": STRING, "boolean": BOOLEAN}.get(stem)
    return list_of(item) if item is not None and name.endswith("List") else ANY


def scope_of(inputs: Mapping[str, Any]) -> Type:
    """The scope of a case: its inputs, and the moment it is run at."""
    return context({"as_of": DATE, "now": DATE_TIME, **{name: type_of(one) for name, one in inputs.items()}})


def run(expression: str, inputs: Mapping[str, Any], mode: str = "standard") -> Any:
    """The value of an expression over inputs whose types are those of their values; null where there is none."""
    checked = feel.check(expression, scope_of(inputs), functions=LIBRARY, mode=mode)
    facts = {"as_of": AS_OF, "now": NOW, **inputs}
    return checked.program.evaluate(facts).value if checked.program else None


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
    return READ.get(typed["type"], Decimal)(typed["value"])


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
