"""Runs report documents: rows with totals, or one line a group; on screen, and whole as an Excel file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from loanloom.engines.reports import Report, read_report
from loanloom.engines.reports.fields import Field
from loanloom.problems import text
from loanloom.services.context import Context
from loanloom.services.errors import NotFound
from loanloom.services.reading import data_sets
from loanloom.services.reading.data_sets import Asked, DataSet
from loanloom.services.reading.data_sets.listing import condition

SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A report that ran: fields by column, rows of values, totals by column (None where there is none)."""

    report: Report
    fields: tuple[Field, ...]
    rows: tuple[tuple[Any, ...], ...]
    totals: tuple[Decimal | int | None, ...]
    count: int
    asked: Asked
    data_set: DataSet

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


def read(ctx: Context, key: str) -> tuple[Report, DataSet]:
    """A report and its data set."""
    ctx.require("report.read")
    document = ctx.registry.get("report", key)
    report = read_report(document) if document else None
    data_set = data_sets.data_set(ctx.registry, report.data_set) if report else None
    if report is None or data_set is None:
        raise NotFound(text("report", "报表"))
    ctx.require(data_set.function)
    return report, data_set


def question(report: Report, data_set: DataSet, arguments: Mapping[str, Sequence[str]]) -> Asked:
    """The filters of an address; columns and order are the report's own."""
    asked = data_sets.read_question(arguments, data_set, columns=(), order=())
    order = tuple((report.column(key).path, descending) for key, descending in report.order)
    return replace(asked, columns=tuple(dict.fromkeys(column.path for column in report.columns)), order=order)


def run(ctx: Context, key: str, arguments: Mapping[str, Sequence[str]]) -> Shown:
    """The report as asked for, its first rows and its totals over all of them."""
    report, data_set = read(ctx, key)
    asked = question(report, data_set, arguments)
    fields = tuple(data_set.columns[column.path].field for column in report.columns)
    if report.groups:
        rows = tuple(_grouped(ctx, report, data_set, asked))
        count = len(rows)
    else:
        listed = data_sets.rows(ctx, data_set, asked, limit=SHOWN)
        rows, count = tuple(_values(report, row) for row in listed.rows), listed.count
    totals = _totals(ctx, report, data_set, asked)
    return Shown(report=report, fields=fields, rows=rows, totals=totals, count=count, asked=asked, data_set=data_set)


def every_row(ctx: Context, shown: Shown) -> Iterator[tuple[Any, ...]]:
    """All rows, for an export."""
    if shown.report.groups:
        yield from shown.rows
        return
    for row in data_sets.every_row(ctx, shown.data_set, shown.asked):
        yield _values(shown.report, row)


def _values(report: Report, row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[column.path] for column in report.columns)


def _aggregate(report: Report, data_set: DataSet, key: str) -> Any:
    column = report.column(key)
    if column.total == "count":
        return func.count()
    return func.coalesce(func.sum(data_set.columns[column.path].value), 0)


def _grouped(ctx: Context, report: Report, data_set: DataSet, asked: Asked) -> Iterator[tuple[Any, ...]]:
    by = {key: data_set.columns[report.column(key).path].value for key in report.groups}
    columns = [
        (by[column.key] if column.key in by else _aggregate(report, data_set, column.key)).label(f"c{index}")
        for index, column in enumerate(report.columns)
    ]
    order = [
        columns[_index(report, key)].desc() if down else columns[_index(report, key)] for key, down in report.order
    ]
    statement = (
        select(*columns)
        .select_from(data_set.source)
        .where(condition(ctx, data_set, asked))
        .group_by(*by.values())
        .order_by(*(order or list(by.values())))
    )
    with ctx.transaction() as connection:
        for row in connection.execute(statement):
            yield tuple(row)


def _index(report: Report, key: str) -> int:
    return [column.key for column in report.columns].index(key)


def _totals(ctx: Context, report: Report, data_set: DataSet, asked: Asked) -> tuple[Decimal | int | None, ...]:
    wanted = [column.key for column in report.columns if column.total]
    if not wanted:
        return tuple(None for _ in report.columns)
    statement = select(*(_aggregate(report, data_set, key) for key in wanted)).select_from(data_set.source)
    with ctx.transaction() as connection:
        row = connection.execute(statement.where(condition(ctx, data_set, asked))).one()
    found = dict(zip(wanted, row, strict=True))
    return tuple(found.get(column.key) for column in report.columns)
