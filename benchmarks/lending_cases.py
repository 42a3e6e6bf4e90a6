"""What the benchmarks of lending stand on: a durable PostgreSQL, the model company, and processes that work at once.

Commits wait for the disk. Processor time is counted over everybody: the working processes and PostgreSQL's.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy.dialects.postgresql import JSONB

from benchmarks.figure import Figure
from loanloom.metadata.bundle import read_bundle
from loanloom.metadata.document import Document, document_from
from loanloom.services.context import Context
from loanloom.services.definitions import releases
from loanloom.services.running import founding
from loanloom.services.running.surroundings import context_of
from loanloom.store.tables import metadata
from loanloom.testing.postgres import Cluster, TestDatabase

ROOT = Path(__file__).parent.parent
BEGINS_ON = date(2026, 3, 2)
LONGEST = 180
"""Seconds after which the processes no longer wait for each other."""
PROCESSES, THREADS = 2, 2
"""Two working processes of two threads each, as `loanloom up` serves on two cores (threads cover the waits for the
disk)."""


@dataclass(frozen=True)
class Lender:
    """The model company in a database of its own."""

    cluster: Cluster
    clone: TestDatabase
    key: str = "bench"

    def at(self, role: str | None = None, user_id: int | None = None) -> Context:
        """The surroundings now: the house itself, or somebody with a role of the model company."""
        ctx = context_of(self.clone.database, self.key)
        if role is None:
            return ctx
        functions = frozenset(ctx.registry.require("role", role).spec["functions"])
        return ctx.as_actor(
            replace(
                ctx.actor, user_id=user_id, username=role, name=role, functions=functions, roles=(role,),
                unit="east-lending", scope="all",
            )
        )  # fmt: skip


@contextmanager
def lender(more: Sequence[Document] = ()) -> Iterator[Lender]:
    """The model company, with `more` documents; nobody has to hand in papers."""
    cluster = Cluster(durable=True)
    try:
        clone = cluster.clone("lending")
        house = Lender(cluster, clone)
        found = founding.Founding(key=house.key, name=house.key, business_date=BEGINS_ON)
        founding.found(clone.database, found, now=datetime.now(UTC))
        bundle = read_bundle(ROOT, releases.kinds())
        bundle = replace(bundle, documents=(*map(_without_papers, bundle.documents), *more))
        releases.install(house.at(), bundle)
        yield house
        clone.close()
    finally:
        cluster.close()


def _without_papers(document: Document) -> Document:
    if document.kind != "materials":
        return document
    whole = document.as_mapping()
    items = [{**item, "required": False} for item in whole["spec"]["items"]]
    return document_from({**whole, "spec": {**whole["spec"], "items": items}})


# -- many at once ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Run:
    """What so many pieces of work took: by the clock, and of all processors."""

    count: int
    seconds: float
    workers_cpu: float
    database_cpu: float

    @property
    def rate(self) -> float:
        """Pieces a second."""
        return self.count / self.seconds

    @property
    def cpu_each(self) -> float:
        """Processor milliseconds of one piece, PostgreSQL's included."""
        return 1000 * (self.workers_cpu + self.database_cpu) / self.count


def at_once(house: Lender, items: Sequence[Any], work: Callable[[Any], object], warm: int = 8) -> Run:
    """Do `work` on every item, shared among the processes; each is warmed up on its first items, which do not count."""
    forked = multiprocessing.get_context("fork")
    gate, done = forked.Barrier(PROCESSES + 1), forked.Queue()
    shares = [items[place::PROCESSES] for place in range(PROCESSES)]
    workers = [forked.Process(target=_share, args=(share, work, warm, gate, done)) for share in shares]
    for worker in workers:
        worker.start()
    gate.wait(LONGEST)
    before, began = database_cpu(house.cluster), time.perf_counter()
    gate.wait(LONGEST)
    used = [done.get(timeout=LONGEST) for _ in workers]
    seconds = time.perf_counter() - began
    database = database_cpu(house.cluster) - before
    gate.wait(LONGEST)  # only now their connections end
    for worker in workers:
        worker.join()
    return Run(len(items) - warm * PROCESSES, seconds, sum(used), database)


def _share(share: Sequence[Any], work: Callable[[Any], object], warm: int, gate: Any, done: Any) -> None:
    with ThreadPoolExecutor(THREADS) as pool:
        try:
            list(pool.map(work, share[:warm]))
            gate.wait(LONGEST)
            gate.wait(LONGEST)
            began = time.process_time()
            list(pool.map(work, share[warm:]))
            done.put(time.process_time() - began)
            gate.wait(LONGEST)
        except Exception:
            gate.abort()  # the others must not wait for ever; the error itself is printed by this process
            raise


