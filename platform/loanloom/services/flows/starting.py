"""Starting a request: who may, with which fields, about which customer; done once however often it is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, select

from loanloom.engines import flows, forms
from loanloom.engines.flows.choosing import of_starter
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, Text, text
from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.services.definitions import compiled
from loanloom.services.errors import Forbidden, NotFound
from loanloom.services.flows import case as kept
from loanloom.services.flows import cases, colleagues, staff
from loanloom.services.flows.cases import Started
from loanloom.services.flows.given import Given
from loanloom.services.once import Once
from loanloom.services.records import form_files, references
from loanloom.store import tables

CUSTOMER = text("customer", "客户")


def possible(ctx: Context) -> dict[str, Text]:
    """The flows of requests that the actor may start, by key."""
    return {one.key: one.title for one in ctx.registry.all("flow") if _may(ctx, one)}


def form_of(registry: Registry, flow_key: str) -> forms.Form | None:
    """The form with which a request begins: that of the start node, else one over all its fields."""
    flow = kept.flow_of(registry, flow_key)
    key = flow.nodes[flow.start].form
    if key is not None:
        return compiled.form(registry, key)
    record = registry.require("flow", flow_key).spec.get("record")
    return compiled.record_form(registry, record) if record is not None else None


def choosing(ctx: Context, flow_key: str) -> tuple[tuple[str, Text, Sequence[tuple[int, str]]], ...]:
    """The steps whose people the starter names, and who may be named: anybody who works here but the starter."""
    flow = kept.flow_of(ctx.registry, flow_key)
    steps = of_starter(flow)
    if not steps:
        return ()
    with ctx.transaction() as connection:
        others = [one for one in colleagues.active(ctx, connection) if one[0] != ctx.actor.user_id]
    return tuple((step, flow.nodes[step].title, others) for step in steps)


def request(
    ctx: Context,
    flow_key: str,
    raw: Mapping[str, Any],
    *,
    customer_id: int | None = None,
    product_key: str | None = None,
    chosen: Mapping[str, Any] | None = None,
    idempotency_key: str | None = None,
) -> Started:
    """Start a request with what was typed: judged by its form, numbered, and sent on its way."""
    document = ctx.registry.get("flow", flow_key)
    if document is None or document.spec.get("subject") != "request":
        raise NotFound(kept.CASE)
    if not _may(ctx, document):
        raise Forbidden(_not_a_starter())
    given = {
        "flow": flow_key,
        "raw": dict(raw),
        "customer": customer_id,
        "product": product_key,
        "chosen": {name: str(value) for name, value in (chosen or {}).items()},
    }
    with ctx.transaction() as connection:
        first = Once(ctx, connection, idempotency_key, "case.start", flow_key, given)
        if first.answer is not None:
            return Started(**{**first.answer, "items": tuple(first.answer["items"])})
        _check_customer(ctx, connection, customer_id)
        named = staff.chosen(ctx, connection, Given({"chosen": chosen}).people_by_node("chosen"))
        values = _judged(ctx, connection, document, raw)
        done = cases.start(
            ctx, connection, flow_key, ("request", None), data=values,
            chosen=named, customer_id=customer_id, product_key=product_key,
        )  # fmt: skip
        if values and (form := form_of(ctx.registry, flow_key)) is not None:
            by_record = {str(document.spec["record"]): values}
            form_files.take(ctx, connection, form, ("flow_case", done.case_id), by_record)
        first.keep(asdict(done))
    return done


def _may(ctx: Context, document: Document) -> bool:
    if document.spec.get("subject") != "request" or ctx.actor.is_borrower:
        return False
    starters = document.spec.get("starters")
    return ctx.actor.is_system or starters is None or bool(set(starters) & set(ctx.actor.roles))


def _judged(ctx: Context, connection: Connection, document: Document, raw: Mapping[str, Any]) -> Mapping[str, Any]:
    record, form = document.spec.get("record"), form_of(ctx.registry, document.key)
    if record is None or form is None:
        return {}
    flow = kept.flow_of(ctx.registry, document.key)
    empty = {one.key: None for one in ctx.registry.entity_fields(record)}
    facts = {record: empty, flows.REQUEST: empty, "as_of": ctx.business_date}
    evaluated = references.judged(ctx, connection, form, raw, facts, ctx.actor.roles, flow.start)
    found: Mapping[str, Any] = evaluated.values.get(record, {})
    return found


def _check_customer(ctx: Context, connection: Connection, customer_id: int | None) -> None:
    """The request may only be about a customer whom the actor may see."""
    if customer_id is None:
        return
    table = tables.customer
    row = connection.execute(select(table).where(table.c.id == customer_id)).one_or_none()
    scope.check_visible(ctx, row._mapping if row is not None else None, CUSTOMER, is_customer=True)


def _not_a_starter() -> Problem:
    return Problem(
        code="flow.not_a_starter",
        message=text("Your roles do not start this.", "您的角色不能发起该业务。"),
    )
