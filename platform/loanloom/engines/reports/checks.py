"""What may be wrong with a report or a list page: names of fields and columns, sums of what cannot be summed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from loanloom.engines.facts import place
from loanloom.engines.reports.fields import DATA_SETS, OF_RECORD, Field, fields_of
from loanloom.metadata.document import Document
from loanloom.metadata.nearest import hint
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, Text, text


def check(registry: Registry) -> list[Problem]:
    """Every problem of every report and list page."""
    problems = [problem for document in registry.all("report") for problem in _report(document, registry)]
    return problems + [problem for document in registry.all("page") for problem in _page(document, registry)]


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
    fields = fields_of(registry, spec["data_set"])
    keys = [column["key"] for column in spec["columns"]]
    for index, column in enumerate(spec["columns"]):
        yield from _column(document, f"/columns/{index}", column, fields)
    for index, path in enumerate(spec.get("filters", ())):
        if path not in fields:
            yield _unknown_field(document, f"/filters/{index}", path, fields)
    groups = spec.get("group_by", ())
    for index, key in enumerate(groups):
        if key not in keys:
            yield _unknown_column(document, f"/group_by/{index}", key, keys)
    for index, one in enumerate(spec.get("sort", ())):
        if one["column"] not in keys:
            yield _unknown_column(document, f"/sort/{index}/column", one["column"], keys)
    if groups:
        yield from _loose_columns(document, spec["columns"], groups)


def _column(
    document: Document, pointer: str, column: Mapping[str, Any], fields: Mapping[str, Field]
) -> Iterator[Problem]:
    field = fields.get(column["value"])
    if field is None:
        yield _unknown_field(document, f"{pointer}/value", column["value"], fields)
    elif column.get("total") == "sum" and not field.is_numeric:
        message = text(f'"{field.path}" is no number and cannot be summed.', f"“{field.path}”不是数值，无法求和。")
        yield _at(document, f"{pointer}/total", "report.sum_of_text", message, text("Use count.", "请改用计数。"))


def _loose_columns(
    document: Document, columns: Iterable[Mapping[str, Any]], groups: Iterable[str]
) -> Iterator[Problem]:
    """In a grouped report every column is a group or has a total; anything else has no one value a group."""
    for index, column in enumerate(columns):
        if column["key"] not in groups and not column.get("total"):
            message = text(
                f'Column "{column["key"]}" has no single value for a group.',
                f"列“{column['key']}”在分组中没有唯一的值。",
            )
            wanted = text("Group by it too, or give it a total.", "请将其加入分组，或为其设置合计方式。")
            yield _at(document, f"/columns/{index}", "report.loose_column", message, wanted)


def _page(document: Document, registry: Registry) -> Iterator[Problem]:
    spec = document.spec
    name = OF_RECORD.get(spec["record"], spec["record"])
    if name not in DATA_SETS:
        message = text(f'There is no list of "{spec["record"]}".', f"没有“{spec['record']}”的列表。")
        yield _at(document, "/record", "page.unknown_record", message, hint(spec["record"], OF_RECORD))
        return
    fields = fields_of(registry, name)
    named = [(f"/columns/{index}/field", column["field"]) for index, column in enumerate(spec["columns"])]
    named += [(f"/filters/{index}", path) for index, path in enumerate(spec.get("filters", ()))]
    named += [(f"/sort/{index}/field", one["field"]) for index, one in enumerate(spec.get("sort", ()))]
    for pointer, path in named:
        if path not in fields:
            yield _unknown_field(document, pointer, path, fields)
