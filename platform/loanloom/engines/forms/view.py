"""What a page, a phone or a paper needs to draw a form: sections, fields, rows, texts, problems. Pure; no HTML, no
language.

`describe` settles the form exactly as `evaluate` does and turns the result into a view; a page that was posted gets
its view from the evaluation itself, so that what is shown and what is judged can never differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from loanloom.engines.forms import formats
from loanloom.engines.forms.access import modes
from loanloom.engines.forms.evaluate import Evaluated, judge, problems_of, values_of
from loanloom.engines.forms.fieldtypes import FIELD_TYPES
from loanloom.engines.forms.inputs import Raw, sort_out
from loanloom.engines.forms.model import Facts, Form, FormField, Mode, Option
from loanloom.engines.forms.settle import ABSENT, Cell, Row, Settled, settle
from loanloom.problems import Problem, Text

Telling = Literal["none", "entered", "all"]
"""Which problems a view shows: none, those of what was typed so far, or all."""
SENSITIVE = ("id_card", "phone")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    """A section that is shown, with its shown fields."""

    key: str
    title: Text
    hint: Text | None
    columns: int
    fields: tuple[FieldView, ...]
    has_problems: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FormView:
    """A whole form as drawn. `problems` are those told, in the order of the page, for the summary."""

    key: str
    title: Text
    layout: str
    sections: tuple[SectionView, ...]
    problems: tuple[Problem, ...]
    editable: bool

    def fields(self) -> Iterator[FieldView]:
        """Every field shown, row cells included."""
        for section in self.sections:
            for one in section.fields:
                yield one
                for row in one.group.rows if one.group else ():
                    yield from row.fields


def describe(
    form: Form,
    facts: Facts,
    roles: Iterable[str] = (),
    node: str | None = None,
    *,
    raw: Raw | None = None,
    telling: Telling = "none",
    read_only: bool = False,
) -> FormView:
    """The view of a form over stored facts and, when given, what has been typed so far."""
    allowed = modes(form, roles, node)
    if read_only:
        allowed = {path: "read" if mode == "write" else mode for path, mode in allowed.items()}
    settled = settle(form, None if raw is None else sort_out(form, raw), facts, allowed)
    judge(settled)
    return view_of(settled, telling)


def view_of(settled: Settled, telling: Telling = "all") -> FormView:
    """The view of a settled form."""
    sections = []
    for section, shown in zip(settled.form.sections, settled.sections, strict=True):
        fields = tuple(_field_view(cell, telling) for one in section.fields if (cell := settled.cells[one.path]).shown)
        if shown and fields:
            wrong = any(_has_problems(one) for one in fields)
            sections.append(
                SectionView(
                    key=section.key,
                    title=section.title,
                    hint=section.hint,
                    columns=section.columns,
                    fields=fields,
                    has_problems=wrong,
                )
            )
    told = {id(problem) for section in sections for one in section.fields for problem in _all_problems(one)}
    told |= {id(problem) for problem in settled.problems} if telling == "all" else set()
    hidden_forgeries = [] if telling != "all" else [p for p in problems_of(settled) if p.code == "form.unknown_field"]
    told |= {id(problem) for problem in hidden_forgeries}
    return FormView(
        key=settled.form.key,
        title=settled.form.title,
        layout=settled.form.layout,
        sections=tuple(sections),
        problems=tuple(problem for problem in problems_of(settled) if id(problem) in told),
        editable=any(one.editable for section in sections for one in section.fields),
    )


def view_of_evaluated(evaluated: Evaluated) -> FormView:
    """The page again, with everything that was wrong."""
    return view_of(evaluated.settled, "all")


def preview(
    form: Form, facts: Facts, raw: Raw, roles: Iterable[str] = (), node: str | None = None
) -> Mapping[str, Any]:
    """The typed values of what has been typed so far, right or wrong: for previews beside the form."""
    settled = settle(form, sort_out(form, raw), facts, modes(form, roles, node))
    return values_of(settled)


def _has_problems(one: FieldView) -> bool:
    return next(_all_problems(one), None) is not None


def _all_problems(one: FieldView) -> Iterator[Problem]:
    yield from one.problems
    for row in one.group.rows if one.group else ():
        for inner in row.fields:
            yield from inner.problems


def _told(cell: Cell, telling: Telling) -> tuple[Problem, ...]:
    if telling == "none":
        return ()
    if telling == "entered":
        return tuple(problem for problem in cell.problems if problem.code not in ("form.required", "form.too_few_rows"))
    return tuple(cell.problems)


def _field_view(cell: Cell, telling: Telling) -> FieldView:
    wanted, spec = cell.field, cell.field.spec
    shown_value, shown_text = _content(cell)
    return FieldView(
        name=cell.path,
        id=element_id(cell.path),
        title=spec.title,
        type=spec.type,
        mode=cell.mode,
        value=shown_value,
        text=shown_text,
        chosen=_chosen(cell),
        hint=wanted.hint or spec.hint,
        unit=spec.unit,
        required=cell.required,
        editable=cell.writable,
        triggers=wanted.triggers,
        options=_options(cell),
        minimum=spec.minimum,
        maximum=spec.maximum,
        max_length=spec.max_length,
        decimals=spec.decimals,
        accept=spec.accept,
        max_size_mb=spec.max_size_mb,
        problems=_told(cell, telling),
        group=_group_view(cell, telling) if cell.rows is not None else None,
    )


def element_id(path: str) -> str:
    """The id of a field's element, for labels and the links of the error summary."""
    return f"f-{path}"


