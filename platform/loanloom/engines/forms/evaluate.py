"""One evaluator for every way in: a page, REST, an import, a read-only view. Raw input over facts -> clean values
or problems.

Pure. Order: compute and show (`settle`), drop or keep what is hidden, then required, then checks of fields, then of
the whole form. Fields that somebody may not write are refused when forged; fields hidden or made read-only by a
rule are ignored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from loanloom.engines.forms.access import modes
from loanloom.engines.forms.inputs import Raw, sort_out
from loanloom.engines.forms.model import Check, Facts, Form, Group
from loanloom.engines.forms.settle import Cell, Row, Settled, holds, is_blank, settle
from loanloom.feel import EvaluationError
from loanloom.metadata.field_types import TEXT
from loanloom.problems import Problem, text


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The outcome: typed values by record (`{"application": {...}, "guarantors": [...]}`) and problems by field path.

    `values` holds every field of the form as it would be stored; when there are problems it is what could be read,
    for previews.
    """

    values: Mapping[str, Any]
    problems: tuple[Problem, ...]
    settled: Settled

    @property
    def ok(self) -> bool:
        """Whether the values may be stored as a finished form."""
        return not self.problems

    @property
    def by_field(self) -> Mapping[str, tuple[Problem, ...]]:
        """The problems by field path; "" for those of the whole form."""
        found: dict[str, tuple[Problem, ...]] = {}
        for problem in self.problems:
            key = problem.field or ""
            found[key] = (*found.get(key, ()), problem)
        return found


def evaluate(form: Form, raw: Raw, facts: Facts, roles: Iterable[str] = (), node: str | None = None) -> Evaluated:
    """Settle the form with what was posted and judge it."""
    settled = settle(form, sort_out(form, raw), facts, modes(form, roles, node))
    judge(settled)
    return Evaluated(values_of(settled), tuple(problems_of(settled)), settled)


def judge(settled: Settled) -> None:
    """Required fields and checks, once all is settled."""
    facts = settled.facts
    for cell in settled.cells.values():
        if cell.rows is None:
            _judge_cell(cell, facts)
            continue
        _judge_rows(cell, facts)
        asked = cell.required or cell.value is not None
        for row in cell.rows:
            seen = {**facts, **row.facts}
            for inner in row.cells.values():
                inner.visible = inner.visible and cell.visible
                _judge_cell(inner, seen, asked=asked)
    for check in settled.form.checks:
        problem = _failed(check, facts)
        if problem is not None:
            target = settled.cells.get(check.path or "")
            if target is None:
                settled.problems.append(problem)
            elif target.visible:
                target.problems.append(problem.at(field=check.path))


def _judge_cell(cell: Cell, facts: Facts, *, asked: bool = True) -> None:
    """`asked`: False within a group of fields that may stay empty and is."""
    cell.required = asked and cell.visible and cell.mode == "write" and holds(cell.field.required, facts)
    if not cell.visible or cell.problems:
        return
    if is_blank(cell.value):
        if cell.required and (cell.writable or cell.field.computed is not None):
            cell.problems.append(missing(cell))
        return
    if cell.mode != "write":
        return
    for check in cell.field.checks:
        problem = _failed(check, facts)
        if problem is not None:
            cell.problems.append(problem.at(field=cell.path))
            return


def missing(cell: Cell) -> Problem:
    """A required field without a value."""
    title = cell.field.title
    shape = cell.field.spec.field_type.shape if cell.field.spec.field_type else TEXT
    if shape.coded or shape.type == "boolean" or cell.field.spec.type == "lookup":
        en, zh = f"Choose “{title.get('en', '')}”.", f"请选择“{title.get('zh', '')}”。"
    elif shape.files:
        en, zh = f"Add “{title.get('en', '')}”.", f"请上传“{title.get('zh', '')}”。"
    else:
        en, zh = f"Fill in “{title.get('en', '')}”.", f"请填写“{title.get('zh', '')}”。"
    return Problem(code="form.required", message=text(en, zh), field=cell.path)


def _judge_rows(cell: Cell, facts: Facts) -> None:
    group: Group | None = cell.field.group
    if group is None or not cell.visible or cell.mode != "write" or cell.rows is None or cell.read_only:
        return
    if group.single:
        cell.required = holds(cell.field.required, facts)
        if cell.required and cell.value is None:
            cell.problems.append(missing(cell))
        return
    count = len(cell.rows)
    fewest = max(group.min_rows, 1 if holds(cell.field.required, facts) else 0)
    cell.required = fewest > 0
    title = cell.field.title
    if count < fewest:
        cell.problems.append(
            Problem(
                code="form.too_few_rows",
                message=text(
                    f"“{title.get('en', '')}” needs at least {fewest}; there are {count}.",
                    f"“{title.get('zh', '')}”至少需要{fewest}项，现有{count}项。",
                ),
                field=cell.path,
            )
        )
    elif count > group.max_rows:
        cell.problems.append(
            Problem(
                code="form.too_many_rows",
                message=text(
                    f"“{title.get('en', '')}” takes at most {group.max_rows}.",
                    f"“{title.get('zh', '')}”最多{group.max_rows}项。",
                ),
                field=cell.path,
            )
        )


def _failed(check: Check, facts: Facts) -> Problem | None:
    """The problem of a rule that is broken; a rule that lacks what it reads (null) does not judge."""
    try:
        verdict = check.rule(facts)
    except EvaluationError as error:
        return Problem(code="form.check_failed", message=error.problem.message, hint=error.problem.hint)
    if verdict is False:
        return Problem(code="form.check", message=check.message)
    return None


def problems_of(settled: Settled) -> list[Problem]:
    """Every problem in the order of the page, the form's own last."""
    found: list[Problem] = []
    for section in settled.form.sections:
        for wanted in section.fields:
            cell = settled.cells[wanted.path]
            found.extend(_counting(cell, cell.visible))
            for row in cell.rows or ():
                for column in wanted.group.columns if wanted.group else ():
                    inner = row.cells[column.path]
                    found.extend(_counting(inner, cell.visible and inner.visible))
    return [*found, *settled.problems]


def _counting(cell: Cell, visible: bool) -> list[Problem]:
    """A hidden field's mistakes do not count, an attempt to forge does."""
    if visible:
        return cell.problems
    return [problem for problem in cell.problems if problem.code in ("form.not_writable", "form.unknown_field")]


def values_of(settled: Settled) -> dict[str, Any]:
    """The typed values by record, as they would be stored."""
    values: dict[str, Any] = {}
    for path, cell in settled.cells.items():
        root, _, key = path.partition(".")
        value = _stored(cell)
        if key:
            values.setdefault(root, {})[key] = value
        else:
            values[root] = value
    return values


def _stored(cell: Cell) -> Any:
    if cell.rows is None:
        return _storable(cell.value)
    if cell.field.group is not None and cell.field.group.single:
        return _row_values(cell.rows[0]) if cell.value is not None else None
    return [_row_values(row) for row in cell.rows]


def _row_values(row: Row) -> dict[str, Any]:
    return {key: _storable(value) for key, value in row.facts.items()}


def _storable(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
