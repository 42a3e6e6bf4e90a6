"""The parameters of a change, made from its command's dataclass: what a form shows and how what was written is read.

Every field is known by its type: dates, amounts, rates, choices, rows, amounts by component. Values come as text (a
form) or as JSON (the API) and leave as the record that the core's `from_record` makes the command of.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import MISSING, dataclass
from datetime import date
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from loanloom.core.dates import Calendar
from loanloom.core.lending.agreed.terms import COMPONENTS
from loanloom.core.lending.planning.rules import Methods
from loanloom.problems import Text
from loanloom.services.money.changes import field_words as words

RATES = ("rate", "share", "shares", "uplift", "ratio")
"""Decimals whose name ends so are fractions shown as percentages; the others are amounts."""

GIVEN = (Methods, Calendar)
"""Types that the house fills in by itself."""

Type = Literal[
    "money", "percent", "integer", "date", "choice", "many", "yes_no", "text", "rows", "amounts",
    "unit", "person", "loan", "agreed_charge", "charge", "partner", "guarantor",
]  # fmt: skip

NAMED: Mapping[str, Type] = {
    "unit": "unit",
    "manager_user_id": "person",
    "by": "loan",
    "key": "agreed_charge",
    "charge": "charge",
    "party_id": "partner",
    "guarantor": "guarantor",
}
"""Parameters that name something of the house, by their names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One parameter. `fields` are the columns of rows, or one for each component of amounts."""

    name: str
    title: Text
    type: Type
    required: bool
    options: tuple[tuple[str, Text], ...] = ()
    hint: Text | None = None
    fields: tuple[Field, ...] = ()
    default: Any = None


def fields_of(command: type[Any]) -> tuple[Field, ...]:
    """The parameters of a command, in its order; `on` comes last, since most changes happen today."""
    hints = get_type_hints(command)
    made = [
        _field(one.name, hints[one.name], one)
        for one in dataclasses.fields(command)
        if hints[one.name] not in GIVEN
    ]  # fmt: skip
    return tuple(sorted(made, key=lambda field: field.name == "on"))


def given_of(command: type[Any]) -> dict[str, Any]:
    """The fields that the house fills in, with their types."""
    hints = get_type_hints(command)
    return {one.name: hints[one.name] for one in dataclasses.fields(command) if hints[one.name] in GIVEN}


def _field(name: str, hint: Any, declared: dataclasses.Field[Any] | None = None) -> Field:
    optional = NoneType in get_args(hint)
    if optional and get_origin(hint) in (UnionType, Union):
        hint = next(one for one in get_args(hint) if one is not NoneType)
    has_default = declared is not None and (declared.default is not MISSING or declared.default_factory is not MISSING)
    default = declared.default if declared is not None and declared.default is not MISSING else None
    kind, options, columns = _typed(name, hint)
    return Field(
        name=name,
        title=words.field_title(name),
        type=kind,
        required=not optional and not has_default and name != "on" and kind not in ("rows", "amounts", "yes_no"),
        options=options,
        hint=words.HINTS.get(name),
        fields=columns,
        default=default,
    )


def _typed(name: str, hint: Any) -> tuple[Type, tuple[tuple[str, Text], ...], tuple[Field, ...]]:
    origin, arguments = get_origin(hint), get_args(hint)
    if name in NAMED:
        return NAMED[name], (), ()
    if origin is Literal:
        return "choice", tuple((str(one), words.option_title(name, str(one))) for one in arguments), ()
    if origin is tuple:
        return _listed(name, arguments)
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        inner = _decimal(name)
        return "amounts", (), tuple(
            Field(name=key, title=words.option_title("component", key), type=inner, required=False)
            for key in COMPONENTS
        )  # fmt: skip
    if hint is Decimal:
        return _decimal(name), (), ()
    if hint is bool:
        return "yes_no", (), ()
    plain: dict[Any, Type] = {int: "integer", date: "date"}
    listed = tuple(words.OPTIONS.get(name, {}).items()) if hint is str else ()
    return ("choice" if listed else plain.get(hint, "text")), listed, ()


def _listed(name: str, arguments: tuple[Any, ...]) -> tuple[Type, tuple[tuple[str, Text], ...], tuple[Field, ...]]:
    item = arguments[0]
    if dataclasses.is_dataclass(item) and isinstance(item, type):
        return "rows", (), fields_of(item)
    options = words.OPTIONS.get(name) or words.OPTIONS.get(name.removesuffix("s"))
    if item is str and options:
        return "many", tuple(options.items()), ()
    return "rows", (), (_field("value", item),)


def _decimal(name: str) -> Type:
    return "percent" if name.rsplit("_", maxsplit=1)[-1] in RATES else "money"
