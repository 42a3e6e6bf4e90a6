"""To whom a draw is paid 放款支付: the borrower (自主支付), or merchants and suppliers directly (受托支付).

A contract may carry a plan of payees whose amounts add up to it; without one everything goes to the borrower at once.
A merchant gets its amount net of the fee it agreed to; the borrower's debt is the whole amount all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, RowMapping, select, update

from loanloom.core.money import ZERO
from loanloom.problems import Problem, text
from loanloom.services import numbers, scope
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Refused
from loanloom.services.money.cashier import waiting_orders
from loanloom.services.money.cashier.payee_rules import (
    MODES,
    PAYEE_KINDS,
    Payee,
    check_split,
    payable,
    problem,
    rounding_of,
)
from loanloom.services.once import Once
from loanloom.services.parties import partners
from loanloom.store import audit, bulk, tables
from loanloom.store.vault import masked

if TYPE_CHECKING:
    from loanloom.services.money.disbursement_review import Case

__all__ = ["MODES", "PAYEE_KINDS", "Payee", "check_split", "payable", "rounding_of"]

CONTRACT = text("contract", "合同")
TABLE = tables.payout


def plan(ctx: Context, contract_id: int, payees: Sequence[Payee], *, idempotency_key: str | None = None) -> None:
    """Say to whom a contract's money goes; replaces what was said before. Not once it is paid out."""
    ctx.require("contract.prepare", "money.disburse")
    with ctx.transaction() as connection:
        first = Once(ctx, connection, idempotency_key, "payees.plan", contract_id)
        if first.answer is not None:
            return
        contract = _contract(ctx, connection, contract_id)
        waiting_orders.check_none_waits(connection, "disbursement", "contract_id", contract_id)
        check_split(contract["amount"], payees, contract["currency"])
        rows = [row_of(ctx, connection, contract, payee) for payee in payees]
        connection.execute(
            update(TABLE)
            .where(TABLE.c.contract_id == contract_id, TABLE.c.loan_id.is_(None), TABLE.c.state == "planned")
            .values(state="cancelled", updated_at=ctx.now)
        )
        numbered = numbers.issue_or_plain(ctx, connection, "payout", "F", len(rows))
        bulk.insert(connection, TABLE, [{**row, "number": number} for row, number in zip(rows, numbered, strict=True)])
        shown = [{"kind": each.payee_kind, "amount": str(each.amount)} for each in payees]
        audit.write(
            connection, ctx.actor, "contract.payees_planned", ("contract", contract_id), after={"payees": shown}
        )
        first.keep({"contract_id": contract_id})


def planned(ctx: Context, connection: Connection, contract_ids: Iterable[int]) -> Mapping[int, list[RowMapping]]:
    """The planned payouts of contracts that are not paid out yet, in one statement."""
    wanted = sorted(set(contract_ids))
    found: dict[int, list[RowMapping]] = {each: [] for each in wanted}
    query = (
        select(TABLE)
        .where(TABLE.c.contract_id.in_(wanted), TABLE.c.loan_id.is_(None), TABLE.c.state == "planned")
        .order_by(TABLE.c.id)
    )
    for row in connection.execute(query).mappings():
        found[row["contract_id"]].append(row)
    return found


def of_contract(ctx: Context, contract_id: int) -> Sequence[RowMapping]:
    """All payouts of a contract, planned or made, in order."""
    ctx.require("contract.read", "money.read", "money.disburse")
    with ctx.transaction() as connection:
        query = select(TABLE).where(TABLE.c.contract_id == contract_id, scope.visible(ctx, TABLE)).order_by(TABLE.c.id)
        return connection.execute(query).mappings().all()


def at_disbursement(
    ctx: Context,
    connection: Connection,
    drawn: Sequence[Mapping[str, Any]],
    cases: Sequence[Case],
    plans: Mapping[int, list[RowMapping]],
    fees: Sequence[Decimal],
    merchant_fees: Sequence[Decimal],
) -> None:
    """Write what disbursements pay: the borrower's part is paid now, the others' parts wait for the cashier.

    `drawn` are the rows of the disbursements, `fees` what of each is kept back from the borrower's part,
    `merchant_fees` what the product's charges take from the merchant's (its agreement's fee where they take nothing).
    Two statements however many.
    """
    fresh: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for draw, case, fee, merchant_fee in zip(drawn, cases, fees, merchant_fees, strict=True):
        rows = plans.get(draw["contract_id"], [])
        if not rows:
            fresh.append(_whole(ctx, draw, case) | {"fee": fee})
        own = next((row["id"] for row in rows if row["payee_kind"] == "borrower" and row["amount"] > fee), None)
        if rows and fee and own is None:
            raise Refused(
                problem(
                    "payees.fee_not_covered",
                    f"The fee of {fee} is kept back from the borrower's part, which is too small.",
                    f"须从借款人款项中扣收手续费 {fee}，其金额不足。",
                    "amount",
                )
            )
        changed += [
            {"id": row["id"], "loan_id": draw["loan_id"], "fee": _kept(row, own, fee, merchant_fee),
             **_step(ctx, draw, row)}
            for row in rows
        ]  # fmt: skip
    bulk.insert(connection, TABLE, fresh)
    bulk.update(connection, TABLE, changed)


