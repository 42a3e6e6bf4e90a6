"""Which open items are for whom, as conditions over the table: mine, my group's, those of people I stand in for.

The same rules as `guards.concerns` and the engine's `eligible`, for lists and counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Connection, Integer, String, all_, and_, any_, bindparam, or_

from loanloom.engines import flows
from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.services.flows import staff
from loanloom.store import tables

ITEM = tables.work_item
FREE = ITEM.c.assignee.is_(None)
MINE = ITEM.c.assignee == bindparam("me")
NOT_BARRED = bindparam("me", type_=Integer) != all_(ITEM.c.excluded)


def _for(prefix: str = "") -> ColumnElement[bool]:
    """Items that a person may do: the parameters `me`, `roles` ... of this prefix say who."""
    number = bindparam(f"{prefix}me", type_=Integer)
    here = or_(
        ITEM.c.scope == "all",
        and_(ITEM.c.scope == "branch", ITEM.c.unit == bindparam(f"{prefix}branch")),
        and_(ITEM.c.scope == "department", ITEM.c.department == any_(bindparam(f"{prefix}units", type_=ARRAY(String)))),
    )
    role = ITEM.c.role == any_(bindparam(f"{prefix}roles", type_=ARRAY(String)))
    position = bindparam(f"{prefix}position", type_=String)
    grouped = or_(
        and_(role, or_(ITEM.c.position.is_(None), ITEM.c.position == position)),
        and_(ITEM.c.role.is_(None), ITEM.c.position == position),
    )
    return or_(and_(grouped, here), number == any_(ITEM.c.candidates), number == any_(ITEM.c.escalated))


GROUP = and_(FREE, _for(), NOT_BARRED)


def me(ctx: Context) -> dict[str, Any]:
    """Who asks, for MINE and GROUP."""
    actor = ctx.actor
    repairs = [flows.ADMINISTRATOR] if actor.may(staff.REPAIR) else []
    return _who(ctx, actor.user_id, [*actor.roles, *repairs], actor.position, actor.unit)


def _who(
    ctx: Context, number: int | None, roles: Iterable[str], position: str | None, unit: str | None, prefix: str = ""
) -> dict[str, Any]:
    units = scope.units_of(ctx)
    said = {
        "me": number, "roles": list(roles), "position": position, "branch": scope.branch_of(units, unit),
        "units": [] if unit is None else scope.above(units, unit),
    }  # fmt: skip
    return {f"{prefix}{name}": value for name, value in said.items()}


def absent(ctx: Context, connection: Connection) -> tuple[list[ColumnElement[bool]], dict[str, Any]]:
    """The items of those whom I stand in for today."""
    conditions: list[ColumnElement[bool]] = []
    known: dict[str, Any] = {}
    for place, one in enumerate(staff.stood_in_for(ctx, connection)):
        prefix = f"p{place}_"
        known |= _who(ctx, one.id, one.roles, one.position, one.unit, prefix)
        holds = or_(ITEM.c.assignee == bindparam(f"{prefix}me"), and_(FREE, _for(prefix)))
        conditions.append(and_(holds, NOT_BARRED))
    return conditions, known
