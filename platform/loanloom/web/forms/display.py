"""How a form's values read where they cannot be changed: computed fields, read-only views. Words only; no rule, no
access."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from loanloom.core import money
from loanloom.engines.forms import FieldView
from loanloom.engines.forms.types import numbers
from loanloom.metadata.units import with_unit
from loanloom.problems import say
from loanloom.web import formats


def words(field: FieldView, language: str) -> str:
    """The value of a field as people read it; "" when there is none."""
    value = field.value
    if value is None or value == "" or value == () or value == []:
        return ""
    if field.mode == "masked":
        return str(value)
    if field.words is not None:
        return say(field.words, language)
    if field.type in ("choice", "multi_choice"):
        return _choices(field, value, language)
    if field.type == "yes_no":
        return say({"en": "Yes" if value else "No", "zh": "是" if value else "否"}, language)
    return with_unit(_plain(field, value), field.unit, value, language)


def derived(field: FieldView, language: str) -> str:
    """What the value itself says, in one line: an identity number the date of birth and the sex."""
    parts = [(say(title, language), _said(value, language)) for title, value in field.derived]
    mark, colon = ("，", "：") if language == "zh" else (", ", ": ")
    return mark.join(f"{title}{colon}{value}" for title, value in parts)


def _said(value: Any, language: str) -> str:
    return formats.day(value) if isinstance(value, date) else say(value, language)


def capitals(field: FieldView) -> str:
    """An amount in Chinese capitals, as contracts write it."""
    value = field.value
    if (
        field.type != "money"
        or not isinstance(value, Decimal)
        or field.mode == "masked"
        or not 0 < value < Decimal("1E15")
    ):
        return ""
    return money.capitals(value)


def _choices(field: FieldView, value: Any, language: str) -> str:
    titles = {option.key: say(option.title, language) for option in field.options}
    chosen = [value] if isinstance(value, str) else list(value)
    return ("、" if language == "zh" else ", ").join(titles.get(one, one) for one in chosen)


def _plain(field: FieldView, value: Any) -> str:
    if isinstance(value, Decimal):
        if field.type == "money":
            return formats.money(value, 2 if field.decimals is None else field.decimals)
        return formats.percent(value) if field.type == "percent" else formats.number(numbers.bare(value))
    if isinstance(value, date):
        return formats.day(value)
    return str(value)
