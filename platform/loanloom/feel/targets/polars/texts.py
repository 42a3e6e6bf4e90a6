"""Texts in polars: length, parts, tests, and values written as text. Characters are code points, as in FEEL."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from ... import tree as t
from ...limits import MAX_STRING
from ..bounds import Bound
from . import numbers
from .terms import Cell, Number, Plain, Term, Value, any_of, choose, joined_by_or, literal
from .views import null_of

BLANKS = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
"""What Python's strip takes away; polars' own idea of white space differs by four control characters."""


def text_of(value: Value) -> Plain:
    """A value that must be a text."""
    if not isinstance(value, Plain) or value.kind != "string":
        raise TypeError
    return value


def _number(value: Value) -> Number:
    if not isinstance(value, Number):
        raise TypeError
    return value


def joined_text(left: Plain, right: Plain) -> Cell:
    """left + right; a text that becomes too long has no value, as in Python."""
    size = left.term.to(lambda expr: expr.str.len_chars()) + right.term.to(lambda expr: expr.str.len_chars())
    fault = size.compare(">", literal(MAX_STRING, pl.UInt32))
    nullable = left.nullable or right.nullable
    return Cell(Plain(left.term + right.term, "string", nullable), any_of(fault.known() if nullable else fault))


def length(node: t.Call, values: Sequence[Value]) -> Cell:
    text = text_of(values[0])
    term = text.term.to(lambda expr: expr.str.len_chars().cast(pl.Int64))
    return Cell(Number(term, Bound(0, MAX_STRING), text.nullable))


def text_test(node: t.Call, values: Sequence[Value]) -> Cell:
    text, match = (text_of(one) for one in values)
    if node.function.name == "contains":
        expr = text.term.expr.str.contains(match.term.expr, literal=True)
    elif node.function.name == "starts with":
        expr = text.term.expr.str.starts_with(match.term.expr)
    else:
        expr = text.term.expr.str.ends_with(match.term.expr)
    return Cell(Plain(Term(expr, text.term, match.term), "boolean", text.nullable or match.nullable))


def trim(node: t.Call, values: Sequence[Value]) -> Cell:
    text = text_of(values[0])
    return Cell(Plain(text.term.to(lambda expr: expr.str.strip_chars(BLANKS)), "string", text.nullable))


def substring(node: t.Call, values: Sequence[Value]) -> Cell:
    text, start = text_of(values[0]), _number(values[1])
    length = _number(values[2]) if len(values) > 2 else None
    if start.bound.scale or (length is not None and length.bound.scale):
        raise TypeError
    size = text.term.to(lambda expr: expr.str.len_chars().cast(pl.Int64))
    place, zero, one = start.to_narrow(), literal(0, pl.Int64), literal(1, pl.Int64)
    outside = place.compare("=", zero) | place.to(lambda expr: expr.abs()).compare(">", size)
    offset = choose(place.compare(">", zero), place - one, place)
    parts = [text.term, offset]
    nullable = text.nullable or start.nullable
    if length is None:
        expr = text.term.expr.str.slice(offset.expr)
    else:
        wanted = length.to_narrow()
        expr = text.term.expr.str.slice(offset.expr, wanted.to(lambda e: e.clip(0, MAX_STRING)).expr)
        outside = outside | wanted.compare("<", one)
        nullable, parts = nullable or length.nullable, [*parts, wanted]
    term = Term(expr, *parts)
    if nullable:
        missing = joined_by_or(null_of(one) for one in values)
        assert missing is not None
        term = choose(missing, literal(None, pl.String), term)
        outside = outside.known() & ~missing
    return Cell(Plain(term, "string", nullable), any_of(outside))


def string(node: t.Call, values: Sequence[Value]) -> Cell:
    value = values[0]
    if isinstance(value, Number) and value.kind == "number":
        term = Term(numbers.output(value).cast(pl.String), value.term)
        if value.bound.scale:
            term = term.to(lambda expr: expr.str.strip_chars_end("0").str.strip_chars_end("."))
        return Cell(Plain(term, "string", value.nullable))
    if not isinstance(value, Plain):
        raise TypeError
    if value.kind == "boolean":
        term = choose(value.term, literal("true"), literal("false"))
        if value.nullable:
            term = choose(value.term.is_null(), literal(None, pl.String), term)
        return Cell(Plain(term, "string", value.nullable))
    if value.kind == "date":
        return Cell(Plain(value.term.to(lambda expr: expr.dt.to_string("%Y-%m-%d")), "string", value.nullable))
    return Cell(value)
