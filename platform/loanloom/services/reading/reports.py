"""Runs report documents: rows with totals, or one line a group; on screen, and whole as an Excel file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, FromClause, func, select

from loanloom.engines.reports import Column, Report, read_report
from loanloom.engines.reports.computing import field_of
from loanloom.engines.reports.fields import Field
from loanloom.feel import NUMBER
from loanloom.problems import Problem, say, text
from loanloom.services.context import Context
from loanloom.services.errors import NotFound
from loanloom.services.reading import data_sets
from loanloom.services.reading.data_sets import Asked, DataSet
from loanloom.services.reading.data_sets.computed import element
from loanloom.services.reading.data_sets.listing import condition
from loanloom.services.reading.measured import Measured, everything, measure

SHOWN = 200
UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A report that ran: fields by column, rows of values, totals by column (None where there is none).

    `problems` say how many lines have no value in which column, because it could not be computed.
    """

    report: Report
    fields: tuple[Field, ...]
    rows: tuple[tuple[Any, ...], ...]
    totals: tuple[Decimal | int | None, ...]
    count: int
    asked: Asked
    data_set: DataSet
    problems: tuple[Problem, ...] = ()

    @property
    def is_cut(self) -> bool:
        """Whether there are more rows than shown; the export has them all."""
        return self.count > len(self.rows)


def listing(ctx: Context) -> tuple[Report, ...]:
    """The reports this actor may run."""
    ctx.require("report.read")
    found = (read_report(document) for document in ctx.registry.all("report"))
    return tuple(report for report in found if _may_run(ctx, report))


def _may_run(ctx: Context, report: Report) -> bool:
    data_set = data_sets.data_set(ctx.registry, report.data_set)
    return data_set is not None and (ctx.actor.is_system or ctx.actor.may(data_set.function))


def read(ctx: Context, key: str) -> Measured:
    """A report over its data set, its expressions ready to run."""
    ctx.require("report.read")
    document = ctx.registry.get("report", key)
    report = read_report(document) if document else None
    data_set = data_sets.data_set(ctx.registry, report.data_set) if report else None
    if report is None or data_set is None:
        raise NotFound(text("report", "报表"))
    ctx.require(data_set.function)
    return measure(ctx, report, replace(data_set, counted_to=None))


def question(made: Measured, arguments: Mapping[str, Sequence[str]]) -> Asked:
    """The filters of an address; columns and order are the report's own."""
    report, data_set = made.report, made.data_set
    asked = data_sets.read_question(arguments, data_set, columns=(), order=())
    order = tuple((report.column(key).path, descending) for key, descending in report.order)
    return replace(asked, columns=tuple(dict.fromkeys(_rows_of(report))), order=order)


def _rows_of(report: Report) -> list[str]:
    """The paths of the columns that have a value in every row."""
    return [column.path for column in report.columns if column.measure is None]


def run(ctx: Context, key: str, arguments: Mapping[str, Sequence[str]]) -> Shown:
    """The report as asked for, its first rows and its totals over all of them."""
    made = read(ctx, key)
    report, data_set = made.report, made.data_set
    asked = question(made, arguments)
    if report.groups:
        rows = tuple(_grouped(ctx, made, asked))
        count = len(rows)
    else:
        listed = data_sets.rows(ctx, data_set, asked, limit=SHOWN)
        rows, count = tuple(_values(report, row) for row in listed.rows), listed.count
    totals, problems = _totals(ctx, made, asked)
    return Shown(
        report=report,
        fields=tuple(_field(made, column) for column in report.columns),
        rows=rows,
        totals=totals,
        count=count,
        asked=asked,
        data_set=data_set,
        problems=problems,
    )


def _field(made: Measured, column: Column) -> Field:
    shown = made.data_set.columns.get(column.path)
    return field_of(column, NUMBER) if shown is None else shown.field


def every_row(ctx: Context, shown: Shown) -> Iterator[tuple[Any, ...]]:
    """All rows, for an export."""
    if shown.report.groups:
        yield from shown.rows
        return
    for row in data_sets.every_row(ctx, shown.data_set, shown.asked):
        yield _values(shown.report, row)


def _values(report: Report, row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row.get(column.path) for column in report.columns)


def _total_names(report: Report) -> dict[str, Column]:
    return {f"t{place}": column for place, column in enumerate(report.columns) if column.total}


