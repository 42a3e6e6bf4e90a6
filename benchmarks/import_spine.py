"""Import, scoring and routing of the 1,000 German credit applicants, beside bare inserts of the rows that it wrote.

Each run brings the file into a fresh company; then the rows it left in every table are inserted once more, into tables
of the same shape with the same indexes, by psycopg with prepared statements, in one transaction. The ratio says what
reading, judging, scoring, routing, numbering and auditing cost over writing.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy.dialects.postgresql import JSONB

from benchmarks.figure import Figure
from loanloom.demo.house import BEGINS_ON
from loanloom.services.context import system_actor
from loanloom.services.origination import imports
from loanloom.services.running import founding
from loanloom.services.running.surroundings import context_of
from loanloom.store.tables import metadata
from loanloom.testing.postgres import Cluster, TestDatabase

ROOT = Path(__file__).parent.parent
FILE = ROOT / "metadata" / "demo" / "german-credit" / "german.csv"
RUNS = 3
BAR = 20.0


def figures() -> Iterator[Figure]:
    """Seconds for the whole file."""
    cluster = Cluster()
    try:
        runs = [_run(cluster, f"import{number}") for number in range(RUNS)]
    finally:
        cluster.close()
    yield Figure(
        name="import, scoring and routing of 1,000 applicants",
        value=statistics.median(ours for ours, _ in runs),
        unit="s",
        ratio=statistics.median(ours / floor for ours, floor in runs),
        peer="bare psycopg inserts of the same rows",
        bar=BAR,
    )


def _run(cluster: Cluster, name: str) -> tuple[float, float]:
    """Seconds of an import into a fresh company, and of inserting its rows bare."""
    clone = cluster.clone(name)
    try:
        key = "bench"
        founding.found(
            clone.database, founding.Founding(key=key, name=key, business_date=BEGINS_ON), now=datetime.now(UTC)
        )
        founding.apply_first_release(clone.database, key, ROOT)
        ctx = context_of(clone.database, key, system_actor("bench"))
        before = _counts(cluster, clone)
        content = FILE.read_bytes()
        start = time.perf_counter()
        done = imports.bring(ctx, "german-credit", content, FILE.name)
        ours = time.perf_counter() - start
        assert done.created == 1000, done
        return ours, _floor(cluster, clone, before)
    finally:
        clone.close()


def _floor(cluster: Cluster, clone: TestDatabase, before: dict[str, int]) -> float:
    """Insert the new rows of every table into an empty table of the same shape."""
    with _admin(cluster, clone) as connection:
        grown = [(table, count) for table, count in _counts(cluster, clone).items() if count > before[table]]
        work = []
        for table, _ in grown:
            connection.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING INDEXES)".encode())
            rows = connection.execute(f"SELECT * FROM {table} ORDER BY id OFFSET {before[table]}".encode())
            columns = [column.name for column in rows.description or ()]
            json = [isinstance(metadata.tables[table].c[name].type, JSONB) for name in columns]
            places = ", ".join(["%s"] * len(columns))
            statement = f"INSERT INTO bare_{table} ({', '.join(columns)}) VALUES ({places})"
            work.append((statement.encode(), [_values(row, json) for row in rows]))
        connection.commit()
        start = time.perf_counter()
        with connection.cursor() as cursor:
            for statement, rows_ in work:
                cursor.executemany(statement, rows_)
        connection.commit()
        return time.perf_counter() - start


def _values(row: Sequence[Any], json: Sequence[bool]) -> tuple[Any, ...]:
    pairs = zip(row, json, strict=True)
    return tuple(Jsonb(value) if is_json and value is not None else value for value, is_json in pairs)


def _counts(cluster: Cluster, clone: TestDatabase) -> dict[str, int]:
    names = [table.name for table in metadata.sorted_tables if "id" in table.c]
    with _admin(cluster, clone) as connection:
        return {name: _count(connection, name) for name in names}


def _count(connection: psycopg.Connection[Any], name: str) -> int:
    found = connection.execute(f"SELECT count(*) FROM {name}".encode()).fetchone()
    return int(found[0]) if found else 0


def _admin(cluster: Cluster, clone: TestDatabase) -> psycopg.Connection[Any]:
    """The superuser's connection, so that row-level security does not count."""
    url = cluster.admin_url.set(drivername="postgresql", database=clone.name)
    return psycopg.connect(url.render_as_string(hide_password=False), prepare_threshold=0)
