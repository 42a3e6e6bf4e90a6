"""What a task process keeps: its settings and its door to the database, opened on first use."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from loanloom.services.context import Actor, Context, system_actor
from loanloom.services.running.surroundings import context_of
from loanloom.settings import Settings, load
from loanloom.store.database import Database
from loanloom.store.opening import open_database


@cache
def settings() -> Settings:
    """The settings of this process."""
    return load()


@cache
def database() -> Database:
    """The working role's door."""
    return open_database(settings(), application="loanloom-tasks")


def context(company_id: int, *, actor: Actor | None = None, correlation_id: str | None = None) -> Context:
    """The surroundings of a task of one company."""
    return context_of(database(), company_id, actor or system_actor(correlation_id=correlation_id))


def clock() -> datetime:
    """Now."""
    return datetime.now(UTC)
