"""Values on their way through the polars target: expressions with their size, and how each FEEL type is held.

Numbers are scaled integers (64 bits where the bound fits, else 128), so that adding, multiplying, comparing and
rounding are exact; decimals stand only at the borders. An unrounded quotient is its numerator and denominator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from ...types import Type
from ..bounds import Bound, ten

MOST_TERMS = 30_000
"""Polars reads an expression as a tree: what is used twice is read twice, so its size is watched while it grows."""
NARROW = 2**63 - 1
WIDE = 10**38 - 1


class TooLarge(Exception):
    """The expression has grown beyond MOST_TERMS."""


class TooWide(Exception):
    """A number needs more than 128 bits on the way."""


class Term:
    """A polars expression, how many parts it has when written out, and whether it is made of constants alone."""

    __slots__ = ("constant", "expr", "size")

    def __init__(self, expr: pl.Expr, *parts: Term, constant: bool = False) -> None:
        self.expr = expr
        self.constant: bool = constant or (bool(parts) and all(one.constant for one in parts))
        self.size: int = 1 + sum(one.size for one in parts)
        if self.size > MOST_TERMS:
            raise TooLarge

    def __add__(self, other: Term) -> Term:
        return Term(self.expr + other.expr, self, other)

    def __sub__(self, other: Term) -> Term:
        return Term(self.expr - other.expr, self, other)

    def __mul__(self, other: Term) -> Term:
        return Term(self.expr * other.expr, self, other)

    def __floordiv__(self, other: Term) -> Term:
        return Term(self.expr // other.expr, self, other)

    def __mod__(self, other: Term) -> Term:
        return Term(self.expr % other.expr, self, other)

    def __neg__(self) -> Term:
        return Term(0 - self.expr, self)  # 128 bits have no negation of their own in polars

    def __and__(self, other: Term) -> Term:
        return Term(self.expr & other.expr, self, other)

    def __or__(self, other: Term) -> Term:
        return Term(self.expr | other.expr, self, other)

    def __invert__(self) -> Term:
        return Term(~self.expr, self)

    def compare(self, operator: str, other: Term) -> Term:
        """self = != < <= > >= other; null where either is null. A constant goes to the right: polars 2.1 gives one row
        for a constant compared with a choice between constants that falls on the same one everywhere.
        """
        if self.constant and not other.constant:
            return other.compare(MIRRORED[operator], self)
        return Term(_COMPARE[operator](self.expr, other.expr), self, other)

    def same(self, other: Term) -> Term:
        """Whether both are equal; two nulls are."""
        if self.constant and not other.constant:
            return other.same(self)
        return Term(self.expr.eq_missing(other.expr), self, other)

    def cast(self, dtype: Any) -> Term:
        return Term(self.expr.cast(dtype), self)

    def is_null(self) -> Term:
        return Term(self.expr.is_null(), self)

    def is_not_null(self) -> Term:
        return Term(self.expr.is_not_null(), self)

    def known(self) -> Term:
        """True where it is true; false where it is false or null."""
        return Term(self.expr.fill_null(False), self)

    def to(self, change: Callable[[pl.Expr], pl.Expr]) -> Term:
        """What a polars method makes of it."""
        return Term(change(self.expr), self)


MIRRORED: Mapping[str, str] = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
"""a < b is b > a."""

_COMPARE: Mapping[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def choose(condition: Term, then: Term, otherwise: Term) -> Term:
    """then where the condition is true, otherwise where it is false or null."""
    expr = pl.when(condition.expr).then(then.expr).otherwise(otherwise.expr)
    return Term(expr, condition, then, otherwise)


def literal(value: Any, dtype: Any = None) -> Term:
    """A constant."""
    return Term(pl.lit(value, dtype=dtype), constant=True)


def joined_by_or(terms: Iterable[Term]) -> Term | None:
    """Whether any holds; None for none."""
    found: Term | None = None
    for one in terms:
        found = one if found is None else found | one
    return found


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a value has none: `missing` facts, by path, that are asked for in any case; and other reasons."""

    missing: Mapping[str, Term]
    other: Term | None = None

    @property
    def term(self) -> Term:
        """True where there is no value; never null."""
        terms = [*self.missing.values(), *([self.other] if self.other is not None else [])]
        return joined_by_or(terms) or literal(False)

    def beyond(self, first: Fault | None) -> Fault | None:
        """What this adds to a fault that has been found before it."""
        if first is None:
            return self
        missing = {path: one for path, one in self.missing.items() if path not in first.missing}
        return Fault(missing, self.other) if missing or self.other is not None else None


