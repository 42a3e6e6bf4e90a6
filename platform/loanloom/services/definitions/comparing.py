"""Any two versions of a definition beside each other in words: what was live at any time, and the draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from loanloom.metadata.bundle import source_text
from loanloom.metadata.diff import Change, document_diff
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import text
from loanloom.services.context import Context
from loanloom.services.definitions import catalogue
from loanloom.services.definitions.releases import drafts, snapshots
from loanloom.services.definitions.releases.drafts import Draft
from loanloom.services.definitions.saying import said_at
from loanloom.services.errors import NotFound
from loanloom.store.tables import release, release_item

DRAFT = "draft"
VERSION = text("version", "版本")


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version one can choose: the draft, or what a change (by its number) brought into effect."""

    name: str
    title: str | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two versions and what differs, from the old one to the new one."""

    versions: tuple[Version, ...]
    old: str
    new: str
    changes: tuple[Change, ...]


def versions(ctx: Context, kind: str, key: str) -> tuple[Version, ...]:
    """Every version there is, the newest first."""
    ctx.require("definition.read")
    draft = drafts.find(ctx, kind, key)
    with ctx.transaction() as connection:
        found = [
            Version(name=str(row.number), title=row.name, since=row.activated_at)
            for row in _released(connection, kind, key)
        ]
    mine = (Version(name=DRAFT, since=draft.updated_at),) if draft is not None and not draft.retire else ()
    return (*mine, *found)


def compare(ctx: Context, kind: str, key: str, old: str | None = None, new: str | None = None) -> Compared:
    """What differs between two versions; those not named are the newest and the one before it."""
    known = versions(ctx, kind, key)
    names = [one.name for one in known]
    if not names:
        raise NotFound(drafts.DEFINITION)
    new = new or names[0]
    old = old or names[min(names.index(new) + 1, len(names) - 1)] if new in names else old
    if old not in names or new not in names:
        raise NotFound(VERSION)
    before, after = (document_of(ctx, kind, key, name) for name in (old, new))
    changes = document_diff(before[0], after[0], before[1], after[1], said_at)
    return Compared(versions=known, old=old, new=new, changes=changes)


def restore(ctx: Context, kind: str, key: str, name: str, version: int | None) -> Draft:
    """An earlier version as a draft, word for word; it goes live like any change. `version`: of the draft there is."""
    ctx.require("definition.edit")
    document, _ = document_of(ctx, kind, key, name)
    return drafts.save(ctx, kind, key, source_text(document), version)


def document_of(ctx: Context, kind: str, key: str, name: str) -> tuple[Document, Registry]:
    """The document of a version, with the definitions it stood among."""
    if name == DRAFT:
        page = catalogue.page(ctx, kind, key)
        document = page.shown if page.draft is not None else None
        registry = page.registry
    else:
        with ctx.transaction() as connection:
            row = next((one for one in _released(connection, kind, key) if str(one.number) == name), None)
            if row is None:
                raise NotFound(VERSION)
            registry = snapshots.of_release(ctx.database, connection, ctx.company.id, row.id)
        document = registry.get(kind, key)
    if document is None:
        raise NotFound(VERSION)
    return document, registry


def _released(connection: Connection, kind: str, key: str) -> Sequence[Row[Any]]:
    """The releases that brought a version of it into effect, the newest first, without those that left it alone."""
    query: Select[Any] = (
        select(*release.c["id", "number", "name", "activated_at"], release_item.c.definition_id)
        .join(release_item, release_item.c.release_id == release.c.id)
        .where(release_item.c.kind == kind, release_item.c.key == key, release.c.activated_at.is_not(None))
        .order_by(release.c.activated_at, release.c.id)
    )
    found: list[Row[Any]] = []
    last = None
    for row in connection.execute(query):
        if row.definition_id != last:
            found.append(row)
        last = row.definition_id
    return found[::-1]
