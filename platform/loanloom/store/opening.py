"""How a process comes by its database: the one the settings name, else the embedded server of the home folder.

`serving` starts the embedded server where nobody has, and the last one to leave stops it. `open_database` refuses to
work as a role that could get round the guards, or on tables of another version.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sqlalchemy import URL
from sqlalchemy.exc import OperationalError

from loanloom.settings import Settings

from . import migrate, security
from .database import Database
from .embedded import Server, ServerError
from .embedded.server import OWNER, WORKER
from .vault import open_vault


class OpeningError(Exception):
    """The database cannot be used as it is, in words for the person at the terminal."""


@contextmanager
def serving(settings: Settings, *, with_parent: bool = False) -> Iterator[Server | None]:
    """The embedded server, running while this lasts; None when the settings name a database."""
    if settings.database_url:
        yield None
        return
    server = Server(settings.home)
    settings.home.mkdir(parents=True, exist_ok=True)
    with (settings.home / "postgres.users").open("a") as users:
        with _alone(settings.home):
            unused = _try_exclusive(users)
            if unused or not server.is_running():
                server.start(with_parent=with_parent)
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield server
        finally:
            with _alone(settings.home):
                if _try_exclusive(users):
                    server.stop()


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    with (home / "postgres.starting").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _try_exclusive(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def worker_url(settings: Settings) -> str | URL:
    """Where the working role logs in."""
    return settings.database_url or Server(settings.home).url(WORKER)


def owner_url(settings: Settings) -> str | URL:
    """Where the owner logs in."""
    return settings.migration_database_url or Server(settings.home).url(OWNER)


def migrated(settings: Settings, *, renew: bool = True) -> bool:
    """Bring the database of the settings to this program's version; whether anything changed. `renew` as in
    `migrate.upgrade`."""
    worker = Database(worker_url(settings)).url.username
    owner = Database(owner_url(settings), pool_size=1, application="loanloom-migration")
    try:
        return migrate.upgrade(owner, worker or "", renew=renew)
    except OperationalError as error:
        raise OpeningError(_unreachable(owner, error)) from None
    finally:
        owner.close()


def open_database(settings: Settings, *, application: str = "loanloom", statement_seconds: int = 0) -> Database:
    """The working role's door, checked: not too mighty, tables of this version. The server must be running."""
    try:
        url = worker_url(settings)
    except ServerError as error:
        raise OpeningError(str(error)) from None
    database = Database(
        url,
        vault=open_vault(settings),
        pool_size=settings.database_pool,
        application=application,
        statement_seconds=statement_seconds,
    )
    try:
        _check(database)
    except OpeningError:
        database.close()
        raise
    return database


def _check(database: Database) -> None:
    try:
        with database.transaction() as connection:
            role = security.connected_role(connection)
            revision = migrate.current(connection)
    except OperationalError as error:
        raise OpeningError(_unreachable(database, error)) from None
    if role.too_mighty:
        raise OpeningError(
            f"The role {role.name} owns the tables or may pass over their guards; it must not serve. Give "
            "LOANLOOM_DATABASE_URL a role of its own that owns nothing."
        )
    if revision != migrate.head():
        raise OpeningError(
            f"The database is at version {revision or 'none'}, this program needs {migrate.head()}: "
            "run `loanloom db upgrade`."
        )


def _unreachable(database: Database, error: OperationalError) -> str:
    where = database.url.render_as_string(hide_password=True)
    return f"The database {where} cannot be reached: {str(error.orig).strip()}"
