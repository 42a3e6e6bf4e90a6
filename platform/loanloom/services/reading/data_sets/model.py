"""What a data set is in the database: a joined source with the expressions of its columns, and who may see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause

from loanloom.engines.reports.fields import Field
from loanloom.problems import Text


@dataclass(frozen=True, slots=True)
class Column:
    """A field with its expression."""

    field: Field
    value: ColumnElement[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A button above the list."""

    title: Text
    url: str
    function: str
    icon: str = "plus"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet:
    """A source with its columns. The columns of `scoped` decide who sees a row; `key` makes the order unique.

    `where`: rows that do not fulfil it do not belong to it at all.
    """

    name: str
    title: Text
    function: str
    source: FromClause
    scoped: FromClause
    key: ColumnElement[Any]
    columns: Mapping[str, Column]
    search: Callable[[str], ColumnElement[bool]]
    record_url: str | None = None
    actions: tuple[Action, ...] = ()
    icon: str = "file-text"
    where: ColumnElement[bool] | None = None

    @property
    def fields(self) -> Mapping[str, Field]:
        """The fields by path."""
        return {path: column.field for path, column in self.columns.items()}
