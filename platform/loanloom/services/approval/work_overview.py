"""All open work by step and branch: how much, how late, who could do it, and what nobody can. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, select

from loanloom.engines import flows
from loanloom.problems import Text
from loanloom.services import scope
from loanloom.services.access.sign_in import ab_user, full_name
from loanloom.services.approval import flow_cases
from loanloom.services.context import Context
from loanloom.services.definitions import flow_titles
from loanloom.services.flows.case import ITEM, TABLE
from loanloom.store import tables


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLoad:
    """Open work at one step: how much, how late, who could do it; `stuck` items nobody of them may decide."""

    role: str | None
    title: Text
    branch: str | None
    open: int
    claimed: int
    overdue: int
    stuck: int
    oldest_at: datetime
    amount: Any
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Who decides what: one flow drawn without a case, with the products that use it."""

    title: Text
    products: tuple[Text, ...]
    diagram: flows.Diagram


def authorities(ctx: Context, language: str) -> tuple[Authority, ...]:
    """The live flows of applications with the products that use them, in the order of the products."""
    ctx.require("application.read")
    used: dict[str, list[str]] = {}
    for product in ctx.registry.all("product"):
        key = (product.spec.get("flows") or {}).get("application")
        if key:
            used.setdefault(key, []).append(product.key)
    return tuple(
        Authority(
            title=ctx.registry.require("flow", key).title,
            products=tuple(ctx.registry.require("product", product).title for product in products),
            diagram=flows.diagram(
                flow_cases.flow_of(ctx.registry, products[0]), language, titles=flow_titles.titles(ctx.registry)
            ),
        )
        for key, products in used.items()
    )


def overview(ctx: Context) -> tuple[StepLoad, ...]:
    """All open work the actor may see, by step and branch, with those who could take it."""
    ctx.require("application.read")
    with ctx.transaction() as connection:
        rows = connection.execute(_by_step(ctx)).all()
        members = _members(ctx, connection, sorted({row.role for row in rows if row.role}))
        return tuple(_load(ctx, connection, row, members) for row in rows)


def _by_step(ctx: Context) -> Select[Any]:
    oldest = func.min(ITEM.c.opened_at)
    return (
        select(
            ITEM.c.role,
            ITEM.c.scope,
            ITEM.c.title,
            ITEM.c.unit,
            func.count().label("open"),
            func.count(ITEM.c.assignee).label("claimed"),
            func.count().filter(ITEM.c.due_at < ctx.now).label("overdue"),
            oldest.label("oldest_at"),
            func.sum(TABLE.c.amount).label("amount"),
        )
        .join(TABLE, TABLE.c.id == ITEM.c.case_id)
        .where(ITEM.c.status == "open", scope.visible(ctx, TABLE))
        .group_by(ITEM.c.role, ITEM.c.scope, ITEM.c.title, ITEM.c.unit)
        .order_by(oldest)
    )


def _load(ctx: Context, connection: Connection, row: Any, members: Sequence[RowMapping]) -> StepLoad:
    able = [member for member in members if row.role in member["roles"] and _reaches(ctx, row, member)]
    return StepLoad(
        role=row.role,
        title=row.title,
        branch=row.unit,
        open=row.open,
        claimed=row.claimed,
        overdue=row.overdue,
        stuck=_stuck(ctx, connection, row, [member["user_id"] for member in able]) if row.role else 0,
        oldest_at=row.oldest_at,
        amount=row.amount,
        people=tuple(full_name(member) for member in able),
    )


def _members(ctx: Context, connection: Connection, roles: Sequence[str]) -> Sequence[RowMapping]:
    """Active members who hold one of `roles`, by name."""
    table = tables.membership
    return (
        connection.execute(
            select(table.c.user_id, table.c.roles, table.c.unit, ab_user.c.first_name, ab_user.c.last_name)
            .join(ab_user, ab_user.c.id == table.c.user_id)
            .where(table.c.company_id == ctx.company.id, table.c.active, table.c.roles.overlap(list(roles)))
            .order_by(ab_user.c.first_name, table.c.user_id)
        )
        .mappings()
        .all()
    )


def _reaches(ctx: Context, row: Any, member: RowMapping) -> bool:
    return bool(row.scope == "all" or scope.branch_of(scope.units_of(ctx), member["unit"]) == row.unit)


def _stuck(ctx: Context, connection: Connection, row: Any, able: Sequence[int]) -> int:
    """How many items of the step exclude everybody who could decide them."""
    here = (
        ITEM.c.status == "open",
        ITEM.c.role == row.role,
        ITEM.c.scope == row.scope,
        ITEM.c.title == row.title,
        ITEM.c.unit.is_not_distinct_from(row.unit),
        ITEM.c.excluded.contains(list(able)),
    )
    query = select(func.count()).join(TABLE, TABLE.c.id == ITEM.c.case_id)
    return int(connection.execute(query.where(*here, scope.visible(ctx, TABLE))).scalar_one())
