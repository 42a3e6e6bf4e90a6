"""Drawing a form: the same settling as `evaluate`, turned into a view. Pure; what is shown and what is judged
cannot differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from loanloom.engines.forms import formats
from loanloom.engines.forms.access import modes
from loanloom.engines.forms.evaluate import Evaluated, judge, problems_of, values_of
from loanloom.engines.forms.inputs import Raw, sort_out
from loanloom.engines.forms.model import Facts, Form, FormField, Mode, Option, Section
from loanloom.engines.forms.parts import is_closed, of_type
from loanloom.engines.forms.settle import ABSENT, Cell, Row, Settled, is_blank, settle
from loanloom.engines.forms.view import FieldView, FormView, GroupView, RowView, SectionView
from loanloom.problems import Problem

Telling = Literal["none", "entered", "all"]
"""Which problems a view shows: none, those of what was typed so far, or all."""


def describe(
    form: Form,
    facts: Facts,
    roles: Iterable[str] = (),
    node: str | None = None,
    *,
    raw: Raw | None = None,
    telling: Telling = "none",
    also: Sequence[Problem] = (),
    read_only: bool = False,
) -> FormView:
    """The view of a form over stored facts and, when given, what has been typed so far.

    `also` are problems found elsewhere (the product's limits, a file that was refused): shown at their fields too.
    """
    allowed = modes(form, roles, node)
    if read_only:
        allowed = {path: "read" if mode == "write" else mode for path, mode in allowed.items()}
    settled = settle(form, None if raw is None else sort_out(form, raw), facts, allowed)
    judge(settled)
    return _Drawing(settled, telling, tuple(also)).draw()


def view_of_evaluated(evaluated: Evaluated) -> FormView:
    """The page again, with everything that was wrong."""
    return _Drawing(evaluated.settled, "all", ()).draw()


@dataclass(frozen=True, slots=True)
class _Drawing:
    settled: Settled
    telling: Telling
    also: tuple[Problem, ...]

    def draw(self) -> FormView:
        form = self.settled.form
        sections = tuple(
            drawn
            for section, shown in zip(form.sections, self.settled.sections, strict=True)
            if shown and (drawn := self.section(section)) is not None
        )
        return FormView(
            key=form.key,
            title=form.title,
            layout=form.layout,
            sections=sections,
            problems=self.summary(),
            values=values_of(self.settled),
            editable=any(one.editable for section in sections for one in section.fields),
        )

    def summary(self) -> tuple[Problem, ...]:
        """What is told, in the order of the page. While somebody is still typing, only what was found elsewhere."""
        own = problems_of(self.settled) if self.telling == "all" else []
        order = {path: at for at, path in enumerate(self.settled.cells)}
        beside = sorted((one for one in self.also if one not in own), key=lambda one: order.get(one.field or "", 999))
        return (*own, *beside)

    def section(self, section: Section) -> SectionView | None:
        cells = [self.settled.cells[one.path] for one in section.fields]
        fields = tuple(self.field(cell) for cell in cells if cell.shown)
        if not fields:
            return None
        wrong = any(one.problems or _rows_wrong(one) for one in fields)
        return SectionView(
            key=section.key,
            title=section.title,
            hint=section.hint,
            columns=section.columns,
            fields=fields,
            has_problems=wrong,
        )

    def told(self, cell: Cell) -> tuple[Problem, ...]:
        entered = self.telling == "entered" and _is_entered(cell) and not cell.unfinished
        own = cell.problems if self.telling == "all" or entered else []
        return (*own, *(one for one in self.also if one.field == cell.path and one not in own))

    def field(self, cell: Cell) -> FieldView:
        value, words = _content(cell)
        chosen = _chosen(cell)
        return FieldView(
            field=cell.field,
            name=cell.path,
            mode=cell.mode,
            value=value,
            text=words,
            chosen=chosen,
            required=cell.required,
            editable=cell.writable,
            options=_options(cell, chosen),
            problems=self.told(cell),
            **of_type(cell),
            group=self.group(cell) if cell.rows is not None else None,
        )

    def group(self, cell: Cell) -> GroupView:
        group, rows = cell.field.group, cell.rows or []
        assert group is not None
        shown = [column for column in group.columns if any(row.cells[column.path].shown for row in rows)]
        return GroupView(
            rows=tuple(self.row(cell, row, number) for number, row in enumerate(rows)),
            columns=tuple(column.title for column in shown),
            can_add=cell.writable and len(rows) < group.max_rows,
            can_remove=cell.writable and len(rows) > group.min_rows,
            totals=tuple(self.total(cell, column) for column in shown if column.path in group.totals),
            single=group.single,
        )

    def total(self, parent: Cell, column: FormField) -> FieldView:
        """What a column comes to, over the rows in which it is shown and filled in; masked where the column is."""
        cells = [row.cells[column.path] for row in parent.rows or ()]
        values = [one.value for one in cells if one.shown and one.value is not None]
        mode: Mode = "masked" if any(one.mode == "masked" for one in cells) else "read"
        total = Cell(column, f"{parent.path}.total.{column.path}", mode, value=sum(values, Decimal(0)))
        return self.field(total)

    def row(self, parent: Cell, row: Row, number: int) -> RowView:
        assert parent.field.group is not None
        cells = [row.cells[column.path] for column in parent.field.group.columns]
        return RowView(
            number=number,
            was="" if row.was is None else str(row.was),
            fields=tuple(self.field(cell) for cell in cells if cell.shown),
        )


def _is_entered(cell: Cell) -> bool:
    """Whether there is anything to judge yet: nobody likes to be told off for what they have not reached."""
    if cell.rows is not None:
        return bool(cell.rows) and cell.value is not None
    return not is_blank(cell.value) or (cell.typed is not ABSENT and cell.typed not in ("", None, [""]))


def _rows_wrong(one: FieldView) -> bool:
    return any(inner.problems for row in (one.group.rows if one.group else ()) for inner in row.fields)


def _content(cell: Cell) -> tuple[Any, str]:
    """The typed value for reading and the text of the input: what was typed where it cannot be read."""
    spec, value = cell.field.spec, cell.value
    if cell.rows is not None:
        return None, ""
    if is_closed(cell):
        hidden = formats.masked(_write(value, cell.field)) if not is_blank(value) else ""
        return hidden, hidden
    if cell.typed is not ABSENT and cell.problems and isinstance(cell.typed, str):
        return value, cell.typed
    if cell.typed is not ABSENT and cell.problems and isinstance(cell.typed, list | tuple) and not spec.several:
        return value, next((part for part in cell.typed if isinstance(part, str) and part), "")
    return value, "" if is_blank(value) else _write(value, cell.field)


def _write(value: Any, wanted: FormField) -> str:
    return wanted.spec.behaviour.write(value, wanted.spec)


def _chosen(cell: Cell) -> frozenset[str]:
    value = cell.value
    if is_closed(cell):
        return frozenset()
    if isinstance(value, list | tuple) and cell.rows is None:
        return frozenset(value)
    if isinstance(value, bool):
        return frozenset({"true" if value else "false"})
    return frozenset({value}) if isinstance(value, str) else frozenset()


def _options(cell: Cell, chosen: frozenset[str]) -> tuple[Option, ...]:
    """What may be chosen at once; what is chosen level by level is offered so."""
    spec = cell.field.spec
    if not spec.options or (spec.field_type is not None and spec.field_type.levels is not None):
        return ()
    return tuple(one for one in spec.options if not one.retired or one.key in chosen)
