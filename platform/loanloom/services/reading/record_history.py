"""What happened to one record, for its own page: the audit rows that speak of it, in the words of its fields and with
the names of the people.

Reads; the caller has checked sight. Closed fields show that they changed, never what they hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from loanloom.metadata.registry import Registry
from loanloom.problems import Text
from loanloom.services.access.names import PERSON
from loanloom.services.access.sign_in import ab_user
from loanloom.services.stored import without_secrets
from loanloom.store import tables

MOST = 200
RECORDS = ("customer", "application", "contract", "sanction", "loan")
GROUPS = {"guarantors": "guarantor", "collateral": "collateral"}


@dataclass(frozen=True, slots=True)
class Change:
    """One value before and after; `title` is the field's where it is one."""

    name: str
    title: Text | None
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Happening:
    """One audit row. `actor` is the name of a person; the log-in name of one who has none, None for the system."""

    at: datetime
    actor: str | None
    action: str
    changes: tuple[Change, ...]
    reason: str | None


def of(
    connection: Connection,
    registry: Registry,
    *subjects: tuple[str, int],
    limit: int = MOST,
    own: Mapping[str, Text] | None = None,
) -> Sequence[Happening]:
    """What happened to these records, the newest first; `own` names fields that no entity declares."""
    table = tables.audit_log
    asked = or_(*(and_(table.c.subject_kind == kind, table.c.subject_id == str(key)) for kind, key in subjects))
    actor = func.coalesce(PERSON, table.c.actor).label("actor")
    columns = (table.c.at, actor, table.c.action, table.c.before, table.c.after, table.c.reason)
    audited = table.outerjoin(ab_user, ab_user.c.id == table.c.actor_id)
    query = select(*columns).select_from(audited).where(asked)
    rows = connection.execute(query.order_by(table.c.id.desc()).limit(limit))
    titles = {**_titles(registry), **(own or {})}
    return [
        Happening(row.at, row.actor, row.action, tuple(_changes(titles, row.before, row.after)), row.reason)
        for row in rows
    ]


def _titles(registry: Registry) -> dict[str, Text]:
    """What fields are called, by key; the record named first wins."""
    found: dict[str, Text] = {name: registry.require("entity", entity).title for name, entity in GROUPS.items()}
    for record in RECORDS:
        for field in registry.entity_fields(record):
            found.setdefault(field.key, field.title)
    return found


def _changes(
    titles: Mapping[str, Text], before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> Iterator[Change]:
    old, new = dict(_flat(before or {})), dict(_flat(after or {}))
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            yield Change(name, titles.get(name), without_secrets(old.get(name)), without_secrets(new.get(name)))


def _flat(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The fields that metadata adds stand among the others."""
    for name, value in values.items():
        if name == "extra" and isinstance(value, Mapping):
            yield from value.items()
        else:
            yield name, value
