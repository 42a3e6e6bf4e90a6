"""A report's data set with what its expressions make of it: computed columns, the rows of `where`, measures.

Row-level security, units and encrypted fields are the data set's own; an expression can name nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Column as TableColumn
from sqlalchemy import ColumnElement, Date, bindparam

from loanloom import feel
from loanloom.engines.reports import Report
from loanloom.engines.reports.computing import compute, field_of, in_sql, totals_in_sql
from loanloom.feel.targets.sql.target import Sql
from loanloom.feel.targets.translation import Translation
from loanloom.problems import Problem
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.reading.data_sets import Column, DataSet
from loanloom.services.reading.data_sets.computed import element

Fault = ColumnElement[bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A report over its data set. `faults` are true for the rows whose column, or whose `where`, has no value."""

    report: Report
    data_set: DataSet
    measures: Mapping[str, Translation[Sql]]
    faults: Mapping[str, Fault]
    undecided: Fault | None


def measure(ctx: Context, report: Report, data_set: DataSet) -> Measured:
    """The report's expressions as columns of its data set; they have passed the check of a release."""
    computed = compute(report, ctx.registry)
    costly = {path for path, one in data_set.columns.items() if not isinstance(one.value, TableColumn)}
    columns, faults = dict(data_set.columns), {}

    def translated(checked: feel.Checked) -> tuple[ColumnElement[Any], Fault | None]:
        made = in_sql(checked, ctx.registry, report.data_set, costly)
        if made.value is None:
            raise Refused(Problem(code=one.code, message=dict(one.message)) for one in made.problems)
        look_up = _looking_up(ctx, data_set)
        fault = None if made.fault is None else element(made.fault, "boolean", look_up)
        return element(made.value, checked.type.kind, look_up), fault

    for one in report.columns:
        if one.key in computed.columns:
            checked = computed.columns[one.key]
            value, fault = translated(checked)
            columns[one.path] = Column(field_of(one, checked.type), value)
            if fault is not None:
                faults[one.key] = fault
    where, undecided = translated(computed.where) if computed.where is not None else (data_set.where, None)
    return Measured(
        report=report,
        data_set=replace(data_set, columns=columns, where=where),
        measures={key: totals_in_sql(checked) for key, checked in computed.measures.items()},
        faults=faults,
        undecided=undecided,
    )


def _looking_up(ctx: Context, data_set: DataSet) -> Callable[[str], ColumnElement[Any]]:
    def look_up(name: str) -> ColumnElement[Any]:
        if name == "fact.as_of":
            return bindparam(None, ctx.business_date, type_=Date(), unique=True)
        return data_set.columns[name].value

    return look_up


def everything(data_set: DataSet) -> DataSet:
    """The data set without its `where`, for counting the rows for which that could not be decided."""
    return replace(data_set, where=None)
