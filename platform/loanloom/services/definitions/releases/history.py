"""What happened: releases as people list them, and the versions of one definition with the changes between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select

from loanloom.metadata import canonical
from loanloom.metadata.diff import Change, document_diff
from loanloom.metadata.document import Document
from loanloom.services.access.names import names
from loanloom.services.context import Context
from loanloom.services.definitions.releases import snapshots
from loanloom.services.definitions.releases.proposing import read_row
from loanloom.services.definitions.saying import said_at
from loanloom.store.tables import release, release_item


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A release as people see it: a change with its plan, who made, judged and activated it."""

    id: int
    number: int
    state: str
    origin: str
    name: str
    note: str | None
    plan: dict[str, Any]
    plan_digest: str
    digest: str
    problems: list[dict[str, Any]]
    live_from: date | None
    makers: tuple[str, ...]
    maker_ids: tuple[int, ...]
    proposed_by: str | None
    proposed_at: datetime | None
    approved_by: str | None
    approved_at: datetime | None
    opinion: str | None
    activated_by: str | None
    activated_at: datetime | None
    ended_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a definition: since which release, and what changed from the one before."""

    release: Release
    document: Document
    changes: tuple[Change, ...]


def listing(ctx: Context, *, states: tuple[str, ...] = (), limit: int = 50) -> tuple[Release, ...]:
    """Releases, newest first."""
    ctx.require("definition.read")
    query = select(release).order_by(release.c.number.desc()).limit(limit)
    if states:
        query = query.where(release.c.state.in_(states))
    with ctx.transaction() as connection:
        rows = connection.execute(query).all()
        return _releases(rows, names(connection, _people(rows)))


def read(ctx: Context, release_id: int) -> Release:
    """One release."""
    ctx.require("definition.read")
    with ctx.transaction() as connection:
        row = read_row(connection, release_id)
        return _releases([row], names(connection, _people([row])))[0]


def by_plan(ctx: Context, plan_digest: str) -> Release | None:
    """The newest release whose plan digest begins with these characters (at least 8)."""
    ctx.require("definition.read")
    if len(plan_digest) < 8 or not plan_digest.isalnum():
        return None
    query = select(release).where(release.c.plan_digest.startswith(plan_digest, autoescape=True))
    with ctx.transaction() as connection:
        rows = connection.execute(query.order_by(release.c.number.desc()).limit(1)).all()
        return _releases(rows, names(connection, _people(rows)))[0] if rows else None


def versions(ctx: Context, kind: str, key: str) -> tuple[Version, ...]:
    """Every version of a definition that has been live, newest first."""
    ctx.require("definition.read")
    with ctx.transaction() as connection:
        query = (
            select(release, release_item.c.definition_id)
            .join(release_item, release_item.c.release_id == release.c.id)
            .where(release_item.c.kind == kind, release_item.c.key == key, release.c.activated_at.is_not(None))
            .order_by(release.c.activated_at, release.c.id)
        )
        rows = connection.execute(query).all()
        people = names(connection, _people(rows))
        found: list[Version] = []
        before: Document | None = None
        last = None
        for row in rows:
            if row.definition_id == last:
                continue
            last = row.definition_id
            registry = snapshots.of_release(ctx.database, connection, ctx.company.id, row.id)
            document = registry.get(kind, key)
            if document is None:
                continue
            changes = document_diff(before, document, registry, registry, said_at)
            found.append(Version(release=_releases([row], people)[0], document=document, changes=changes))
            before = document
        return tuple(reversed(found))


def _people(rows: Sequence[Row[Any]]) -> set[int | None]:
    found: set[int | None] = set()
    for row in rows:
        found |= {row.proposed_by, row.approved_by, row.activated_by, *row.makers}
    return found


def _releases(rows: Sequence[Row[Any]], people: dict[int, str]) -> tuple[Release, ...]:
    return tuple(_release(row, people) for row in rows)


def _release(row: Row[Any], people: dict[int, str]) -> Release:
    plan = canonical.unplain(row.plan)
    return Release(
        id=row.id, number=row.number, state=row.state, origin=row.origin, name=row.name or "", note=row.note,
        plan=plan, plan_digest=row.plan_digest, digest=row.digest, problems=row.problems, live_from=row.live_from,
        makers=tuple(people.get(user, f"#{user}") for user in row.makers), maker_ids=tuple(row.makers),
        proposed_by=people.get(row.proposed_by), proposed_at=row.proposed_at,
        approved_by=people.get(row.approved_by), approved_at=row.approved_at, opinion=row.opinion,
        activated_by=people.get(row.activated_by), activated_at=row.activated_at, ended_at=row.ended_at,
        version=row.version,
    )  # fmt: skip
