"""What hangs on a loan: its contract with the package of guarantees, who stands for it, what was paid out and taken.

Reads only, a constant number of statements; sight of the loan has been checked by the caller.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, or_, select

from loanloom.services.context import Context
from loanloom.services.money.page import loans
from loanloom.services.papers import documents
from loanloom.services.papers.documents import Made
from loanloom.services.reading import record_history
from loanloom.services.reading.record_history import Happening
from loanloom.store import tables

MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """The records of one loan."""

    contracts: Sequence[RowMapping]
    guarantors: Sequence[Mapping[str, Any]]
    collateral: Sequence[Mapping[str, Any]]
    payouts: Sequence[RowMapping]
    disbursements: Sequence[RowMapping]
    deposits: Sequence[RowMapping]
    receipts: Sequence[RowMapping]
    papers: Sequence[Made]


def related(ctx: Context, loan_id: int) -> Related:
    """Everything that belongs to a loan the actor may see."""
    ctx.require("loan.read", "money.read")
    with ctx.transaction() as connection:
        kept = loans.seen(ctx, connection, loan_id)
        row = kept.row
        application = tables.application
        named = select(application.c.guarantors, application.c.collateral)
        stands = connection.execute(named.where(application.c.id == row["application_id"])).one()
        return Related(
            contracts=_package(connection, row["contract_id"]),
            guarantors=stands.guarantors,
            collateral=stands.collateral,
            payouts=_of_loan(connection, tables.payout, row["id"]),
            disbursements=_of_loan(connection, tables.disbursement, row["id"]),
            deposits=_of_loan(connection, tables.deposit, row["id"]),
            receipts=_of_loan(connection, tables.receipt, row["id"]),
            papers=documents.listing(connection, ("loan", row["id"])),
        )


def history(ctx: Context, loan_id: int) -> Sequence[Happening]:
    """What the audit holds about a loan: who did what, when, with the values before and after."""
    ctx.require("loan.read", "money.read")
    with ctx.transaction() as connection:
        loans.seen(ctx, connection, loan_id)
        return record_history.of(connection, ctx.registry, ("loan", loan_id))


def _package(connection: Connection, contract_id: int) -> Sequence[RowMapping]:
    table = tables.contract
    own = or_(table.c.id == contract_id, table.c.main_contract_id == contract_id)
    return connection.execute(select(table).where(own).order_by(table.c.id)).mappings().all()


def _of_loan(connection: Connection, table: Any, loan_id: int) -> Sequence[RowMapping]:
    query = select(table).where(table.c.loan_id == loan_id).order_by(table.c.id.desc()).limit(MOST)
    return connection.execute(query).mappings().all()
