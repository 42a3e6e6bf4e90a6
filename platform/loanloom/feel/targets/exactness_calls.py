"""Scale analysis of library functions, members and date arithmetic: which results are bounded, and by what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from .. import tree as t
from ..limits import MAX_LIST, MAX_STRING
from .bounds import Bound, Ratio, absolute, rounded
from .shapes import DAY, FAILED, MOST_DAYS, UNKNOWN, Items, Record, Shape, joined, of_type

if TYPE_CHECKING:
    from .exactness import Exactness

ROUNDINGS = frozenset(
    {"decimal", "round half even", "round half up", "round half down", "round up", "round down", "floor", "ceiling"}
)
"""Functions n, scale -> n that round; all of them move no point when there are no more decimals than asked for."""

IRRATIONAL = frozenset({"sqrt", "log", "exp", "stddev"})
_DIFFERENCE = Bound(-MOST_DAYS * DAY, MOST_DAYS * DAY)
_DATES = frozenset({"date"})

PARTS: Mapping[tuple[str, str], Bound] = {
    ("date", "year"): Bound(1, 9999),
    ("date", "month"): Bound(1, 12),
    ("date", "day"): Bound(1, 31),
    ("date", "weekday"): Bound(1, 7),
    ("date and time", "year"): Bound(1, 9999),
    ("date and time", "month"): Bound(1, 12),
    ("date and time", "day"): Bound(1, 31),
    ("date and time", "weekday"): Bound(1, 7),
    ("date and time", "hour"): Bound(0, 23),
    ("date and time", "minute"): Bound(0, 59),
    ("date and time", "second"): Bound(0, 59),
    ("days and time duration", "hours"): Bound(-23, 23),
    ("days and time duration", "minutes"): Bound(-59, 59),
    ("days and time duration", "seconds"): Bound(-59, 59),
    ("years and months duration", "months"): Bound(-11, 11),
}
"""Parts of dates and durations whose bounds do not depend on the value."""

_RESULTS: Mapping[str, Bound] = {
    "string length": Bound(0, MAX_STRING),
    "day of year": Bound(1, 366),
    "week of year": Bound(1, 53),
    "years and months duration": Bound(-120_000, 120_000),
}


def member(base: Shape, node: t.Member) -> Shape:
    """base.name: an entry, a part, or those of each item of a list."""
    if isinstance(base, Record):
        return base.entries.get(node.name, UNKNOWN)
    if isinstance(base, Items):
        kind = node.base.type.item.kind if node.base.type.item is not None else ""
        return Items(_entry(base.item, kind, node.name), base.most)
    return _entry(base, node.base.type.kind, node.name)


def _entry(base: Shape, kind: str, name: str) -> Shape:
    if isinstance(base, Record):
        return base.entries.get(name, UNKNOWN)
    if isinstance(base, Bound) and (kind, name) in _WHOLES:
        most = base.most // _WHOLES[kind, name]
        return Bound(-most, most)
    return PARTS.get((kind, name), UNKNOWN)


_WHOLES = {("days and time duration", "days"): DAY, ("years and months duration", "years"): 12}


def date_difference(node: t.Arithmetic) -> Shape | None:
    """What the difference of two dates lies in, in microseconds."""
    if node.operator == "-" and {node.left.type.kind, node.right.type.kind} == _DATES:
        return _DIFFERENCE
    return None


def call(exactness: Exactness, node: t.Call) -> Shape:
    """A library function."""
    name = node.function.name
    if name in ROUNDINGS:
        return _rounding(exactness, node)
    visit = _CALLS.get(name)
    if visit is not None:
        return visit(exactness, node)
    for one in arguments(node):
        exactness.stored(one)
    if name in IRRATIONAL:
        return exactness.refuse(
            node,
            "irrational",
            f"The results of `{name}` never end, so no number of decimals holds them exactly.",
            f"“{name}”的结果是无限小数，无法用任何小数位数精确存储。",
        )
    if node.type.kind == "number":
        return _RESULTS.get(name) or UNKNOWN
    return _RESULTS.get(name) or of_type(node.type)


def arguments(node: t.Call) -> tuple[t.Node, ...]:
    """The arguments that are given."""
    return tuple(one for one in node.arguments if one is not None)


def places_of(node: t.Call) -> int | None:
    """The number of decimals that a rounding asks for, where it is written out."""
    given = arguments(node)
    if len(given) == 1:
        return 0
    scale = given[1]
    value = scale.value if isinstance(scale, t.Constant) else None
    if not isinstance(value, Decimal) or value != value.to_integral_value() or abs(value) > 34:
        return None
    return int(value)


def _rounding(exactness: Exactness, node: t.Call) -> Shape:
    places, number = places_of(node), arguments(node)[0]
    if places is None:
        return exactness.refuse(
            node,
            "scale",
            f"The number of decimals of `{node.function.name}` must be written as a whole number from -34 to 34.",
            f"“{node.function.name}”的小数位数须写为 -34 至 34 的整数。",
        )
    shape = exactness.shape(number)
    if isinstance(shape, Ratio):
        bound = shape.rounded(places)
        if not bound.fits or not shape.agrees(places):
            return exactness.inseparable(number)
        return bound
    if isinstance(shape, Bound):
        return exactness.checked(node, rounded(shape, places))
    return FAILED if shape is FAILED else UNKNOWN


def _listed(exactness: Exactness, node: t.Call) -> tuple[Shape, int]:
    """What holds for each of the numbers that a function over lists takes, and how many they may be."""
    given = arguments(node)
    shapes = [exactness.stored(one) for one in given]
    if len(shapes) == 1 and isinstance(shapes[0], Items):
        return shapes[0].item, shapes[0].most
    return joined(*shapes), len(shapes)


def _abs(exactness: Exactness, node: t.Call) -> Shape:
    shape = exactness.shape(arguments(node)[0])
    return absolute(shape) if isinstance(shape, Bound) else shape


def _sum(exactness: Exactness, node: t.Call) -> Shape:
    item, most = _listed(exactness, node)
    if not isinstance(item, Bound):
        exactness.unbounded(node, item)
        return FAILED
    return exactness.checked(node, Bound(min(item.low * most, item.low), max(item.high * most, item.high), item.scale))


def _mean(exactness: Exactness, node: t.Call) -> Shape:
    total = _sum(exactness, node)
    if not isinstance(total, Bound):
        return total
    _, most = _listed(exactness, node)
    return Ratio(total.most, total.scale, max(most, 1), total.most)


def _extreme(exactness: Exactness, node: t.Call) -> Shape:
    return _listed(exactness, node)[0]


def _modulo(exactness: Exactness, node: t.Call) -> Shape:
    dividend, divisor = (exactness.calculated(one) for one in arguments(node))
    if dividend is None or divisor is None:
        return FAILED
    scale = max(dividend.scale, divisor.scale)
    by = divisor.at(scale)
    return exactness.checked(node, Bound(min(by.low, 0), max(by.high, 0), scale))


def _parity(exactness: Exactness, node: t.Call) -> Shape:
    exactness.calculated(arguments(node)[0])
    return UNKNOWN


def _count(exactness: Exactness, node: t.Call) -> Shape:
    shape = exactness.shape(arguments(node)[0])
    return Bound(0, shape.most if isinstance(shape, Items) else MAX_LIST)


def _either(exactness: Exactness, node: t.Call) -> Shape:
    return joined(*(exactness.shape(one) for one in arguments(node)))


def _is_defined(exactness: Exactness, node: t.Call) -> Shape:
    exactness.shape(arguments(node)[0])
    return UNKNOWN


def _same_items(exactness: Exactness, node: t.Call) -> Shape:
    shapes = [exactness.stored(one) for one in arguments(node)]
    return shapes[0]


def _places(exactness: Exactness, node: t.Call) -> Shape:
    shapes = [exactness.stored(one) for one in arguments(node)]
    most = shapes[0].most if isinstance(shapes[0], Items) else MAX_LIST
    return Items(Bound(1, max(most, 1)), most)


_CALLS: Mapping[str, Callable[[Exactness, t.Call], Shape]] = {
    "abs": _abs,
    "sum": _sum,
    "mean": _mean,
    "min": _extreme,
    "max": _extreme,
    "modulo": _modulo,
    "odd": _parity,
    "even": _parity,
    "count": _count,
    "get or else": _either,
    "is defined": _is_defined,
    "reverse": _same_items,
    "distinct values": _same_items,
    "sublist": _same_items,
    "sort": _same_items,
    "index of": _places,
}
__all__ = ["ROUNDINGS", "arguments", "call", "date_difference", "member", "places_of"]
