"""Operators of the polars target: arithmetic, comparisons and members, by how their operands are held."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from ... import tree as t
from ..bounds import power_of_ten
from . import calls, dates, numbers, texts
from .terms import Cell, Nothing, Number, Plain, Quotient, Record, Struct, Term, Value, any_of, literal
from .views import entry, null_of


def truth(cell: Cell) -> Cell:
    """A condition; null written out is one too."""
    if isinstance(cell.value, Nothing):
        return Cell(Plain(literal(None, pl.Boolean), "boolean", nullable=True), cell.fault)
    plain(cell)
    return cell


def plain(cell: Cell) -> Plain:
    if not isinstance(cell.value, Plain) or cell.value.kind != "boolean":
        raise TypeError
    return cell.value


def member(base: Value, name: str) -> Value:
    if isinstance(base, Record):
        return base.entries[name]
    if isinstance(base, Struct):
        return entry(base, name)
    if isinstance(base, Number) and base.kind != "number":
        return dates.duration_part(base, name)
    if isinstance(base, Plain) and base.kind == "date" and name in dates.PARTS:
        return dates.part(base, name)
    raise TypeError


def arithmetic(node: t.Arithmetic, left: Value, right: Value) -> Cell:
    operator = node.operator
    if isinstance(left, Plain) and isinstance(right, Plain):
        return _plain_arithmetic(operator, left, right)
    if isinstance(left, Plain) and isinstance(right, Number):
        return _moved(left, numbers.negate(right) if operator == "-" else right)
    if isinstance(left, Number) and isinstance(right, Plain):
        return _moved(right, left)
    if not isinstance(left, Number | Quotient) or not isinstance(right, Number | Quotient):
        raise TypeError
    if operator == "/":
        return _divided(left, right)
    if isinstance(left, Number) and isinstance(right, Number):
        if operator in "+-":
            return Cell(numbers.add(left, right, minus=operator == "-"))
        if operator == "*":
            kind = left.kind if left.kind != "number" else right.kind
            return Cell(replace(numbers.multiply(left, right), kind=kind))
        return Cell(_power(left, right))
    return Cell(_with_quotient(operator, left, right))


def _power(base: Number, exponent: Number) -> Number:
    found = base
    for _ in range((exponent.constant or 1) - 1):
        found = numbers.multiply(found, base)
    return found


def _with_quotient(operator: str, left: Number | Quotient, right: Number | Quotient) -> Quotient:
    if operator == "*":
        ratio, factor = (left, right) if isinstance(left, Quotient) else (right, left)
        places = power_of_ten(factor.bound) if isinstance(factor, Number) else None
        if places is None or not isinstance(ratio, Quotient):
            raise TypeError
        return numbers.shift(ratio, places)
    if isinstance(left, Quotient) and isinstance(right, Number):
        return numbers.offset(left, numbers.negate(right) if operator == "-" else right)
    if isinstance(right, Quotient) and isinstance(left, Number):
        return numbers.offset(right, left, sign=-1 if operator == "-" else 1)
    raise TypeError


def _divided(left: Number | Quotient, right: Number | Quotient) -> Cell:
    if isinstance(right, Quotient):
        raise TypeError
    fault = calls.division_fault(left, right)
    if isinstance(left, Quotient):
        places = power_of_ten(right.bound)
        if places is None:
            raise TypeError
        return Cell(numbers.shift(left, -places))
    inverse = numbers.inverse(right)
    if inverse is not None:
        return Cell(numbers.multiply(left, inverse))
    return Cell(numbers.divide(left, right), any_of(fault))


def _plain_arithmetic(operator: str, left: Plain, right: Plain) -> Cell:
    if left.kind == right.kind == "date" and operator == "-":
        return Cell(dates.difference(left, right))
    if left.kind == right.kind == "string" and operator == "+":
        return texts.joined_text(left, right)
    raise TypeError


def _moved(date: Plain, duration: Number) -> Cell:
    if date.kind != "date":
        raise TypeError
    if duration.kind == "years and months duration":
        return dates.shift_months(date, duration)
    return dates.shift_days(date, duration)


def compared(operator: str, left: Value, right: Value) -> Plain:
    """A comparison; equality knows null, order gives null for it."""
    if isinstance(left, Nothing) or isinstance(right, Nothing):
        if operator not in ("=", "!="):
            return Plain(literal(None, pl.Boolean), "boolean", nullable=True)
        found = null_of(right if isinstance(left, Nothing) else left)
        return Plain(found if operator == "=" else ~found, "boolean", nullable=False)
    nullable = getattr(left, "nullable", True) or getattr(right, "nullable", True)
    term = _compared_values(operator, left, right)
    if operator in ("=", "!=") and nullable:
        return Plain(_null_aware(operator, term, left, right), "boolean", nullable=False)
    return Plain(term, "boolean", nullable)


def _compared_values(operator: str, left: Value, right: Value) -> Term:
    if isinstance(left, Number | Quotient) and isinstance(right, Number | Quotient):
        return numbers.compare(operator, left, right)
    if isinstance(left, Plain) and isinstance(right, Plain) and left.kind == right.kind:
        return left.term.compare(operator, right.term)
    raise TypeError


def _null_aware(operator: str, term: Term, left: Value, right: Value) -> Term:
    """Equality where a side may be null: two nulls are equal, one is not."""
    if getattr(left, "nullable", True) and getattr(right, "nullable", True):
        both = null_of(left) & null_of(right)
        unknown = both if operator == "=" else ~both
    else:
        unknown = literal(operator == "!=")
    return Term(term.expr.fill_null(unknown.expr), term, unknown)
