"""Many rows in one statement: the rows travel as one JSON parameter and are unpacked by the database.

Column types come from the table, so amounts stay exact. One statement however many rows; order is kept. What is
written inside `with together(connection):` leaves as one single statement for all tables, when the block ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Connection, Integer, Select, Table, bindparam, func, literal_column, select
from sqlalchemy.dialects import postgresql

from . import json as exact

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's own gap
_SIZES = (1, 8, 64, 512)
"""How many rows an update is planned for: a few are found by their key, and that however large the table is."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Step:
    """What is done to one table, as far as the text of the statement depends on it."""

    table: Table
    names: tuple[str, ...]
    key: tuple[str, ...] = ()  # none: insert
    added: tuple[str, ...] = ()
    new: bool = False  # with a key: insert what is not there
    leave: bool = False  # with a key: insert what is not there, and leave alone what is

    @property
    def updates(self) -> bool:
        """Whether it changes rows that are there, and nothing else."""
        return bool(self.key) and not self.new and not self.leave


@dataclass(slots=True)
class _Gathered:
    steps: dict[_Step, list[Row]] = field(default_factory=dict)
    drawn: dict[Table, list[int]] = field(default_factory=dict)


_gathering: WeakKeyDictionary[Connection, _Gathered] = WeakKeyDictionary()


@contextmanager
def together(connection: Connection, drawn: Mapping[Table, list[int]] | None = None) -> Iterator[None]:
    """Hold back what is inserted and updated in here and send it as one statement at the end; nothing on an exception.

    So rows written in the block cannot be read in it, and no row may be updated twice. Ids of new rows are known at
    once: those `drawn` before (`ids`) are used up first, what is missing is drawn by a statement of its own.
    """
    if connection in _gathering:  # part of a larger whole
        yield
        return
    gathered = _gathering[connection] = _Gathered(drawn={table: [*found] for table, found in (drawn or {}).items()})
    try:
        yield
    finally:
        del _gathering[connection]
    if gathered.steps:
        _send(connection, gathered.steps)


@contextmanager
def apart(connection: Connection) -> Iterator[None]:
    """What is written in here leaves at once, also within `together`: for what reads again what it has just written."""
    gathered = _gathering.pop(connection, None)
    try:
        yield
    finally:
        if gathered is not None:
            _gathering[connection] = gathered


def ids(connection: Connection, wanted: Mapping[Table, int]) -> dict[Table, list[int]]:
    """Ids for rows to come, so many for each table, in order and in one statement; an unused one leaves a gap."""
    if not wanted:
        return {}
    counts = {f"count_{at}": count for at, count in enumerate(wanted.values())}
    row = connection.execute(_drawing(tuple(wanted)), counts).one()
    return {table: list(found) for table, found in zip(wanted, row, strict=True)}


@lru_cache(maxsize=128)
def _drawing(tables: tuple[Table, ...]) -> Select[Any]:
    """The query that draws ids of these tables, `count_0` of the first and so on; put together once."""
    counts = (bindparam(f"count_{at}", type_=Integer) for at in range(len(tables)))
    return select(
        *(func.array(next_ids(table, count).scalar_subquery()) for table, count in zip(tables, counts, strict=True))
    )


def next_ids(table: Table, count: int | ColumnElement[int]) -> Select[Any]:
    """The query that draws ids for rows to come."""
    sequence = func.pg_get_serial_sequence(literal_column(f"'{table.name}'"), literal_column("'id'"))
    return select(func.nextval(sequence)).select_from(func.generate_series(1, count))


def insert_missing(connection: Connection, table: Table, rows: Sequence[Row], key: Sequence[str]) -> None:
    """Insert the rows of which there is none of the same `key` (unique within the company) yet."""
    if rows:
        _later_or_now(connection, _Step(table, tuple(rows[0]), tuple(key), leave=True), rows)


def insert(
    connection: Connection, table: Table, rows: Sequence[Row], returning: Iterable[str] = ()
) -> Sequence[Mapping[str, Any]]:
    """Insert rows that all have the same columns; what `returning` names comes back in their order."""
    if not rows:
        return []
    names, wanted = tuple(rows[0]), tuple(returning)
    if connection not in _gathering:
        return _sent(connection, _Step(table, names), rows, wanted)
    if wanted and wanted != ("id",):
        raise ValueError("of rows that are sent later only the ids are known before")
    if wanted:
        numbered = [{"id": row_id} for row_id in _drawn(connection, table, len(rows))]
        _gathering[connection].steps.setdefault(_Step(table, ("id", *names)), []).extend(
            {**row, **number} for row, number in zip(rows, numbered, strict=True)
        )
        return numbered
    _gathering[connection].steps.setdefault(_Step(table, names), []).extend(rows)
    return []


