"""What the approval sheet prints, prepared from its values: labels, words, tones. No rule lives here.

Knows the shapes of findings (eligibility, indicators, score, limit, decision) and how fields of records are worded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from loanloom.engines import flows, forms
from loanloom.metadata.fields import Field
from loanloom.metadata.registry import Registry
from loanloom.metadata.units import with_unit
from loanloom.problems import Problem, say
from loanloom.services.approval.sheet import Sheet
from loanloom.services.stored import HIDDEN
from loanloom.store import vault
from loanloom.web import formats

Pair = tuple[str, Any]
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_EMPTY: tuple[Any, ...] = (None, "", [], ())
LEFT_OUT = {
    "customer": ("number", "name"),
    "application": ("number", "product", "state", "amount", "term_months", "method", "applied_on"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """A repeat group as a table: titles of the columns, rows of words."""

    columns: Sequence[tuple[str, str]]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Compared:
    """A table about several days, such as the statements of some years, with the days side by side."""

    title: str
    heads: Sequence[tuple[str, str]]
    lines: Sequence[tuple[str, Sequence[str]]]


def of(sheet: Sheet, language: str) -> dict[str, Any]:
    """Everything of the sheet that needs words made for it."""
    registry, facts = sheet.registry, sheet.facts
    return {
        "customer": record(registry, "customer", facts["customer"], language),
        "application": record(registry, "application", facts["application"], language),
        "compared": compared(registry, "application", facts["application"], language),
        "guarantors": group(registry, "guarantor", facts.get("guarantors", ()), language),
        "collateral": group(registry, "collateral", facts.get("collateral", ()), language),
    }


def record(registry: Registry, entity: str, values: Mapping[str, Any], language: str) -> list[Pair]:
    """The filled-in fields of a record as (label, words)."""
    left_out = LEFT_OUT.get(entity, ())
    return [
        (say(field.title, language), worded(registry, field, values[field.key], language))
        for field in registry.entity_fields(entity)
        if field.key not in left_out and values.get(field.key) not in _EMPTY and not field.shape.files
        if not _is_of_days(field, values[field.key])
    ]


def compared(registry: Registry, entity: str, values: Mapping[str, Any], language: str) -> list[Compared]:
    """The tables of a record whose rows begin with a day, the oldest day first; lines that nobody filled in are left
    out."""
    return [
        _compared(registry, field, values[field.key], language)
        for field in registry.entity_fields(entity)
        if _is_of_days(field, values.get(field.key))
    ]


def _is_of_days(field: Field, value: Any) -> bool:
    """Whether it is a table whose rows begin with a day, and is there to be read."""
    rows = field.shape.rows and field.shape.several and isinstance(value, list | tuple) and value
    return bool(rows) and field.fields[0].type == "date" and not field.encrypted


def _compared(registry: Registry, field: Field, rows: Sequence[Mapping[str, Any]], language: str) -> Compared:
    first, *others = field.fields
    in_order = sorted(rows, key=lambda row: (row.get(first.key) is None, row.get(first.key) or date.max))
    filled = [one for one in others if not one.shape.files and any(row.get(one.key) not in _EMPTY for row in rows)]
    return Compared(
        say(field.title, language),
        [(worded(registry, first, row.get(first.key), language), "num") for row in in_order],
        [
            (say(one.title, language), [worded(registry, one, row.get(one.key), language) for row in in_order])
            for one in filled
        ],
    )


def group(registry: Registry, entity: str, rows: Iterable[Mapping[str, Any]], language: str) -> Group | None:
    """The rows of a repeat group; None when there is none. Columns that nobody filled in are left out."""
    found = list(rows)
    fields = [
        field
        for field in registry.entity_fields(entity)
        if not field.shape.files and any(row.get(field.key) not in (None, "") for row in found)
    ]
    if not fields:
        return None
    return Group(
        [
            (say(field.title, language), "num" if field.type in ("money", "number", "percent") else "")
            for field in fields
        ],
        [[worded(registry, field, row.get(field.key), language) for field in fields] for row in found],
    )


def worded(registry: Registry, field: Field, value: Any, language: str) -> str:
    """One value as people read it: codes by their titles, secrets masked, amounts with separators."""
    if value is None or value == "":
        return "–"
    if value == HIDDEN:
        return HIDDEN
    own = forms.words(registry, field, value, language)
    if field.encrypted:
        return vault.masked(own or str(value))
    if own is not None:
        return own
    if field.type == "choice":
        return registry.code_title(field.code_list or "", value, language)
    if field.type == "multi_choice":
        mark = "、" if language == "zh" else ", "
        return mark.join(registry.code_title(field.code_list or "", one, language) for one in value)
    if field.type == "yes_no":
        return say({"en": "Yes" if value else "No", "zh": "是" if value else "否"}, language)
    if field.shape.rows:
        rows = [_group(registry, field, row, language) for row in (value if field.shape.several else [value])]
        return "  ".join(f"{at}. {row}" for at, row in enumerate(rows, 1)) if field.shape.several else rows[0]
    return with_unit(_plain(field.type, value, language), field.unit, value, language)


def term(one: flows.Term, language: str) -> str:
    """A term of a case as people read it."""
    if one.words is not None or one.value in (None, ""):
        return one.words or "–"
    return with_unit(_plain(one.kind, one.value, language), one.unit, one.value, language)


def _group(registry: Registry, field: Field, value: Mapping[str, Any], language: str) -> str:
    """The fields of a group in one line, each by its own rules: what is secret there stays masked."""
    colon, mark = ("：", "；") if language == "zh" else (": ", "; ")
    filled = ((one, value.get(one.key)) for one in field.fields if not one.shape.files)
    return mark.join(
        f"{say(one.title, language)}{colon}{worded(registry, one, inner, language)}"
        for one, inner in filled
        if inner not in _EMPTY
    )


def _plain(kind: str, value: Any, language: str) -> str:
    if kind == "money":
        return formats.money(value)
    if kind == "percent":
        return formats.percent(value)
    if isinstance(value, date):
        return formats.day(value)
    return any_value(value, language)


def indicators(findings: Mapping[str, Any], language: str) -> list[Pair]:
    """Indicators as they were worked out, by their titles, with units."""
    found = findings.get("indicators")
    shown: list[Pair] = []
    for one in (found.trace or ()) if found else ():
        value = with_unit(worked_out(one, language), one.get("unit"), one["value"], language)
        shown.append((say(one["title"], language), value))
    return shown


def worked_out(found: Mapping[str, Any], language: str) -> str:
    """The value of an indicator or of a line of the score: in words where the engine gave some."""
    if found.get("value_words"):
        return say(found["value_words"], language)
    return any_value(found.get("value"), language)


def any_value(value: Any, language: str) -> str:
    """A value whose field is not known: numbers readable, true and false as words."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return say({"en": "Yes" if value else "No", "zh": "是" if value else "否"}, language)
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = Decimal(value)
    if isinstance(value, Decimal):
        places = min(4, max(0, -int(value.normalize().as_tuple().exponent)))
        return f"{value:,.{places}f}"
    return formats.number(value)


def in_form(problems: Sequence[Problem], decision: str) -> list[Problem]:
    """Problems of a decision with the names their fields have in the decision box."""
    return [one.at(field=f"reason_{decision}") if one.field == "reason" else one for one in problems]
