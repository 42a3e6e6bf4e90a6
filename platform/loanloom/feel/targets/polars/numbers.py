"""Exact arithmetic on scaled integers in polars: + - * /, comparisons, and every rounding mode.

`//` and `%` of polars integers round towards minus infinity, as Python's do; the rounding formulas build on that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from .. import bounds
from ..bounds import Bound, ten
from .terms import MIRRORED, Number, Quotient, Term, TooWide, choose, dtype_of, literal, number_of

_DIGITS = 38
"""Digits of polars' widest decimal."""


def add(left: Number, right: Number, *, minus: bool = False) -> Number:
    """left + right, or left - right"""
    scale = max(left.bound.scale, right.bound.scale)
    one, other = left.bound.at(scale), right.bound.at(scale)
    bound = bounds.added(one, bounds.negated(other) if minus else other)
    dtype = dtype_of(one, other, bound)
    first, second = left.at(scale, dtype), right.at(scale, dtype)
    term = first - second if minus else first + second
    return fitted(term, bound, dtype, left.nullable or right.nullable, left.kind)


def multiply(left: Number, right: Number) -> Number:
    """left * right"""
    bound = bounds.multiplied(left.bound, right.bound)
    dtype = dtype_of(bound, left.bound, right.bound)
    term = left.at(left.bound.scale, dtype) * right.at(right.bound.scale, dtype)
    return fitted(term, bound, dtype, left.nullable or right.nullable)


def negate(one: Number) -> Number:
    """-one"""
    return Number(-one.term, bounds.negated(one.bound), one.nullable, one.kind)


def absolute(one: Number) -> Number:
    """|one|"""
    return Number(one.term.to(lambda expr: expr.abs()), bounds.absolute(one.bound), one.nullable, one.kind)


def fitted(term: Term, bound: Bound, dtype: object, nullable: bool, kind: str = "number") -> Number:
    """A number in the type its bound asks for."""
    wanted = dtype_of(bound)
    return Number(term if wanted == dtype else term.cast(wanted), bound, nullable, kind)


def inverse(divisor: Number) -> Number | None:
    """1 / divisor, where the divisor is a constant whose reciprocal is a finite decimal."""
    found = bounds.reciprocal(divisor.bound) if divisor.constant is not None else None
    return number_of(found.low, found.scale) if found is not None else None


def divide(left: Number, right: Number) -> Quotient:
    """left / right, unrounded"""
    scale = left.bound.scale - right.bound.scale
    top, bottom = left, Number(right.term, Bound(right.bound.low, right.bound.high), right.nullable)
    if scale < 0:
        top, scale = _as_integer(left, right.bound.scale), 0
    else:
        top = _as_integer(left, left.bound.scale)
    if right.nullable:
        empty = choose(right.term.is_null(), literal(None, dtype_of(top.bound)), top.term)
        top = Number(empty, top.bound, nullable=True)
    return Quotient(top, bottom, scale)


def _as_integer(one: Number, scale: int) -> Number:
    bound = one.bound.at(scale)
    return Number(one.at(scale), Bound(bound.low, bound.high), one.nullable)


def as_quotient(one: Number | Quotient) -> Quotient:
    """A number as a quotient by one."""
    if isinstance(one, Quotient):
        return one
    return Quotient(_as_integer(one, one.bound.scale), number_of(1), one.bound.scale)


def shift(one: Quotient, places: int) -> Quotient:
    """one * 10**places"""
    if one.scale >= places:
        return Quotient(one.top, one.bottom, one.scale - places)
    return Quotient(multiply(one.top, number_of(ten(places - one.scale))), one.bottom, 0)


def offset(one: Quotient, exact: Number, *, sign: int = 1) -> Quotient:
    """sign * one + exact"""
    scale = max(one.scale, exact.bound.scale)
    top = multiply(one.top, number_of(sign * ten(scale - one.scale)))
    more = multiply(_as_integer(exact, scale), Number(one.bottom.term, one.bottom.bound, one.bottom.nullable))
    return Quotient(add(top, more), one.bottom, scale)


def compare(operator: str, left: Number | Quotient, right: Number | Quotient) -> Term:
    """left operator right, exactly; null where either is null."""
    if isinstance(left, Quotient) or isinstance(right, Quotient):
        return _compare_quotient(operator, left, right)
    scale = max(left.bound.scale, right.bound.scale)
    dtype = dtype_of(left.bound.at(scale), right.bound.at(scale))
    return left.at(scale, dtype).compare(operator, right.at(scale, dtype))


def _compare_quotient(operator: str, left: Number | Quotient, right: Number | Quotient) -> Term:
    if not isinstance(left, Quotient):
        return _compare_quotient(MIRRORED[operator], right, left)
    if isinstance(right, Quotient):  # the scale analysis has refused it
        raise TooWide
    one = _positive(left)
    scale = max(one.scale, right.bound.scale)
    lifted = multiply(one.top, number_of(ten(scale - one.scale)))
    return compare(operator, lifted, multiply(_as_integer(right, scale), one.bottom))


def _positive(one: Quotient) -> Quotient:
    """The same with a denominator above zero."""
    if one.bottom.bound.low >= 0:
        return one
    below = one.bottom.term.compare("<", literal(0, dtype_of(one.bottom.bound)))
    flipped = choose(below, -one.top.term, one.top.term)
    most = one.top.bound.most
    top = Number(flipped, Bound(-most, most), one.top.nullable)
    return Quotient(top, absolute(one.bottom), one.scale)


