"""Bring a database to the newest shape, as its owner, and its guards in line with it (store/security.py)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData

from . import security
from .database import Database
from .tables import metadata

FOLDER = Path(__file__).parent / "migrations"
LOCK = 0x10A_1007  # one migration at a time, whoever starts it


def every_metadata() -> list[MetaData]:
    """Our tables and those of Flask-AppBuilder, which migrate together."""
    from flask_appbuilder import Model
    from flask_appbuilder.security.sqla import models  # noqa: F401 (fills Model.metadata)

    return [metadata, Model.metadata]


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration; there is no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


@cache
def head() -> str:
    """The newest revision of this program."""
    found = ScriptDirectory.from_config(configuration()).get_current_head()
    assert found is not None
    return found


def current(connection: Connection) -> str | None:
    """The revision a database is at; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(owner: Database, worker: str, revision: str = "head", *, renew: bool = True) -> bool:
    """Migrate and guard; whether the revision changed. Safe to call at every start and from several processes.

    Renewing the guards of a revision that stays locks every table for a moment: not for a command beside a running
    house, whose transactions it could end in a deadlock.
    """
    with owner.engine.begin() as connection:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        before = current(connection)
        if revision != "head" or before != head():
            command.upgrade(configuration(connection), revision)
        elif not renew:
            return False
        security.apply(connection, worker)
        return before != current(connection)


def downgrade(owner: Database, revision: str) -> None:
    """Back to an earlier revision; `base` empties the database."""
    with owner.engine.begin() as connection:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        command.downgrade(configuration(connection), revision)


def drift(connection: Connection) -> list[object]:
    """What the database lacks or has beyond the tables in code; empty when they agree."""
    context = MigrationContext.configure(connection, opts={"compare_type": True, "target_metadata": every_metadata()})
    return list(compare_metadata(context, every_metadata()))  # type: ignore[arg-type]  # a list is documented for env.py
