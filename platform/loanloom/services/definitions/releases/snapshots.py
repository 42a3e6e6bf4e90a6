"""Registries in memory: the live one and those that running cases are pinned to, built once a process, never changed.

A definition that no longer fits (a plugin changed, a row is damaged) is left out of its registry and logged; the house
still starts.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

import structlog
from sqlalchemy import Connection, select

from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry, build, empty
from loanloom.problems import errors
from loanloom.services.context import Company, Context
from loanloom.services.definitions.releases.known import kinds
from loanloom.services.definitions.releases.stored import load_documents
from loanloom.store.database import Database
from loanloom.store.tables import release

_KEPT = 16
"""A registry with all that is made of it takes some twenty megabytes."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A release in memory: what counts, and every document it holds, sound or not."""

    registry: Registry
    documents: tuple[Document, ...]


_cache: OrderedDict[tuple[str, int, int], _Kept] = OrderedDict()
_lock = Lock()
_log = structlog.get_logger(__name__)


def live(database: Database, company: Company) -> Registry:
    """What is in force for a company now; the built-in records alone while it has no release."""
    if company.release_id is not None:
        cached = _cache.get(_name(database, company.id, company.release_id))
        if cached is not None:
            return cached.registry
    with database.transaction(company.id) as connection:
        release_id = company.release_id or live_id(connection)
        return of_release(database, connection, company.id, release_id)


def live_id(connection: Connection) -> int | None:
    """The number of the live release's row."""
    return connection.execute(select(release.c.id).where(release.c.state == "live")).scalar_one_or_none()


def pinned(ctx: Context, connection: Connection, release_id: int | None) -> Registry:
    """What a case began with; the live registry for a case without a release."""
    if release_id is None:
        return ctx.registry
    return of_release(ctx.database, connection, ctx.company.id, release_id)


def of_release(database: Database, connection: Connection, company_id: int, release_id: int | None) -> Registry:
    """The registry of a release."""
    if release_id is None:
        return empty(kinds())
    return _held(database, connection, company_id, release_id).registry


def documents_of(database: Database, connection: Connection, company_id: int, release_id: int) -> tuple[Document, ...]:
    """Every document of a release. They are the registry's own: what was found out about one of them once, such as
    whether its shape is right, need not be found out again."""
    return _held(database, connection, company_id, release_id).documents


def _held(database: Database, connection: Connection, company_id: int, release_id: int) -> _Kept:
    name = _name(database, company_id, release_id)
    with _lock:
        if name in _cache:
            _cache.move_to_end(name)
            return _cache[name]
    made = _built(connection, release_id)
    with _lock:
        kept = _cache.setdefault(name, made)
        _cache.move_to_end(name)
        while len(_cache) > _KEPT:
            _cache.popitem(last=False)
    return kept


def _name(database: Database, company_id: int, release_id: int) -> tuple[str, int, int]:
    return database.name, company_id, release_id


def _built(connection: Connection, release_id: int) -> _Kept:
    loaded = load_documents(connection, release_id)
    built = build(loaded.documents, kinds(), unreadable=loaded.broken)
    for kind, key in built.registry.quarantined:
        _log.error("definition_quarantined", kind=kind, key=key, release_id=release_id)
    for problem in errors(built.problems):
        _log.warning("definition_problem", code=problem.code, words=problem.in_words("en"), release_id=release_id)
    return _Kept(built.registry, loaded.documents)
