"""How a form's values come to rest: for every field in its order, is it shown, is it read-only, what is its value.

Pure. The order was worked out once by `ordering`, so a single pass is enough: whatever a rule reads is settled
before the rule is asked. A value hidden by a rule is cleared (or kept, when the form says so) before anything can
read it. Nothing here asks whether a value is required or right; `evaluate` does that when all is settled.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from loanloom.engines.forms.inputs import WAS, Inputs
from loanloom.engines.forms.model import Facts, Form, FormField, Group, Mode, Rule, Section
from loanloom.engines.forms.types import Fault
from loanloom.feel import EvaluationError, Program
from loanloom.problems import Problem, text

ABSENT: Any = object()


@dataclass(slots=True)
class Cell:
    """One field as it came to rest. `typed` is what the person wrote, kept when it cannot be read."""

    field: FormField
    path: str
    mode: Mode
    visible: bool = True
    read_only: bool = False
    required: bool = False
    value: Any = None
    typed: Any = ABSENT
    problems: list[Problem] = dataclasses.field(default_factory=list)
    rows: list[Row] | None = None
    dirty: bool = False
    unfinished: bool = False

    @property
    def shown(self) -> bool:
        """Whether anything of it may be on the page."""
        return self.visible and self.mode != "hidden"

    @property
    def writable(self) -> bool:
        """Whether what is posted for it counts."""
        return self.visible and self.mode == "write" and not self.read_only and self.field.computed is None


@dataclass(slots=True)
class Row:
    """One row of a repeat group: its cells by column, and which stored row it was."""

    cells: dict[str, Cell]
    was: int | None = None
    facts: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(slots=True)
class Settled:
    """The whole form at rest: cells by path, section visibility, the facts the rules saw."""

    form: Form
    modes: Mapping[str, Mode]
    facts: dict[str, Any]
    cells: dict[str, Cell] = dataclasses.field(default_factory=dict)
    sections: list[bool] = dataclasses.field(default_factory=list)
    problems: list[Problem] = dataclasses.field(default_factory=list)


def is_blank(value: Any) -> bool:
    """Whether a field holds nothing."""
    return value is None or (isinstance(value, tuple | list) and not value)


def holds(rule: Rule, facts: Facts) -> bool:
    """Whether a condition holds; null, or a rule that has no value here, is no."""
    if isinstance(rule, bool):
        return rule
    try:
        return rule(facts) is True
    except EvaluationError:
        return False


def settle(form: Form, inputs: Inputs | None, facts: Facts, modes: Mapping[str, Mode]) -> Settled:
    """Bring every field to rest over `facts`, taking what was posted where it may be written."""
    settled = Settled(form, modes, working_copy(form, facts), sections=[True] * len(form.sections))
    if inputs is not None:
        settled.problems.extend(inputs.problems)
    for step in form.steps:
        section = form.sections[step.section]
        if step.field is None:
            settled.sections[step.section] = holds(section.visible, settled.facts)
        elif step.field.group is not None:
            _settle_group(settled, step.field, inputs, facts, settled.sections[step.section])
        else:
            _settle_single(settled, step.field, inputs, facts, section, settled.sections[step.section])
    return settled


def working_copy(form: Form, facts: Facts) -> dict[str, Any]:
    """The facts with the records this form writes copied, and every field of the form present (null when unknown)."""
    copy = dict(facts)
    for path, wanted in form.by_path.items():
        root, _, key = path.partition(".")
        if not key:
            copy[root] = list(facts.get(root) or ())
            continue
        record = copy.get(root)
        if record is facts.get(root) or not isinstance(record, dict):
            record = copy[root] = dict(record or {})
        record.setdefault(key, () if wanted.spec.several else None)
    return copy


def put(facts: dict[str, Any], path: str, value: Any) -> None:
    """Write one value into the working copy."""
    root, _, key = path.partition(".")
    if key:
        facts[root][key] = value
    else:
        facts[root] = value


def look_up(facts: Facts, path: str) -> Any:
    """The stored value of a path, or None."""
    root, _, key = path.partition(".")
    record = facts.get(root)
    if not key:
        return record
    return record.get(key) if isinstance(record, Mapping) else None


def _settle_single(
    settled: Settled, wanted: FormField, inputs: Inputs | None, facts: Facts, section: Section, section_shown: bool
) -> None:
    cell = Cell(wanted, wanted.path, settled.modes[wanted.path])
    posted = ABSENT if inputs is None else inputs.values.get(wanted.path, ABSENT)
    _bring_to_rest(cell, posted, look_up(facts, wanted.path), settled.facts, section_shown)
    settled.cells[wanted.path] = cell
    put(settled.facts, wanted.path, cell.value)


def _bring_to_rest(cell: Cell, posted: Any, stored: Any, facts: Facts, parent_shown: bool) -> None:
    """The one rule for every value: computed, hidden, not mine to write, posted, stored, default; in this order."""
    wanted = cell.field
    cell.visible = parent_shown and holds(wanted.visible, facts)
    cell.read_only = holds(wanted.read_only, facts)
    if not cell.visible and not wanted.keep_hidden:
        cell.value = _empty(wanted)
        return
    if wanted.computed is not None:
        cell.value = _computed(cell, wanted.computed, facts)
        return
    counts = posted is not ABSENT and cell.mode == "write" and not cell.read_only
    if stored is None and wanted.default is not None and not counts:
        stored = _offered(wanted, _default(wanted.default, facts))
    cell.value = _empty(wanted) if stored is None else stored
    if counts:
        _take(cell, posted)
    elif posted is not ABSENT and cell.mode != "write":
        _refuse_forged(cell, posted)


def _offered(wanted: FormField, usual: Any) -> Any:
    """The usual choice, or the first one on offer where the usual one is not (a product that is repaid otherwise)."""
    known = {one.key: one for one in wanted.spec.options}
    if usual not in known or not known[usual].retired:
        return usual
    return next((one.key for one in wanted.spec.options if not one.retired), None)


def _take(cell: Cell, posted: Any) -> None:
    cell.typed, cell.dirty = posted, True
    if posted is None:
        cell.value = _empty(cell.field)
        return
    stored = cell.value
    try:
        cell.value = cell.field.spec.behaviour.read(posted, cell.field.spec)
    except Fault as fault:
        if fault.problem.code == "form.unknown_choice" and _as_stored(cell.field, posted, stored):
            return  # a choice that was retired since may stay
        cell.value = _empty(cell.field)
        cell.unfinished = fault.unfinished
        cell.problems.append(fault.problem.at(field=cell.path))


def _as_stored(wanted: FormField, posted: Any, stored: Any) -> bool:
    """Whether what was posted is what is kept."""
    parts = wanted.spec.behaviour.parts
    if isinstance(posted, Mapping) and parts is not None and stored is not None:
        return {name: value for name, value in posted.items() if value} == dict(parts(stored, wanted.spec))
    return posted in (stored, [stored])


def _refuse_forged(cell: Cell, posted: Any) -> None:
    """A value posted for a field this role may not write: harmless when it changes nothing, refused otherwise."""
    stored = cell.value
    try:
        same = posted is None or cell.field.spec.behaviour.read(posted, cell.field.spec) == stored
    except Fault:
        same = False
    if not same:
        cell.problems.append(not_writable(cell))


def not_writable(cell: Cell) -> Problem:
    """A forged value: the field is not this person's to write."""
    title = cell.field.title
    if cell.mode == "hidden":
        return Problem(
            code="form.unknown_field",
            message=text(f"This form has no field “{cell.path}”.", f"本表单没有字段“{cell.path}”。"),
            field=cell.path,
        )
    return Problem(
        code="form.not_writable",
        message=text(
            f"“{title.get('en', cell.path)}” is not yours to change here.",
            f"您在此环节无权修改“{title.get('zh', cell.path)}”。",
        ),
        field=cell.path,
    )


