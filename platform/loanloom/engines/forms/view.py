"""What a page, a phone or a paper needs to draw a form: sections, fields, rows, texts, problems.

Values only: no HTML, no language. Made by `describing`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from loanloom.engines.forms.model import Mode, Option
from loanloom.problems import Problem, Text


class Named(Protocol):
    """A record that a look-up found."""

    @property
    def key(self) -> str:
        """What the field keeps."""

    @property
    def title(self) -> str:
        """What people call it."""

    @property
    def note(self) -> str:
        """What tells it from others."""


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
    widget: str = "text"
    wide: bool = False
    parts: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """The text of each input, where the value is entered in several."""
    levels: tuple[tuple[Option, ...], ...] = ()
    """The choices of each level, where one choice opens the next."""
    words: Text | None = None
    """How the value reads, where its type has words of its own."""
    derived: tuple[tuple[Text, Any], ...] = ()
    """What the value itself says: an identity number the date of birth."""
    files: tuple[str, ...] | None = None
    """The files it holds, of a field that takes files."""
    is_image: bool = False
    most: int = 1
    target: str | None = None
    """What a look-up looks up."""
    found: tuple[Named, ...] | None = None
    """What a search for it found, once somebody has searched."""
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
    totals: tuple[FieldView, ...] = ()
    single: bool = False
    """A group of fields that stands once, not rows."""


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
