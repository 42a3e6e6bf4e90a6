"""Which operators go with which types, and what comes out. Tables and small pure functions."""

from __future__ import annotations

from collections.abc import Mapping

from . import tree as t
from .problems import Fault, did_you_mean, words
from .types import (
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
    named,
    optional,
)

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
    if left.kind == "Any" or right.kind == "Any":
        return ANY
    if left.kind == "Null" or right.kind == "Null":
        return NULL
    result = _RESULTS[operator].get((left.kind, right.kind))
    if result is None:
        return None
    return optional(result) if left.nullable or right.nullable else result


def member_type(item: Type, name: str) -> Type | None:
    """The type of an entry or part; None where there is none."""
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
    if "Any" in (one.kind, other.kind) or "Null" in (one.kind, other.kind):
        return None
    if one.kind != other.kind:
        (english, chinese), (english2, chinese2) = named(one), named(other)
        return Fault(
            "feel.wrong_type",
            f"Cannot compare {english} with {english2}.",
            f"{chinese}不能与{chinese2}比较。",
            _date_hint(left, right),
        )
    if operator in ("=", "!="):
        return not_in_enumeration(left, right) or not_in_enumeration(right, left)
    if one.kind not in ORDERED:
        english, chinese = named(one)
        return Fault("feel.not_ordered", f"Values of type {one.kind} have no order.", f"{chinese}之间没有大小。")
    return None


def _date_hint(left: t.Node, right: t.Node) -> dict[str, str] | None:
    for one, other in ((left, right), (right, left)):
        if one.type.kind == "date" and isinstance(other, t.Constant) and isinstance(other.value, str):
            hint = words(f'Write date("{other.value}").', f'请写 date("{other.value}")。')
            return dict(hint)
    return None


def not_in_enumeration(enumerated: t.Node, constant: t.Node) -> Fault | None:
    """The fault of a constant text that is none of the values of what it is compared with."""
    values = enumerated.type.values
    if values is None or not isinstance(constant, t.Constant) or not isinstance(constant.value, str):
        return None
    if constant.value in enumerated.type.allowed:
        return None
    some = ", ".join(values[:6]) + (" ..." if len(values) > 6 else "")
    hint = did_you_mean(constant.value, values) or words(f"It is one of: {some}.", f"可用的值：{some}。")
    return Fault(
        "feel.not_in_enumeration",
        f'"{constant.value[:60]}" is not one of its values.',
        f"“{constant.value[:60]}”不在可用的值之中。",
        hint,
    )
