"""The one-page approval sheet 审批表: everything an approver weighs, gathered in one transaction. Reads only.

What may be done now is asked of the same rules that later judge the decision, so that the page never offers more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects.postgresql import distinct_on

from loanloom.engines import flows, products
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, Text
from loanloom.services import facts, scope
from loanloom.services.access.names import names
from loanloom.services.approval import flow_cases, granting, sanctions
from loanloom.services.approval.flow_cases import APPLICATION
from loanloom.services.approval.granting import Granted
from loanloom.services.context import Context
from loanloom.services.definitions import compiled as engines
from loanloom.services.errors import NotFound, Refused
from loanloom.services.flows import case as kept
from loanloom.services.flows import choices, guards, story
from loanloom.services.flows.case import ITEM, TABLE, Case
from loanloom.services.flows.choices import Choices
from loanloom.services.origination import quotes, uploads
from loanloom.services.origination.uploads import Upload
from loanloom.services.parties import exposure
from loanloom.services.parties.exposure import Exposure
from loanloom.store import tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one engine found, by which definition, and its trace."""

    kind: str
    definition: Text | None
    result: Mapping[str, Any]
    trace: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What somebody said about the case before; `terms` are those they approved otherwise than asked."""

    title: Text
    by: str | None
    decision: str
    reason: Text | None
    words: str | None
    conditions: Sequence[str]
    terms: Sequence[flows.Term]
    at: Any
    round: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The whole page as values. `now` is what was asked with the terms that approvers have changed so far."""

    application: Row[Any]
    customer: Row[Any]
    registry: Registry
    code: str | None
    facts: Mapping[str, Any]
    findings: Mapping[str, Finding]
    exposure: Exposure
    now: Granted
    granted: Decimal | None
    granted_problem: Problem | None
    annual_rate: Decimal | None
    preview: products.Preview
    opinions: tuple[Opinion, ...]
    files: Sequence[Upload]
    """What was handed in for the application, and what the customer's record holds."""
    diagram: flows.Diagram
    choices: Choices | None
    commands: frozenset[str]
    case_id: int
    manager: str | None
    maker: str | None
    sanction: Row[Any] | None
    standing: Mapping[str, flows.Term]
    """The terms that the actor may change, as they stand."""


def read_item(ctx: Context, item_id: int, language: str) -> Sheet:
    """The sheet of the case that a work item belongs to."""
    asked = select(TABLE.c.subject_id).join(ITEM, ITEM.c.case_id == TABLE.c.id).where(ITEM.c.id == item_id)
    with ctx.transaction() as connection:
        found = connection.execute(asked.where(TABLE.c.subject_kind == "application")).scalar_one_or_none()
    if found is None:
        raise NotFound(guards.ITEM)
    return read(ctx, found, language)


def read(ctx: Context, application_id: int, language: str) -> Sheet:
    """The sheet of an application the actor may see, or has work on."""
    ctx.require("application.read", "application.decide")
    with ctx.transaction() as connection:
        case = flow_cases.load(ctx, connection, application_id)
        items = _items(connection, case.id)
        if not _is_seen(ctx, connection, case, items):
            raise NotFound(APPLICATION)
        return _sheet(ctx, connection, case, items, language)


def is_seen(ctx: Context, connection: Connection, application_id: int) -> bool:
    """Whether the actor may see the sheet of an application, and so the papers on it."""
    if not (ctx.actor.may("application.read") or ctx.actor.may("application.decide")):
        return False
    try:
        case = flow_cases.load(ctx, connection, application_id)
    except NotFound:
        return False
    return _is_seen(ctx, connection, case, _items(connection, case.id))


def _is_seen(ctx: Context, connection: Connection, case: Case, items: Sequence[Row[Any]]) -> bool:
    seen = scope.sees(ctx, case.record._mapping) or guards.works_on(ctx, connection, case, items)
    return seen and ctx.actor.customer_id is None


def number_of(ctx: Context, application_id: int) -> str:
    """The number of an application that was just decided."""
    table = tables.application
    with ctx.transaction() as connection:
        return str(connection.execute(select(table.c.number).where(table.c.id == application_id)).scalar_one())


