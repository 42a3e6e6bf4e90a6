"""A case found and locked with the record it is about: the record first, then the case, then the item."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from loanloom.services.context import Context
from loanloom.services.errors import NotFound
from loanloom.services.flows import case as kept
from loanloom.services.flows import guards, subjects
from loanloom.services.flows.case import CASE, ITEM, TABLE, Case
from loanloom.store import bulk, tables

_COPY = tables.flow_copy

_CASE = select(TABLE).where(TABLE.c.id == bindparam("number")).with_for_update()
_FOUND = select(
    TABLE.c.id,
    TABLE.c.subject_kind,
    TABLE.c.subject_id,
    func.array(bulk.next_ids(ITEM, 1).scalar_subquery()).label("drawn"),
).where(TABLE.c.id == select(ITEM.c.case_id).where(ITEM.c.id == bindparam("number")).scalar_subquery())
"""Where an item belongs; nothing is locked. An id is drawn on the way: most steps open one item."""
_OF_BOTH = TABLE.c.id == bindparam("case"), ITEM.c.case_id == TABLE.c.id, ITEM.c.id == bindparam("number")
_BOTH = select(TABLE, ITEM).where(*_OF_BOTH).with_for_update(of=[TABLE, ITEM])
"""The case, then its item: PostgreSQL locks in the order of the names."""


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


def of_case(ctx: Context, connection: Connection, number: int, *, lock: bool = True) -> Case:
    """The case, if the actor may know of it."""
    case = load(ctx, connection, number, lock=lock)
    if not guards.sees(ctx, case) and not _has_work(ctx, connection, case):
        raise NotFound(CASE)
    return case


def check_visible(ctx: Context, connection: Connection, case_id: int) -> None:
    """Raise NotFound unless the actor works here and may know of the case, or got a copy of it."""
    if ctx.actor.is_borrower:
        raise NotFound(CASE)
    copied = select(_COPY.c.id).where(_COPY.c.case_id == case_id, _COPY.c.user_id == ctx.actor.user_id)
    if connection.execute(copied.limit(1)).first() is None:
        of_case(ctx, connection, case_id, lock=False)


def of_item(ctx: Context, connection: Connection, number: int) -> tuple[Case, Any, Sequence[int]]:
    """The case and its item, locked, if the actor may know of them; and an id for an item to come."""
    found = connection.execute(_FOUND, {"number": number}).one_or_none()
    if found is None:
        raise NotFound(guards.ITEM)
    record = _record(ctx, connection, found)
    both = connection.execute(_BOTH, {"case": found.id, "number": number}).one()._mapping
    row, item = (SimpleNamespace(**{each.name: both[each] for each in table.c}) for table in (TABLE, ITEM))
    case = kept.of_row(ctx, connection, row, record)
    known = guards.sees(ctx, case) or guards.concerns(ctx, item)
    if not known and not guards.concerns_absent(ctx, connection, item, case.flow.key):
        raise NotFound(guards.ITEM)
    return case, item, found.drawn


def _has_work(ctx: Context, connection: Connection, case: Case) -> bool:
    found = connection.execute(select(ITEM).where(ITEM.c.case_id == case.id)).all()
    return guards.works_on(ctx, connection, case, found)
