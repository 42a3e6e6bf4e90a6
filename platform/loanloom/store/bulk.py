"""Many rows in one statement: the rows travel as one JSON parameter and are unpacked by the database.

Column types come from the table, so amounts stay exact. One statement however many rows; order is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, text
from sqlalchemy.dialects import postgresql

from . import json as exact

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's own gap

Row = Mapping[str, Any]


@lru_cache(maxsize=256)
def _columns(table: Table, names: tuple[str, ...]) -> str:
    """The names with their types, as a column definition list."""
    return ", ".join(f'"{name}" {table.c[name].type.compile(dialect=_DIALECT)}' for name in names)


def _plain(value: Any) -> Any:
    """Amounts as text, so that no digit is added or lost on the way; closed fields as PostgreSQL reads them in hex."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    return value.isoformat() if isinstance(value, date) else value


def _packed(rows: Sequence[Row], names: tuple[str, ...]) -> str:
    return exact.dumps([{name: _plain(row[name]) for name in names} for row in rows])


def insert(
    connection: Connection, table: Table, rows: Sequence[Row], returning: Iterable[str] = ()
) -> Sequence[RowMapping]:
    """Insert rows that all have the same columns; what `returning` names comes back in their order."""
    if not rows:
        return []
    names, wanted = tuple(rows[0]), ", ".join(f'"{name}"' for name in returning)
    listed = ", ".join(f'"{name}"' for name in names)
    statement = (
        f'INSERT INTO "{table.name}" ({listed}) SELECT {listed} FROM ROWS FROM ('  # noqa: S608 - names of our tables
        f"jsonb_to_recordset(CAST(:rows AS jsonb)) AS ({_columns(table, names)})) WITH ORDINALITY AS given"
        f"({listed}, place) ORDER BY place" + (f" RETURNING {wanted}" if wanted else "")
    )
    result = connection.execute(text(statement), {"rows": _packed(rows, names)})
    return result.mappings().all() if wanted else []


def update(
    connection: Connection,
    table: Table,
    rows: Sequence[Row],
    key: Sequence[str] = ("id",),
    added: Iterable[str] = (),
) -> int:
    """Set the given columns of the rows found by `key`, and `added` (SQL assignments) in all of them; how many."""
    if not rows:
        return 0
    names = tuple(rows[0])
    sets = [f'"{name}" = given."{name}"' for name in names if name not in key] + list(added)
    found = " AND ".join(f'kept."{name}" = given."{name}"' for name in key)
    statement = (
        f'UPDATE "{table.name}" AS kept SET {", ".join(sets)} FROM '  # noqa: S608 - names of our tables
        f"jsonb_to_recordset(CAST(:rows AS jsonb)) AS given({_columns(table, names)}) WHERE {found}"
    )
    return connection.execute(text(statement), {"rows": _packed(rows, names)}).rowcount
