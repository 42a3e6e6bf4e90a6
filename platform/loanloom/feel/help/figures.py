"""Numbers as people type them, and numbers as text: thousands in groups, percentages, 万 and 亿. Values only."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

MANY = {"万": 10_000, "亿": 100_000_000}
"""What a number is multiplied by where one of these stands behind it."""
_MOST_DIGITS = 20
_KEPT = 28
"""As many digits as arithmetic keeps; a number of more is none that anybody types."""


def read(typed: str) -> Decimal | None:
    """The number that somebody typed; None where it is none, or one of more digits than anything here has."""
    bare = typed.translate({ord(","): None, ord("，"): None, ord(" "): None, ord("％"): "%"}).strip()
    percent = bare.endswith("%")
    bare, times = bare.removesuffix("%"), 1
    while bare[-1:] in MANY:
        bare, times = bare[:-1], times * MANY[bare[-1]]
    try:
        value = Decimal(bare)
    except InvalidOperation:
        return None
    if not value.is_finite() or abs(value.adjusted()) > _MOST_DIGITS or len(value.as_tuple().digits) > _KEPT:
        return None
    value *= times
    return value / 100 if percent else value


def plain(value: Decimal | int) -> str:
    """A number with its digits and nothing else: no exponent, no zeros behind the last digit that counts."""
    said = format(Decimal(value), "f")
    return said.rstrip("0").rstrip(".") if "." in said else said


def grouped(value: Decimal | int) -> str:
    """A number with its thousands in groups."""
    return format(Decimal(plain(value)), ",f")


def percent(value: Decimal | int) -> str:
    """A share as a percentage with its sign."""
    return f"{plain(Decimal(value) * 100)}%"
