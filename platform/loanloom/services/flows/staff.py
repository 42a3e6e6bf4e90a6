"""Who is who for a case: the actor as a flow sees them, whom an assignment names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from loanloom.engines import flows
from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.services.flows.case import Case
from loanloom.store import tables


def person_of(
    ctx: Context,
    connection: Connection,
    case: Case,
    *,
    item: flows.Item | None = None,
    facts: Mapping[str, Any] | None = None,
    terms: Mapping[str, Any] | None = None,
) -> flows.Person:
    """The actor as the flow of this case sees them."""
    actor, units = ctx.actor, scope.units_of(ctx)
    own = scope.branch_of(units, actor.unit)
    return flows.Person(
        id=actor.user_id or 0,
        roles=frozenset(actor.roles),
        in_branch=own is not None and own == case.branch,
        in_department=actor.unit is not None and actor.unit == case.unit,
        administrator=actor.may("flow.repair"),
    )


def somebody(
    ctx: Context,
    connection: Connection,
    case: Case,
    user_id: int,
    *,
    facts: Mapping[str, Any] | None = None,
    terms: Mapping[str, Any] | None = None,
) -> flows.Person | None:
    """Somebody else who works here, as a case sees them; None for a stranger or who has left."""
    table, units = tables.membership, scope.units_of(ctx)
    row = connection.execute(
        select(*table.c["roles", "unit", "position"]).where(
            table.c.company_id == ctx.company.id, table.c.active, table.c.user_id == user_id,
            table.c.customer_id.is_(None),
        )
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    return flows.Person(
        id=user_id,
        roles=frozenset(row.roles),
        position=row.position,
        in_branch=scope.branch_of(units, row.unit) == case.branch,
        in_department=row.unit == case.unit,
    )


def people_of(ctx: Context, connection: Connection, case: Case) -> flows.People:
    """Whom the assignments of this case name; asks the database only when a flow names people."""
    return flows.People()
