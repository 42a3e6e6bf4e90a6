"""The page of one application: what it holds, what was found, where it stands, and what this actor may do with it now.

Reads only. What is offered here is what the services will allow; they check again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects.postgresql import distinct_on

from loanloom.engines import flows, forms
from loanloom.metadata.registry import Registry
from loanloom.problems import Text
from loanloom.services.approval import flow_cases, sanctions
from loanloom.services.context import Context
from loanloom.services.flows import case as cases_kept
from loanloom.services.flows import guards as flow_guards
from loanloom.services.flows import story
from loanloom.services.origination import applications, materials, supplying
from loanloom.services.origination.materials import Material
from loanloom.services.origination.supplying import Wanted
from loanloom.services.papers import contracts, documents
from loanloom.services.papers.documents import Made
from loanloom.services.reading import record_history
from loanloom.services.reading.record_history import Happening
from loanloom.store import tables

TABS = ("form", "assessment", "flow", "papers", "contract", "history")
_KINDS = {"eligibility": "ruleset", "decision": "ruleset", "score": "scorecard", "limit": "calculation"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one engine found, by which definition, and how."""

    kind: str
    definition: Text | None
    result: Mapping[str, Any]
    trace: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Actions:
    """What this actor may do now."""

    fill_in: bool = False
    withdraw: bool = False
    decide: int | None = None
    prepare_contract: bool = False
    hand_in_papers: bool = False
    supply: Wanted | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationPage:
    """Everything the page shows; parts of tabs that are not open stay empty."""

    application: Row[Any]
    customer: Row[Any]
    registry: Registry
    actions: Actions
    sanction: Row[Any] | None
    contract: Row[Any] | None
    loan: Row[Any] | None
    findings: Mapping[str, Finding]
    form: forms.FormView | None = None
    diagram: flows.Diagram | None = None
    materials: Sequence[Material] = ()
    documents: Sequence[Made] = ()
    history: Sequence[Happening] = ()


def read(ctx: Context, application_id: int, tab: str, language: str) -> ApplicationPage:
    """The page of an application the actor may see."""
    with ctx.transaction() as connection:
        row = applications.read(ctx, connection, application_id)
        filling = applications.filling(ctx, connection, row)
        sanction = sanctions.of_application(connection, application_id)
        contract = contracts.of_application(connection, application_id)
        return ApplicationPage(
            application=row,
            customer=filling.customer,
            registry=filling.registry,
            actions=_actions(ctx, connection, row, sanction, contract),
            sanction=sanction,
            contract=contract,
            loan=_loan(connection, application_id),
            findings=findings(connection, filling.registry, application_id),
            **_tab(ctx, connection, filling, tab, language),
        )


def _tab(
    ctx: Context, connection: Connection, filling: applications.Filling, tab: str, language: str
) -> dict[str, Any]:
    """What the open tab needs, and no more."""
    application_id = filling.row.id
    if tab == "form":
        node = applications.node_of(filling)
        return {"form": forms.describe(filling.form, filling.facts, ctx.actor.roles, node, read_only=True)}
    if tab == "flow":
        case = flow_cases.case_of(ctx, connection, filling.row)
        return {"diagram": story.drawn(connection, case, language)}
    if tab == "papers":
        return {"materials": materials.listing(connection, filling.registry, filling.row, filling.facts)}
    if tab == "contract":
        contract = contracts.of_application(connection, application_id)
        return {"documents": documents.listing(connection, ("contract", contract.id)) if contract else ()}
    if tab == "history":
        return {"history": record_history.of(connection, filling.registry, ("application", application_id))}
    return {}


def _actions(
    ctx: Context, connection: Connection, row: Row[Any], sanction: Row[Any] | None, contract: Row[Any] | None
) -> Actions:
    mine = applications.may_fill_in(ctx, row)
    asked = supplying.wanted(ctx, connection, row.id)
    in_force = sanction is not None and sanction.state == "in_force" and sanction.expires_on >= ctx.business_date
    return Actions(
        fill_in=mine,
        hand_in_papers=mine or asked is not None,
        supply=asked,
        withdraw=ctx.actor.may("application.create")
        and row.state in (*applications.BEFORE, "submitted", "returned")
        and (row.created_by == ctx.actor.user_id or mine),
        decide=_item(ctx, connection, row.id) if ctx.actor.may("application.decide") else None,
        prepare_contract=in_force and contract is None and ctx.actor.may("contract.prepare"),
    )


def _item(ctx: Context, connection: Connection, application_id: int) -> int | None:
    """The open item of this application that waits for the actor."""
    table = tables.work_item
    asked = select(table).where(
        table.c.case_id.in_(cases_kept.ids_of("application", application_id)),
        table.c.status == "open",
        table.c.kind == "approval",
    )
    for item in connection.execute(asked.order_by(table.c.id)):
        free = item.assignee in (None, ctx.actor.user_id)
        if free and flow_guards.concerns(ctx, item) and ctx.actor.user_id not in item.excluded:
            return int(item.id)
    return None


def _loan(connection: Connection, application_id: int) -> Row[Any] | None:
    table = tables.loan
    asked = select(table).where(table.c.application_id == application_id, table.c.status != "cancelled")
    return connection.execute(asked.limit(1)).one_or_none()


def findings(connection: Connection, registry: Registry, application_id: int) -> dict[str, Finding]:
    """The last word of each engine."""
    table = tables.assessment
    rows = connection.execute(
        select(table)
        .ext(distinct_on(table.c.kind))
        .where(table.c.application_id == application_id)
        .order_by(table.c.kind, table.c.id.desc())
    )
    found = {}
    for row in rows:
        kind = _KINDS.get(row.kind)
        document = registry.get(kind, row.definition_key) if kind and row.definition_key else None
        title = document.title if document else None
        found[row.kind] = Finding(kind=row.kind, definition=title, result=row.result, trace=row.trace)
    return found
