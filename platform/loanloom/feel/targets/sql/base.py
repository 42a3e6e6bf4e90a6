"""What every part of the SQL target builds on: pieces of SQL, bound values, and a value that is used more than once.

Every piece is total: it never raises, whatever the row holds and however the planner folds or reorders it. CASE is
never what keeps a division or a cast from failing; the operands themselves are made harmless.
"""

from __future__ import annotations

import datetime as dt
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from ... import tree as t
from ...problems import Words
from ...running.values import Months, number_text
from ...types import named
from ..exactness import Exactness
from ..translation import Refusal, unsupported

_SIMPLE = re.compile(r'[\w."]+')


@dataclass(frozen=True, slots=True)
class Sql:
    """A text of SQL with the values of its named binds (`:f0`)."""

    text: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rows:
    """A list of records that stands in a table of its own: what follows FROM, and a column text for each entry.

    `source` may refer to the outer row: `(SELECT amount FROM guarantor g WHERE g.loan_id = loan.id)`. `order` names
    the column of its rows' order, where they have one.
    """

    source: str
    columns: Mapping[str, str]
    order: str | None = None


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A fact that is known but not to be had in SQL, with the reason (it is kept encrypted)."""

    reason: Words


Columns = Mapping[str, "str | Rows | Unavailable"]
"""Where each fact lies, by its dotted path."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One value in SQL. Where `fault` is true the text gives anything, but never raises.

    A simple piece may be written several times; what is not nullable is null only where there is a fault.
    """

    text: str
    fault: str | None = None
    simple: bool = False
    nullable: bool = True

    def faulty(self, *faults: str | None) -> Piece:
        """The same, with more that can go wrong."""
        return replace(self, fault=either(self.fault, *faults))


def either(*faults: str | None) -> str | None:
    """A fault where any of these is one."""
    found = list(dict.fromkeys(one for one in faults if one is not None))
    if len(found) < 2:
        return found[0] if found else None
    return f"({' OR '.join(found)})"


def both(*conditions: str | None) -> str | None:
    """A condition where all of these hold; None holds always."""
    found = [one for one in conditions if one is not None]
    return f"({' AND '.join(found)})" if len(found) > 1 else found[0] if found else None


def is_simple(text: str) -> bool:
    """Whether a column text is a mere name, which may be repeated."""
    return _SIMPLE.fullmatch(text) is not None


def numeric(value: Decimal | int) -> str:
    """A number as a constant of type numeric, digit by digit."""
    text = number_text(Decimal(value))
    return text if "." in text and not text.startswith("-") else f"({text})::numeric"


def plain(value: Decimal) -> str:
    """A number as a bare constant, for comparing with columns of any exact type."""
    text = number_text(value)
    return f"({text})" if text.startswith("-") else text


class Base(ABC):
    """Names, binds, local values and refusals of one translation."""

    def __init__(self, columns: Columns, exactness: Exactness, prefix: str, filled: Collection[str] = ()) -> None:
        self.columns = columns
        self.filled = filled
        self.exactness = exactness
        self.prefix = prefix
        self.parameters: dict[str, Any] = {}
        self.bound: dict[str, Any] = {}
        self._names = 0

    @abstractmethod
    def piece(self, node: t.Node) -> Piece:
        """The SQL of a node that gives one plain value."""

    def bind(self, value: Any, kind: str = "text") -> str:
        """A bound value."""
        name = f"{self.prefix}{len(self.parameters)}"
        self.parameters[name] = value
        return f"CAST(:{name} AS {kind})"

    def fresh(self) -> str:
        """A new name for a row source."""
        self._names += 1
        return f"{self.prefix}_{self._names}"

    def refuse(self, node: t.Node, en: str, zh: str, hint: Words | None = None) -> Refusal:
        """The refusal of a node, to raise."""
        return unsupported(node, "SQL", en, zh, hint)

    def refuse_type(self, node: t.Node) -> Refusal:
        """The refusal of a node for what it gives."""
        english, chinese = named(node.type)
        return self.refuse(node, f"{english} as a value here", f"此处的{chinese}")

    def once(self, pieces: tuple[Piece, ...], build: Callable[..., Piece]) -> Piece:
        """`build` over texts that it may repeat: what is not simple is computed in a row of its own."""
        costly = [one for one in pieces if not one.simple]
        if not costly:
            made = build(*(one.text for one in pieces))
            return made.faulty(*(one.fault for one in pieces))
        name = self.fresh()
        names = {id(one): f"{name}.v{place}" for place, one in enumerate(costly)}
        made = build(*(names.get(id(one), one.text) for one in pieces))
        row = ", ".join(f"{one.text} AS v{place}" for place, one in enumerate(costly))
        source = f"FROM (SELECT {row} OFFSET 0) AS {name}"  # OFFSET 0: computed once, not copied into each use
        fault = None if made.fault is None else f"(SELECT {made.fault} {source})"
        return Piece(
            f"(SELECT {made.text} {source})",
            either(*(one.fault for one in pieces), fault),
            nullable=made.nullable,
        )

    def let(self, slot: str, value: Piece, body: Callable[[], Piece]) -> Piece:
        """`body` with a local value bound."""

        def build(text: str) -> Piece:
            self.bound[slot] = Piece(text, simple=True, nullable=value.nullable)
            return body()

        return self.once((value,), build)

    def constant(self, node: t.Constant) -> Piece:
        """A value known now: digits of our own writing, or bound."""
        value = node.value
        if value is None:
            return Piece("NULL", simple=True)
        if isinstance(value, bool):
            text = "TRUE" if value else "FALSE"
        elif isinstance(value, Decimal | int):
            text = numeric(value)
        elif isinstance(value, str):
            text = self.text_constant(value, node)
        elif type(value) is dt.date:
            text = f"date '{value.isoformat()}'"
        elif isinstance(value, Months):
            text = numeric(value.total)
        elif isinstance(value, dt.timedelta):
            text = numeric(seconds(value))
        elif isinstance(value, dt.datetime) and value.tzinfo is None:
            text = f"timestamp '{value.isoformat(sep=' ')}'"
        else:
            raise self.refuse_type(node)
        return Piece(text, simple=True, nullable=False)

    def text_constant(self, value: str, node: t.Node) -> str:
        """A text as a bound value; what PostgreSQL cannot hold is refused."""
        self.check_text(value, node)
        return self.bind(value)

    def check_text(self, value: str, node: t.Node) -> None:
        """Refuse what no column can hold."""
        if "\0" in value or any("\ud800" <= one <= "\udfff" for one in value):
            raise self.refuse(
                node, "a text with a character that PostgreSQL cannot keep", "文本含有 PostgreSQL 无法保存的字符"
            )

    def column(self, node: t.Input) -> str | Rows:
        """Where a fact lies."""
        path = ".".join(node.path)
        found = self.columns.get(path)
        if isinstance(found, Unavailable):
            raise self.refuse(node, f"`{path}`: {found.reason['en']}", f"“{path}”：{found.reason['zh']}")
        if found is None:
            raise self.refuse(node, f"`{path}`, which no column holds", f"“{path}”没有对应的列")
        return found


def seconds(value: dt.timedelta) -> Decimal:
    """A duration as exact seconds: how the target holds it."""
    micro = (value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds
    return Decimal(micro).scaleb(-6)


SQL_TYPES: Mapping[str, str] = {
    "number": "numeric",
    "string": "text",
    "boolean": "boolean",
    "date": "date",
    "date and time": "timestamp",
    "days and time duration": "numeric",
    "years and months duration": "numeric",
}
"""What each kind is held as: durations as seconds and as months."""
