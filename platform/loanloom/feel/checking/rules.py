"""Which operators go with which types, and what comes out. Tables and small pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from .. import tree as t
from ..problems import Fault, did_you_mean, words
from ..types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS,
    MONTHS,
    NULL,
    NUMBER,
    ORDERED,
    STRING,
    TIME,
    Type,
    choices,
    dynamic,
    named,
    optional,
)
from .joining import joined_all
from .units import arithmetic_unit, clash, together

_RESULTS: Mapping[str, Mapping[tuple[str, str], Type]] = {
    "+": {
        ("number", "number"): NUMBER,
        ("string", "string"): STRING,
        (DAYS.kind, DAYS.kind): DAYS,
        (MONTHS.kind, MONTHS.kind): MONTHS,
        **{
            pair: one
            for one in (DATE, DATE_TIME)
            for length in (DAYS, MONTHS)
            for pair in ((one.kind, length.kind), (length.kind, one.kind))
        },
        (TIME.kind, DAYS.kind): TIME,
        (DAYS.kind, TIME.kind): TIME,
    },
    "-": {
        ("number", "number"): NUMBER,
        (DAYS.kind, DAYS.kind): DAYS,
        (MONTHS.kind, MONTHS.kind): MONTHS,
        **{(one.kind, other.kind): DAYS for one in (DATE, DATE_TIME) for other in (DATE, DATE_TIME)},
        **{(one.kind, length.kind): one for one in (DATE, DATE_TIME) for length in (DAYS, MONTHS)},
        (TIME.kind, TIME.kind): DAYS,
        (TIME.kind, DAYS.kind): TIME,
    },
    "*": {
        ("number", "number"): NUMBER,
        **{pair: one for one in (DAYS, MONTHS) for pair in ((one.kind, "number"), ("number", one.kind))},
    },
    "/": {
        ("number", "number"): NUMBER,
        (DAYS.kind, "number"): DAYS,
        (MONTHS.kind, "number"): MONTHS,
        (DAYS.kind, DAYS.kind): NUMBER,
        (MONTHS.kind, MONTHS.kind): NUMBER,
    },
    "**": {("number", "number"): NUMBER},
}

_PARTS: Mapping[str, Mapping[str, Type]] = {
    "date": {"year": NUMBER, "month": NUMBER, "day": NUMBER, "weekday": NUMBER},
    "time": {
        "hour": NUMBER,
        "minute": NUMBER,
        "second": NUMBER,
        "time offset": optional(DAYS),
        "timezone": optional(STRING),
    },
    "years and months duration": {"years": NUMBER, "months": NUMBER},
    "days and time duration": {"days": NUMBER, "hours": NUMBER, "minutes": NUMBER, "seconds": NUMBER},
}
PARTS: Mapping[str, Mapping[str, Type]] = {**_PARTS, "date and time": {**_PARTS["date"], **_PARTS["time"]}}
"""Parts of dates, times and durations by name."""

SPACED_PARTS = ("time offset", "start included", "end included")


def arithmetic_type(operator: str, left: Type, right: Type) -> Type | None:
    """The result's type, ANY where it shows only when run, None where it cannot be."""
    if dynamic(left) or dynamic(right):
        return ANY
    if left.kind == "Null" or right.kind == "Null":
        return NULL
    found: list[Type] = []
    for one in choices(left):
        for other in choices(right):
            result = _RESULTS[operator].get((one.kind, other.kind))
            if result is None:
                return None
            unit = arithmetic_unit(operator, one, other)
            found.append(replace(result, unit=unit) if unit else result)
    result = joined_all(found)
    return optional(result) if left.nullable or right.nullable else result


def negated(type_: Type) -> Type:
    """The type of -value: its limits change places."""
    if type_.least is None and type_.most is None:
        return type_
    least, most = (-one if isinstance(one, Decimal) else None for one in (type_.most, type_.least))
    return replace(type_, least=least, most=most)


