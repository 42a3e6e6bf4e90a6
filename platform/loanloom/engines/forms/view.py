"""What a page, a phone or a paper needs to draw a form: sections, fields, rows, texts, problems.

Values only: no HTML, no language. Made by `describing`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from loanloom.engines.forms.model import Mode, Option
from loanloom.problems import Problem, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """One field as drawn: `name` for the input, `text` for its content, `value` typed for reading."""

    name: str
    id: str
    title: Text
    type: str
    mode: Mode
    value: Any
    text: str
    chosen: frozenset[str]
    hint: Text | None
    unit: Text | None
    required: bool
    editable: bool
    triggers: bool
    options: tuple[Option, ...]
    minimum: Decimal | date | None
    maximum: Decimal | date | None
    max_length: int | None
    decimals: int | None
    accept: tuple[str, ...]
    max_size_mb: int | None
    problems: tuple[Problem, ...]
    group: GroupView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """One row of a repeat group."""

    number: int
    was: str
    fields: tuple[FieldView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """The rows of a repeat group and whether one may be added or taken away."""

    rows: tuple[RowView, ...]
    columns: tuple[Text, ...]
    can_add: bool
    can_remove: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    """A section that is shown, with its shown fields."""

    key: str
    title: Text
    hint: Text | None
    columns: int
    fields: tuple[FieldView, ...]
    has_problems: bool

    def all_fields(self) -> Iterator[FieldView]:
        """Every field shown, row cells included."""
        for one in self.fields:
            yield one
            for row in one.group.rows if one.group else ():
                yield from row.fields

    def problems(self) -> Iterator[Problem]:
        """What is told in this section."""
        for one in self.all_fields():
            yield from one.problems


@dataclass(frozen=True, slots=True, kw_only=True)
class FormView:
    """A whole form as drawn. `problems` are those told, in the order of the page, for the summary."""

    key: str
    title: Text
    layout: str
    sections: tuple[SectionView, ...]
    problems: tuple[Problem, ...]
    values: Mapping[str, Any]
    editable: bool

    def fields(self) -> Iterator[FieldView]:
        """Every field shown, row cells included."""
        for section in self.sections:
            yield from section.all_fields()