def any_of(*faults: Fault | Term | None) -> Fault | None:
    """Where any of some faults is; None where none can be."""
    missing: dict[str, Term] = {}
    other: Term | None = None
    for one in faults:
        term = one.other if isinstance(one, Fault) else one
        if isinstance(one, Fault):
            missing |= one.missing
        if term is not None:
            other = term if other is None else other | term
    return Fault(missing, other) if missing or other is not None else None


def either_fault(condition: Term, then: Fault | None, otherwise: Fault | None) -> Term | None:
    """The fault of the branch that is taken."""
    if then is None and otherwise is None:
        return None
    none = literal(False)
    return choose(condition, then.term if then else none, otherwise.term if otherwise else none)


@dataclass(frozen=True, slots=True)
class Number:
    """A scaled integer: number, days duration (microseconds) or months duration."""

    term: Term
    bound: Bound
    nullable: bool
    kind: str = "number"

    @property
    def constant(self) -> int | None:
        """The scaled integer, where it is always the same."""
        return self.bound.low if self.bound.low == self.bound.high and not self.nullable else None

    def at(self, scale: int, dtype: Any = None) -> Term:
        """The integer at a larger scale, in a type that holds it."""
        bound = self.bound.at(scale)
        dtype = dtype or dtype_of(bound)
        if self.constant is not None:
            ready = self.term.constant and scale == self.bound.scale and dtype == dtype_of(self.bound)
            return self.term if ready else literal(bound.low, dtype)
        term = self.term if dtype == dtype_of(self.bound) else self.term.cast(dtype)
        return term if scale == self.bound.scale else term * literal(ten(scale - self.bound.scale), dtype)

    def to_narrow(self) -> Term:
        """The integer in 64 bits; what does not fit is cut to what lies outside any date."""
        if dtype_of(self.bound) == pl.Int64:
            return self.at(self.bound.scale)
        return self.term.to(lambda expr: expr.clip(-(2**60), 2**60).cast(pl.Int64))


@dataclass(frozen=True, slots=True)
class Quotient:
    """top / bottom / 10**scale, never rounded. The top is null where the quotient is; the bottom is not zero."""

    top: Number
    bottom: Number
    scale: int

    @property
    def nullable(self) -> bool:
        return self.top.nullable


@dataclass(frozen=True, slots=True)
class Plain:
    """A text, truth value or date."""

    term: Term
    kind: str
    nullable: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A list; `view` tells how an element of it is held."""

    term: Term
    view: Callable[[Term], Value]
    nullable: bool


@dataclass(frozen=True, slots=True)
class Struct:
    """A record in a column of records."""

    term: Term
    type: Type


@dataclass(frozen=True, slots=True)
class Record:
    """A record of which every entry is an expression of its own."""

    entries: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Nothing:
    """null"""

    nullable: bool = True


Value = Number | Quotient | Plain | Listed | Struct | Record | Nothing


@dataclass(frozen=True, slots=True)
class Cell:
    """What a node becomes: its value, and where it has none."""

    value: Value
    fault: Fault | None = None


def dtype_of(*bounds: Bound) -> Any:
    """The integer type that holds all of some bounds."""
    most = max(one.most for one in bounds)
    if most > WIDE:
        raise TooWide
    return pl.Int64 if most <= NARROW else pl.Int128


def fits_narrow(bound: Bound) -> bool:
    """Whether 64 bits hold every value."""
    return bound.most <= NARROW


def number_of(value: int, scale: int = 0, kind: str = "number") -> Number:
    """A constant number."""
    bound = Bound(value, value, scale)
    return Number(literal(value, dtype_of(bound)), bound, nullable=False, kind=kind)
