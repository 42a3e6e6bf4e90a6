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

_COMPANY = "SELECT set_config('loanloom.company_id', %s, true)"
_BY_KEY = _COMPANY + ", set_config('plan_cache_mode', 'force_generic_plan', true)"
_BY_VALUES = (
    f"{_COMPANY}, set_config('plan_cache_mode', 'force_custom_plan', true), "
    "set_config('max_parallel_workers_per_gather', '0', true)"
)

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
                "prepare_threshold": 2,
                "application_name": application,
                "connect_timeout": 10,
                **({"options": f"-c statement_timeout={statement_seconds}s"} if statement_seconds else {}),
            },
        )
        event.listen(self.engine, "checkout", _refuse_a_lost_connection)
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
        with self.engine.connect() as connection, connection.begin():
            if company_id is not None:
                set_company(connection, company_id, by_key=by_key, by_values=by_values)
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
        return f"Database({self.url.render_as_string(hide_password=True)})"


def set_company(connection: Connection, company_id: int, *, by_key: bool = False, by_values: bool = False) -> None:
    """From here to the end of the transaction, `connection` belongs to this company."""
    statement = _BY_KEY if by_key else _BY_VALUES if by_values else _COMPANY
    connection.exec_driver_sql(statement, (str(int(company_id)),))


def _refuse_a_lost_connection(connection: psycopg.Connection[Any], _record: object, _proxy: object) -> None:
    """Before a connection is used again: a server that went away has closed it, and that can be seen without asking.
    The pool then makes new ones."""
    if connection.closed:
        raise InvalidatePoolError()
    news = select.poll()
    news.register(connection.fileno(), select.POLLIN)
    if news.poll(0):  # nobody asked anything: it can only be a farewell
        raise InvalidatePoolError()


def _forget_connections_of_the_parent() -> None:
    for database in list(_every):
        database.engine.dispose(close=False)


os.register_at_fork(after_in_child=_forget_connections_of_the_parent)
