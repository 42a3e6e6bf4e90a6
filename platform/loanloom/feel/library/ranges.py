"""Functions over ranges and points: one before another, meeting, overlapping; and a range from its text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..problems import Fault
from ..running.values import Interval, compare
from .signatures import Library

RANGES = Library()
declare = RANGES.declare

Bound = tuple[int, Any, int]
"""An end: -1 or 1 where it is infinitely far off, else 0 with the value and the side of it (0: the value itself)."""


def _low(value: Any) -> Bound:
    if not isinstance(value, Interval):
        return 0, value, 0
    return (-1, None, 0) if value.low is None else (0, value.low, 0 if value.low_closed else 1)


def _high(value: Any) -> Bound:
    if not isinstance(value, Interval):
        return 0, value, 0
    return (1, None, 0) if value.high is None else (0, value.high, 0 if value.high_closed else -1)


def _order(first: Bound, second: Bound) -> int:
    if first[0] or second[0]:
        return first[0] - second[0]
    return compare(first[1], second[1]) or first[2] - second[2]


def _before(first: Any, second: Any) -> bool:
    return _order(_high(first), _low(second)) < 0


def _meets(first: Any, second: Any) -> bool:
    return _order(_high(first), _low(second)) == 0


def _overlaps(first: Any, second: Any) -> bool:
    return not _before(first, second) and not _before(second, first)


def _overlaps_before(first: Any, second: Any) -> bool:
    return (
        _order(_low(first), _low(second)) < 0
        and not _before(first, second)
        and _order(_high(first), _high(second)) <= 0
    )


def _finishes(first: Any, second: Any) -> bool:
    return _order(_high(first), _high(second)) == 0 and _order(_low(first), _low(second)) >= 0


def _starts(first: Any, second: Any) -> bool:
    return _order(_low(first), _low(second)) == 0 and _order(_high(first), _high(second)) <= 0


def _includes(first: Any, second: Any) -> bool:
    return _order(_low(first), _low(second)) <= 0 and _order(_high(first), _high(second)) >= 0


def _coincides(first: Any, second: Any) -> bool:
    return _order(_low(first), _low(second)) == 0 and _order(_high(first), _high(second)) == 0


_POINTS = "point1: C, point2: C -> boolean"
_POINT_RANGE = "point: C, range: range<C> -> boolean"
_RANGE_POINT = "range: range<C>, point: C -> boolean"
_RANGES = "range1: range<C>, range2: range<C> -> boolean"


def _turned(relation: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda first, second: relation(second, first)


declare("before", _POINTS, _POINT_RANGE, _RANGE_POINT, _RANGES)(_before)
declare("after", _POINTS, _POINT_RANGE, _RANGE_POINT, _RANGES)(_turned(_before))
declare("meets", _RANGES)(_meets)
declare("met by", _RANGES)(_turned(_meets))
declare("overlaps", _RANGES)(_overlaps)
declare("overlaps before", _RANGES)(_overlaps_before)
declare("overlaps after", _RANGES)(_turned(_overlaps_before))
declare("finishes", _POINT_RANGE, _RANGES)(_finishes)
declare("finished by", _RANGE_POINT, _RANGES)(_turned(_finishes))
declare("includes", _RANGE_POINT, _RANGES)(_includes)
declare("during", _POINT_RANGE, _RANGES)(_turned(_includes))
declare("starts", _POINT_RANGE, _RANGES)(_starts)
declare("started by", _RANGE_POINT, _RANGES)(_turned(_starts))
declare("coincides", _POINTS, _RANGES)(_coincides)


def _not_a_range(text: str) -> Fault:
    return Fault("feel.not_a_range", f"{text[:40]!r} is not a range.", f"“{text[:40]}”不是区间。")


@declare("range", "from: string -> range<Any>")
def _range(text: str) -> Interval:
    """[1..3], with an end left out where its bracket is open: [2..)"""
    inside = text.strip()
    opening, closing, cut = inside[:1], inside[-1:], _dots(inside)
    if not opening or opening not in "[(]" or closing not in "])[" or cut < 0:
        raise _not_a_range(text)
    low, high = _end(inside[1:cut], text), _end(inside[cut + 2 : -1], text)
    found = Interval(low, high, opening == "[", closing == "]")
    if (low is None and (found.low_closed or high is None)) or (high is None and found.high_closed):
        raise _not_a_range(text)
    if low is not None and high is not None and (compare(low, high) or 0) > 0:
        raise _not_a_range(text)
    if low is None or high is None:
        compare(high if low is None else low, high if low is None else low)  # its kind must have an order
    return found


def _dots(text: str) -> int:
    """Where the two dots stand outside of quotes; -1 for nowhere."""
    quoted = escaped = False
    for at, char in enumerate(text):
        if char == '"' and not escaped:
            quoted = not quoted
        if char == "." and not quoted and text.startswith("..", at):
            return at
        escaped = char == "\\" and not escaped
    return -1


def _end(source: str, text: str) -> Any:
    """The value of an end: a constant, or a conversion of a constant such as date("2026-01-31"); None for nothing."""
    from ..checking.front import check
    from ..text import syntax as s
    from ..types import context

    if not source.strip():
        return None
    checked = check(source, context({}), mode="standard")
    node = checked.syntax
    node = node.operand if isinstance(node, s.Negate) else node
    constant = isinstance(node, s.Literal_ | s.AtLiteral) or (
        isinstance(node, s.Call)
        and isinstance(node.function, s.Name)
        and node.function.name in ("date", "time", "date and time", "duration", "number", "years and months duration")
        and all(isinstance(one, s.Literal_ | s.AtLiteral | s.Negate) for one in node.arguments)
    )
    value = checked.program({}) if constant and checked.program else None
    if value is None or isinstance(value, bool):
        raise _not_a_range(text)
    return value
