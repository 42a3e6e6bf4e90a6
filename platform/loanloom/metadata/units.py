"""How a number is written with its unit, or a share as a percentage: "1 time", "3 times", "3 次", "45%". Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from loanloom.problems import say

_DOUBLED = ("sses", "ches", "shes", "xes", "zzes")


def with_unit(words: str, unit: Mapping[str, str] | str | None, value: Any, language: str) -> str:
    """A number in words with its unit behind it: in English the unit's singular for one, by the regular plural."""
    said = say(unit, language) if isinstance(unit, Mapping) else unit
    if not said or value is None:
        return words
    return f"{words} {_singular(said) if language == 'en' and _is_one(value) else said}"


def as_percent(share: Decimal) -> str:
    """A share as a percentage, with as many places as it has."""
    scaled = f"{share * 100:,f}"
    return f"{scaled.rstrip('0').rstrip('.') if '.' in scaled else scaled}%"


def _is_one(value: Any) -> bool:
    try:
        return not isinstance(value, bool) and Decimal(str(value)) == 1
    except InvalidOperation:
        return False


def _singular(plural: str) -> str:
    if plural.endswith("ies"):
        return f"{plural[:-3]}y"
    if plural.endswith(_DOUBLED):
        return plural[:-2]
    return plural[:-1] if plural.endswith("s") and not plural.endswith(("ss", "us", "is")) else plural
