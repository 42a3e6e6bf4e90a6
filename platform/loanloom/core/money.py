"""Money as Decimal: currencies' digits, rounding by name, thousands separators and Chinese capitals.

Amounts carry no currency object here; the currency stands beside them in the terms. Floats never come in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
)

ZERO = Decimal(0)
ONE = Decimal(1)

EXACT = Context(prec=34, rounding=ROUND_HALF_EVEN)
"""Intermediate arithmetic: decimal128's precision. Only `Rounding.apply` makes money of a result."""

LARGEST_AMOUNT = Decimal("999999999999999")
"""Beyond this an amount is taken for a typing mistake; the database columns hold it with room to spare."""

LARGEST_RATE = Decimal(10)
"""Beyond this a yearly rate is taken for a typing mistake."""

CURRENCY_DIGITS: Mapping[str, int] = {
    "CNY": 2, "HKD": 2, "USD": 2, "EUR": 2, "GBP": 2, "SGD": 2, "CHF": 2, "INR": 2, "RUB": 2, "THB": 2,
    "JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "UGX": 0,
    "KWD": 3, "BHD": 3, "JOD": 3, "OMR": 3, "TND": 3,
}  # fmt: skip
"""Digits after the point (ISO 4217)."""

ROUNDING_MODES: Mapping[str, str] = {
    "half_up": ROUND_HALF_UP,
    "half_even": ROUND_HALF_EVEN,
    "half_down": ROUND_HALF_DOWN,
    "up": ROUND_UP,
    "down": ROUND_DOWN,
    "ceiling": ROUND_CEILING,
    "floor": ROUND_FLOOR,
}

_QUANTA = tuple(Decimal(1).scaleb(-digits) for digits in range(13))


@dataclass(frozen=True, slots=True)
class Rounding:
    """How a result becomes an amount: digits after the point and a named mode."""

    digits: int = 2
    mode: str = "half_up"

    @property
    def quantum(self) -> Decimal:
        """The smallest amount there is."""
        return _QUANTA[self.digits]

    def apply(self, amount: Decimal) -> Decimal:
        """`amount` as money."""
        return amount.quantize(_QUANTA[self.digits], ROUNDING_MODES[self.mode], EXACT)

    def holds(self, amount: Decimal) -> bool:
        """Whether `amount` is already money: finite, within range, no digits too many."""
        return amount.is_finite() and abs(amount) <= LARGEST_AMOUNT and self.apply(amount) == amount


CENTS = Rounding()
"""Two digits, half up: what Chinese contracts agree."""


def is_writable(number: Decimal) -> bool:
    """Whether a number from outside can be written down in a line: 1e-999999999 is finite too, and takes a gigabyte."""
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and -30 <= exponent <= 30 and number.adjusted() <= 30


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum; a Decimal even of nothing."""
    return sum(amounts, ZERO)


def formatted(amount: Decimal, digits: int = 2) -> str:
    """With thousands separators: 1,234.50."""
    return f"{Rounding(digits).apply(amount):,.{digits}f}"


_NUMERALS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "兆", "京")


def _group_in_capitals(group: int) -> str:
    """Four digits with their places; inner zeros collapse to one 零, outer ones vanish."""
    words, zero = "", False
    for place in (3, 2, 1, 0):
        digit = group // 10**place % 10
        if digit == 0:
            zero = bool(words)
            continue
        words += ("零" if zero else "") + _NUMERALS[digit] + _PLACES[place]
        zero = False
    return words


def _whole_in_capitals(number: int) -> str:
    words, gap = "", False
    for index in range(len(_GROUPS) - 1, -1, -1):
        group = number // 10_000**index % 10_000
        if group == 0:
            gap = bool(words)
            continue
        if words and (gap or group < 1000):
            words += "零"
        words += _group_in_capitals(group) + _GROUPS[index]
        gap = False
    return words


def capitals(amount: Decimal) -> str:
    """An amount in yuan as Chinese contracts write it: 10000 is 壹万元整, 325.04 is 叁佰贰拾伍元零肆分."""
    cents = int(Rounding(2).apply(abs(amount)) * 100)
    yuan, jiao, fen = cents // 100, cents // 10 % 10, cents % 10
    if yuan >= 10_000 ** len(_GROUPS):
        raise ValueError("amount too large to be written in capitals")
    words = "负" if amount < 0 and cents else ""
    if yuan or not cents:
        words += (_whole_in_capitals(yuan) or "零") + "元"
    if jiao:
        words += _NUMERALS[jiao] + "角"
    elif fen and yuan:
        words += "零"
    return words + (_NUMERALS[fen] + "分" if fen else "整")
