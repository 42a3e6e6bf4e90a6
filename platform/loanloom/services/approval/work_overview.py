"""All open work by step and branch: how much, how late, who could do it, and what nobody can. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, Select, case, func, select

from loanloom.engines import flows
from loanloom.problems import Text
from loanloom.services import scope
from loanloom.services.access.names import names
from loanloom.services.access.sign_in import ab_user, full_name
from loanloom.services.approval import flow_cases
from loanloom.services.context import Context
from loanloom.services.definitions import flow_titles
from loanloom.services.flows import choices
from loanloom.services.flows.case import ITEM, TABLE
from loanloom.store import tables

NAMED = tables.work_named
Whose = Literal["group", "named", "makers", "administrators", "outside"]
Place = tuple[tuple[tuple[str, str], ...], str | None]
"""A step's title and the branch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLoad:
    """Open work at one step: how much, how late, who could do it; `stuck` items nobody of them may decide. `whose` it
    is: of a group, of people named, of the makers, of administrators, or of a party out of the house."""

    whose: Whose
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
        members, named = _members(ctx, connection, rows), _named(ctx, connection)
        return tuple(_load(ctx, connection, row, members, named) for row in rows)


_WHOSE = case(
    (ITEM.c.kind.in_(choices.BY_MAKERS), "makers"),
    (ITEM.c.outside.is_not(None), "outside"),
    (ITEM.c.role == flows.ADMINISTRATOR, "administrators"),
    (ITEM.c.role.is_not(None) | ITEM.c.position.is_not(None), "group"),
    else_="named",
)
_GROUPED = (ITEM.c.role, ITEM.c.position, ITEM.c.scope, ITEM.c.title, ITEM.c.unit, _WHOSE)


def _by_step(ctx: Context) -> Select[Any]:
    oldest = func.min(ITEM.c.opened_at)
    return (
        select(
            *(one for one in _GROUPED if one is not _WHOSE),
            _WHOSE.label("whose"),
            func.count().label("open"),
            func.count(ITEM.c.assignee).label("claimed"),
            func.count().filter(ITEM.c.due_at < ctx.now).label("overdue"),
            oldest.label("oldest_at"),
            func.sum(TABLE.c.amount).label("amount"),
        )
        .join(TABLE, TABLE.c.id == ITEM.c.case_id)
        .where(ITEM.c.status == "open", scope.visible(ctx, TABLE))
        .group_by(*_GROUPED)
        .order_by(oldest)
    )


def _named(ctx: Context, connection: Connection) -> dict[Place, tuple[str, ...]]:
    """Who is named for open work that belongs to no group, by step and branch."""
    people = func.array_agg(func.coalesce(NAMED.c.user_id, ITEM.c.assignee).distinct())
    found = connection.execute(
        select(ITEM.c.title, ITEM.c.unit, people.label("people"))
        .join(TABLE, TABLE.c.id == ITEM.c.case_id)
        .outerjoin(NAMED, NAMED.c.item_id == ITEM.c.id)
        .where(ITEM.c.status == "open", _WHOSE == "named", scope.visible(ctx, TABLE))
        .group_by(ITEM.c.title, ITEM.c.unit)
    ).all()
    known = names(connection, [who for row in found for who in row.people])
    return {_place(row): tuple(sorted(known[who] for who in row.people if who in known)) for row in found}


def _place(row: Any) -> Place:
    return tuple(sorted(row.title.items())), row.unit


def _load(
    ctx: Context,
    connection: Connection,
    row: Any,
    members: Sequence[RowMapping],
    named: Mapping[Place, tuple[str, ...]],
) -> StepLoad:
    able = [member for member in members if _belongs(row, member) and _reaches(ctx, row, member)]
    people = tuple(full_name(member) for member in able) if row.whose == "group" else ()
    return StepLoad(
        whose=row.whose,
        role=row.role,
        title=row.title,
        branch=row.unit,
        open=row.open,
        claimed=row.claimed,
        overdue=row.overdue,
        stuck=_stuck(ctx, connection, row, [member["user_id"] for member in able]) if row.whose == "group" else 0,
        oldest_at=row.oldest_at,
        amount=row.amount,
        people=named.get(_place(row), ()) if row.whose == "named" else people,
    )


def _belongs(row: Any, member: RowMapping) -> bool:
    """Whether a member is of the group, as the engine sees it: of its role and of its position, where it names both."""
    held = row.role is None or row.role in member["roles"]
    return bool(held and row.position in (None, member["position"]))


def _members(ctx: Context, connection: Connection, rows: Sequence[Any]) -> Sequence[RowMapping]:
    """Active members of the groups that work waits for, by name."""
    table = tables.membership
    roles, positions = {row.role for row in rows if row.role}, {row.position for row in rows if row.position}
    return (
        connection.execute(
            select(
                table.c.user_id,
                table.c.roles,
                table.c.position,
                table.c.unit,
                ab_user.c.first_name,
                ab_user.c.last_name,
            )
            .join(ab_user, ab_user.c.id == table.c.user_id)
            .where(table.c.company_id == ctx.company.id, table.c.active)
            .where(table.c.roles.overlap(sorted(roles)) | table.c.position.in_(sorted(positions)))
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
        ITEM.c.role.is_not_distinct_from(row.role),
        ITEM.c.position.is_not_distinct_from(row.position),
        ITEM.c.scope == row.scope,
        ITEM.c.title == row.title,
        ITEM.c.unit.is_not_distinct_from(row.unit),
        ITEM.c.excluded.contains(list(able)),
    )
    query = select(func.count()).join(TABLE, TABLE.c.id == ITEM.c.case_id)
    return int(connection.execute(query.where(*here, scope.visible(ctx, TABLE))).scalar_one())
