"""Sanctions as people look them up: a list and one page with its schedule. Reads only; sanctions.py makes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, or_, select

from loanloom.engines import flows, products
from loanloom.metadata.registry import Registry
from loanloom.problems import Text
from loanloom.services import scope
from loanloom.services.approval import conditions, flow_cases, sanctions
from loanloom.services.context import Context
from loanloom.services.definitions import compiled as engines
from loanloom.services.flows import story
from loanloom.services.origination import quotes
from loanloom.store import names, tables

STATES = ("in_force", "used", "expired", "withdrawn")
TABLE, CUSTOMER, APPLICATION = tables.sanction, tables.customer, tables.application


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One page of the list, newest first; `before` is the key of the next page."""

    rows: tuple[Row[Any], ...]
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A term that was granted otherwise than asked (改批)."""

    name: str
    title: Text
    code_list: str | None
    asked: Any
    granted: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class SanctionPage:
    """One sanction and what belongs to it."""

    sanction: Row[Any]
    application: Row[Any]
    customer: Row[Any]
    contract: Row[Any] | None
    registry: Registry
    preview: products.Preview
    lines: tuple[products.Line, ...]
    term: Text | None
    diagram: flows.Diagram
    approvers: Mapping[int, str]
    days_left: int
    conditions: Sequence[Row[Any]] = ()
    changed: Sequence[Changed] = ()
    may_meet: bool = False
    may_waive: bool = False
    paid_out: bool = False

    def approvers_in_words(self, nobody: str) -> str:
        """Who said yes last, in order; `nobody` where no person did."""
        approved = [self.approvers.get(int(who), str(who)) for who in self.sanction.extra.get("approvers", ())]
        return " → ".join(approved) or nobody


def listing(
    ctx: Context, *, query: str = "", state: str | None = None, before: int | None = None, limit: int = 20
) -> Listing:
    """The sanctions the actor may see."""
    ctx.require("sanction.read")
    statement: Select[Any] = (
        select(TABLE, CUSTOMER.c.name.label("customer_name"), APPLICATION.c.number.label("application_number"))
        .join(CUSTOMER, CUSTOMER.c.id == TABLE.c.customer_id)
        .join(APPLICATION, APPLICATION.c.id == TABLE.c.application_id)
        .where(scope.visible(ctx, TABLE))
    )
    words = query.strip()
    if words:
        statement = statement.where(
            or_(TABLE.c.number.startswith(words, autoescape=True), names.like_name(CUSTOMER, words))
        )
    if state in STATES:
        statement = statement.where(TABLE.c.state == state)
    if before is not None:
        statement = statement.where(TABLE.c.id < before)
    with ctx.transaction() as connection:
        rows = connection.execute(statement.order_by(TABLE.c.id.desc()).limit(limit + 1)).all()
    shown = tuple(rows[:limit])
    return Listing(rows=shown, before=shown[-1].id if len(rows) > limit else None)


def page(ctx: Context, sanction_id: int, language: str) -> SanctionPage:
    """One sanction the actor may see."""
    with ctx.transaction() as connection:
        row = sanctions.read(ctx, connection, sanction_id)
        case = flow_cases.load(ctx, connection, row.application_id)
        customer = connection.execute(select(CUSTOMER).where(CUSTOMER.c.id == row.customer_id)).one()
        contract = connection.execute(
            select(tables.contract).where(
                tables.contract.c.sanction_id == row.id,
                tables.contract.c.kind.in_(("loan", "line")),
                ~tables.contract.c.extra.has_key("draw_id"),  # draws on a line are contracts of their own
                tables.contract.c.state != "cancelled",
            )
        ).one_or_none()
        preview = quotes.of_agreed(ctx, case.registry, row)
        sheet = preview.disclosure
        return SanctionPage(
            sanction=row,
            application=case.record,
            customer=customer,
            contract=contract,
            registry=case.registry,
            preview=preview,
            term=quotes.term_in_words(case.registry, row.product_key, preview),
            lines=products.lines(sheet, engines.offer(case.registry, row.product_key)) if sheet else (),
            diagram=story.drawn(connection, case, language),
            approvers=story.names(connection, case.id),
            days_left=(row.expires_on - ctx.business_date).days,
            conditions=conditions.listing(connection, row.id),
            changed=_changed(case.registry, row),
            paid_out=conditions.paid_out(connection, row.id),
            may_meet=ctx.actor.may("contract.prepare"),
            may_waive=ctx.actor.may("application.decide") and ctx.actor.user_id in _approvers(row),
        )


def _approvers(row: Row[Any]) -> list[int]:
    return [int(one) for one in (row.extra or {}).get("approvers", ())]


def _changed(registry: Registry, row: Row[Any]) -> list[Changed]:
    """The terms granted otherwise than asked, by what people call them."""
    found = []
    for name, said in ((row.extra or {}).get("changed") or {}).items():
        record, _, leaf = name.partition(".")
        field = next((one for one in registry.entity_fields(record) if one.key == leaf), None)
        found.append(
            Changed(
                name=name,
                title=field.title if field is not None else {"en": leaf, "zh": leaf},
                code_list=field.code_list if field is not None else None,
                asked=said["asked"],
                granted=said["granted"],
            )
        )
    return found
