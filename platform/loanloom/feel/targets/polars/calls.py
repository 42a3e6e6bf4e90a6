"""Library functions in polars. What is not in the table is refused by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from ... import tree as t
from ..bounds import Bound
from ..exactness_calls import ROUNDINGS, arguments, places_of
from . import dates, lists, numbers, texts
from .terms import (
    Cell,
    Listed,
    Number,
    Plain,
    Quotient,
    Term,
    Value,
    any_of,
    choose,
    dtype_of,
    joined_by_or,
    literal,
    number_of,
)
from .views import either, null_of

Function = Callable[[t.Call, Sequence[Value]], Cell]


def call(node: t.Call, cells: Sequence[Cell]) -> Cell | None:
    """The function over its arguments; None where polars has none. Raises TypeError for arguments it cannot take."""
    function = _round if node.function.name in ROUNDINGS else _FUNCTIONS.get(node.function.name)
    if function is None:
        return None
    found = function(node, [one.value for one in cells])
    return Cell(found.value, any_of(*(one.fault for one in cells), found.fault))


def _number(value: Value) -> Number:
    if not isinstance(value, Number):
        raise TypeError
    return value


def _plain(value: Value, kind: str) -> Plain:
    if not isinstance(value, Plain) or value.kind != kind:
        raise TypeError
    return value


def _list(value: Value) -> Listed:
    if not isinstance(value, Listed):
        raise TypeError
    return value


def _round(node: t.Call, values: Sequence[Value]) -> Cell:
    places, value = places_of(node), values[0]
    if places is None or not isinstance(value, Number | Quotient):
        raise TypeError
    return Cell(numbers.round_to(value, places, node.function.name))


def _abs(node: t.Call, values: Sequence[Value]) -> Cell:
    value = values[0]
    if isinstance(value, Quotient):
        top, bottom = numbers.absolute(value.top), numbers.absolute(value.bottom)
        return Cell(Quotient(top, bottom, value.scale))
    return Cell(numbers.absolute(_number(value)))


def _modulo(node: t.Call, values: Sequence[Value]) -> Cell:
    dividend, divisor = (_number(one) for one in values)
    fault = division_fault(dividend, divisor)
    return Cell(numbers.modulo(dividend, divisor), any_of(fault))


def division_fault(dividend: Number | Quotient, divisor: Number) -> Term | None:
    """Where a division by zero has no value: both numbers are there, and the divisor is zero."""
    if divisor.bound.low > 0 or divisor.bound.high < 0:
        return None
    zero = numbers.is_zero(divisor)
    return zero & ~null_of(dividend) if dividend.nullable else zero


def _parity(node: t.Call, values: Sequence[Value]) -> Cell:
    rest = numbers.modulo(numbers.absolute(_number(values[0])), number_of(2))
    wanted = number_of(1 if node.function.name == "odd" else 0)
    return Cell(Plain(numbers.compare("=", rest, wanted), "boolean", rest.nullable))


def _sum(node: t.Call, values: Sequence[Value]) -> Cell:
    if len(values) == 1 and isinstance(values[0], Listed):
        return Cell(lists.total(values[0]))
    found = _number(values[0])
    for one in values[1:]:
        found = numbers.add(found, _number(one))
    return Cell(found)


def _mean(node: t.Call, values: Sequence[Value]) -> Cell:
    if len(values) == 1 and isinstance(values[0], Listed):
        return Cell(lists.mean(values[0]))
    whole = _sum(node, values).value
    return Cell(numbers.divide(_number(whole), number_of(len(values))))


def _extreme(node: t.Call, values: Sequence[Value]) -> Cell:
    largest = node.function.name == "max"
    if len(values) == 1 and isinstance(values[0], Listed):
        return Cell(lists.extreme(values[0], largest=largest))
    terms, like = _alike(values)
    horizontal = pl.max_horizontal if largest else pl.min_horizontal
    best = Term(horizontal([one.expr for one in terms]), *terms)
    empty = joined_by_or(
        term.is_null() for term, one in zip(terms, values, strict=True) if getattr(one, "nullable", True)
    )
    if empty is not None:
        best = choose(empty, literal(None), best)
    return Cell(like(best, empty is not None))


def _alike(values: Sequence[Value]) -> tuple[list[Term], Callable[[Term, bool], Value]]:
    """Values brought to one type, and how the result is held."""
    plain = [one for one in values if isinstance(one, Plain)]
    if len(plain) == len(values) and len({one.kind for one in plain}) == 1:
        kind = plain[0].kind
        return [one.term for one in plain], lambda term, nullable: Plain(term, kind, nullable)
    found = [_number(one) for one in values]
    scale = max(one.bound.scale for one in found)
    ends = [one.bound.at(scale) for one in found]
    bound = Bound(min(one.low for one in ends), max(one.high for one in ends), scale)
    dtype, number_kind = dtype_of(bound), found[0].kind
    return (
        [one.at(scale, dtype) for one in found],
        lambda term, nullable: Number(term, bound, nullable, number_kind),
    )


def _count(node: t.Call, values: Sequence[Value]) -> Cell:
    return Cell(lists.count(_list(values[0])))


def _contains_item(node: t.Call, values: Sequence[Value]) -> Cell:
    listed = _list(values[0])
    return Cell(Plain(lists.contains(listed, values[1]), "boolean", listed.nullable))


def _all_any(node: t.Call, values: Sequence[Value]) -> Cell:
    every = node.function.name == "all"
    if len(values) == 1 and isinstance(values[0], Listed):
        return Cell(lists.all_of(values[0], every=every))
    found = _plain(values[0], "boolean").term
    for one in values[1:]:
        other = _plain(one, "boolean").term
        found = found & other if every else found | other
    return Cell(Plain(found, "boolean", nullable=True))


def _reverse(node: t.Call, values: Sequence[Value]) -> Cell:
    return Cell(lists.changed(_list(values[0]), lambda expr: expr.list.reverse()))


def _distinct(node: t.Call, values: Sequence[Value]) -> Cell:
    listed = _list(values[0])
    if not isinstance(listed.view(lists.ELEMENT), Number | Plain):
        raise TypeError
    return Cell(lists.changed(listed, lambda expr: expr.list.unique(maintain_order=True)))


def _or_else(node: t.Call, values: Sequence[Value]) -> Cell:
    return Cell(either(~null_of(values[0]), values[0], values[1]))


def _is_defined(node: t.Call, values: Sequence[Value]) -> Cell:
    return Cell(Plain(~null_of(values[0]), "boolean", nullable=False))


def _date(node: t.Call, values: Sequence[Value]) -> Cell:
    if len(values) == 3:
        year, month, day = (_number(one) for one in values)
        if year.bound.scale or month.bound.scale or day.bound.scale:
            raise TypeError
        return dates.of_parts(year, month, day)
    return Cell(_plain(values[0], "date"))


def _months_between(node: t.Call, values: Sequence[Value]) -> Cell:
    return Cell(dates.months_between(_plain(values[0], "date"), _plain(values[1], "date")))


def _date_part(node: t.Call, values: Sequence[Value]) -> Cell:
    return Cell(dates.part(_plain(values[0], "date"), node.function.name))


def _date_name(node: t.Call, values: Sequence[Value]) -> Cell:
    return Cell(dates.name_of(_plain(values[0], "date"), node.function.name))


def _last_day(node: t.Call, values: Sequence[Value]) -> Cell:
    return Cell(dates.last_of_month(_plain(values[0], "date")))


_FUNCTIONS: Mapping[str, Function] = {
    "abs": _abs,
    "modulo": _modulo,
    "odd": _parity,
    "even": _parity,
    "sum": _sum,
    "mean": _mean,
    "min": _extreme,
    "max": _extreme,
    "count": _count,
    "list contains": _contains_item,
    "all": _all_any,
    "any": _all_any,
    "reverse": _reverse,
    "distinct values": _distinct,
    "get or else": _or_else,
    "is defined": _is_defined,
    "string length": texts.length,
    "contains": texts.text_test,
    "starts with": texts.text_test,
    "ends with": texts.text_test,
    "trim": texts.trim,
    "substring": texts.substring,
    "string": texts.string,
    "date": _date,
    "years and months duration": _months_between,
    "day of year": _date_part,
    "week of year": _date_part,
    "day of week": _date_name,
    "month of year": _date_name,
    "last day of month": _last_day,
}

__all__ = ["arguments", "call", "division_fault"]
