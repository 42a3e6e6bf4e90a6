"""Reading the audit: who did what, when, from where, with the values before and after. Nothing here writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, or_, select

from loanloom.problems import text
from loanloom.services.access.names import PERSON
from loanloom.services.access.sign_in import ab_user
from loanloom.services.context import Context
from loanloom.services.errors import NotFound
from loanloom.store.tables import audit_log as table

PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to look for; empty means everything. `actor`: a log-in name, or part of a person's name."""

    actor: str = ""
    action: str = ""
    subject_kind: str = ""
    subject_id: str = ""
    first: date | None = None
    last: date | None = None
    before_id: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, newest first, and the number to go on with."""

    entries: tuple[Mapping[str, Any], ...]
    next_before: int | None


def search(ctx: Context, wanted: Wanted, limit: int = PAGE) -> Page:
    """The newest entries that fit."""
    ctx.require("audit.read")
    query = _entries().where(*_conditions(ctx, wanted)).order_by(table.c.id.desc()).limit(limit + 1)
    with ctx.transaction() as connection:
        found = [dict(row) for row in connection.execute(query).mappings()]
    shown = tuple(found[:limit])
    return Page(shown, shown[-1]["id"] if len(found) > limit else None)


def _entries() -> Select[Any]:
    """Every entry with `person`, the name of who did it; null where nobody has that log-in any more."""
    return select(table, PERSON.label("person")).outerjoin(ab_user, ab_user.c.id == table.c.actor_id)


def _conditions(ctx: Context, wanted: Wanted) -> list[ColumnElement[bool]]:
    zone = ZoneInfo(ctx.company.time_zone)
    made = [table.c.company_id == ctx.company.id]
    if wanted.actor:
        called = select(ab_user.c.id).where(PERSON.contains(wanted.actor, autoescape=True))
        made.append(or_(table.c.actor == wanted.actor, table.c.actor_id.in_(called)))
    if wanted.action:
        made.append(table.c.action.startswith(wanted.action, autoescape=True))
    if wanted.subject_kind:
        made.append(table.c.subject_kind == wanted.subject_kind)
    if wanted.subject_id:
        made.append(table.c.subject_id == wanted.subject_id)
    if wanted.first:
        made.append(table.c.at >= datetime.combine(wanted.first, datetime.min.time(), zone))
    if wanted.last:
        made.append(table.c.at < datetime.combine(wanted.last + timedelta(days=1), datetime.min.time(), zone))
    if wanted.before_id is not None:
        made.append(table.c.id < wanted.before_id)
    return made


def read(ctx: Context, entry_id: int) -> Mapping[str, Any]:
    """One entry."""
    ctx.require("audit.read")
    with ctx.transaction() as connection:
        query = _entries().where(table.c.id == entry_id, table.c.company_id == ctx.company.id)
        row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound(text("entry", "日志"))
    return dict(row)


def differences(entry: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Each value that changed: name, before, after; nested values by dotted name."""
    before, after = _flat(entry["before"]), _flat(entry["after"])
    return [
        (name, before.get(name), after.get(name)) for name in {**before, **after} if before.get(name) != after.get(name)
    ]


def _flat(value: Any, prefix: str = "") -> dict[str, Any]:
    if not isinstance(value, Mapping):
        return {}
    made: dict[str, Any] = {}
    for name, inner in value.items():
        path = f"{prefix}{name}"
        if isinstance(inner, Mapping) and inner:
            made.update(_flat(inner, f"{path}."))
        else:
            made[path] = inner
    return made