def _aggregates(report: Report, values: Mapping[str, ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    """Every total of a report, under its name."""
    return [
        (func.count() if one.total == "count" else func.coalesce(func.sum(values[one.path]), 0)).label(name)
        for name, one in _total_names(report).items()
    ]


def _measures(made: Measured, totals: FromClause) -> dict[str, ColumnElement[Any]]:
    """Every measure of a report over its totals."""
    names = {f"total.{one.key}": name for name, one in _total_names(made.report).items()}
    return {
        key: element(one.value, "number", lambda name: totals.c[names[name]])
        for key, one in made.measures.items()
        if one.value is not None
    }


def _grouped(ctx: Context, made: Measured, asked: Asked) -> Iterator[tuple[Any, ...]]:
    """One line a group: the rows that fit, gathered by group, then the measures over each group's totals."""
    report, data_set = made.report, made.data_set
    paths = list(dict.fromkeys(_rows_of(report)))
    chosen = [data_set.columns[path].value.label(f"v{place}") for place, path in enumerate(paths)]
    lines = select(*chosen).select_from(data_set.source).where(condition(ctx, data_set, asked)).subquery("lines")
    values = {path: lines.c[f"v{place}"] for place, path in enumerate(paths)}
    by = {key: values[report.column(key).path] for key in report.groups}
    named = [value.label(f"g{place}") for place, value in enumerate(by.values())]
    groups = select(*named, *_aggregates(report, values)).group_by(*by.values()).subquery("groups")
    found = {key: groups.c[f"g{place}"] for place, key in enumerate(by)} | _measures(made, groups)
    found |= {one.key: groups.c[name] for name, one in _total_names(report).items()}
    order = [_ordered(found[key], down) for key, down in report.order] or [groups.c[f"g{at}"] for at in range(len(by))]
    with ctx.transaction() as connection:
        for row in connection.execute(select(*(found[one.key] for one in report.columns)).order_by(*order)):
            yield tuple(row)


def _ordered(value: ColumnElement[Any], down: bool) -> ColumnElement[Any]:
    return value.desc().nulls_last() if down else value.asc().nulls_last()


def _totals(ctx: Context, made: Measured, asked: Asked) -> tuple[tuple[Decimal | int | None, ...], tuple[Problem, ...]]:
    """The totals and measures over every row, and what could not be computed in how many of them."""
    report, data_set = made.report, made.data_set
    if not _total_names(report) and not made.faults and made.undecided is None:
        return tuple(None for _ in report.columns), ()
    values = {path: one.value for path, one in data_set.columns.items()}
    wrong = [func.count().filter(fault).label(f"wrong{place}") for place, fault in enumerate(made.faults.values())]
    sums = (
        select(func.count(), *_aggregates(report, values), *wrong)
        .select_from(data_set.source)
        .where(condition(ctx, data_set, asked))
        .subquery("totals")
    )
    measures = _measures(made, sums)
    statement = select(
        *(sums.c[name] for name in _total_names(report)),
        *measures.values(),
        *(sums.c[f"wrong{place}"] for place in range(len(wrong))),
    )
    with ctx.transaction() as connection:
        row = list(connection.execute(statement).one()) if len(statement.selected_columns) else []
        undecided = connection.execute(_undecided(ctx, made, asked)).scalar_one() if made.undecided is not None else 0
    keys = [*(one.key for one in _total_names(report).values()), *measures]
    found = dict(zip(keys, row, strict=False))
    counts = {**dict(zip(made.faults, row[len(keys) :], strict=True)), UNDECIDED: undecided}
    problems = tuple(_uncomputed(report, key, count) for key, count in counts.items() if count)
    return tuple(found.get(column.key) for column in report.columns), problems


def _undecided(ctx: Context, made: Measured, asked: Asked) -> Any:
    """How many rows there are for which the report's own condition could not be decided."""
    data_set = everything(made.data_set)
    assert made.undecided is not None
    fitting = condition(ctx, data_set, asked)
    return select(func.count()).select_from(data_set.source).where(fitting, made.undecided)


def _uncomputed(report: Report, key: str, count: int) -> Problem:
    if key == UNDECIDED:
        left = "1 line is left out" if count == 1 else f"{count} lines are left out"
        message = text(
            f"{left}: whether the report's condition holds could not be computed (a division by zero?).",
            f"有 {count} 行因条件无法计算（如除数为零）而未列入。",
        )
        return Problem(code="report.undecided", message=message)
    title = report.column(key).title
    lines = "1 line has" if count == 1 else f"{count} lines have"
    message = text(
        f"{lines} no value in “{say(title, 'en')}”: it could not be computed (a division by zero?).",
        f"“{say(title, 'zh')}”列有 {count} 行无法计算（如除数为零），未显示取值。",
    )
    return Problem(code="report.uncomputed", field=key, message=message)
