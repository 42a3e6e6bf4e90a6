"""How facts stand in columns, and how values of lists and records are held: between dtypes and FEEL types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from ...types import ANY, Type, optional
from ..bounds import Bound, joined, ten
from ..shapes import of_type
from .numbers import as_quotient, multiply, output
from .terms import (
    Listed,
    Nothing,
    Number,
    Plain,
    Quotient,
    Record,
    Struct,
    Term,
    Value,
    choose,
    dtype_of,
    fits_narrow,
    literal,
    number_of,
)

PLAIN = {"string": pl.String, "boolean": pl.Boolean, "date": pl.Date}


class NoColumn(Exception):
    """A type that no column holds; `unbounded` where it is a number without known digits."""

    def __init__(self, type_: Type) -> None:
        super().__init__(str(type_))
        self.type = type_
        self.unbounded = type_.kind == "number"


def column_type(type_: Type) -> Any:
    """The dtype of a column of facts of a type; raises NoColumn."""
    if type_.kind in PLAIN:
        return PLAIN[type_.kind]
    bound = of_type(type_)
    if type_.kind == "number" and isinstance(bound, Bound):
        return pl.Int64 if bound.scale == 0 and fits_narrow(bound) else pl.Decimal(38, bound.scale)
    if type_.kind == "list":
        return pl.List(column_type(type_.item or ANY))
    if type_.kind == "context" and not type_.open and type_.fields:
        return pl.Struct({name: column_type(one) for name, one in type_.fields})
    raise NoColumn(type_)


def view(term: Term, type_: Type) -> Value:
    """A column, or a part of one, as it is calculated with; raises NoColumn."""
    if type_.kind in PLAIN:
        return Plain(term, type_.kind, type_.nullable)
    bound = of_type(type_)
    if type_.kind == "number" and isinstance(bound, Bound):
        return Number(_scaled(term, bound), bound, type_.nullable)
    if type_.kind == "list":
        item = type_.item or ANY
        return Listed(term, lambda element: view(element, optional(item)), type_.nullable)
    if type_.kind == "context":
        return Struct(term, type_)
    raise NoColumn(type_)


def _scaled(term: Term, bound: Bound) -> Term:
    dtype = dtype_of(bound)
    if bound.scale == 0 and dtype == pl.Int64:
        return term.cast(pl.Int64)
    whole = term.cast(pl.Decimal(38, bound.scale)).to(lambda expr: expr.to_physical())
    return whole.cast(pl.Int64) if dtype == pl.Int64 else whole


def entry(struct: Struct, name: str) -> Value:
    """struct.name"""
    found = struct.type.members[name]
    return view(struct.term.to(lambda expr: expr.struct.field(name)), optional(found))


def kept(value: Value) -> tuple[Term, Callable[[Term], Value]]:
    """A value as an item of a list: its term, and how to see it again; raises TypeError for what cannot be one."""
    if isinstance(value, Number):
        bound, kind = value.bound, value.kind
        return value.at(bound.scale), lambda element: Number(element, bound, nullable=True, kind=kind)
    if isinstance(value, Plain):
        kind = value.kind
        return value.term, lambda element: Plain(element, kind, nullable=True)
    if isinstance(value, Struct):
        type_ = value.type
        return value.term, lambda element: Struct(element, type_)
    if isinstance(value, Listed):
        inner = value.view
        return value.term, lambda element: Listed(element, inner, nullable=True)
    raise TypeError


def either(condition: Term, then: Value, otherwise: Value) -> Value:
    """then where the condition is true, else otherwise; raises TypeError where they are not held alike."""
    if isinstance(then, Nothing) and isinstance(otherwise, Nothing):
        return then
    if isinstance(then, Nothing | Number | Quotient) and isinstance(otherwise, Nothing | Number | Quotient):
        return _either_number(condition, then, otherwise)
    if isinstance(then, Nothing | Plain) and isinstance(otherwise, Nothing | Plain):
        return _either_plain(condition, then, otherwise)
    if isinstance(then, Record) and isinstance(otherwise, Record) and set(then.entries) == set(otherwise.entries):
        return Record({name: either(condition, one, otherwise.entries[name]) for name, one in then.entries.items()})
    if isinstance(then, Struct) and isinstance(otherwise, Struct) and then.type == otherwise.type:
        return Struct(choose(condition, then.term, otherwise.term), then.type)
    if isinstance(then, Nothing | Listed) and isinstance(otherwise, Nothing | Listed):
        return _either_list(condition, then, otherwise)
    raise TypeError


def _either_number(condition: Term, then: Nothing | Number | Quotient, otherwise: Nothing | Number | Quotient) -> Value:
    if isinstance(then, Quotient) or isinstance(otherwise, Quotient):
        none = number_of(0)
        one, other = (as_quotient(none if isinstance(x, Nothing) else x) for x in (then, otherwise))
        scale = max(one.scale, other.scale)
        tops = [
            Nothing() if isinstance(x, Nothing) else multiply(q.top, number_of(ten(scale - q.scale)))
            for x, q in ((then, one), (otherwise, other))
        ]
        top = _either_number(condition, tops[0], tops[1])
        bottom = _either_number(condition, one.bottom, other.bottom)
        assert isinstance(top, Number) and isinstance(bottom, Number)
        return Quotient(top, bottom, scale)
    known = [one for one in (then, otherwise) if isinstance(one, Number)]
    bound = joined(known[0].bound, known[-1].bound)
    dtype = dtype_of(bound)
    terms = [
        literal(None, dtype) if isinstance(one, Nothing) else one.at(bound.scale, dtype) for one in (then, otherwise)
    ]
    return Number(choose(condition, *terms), bound, then.nullable or otherwise.nullable, known[0].kind)


def _either_plain(condition: Term, then: Nothing | Plain, otherwise: Nothing | Plain) -> Value:
    kinds = [one.kind for one in (then, otherwise) if isinstance(one, Plain)]
    if len(set(kinds)) > 1:
        raise TypeError
    empty = literal(None, PLAIN[kinds[0]])
    terms = [one.term if isinstance(one, Plain) else empty for one in (then, otherwise)]
    return Plain(choose(condition, *terms), kinds[0], then.nullable or otherwise.nullable)


def _either_list(condition: Term, then: Nothing | Listed, otherwise: Nothing | Listed) -> Value:
    if isinstance(then, Listed) and isinstance(otherwise, Listed):
        raise TypeError  # their items may be held differently
    listed = then if isinstance(then, Listed) else otherwise
    assert isinstance(listed, Listed)
    terms = [one.term if isinstance(one, Listed) else literal(None) for one in (then, otherwise)]
    return Listed(choose(condition, *terms), listed.view, nullable=True)


def null_of(value: Value) -> Term:
    """Whether a value is null; never null itself."""
    if isinstance(value, Nothing):
        return literal(True)
    if isinstance(value, Quotient):
        value = value.top
    if isinstance(value, Record) or not getattr(value, "nullable", True):
        return literal(False)
    return value.term.is_null()


def leaving(value: Value) -> pl.Expr:
    """A value as the target's result; raises TypeError or NoColumn for what has no column."""
    if isinstance(value, Nothing):
        return pl.lit(None)
    if isinstance(value, Number):
        return output(value)
    if isinstance(value, Struct):
        column_type(value.type)
    if isinstance(value, Plain | Struct):
        return value.term.expr
    if isinstance(value, Record) and value.entries:  # a frame has no record without entries
        return pl.struct([leaving(one).alias(name) for name, one in value.entries.items()])
    if isinstance(value, Listed):
        item = value.view(Term(pl.element()))
        return value.term.expr.list.eval(leaving(item))
    raise TypeError
