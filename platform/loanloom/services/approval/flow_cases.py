"""An application as a case in its flow: its row, the pinned definitions, the compiled flow, where it stands.

Loads and answers questions; changes nothing (flow_moves.py saves, approvals.py decides).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from loanloom.engines import flows, rules
from loanloom.metadata.registry import Registry, kept
from loanloom.problems import Problem, Text, text
from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.services.definitions import compiled as engines
from loanloom.services.definitions import releases
from loanloom.services.errors import NotFound, Refused
from loanloom.store import tables

APPLICATION = text("application", "申请")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One application in its flow. `state` is None before the flow has begun."""

    row: Row[Any]
    registry: Registry
    flow: flows.Flow
    state: flows.State | None
    branch: str | None


def load(ctx: Context, connection: Connection, application_id: int, *, lock: bool = False) -> Case:
    """The case of an application, its row locked where it is about to change."""
    statement = select(tables.application).where(tables.application.c.id == application_id)
    row = connection.execute(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise NotFound(APPLICATION)
    return case_of(ctx, connection, row)


def case_of(ctx: Context, connection: Connection, row: Row[Any]) -> Case:
    """The case of an application row already read."""
    registry = releases.pinned(ctx, connection, row.release_id)
    return Case(
        row=row,
        registry=registry,
        flow=flow_of(registry, row.product_key),
        state=flows.State.from_json(row.flow_state) if row.flow_state else None,
        branch=scope.branch_of(scope.units_of(ctx), row.unit),
    )


def product(registry: Registry, product_key: str) -> Mapping[str, Any]:
    """The spec of a product in the case's release."""
    spec: Mapping[str, Any] = registry.require("product", product_key).spec
    return spec


def flow_of(registry: Registry, product_key: str) -> flows.Flow:
    """The compiled application flow of a product."""
    key = (product(registry, product_key).get("flows") or {}).get("application")
    document = registry.get("flow", key) if key else None
    if document is None:
        raise Refused(_no_flow(product_key))
    return _compiled(registry, document.key)


@kept
def _compiled(registry: Registry, key: str) -> flows.Flow:
    compiled = flows.compile_flow(registry.require("flow", key), registry)
    if compiled.flow is None:
        raise Refused(compiled.problems)
    return compiled.flow


def automatic(case: Case) -> flows.Automatic:
    """What decision nodes of this case run: the ruleset they name, else the product's own."""

    def run(key: str | None, facts: Mapping[str, Any]) -> flows.Ruled:
        named = key or product(case.registry, case.row.product_key).get("decision")
        if not named:
            return flows.Ruled(values={}, problems=(_no_flow(case.row.product_key),))
        result = rules.run(engines.ruleset(case.registry, named), facts)
        return flows.Ruled(values=result.facts(), ruleset=named, trace=result.as_json(), problems=result.problems)

    return run


def person_in(ctx: Context, branch: str | None) -> flows.Person:
    """The actor as the flow of a case in `branch` sees them."""
    actor = ctx.actor
    own = scope.branch_of(scope.units_of(ctx), actor.unit)
    return flows.Person(
        id=actor.user_id or 0, roles=frozenset(actor.roles), in_branch=own is not None and own == branch
    )


def history(connection: Connection, application_id: int) -> tuple[flows.Entry, ...]:
    """The flow history of an application as the engine speaks of it, oldest first."""
    table = tables.flow_history
    rows = connection.execute(select(table).where(table.c.application_id == application_id).order_by(table.c.id))
    return tuple(
        flows.Entry(
            kind=row.event,
            node=row.node,
            to=row.to_node,
            by=row.actor_id,
            at=row.at,
            action=row.decision,
            reason=row.reason_code,
            opinion=row.opinion or "",
            item=int(row.details["item"]) if row.details.get("item") is not None else None,
            round=int(row.details.get("round", 1)),
            trace=row.details.get("trace"),
        )
        for row in rows
    )


def names(connection: Connection, application_id: int) -> dict[int, str]:
    """Who is named in the history, as they were called then."""
    table = tables.flow_history
    rows = connection.execute(
        select(table.c.actor_id, table.c.actor_name)
        .where(table.c.application_id == application_id, table.c.actor_id.is_not(None))
        .order_by(table.c.id)
    )
    return {row.actor_id: row.actor_name for row in rows}


def code_items(registry: Registry, key: str | None) -> dict[str, Text]:
    """The titles of a code list's items by key, without the retired ones."""
    document = registry.get("code_list", key) if key else None
    if document is None:
        return {}
    return {item["key"]: item["title"] for item in document.spec.get("items", ()) if not item.get("retired")}


def role_titles(registry: Registry) -> dict[str, Text]:
    """The titles of the roles by key."""
    return {document.key: document.title for document in registry.all("role")}


def reasons_of(case: Case) -> dict[str, Text]:
    """Every reason that some step of the flow may give, by key."""
    found: dict[str, Text] = {}
    for node in case.flow:
        for key in node.reasons.values():
            found.update(code_items(case.registry, key))
    return found


def _no_flow(product_key: str) -> Problem:
    return Problem(
        code="approval.no_flow",
        message=text(
            f"The product '{product_key}' states no flow or ruleset for its applications.",
            f"产品“{product_key}”未配置申请流程或决策规则。",
        ),
        hint=text("A business administrator must add it to the product.", "请业务管理员在产品中补充。"),
    )
