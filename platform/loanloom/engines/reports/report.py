"""A report document as a value: what to show of which data set, in which order, grouped and totalled how."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from loanloom.metadata.document import Document
from loanloom.problems import Text

_PATH = re.compile(r"[a-z][a-z0-9_]*([.][a-z][a-z0-9_]*)+")
COMPUTED = "column."
"""Before the key of a computed column: its path among the fields."""


def is_field(value: str) -> bool:
    """Whether a column shows a field as it is, rather than what an expression makes of fields."""
    return _PATH.fullmatch(value) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: a field as it is (`path`), an expression over a row, or a measure over other columns' totals."""

    key: str
    title: Text
    path: str
    expression: str | None = None
    measure: str | None = None
    format: str | None = None
    total: Literal["sum", "count"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report. `filters` are paths of fields, `where` says which rows there are. With `groups` every line is one
    group, and the other columns hold its totals.
    """

    key: str
    title: Text
    data_set: str
    as_of: bool
    columns: tuple[Column, ...]
    where: str | None
    filters: tuple[str, ...]
    groups: tuple[str, ...]
    order: tuple[tuple[str, bool], ...]

    def column(self, key: str) -> Column:
        """The column of this key."""
        return next(column for column in self.columns if column.key == key)


def read_report(document: Document) -> Report:
    """The report of a document that has passed its check."""
    spec = document.spec
    return Report(
        key=document.key,
        title=document.title,
        data_set=spec["data_set"],
        as_of=bool(spec.get("as_of")),
        columns=tuple(_column(column) for column in spec["columns"]),
        where=spec.get("where"),
        filters=tuple(path if is_field(path) else f"{COMPUTED}{path}" for path in spec.get("filters", ())),
        groups=tuple(spec.get("group_by", ())),
        order=tuple((one["column"], bool(one.get("descending"))) for one in spec.get("sort", ())),
    )


def _column(spec: Mapping[str, Any]) -> Column:
    value = spec.get("value")
    path = value if value is not None and is_field(value) else None
    return Column(
        key=spec["key"],
        title=spec["title"],
        path=path or f"{COMPUTED}{spec['key']}",
        expression=value if path is None else None,
        measure=spec.get("measure"),
        format=spec.get("format"),
        total=spec.get("total"),
    )