def _content(cell: Cell) -> tuple[Any, str]:
    """The typed value for reading and the text of the input: what was typed where it cannot be read."""
    spec, value = cell.field.spec, cell.value
    if cell.rows is not None:
        return None, ""
    if cell.mode == "masked":
        hidden = formats.masked(_write(value, cell.field)) if value not in (None, ()) else ""
        return hidden, hidden
    if cell.typed is not ABSENT and cell.problems and isinstance(cell.typed, str):
        return value, cell.typed
    if (
        cell.typed is not ABSENT
        and cell.problems
        and isinstance(cell.typed, list | tuple)
        and spec.type != "multi_choice"
    ):
        return value, next((part for part in cell.typed if isinstance(part, str) and part), "")
    return value, "" if value is None or value == () else _write(value, cell.field)


def _write(value: Any, wanted: FormField) -> str:
    return FIELD_TYPES[wanted.spec.type].write(value, wanted.spec)


def _chosen(cell: Cell) -> frozenset[str]:
    value = cell.value
    if isinstance(value, list | tuple) and cell.rows is None:
        return frozenset(value)
    if isinstance(value, bool):
        return frozenset({"true" if value else "false"})
    return frozenset({value}) if isinstance(value, str) else frozenset()


def _options(cell: Cell) -> tuple[Option, ...]:
    chosen = _chosen(cell)
    return tuple(one for one in cell.field.spec.options if not one.retired or one.key in chosen)


def _group_view(cell: Cell, telling: Telling) -> GroupView:
    group, rows = cell.field.group, cell.rows or []
    assert group is not None
    editable = cell.writable
    shown = [column for column in group.columns if any(row.cells[column.path].shown for row in rows)]
    return GroupView(
        rows=tuple(_row_view(cell, row, number, telling) for number, row in enumerate(rows)),
        columns=tuple(column.title for column in shown),
        can_add=editable and len(rows) < group.max_rows,
        can_remove=editable and len(rows) > group.min_rows,
    )


def _row_view(parent: Cell, row: Row, number: int, telling: Telling) -> RowView:
    assert parent.field.group is not None
    cells = [row.cells[column.path] for column in parent.field.group.columns]
    return RowView(
        number=number,
        was="" if row.was is None else str(row.was),
        fields=tuple(_field_view(cell, telling) for cell in cells if cell.shown),
    )
