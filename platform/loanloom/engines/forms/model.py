"""What a compiled form is: sections, fields with their rules, the order in which they settle, who may do what.

Values only, made once per form by `compile`; `evaluate` and `view` read them. Nothing here looks at facts or input.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from loanloom.feel import Program
from loanloom.problems import Problem, Text

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
    options: tuple[Option, ...] = ()
    option_keys: frozenset[str] = frozenset()


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
    triggers: bool = False
    group: Group | None = None

    @property
    def title(self) -> Text:
        """The label shown."""
        return self.spec.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The columns of a repeat group in the order in which they settle, and how many rows it may have."""

    columns: tuple[FormField, ...]
    order: tuple[FormField, ...]
    min_rows: int = 0
    max_rows: int = 50


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
    layout: Literal["sections", "steps"]
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
