"""Naming the trustor of a contract 委托人登记: whose money it lends, where it comes from and what it is for."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import RowMapping, select
from sqlalchemy.dialects.postgresql import insert as upsert

from loanloom.problems import Problem, text
from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Refused
from loanloom.services.money.cashier import orders, trustors
from loanloom.services.money.cashier.trustors import TABLE, Entrustment
from loanloom.services.parties import partners
from loanloom.store import audit, tables


def name(
    ctx: Context, contract_id: int, party_id: int | None, *, source: str | None = None, purpose: str | None = None
) -> None:
    """Say whose money a contract lends, where it comes from and what it is for. Not once it is paid out."""
    ctx.require("contract.prepare", "money.disburse")
    orders.check_words(source, "source", 200)
    orders.check_words(purpose, "purpose", 200)
    contract, loan = tables.contract, tables.loan
    with ctx.transaction() as connection:
        query = select(contract).where(contract.c.id == contract_id, contract.c.kind == "loan").with_for_update()
        row = connection.execute(query).mappings().one_or_none()
        scope.check_visible(ctx, row, text("contract", "合同"))
        trustor = partners.read_in(ctx, connection, party_id) if party_id is not None else None
        if trustor is None or trustor["kind"] != "trustor" or trustor["state"] != "active":
            raise Refused(_problem("trustor.none", "Choose an active trustor.", "请选择有效的委托人。", "party_id"))
        if connection.execute(select(loan.c.id).where(tables.is_loan_of(contract_id))).first() is not None:
            raise Conflict(
                _problem("trustor.too_late", "This contract has been paid out.", "该合同已放款。", "party_id")
            )
        values = {"party_id": party_id, "source": source, "purpose": purpose, "created_by": ctx.actor.user_id}
        connection.execute(
            upsert(TABLE)
            .values(contract_id=contract_id, **values)
            .on_conflict_do_update(index_elements=["company_id", "contract_id"], set_=values)
        )
        after = {"trustor": trustor["number"], "source": source, "purpose": purpose}
        audit.write(connection, ctx.actor, "contract.trustor_named", ("contract", contract_id), after=after, at=ctx.now)


def read(ctx: Context, contract_id: int) -> Entrustment | None:
    """Whose money a contract lends, if that was said."""
    ctx.require("contract.read", "money.read", "money.disburse")
    with ctx.transaction() as connection:
        return trustors.of_contracts(connection, [contract_id]).get(contract_id)


def loans(ctx: Context, party_id: int) -> Sequence[RowMapping]:
    """The loans of a trustor's money, the newest first."""
    ctx.require("money.read", "loan.read")
    loan, customer = tables.loan, tables.customer
    query = (
        select(
            loan.c.id, loan.c.number, loan.c.principal, loan.c.principal_outstanding, loan.c.currency, loan.c.status,
            loan.c.days_past_due, loan.c.disbursed_on, customer.c.name, TABLE.c.source, TABLE.c.purpose,
        )
        .join(TABLE, TABLE.c.contract_id == loan.c.contract_id)
        .join(customer, customer.c.id == loan.c.customer_id)
        .where(TABLE.c.party_id == party_id, scope.visible(ctx, loan))
        .order_by(loan.c.id.desc())
    )  # fmt: skip
    with ctx.transaction() as connection:
        return connection.execute(query).mappings().all()


def _problem(code: str, en: str, zh: str, field: str) -> Problem:
    return Problem(code=code, message=text(en, zh), field=field)
