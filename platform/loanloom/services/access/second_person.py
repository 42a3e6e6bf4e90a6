"""Whether what somebody enters must be registered by somebody else: the role documents say so, by function and amount;
and who that may be.

A person with several roles needs a second one where any of the roles says it. The system itself never does: what it
books was decided by people before.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from loanloom.core.money import ZERO
from loanloom.services import scope
from loanloom.services.access.rights import rights_of, roles_with
from loanloom.services.context import Actor, Context
from loanloom.store.tables import membership


def needs_second(ctx: Context, function: str, amount: Decimal = ZERO) -> bool:
    """Whether the actor may not do this alone."""
    if ctx.actor.is_system:
        return False
    for key in ctx.actor.roles:
        document = ctx.registry.get("role", key)
        for rule in document.spec.get("second_person", ()) if document else ():
            if rule["function"] == function and ("above" not in rule or amount > Decimal(str(rule["above"]))):
                return True
    return False


def needed_by(ctx: Context, connection: Connection, user_id: int | None, function: str, amount: Decimal) -> bool:
    """Whether somebody else may not do this alone, by the roles they hold now."""
    if user_id is None or user_id == ctx.actor.user_id:
        return needs_second(ctx, function, amount)
    held = select(membership.c.roles).where(
        membership.c.company_id == ctx.company.id, membership.c.user_id == user_id
    )  # fmt: skip
    roles = connection.execute(held).scalar_one_or_none() or ()
    other = Actor(user_id=user_id, username="", name="", roles=tuple(roles))
    return needs_second(ctx.as_actor(other), function, amount)


def others_who_may(ctx: Context, connection: Connection, function: str, row: Mapping[Any, Any]) -> list[int]:
    """The people of the company, but for the actor, who hold a function and see this record."""
    query = select(membership.c.user_id, membership.c.roles, membership.c.unit).where(
        membership.c.company_id == ctx.company.id, membership.c.active,
        membership.c.user_id.is_distinct_from(ctx.actor.user_id),
        membership.c.roles.overlap(roles_with(ctx.registry, function)),
    )  # fmt: skip
    found = []
    for one in connection.execute(query.order_by(membership.c.user_id)):
        functions, reach = rights_of(one.roles, ctx.registry)
        seen_by = Actor(user_id=one.user_id, username="", name="", functions=functions, scope=reach, unit=one.unit)
        if scope.sees(ctx.as_actor(seen_by), row):
            found.append(one.user_id)
    return found
