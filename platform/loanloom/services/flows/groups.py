"""The members of groups as rows: who is told of an item, who are the customer's own log-ins."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, select

from loanloom.engines import flows
from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.services.flows.case import Case
from loanloom.store import tables


def members(ctx: Context, connection: Connection, case: Case, item: flows.Item) -> list[int]:
    """The active people who may do an item now: those named, or the group without whom it excludes."""
    if item.users or not (item.role or item.position):
        return [person for person in item.users if person not in item.excluded]
    table = tables.membership
    conditions: list[ColumnElement[bool]] = [table.c.company_id == ctx.company.id, table.c.active]
    if item.role is not None:
        conditions.append(table.c.roles.contains([item.role]))
    if item.position is not None:
        conditions.append(table.c.position == item.position)
    if item.excluded:
        conditions.append(table.c.user_id.not_in(item.excluded))
    rows = connection.execute(select(table.c.user_id, table.c.unit).where(*conditions).order_by(table.c.user_id)).all()
    units = scope.units_of(ctx)
    return [
        row.user_id
        for row in rows
        if item.scope == "all"
        or (item.scope == "department" and row.unit == case.unit)
        or (item.scope == "branch" and scope.branch_of(units, row.unit) == case.branch)
    ]


def borrowers(ctx: Context, connection: Connection, customer_id: int | None) -> Sequence[int]:
    """The customer's own log-ins."""
    if customer_id is None:
        return ()
    table = tables.membership
    asked = select(table.c.user_id).where(
        table.c.company_id == ctx.company.id, table.c.active, table.c.customer_id == customer_id
    )
    return connection.execute(asked).scalars().all()
