"""Values while a program runs: which kind a Python value is, when two are the same, and how each is written as text.

null None · number Decimal · string str · boolean bool · date, time, date and time from datetime · days and time
duration timedelta (what datetime cannot hold: see `wide`) · years and months duration Months · list list or tuple ·
context mapping · range Interval · function Function.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from typing import Any

from ..limits import MAX_ADJUSTED, MAX_STRING, PRECISION
from ..problems import Fault
from ..types import ANY, NAMES_ZH, Type, fits
from .budget import text_too_long
from .wide import WideDate, WideDateTime, WideDuration, WideTime, clock, in_utc, nanoseconds, zone_offset

CONTEXT = Context(
    prec=PRECISION,
    rounding=ROUND_HALF_EVEN,
    Emin=1 - MAX_ADJUSTED,
    Emax=MAX_ADJUSTED,
    capitals=1,
    clamp=0,
    flags=[],
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
"""decimal128. Its methods are used, never the thread's context, so nobody's setting can change a result."""


@dataclass(frozen=True, slots=True, order=True)
class Months:
    """A years and months duration."""

    total: int


@dataclass(frozen=True, slots=True)
class Interval:
    """A range between two values; an end that is None is open to infinity."""

    low: Any
    high: Any
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function that an expression wrote or names.

    `types` are those that its parameters declare, `type` what is known of it as a whole. A `native` one is called with
    the arguments, their names and the budget.
    """

    parameters: tuple[str, ...]
    call: Callable[..., Any]
    weight: int = 1
    type: Type | None = None
    types: tuple[Type | None, ...] = ()
    native: bool = False


_PLAIN = frozenset({Decimal, str, bool, dt.date, Months})
_KINDS: dict[type, str] = {
    type(None): "Null",
    Decimal: "number",
    int: "number",
    str: "string",
    bool: "boolean",
    dt.datetime: "date and time",
    dt.date: "date",
    dt.time: "time",
    dt.timedelta: "days and time duration",
    WideDateTime: "date and time",
    WideDate: "date",
    WideTime: "time",
    WideDuration: "days and time duration",
    Months: "years and months duration",
    list: "list",
    tuple: "list",
    dict: "context",
    Interval: "range",
    Function: "function",
}


def kind_of(value: object) -> str:
    """The FEEL kind of a Python value; "unknown" for what is none."""
    kind = _KINDS.get(type(value))
    if kind is not None:
        return kind
    if isinstance(value, Mapping):
        return "context"
    for type_, name in _KINDS.items():
        if isinstance(value, type_):
            return name
    return "list" if isinstance(value, Sequence) else "unknown"


def is_a(value: Any, type_: Type) -> bool:
    """Whether a value belongs to a type; null belongs to every type (it flows through)."""
    if value is None or type_.kind == "Any":
        return True
    kind = kind_of(value)
    if kind != type_.kind:
        return False
    if kind == "list" and type_.item is not None and type_.item != ANY:
        return all(is_a(one, type_.item) for one in value)
    if kind == "range" and type_.item is not None and isinstance(value, Interval):
        return is_a(value.low, type_.item) and is_a(value.high, type_.item)
    if kind == "function" and type_.result is not None:
        return value.type is not None and _function_fits(value.type, type_)
    if kind == "context" and type_.fields:
        return all(is_a(value[name], one) if name in value else one.nullable for name, one in type_.fields)
    return True


def _function_fits(type_: Type, expected: Type) -> bool:
    """Whether a function may stand for another: it takes what that takes and gives what that gives."""
    return (
        len(type_.parameters) == len(expected.parameters)
        and all(fits(given, taken) != "no" for given, taken in zip(expected.parameters, type_.parameters, strict=True))
        and fits(type_.result or ANY, expected.result or ANY) != "no"
    )


def same(first: Any, second: Any) -> bool:
    """Whether two values are equal; values of different kinds are not."""
    if first is None or second is None:
        return first is second
    if type(first) is type(second) and type(first) in _PLAIN:
        return bool(first == second)
    kind = kind_of(first)
    if kind != kind_of(second):
        return False
    if kind == "list":
        left, right = list(first), list(second)
        return len(left) == len(right) and all(map(same, left, right))
    if kind == "context":
        return _same_contexts(first, second)
    if kind == "range" and isinstance(first, Interval) and isinstance(second, Interval):
        return (
            (first.low_closed, first.high_closed) == (second.low_closed, second.high_closed)
            and same(first.low, second.low)
            and same(first.high, second.high)
        )
    if kind in ("time", "date and time"):
        return moment(first) == moment(second)
    return bool(first == second)


