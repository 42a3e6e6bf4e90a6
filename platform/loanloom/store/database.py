"""The one door to PostgreSQL: a pool of connections and transactions that belong to one company.

Knows no table. A transaction opened for a company sees and writes that company's rows only (row-level security);
one opened for none sees the global tables only.
"""

from __future__ import annotations

import os
import select
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import URL, Connection, create_engine, event, make_url
from sqlalchemy.exc import InvalidatePoolError

from . import json as exact
from .vault import Vault

RENEWED_AFTER = 300
"""Seconds after which a connection is made anew: one that the network dropped in silence is not kept for long."""

_BY_KEY = "; SET LOCAL plan_cache_mode = force_generic_plan"
_BY_VALUES = "; SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL max_parallel_workers_per_gather = 0"
_OPENING = "loanloom_opening"

_every: weakref.WeakSet[Database] = weakref.WeakSet()


def psycopg_url(url: str | URL) -> URL:
    """`url` with our driver, whatever spelling of PostgreSQL it came with."""
    parsed = make_url(url)
    if parsed.get_backend_name() not in ("postgresql", "postgres"):
        raise ValueError("Loanloom keeps its data in PostgreSQL; the database address must begin with postgresql://")
    return parsed.set(drivername="postgresql+psycopg")


class Database:
    """PostgreSQL as one role. Cheap to make; connects on first use; safe to carry across a fork."""

    def __init__(
        self,
        url: str | URL,
        *,
        vault: Vault | None = None,
        pool_size: int = 5,
        application: str = "loanloom",
        statement_seconds: int = 0,
    ) -> None:
        """`statement_seconds`: PostgreSQL ends a statement that takes longer; 0 lets it run."""
        self.url = psycopg_url(url)
        self.name = self.url.render_as_string(hide_password=True)
        self._vault = vault
        self.engine = create_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_recycle=RENEWED_AFTER,
            json_serializer=exact.dumps,
            json_deserializer=exact.loads,
            use_native_hstore=False,
            hide_parameters=True,  # values of customers do not belong into logs
            connect_args={
                "autocommit": True,  # transactions are begun by `_begin`, together with what they need first
                "prepare_threshold": 2,
                "application_name": application,
                "connect_timeout": 10,
                **({"options": f"-c statement_timeout={statement_seconds}s"} if statement_seconds else {}),
            },
        )
        event.listen(self.engine, "checkout", _refuse_a_lost_connection)
        event.listen(self.engine, "begin", _begin)
        _every.add(self)

    @contextmanager
    def transaction(
        self, company_id: int | None = None, *, by_key: bool = False, by_values: bool = False
    ) -> Iterator[Connection]:
        """One transaction, committed at the end and rolled back on any exception.

        `by_key`: its statements find rows by key, so one plan serves all values and none is planned anew (for short
        transactions that come many times a second). `by_values`: they find a page's worth among very many rows by
        values of which some are frequent and some rare, so each is planned for its own, and by one process, which is
        done before others have been started.
        """
        opening = "BEGIN" if company_id is None else f"BEGIN; {_company(company_id)}"
        opening += _BY_KEY if by_key else _BY_VALUES if by_values else ""
        with self.engine.connect() as connection:
            connection.execution_options(**{_OPENING: opening})
            with connection.begin():
                yield connection

    @contextmanager
    def single_statements(self) -> Iterator[Connection]:
        """A connection whose statements each stand alone, committed by themselves and belonging to no company: nothing
        is begun and nothing ended, so one statement is one way to the server and back."""
        with self.engine.connect() as connection:
            connection.execution_options(**{_OPENING: ""})
            yield connection

    @property
    def vault(self) -> Vault:
        """The keys of the encrypted fields kept here."""
        if self._vault is None:
            raise RuntimeError("this door to the database was opened without keys")
        return self._vault

    def close(self) -> None:
        """Give the connections back to the server."""
        self.engine.dispose()

    def __repr__(self) -> str:
        return f"Database({self.name})"


def set_company(connection: Connection, company_id: int) -> None:
    """From here to the end of the transaction, `connection` belongs to this company."""
    connection.exec_driver_sql(_company(company_id))


def _company(company_id: int) -> str:
    return f"SET LOCAL loanloom.company_id = '{int(company_id)}'"


def _begin(connection: Connection) -> None:
    """Begin a transaction and say whose it is, in one way to the server and back."""
    options = connection.get_execution_options()
    opening = "" if options.get("isolation_level") == "AUTOCOMMIT" else options.get(_OPENING, "BEGIN")
    if opening:
        connection.exec_driver_sql(opening)


def _refuse_a_lost_connection(connection: psycopg.Connection[Any], _record: object, _proxy: object) -> None:
    """Before a connection is used again: a server that went away has closed it, and that can be seen without asking.
    The pool then makes new ones."""
    if connection.closed:
        raise InvalidatePoolError()
    if not connection.autocommit:  # somebody asked for another isolation level and gave it back
        connection.autocommit = True
    news = select.poll()
    news.register(connection.fileno(), select.POLLIN)
    if news.poll(0):  # nobody asked anything: it can only be a farewell
        raise InvalidatePoolError()


def _forget_connections_of_the_parent() -> None:
    for database in list(_every):
        database.engine.dispose(close=False)


os.register_at_fork(after_in_child=_forget_connections_of_the_parent)
