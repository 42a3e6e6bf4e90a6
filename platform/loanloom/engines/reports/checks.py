"""What may be wrong with a report or a list page: names of fields and columns, sums of what cannot be summed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from loanloom import feel
from loanloom.engines.facts import place, problem_from_feel
from loanloom.engines.reports.computing import Computed, compute
from loanloom.engines.reports.fields import DATA_SETS, OF_RECORD, Field, fields_of
from loanloom.engines.reports.report import read_report
from loanloom.metadata.document import Document
from loanloom.metadata.nearest import hint
from loanloom.metadata.registers import registers
from loanloom.metadata.registry import Registry, kept_narrowly
from loanloom.problems import Problem, Text, text

_SHOWN = ("number", "string", "boolean", "date")


def check(registry: Registry) -> list[Problem]:
    """Every problem of every report and list page."""
    return [problem for kind in _CHECKS for one in registry.all(kind) for problem in _of_document(one, registry)]


@kept_narrowly
def _of_document(document: Document, registry: Registry) -> tuple[Problem, ...]:
    return tuple(_CHECKS[document.kind](document, registry))


def _at(document: Document, pointer: str, code: str, message: Text, hint_: Text | None = None) -> Problem:
    return place(Problem(code=code, message=message, hint=hint_, pointer=f"/spec{pointer}"), document)


def _unknown_field(document: Document, pointer: str, path: str, known: Iterable[str]) -> Problem:
    message = text(f'There is no field "{path}" to show here.', f"此处没有可显示的字段“{path}”。")
    return _at(document, pointer, "report.unknown_field", message, hint(path, known))


def _unknown_column(document: Document, pointer: str, key: str, known: Iterable[str]) -> Problem:
    message = text(f'The report has no column "{key}".', f"报表中没有列“{key}”。")
    return _at(document, pointer, "report.unknown_column", message, hint(key, known))


def _report(document: Document, registry: Registry) -> Iterator[Problem]:
    spec = document.spec
    if spec["data_set"] not in DATA_SETS and spec["data_set"] not in registers(registry):
        message = text(f'There is no data set "{spec["data_set"]}".', f"没有数据集“{spec['data_set']}”。")
        known = (*DATA_SETS, *registers(registry))
        yield _at(document, "/data_set", "report.unknown_data_set", message, hint(spec["data_set"], known))
        return
    fields = fields_of(registry, spec["data_set"])
    report = read_report(document)
    computed = compute(report, registry)
    keys = [column["key"] for column in spec["columns"]]
    if computed.where is not None:
        yield from _expression(document, "/where", computed.where)
    for index, column in enumerate(spec["columns"]):
        yield from _column(document, f"/columns/{index}", column, fields, computed)
    for index, path in enumerate(spec.get("filters", ())):
        if path not in fields and path not in computed.columns:
            yield _unknown_field(document, f"/filters/{index}", path, (*fields, *computed.columns))
    groups = spec.get("group_by", ())
    for index, key in enumerate(groups):
        if key not in keys:
            yield _unknown_column(document, f"/group_by/{index}", key, keys)
        elif key in computed.measures:
            yield _measure_misplaced(document, f"/group_by/{index}")
    for index, one in enumerate(spec.get("sort", ())):
        if one["column"] not in keys:
            yield _unknown_column(document, f"/sort/{index}/column", one["column"], keys)
        elif one["column"] in computed.measures and not groups:
            yield _measure_misplaced(document, f"/sort/{index}/column")
    if groups:
        yield from _loose_columns(document, spec["columns"], groups)


def _expression(document: Document, pointer: str, checked: feel.Checked) -> Iterator[Problem]:
    yield from (problem_from_feel(one, document, pointer) for one in checked.problems)


def _measure_misplaced(document: Document, pointer: str) -> Problem:
    message = text(
        "A measure is made of totals; rows have no value of it to group or sort by.",
        "度量由合计计算得出，单行没有其取值，无法据此分组或排序。",
    )
    return _at(document, pointer, "report.measure_misplaced", message)


def _column(
    document: Document, pointer: str, column: Mapping[str, Any], fields: Mapping[str, Field], computed: Computed
) -> Iterator[Problem]:
    if ("value" in column) == ("measure" in column):
        message = text("A column has either a value or a measure.", "每列须有取值或度量之一。")
        yield _at(document, pointer, "report.value_or_measure", message)
        return
    if "measure" in column:
        yield from _expression(document, f"{pointer}/measure", computed.measures[column["key"]])
        if column.get("total"):
            message = text(
                "A measure is worked out for the total line by itself; it is not summed.",
                "度量在合计行中自行计算，不再求和。",
            )
            yield _at(document, f"{pointer}/total", "report.sum_of_measure", message)
        return
    checked = computed.columns.get(column["key"])
    if checked is not None:
        yield from _expression(document, f"{pointer}/value", checked)
        if checked.ok and checked.type.kind not in _SHOWN:
            message = text("A column shows a number, a text, a date or yes/no.", "列只能显示数字、文本、日期或是否。")
            yield _at(document, f"{pointer}/value", "report.not_shown", message)
        numeric = checked.type.kind == "number" or not checked.ok
    else:
        field = fields.get(column["value"])
        if field is None:
            yield _unknown_field(document, f"{pointer}/value", column["value"], fields)
            return
        numeric = field.is_numeric
    if column.get("total") == "sum" and not numeric:
        what = column["value"] if checked is None else column["key"]
        message = text(f'"{what}" is no number and cannot be summed.', f"“{what}”不是数值，无法求和。")
        yield _at(document, f"{pointer}/total", "report.sum_of_text", message, text("Use count.", "请改用计数。"))


def _loose_columns(
    document: Document, columns: Iterable[Mapping[str, Any]], groups: Iterable[str]
) -> Iterator[Problem]:
    """In a grouped report every column is a group or has a total; anything else has no one value a group."""
    for index, column in enumerate(columns):
        if column["key"] not in groups and not column.get("total") and "measure" not in column:
            message = text(
                f'Column "{column["key"]}" has no single value for a group.',
                f"列“{column['key']}”在分组中没有唯一的值。",
            )
            wanted = text("Group by it too, or give it a total.", "请将其加入分组，或为其设置合计方式。")
            yield _at(document, f"/columns/{index}", "report.loose_column", message, wanted)


def _page(document: Document, registry: Registry) -> Iterator[Problem]:
    spec = document.spec
    name = OF_RECORD.get(spec["record"], spec["record"])
    if name not in DATA_SETS and name not in registers(registry):
        message = text(f'There is no list of "{spec["record"]}".', f"没有“{spec['record']}”的列表。")
        known = (*OF_RECORD, *registers(registry))
        yield _at(document, "/record", "page.unknown_record", message, hint(spec["record"], known))
        return
    fields = fields_of(registry, name)
    named = [(f"/columns/{index}/field", column["field"]) for index, column in enumerate(spec["columns"])]
    named += [(f"/filters/{index}", path) for index, path in enumerate(spec.get("filters", ()))]
    named += [(f"/sort/{index}/field", one["field"]) for index, one in enumerate(spec.get("sort", ()))]
    for pointer, path in named:
        if path not in fields:
            yield _unknown_field(document, pointer, path, fields)


_CHECKS: Mapping[str, Callable[[Document, Registry], Iterator[Problem]]] = {"report": _report, "page": _page}
