"""From what was typed (or sent as JSON) to the parameters of an order: by the types of the order's own dataclass.

Names and types come from the dataclass alone, so that a new kind of order needs no form code. Decides nothing.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any, get_args, get_origin, get_type_hints

from loanloom.problems import Problem
from loanloom.services.errors import Refused
from loanloom.web import inputs

YES = frozenset({"yes", "true", "on", "1"})


def parameters(kind: type[Any], given: Mapping[str, Any]) -> Any:
    """The parameters of an order; every fault of what was given at once."""
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for field in fields(kind):
        written = given.get(field.name)
        if written is None or (isinstance(written, str) and not written.strip()):
            if field.default is MISSING:
                problems.append(_missing(field.name))
            continue
        try:
            values[field.name] = _read(hints[field.name], written, field.name)
        except Refused as refused:
            problems += refused.problems
    if problems:
        raise Refused(problems)
    return kind(**values)


def _read(hint: Any, written: Any, name: str) -> Any:
    if get_origin(hint) is types.UnionType:
        hint = next(option for option in get_args(hint) if option is not types.NoneType)
    if get_origin(hint) is tuple:
        return _records(get_args(hint)[0], written, name)
    if hint is Decimal:
        return inputs.amount(written, name)
    if hint is int:
        return inputs.whole(written, name)
    if hint is bool:
        return written is True or str(written).strip().lower() in YES
    if hint is date:
        return inputs.day(written, name)
    if get_args(hint) and str(written) not in get_args(hint):
        raise inputs.wrong(name, "Choose one of the given values.", "请选择给定的选项。")
    return str(written).strip()[:1000]


def _records(kind: type[Any], written: Any, name: str) -> tuple[Any, ...]:
    """A list of records, each with its faults by its place."""
    if not isinstance(written, list) or not all(isinstance(each, Mapping) for each in written):
        raise inputs.wrong(name, "Give a list of records.", "请提供明细列表。")
    made, problems = [], []
    for place, each in enumerate(written):
        try:
            made.append(parameters(kind, each))
        except Refused as refused:
            problems += [replace(one, field=f"{name}.{place}.{one.field}") for one in refused.problems]
    if problems:
        raise Refused(problems)
    return tuple(made)


def _missing(name: str) -> Problem:
    return inputs.wrong(name, "This is needed.", "此项必填。", "order.missing").problems[0]