def _sheet(ctx: Context, connection: Connection, case: Case, items: Sequence[Row[Any]], language: str) -> Sheet:
    row = case.record
    customer = facts.customer_row(connection, row.customer_id)
    found = _findings(connection, case)
    known = {
        **facts.basis(ctx, row, customer, case.registry),
        **{kind: finding.result for kind, finding in found.items()},
    }
    people = names(connection, [row.created_by, customer.manager_user_id])
    offer = engines.offer(case.registry, row.product_key)
    terms = case.state.terms if case.state is not None else {}
    now, known_now = granting.granted(row, terms), granting.with_terms(known, terms)
    granted, problem = (now.amount, None) if now.says_amount else _granted(row.amount, known, offer)
    grade = (known.get("score") or {}).get("grade")
    rate = now.annual_rate if now.annual_rate is not None else offer.rate(grade, now.term_months, ctx.business_date)
    diagram = story.drawn(connection, case, language)
    return Sheet(
        application=row,
        customer=customer,
        registry=case.registry,
        code=case.state.code if case.state else None,
        facts=known,
        findings=found,
        exposure=exposure.of_customer(connection, row.customer_id, leave_out=row.id),
        now=now,
        granted=granted,
        granted_problem=problem,
        annual_rate=rate,
        preview=quotes.of_request(
            ctx,
            case.registry,
            row.product_key,
            amount=granted or row.amount,
            months=now.term_months,
            method=now.method,
            grade=grade,
            annual_rate=now.annual_rate,
            within_limits=not terms,
            particulars=quotes.particulars(case.registry, row.product_key, known_now)[0],
        ),
        opinions=_opinions(case, items, diagram, story.names(connection, case.id)),
        files=[*uploads.listing(connection, ("application", row.id)), *_of_customer(ctx, connection, case, known)],
        diagram=diagram,
        choices=next(iter(choices.of_items(ctx, connection, case, items)), None),
        commands=choices.of_case(ctx, connection, case),
        case_id=case.id,
        manager=people.get(customer.manager_user_id),
        maker=people.get(row.created_by),
        sanction=sanctions.of_application(connection, row.id),
        standing={
            name: flows.term(case.flow, name, _value(name, now, known_now, rate), language) for name in case.flow.terms
        },
    )


def _value(name: str, now: Granted, known: Mapping[str, Any], rate: Decimal | None) -> Any:
    """A term as it would be approved now."""
    if name == granting.RATE:
        return rate
    record, _, leaf = name.partition(".")
    return now.amount if name == granting.AMOUNT else (known.get(record) or {}).get(leaf)


def _items(connection: Connection, case_id: int) -> Sequence[Row[Any]]:
    return connection.execute(select(ITEM).where(ITEM.c.case_id == case_id).order_by(ITEM.c.number)).all()


def _findings(connection: Connection, case: Case) -> dict[str, Finding]:
    """The last word of each engine on the case."""
    table = tables.assessment
    rows = connection.execute(
        select(table)
        .ext(distinct_on(table.c.kind))
        .where(table.c.application_id == case.record.id)
        .order_by(table.c.kind, table.c.id.desc())
    )
    return {
        row.kind: Finding(
            kind=row.kind,
            definition=_title(case.registry, row.kind, row.definition_key),
            result=row.result,
            trace=row.trace,
        )
        for row in rows
    }


KINDS = {"eligibility": "ruleset", "decision": "ruleset", "score": "scorecard", "limit": "calculation"}


def _title(registry: Registry, kind: str, key: str | None) -> Text | None:
    document = registry.get(KINDS[kind], key) if key and kind in KINDS else None
    return document.title if document else None


def _granted(asked: Decimal, known: Mapping[str, Any], offer: products.Offer) -> tuple[Decimal | None, Problem | None]:
    try:
        return sanctions.granted_amount(asked, known, offer), None
    except Refused as refused:
        return None, refused.problems[0]


def _of_customer(ctx: Context, connection: Connection, case: Case, known: Mapping[str, Any]) -> list[Upload]:
    """The files that the customer's record holds, as far as the actor may see them."""
    values = known["customer"]
    held = (values.get(one.key) for one in case.registry.entity_fields("customer") if one.shape.files)
    written = [str(one) for value in held if value for one in (value if isinstance(value, list | tuple) else [value])]
    numbers = [number for one in written if (number := uploads.number_of(one))]
    return list(uploads.seen(ctx, connection, numbers).values()) if numbers else []


def _opinions(
    case: Case, items: Sequence[Row[Any]], diagram: flows.Diagram, names: Mapping[int, str]
) -> tuple[Opinion, ...]:
    """What was said and not taken back."""
    titles = kept.reasons_of(case)
    said = {step.item: step.terms for step in diagram.steps if step.kind == "decided"}
    taken_back = {step.item for step in diagram.steps if step.kind == "taken_back"}
    return tuple(
        Opinion(
            title=item.title,
            by=names.get(item.decided_by),
            decision=item.decision,
            reason=titles.get(item.reason_code, {"en": item.reason_code}) if item.reason_code else None,
            words=item.opinion,
            conditions=item.conditions,
            terms=said.get(item.number, ()),
            at=item.decided_at,
            round=item.round,
        )
        for item in items
        if item.status == "done" and item.number not in taken_back
    )
