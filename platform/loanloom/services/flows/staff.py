"""Who is who for a case: the actor as a flow sees them, whom an assignment names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, select

from loanloom.engines import flows
from loanloom.problems import Problem, text
from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.flows.case import Case
from loanloom.store import tables

if TYPE_CHECKING:
    from loanloom.services.flows.commands import Asked


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


def people_of(ctx: Context, connection: Connection, case: Case) -> flows.People:
    """Whom the assignments of this case name; asks the database only when a flow names people."""
    return flows.People()


def persons(asked: Asked, ids: Sequence[int]) -> list[flows.Person]:
    """These people as the flow of the case sees them; refused where one of them does not work here."""
    table, units = tables.membership, scope.units_of(asked.ctx)
    query = select(*table.c["user_id", "roles", "unit", "position"]).where(
        table.c.company_id == asked.ctx.company.id, table.c.active, table.c.user_id.in_(ids),
        table.c.customer_id.is_(None),
    )  # fmt: skip
    found = {row.user_id: row for row in asked.connection.execute(query)}
    if not ids or set(ids) - set(found):
        message = text("Name people who work here.", "请指定本公司在职人员。")
        raise Refused(Problem(code="flow.unknown_person", field="people", message=message))
    return [
        flows.Person(
            id=one,
            roles=frozenset(found[one].roles),
            position=found[one].position,
            in_branch=scope.branch_of(units, found[one].unit) == asked.case.branch,
            in_department=found[one].unit == asked.case.unit,
        )
        for one in ids
    ]


def doing(ctx: Context, connection: Connection, case: Case, item: flows.Item) -> list[int]:
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
