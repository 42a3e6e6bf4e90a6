"""A case found and locked with the record it is about: the record first, then the case, then the item.

An item costs one statement where its case has no record beside itself. What the same command was answered before is
read on the way, and again only where somebody moved the case between the look and the lock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, bindparam, func, select, true

from loanloom.services.context import Context
from loanloom.services.errors import NotFound
from loanloom.services.flows import case as kept
from loanloom.services.flows import guards, subjects
from loanloom.services.flows.case import CASE, ITEM, TABLE, Case
from loanloom.store import bulk, idempotency, tables

_COPY = tables.flow_copy

_CASE = select(TABLE).where(TABLE.c.id == bindparam("number")).with_for_update()
_SEEN = (
    "id", "number", "node", "status", "version", "assignee", "decided_by", "candidates", "escalated", "role",
    "position", "scope", "unit", "department", "kind", "outside",
)  # fmt: skip
"""What must be known of an item before somebody acts on it; the rest stands in the state of its case."""
_READ = {TABLE: tuple(TABLE.c.keys()), ITEM: _SEEN}


def _locked_by(*conditions: ColumnElement[bool]) -> Select[Any]:
    """The case, then its item: PostgreSQL locks in the order of the names."""
    columns = [table.c[name].label(_labelled(table, name)) for table, names in _READ.items() for name in names]
    both = TABLE.join(ITEM, ITEM.c.case_id == TABLE.c.id)
    found = select(*columns).select_from(both).where(ITEM.c.id == bindparam("number"), *conditions)
    return found.with_for_update(of=[TABLE, ITEM])


def _labelled(table: Table, name: str) -> str:
    return f"{table.name}_{name}"


_BOTH = _locked_by()
_PLACE, _FIRST = TABLE.alias("place"), tables.idempotency
_ALONE = _locked_by(TABLE.c.id == _PLACE.c.id, _PLACE.c.subject_id.is_(None)).lateral("alone")
_FOUND: Select[Any] = (
    select(
        *_PLACE.c["id", "subject_kind", "subject_id", "version"],
        func.array(bulk.next_ids(ITEM, 1).scalar_subquery()).label("drawn"),
        _FIRST.c.id.label("first"),
        *_FIRST.c["response", "request_digest", "actor_id"],
        *_ALONE.c,
    )
    .select_from(_PLACE.outerjoin(_ALONE, true()).outerjoin(_FIRST, idempotency.NAMED))
    .where(_PLACE.c.id == select(ITEM.c.case_id).where(ITEM.c.id == bindparam("number")).scalar_subquery())
)
"""Where an item belongs; what has no record beside it is locked at once. An id is drawn: most steps open one item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A case and its item, locked; an id for an item to come; what the same command was answered before."""

    case: Case
    item: Any
    drawn: Sequence[int] = ()
    answer: idempotency.Answer | None = None


def load(ctx: Context, connection: Connection, case_id: int, *, lock: bool = False) -> Case:
    """One case; with its subject's record, both locked, where it is about to change."""
    found = kept.row_of(connection, case_id)
    return _locked(ctx, connection, found) if lock else kept.of_row(ctx, connection, found)


def _locked(ctx: Context, connection: Connection, found: Any) -> Case:
    record = _record(ctx, connection, found)
    return kept.of_row(ctx, connection, connection.execute(_CASE, {"number": found.id}).one(), record)


def _record(ctx: Context, connection: Connection, found: Any) -> Any:
    """The record that a case is about, locked; it comes before the case."""
    if found.subject_id is None:
        return None
    ids = [found.subject_id]
    return subjects.of(found.subject_kind).records(ctx, connection, ids, lock=True).get(found.subject_id)


def of_case(ctx: Context, connection: Connection, number: int, asked: idempotency.Asked | None = None) -> Found:
    """The case, locked, if the actor may know of it. `asked` is the command about to be done."""
    case = load(ctx, connection, number, lock=True)
    _check(ctx, connection, case)
    answer = idempotency.earlier(connection, asked, alone=False) if asked is not None else None
    return Found(case=case, item=None, answer=answer)


def _check(ctx: Context, connection: Connection, case: Case) -> None:
    if not guards.sees(ctx, case) and not _has_work(ctx, connection, case):
        raise NotFound(CASE)


def check_visible(ctx: Context, connection: Connection, case_id: int) -> None:
    """Raise NotFound unless the actor works here and may know of the case, or got a copy of it."""
    if ctx.actor.is_borrower:
        raise NotFound(CASE)
    copied = select(_COPY.c.id).where(_COPY.c.case_id == case_id, _COPY.c.user_id == ctx.actor.user_id)
    if connection.execute(copied.limit(1)).first() is None:
        _check(ctx, connection, load(ctx, connection, case_id))


def of_item(ctx: Context, connection: Connection, number: int, asked: idempotency.Asked | None = None) -> Found:
    """The case and its item, locked, if the actor may know of them. `asked` is the command about to be done."""
    names = asked.names if asked is not None else idempotency.NOTHING
    found = connection.execute(_FOUND, {"number": number, **names}).one_or_none()
    if found is None:
        raise NotFound(guards.ITEM)
    record, held = _record(ctx, connection, found), found
    if found.subject_id is not None:
        held = connection.execute(_BOTH, {"number": number}).one()
    row, item = (_of(held, table) for table in (TABLE, ITEM))
    case = kept.of_row(ctx, connection, row, record)
    known = guards.sees(ctx, case) or guards.concerns(ctx, item)
    if not known and not guards.concerns_absent(ctx, connection, item, case.flow.key):
        raise NotFound(guards.ITEM)
    answer = None
    if asked is not None and found.first is not None:
        answer = asked.answer(found)
    elif asked is not None and case.version != found.version:  # somebody was quicker: perhaps with this very command
        answer = idempotency.earlier(connection, asked, alone=False)
    return Found(case=case, item=item, drawn=found.drawn, answer=answer)


def _of(held: Row[Any], table: Table) -> SimpleNamespace:
    """The columns of one table in a row of both."""
    values = held._mapping
    return SimpleNamespace(**{name: values[_labelled(table, name)] for name in _READ[table]})


def _has_work(ctx: Context, connection: Connection, case: Case) -> bool:
    found = connection.execute(select(ITEM).where(ITEM.c.case_id == case.id)).all()
    return guards.works_on(ctx, connection, case, found)