def _computed(cell: Cell, program: Program, facts: Facts) -> Any:
    try:
        value = program(facts)
    except EvaluationError as error:
        cell.problems.append(
            Problem(code="form.not_computable", message=error.problem.message, hint=error.problem.hint, field=cell.path)
        )
        return _empty(cell.field)
    return _empty(cell.field) if value is None else value


def _default(program: Program, facts: Facts) -> Any:
    try:
        return program(facts)
    except EvaluationError:
        return None


def _empty(wanted: FormField) -> Any:
    return () if wanted.spec.several else None


def _settle_group(
    settled: Settled, wanted: FormField, inputs: Inputs | None, facts: Facts, section_shown: bool
) -> None:
    assert wanted.group is not None
    cell = Cell(wanted, wanted.path, settled.modes[wanted.path])
    cell.visible = section_shown and holds(wanted.visible, settled.facts)
    cell.read_only = holds(wanted.read_only, settled.facts)
    stored = _stored_rows(wanted.group, look_up(facts, wanted.path))
    posted = None if inputs is None else inputs.rows.get(wanted.path)
    if not cell.visible and not wanted.keep_hidden:
        cell.rows = []
    elif posted is None or cell.read_only or cell.mode != "write":
        if posted is not None and cell.mode != "write" and len(posted) != len(stored):
            cell.problems.append(not_writable(cell))
        cell.rows = [_row(settled, cell, None, row, at, at) for at, row in enumerate(stored)]
    else:
        cell.dirty = True
        cell.rows = _posted_rows(settled, cell, posted, stored)
    if not cell.rows and cell.visible and cell.writable and wanted.group.min_rows and posted is None:
        cell.rows = [_row(settled, cell, None, {}, at, None) for at in range(wanted.group.min_rows)]
    settled.cells[wanted.path] = cell
    if wanted.group.single:
        cell.value = next((row.facts for row in cell.rows if _says_something(row)), None)
        put(settled.facts, wanted.path, cell.value)
    else:
        cell.value = tuple(row.facts for row in cell.rows)
        put(settled.facts, wanted.path, list(cell.value))


