"""Forms of changes: a kind's parameters as inputs, and inputs back as the nested values that the service reads.

Inputs of rows and of amounts by component are named `field.place.column` and `field.component`. Rates are typed as
percentages and handed on as fractions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from loanloom.metadata.pointers import is_index
from loanloom.problems import Problem
from loanloom.services.money.changes.parameters import Field
from loanloom.services.money.changes.written import MOST_ROWS

SPARE_ROWS = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One input with what was typed and what is wrong with it. `rows`: the inputs of each row."""

    field: Field
    name: str
    value: Any = ""
    problem: Problem | None = None
    inputs: tuple[Input, ...] = ()
    rows: tuple[tuple[Input, ...], ...] = ()


def inputs(
    fields: tuple[Field, ...], typed: Mapping[str, Any], problems: tuple[Problem, ...], before: str = ""
) -> tuple[Input, ...]:
    """The inputs of a form as they were typed."""
    wrong = {problem.field: problem for problem in problems if problem.field}
    return tuple(_input(field, typed, problems, wrong, before) for field in fields)


def _input(
    field: Field,
    typed: Mapping[str, Any],
    problems: tuple[Problem, ...],
    wrong: Mapping[str, Problem],
    before: str,
) -> Input:
    name = before + field.name
    if field.type == "amounts":
        inner = inputs(field.fields, typed, problems, f"{name}.")
        return Input(field=field, name=name, problem=wrong.get(name), inputs=inner)
    if field.type == "rows":
        count = len(_places(name, typed)) + SPARE_ROWS
        rows = tuple(inputs(field.fields, typed, problems, f"{name}.{place}.") for place in range(count))
        return Input(field=field, name=name, problem=wrong.get(name), rows=rows)
    if field.type == "many":
        listed = typed.getlist(name) if hasattr(typed, "getlist") else typed.get(name, ())
        return Input(field=field, name=name, value=tuple(listed), problem=wrong.get(name))
    if field.type == "yes_no":  # an unticked box is not sent: the default stands only before anything was
        ticked = typed.get(name) == "yes" if any(typed.keys()) else field.default is True
        return Input(field=field, name=name, value="yes" if ticked else "", problem=wrong.get(name))
    given = typed.get(name)
    value = given if given is not None else _default(field)
    return Input(field=field, name=name, value=value, problem=wrong.get(name))


def _default(field: Field) -> str:
    if field.default is None or field.type in ("rows", "amounts"):
        return ""
    return f"{field.default * 100:f}" if field.type == "percent" else str(field.default)


def written(fields: tuple[Field, ...], typed: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """What was typed, nested as the service reads it; empty inputs are left out."""
    found: dict[str, Any] = {}
    for field in fields:
        value = _written(field, typed, before + field.name)
        if value not in (None, "", [], {}):
            found[field.name] = value
    return found


def _written(field: Field, typed: Mapping[str, Any], name: str) -> Any:
    if field.type == "amounts":
        return written(field.fields, typed, f"{name}.")
    if field.type == "rows":
        made = [written(field.fields, typed, f"{name}.{place}.") for place in _places(name, typed)]
        return [row for row in made if row]
    if field.type == "many":
        return list(typed.getlist(name)) if hasattr(typed, "getlist") else typed.get(name)
    if field.type == "yes_no":
        return "yes" if typed.get(name) == "yes" else "no"
    value = typed.get(name)
    value = value.strip() if isinstance(value, str) else value
    return _fraction(value) if field.type == "percent" and value else value


def _places(name: str, typed: Mapping[str, Any]) -> list[int]:
    """The rows of which something was typed."""
    start = f"{name}."
    numbers = {key[len(start) :].split(".", 1)[0] for key in typed if key.startswith(start) and typed.get(key)}
    return sorted(int(number) for number in numbers if is_index(number) and int(number) < MOST_ROWS)


def _fraction(value: Any) -> Any:
    """12.5 (percent) as 0.125; what is no number stays as typed, for the service to say so."""
    try:
        number = Decimal(str(value).replace("%", "").replace("％", "").replace(",", "").strip())
        return f"{number / 100:f}" if number.is_finite() and abs(number.adjusted()) < 30 else value
    except InvalidOperation:
        return value