def _drawn(connection: Connection, table: Table, count: int) -> list[int]:
    drawn = _gathering[connection].drawn.get(table, [])
    taken, drawn[:count] = drawn[:count], []
    return taken if len(taken) == count else taken + ids(connection, {table: count - len(taken)})[table]


def update(
    connection: Connection,
    table: Table,
    rows: Sequence[Row],
    key: Sequence[str] = ("id",),
    added: Iterable[str] = (),
) -> None:
    """Set the given columns of the rows found by `key`, and `added` (SQL assignments) in all of them."""
    if not rows:
        return
    _later_or_now(connection, _Step(table, tuple(rows[0]), tuple(key), tuple(added)), rows)


def upsert(connection: Connection, table: Table, rows: Sequence[Row], key: Sequence[str]) -> None:
    """Insert rows, or set all their columns where a row of the same `key` (unique within the company) is there."""
    if rows:
        _later_or_now(connection, _Step(table, tuple(rows[0]), tuple(key), new=True), rows)


def _later_or_now(connection: Connection, step: _Step, rows: Sequence[Row]) -> None:
    if connection in _gathering:
        _gathering[connection].steps.setdefault(step, []).extend(rows)
    else:
        _send(connection, {step: rows})


def _sent(
    connection: Connection, step: _Step, rows: Sequence[Row], wanted: tuple[str, ...]
) -> Sequence[Mapping[str, Any]]:
    statement = _written(step, 0)
    if wanted:
        statement += " RETURNING " + ", ".join(f'"{name}"' for name in wanted)
    result = connection.exec_driver_sql(statement, (_packed(rows, step.names),))
    return [dict(row) for row in result.mappings()] if wanted else []


def _send(connection: Connection, steps: Mapping[_Step, Sequence[Row]]) -> None:
    sizes = tuple((step, _size(rows) if step.updates else 0) for step, rows in steps.items())
    values = tuple(_packed(rows, step.names) for step, rows in steps.items())
    connection.exec_driver_sql(_combined(sizes), values)


@lru_cache(maxsize=1024)
def _combined(sizes: tuple[tuple[_Step, int], ...]) -> str:
    """All steps as one statement; the last stands by itself, the others before it."""
    written = [_written(step, size) for step, size in sizes]
    before = ", ".join(f"step_{place} AS ({each})" for place, each in enumerate(written[:-1], 1))
    return f"WITH {before} {written[-1]}" if before else written[-1]


@lru_cache(maxsize=1024)
def _written(step: _Step, size: int) -> str:
    return _update(step, size) if step.updates else _insert(step)


def _insert(step: _Step) -> str:
    listed = ", ".join(f'"{name}"' for name in step.names)
    return (
        f'INSERT INTO "{step.table.name}" ({listed}) SELECT {listed} FROM ROWS FROM ('  # noqa: S608 - names of our tables
        f"jsonb_to_recordset(CAST(%s AS jsonb)) AS ({_columns(step)})) WITH ORDINALITY AS given"
        f"({listed}, place) ORDER BY place" + _unless_there(step)
    )


def _unless_there(step: _Step) -> str:
    if not step.key:
        return ""
    sets = ", ".join(f'"{name}" = excluded."{name}"' for name in step.names if name not in step.key)
    done = "NOTHING" if step.leave else f"UPDATE SET {sets}"
    return f" ON CONFLICT (company_id, {', '.join(step.key)}) DO {done}"


def _update(step: _Step, size: int) -> str:
    sets = [f'"{name}" = given."{name}"' for name in step.names if name not in step.key] + list(step.added)
    found = " AND ".join(f'kept."{name}" = given."{name}"' for name in step.key)
    few = f" LIMIT {size}" if size else ""
    return (
        f'UPDATE "{step.table.name}" AS kept SET {", ".join(sets)} FROM '  # noqa: S608 - names of our tables
        f"(SELECT * FROM jsonb_to_recordset(CAST(%s AS jsonb)) AS r({_columns(step)}){few}) AS given WHERE {found}"
    )


def _columns(step: _Step) -> str:
    """The names with their types, as a column definition list."""
    types = ((name, step.table.c[name].type.compile(dialect=_DIALECT)) for name in step.names)
    return ", ".join(f'"{name}" {written}' for name, written in types)


def _size(rows: Sequence[Row]) -> int:
    """The class of size that holds these rows; 0 for more than any."""
    return next((size for size in _SIZES if len(rows) <= size), 0)


def _plain(value: Any) -> Any:
    """Amounts as text, so that no digit is added or lost on the way; closed fields as PostgreSQL reads them in hex."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    return value.isoformat() if isinstance(value, date) else value


def _packed(rows: Sequence[Row], names: tuple[str, ...]) -> str:
    return exact.dumps([{name: _plain(row[name]) for name in names} for row in rows])
