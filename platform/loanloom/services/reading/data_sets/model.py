"""What a data set is in the database: a joined source with the expressions of its columns, and who may see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, FromClause

from loanloom.engines.reports.fields import Field
from loanloom.problems import Text
from loanloom.services import scope
from loanloom.services.context import Context


@dataclass(frozen=True, slots=True)
class Column:
    """A field with its expression. `fits`: the condition of a filter, where an index answers it better than the
    expression would."""

    field: Field
    value: ColumnElement[Any]
    fits: Callable[[Any], ColumnElement[bool]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A button above the list, for who may do `function` and, where it is said, `also`."""

    title: Text
    url: str
    function: str
    icon: str = "plus"
    also: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet:
    """A source with its columns. The columns of `scoped` decide who sees a row; `key` makes the order unique.

    `where`: rows that do not fulfil it do not belong to it at all. `shared`: all of the house see all of it.
    `counted_to`: of a set that may be very large, so many rows are counted and added up, no more. `shown` and
    `filtered`: columns and filters of its list where no page says them; `usually`: values that rows have unless a
    filter asks for others.
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
    shared: bool = False
    sight: Callable[[Context, Any], ColumnElement[bool]] = scope.visible
    """Who sees which rows of `scoped`."""
    counted_to: int | None = None
    shown: tuple[str, ...] = ()
    filtered: tuple[str, ...] = ()
    usually: Mapping[str, Any] = field(default_factory=dict)
    whose: tuple[str, ...] = ()
    """Columns that say whom a row belongs to, which the owner's own page leaves out."""
    apart: str | None = None
    """A column whose values are different things: amounts are added up for each of them, never over all."""

    @property
    def fields(self) -> Mapping[str, Field]:
        """The fields by path."""
        return {path: column.field for path, column in self.columns.items()}
