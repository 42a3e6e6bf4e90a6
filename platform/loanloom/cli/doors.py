"""How commands get at the installation: settings of this folder, the running database, the acting person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import click

from loanloom.services import company as companies
from loanloom.services.context import Context
from loanloom.services.errors import NotFound
from loanloom.services.running.surroundings import acting, context_of
from loanloom.settings import Settings, load
from loanloom.store.database import Database
from loanloom.store.opening import migrated, open_database, serving


def settings_of(**changes: object) -> Settings:
    """The settings, with what was given on the command line (None leaves the environment's)."""
    given = {name: value for name, value in changes.items() if value is not None}
    return replace(load(), **given)  # type: ignore[arg-type]  # click has checked the types


@contextmanager
def opened(settings: Settings | None = None, *, migrate: bool = True) -> Iterator[Database]:
    """The database, started if it is ours and not running, and brought to this version."""
    settings = settings or load()
    with serving(settings):
        if migrate:
            migrated(settings, renew=False)
        database = open_database(settings, application="loanloom-cli")
        try:
            yield database
        finally:
            database.close()


@contextmanager
def inside(company: str | None, user: str | None = None, settings: Settings | None = None) -> Iterator[Context]:
    """The surroundings of one company (the only one, when none is named), with `user` acting or the system."""
    with opened(settings) as database:
        yield acting(context_of(database, company or only_company(database)), user)


def only_company(database: Database) -> str:
    """The company's key where there is just one."""
    with database.transaction() as connection:
        found = [each.key for each in companies.every(connection)]
    if not found:
        raise click.ClickException("There is no company yet. `loanloom up` makes the one of this folder.")
    if len(found) > 1:
        raise click.ClickException(f"Which company? Name one with --company: {', '.join(found)}.")
    return found[0]


def company_option(function: click.decorators.FC) -> click.decorators.FC:
    """--company KEY."""
    return click.option("--company", metavar="KEY", help="Which company; needed where there are several.")(function)


__all__ = ["NotFound", "company_option", "inside", "only_company", "opened", "settings_of"]