def _stored_rows(group: Group, value: Any) -> list[Mapping[str, Any]]:
    """The rows that are kept; a group of fields always has its one."""
    if group.single:
        return [value if isinstance(value, Mapping) else {}]
    return [row for row in value or () if isinstance(row, Mapping)]


def _says_something(row: Row) -> bool:
    return not all(map(is_blank, row.facts.values()))


def _posted_rows(
    settled: Settled, cell: Cell, posted: list[dict[str, Any]], stored: list[Mapping[str, Any]]
) -> list[Row]:
    rows: list[Row] = []
    taken: set[int] = set()
    assert cell.field.group is not None
    for at, given in enumerate(posted[: cell.field.group.max_rows + 1]):
        was = _which(given.get(WAS, at if WAS not in given and at < len(stored) else None), len(stored), taken)
        if was is not None:
            taken.add(was)
        rows.append(_row(settled, cell, given, stored[was] if was is not None else {}, at, was))
    return rows


def _which(marker: Any, count: int, taken: set[int]) -> int | None:
    """The stored row a posted row says it was: each at most once, anything else is a new row."""
    if isinstance(marker, str):
        marker = int(marker) if marker.isdecimal() and len(marker) < 5 else None
    return marker if isinstance(marker, int) and 0 <= marker < count and marker not in taken else None


def _row(
    settled: Settled, cell: Cell, given: Mapping[str, Any] | None, stored: Mapping[str, Any], at: int, was: int | None
) -> Row:
    group: Group | None = cell.field.group
    assert group is not None
    seen = dict(settled.facts)
    values = dict(stored)
    for column in group.columns:
        values.setdefault(column.path, _empty(column))
    seen.update(values)
    row = Row({}, was)
    for column in group.order:
        path = group.path(cell.path, at, column.path)
        inner = Cell(column, path, settled.modes[f"{cell.path}.{column.path}"])
        posted = ABSENT if given is None else given.get(column.path, ABSENT)
        _bring_to_rest(inner, posted, stored.get(column.path), seen, True)
        if cell.read_only:
            inner.read_only = True
        row.cells[column.path] = inner
        values[column.path] = seen[column.path] = inner.value
    row.facts = values
    return row