def database_cpu(cluster: Cluster) -> float:
    """Processor seconds of PostgreSQL so far: its first process, those that ended and those that live."""
    assert cluster.server is not None and cluster.server.process is not None
    first = cluster.server.process.pid
    ticks = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(entry.name) == first:
            ticks += sum(map(int, fields[11:15]))
        elif int(fields[1]) == first:
            ticks += sum(map(int, fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


# -- the floor ------------------------------------------------------------------------------------------------------


class Bare:
    """The rows that services wrote from now on, to be inserted once more without any of the services' work: into
    tables of the same shape with the same indexes, by prepared statements, a commit for every piece of work."""

    def __init__(self, house: Lender) -> None:
        self._house = house
        self._names = [table.name for table in metadata.sorted_tables if "id" in table.c]
        with self._admin() as connection:
            self._before = {name: self._last(connection, name) for name in self._names}

    def run(self, pieces: int) -> Run:
        """Insert the rows in as many commits as there were pieces of work."""
        statements, rows = [], []
        with self._admin() as connection:
            for name in self._names:
                found = connection.execute(f"SELECT * FROM {name} WHERE id > {self._before[name]} ORDER BY id".encode())
                columns = [column.name for column in found.description or ()]
                json = [isinstance(metadata.tables[name].c[column].type, JSONB) for column in columns]
                made = [_plain(row, json) for row in found]
                if not made:
                    continue
                connection.execute(f"CREATE TABLE bare_{name} (LIKE {name} INCLUDING INDEXES)".encode())
                places = ", ".join(["%s"] * len(columns))
                statements.append(f"INSERT INTO bare_{name} ({', '.join(columns)}) VALUES ({places})".encode())
                rows.append(made)
            connection.commit()
        shares = [
            [made[len(made) * at // pieces : len(made) * (at + 1) // pieces] for made in rows] for at in range(pieces)
        ]
        return at_once(self._house, shares, _Inserter(self._url(), statements))

    def _admin(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self._url(), prepare_threshold=0)

    def _url(self) -> str:
        url = self._house.cluster.admin_url.set(drivername="postgresql", database=self._house.clone.name)
        return url.render_as_string(hide_password=False)

    def _last(self, connection: psycopg.Connection[Any], name: str) -> int:
        found = connection.execute(f"SELECT coalesce(max(id), 0) FROM {name}".encode()).fetchone()
        return int(found[0]) if found else 0


class _Inserter:
    """Inserts the rows of one piece of work and commits; a connection for each thread."""

    def __init__(self, url: str, statements: Sequence[bytes]) -> None:
        self._url, self._statements = url, statements
        self._connections: dict[int, psycopg.Connection[Any]] = {}

    def __call__(self, share: Sequence[Sequence[Sequence[Any]]]) -> None:
        import threading

        mine = threading.get_ident()
        if mine not in self._connections:
            self._connections[mine] = psycopg.connect(self._url, prepare_threshold=0)
        connection = self._connections[mine]
        with connection.cursor() as cursor:
            for statement, rows in zip(self._statements, share, strict=True):
                for row in rows:
                    cursor.execute(statement, row)
        connection.commit()


def _plain(row: Sequence[Any], json: Sequence[bool]) -> tuple[Any, ...]:
    pairs = zip(row, json, strict=True)
    return tuple(Jsonb(value) if is_json and value is not None else value for value, is_json in pairs)


def of_runs(all_of_them: str, one: str, ran: Run, floor: Run, bar: float, beside: str) -> Iterator[Figure]:
    """How many a second, and what one costs in processor time, beside the same rows written bare."""
    peer = "bare inserts of the same rows"
    yield Figure(
        name=f"{all_of_them}, two processes and PostgreSQL on this machine",
        value=ran.rate, unit="/s", ratio=ran.rate / floor.rate, peer=peer, bar=bar, at_least=True, beside=beside,
    )  # fmt: skip
    yield Figure(
        name=f"{one}, processor time with PostgreSQL's",
        value=ran.cpu_each, unit="ms", ratio=ran.cpu_each / floor.cpu_each, peer=peer, bar=2000 / bar,
        beside=f"workers {1000 * ran.workers_cpu / ran.count:.2f} ms, PostgreSQL "
        f"{1000 * ran.database_cpu / ran.count:.2f} ms; two idle cores would do {2000 / ran.cpu_each:.0f} /s",
    )  # fmt: skip
