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
from loanloom.problems import Problem, say
from loanloom.services.approval.sheet import Sheet
from loanloom.services.stored import HIDDEN
from loanloom.store import vault
from loanloom.web import formats

Pair = tuple[str, Any]
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
LEFT_OUT = {
    "customer": ("number", "name"),
    "application": ("number", "product", "state", "amount", "term_months", "method", "applied_on"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """A repeat group as a table: titles of the columns, rows of words."""

    columns: Sequence[tuple[str, str]]
    rows: Sequence[Sequence[str]]


def of(sheet: Sheet, language: str) -> dict[str, Any]:
    """Everything of the sheet that needs words made for it."""
    registry, facts = sheet.registry, sheet.facts
    return {
        "customer": record(registry, "customer", facts["customer"], language),
        "application": record(registry, "application", facts["application"], language),
        "guarantors": group(registry, "guarantor", facts.get("guarantors", ()), language),
        "collateral": group(registry, "collateral", facts.get("collateral", ()), language),
    }


def record(registry: Registry, entity: str, values: Mapping[str, Any], language: str) -> list[Pair]:
    """The filled-in fields of a record as (label, words)."""
    left_out = LEFT_OUT.get(entity, ())
    return [
        (say(field.title, language), worded(registry, field, values[field.key], language))
        for field in registry.entity_fields(entity)
        if field.key not in left_out and values.get(field.key) not in (None, "", [], ()) and not field.shape.files
    ]


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
    return _plain(field.type, value, language) + _unit(field.unit, language)


def term(one: flows.Term, language: str) -> str:
    """A term of a case as people read it."""
    if one.words is not None or one.value in (None, ""):
        return one.words or "–"
    return _plain(one.kind, one.value, language) + _unit(one.unit, language)


def _group(registry: Registry, field: Field, value: Mapping[str, Any], language: str) -> str:
    """The fields of a group in one line, each by its own rules: what is secret there stays masked."""
    colon, mark = ("：", "；") if language == "zh" else (": ", "; ")
    filled = ((one, value.get(one.key)) for one in field.fields if not one.shape.files)
    return mark.join(
        f"{say(one.title, language)}{colon}{worded(registry, one, inner, language)}"
        for one, inner in filled
        if inner not in (None, "", [], ())
    )


def _plain(kind: str, value: Any, language: str) -> str:
    if kind == "money":
        return formats.money(value)
    if kind == "percent":
        return formats.percent(value)
    if isinstance(value, date):
        return formats.day(value)
    return any_value(value, language)


def _unit(unit: Any, language: str) -> str:
    return f" {say(unit, language)}" if unit else ""


def indicators(findings: Mapping[str, Any], language: str) -> list[Pair]:
    """Indicators as they were worked out, by their titles, with units."""
    found = findings.get("indicators")
    shown: list[Pair] = []
    for one in (found.trace or ()) if found else ():
        unit = "" if one["value"] is None else _unit(one.get("unit"), language)
        shown.append((say(one["title"], language), worked_out(one, language) + unit))
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
