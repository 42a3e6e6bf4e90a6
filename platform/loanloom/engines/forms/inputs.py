"""Raw input as it arrives: flat names to values and rows, unknown names found. Pure; reads no types and applies no
rules.

A page posts flat names: `application.amount`, and for row 0 of a repeat group `guarantors.0.name`, with a hidden
`guarantors` (the list of row numbers in their order, "0,2") that says the group was on the page even when it has no
row left, and a hidden `guarantors.0._was` that says which stored row this one is. REST and imports hand over rows
as lists of mappings; both become the same `Inputs`. A value that is entered in several inputs (a period, an address)
comes flat as well, `application.lease.start`, or as one mapping.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from loanloom.engines.forms.model import Form, FormField
from loanloom.problems import Problem, Text, text

Raw = Mapping[str, Any]
WAS = "_was"
MOST_NAMES = 5000
_ROW = re.compile(r"(0|[1-9][0-9]{0,3})\.([A-Za-z_][A-Za-z0-9_]*)(?:\.([a-z][a-z0-9]*))?")


@dataclass(slots=True)
class Inputs:
    """What was posted: single values by path, rows by the group's path, and problems with names that nobody asked
    for."""

    values: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def sort_out(form: Form, raw: Raw) -> Inputs:
    """Split `raw` into the form's fields and rows; every other name is a problem."""
    inputs = Inputs()
    flat_rows: dict[str, dict[int, dict[str, Any]]] = {}
    if len(raw) > MOST_NAMES:
        inputs.problems.append(Problem(code="form.too_much", message=text("Too many values.", "提交的数据过多。")))
        return inputs
    for name, value in raw.items():
        wanted = form.by_path.get(name)
        if wanted is None:
            if not _take_part(form, name, value, inputs) and not _take_cell(form, name, value, flat_rows):
                inputs.problems.append(unknown(form, name))
        elif wanted.group is None:
            inputs.values[name] = value
        else:
            _take_group(wanted, value, flat_rows, inputs)
    for path, rows in flat_rows.items():
        if path not in inputs.rows:
            inputs.rows[path] = [rows[number] for number in _order(raw.get(path), rows)]
    return inputs


def _take_part(form: Form, name: str, value: Any, inputs: Inputs) -> bool:
    """One input of a value that is entered in several: `application.lease.start`."""
    path, _, part = name.rpartition(".")
    wanted = form.by_path.get(path)
    if wanted is None or wanted.group is not None or part not in wanted.spec.behaviour.inputs:
        return False
    _put_part(inputs.values, path, part, value)
    return True


def _put_part(into: dict[str, Any], name: str, part: str, value: Any) -> None:
    known = into.get(name)
    into[name] = {**(known if isinstance(known, dict) else {}), part: value}


def _take_cell(form: Form, name: str, value: Any, flat_rows: dict[str, dict[int, dict[str, Any]]]) -> bool:
    """One cell of a row, or one input of it: `guarantors.0.name`, `guarantors.0.home.detail`; of a group of fields
    `application.spouse.name`."""
    group_path = _group_of(form, name)
    if group_path is None:
        return False
    group = form.by_path[group_path].group
    assert group is not None
    found = _ROW.fullmatch(("0." if group.single else "") + name[len(group_path) + 1 :])
    if found is None:
        return False
    column, part = found[2], found[3]
    known = next((one for one in group.columns if one.path == column), None)
    if known is None and column != WAS:
        return False
    row = flat_rows.setdefault(group_path, {}).setdefault(int(found[1]), {})
    if part is None:
        row[column] = value
        return True
    if known is None or part not in known.spec.behaviour.inputs:
        return False
    _put_part(row, column, part, value)
    return True


def _group_of(form: Form, name: str) -> str | None:
    """The table or group that `name` would be a cell of, or an input of a cell."""
    parts = name.split(".")
    for behind in (1, 2, 3):
        path = ".".join(parts[:-behind])
        wanted = form.by_path.get(path)
        if wanted is not None and wanted.group is not None:
            return path
    return None


def _take_group(wanted: FormField, value: Any, flat_rows: dict[str, dict[int, dict[str, Any]]], inputs: Inputs) -> None:
    """A table or group handed over whole (as mappings), or the page's marker that it was shown."""
    assert wanted.group is not None
    if wanted.group.single and (value is None or isinstance(value, Mapping)):
        value = [value or {column.path: None for column in wanted.group.columns}]
    if isinstance(value, str) or (
        isinstance(value, Sequence) and all(isinstance(part, str) for part in value) and value
    ):
        flat_rows.setdefault(wanted.path, {})
        return
    if not isinstance(value, Sequence) or not all(isinstance(row, Mapping) for row in value):
        inputs.problems.append(
            Problem(
                code="form.not_rows", message=text("Rows are expected here.", "此处应为多行明细。"), field=wanted.path
            )
        )
        return
    known = {column.path for column in wanted.group.columns} | {WAS}
    inputs.rows[wanted.path] = [dict(row) for row in value]
    for number, row in enumerate(value):
        for name in sorted(str(name) for name in row if name not in known):
            path = wanted.group.path(wanted.path, number, name)
            inputs.problems.append(_unknown(path, name, sorted(known - {WAS})))


def _order(marker: Any, rows: Mapping[int, Any]) -> list[int]:
    """Row numbers in the order the page shows them; rows the marker leaves out follow in their own order."""
    written = marker if isinstance(marker, str) else ",".join(marker) if isinstance(marker, Sequence) and marker else ""
    named = [int(part) for part in written.split(",") if part.isdecimal() and len(part) < 5]
    first = [number for number in dict.fromkeys(named) if number in rows]
    return first + sorted(set(rows) - set(first))


def unknown(form: Form, name: str) -> Problem:
    """A name this form does not have."""
    return _unknown(name, name, list(form.by_path))


def _unknown(path: str, name: str, known: Sequence[str]) -> Problem:
    shown = path[:80]
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    hint: Text | None = text(f"Did you mean “{near[0]}”?", f"是否应为“{near[0]}”？") if near else None
    return Problem(
        code="form.unknown_field",
        message=text(f"This form has no field “{shown}”.", f"本表单没有字段“{shown}”。"),
        hint=hint,
        field=shown,
    )
