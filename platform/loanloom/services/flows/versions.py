"""Which versions of flows have running cases, and what a move of them to the live one was or would be. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select

from loanloom.problems import Text, text
from loanloom.services.context import Context
from loanloom.services.definitions import releases
from loanloom.services.errors import NotFound
from loanloom.services.flows import case as kept
from loanloom.services.flows import migrations
from loanloom.store.tables import flow_case, flow_migration, release


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """Running cases of a flow that are pinned to a release before the live one. `same`: the flow reads the same."""

    flow_key: str
    title: Text
    release_id: int
    number: int
    cases: int
    same: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A step at which cases stand, and the steps of the new version that may take its place."""

    key: str
    title: Text
    cases: int
    to: str
    choices: Sequence[tuple[str, Text]]


def behind(ctx: Context) -> list[Behind]:
    """Every flow and release with running cases that are not of the live release."""
    ctx.require(migrations.RIGHT)
    counted = (
        select(flow_case.c.flow_key, flow_case.c.release_id, release.c.number, func.count().label("cases"))
        .join(release, release.c.id == flow_case.c.release_id)
        .where(flow_case.c.status != "ended", flow_case.c.release_id != ctx.company.release_id)
        .group_by(flow_case.c.flow_key, flow_case.c.release_id, release.c.number)
        .order_by(flow_case.c.flow_key, release.c.number)
    )
    found = []
    with ctx.transaction() as connection:
        for row in connection.execute(counted):
            old = releases.pinned(ctx, connection, row.release_id).require("flow", row.flow_key)
            new = ctx.registry.get("flow", row.flow_key)
            same = new is not None and new.digest == old.digest
            found.append(
                Behind(
                    flow_key=row.flow_key,
                    title=old.title,
                    release_id=row.release_id,
                    number=row.number,
                    cases=row.cases,
                    same=same,
                )
            )
    return found


def plan_of(ctx: Context, flow_key: str, from_release: int, nodes: Mapping[str, str], *, keep: bool) -> migrations.Plan:
    """The plan of a move to the live release."""
    if ctx.registry.get("flow", flow_key) is None or ctx.company.release_id is None:
        raise NotFound(text("flow", "流程"))
    return migrations.Plan(
        flow_key=flow_key, from_release=from_release, to_release=ctx.company.release_id, nodes=nodes, keep=keep
    )


def places(ctx: Context, plan: migrations.Plan, foreseen: Sequence[migrations.Foreseen]) -> list[Place]:
    """The steps at which these cases stand, in the order of the flow."""
    with ctx.transaction() as connection:
        old = kept.flow_of(releases.pinned(ctx, connection, plan.from_release), plan.flow_key)
    new = kept.flow_of(ctx.registry, plan.flow_key)
    choices = [(node.key, node.title) for node in new if node.type not in ("end", "start")]
    at = [key for one in foreseen for key in one.at]
    return [
        Place(
            key=node.key, title=node.title, cases=at.count(node.key), choices=choices,
            to=plan.nodes.get(node.key, node.key if node.key in new.nodes else ""),
        )
        for node in old
        if node.key in at
    ]  # fmt: skip


def past(ctx: Context, limit: int = 20) -> Sequence[Row[Any]]:
    """The latest moves."""
    ctx.require(migrations.RIGHT)
    old, new = release.alias(), release.alias()
    asked = (
        select(flow_migration, old.c.number.label("from_number"), new.c.number.label("to_number"))
        .join(old, old.c.id == flow_migration.c.from_release_id)
        .join(new, new.c.id == flow_migration.c.to_release_id)
        .order_by(flow_migration.c.id.desc())
        .limit(limit)
    )
    with ctx.transaction() as connection:
        return connection.execute(asked).all()