def takes(operator: str, type_: Type) -> bool:
    """Whether a value of that type has a place beside the operator at all."""
    kinds = {kind for pair in _RESULTS.get(operator, {}) for kind in pair}
    return all(one.kind in kinds or one.kind in ("Any", "Null") for one in choices(type_))


def member_type(item: Type, name: str) -> Type | None:
    """The type of an entry or part; None where there is none."""
    if item.alternatives:
        found = [member_type(one, name) for one in item.alternatives]
        return None if None in found else joined_all(one for one in found if one is not None)
    if item.kind == "context":
        return item.members.get(name, ANY if item.open else None)
    if item.kind == "range":
        ends = {
            "start": optional(item.item or ANY),
            "end": optional(item.item or ANY),
            "start included": BOOLEAN,
            "end included": BOOLEAN,
        }
        return ends.get(name)
    if item.kind == "Any":
        return ANY
    return PARTS.get(item.kind, {}).get(name)


def comparable(operator: str, left: t.Node, right: t.Node) -> Fault | None:
    """Why two checked nodes cannot be compared, or None."""
    one, other = left.type, right.type
    if dynamic(one) or dynamic(other) or "Null" in (one.kind, other.kind):
        return None
    if one.kind != other.kind or one.alternatives:
        (english, chinese), (english2, chinese2) = named(one), named(other)
        return Fault(
            "feel.wrong_type",
            f"Cannot compare {english} with {english2}.",
            f"{chinese}不能与{chinese2}比较。",
            _constant_hint(left, right),
        )
    currencies = clash(one, other)
    if currencies is not None:
        return together(*currencies)
    if operator in ("=", "!="):
        return not_in_enumeration(one, right) or not_in_enumeration(other, left) or _never_equal(one, other)
    if one.kind not in ORDERED:
        english, chinese = named(one)
        return Fault("feel.not_ordered", f"Values of type {one.kind} have no order.", f"{chinese}之间没有大小。")
    return None


def _never_equal(one: Type, other: Type) -> Fault | None:
    """The fault of two enumerations without a value in common."""
    if not one.values or not other.values or one.allowed & other.allowed:
        return None
    return Fault(
        "feel.never_equal",
        "These two never have a value in common.",
        "两者没有共同的取值，永远不会相等。",
        words(
            f"One is {some_of(one.values)}; the other {some_of(other.values)}.",
            f"一个取值为 {some_of(one.values)}；另一个为 {some_of(other.values)}。",
        ),
    )


def some_of(values: tuple[str, ...]) -> str:
    """The first values of an enumeration, for hints."""
    return ", ".join(values[:6]) + (" ..." if len(values) > 6 else "")


def _constant_hint(left: t.Node, right: t.Node) -> dict[str, str] | None:
    for one, other in ((left, right), (right, left)):
        if one.type.kind == "date" and isinstance(other, t.Constant) and isinstance(other.value, str):
            hint = words(f'Write date("{other.value}").', f'请写 date("{other.value}")。')
            return dict(hint)
        if one.type.kind == "number" and isinstance(other, t.Constant) and _is_number(other.value):
            return dict(words(f"Write {other.value} without quotes.", f"请去掉引号，写 {other.value}。"))
    return None


def _is_number(value: object) -> bool:
    return isinstance(value, str) and value.removeprefix("-").replace(".", "", 1).isdecimal() and value.isascii()


def not_in_enumeration(enumerated: Type, constant: t.Node) -> Fault | None:
    """The fault of a constant text that is none of the values of what it is compared with."""
    values = enumerated.values
    if values is None or not isinstance(constant, t.Constant) or not isinstance(constant.value, str):
        return None
    if constant.value in enumerated.allowed:
        return None
    some = some_of(values)
    hint = did_you_mean(constant.value, values) or words(f"It is one of: {some}.", f"可用的值：{some}。")
    return Fault(
        "feel.not_in_enumeration",
        f'"{constant.value[:60]}" is not one of its values.',
        f"“{constant.value[:60]}”不在可用的值之中。",
        hint,
    )
