"""What a data set is: columns over a joined source, who may see it, where a row leads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, FromClause, Table

from loanloom.problems import Text

Type = Literal["text", "money", "number", "percent", "date", "moment", "choice", "yes_no", "product", "unit", "account"]
NUMERIC: frozenset[str] = frozenset(("money", "number", "percent"))
RANGED: frozenset[str] = frozenset(("money", "number", "percent", "date", "moment"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its path as documents write it, its title, its type and its expression."""

    path: str
    title: Text
    type: Type
    value: ColumnElement[Any]
    code_list: str | None = None
    states: bool = False
    """Whether its values are states, shown as badges."""

    @property
    def is_numeric(self) -> bool:
        """Whether it stands to the right."""
        return self.type in NUMERIC

    @property
    def is_ranged(self) -> bool:
        """Whether it is filtered from-to."""
        return self.type in RANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A button above the list."""

    title: Text
    url: str
    function: str
    icon: str = "plus"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet:
    """A source with its columns. The columns of `scoped` decide who sees a row; `key` makes the order unique."""

    name: str
    title: Text
    function: str
    source: FromClause
    scoped: Table
    key: ColumnElement[Any]
    columns: Mapping[str, Column]
    search: Callable[[str], ColumnElement[bool]]
    record_url: str | None = None
    home: str | None = None
    actions: tuple[Action, ...] = ()
    icon: str = "file-text"