def _kept(row: RowMapping, own: int | None, fee: Decimal, merchant_fee: Decimal) -> Decimal:
    """What stays with us of one payee's part."""
    if row["payee_kind"] == "merchant" and merchant_fee:
        smallest = Decimal(1).scaleb(-rounding_of(row["currency"]).digits)
        return min(merchant_fee, Decimal(row["amount"]) - smallest)
    return fee if row["id"] == own else Decimal(row["fee"])


def _step(ctx: Context, draw: Mapping[str, Any], row: RowMapping) -> dict[str, Any]:
    now = row["payee_kind"] == "borrower"
    return {
        "due_on": ctx.business_date,
        "state": "paid" if now else "planned",
        "channel": draw["channel"] if now else None,
        "paid_on": ctx.business_date if now else None,
        "paid_by": ctx.actor.user_id if now else None,
    }


def _whole(ctx: Context, draw: Mapping[str, Any], case: Case) -> dict[str, Any]:
    return {
        "number": draw["number"],
        "kind": "disbursement",
        "contract_id": draw["contract_id"],
        "loan_id": draw["loan_id"],
        "customer_id": case.contract["customer_id"],
        "payee_kind": "borrower",
        "mode": "self_managed",
        "payee_name": draw["payee_name"],
        "account_masked": draw["payee_account_masked"],
        "amount": draw["amount"],
        "currency": draw["currency"],
        "due_on": ctx.business_date,
        "state": "paid",
        "channel": draw["channel"],
        "paid_on": ctx.business_date,
        "unit": case.contract["unit"],
        "manager_user_id": case.customer["manager_user_id"],
        "created_by": ctx.actor.user_id,
        "paid_by": ctx.actor.user_id,
    }


def _contract(ctx: Context, connection: Connection, contract_id: int) -> RowMapping:
    table = tables.contract
    query = select(table).where(table.c.id == contract_id, table.c.kind == "loan").with_for_update()
    row = connection.execute(query).mappings().one_or_none()
    scope.check_visible(ctx, row, CONTRACT)
    assert row is not None
    paid = connection.execute(select(tables.loan.c.id).where(tables.is_loan_of(contract_id))).first()
    if paid is not None or row["state"] not in ("prepared", "signed"):
        raise Conflict(
            Problem(
                code="payees.too_late",
                message=text("This contract has been paid out or ended.", "该合同已放款或已终止。"),
            )
        )
    return row


def row_of(ctx: Context, connection: Connection, contract: RowMapping, payee: Payee) -> dict[str, Any]:
    """The row of a payout to one payee of a contract, without its number; refused where it cannot be paid."""
    party = _party(ctx, connection, payee)
    columns = account_columns(ctx, payee.account, party)
    borrower = connection.execute(
        select(tables.customer.c.name, tables.customer.c.manager_user_id).where(
            tables.customer.c.id == contract["customer_id"]
        )
    ).one()
    name = payee.name.strip() or (party["name"] if party else borrower.name if payee.payee_kind == "borrower" else "")
    if not name or len(name) > 200:
        raise Refused(problem("payees.no_name", "Name the payee.", "请填写收款人名称。", "name"))
    fee = payee.fee if payee.fee is not None else _fee(payee, party, contract["currency"]) if party else ZERO
    if not 0 <= fee < payee.amount or (fee and payee.payee_kind == "borrower"):
        raise Refused(
            problem("payees.bad_fee", "A fee is kept back from a merchant's or supplier's part alone, and is smaller.",
                     "手续费仅可从商户或供应商款项中扣收，且须小于该款项。", "fee")
        )  # fmt: skip
    return {
        "kind": "disbursement",
        "contract_id": contract["id"],
        "customer_id": contract["customer_id"],
        "party_id": payee.party_id,
        "payee_kind": payee.payee_kind,
        "mode": payee.mode,
        "payee_name": name,
        "bank_name": payee.bank_name or (party["bank_name"] if party else None),
        **columns,
        "amount": payee.amount,
        "fee": fee,
        "currency": contract["currency"],
        "purpose": payee.purpose,
        "unit": contract["unit"],
        "manager_user_id": borrower.manager_user_id,
        "created_by": ctx.actor.user_id,
    }


def _fee(payee: Payee, party: RowMapping, currency: str) -> Decimal:
    return rounding_of(currency).apply(payee.amount * party["fee_rate"])


def _party(ctx: Context, connection: Connection, payee: Payee) -> RowMapping | None:
    if payee.party_id is None:
        return None
    party = partners.read_in(ctx, connection, payee.party_id)
    if party["state"] != "active":
        raise Refused(
            problem(
                "payees.party_stopped",
                f"{party['name']} is not an active partner.",
                f"{party['name']} 已停用。",
                "party_id",
            )
        )
    return party


def account_columns(ctx: Context, account: str | None, party: RowMapping | None = None) -> dict[str, Any]:
    """The closed columns of a payee's account: the one written, else the party's own."""
    vault, company = ctx.database.vault, ctx.company.id
    number = account or (partners.account_of(ctx, party) if party else None)
    return {
        "account_cipher": vault.encrypt(company, "payout.account", number) if number else None,
        "account_hash": vault.search_hash(company, "payout.account", number) if number else None,
        "account_masked": masked(number) if number else None,
    }
