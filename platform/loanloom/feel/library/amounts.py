"""Amounts rounded to a step, freed of their currency, and written out in Chinese and English words."""

from __future__ import annotations

import decimal
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from ..problems import Fault
from ..running.budget import exact
from ..running.values import CONTEXT
from .numbers import rounded
from .signatures import Library

AMOUNTS = Library()
declare = AMOUNTS.declare

_MODES: Mapping[str, str] = {
    "up": decimal.ROUND_UP,
    "down": decimal.ROUND_DOWN,
    "half up": decimal.ROUND_HALF_UP,
    "half even": decimal.ROUND_HALF_EVEN,
    "half down": decimal.ROUND_HALF_DOWN,
}
TOO_LARGE: Final = Decimal(10) ** 20
"""Amounts from here on have no words."""


@declare("round to", "amount: money, step: number, mode: string -> money")
def _round_to(amount: Decimal, step: Decimal, mode: str) -> Decimal:
    """The multiple of a step that is next to an amount: up, down, half up, half even or half down."""
    if step <= 0 or mode not in _MODES:
        raise Fault(
            "feel.arguments",
            f"The step is above zero, the mode one of {', '.join(_MODES)}.",
            f"步长须大于零，方式应为下列之一：{'、'.join(_MODES)}。",
        )
    wide = decimal.Context(prec=80, rounding=_MODES[mode], traps=[decimal.InvalidOperation, decimal.Overflow])
    multiples = exact(wide.quantize, exact(wide.divide, amount, step), Decimal(1))
    return exact(CONTEXT.multiply, multiples, step)


@declare("without currency", "amount: money -> bare")
def _without_currency(amount: Decimal) -> Decimal:
    """The bare number of an amount."""
    return amount


def _parts(amount: Decimal) -> tuple[bool, int, int]:
    """Whether it is negative, its whole units and its hundredths, rounded half up."""
    if abs(amount) >= TOO_LARGE:
        raise Fault("feel.out_of_range", "The amount is too large to be written out.", "金额过大，无法大写。")
    cents = int(rounded(abs(amount), Decimal(2), decimal.ROUND_HALF_UP).scaleb(2))
    return amount < 0 < cents, cents // 100, cents % 100


_NUMERALS = "零壹贰叁肆伍陆柒捌玖"
_GROUPS = ("", "万", "亿", "兆", "京")


def _group(number: int) -> str:
    """Four digits with their places; zeros between others become one 零, those at the ends vanish."""
    words, zero = "", False
    for place, name in ((1000, "仟"), (100, "佰"), (10, "拾"), (1, "")):
        digit = number // place % 10
        if digit:
            words += ("零" if zero and words else "") + _NUMERALS[digit] + name
        zero = not digit
    return words


def _whole(number: int) -> str:
    words, gap = "", False
    for index, name in reversed(tuple(enumerate(_GROUPS))):
        group = number // 10_000**index % 10_000
        if group:
            words += ("零" if words and (gap or group < 1000) else "") + _group(group) + name
        gap = not group
    return words or "零"


@declare("capitals", "amount: number -> string")
def _capitals(amount: Decimal) -> str:
    """An amount in yuan in formal Chinese (大写金额): 325.04 is 叁佰贰拾伍元零肆分, 10000 is 壹万元整.

    The rules are those of the Payment and Settlement Measures of the People's Bank of China (1997), annex 1.
    """
    negative, yuan, cents = _parts(amount)
    jiao, fen = divmod(cents, 10)
    words = "负" if negative else ""
    if yuan or not cents:
        words += _whole(yuan) + "元"
    if jiao:
        words += _NUMERALS[jiao] + "角"
    elif fen and yuan:
        words += "零"
    return words + (_NUMERALS[fen] + "分" if fen else "整")


_ONES = (  # noqa: SIM905 - a row of words
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905 - a row of words
_THOUSANDS = ("", " thousand", " million", " billion", " trillion", " quadrillion", " quintillion")


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    parts = [f"{_ONES[hundreds]} hundred"] if hundreds else []
    if rest >= 20:
        parts.append(_TENS[rest // 10 - 2] + (f"-{_ONES[rest % 10]}" if rest % 10 else ""))
    elif rest:
        parts.append(_ONES[rest])
    return " ".join(parts)


@declare("amount to words", "amount: number -> string")
def _in_words(amount: Decimal) -> str:
    """An amount as English cheques write it: 1234.5 is "one thousand two hundred thirty-four and 50/100"."""
    negative, whole, cents = _parts(amount)
    groups = []
    for index, name in enumerate(_THOUSANDS):
        group = whole // 1000**index % 1000
        if group:
            groups.append(_below_thousand(group) + name)
    return f"{'minus ' if negative else ''}{' '.join(reversed(groups)) or 'zero'} and {cents:02}/100"
