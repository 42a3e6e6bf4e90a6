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

from loanloom.engines.forms.model import FormField, Mode, Option
from loanloom.engines.forms.types.numbers import steps_of
from loanloom.problems import Problem, Text

SCREENFUL = ("image", "images", "signature")
"""Types whose files are looked at on the page."""


class HandedIn(Protocol):
    """A file that was handed in."""

    @property
    def name(self) -> str:
        """What it was called when it was handed in."""

    @property
    def is_image(self) -> bool:
        """Whether a page may show it in place."""


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
    """One field as drawn: `name` for the input, `text` for its content, `value` typed for reading. What its definition
    says stands there (`field`); two views of one definition differ by what stands here alone."""

    field: FormField = dataclasses.field(repr=False)
    name: str
    mode: Mode
    value: Any
    text: str
    chosen: frozenset[str]
    required: bool
    editable: bool
    options: tuple[Option, ...]
    problems: tuple[Problem, ...]
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
    handed_in: Mapping[str, HandedIn] = dataclasses.field(default_factory=dict)
    """Of these files, those that are known to who reads the page."""
    found: tuple[Named, ...] | None = None
    """What a search for it found, once somebody has searched."""
    group: GroupView | None = None

    @property
    def id(self) -> str:
        """The id of its element, for labels and the links of the error summary."""
        return f"f-{self.name}"

    @property
    def title(self) -> Text:
        """The label shown."""
        return self.field.spec.title

    @property
    def type(self) -> str:
        """The type of its value."""
        return self.field.spec.type

    @property
    def hint(self) -> Text | None:
        """What helps to fill it in, said by the form, else by the entity."""
        return self.field.hint or self.field.spec.hint

    @property
    def unit(self) -> Text | None:
        """What stands behind the value."""
        return self.field.spec.unit

    @property
    def triggers(self) -> bool:
        """Whether other fields follow from it."""
        return self.field.triggers

    @property
    def minimum(self) -> Decimal | date | None:
        """The least value."""
        return self.field.spec.minimum

    @property
    def maximum(self) -> Decimal | date | None:
        """The greatest value."""
        return self.field.spec.maximum

    @property
    def max_length(self) -> int | None:
        """Characters that fit."""
        return self.field.spec.max_length

    @property
    def decimals(self) -> int | None:
        """Places behind the point."""
        return self.field.spec.decimals

    @property
    def accept(self) -> tuple[str, ...]:
        """Kinds of files that it takes."""
        return self.field.spec.accept

    @property
    def target(self) -> str | None:
        """What a look-up looks up."""
        return self.field.spec.target

    @property
    def widget(self) -> str:
        """How it is drawn."""
        behaviour = self.field.spec.field_type
        return "rows" if behaviour is None else behaviour.widget

    @property
    def wide(self) -> bool:
        """Whether it takes the whole row."""
        behaviour = self.field.spec.field_type
        return (behaviour is None or behaviour.wide) if self.field.wide is None else self.field.wide

    @property
    def is_image(self) -> bool:
        """Whether its files are looked at on the page."""
        return self.type in SCREENFUL

    @property
    def most(self) -> int:
        """How many files it takes, or how many steps a rating has."""
        spec = self.field.spec
        return steps_of(spec) if spec.type == "rating" else (spec.most or 20) if spec.several else 1


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