def _same_contexts(first: Any, second: Any) -> bool:
    return len(first) == len(second) and all(name in second and same(one, second[name]) for name, one in first.items())


def moment(value: Any) -> tuple[bool, Any]:
    """What times and instants are compared by: whether they have a zone, and the time (in UTC where they do)."""
    if isinstance(value, dt.datetime | WideDateTime):
        return (False, value) if value.tzinfo is None else (True, in_utc(value))
    offset, since_midnight = zone_offset(value), clock(value)
    return (False, since_midnight) if offset is None else (True, since_midnight - nanoseconds(offset))


def compare(first: Any, second: Any) -> int | None:
    """-1, 0 or 1 by the order of two values of one ordered kind; None when either is null."""
    if first is None or second is None:
        return None
    kind, other = kind_of(first), kind_of(second)
    if kind != other:
        raise wrong_kinds("compared", "比较", first, second)
    if kind in ("time", "date and time"):
        (first_zone, first), (second_zone, second) = moment(first), moment(second)
        if first_zone != second_zone:
            raise Fault(
                "feel.no_zone",
                "A time with a zone cannot be compared with one without.",
                "带时区的时间不能与不带时区的时间比较。",
            )
    elif kind not in ("number", "string", "date", "days and time duration", "years and months duration"):
        raise Fault(
            "feel.not_ordered", f"Values of type {kind} have no order.", f"{NAMES_ZH.get(kind, kind)}之间没有大小。"
        )
    return int(first > second) - int(first < second)


def wrong_kinds(verb: str, verb_zh: str, first: object, second: object) -> Fault:
    """The fault that two values do not go together."""
    one, other = kind_of(first), kind_of(second)
    return Fault(
        "feel.wrong_type",
        f"A {one} and a {other} cannot be {verb}.",
        f"{NAMES_ZH.get(one, one)}与{NAMES_ZH.get(other, other)}不能{verb_zh}。",
    )


def number_text(value: Decimal | int) -> str:
    """A number as FEEL writes it: no exponent, no minus zero."""
    value = Decimal(value)
    if not value.is_finite() or abs(value.adjusted()) > MAX_ADJUSTED + PRECISION:
        raise Fault("feel.out_of_range", "The number is out of range.", "数字超出范围。")
    if value.is_zero():
        return "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def to_text(value: Any, *, quoted: bool = False) -> str:
    """A value as `string()` gives it; inside lists and contexts texts keep their quotes."""
    if isinstance(value, list | tuple | Mapping):
        return "".join(_pieces(value, [MAX_STRING]))
    kind = kind_of(value)
    if kind == "string":
        text = str(value)
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' if quoted else text
    if kind == "Null":
        return "null"
    if kind == "boolean":
        return "true" if value else "false"
    if kind == "number":
        return number_text(value)
    if isinstance(value, Interval):
        return interval_text(value)
    if isinstance(value, Function):
        return f"function({', '.join(value.parameters)})"
    if kind == "unknown":
        raise Fault("feel.wrong_type", "This value is of no known type.", "未知类型的值。")
    from . import iso

    return iso.to_text(value)


def _pieces(value: Any, room: list[int]) -> Iterator[str]:
    """The text of a value inside another, piece by piece, while there is room: shared lists would make it endless."""
    if isinstance(value, list | tuple):
        pieces: Iterator[str] = _enclosed("[", "]", (("", one) for one in value), room)
    elif isinstance(value, Mapping):
        pieces = _enclosed("{", "}", ((f"{name}: ", one) for name, one in value.items()), room)
    else:
        pieces = iter((to_text(value, quoted=True),))
    for piece in pieces:
        room[0] -= len(piece)
        if room[0] < 0:
            raise text_too_long()
        yield piece


def _enclosed(opening: str, closing: str, items: Iterable[tuple[str, Any]], room: list[int]) -> Iterator[str]:
    yield opening
    for place, (name, one) in enumerate(items):
        yield f", {name}" if place else name
        yield from _pieces(one, room)
    yield closing


def plain(value: Any) -> Any:
    """A value as JSON can hold it: numbers and dates as text."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return to_text(value)


def interval_text(value: Interval) -> str:
    """A range as text."""
    if value.low is None:
        return f"({'<=' if value.high_closed else '<'} {to_text(value.high, quoted=True)})"
    if value.high is None:
        return f"({'>=' if value.low_closed else '>'} {to_text(value.low, quoted=True)})"
    opening, closing = "[" if value.low_closed else "(", "]" if value.high_closed else ")"
    return f"{opening}{to_text(value.low, quoted=True)}..{to_text(value.high, quoted=True)}{closing}"