def is_zero(one: Number) -> Term:
    """Whether a number is zero; never null."""
    found = one.term.compare("=", literal(0, dtype_of(one.bound)))
    return found.known() if one.nullable else found


def round_to(one: Number | Quotient, places: int, mode: str) -> Number:
    """one with `places` decimals, in any of FEEL's modes."""
    if isinstance(one, Number):
        if places >= one.bound.scale:
            return one
        cut = ten(one.bound.scale - places)
        whole = Bound(one.bound.low // cut, -(-one.bound.high // cut))
        found = _rounded(_as_integer(one, one.bound.scale), number_of(cut), mode, whole)
    else:
        positive = _positive(one)
        top = multiply(positive.top, number_of(ten(max(places - one.scale, 0))))
        bottom = multiply(positive.bottom, number_of(ten(max(one.scale - places, 0))))
        least = max(bottom.bound.low, 1)
        most = -(-top.bound.most // least)
        found = _rounded(top, bottom, mode, Bound(-most if top.bound.low < 0 else 0, most))
    if places < 0:  # zeros for what was rounded away before the point
        return multiply(found, number_of(ten(-places)))
    return Number(found.term, Bound(found.bound.low, found.bound.high, places), found.nullable)


def _rounded(top: Number, bottom: Number, mode: str, bound: Bound) -> Number:
    """top / bottom to a whole number within a bound; the bottom is above zero."""
    widest = 4 * (top.bound.most + bottom.bound.most)
    dtype = dtype_of(Bound(-widest, widest))
    term = _MODES[mode](top.at(0, dtype), bottom.at(0, dtype), dtype, top.bound.low >= 0)
    return fitted(term, bound, dtype, top.nullable)


def _one_where(term: Term, dtype: object) -> Term:
    return term.cast(dtype)


def _floor(n: Term, d: Term, dtype: object, positive: bool) -> Term:
    return n // d


def _ceiling(n: Term, d: Term, dtype: object, positive: bool) -> Term:
    return -((-n) // d)


def _down(n: Term, d: Term, dtype: object, positive: bool) -> Term:
    if positive:
        return n // d
    less = choose(n.compare("<", literal(0, dtype)), d - literal(1, dtype), literal(0, dtype))
    return (n + less) // d


def _up(n: Term, d: Term, dtype: object, positive: bool) -> Term:
    if positive:
        return (n + d - literal(1, dtype)) // d
    more = choose(n.compare(">", literal(0, dtype)), d - literal(1, dtype), literal(0, dtype))
    return (n + more) // d


def _half_up(n: Term, d: Term, dtype: object, positive: bool) -> Term:
    two, doubled = literal(2, dtype), n * literal(2, dtype) + d
    if not positive:
        doubled = doubled - _one_where(n.compare("<", literal(0, dtype)), dtype)
    return doubled // (d * two)


def _half_down(n: Term, d: Term, dtype: object, positive: bool) -> Term:
    two = literal(2, dtype)
    doubled = n * two + d - _one_where(n.compare(">", literal(0, dtype)), dtype)
    return doubled // (d * two)


def _half_even(n: Term, d: Term, dtype: object, positive: bool) -> Term:
    """Half up towards plus infinity; at a tie one less where that is odd."""
    zero, one, two = (literal(value, dtype) for value in (0, 1, 2))
    doubled, width = n * two + d, d * two
    up = doubled // width
    tie = (doubled % width).compare("=", zero) & (up % two).compare("=", one)
    return up - _one_where(tie, dtype)


_MODES: Mapping[str, Callable[[Term, Term, object, bool], Term]] = {
    "floor": _floor,
    "ceiling": _ceiling,
    "round down": _down,
    "round up": _up,
    "round half up": _half_up,
    "round half down": _half_down,
    "round half even": _half_even,
    "decimal": _half_even,
}


def truncated(one: Number, divisor: int) -> Number:
    """one / divisor towards zero, for whole numbers."""
    whole = Bound(-(-one.bound.low // divisor), one.bound.high // divisor)
    bound = Bound(min(whole.low, 0), max(whole.high, 0))
    return _rounded(Number(one.term, one.bound, one.nullable), number_of(divisor), "round down", bound)


def modulo(dividend: Number, divisor: Number) -> Number:
    """The remainder with the divisor's sign."""
    scale = max(dividend.bound.scale, divisor.bound.scale)
    one, other = dividend.bound.at(scale), divisor.bound.at(scale)
    dtype = dtype_of(one, other)
    bound = Bound(min(other.low, 0), max(other.high, 0), scale)
    term = dividend.at(scale, dtype) % divisor.at(scale, dtype)
    return fitted(term, bound, dtype, dividend.nullable or divisor.nullable)


def output(one: Number) -> pl.Expr:
    """A number as it leaves: Decimal(38, scale); a duration as such; months as a whole number. Raises TypeError where
    no column has so many decimals.
    """
    if one.kind == "days and time duration":
        return one.term.expr.cast(pl.Duration("us"))
    if one.kind == "years and months duration":
        return one.term.expr.cast(pl.Int64)
    if one.bound.scale > _DIGITS:
        raise TypeError
    return one.term.expr.cast(pl.Int128).reinterpret(dtype=pl.Decimal(_DIGITS, one.bound.scale))
