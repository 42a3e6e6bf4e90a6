"""Intervals of scaled integers, and unrounded quotients with the proof when rounding one is exact. Knows no tree.

A bounded number is n / 10**scale with low <= n <= high. FEEL keeps 34 significant digits, so while every |n| stays
below 10**34 no operation ever rounds, and exact integer arithmetic gives FEEL's own result.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ..limits import PRECISION
from ..types import Digits, Type, number

LIMIT: int = 10**PRECISION
"""Integers below it have at most 34 digits."""


def ten(places: int) -> int:
    """10 ** places"""
    return int(10**places)


@dataclass(frozen=True, slots=True)
class Bound:
    """Every value is n / 10**scale with low <= n <= high; the scale is never negative."""

    low: int
    high: int
    scale: int = 0

    @property
    def most(self) -> int:
        """The largest |n|."""
        return max(abs(self.low), abs(self.high))

    @property
    def fits(self) -> bool:
        """Whether every value has at most 34 digits at this scale."""
        return self.most < LIMIT

    @property
    def digits(self) -> Digits:
        """Digits before and behind the point that hold every value."""
        return Digits(max(len(str(self.most)) - self.scale, 0), self.scale)

    def at(self, scale: int) -> Bound:
        """The same values at a larger scale."""
        factor = ten(scale - self.scale)
        return Bound(self.low * factor, self.high * factor, scale)


@dataclass(frozen=True, slots=True)
class Ratio:
    """An unrounded quotient n / (d * 10**scale) with |n| <= top and 1 <= |d| <= bottom.

    `widest` bounds |n| of every intermediate result brought to this denominator; `steps` counts FEEL's roundings.
    """

    top: int
    scale: int
    bottom: int
    widest: int
    steps: int = 1

    def at(self, scale: int) -> Ratio:
        """The same quotient with its numerator at a larger scale."""
        factor = ten(scale - self.scale)
        return Ratio(self.top * factor, scale, self.bottom, self.widest * factor, self.steps)

    def rounded(self, places: int) -> Bound:
        """What the quotient lies in once it is rounded to `places` decimals, whatever its sign."""
        whole = -(-self.top * ten(max(places, 0)) // ten(self.scale + max(-places, 0)))
        most = whole * ten(max(-places, 0))
        return Bound(-most, most, max(places, 0))

    def agrees(self, places: int) -> bool:
        """Whether FEEL's value and the exact quotient lie alike to every point with `places` decimals, and to every
        point half-way between two such: so that rounding to `places` in any mode, or comparing with a number of so
        many decimals, gives the same for both.

        Let q = n / (d * 10**scale) be exact and q' what FEEL makes of it. Take t = k / (2 * 10**places), any of those
        points, and m = max(places, scale).

        1. If q = t, then q is a decimal with m + 1 places, and so, the point moved, is every intermediate: q comes
           from each by adding numbers of at most `scale` places and moving the point. By (B) below all of them have
           at most 34 digits, so no operation rounded and q' = t.
        2. If q != t, then |q - t| = |2 n 10**(m-scale) - k d 10**(m-places)| / (2 |d| 10**m), and the integer above
           the line is not zero: |q - t| >= 1 / (2 |d| 10**m). Each of the `steps` roundings errs by at most
           10**(w-34) / 2, where its result, the point moved as it is in the end, is smaller than 10**w; so q' stays
           on q's side of t if steps * |d| * 10**m * 10**w < 10**34 for each of these w.
           For results below 1, w = 0 and (A) says it. For the others take the least w: 10**w <= 10 * |result|, and
           |result| * |d| <= widest / 10**scale: (B) says it. The denominator has cancelled out.

        (A) steps * bottom * 10**m < 10**34        (B) 10 * steps * (widest * 10**(m-scale) + 1) < 10**34
        """
        m = max(places, self.scale)
        return (
            self.steps * self.bottom * ten(m - min(places, 0)) < LIMIT
            and 10 * self.steps * (self.widest * ten(m - self.scale) + 1) < LIMIT
        )


def of_decimal(value: Decimal | int) -> Bound | None:
    """A constant; None where it needs more than 34 digits to be written without an exponent."""
    value = Decimal(value)
    if not value.is_finite() or abs(value.adjusted()) > 2 * PRECISION:
        return Bound(0, 0) if value.is_zero() else None
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    number = int("".join(map(str, digits)) or "0")
    while number and exponent < 0 and number % 10 == 0:
        number, exponent = number // 10, exponent + 1
    if number == 0:
        exponent = 0
    number = -number if sign else number
    bound = Bound(number * ten(max(exponent, 0)), number * ten(max(exponent, 0)), max(-exponent, 0))
    return bound if bound.fits else None


def of_digits(digits: Digits, least: object, most: object) -> Bound:
    """A declared number: its digits, and its smallest and largest value where they say more."""
    limit = ten(digits.whole + digits.scale) - 1
    low = -limit if not isinstance(least, Decimal) else max(-limit, _scaled(least, digits.scale, up=True))
    high = limit if not isinstance(most, Decimal) else min(limit, _scaled(most, digits.scale, up=False))
    return Bound(min(low, high), max(low, high), digits.scale)


def _scaled(value: Decimal, scale: int, *, up: bool) -> int:
    numerator, denominator = value.as_integer_ratio()
    numerator *= ten(scale)
    return -(-numerator // denominator) if up else numerator // denominator


def joined(first: Bound, second: Bound) -> Bound:
    """Either of two."""
    scale = max(first.scale, second.scale)
    one, other = first.at(scale), second.at(scale)
    return Bound(min(one.low, other.low), max(one.high, other.high), scale)


def added(first: Bound, second: Bound) -> Bound:
    """first + second"""
    scale = max(first.scale, second.scale)
    one, other = first.at(scale), second.at(scale)
    return Bound(one.low + other.low, one.high + other.high, scale)


def negated(one: Bound) -> Bound:
    """-one"""
    return Bound(-one.high, -one.low, one.scale)


def multiplied(first: Bound, second: Bound) -> Bound:
    """first * second"""
    corners = [a * b for a in (first.low, first.high) for b in (second.low, second.high)]
    return Bound(min(corners), max(corners), first.scale + second.scale)


def absolute(one: Bound) -> Bound:
    """|one|"""
    low = 0 if one.low <= 0 <= one.high else min(abs(one.low), abs(one.high))
    return Bound(low, one.most, one.scale)


def rounded(one: Bound, places: int) -> Bound:
    """one with at most `places` decimals, in whichever mode; zeros stand for what was rounded away before the point."""
    if places >= one.scale:
        return one
    cut = ten(one.scale - places)
    fill = ten(max(-places, 0))
    return Bound(one.low // cut * fill, -(-one.high // cut) * fill, max(places, 0))


def divided(top: Bound, bottom: Bound) -> Bound | Ratio:
    """top / bottom: a bound where the divisor is a constant of twos and fives, whose quotients are finite decimals."""
    inverse = reciprocal(bottom)
    if inverse is not None:
        return multiplied(top, inverse)
    scale = top.scale - bottom.scale
    numerator, scale = (top.at(bottom.scale), 0) if scale < 0 else (top, scale)
    return Ratio(numerator.most, scale, max(bottom.most, 1), numerator.most)


def reciprocal(divisor: Bound) -> Bound | None:
    """1 / divisor for a constant divisor, where that is a finite decimal."""
    number = divisor.low
    if number != divisor.high or number == 0:
        return None
    places = 0
    while ten(places) % number and places <= PRECISION:
        places += 1
    if ten(places) % number:
        return None
    one = ten(places) // number
    scale = places - divisor.scale
    return Bound(one, one, scale) if scale >= 0 else Bound(one * ten(-scale), one * ten(-scale))


def power_of_ten(bound: Bound) -> int | None:
    """k where a constant is 10**k; multiplying by it only moves the point."""
    text = str(bound.low)
    if bound.low != bound.high or text.strip("0") != "1" or text[0] != "1":
        return None
    return len(text) - 1 - bound.scale


def shifted(ratio: Ratio, places: int) -> Ratio:
    """ratio * 10**places, exactly: only the point moves."""
    scale = ratio.scale - places
    if scale >= 0:
        return Ratio(ratio.top, scale, ratio.bottom, ratio.widest, ratio.steps)
    factor = ten(-scale)
    return Ratio(ratio.top * factor, 0, ratio.bottom, ratio.widest * factor, ratio.steps)


def offset(ratio: Ratio, exact: Bound) -> Ratio:
    """ratio + exact (or - exact): one more rounding."""
    scale = max(ratio.scale, exact.scale)
    one, other = ratio.at(scale), exact.at(scale)
    top = one.top + other.most * one.bottom
    return Ratio(top, scale, one.bottom, max(one.widest, top), one.steps + 1)


def as_ratio(one: Bound | Ratio) -> Ratio:
    """A bounded number as a quotient by one, which needed no rounding."""
    return one if isinstance(one, Ratio) else Ratio(one.most, one.scale, 1, one.most)


def either(first: Bound | Ratio, second: Bound | Ratio) -> Bound | Ratio:
    """Either of two numbers, exact or not."""
    if isinstance(first, Bound) and isinstance(second, Bound):
        return joined(first, second)
    one, other = as_ratio(first), as_ratio(second)
    scale = max(one.scale, other.scale)
    one, other = one.at(scale), other.at(scale)
    return Ratio(
        max(one.top, other.top),
        scale,
        max(one.bottom, other.bottom),
        max(one.widest, other.widest),
        max(one.steps, other.steps),
    )


def type_of(bound: Bound) -> Type:
    """A number type that says what a bound does."""
    least, most = (_decimal(end, bound.scale) for end in (bound.low, bound.high))
    return number(digits=bound.digits, least=least, most=most)


def _decimal(value: int, scale: int) -> Decimal:
    """value / 10**scale, whatever its length"""
    return Decimal((int(value < 0), tuple(map(int, str(abs(value)))), -scale))
