"""What happened to one record, for its own page: the audit rows that speak of it, in the words of its fields and with
the names of the people.

Reads; the caller has checked sight. Closed fields show that they changed, never what they hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from loanloom.metadata.fields import Field
from loanloom.metadata.registry import Registry
from loanloom.problems import Text
from loanloom.services.access import names
from loanloom.services.access.names import PERSON
from loanloom.services.access.sign_in import ab_user
from loanloom.services.stored import HIDDEN, typed, without_secrets
from loanloom.store import tables

MOST = 200
RECORDS = ("customer", "application", "contract", "sanction", "loan")
WHO = ("manager_user_id", "created_by", "updated_by")
GROUPS = {"guarantors": "guarantor", "collateral": "collateral"}


@dataclass(frozen=True, slots=True)
class Change:
    """One value before and after; `title` is the field's where it is one, `field` the declared one."""

    name: str
    title: Text | None
    before: Any
    after: Any
    field: Field | None = None


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
    fields: Iterable[Field] = (),
) -> Sequence[Happening]:
    """What happened to these records, the newest first; `own` names fields that no entity declares, `fields` are those
    of a register."""
    table = tables.audit_log
    asked = or_(*(and_(table.c.subject_kind == kind, table.c.subject_id == str(key)) for kind, key in subjects))
    actor = func.coalesce(PERSON, table.c.actor).label("actor")
    columns = (table.c.at, actor, table.c.action, table.c.before, table.c.after, table.c.reason)
    audited = table.outerjoin(ab_user, ab_user.c.id == table.c.actor_id)
    query = select(*columns).select_from(audited).where(asked)
    rows = connection.execute(query.order_by(table.c.id.desc()).limit(limit)).all()
    declared = {one.key: one for one in fields} or _declared(registry, [kind for kind, _ in subjects])
    groups = {name: registry.require("entity", entity).title for name, entity in GROUPS.items()}
    titles = {**{key: one.title for key, one in declared.items()}, **groups, **(own or {})}
    found = [tuple(_changes(titles, declared, row.before, row.after)) for row in rows]
    people = names.names(connection, {one for changes in found for change in changes for one in _people(change)})
    return [
        Happening(row.at, row.actor, row.action, tuple(_named(one, people) for one in changes), row.reason)
        for row, changes in zip(rows, found, strict=True)
    ]


def _declared(registry: Registry, subjects: Iterable[str]) -> dict[str, Field]:
    """Fields by key; those of the records that are asked about first."""
    found: dict[str, Field] = {}
    for record in dict.fromkeys((*(one for one in subjects if one in RECORDS), *RECORDS)):
        for field in registry.entity_fields(record):
            found.setdefault(field.key, field)
    return found


def _changes(
    titles: Mapping[str, Text],
    declared: Mapping[str, Field],
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> Iterator[Change]:
    old, new = dict(_flat(before or {})), dict(_flat(after or {}))
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            field = declared.get(name)
            was, now = (_typed(field, without_secrets(one.get(name))) for one in (old, new))
            yield Change(name, titles.get(name), was, now, field)


def _typed(field: Field | None, value: Any) -> Any:
    """A value of the audit as the fact it was; as it stands where it has become another type since."""
    if field is None or value is None or value == HIDDEN:
        return value
    try:
        return typed(field, value)
    except (ArithmeticError, AttributeError, TypeError, ValueError):
        return value


def _people(change: Change) -> Iterator[int]:
    """The users whom a change names by number."""
    if change.name in WHO:
        yield from (one for one in (change.before, change.after) if isinstance(one, int))


def _named(change: Change, people: Mapping[int, str]) -> Change:
    if change.name not in WHO:
        return change
    return replace(
        change, before=people.get(change.before, change.before), after=people.get(change.after, change.after)
    )


def _flat(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The fields that metadata adds stand among the others."""
    for name, value in values.items():
        if name == "extra" and isinstance(value, Mapping):
            yield from value.items()
        else:
            yield name, value
