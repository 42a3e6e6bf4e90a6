"""Lists in polars: over each item, of all items, and functions of whole lists. Only the item itself is seen inside."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from ...limits import MAX_LIST
from ..bounds import Bound
from .terms import Cell, Fault, Listed, Nothing, Number, Plain, Quotient, Term, Value, any_of, choose, dtype_of, literal
from .views import kept

ELEMENT = Term(pl.element())


def mapped(listed: Listed, change: Callable[[Value], Cell]) -> tuple[Listed, Fault | None]:
    """The list of what each item becomes, and where any item has no value."""
    cell = change(listed.view(ELEMENT))
    term, view = kept(cell.value)
    result = Listed(listed.term.to(lambda expr: expr.list.eval(term.expr)), view, listed.nullable)
    return result, _any_fault(listed, cell.fault)


def _any_fault(listed: Listed, fault: Fault | None) -> Fault | None:
    if fault is None:
        return None
    found = Term(listed.term.expr.list.eval(fault.term.expr).list.any(), listed.term, fault.term)
    return any_of(found.known())


def filtered(listed: Listed, condition: Cell) -> tuple[Listed, Fault | None]:
    """The items for which the condition is true."""
    value = condition.value
    assert isinstance(value, Plain)
    term = Term(listed.term.expr.list.eval(pl.element().filter(value.term.expr)), listed.term, value.term)
    return Listed(term, listed.view, listed.nullable), _any_fault(listed, condition.fault)


def quantified(listed: Listed, condition: Cell, *, some: bool) -> Cell:
    """some / every: stops at the item that decides, so a fault behind it does not count."""
    value = condition.value
    assert isinstance(value, Plain)
    each = value.term.expr
    judged = each.any(ignore_nulls=False) if some else each.all(ignore_nulls=False)
    term = Term(listed.term.expr.list.agg(judged), listed.term, value.term)
    found = Plain(term, "boolean", nullable=True)
    if condition.fault is None:
        return Cell(found)
    fault = condition.fault.term
    decides = each if some else ~each
    code = pl.when(fault.expr).then(pl.lit(2)).when(decides).then(pl.lit(1)).otherwise(pl.lit(0))
    first = listed.term.expr.list.agg(code.filter(code > 0).first())
    return Cell(found, any_of(Term((first == 2).fill_null(value=False), listed.term, fault, value.term)))


def total(listed: Listed) -> Number:
    """sum: null for no items, and where one of them is null"""
    item = listed.view(ELEMENT)
    assert isinstance(item, Number)
    bound = Bound(min(item.bound.low * MAX_LIST, item.bound.low), max(item.bound.high * MAX_LIST, item.bound.high))
    dtype = dtype_of(bound)
    each = item.at(item.bound.scale, dtype).expr
    whole = pl.when((each.null_count() > 0) | (each.len() == 0)).then(None).otherwise(each.sum())
    term = Term(listed.term.expr.list.agg(whole).cast(dtype), listed.term, item.term)
    return Number(term, Bound(bound.low, bound.high, item.bound.scale), nullable=True, kind=item.kind)


def count(listed: Listed) -> Number:
    """How many items, nulls too."""
    term = listed.term.to(lambda expr: expr.list.len().cast(pl.Int64))
    return Number(term, Bound(0, MAX_LIST), listed.nullable)


def mean(listed: Listed) -> Quotient:
    """The mean, unrounded."""
    whole, many = total(listed), count(listed)
    return Quotient(Number(whole.term, Bound(whole.bound.low, whole.bound.high), True), many, whole.bound.scale)


def extreme(listed: Listed, *, largest: bool) -> Value:
    """min or max: null for no items, and where one of them is null"""
    item = listed.view(ELEMENT)
    assert isinstance(item, Number | Plain)
    each = item.term.expr
    best = each.max() if largest else each.min()
    whole = pl.when(each.null_count() > 0).then(None).otherwise(best)
    term = Term(listed.term.expr.list.agg(whole), listed.term, item.term)
    if isinstance(item, Number):
        return Number(term, item.bound, nullable=True, kind=item.kind)
    return Plain(term, item.kind, nullable=True)


def contains(listed: Listed, element: Value) -> Term:
    """Whether an item equals the element; null among nulls counts. Null where the list is."""
    item = listed.view(ELEMENT)
    if isinstance(item, Number) and isinstance(element, Number):
        return _contains_number(listed, item, element)
    if not isinstance(item, Plain) or not isinstance(element, Plain):
        raise TypeError
    return Term(
        listed.term.expr.list.contains(element.term.expr, nulls_equal=True), listed.term, element.term, item.term
    )


def _contains_number(listed: Listed, item: Number, element: Number) -> Term:
    scale = max(item.bound.scale, element.bound.scale)
    dtype = dtype_of(item.bound.at(scale), element.bound.at(scale))
    items = listed.term.expr.list.eval(item.at(scale, dtype).expr)
    sought = element.at(scale, dtype)
    return Term(items.list.contains(sought.expr, nulls_equal=True), listed.term, sought)


def all_of(listed: Listed, *, every: bool) -> Plain:
    """all / any over a list of truth values, three-valued"""
    item = listed.view(ELEMENT)
    assert isinstance(item, Plain)
    each = item.term.expr
    judged = each.all(ignore_nulls=False) if every else each.any(ignore_nulls=False)
    return Plain(Term(listed.term.expr.list.agg(judged), listed.term, item.term), "boolean", nullable=True)


def at(listed: Listed, index: Number) -> Value:
    """The item at a place counted from 1, from the end with a minus; null where there is none."""
    if index.bound.scale > 0:
        raise TypeError
    place, one, zero = index.to_narrow(), literal(1, pl.Int64), literal(0, pl.Int64)
    from_start = choose(place.compare(">", zero), place - one, place)
    none = place.compare("=", zero).known()
    spot = choose(none, literal(None, pl.Int64), from_start.to(lambda expr: expr.clip(-MAX_LIST - 1, MAX_LIST + 1)))
    found = Term(listed.term.expr.list.get(spot.expr, null_on_oob=True), listed.term, spot)
    return listed.view(found)


def of_items(items: list[Value]) -> Listed:
    """A list written out; raises TypeError where its items are not held alike."""
    numbers = [one for one in items if isinstance(one, Number)]
    plain = [one for one in items if isinstance(one, Plain)]
    nulls = sum(isinstance(one, Nothing) for one in items)
    if numbers and len(numbers) + nulls == len(items):
        scale = max(one.bound.scale for one in numbers)
        ends = [one.bound.at(scale) for one in numbers]
        bound = Bound(min(one.low for one in ends), max(one.high for one in ends), scale)
        dtype, kind = dtype_of(bound), numbers[0].kind
        terms = [one.at(scale, dtype) if isinstance(one, Number) else literal(None, dtype) for one in items]
        return Listed(_concat(terms), lambda element: Number(element, bound, nullable=True, kind=kind), False)
    if len(plain) + nulls != len(items) or len({one.kind for one in plain}) != 1:
        raise TypeError
    kind = plain[0].kind
    terms = [one.term if isinstance(one, Plain) else literal(None) for one in items]
    return Listed(_concat(terms), lambda element: Plain(element, kind, True), False)


def _concat(terms: list[Term]) -> Term:
    return Term(pl.concat_list([one.expr for one in terms]), *terms)


def changed(listed: Listed, change: Callable[[pl.Expr], pl.Expr]) -> Listed:
    """The same items in another order or fewer of them."""
    return Listed(listed.term.to(change), listed.view, listed.nullable)
