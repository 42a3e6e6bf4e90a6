"""Facts as rows of a temporary table, and expressions run over them in PostgreSQL beside Python and the interpreter."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from loanloom import feel
from loanloom.feel.running.interpreter import Interpreter, Located
from loanloom.feel.targets.sql.target import Sql, to_sql
from loanloom.feel.targets.translation import Translation

TYPES = {"number": "numeric", "string": "text", "boolean": "boolean", "date": "date", "date and time": "timestamp"}
FAULT = "fault"
A_TRIP = 30


@dataclass(frozen=True)
class Came:
    """What one expression came to for one row, in Python, by the interpreter and in SQL."""

    expression: str
    facts: Mapping[str, Any]
    python: Any
    reference: Any
    sql: Any

    @property
    def agrees(self) -> bool:
        return same(self.python, self.reference) and same(self.python, self.sql)


def same(one: Any, other: Any) -> bool:
    """Digit by digit, trailing zeros aside."""
    return type(one) is type(other) and one == other


class Bench:
    """A temporary table with a column for each plain fact and list of a scope."""

    def __init__(self, connection: Connection, scope: feel.Type, rows: Sequence[Mapping[str, Any]]) -> None:
        self.connection, self.scope, self.rows = connection, scope, rows
        self.paths = dict(_paths(scope))
        self.columns = {path: f"x{place}" for place, path in enumerate(self.paths)}
        listed = ", ".join(f"{self.columns[path]} {_column_type(type_)}" for path, type_ in self.paths.items())
        connection.execute(text("DROP TABLE IF EXISTS feel_rows"))
        connection.execute(text(f"CREATE TEMPORARY TABLE feel_rows (place integer, {listed})"))
        binds = ", ".join(f"CAST(:{self.columns[path]} AS {_column_type(one)})" for path, one in self.paths.items())
        connection.execute(
            text(f"INSERT INTO feel_rows VALUES (:place, {binds})"),
            [{"place": place, **self._values(row)} for place, row in enumerate(rows)],
        )

    def _values(self, row: Mapping[str, Any]) -> dict[str, Any]:
        found = {}
        for path, type_ in self.paths.items():
            value = at(row, path)
            if type_.kind == "list" and type_.item.kind == "context" and value is not None:
                value = json.dumps(value, default=_written)
            found[self.columns[path]] = value
        return found

    def translated(self, expression: str, prefix: str = "f") -> tuple[feel.Checked, Translation[Sql]]:
        checked = feel.check(expression, self.scope)
        assert checked.ok, (expression, [one.in_words() for one in checked.problems])
        return checked, to_sql(checked, self.columns, prefix=prefix)

    def run(self, expressions: Iterable[str]) -> Iterator[Came]:
        """Every expression for every row; those that the target refuses are an error here."""
        todo = list(expressions)
        for start in range(0, len(todo), A_TRIP):
            yield from self._trip(todo[start : start + A_TRIP])

    def _trip(self, expressions: Sequence[str]) -> Iterator[Came]:
        checked, selected, values = [], ["place"], {}
        for place, expression in enumerate(expressions):
            one, made = self.translated(expression, f"q{place}_")
            assert made.ok, (expression, [problem.in_words() for problem in made.problems])
            checked.append(one)
            selected.append(made.value.text)
            selected.append(made.fault.text if made.fault is not None else "FALSE")
            values |= made.value.parameters
        statement = text(f"SELECT {', '.join(selected)} FROM feel_rows ORDER BY place")
        for row in self.connection.execute(statement, values):
            facts = self.rows[row[0]]
            for place, one in enumerate(checked):
                value, fault = row[1 + 2 * place], row[2 + 2 * place]
                assert fault is not None, one.source
                assert not fault or value is None, (one.source, facts, value)
                yield Came(
                    one.source, facts, in_python(one, facts), by_reference(one, facts), FAULT if fault else value
                )


def in_python(checked: feel.Checked, facts: Mapping[str, Any]) -> Any:
    """The value, or the word for a fault."""
    found = checked.program.evaluate(facts)
    return FAULT if found.problem is not None else _known(found.value)


def by_reference(checked: feel.Checked, facts: Mapping[str, Any]) -> Any:
    """What the tree-walking interpreter makes of it."""
    try:
        return _known(Interpreter(facts).run(checked.program.tree))
    except Located:
        return FAULT


def _known(value: Any) -> Any:
    """A date beyond the years that a column holds is a fault on the targets."""
    if isinstance(value, dt.datetime | dt.date | Decimal | str | bool) or value is None:
        return value
    return Decimal(value) if isinstance(value, int) else FAULT


def at(row: Mapping[str, Any], path: str) -> Any:
    value: Any = row
    for name in path.split("."):
        value = None if value is None else value.get(name)
    return value


def _paths(scope: feel.Type, prefix: str = "") -> Iterator[tuple[str, feel.Type]]:
    for name, type_ in scope.fields:
        if type_.kind == "context":
            yield from _paths(type_, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", type_


def _column_type(type_: feel.Type) -> str:
    if type_.kind == "list":
        return "jsonb" if type_.item.kind == "context" else f"{TYPES[type_.item.kind]}[]"
    return TYPES[type_.kind]


def _written(value: Any) -> str:
    return str(value) if isinstance(value, Decimal) else value.isoformat()
