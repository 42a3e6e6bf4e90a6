"""What has to be done between the database's start and the web server's: migrate, found, write permissions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from loanloom.services import company as companies
from loanloom.services.running import founding, work
from loanloom.settings import Settings
from loanloom.store.database import Database
from loanloom.store.opening import migrated, open_database

from . import project


@dataclass(slots=True)
class Prepared:
    """What the person at the terminal should know: log-ins made or always shown, as (name, password, words)."""

    log_ins: list[tuple[str, str, str]] = field(default_factory=list)


def prepare(settings: Settings, prepared: Prepared, say: Callable[[str], None]) -> None:
    """Everything that must hold before the first request."""
    if migrated(settings):
        say("Database brought to the version of this program.")
    database = open_database(settings, application="loanloom-up")
    try:
        write_permissions(database)
        with database.transaction() as connection:
            known = companies.every(connection)
        if not known:
            found_project(database, settings, prepared, say)
        elif not settings.broker_url:  # our own workers are the only ones, and none is running yet
            for each in known:
                work.release_lost(database, each.id)
    finally:
        database.close()


def found_project(database: Database, settings: Settings, prepared: Prepared, say: Callable[[str], None]) -> None:
    """The company of this folder, with its first release and a first log-in."""
    manifest = project.read(settings.project)
    company = founding.found(database, manifest, now=datetime.now(UTC))
    say(f"Founded company {company.name} ({company.key}).")
    founding.apply_first_release(database, company.key, settings.project)
    say("Applied its definitions as the first release.")
    password = founding.first_administrator(database, company.key)
    prepared.log_ins.append(("admin", password, "shown only now; to be changed at the first log-in"))


def write_permissions(database: Database) -> None:
    """Flask-AppBuilder's roles and permissions; workers never write them."""
    from loanloom.web.app import create_app
    from loanloom.web.permissions import create_permissions

    create_permissions(create_app(database, secret_key=database.vault.secret_key))
