"""A report document as a value: what to show of which data set, in which order, grouped and totalled how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from loanloom.metadata.document import Document
from loanloom.problems import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its key inside the report, its title, the field it shows."""

    key: str
    title: Text
    path: str
    format: str | None = None
    total: Literal["sum", "count"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report. With `groups` every line is one group, and the other columns hold its totals."""

    key: str
    title: Text
    data_set: str
    as_of: bool
    columns: tuple[Column, ...]
    filters: tuple[str, ...]
    groups: tuple[str, ...]
    order: tuple[tuple[str, bool], ...]

    def column(self, key: str) -> Column:
        """The column of this key."""
        return next(column for column in self.columns if column.key == key)


def read_report(document: Document) -> Report:
    """The report of a document that has passed its check."""
    spec = document.spec
    columns = tuple(
        Column(
            key=column["key"],
            title=column["title"],
            path=column["value"],
            format=column.get("format"),
            total=column.get("total"),
        )
        for column in spec["columns"]
    )
    return Report(
        key=document.key,
        title=document.title,
        data_set=spec["data_set"],
        as_of=bool(spec.get("as_of")),
        columns=columns,
        filters=tuple(spec.get("filters", ())),
        groups=tuple(spec.get("group_by", ())),
        order=tuple((one["column"], bool(one.get("descending"))) for one in spec.get("sort", ())),
    )
