"""What a compiled form is: sections, fields with their rules, the order in which they settle, who may do what.

Values only, made once per form by `compile`; `evaluate` and `view` read them. Nothing here looks at facts or input.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from loanloom.feel import Program
from loanloom.problems import Problem, Text

if TYPE_CHECKING:
    from loanloom.engines.forms.types import FieldType

Rule = bool | Program
"""A condition of a form: plainly yes or no, or an expression over the facts."""

Mode = Literal["hidden", "masked", "read", "write"]
MODES: tuple[Mode, ...] = ("hidden", "masked", "read", "write")
"""From least to most that a role may do with a field."""

GROUPS = ("guarantors", "collateral")
"""Repeat groups of an application that are facts of their own, with the entity that describes a row."""
ROW_ENTITIES: Mapping[str, str] = {"guarantors": "guarantor", "collateral": "collateral"}


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a code list; the key is stored, the title shown."""

    key: str
    title: Text
    retired: bool = False
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """The choices of a code list, found by key and by what they lie below; made once for a registry."""

    all: tuple[Option, ...] = ()
    open: frozenset[str] = frozenset()
    by_key: Mapping[str, Option] = dataclasses.field(default_factory=dict)
    below: Mapping[str | None, tuple[Option, ...]] = dataclasses.field(default_factory=dict)


def options_of(items: Iterable[Option]) -> Options:
    """The choices of a list, ready to be asked."""
    options = tuple(items)
    below: dict[str | None, tuple[Option, ...]] = {}
    for one in options:
        below[one.parent] = (*below.get(one.parent, ()), one)
    keys = frozenset(one.key for one in options if not one.retired)
    return Options(options, keys, {one.key: one for one in options}, below)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """A declared field as the form needs it, its code list resolved."""

    key: str
    title: Text
    type: str
    hint: Text | None = None
    minimum: Decimal | date | None = None
    maximum: Decimal | date | None = None
    max_length: int | None = None
    pattern: str | None = None
    decimals: int | None = None
    unit: Text | None = None
    encrypted: bool = False
    accept: tuple[str, ...] = ()
    max_size_mb: int | None = None
    most: int | None = None
    any_level: bool = False
    target: str | None = None
    choices: Options = dataclasses.field(default_factory=Options)
    field_type: FieldType | None = None
    """How the type behaves; None only for tables and groups."""

    @property
    def options(self) -> tuple[Option, ...]:
        """The choices in their order."""
        return self.choices.all

    @property
    def option_keys(self) -> frozenset[str]:
        """The codes that may be chosen."""
        return self.choices.open

    @property
    def by_key(self) -> Mapping[str, Option]:
        """The choices by their codes."""
        return self.choices.by_key

    def below(self, above: str | None) -> tuple[Option, ...]:
        """The choices one level below a code; of the first level below None."""
        return self.choices.below.get(above, ())

    @property
    def behaviour(self) -> FieldType:
        """How the type behaves, of a field that is no table."""
        assert self.field_type is not None
        return self.field_type

    @property
    def several(self) -> bool:
        """Whether its value is a list."""
        return self.type == "table" if self.field_type is None else self.field_type.shape.several


@dataclass(frozen=True, slots=True)
class Check:
    """A rule that must hold, and what to say when it does not; `path` is the field it is shown at, if any."""

    rule: Program
    message: Text
    path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One field of a form (or one column of a repeat group) with its rules."""

    path: str
    spec: Spec
    required: Rule = False
    visible: Rule = True
    read_only: Rule = False
    computed: Program | None = None
    default: Program | None = None
    checks: tuple[Check, ...] = ()
    keep_hidden: bool = False
    hint: Text | None = None
    wide: bool | None = None
    """Whether it takes the whole row; None where its type decides."""
    triggers: bool = False
    group: Group | None = None

    @property
    def title(self) -> Text:
        """The label shown."""
        return self.spec.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The columns of a repeat group in the order in which they settle, and how many rows it may have.

    A group of fields that stands once (`single`) is settled as one row, named without its number.
    """

    columns: tuple[FormField, ...]
    order: tuple[FormField, ...]
    min_rows: int = 0
    max_rows: int = 50
    totals: tuple[str, ...] = ()
    """Columns that are added up below the rows."""
    single: bool = False

    def path(self, of: str, row: int, column: str) -> str:
        """The name of a cell: `application.machines.0.name`, `application.spouse.name`."""
        return f"{of}.{column}" if self.single else f"{of}.{row}.{column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A titled group of fields; a step in a form laid out in steps."""

    key: str
    title: Text
    fields: tuple[FormField, ...]
    hint: Text | None = None
    visible: Rule = True
    columns: int = 2


@dataclass(frozen=True, slots=True)
class Access:
    """What some roles may do with some fields at a node; None means every one."""

    roles: frozenset[str]
    mode: Mode
    node: str | None = None
    paths: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to settle: a section's visibility (`field` is None) or a field of it."""

    section: int
    field: FormField | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Form:
    """A form ready to be shown and evaluated. Two compilations are two objects; compile once and keep it."""

    key: str
    title: Text
    record: str
    layout: Literal["sections", "steps", "tabs"]
    sections: tuple[Section, ...]
    steps: tuple[Step, ...]
    checks: tuple[Check, ...] = ()
    access: tuple[Access, ...] = ()
    by_path: Mapping[str, FormField] = dataclasses.field(default_factory=dict)

    @property
    def roots(self) -> frozenset[str]:
        """The records the form writes: `application`, `customer`, `guarantors` ..."""
        return frozenset(path.partition(".")[0] for path in self.by_path)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A form, or None and the reasons."""

    form: Form | None
    problems: tuple[Problem, ...] = ()


Facts = Mapping[str, Any]
