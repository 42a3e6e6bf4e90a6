"""The page of one contract: the package, its papers, its signing, and what this actor may do with it now. Reads
only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from loanloom.engines import products
from loanloom.metadata.registry import Registry
from loanloom.problems import Text
from loanloom.services import facts
from loanloom.services.approval import sanctions
from loanloom.services.context import Context
from loanloom.services.definitions import releases
from loanloom.services.origination import quotes
from loanloom.services.papers import contracts, documents
from loanloom.services.papers.documents import Made
from loanloom.services.reading import record_history
from loanloom.services.reading.record_history import Happening
from loanloom.store import tables


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractPage:
    """Everything the page shows."""

    contract: Row[Any]
    package: Sequence[Row[Any]]
    papers: Mapping[int, Sequence[Made]]
    customer: Row[Any]
    sanction: Row[Any]
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
        return ContractPage(
            contract=row,
            package=package,
            papers=papers,
            customer=facts.customer_row(connection, row.customer_id),
            sanction=sanctions.find(connection, row.sanction_id),
            application=connection.execute(select(application).where(application.c.id == row.application_id)).one(),
            loan=paid,
            registry=registry,
            preview=shown,
            term=quotes.term_in_words(registry, row.product_key, shown),
            history=record_history.of(connection, registry, *(("contract", one.id) for one in package)),
            may_sign=open_ and ctx.actor.may("contract.sign") and not mine,
            may_disburse=row.state == "signed" and paid is None and ctx.actor.may("money.disburse"),
            may_write_papers=not any(papers.values()) and ctx.actor.may("contract.prepare"),
            prepared_by_me=mine,
        )
