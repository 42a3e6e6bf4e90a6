"""The expressions of a report, checked: what a computed column gives, what a measure sees, which rows there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from loanloom import feel
from loanloom.engines.reports.fields import DECIMALS, NUMERIC, Field, Type, fields_of
from loanloom.engines.reports.report import Column, Report
from loanloom.engines.reports.scope import COUNT, WHOLE_DIGITS, columns, scope, totals_scope
from loanloom.feel.targets.exactness import Exactness
from loanloom.feel.targets.sql.target import Sql, to_sql
from loanloom.feel.targets.translation import Translation
from loanloom.metadata.registry import Registry

_FIELDS: Mapping[str, Type] = {"number": "number", "string": "text", "boolean": "yes_no", "date": "date"}


@dataclass(frozen=True, slots=True)
class Computed:
    """A report's expressions by column key, checked; `where` is None where the report shows every row."""

    columns: Mapping[str, feel.Checked] = field(default_factory=dict)
    measures: Mapping[str, feel.Checked] = field(default_factory=dict)
    where: feel.Checked | None = None


def compute(report: Report, registry: Registry) -> Computed:
    """Check every expression of a report."""
    facts = scope(registry, report.data_set)
    made = {
        one.key: feel.check(one.expression, facts, functions=feel.LENDING)
        for one in report.columns
        if one.expression is not None
    }
    totals = totals_scope(dict(_totals(report, registry, made)))
    return Computed(
        made,
        {
            one.key: feel.check(one.measure, totals, expect=feel.NUMBER, functions=feel.LENDING)
            for one in report.columns
            if one.measure is not None
        },
        None if report.where is None else feel.check(report.where, facts, expect=feel.BOOLEAN, functions=feel.LENDING),
    )


def measured(report: Report, registry: Registry) -> feel.Type:
    """What the measures of a report see."""
    facts = scope(registry, report.data_set)
    made = {
        one.key: feel.check(one.expression, facts, functions=feel.LENDING)
        for one in report.columns
        if one.expression is not None
    }
    return totals_scope(dict(_totals(report, registry, made)))


def _totals(report: Report, registry: Registry, made: Mapping[str, feel.Checked]) -> list[tuple[str, feel.Type]]:
    fields = fields_of(registry, report.data_set)
    found = []
    for one in report.columns:
        if one.total == "count":
            found.append((one.key, COUNT))
        elif one.total == "sum":
            checked = made.get(one.key)
            found.append((one.key, _field_digits(fields.get(one.path)) if checked is None else _digits(checked)))
    return found


def _field_digits(shown: Field | None) -> feel.Type:
    if shown is None or not shown.is_numeric:
        return feel.NUMBER
    decimals = DECIMALS[shown.type] if shown.decimals is None else shown.decimals
    return feel.number(digits=feel.Digits(WHOLE_DIGITS[shown.type], decimals))


def _digits(checked: feel.Checked) -> feel.Type:
    if checked.program is None or checked.type.kind != "number":
        return feel.NUMBER
    return feel.number(digits=Exactness(checked.program.tree, checked.source).of(checked.program.tree))


def field_of(column: Column, type_: feel.Type) -> Field:
    """A computed column as a field, by the type of its expression and the format it is shown in."""
    shown: Type = _FIELDS.get(type_.kind, "text")
    if column.format in ("money", "percent") and shown in NUMERIC:
        shown = "money" if column.format == "money" else "percent"
    return Field(path=column.path, title=column.title, type=shown)


def in_sql(checked: feel.Checked, registry: Registry, data_set: str, costly: Collection[str] = ()) -> Translation[Sql]:
    """An expression over a row of a data set in SQL, each column under the name that `scope.columns` gives it.

    The `costly` ones are queries of their own: each is written once.
    """
    named = columns(registry, data_set)
    once = {path: f"({named[path]})" for path in costly if path in checked.inputs}
    return to_sql(checked, {**named, **once}, filled=("as_of",))


def totals_in_sql(checked: feel.Checked) -> Translation[Sql]:
    """A measure in SQL, each total under its column's key."""
    return to_sql(checked, {name: f'"total.{name}"' for name in checked.inputs})
