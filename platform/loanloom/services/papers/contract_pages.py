"""The page of one contract: the package, its papers, its signing, and what this actor may do with it now. Reads
only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Row, select

from loanloom.engines import products
from loanloom.metadata.registry import Registry
from loanloom.problems import Text, text
from loanloom.services import facts
from loanloom.services.approval import conditions, sanctions
from loanloom.services.context import Context
from loanloom.services.definitions import compiled, releases
from loanloom.services.flows import case as flow_case
from loanloom.services.origination import quotes
from loanloom.services.papers import (
    contract_changes,
    contract_life,
    contract_register,
    contracts,
    documents,
    signatures,
)
from loanloom.services.papers.documents import Made
from loanloom.services.reading import record_history
from loanloom.services.reading.record_history import Happening
from loanloom.store import tables


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of a contract's life: done on a day, still to come, or where it stands (`now`)."""

    key: str
    title: Text
    on: date | None
    done: bool = False
    now: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractPage:
    """Everything the page shows."""

    contract: Row[Any]
    package: Sequence[Row[Any]]
    papers: Mapping[int, Sequence[Made]]
    customer: Row[Any]
    sanction: Row[Any]
    conditions: Sequence[Row[Any]]
    application: Row[Any]
    loan: Row[Any] | None
    registry: Registry
    preview: products.Preview
    term: Text | None
    history: Sequence[Happening]
    may_sign: bool
    may_disburse: bool
    may_write_papers: bool
    prepared_by_me: bool
    lines: Sequence[Row[Any]] = ()
    stages: Sequence[Stage] = ()
    seals: Mapping[str, Text] = field(default_factory=dict)
    may_print: bool = False
    may_seal: bool = False
    may_archive: bool = False
    may_send: bool = False
    changes: Sequence[Row[Any]] = ()
    methods: Sequence[str] = ()
    may_ask_change: bool = False
    may_decide_change: bool = False
    change_cases: Mapping[int, int] = field(default_factory=dict)
    """The cases that decide about changes, by change."""


def read(ctx: Context, contract_id: int) -> ContractPage:
    """The page of a contract the actor may see; a guarantee contract opens with its loan contract's package."""
    with ctx.transaction() as connection:
        row = contracts.read(ctx, connection, contract_id)
        if row.main_contract_id is not None:
            row = contracts.read(ctx, connection, row.main_contract_id)
        package = contracts.package(connection, row.id)
        papers = {one.id: documents.listing(connection, ("contract", one.id)) for one in package}
        registry = releases.pinned(ctx, connection, row.release_id)
        application, loan = tables.application, tables.loan
        paid = connection.execute(select(loan).where(tables.is_loan_of(row.id))).one_or_none()
        shown = quotes.of_agreed(ctx, registry, row, start_on=paid.disbursed_on if paid else None)
        mine = ctx.actor.user_id is not None and row.created_by == ctx.actor.user_id
        open_ = row.state == "prepared"
        changes = contract_changes.listing(connection, row.id)
        approved = row.approval not in ("pending", "refused") and row.state != "cancelled"
        asked = registry.require("product", row.product_key).spec.get("contracting") or {}
        return ContractPage(
            contract=row,
            package=package,
            papers=papers,
            customer=facts.customer_row(connection, row.customer_id),
            sanction=sanctions.find(connection, row.sanction_id),
            conditions=conditions.listing(connection, row.sanction_id),
            application=connection.execute(select(application).where(application.c.id == row.application_id)).one(),
            loan=paid,
            registry=registry,
            preview=shown,
            term=quotes.term_in_words(registry, row.product_key, shown),
            history=record_history.of(connection, registry, *(("contract", one.id) for one in package)),
            may_sign=open_ and approved and ctx.actor.may("contract.sign") and not mine,
            may_disburse=row.state == "signed" and paid is None and ctx.actor.may("money.disburse"),
            may_write_papers=not any(papers.values()) and ctx.actor.may("contract.prepare"),
            prepared_by_me=mine,
            lines=contract_register.lines(connection, [one.id for one in package]),
            stages=_stages(row, asked, paid),
            seals=flow_case.code_items(ctx.registry, contract_life.SEALS),
            may_print=approved and ctx.actor.may("contract.prepare"),
            may_seal=approved and row.state in ("prepared", "signed") and ctx.actor.may("contract.seal") and not mine,
            may_archive=row.state in ("signed", "ended") and ctx.actor.may("contract.archive"),
            changes=changes,
            methods=compiled.offer(registry, row.product_key).methods,
            may_ask_change=(
                row.state == "signed"
                and row.kind == "loan"
                and paid is None
                and not any(one.state in ("requested", "approved") for one in changes)
                and ctx.actor.may("contract.prepare")
            ),
            may_decide_change=ctx.actor.may("contract.sign"),
            change_cases={
                one.id: deciding[0]
                for one in changes
                if (deciding := flow_case.deciding(connection, "contract_change", one.id)) is not None
            },
            may_send=approved and open_ and signatures.offered() and ctx.actor.may("contract.prepare"),
        )


def _stages(row: Row[Any], asked: Mapping[str, Any], paid: Row[Any] | None) -> Sequence[Stage]:
    """The contract's way from draft to archive, as far as its product asks for the steps."""
    approved = row.approval == "approved"
    way: list[tuple[str, Text, bool, date | None]] = [("drafted", text("Drafted", "起草"), True, row.prepared_on)]
    if row.approval is not None:
        way.append(("approved", text("Approved", "审批"), approved, None))
    way.append(("printed", text("Printed", "打印"), row.printed > 0 or row.signed_on is not None, None))
    if asked.get("sealed") or row.sealed_on is not None:
        way.append(("sealed", text("Sealed", "用印"), row.sealed_on is not None, row.sealed_on))
    way.append(("signed", text("Signed, in force", "签订生效"), row.signed_on is not None, row.signed_on))
    way.append(("paid", text("Paid out", "放款"), paid is not None, paid.disbursed_on if paid else None))
    way.append(("archived", text("Archived", "归档"), row.archived_on is not None, row.archived_on))
    first = next((place for place, one in enumerate(way) if not one[2]), -1)
    return [
        Stage(key, words, on if done else None, done, place == first)
        for place, (key, words, done, on) in enumerate(way)
    ]
