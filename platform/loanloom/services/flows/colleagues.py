"""The people of a company as flows see them: membership, unit and position, absence of today, what waits for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, any_, exists, func, literal, or_, select

from loanloom.engines.flows import resolving
from loanloom.engines.flows.resolving import Member, Staff
from loanloom.services.access.sign_in import ab_user, full_name
from loanloom.services.context import Context
from loanloom.services.errors import Forbidden
from loanloom.store import tables

_MEMBERSHIP = tables.membership
_DELEGATION = tables.delegation
KEEP = "flow.delegate"
"""The right to keep delegations and relations of others."""


def staff_of(ctx: Context, connection: Connection, *, loads: bool = False) -> Staff:
    """Everybody who works here or has worked here, in one statement. `loads` counts what waits for each by name."""
    statement = query(ctx).add_columns(_away(ctx.business_date).label("away"))
    if loads:
        waiting = _waiting()
        statement = statement.add_columns(func.coalesce(waiting.c.load, 0).label("load"))
        statement = statement.outerjoin(waiting, waiting.c.assignee == _MEMBERSHIP.c.user_id)
    rows = connection.execute(statement).mappings()
    return Staff.of((member_of(row) for row in rows), resolving.organisation(ctx.registry))


def active(ctx: Context, connection: Connection) -> list[tuple[int, str]]:
    """Those who work here now, by id and name, in the order of their names."""
    rows = connection.execute(query(ctx)).mappings().all()
    return sorted(((row["id"], full_name(row)) for row in rows if row["active"]), key=lambda one: one[1])


def query(ctx: Context) -> Select[Any]:
    """The rows of which members are made: staff alone, no borrowers."""
    return (
        select(
            *ab_user.c["id", "username", "first_name", "last_name"],
            *_MEMBERSHIP.c["roles", "unit", "position"],
            and_(ab_user.c.active, _MEMBERSHIP.c.active).label("active"),
        )
        .select_from(_MEMBERSHIP)
        .join(ab_user, ab_user.c.id == _MEMBERSHIP.c.user_id)
        .where(_MEMBERSHIP.c.company_id == ctx.company.id, _MEMBERSHIP.c.customer_id.is_(None))
    )


def member_of(row: Mapping[Any, Any]) -> Member:
    """One person of such a row."""
    return Member(
        id=row["id"],
        username=row["username"],
        name=full_name(row),
        roles=frozenset(row["roles"]),
        position=row["position"],
        unit=row["unit"],
        active=row["active"],
        away=bool(row.get("away")),
        load=int(row.get("load") or 0),
    )


def stand_ins(ctx: Context, connection: Connection, flow_key: str) -> dict[int, tuple[int, ...]]:
    """Who stands in today for whom in a flow."""
    given = select(_DELEGATION.c.to_user, _DELEGATION.c.from_user).where(in_force(ctx.business_date), about(flow_key))
    found: dict[int, tuple[int, ...]] = {}
    for row in connection.execute(given.order_by(_DELEGATION.c.id)):
        found[row.to_user] = (*found.get(row.to_user, ()), row.from_user)
    return found


def whose(ctx: Context, user_id: int | None) -> int:
    """Whose delegations or relations are meant: one's own without a right, others' with it."""
    me = ctx.actor.user_id
    if (user_id is None and me is None) or ctx.actor.is_borrower:
        raise Forbidden()
    if user_id is not None and user_id != me:
        ctx.require(KEEP)
    found = user_id if user_id is not None else me
    assert found is not None
    return found


def in_force(day: date | ColumnElement[Any]) -> ColumnElement[bool]:
    """The condition that a delegation counts on this day."""
    return and_(_DELEGATION.c.ended_at.is_(None), _DELEGATION.c.starts_on <= day, _DELEGATION.c.ends_on >= day)


def about(flow_key: str | ColumnElement[str]) -> ColumnElement[bool]:
    """The condition that a delegation is about this flow."""
    key = literal(flow_key) if isinstance(flow_key, str) else flow_key
    return or_(func.cardinality(_DELEGATION.c.flows) == 0, key == any_(_DELEGATION.c.flows))


def _away(day: date) -> ColumnElement[bool]:
    return exists().where(_DELEGATION.c.from_user == _MEMBERSHIP.c.user_id, in_force(day))


def _waiting() -> Any:
    """How many open items each person holds."""
    item = tables.work_item
    return (
        select(item.c.assignee, func.count().label("load"))
        .where(item.c.status == "open", item.c.assignee.is_not(None))
        .group_by(item.c.assignee)
        .subquery()
    )
