"""Claims 到账认领: unidentified receipts found their loan, wholly or in parts; or go back to the one who paid.

Suggestions come with their reasons: the payer's account paid for this loan before, the loan's number stands in the
bank's words, the names are the same, the amount is what is due.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from loanloom.core.money import ZERO
from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.errors import NotFound, Refused
from loanloom.services.money import loan_rows, repayments
from loanloom.services.money.books import amending
from loanloom.services.money.cashier import matching, payouts, receipts
from loanloom.services.money.cashier.matching import Suggestion
from loanloom.services.money.cashier.order_shapes import About
from loanloom.services.money.repayments import Purpose
from loanloom.store import tables

TABLE, CLAIM = tables.suspense, tables.claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A part of an unidentified receipt for a loan."""

    suspense_id: int
    loan_id: int
    amount: Decimal
    purpose: Purpose = "due"


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """What is left of an unidentified receipt goes back to the payer."""

    suspense_id: int
    payee_name: str
    account: str | None = None
    bank_name: str | None = None


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """An unidentified receipt with what was claimed of it and where the rest might belong."""

    row: RowMapping
    claims: Sequence[RowMapping]
    suggestions: Sequence[Suggestion]


def unclaimed(ctx: Context, *, limit: int = 200) -> Sequence[RowMapping]:
    """Receipts that wait for their claim, the oldest first, with the receipt's number."""
    ctx.require("money.claim", "money.read")
    number = tables.receipt.c.number.label("receipt_number")
    query = (
        select(TABLE, number)
        .join(tables.receipt, tables.receipt.c.id == TABLE.c.receipt_id)
        .where(TABLE.c.state == "open")
        .order_by(TABLE.c.id)
        .limit(limit)
    )
    with ctx.transaction() as connection:
        return connection.execute(query).mappings().all()


def read(ctx: Context, suspense_id: int) -> Unclaimed:
    """One unidentified receipt with suggestions for what is left of it."""
    ctx.require("money.claim", "money.read")
    with ctx.transaction() as connection:
        number = tables.receipt.c.number.label("receipt_number")
        row = (
            connection.execute(
                select(TABLE, number)
                .join(tables.receipt, tables.receipt.c.id == TABLE.c.receipt_id)
                .where(TABLE.c.id == suspense_id)
            )
            .mappings()
            .one_or_none()
        )
        if row is None:
            raise NotFound(receipts.SUSPENSE)
        loan = tables.loan
        claimed = connection.execute(
            select(CLAIM, loan.c.number.label("loan_number"))
            .join(loan, loan.c.id == CLAIM.c.loan_id)
            .where(CLAIM.c.suspense_id == suspense_id)
            .order_by(CLAIM.c.id)
        )
        wanted = matching.Wanted(
            key=suspense_id,
            amount=row["open_amount"],
            currency=row["currency"],
            payer_name=row["payer_name"],
            account_hash=row["payer_account_hash"],
            words=" ".join(filter(None, (row["reference"], row["note"]))),
        )
        found = matching.suggestions(ctx, connection, [wanted])[suspense_id] if row["state"] == "open" else []
        return Unclaimed(row, claimed.mappings().all(), found)


def fitting(ctx: Context, open_amount: Decimal, loan_id: int) -> Decimal:
    """How much of a receipt a loan would take today: what is due, or all of it where nothing is."""
    ctx.require("money.claim")
    with ctx.transaction() as connection:
        receipts.about_loan(ctx, connection, loan_id, open_amount, None)
        (kept,) = loan_rows.load(ctx, connection, [loan_id], lock=False)
    due = loan_rows.due_today(kept.loan, ctx.business_date)
    return min(open_amount, due) if due else open_amount


def about_claim(ctx: Context, connection: Connection, asked: Claim) -> About:
    """Whose claim it is."""
    receipts.check_amount(asked.amount, None)
    return receipts.about_loan(ctx, connection, asked.loan_id, asked.amount, "suspense")


def book_claim(ctx: Context, connection: Connection, asked: Claim, order_id: int) -> Mapping[str, Any]:
    """Apply a part of the receipt to the loan."""
    row = _open(ctx, connection, asked.suspense_id, asked.amount)
    number = connection.execute(
        select(tables.receipt.c.number).where(tables.receipt.c.id == row["receipt_id"])
    ).scalar_one()
    about = receipts.about_loan(ctx, connection, asked.loan_id, asked.amount, None)
    if about.currency != row["currency"]:
        raise Refused(_other_currency(row["currency"], about.currency))
    given = {"channel": "suspense", "receipt_id": row["receipt_id"], "receipt_number": number}
    made = repayments.receive_in(ctx, connection, asked.loan_id, asked.amount, asked.purpose, given)
    left = row["open_amount"] - asked.amount
    _set(ctx, connection, row["id"], left, "open" if left else "claimed")
    claim_id = connection.execute(
        insert(CLAIM)
        .values(
            suspense_id=row["id"], loan_id=asked.loan_id, cash_order_id=order_id, amount=asked.amount,
            claimed_on=ctx.business_date, sequence=made.sequence, created_by=ctx.actor.user_id,
        )
        .returning(CLAIM.c.id)
    ).scalar_one()  # fmt: skip
    return {
        "claim_id": claim_id,
        "suspense_id": row["id"],
        "loan_id": asked.loan_id,
        "sequence": made.sequence,
        "amount": asked.amount,
        "receipt_number": number,
        "settled": made.settled,
    }


def undo_claim(ctx: Context, connection: Connection, result: Mapping[str, Any], reason: str) -> None:
    """The money waits for its claim again."""
    row = receipts.suspense_of(ctx, connection, result["suspense_id"])
    amending.undo_event(ctx, connection, result["loan_id"], result["sequence"])
    _set(ctx, connection, row["id"], row["open_amount"] + Decimal(result["amount"]), "open")
    connection.execute(
        update(CLAIM)
        .where(CLAIM.c.id == result["claim_id"])
        .values(state="undone", undone_on=ctx.business_date, version=CLAIM.c.version + 1)
    )


def about_return(ctx: Context, connection: Connection, asked: Return) -> About:
    """What would go back."""
    row = receipts.suspense_of(ctx, connection, asked.suspense_id)
    return About(amount=row["open_amount"], currency=row["currency"], unit=ctx.actor.unit)


def book_return(ctx: Context, connection: Connection, asked: Return, order_id: int) -> Mapping[str, Any]:
    """Everything that is left waits to be paid back."""
    row = _open(ctx, connection, asked.suspense_id, None)
    payout = payouts.Planned(
        kind="receipt_return",
        amount=row["open_amount"],
        currency=row["currency"],
        payee_kind="other",
        payee_name=asked.payee_name,
        account=asked.account,
        bank_name=asked.bank_name,
        order_id=order_id,
        purpose=row["reference"],
    )
    payout_id = payouts.plan_in(ctx, connection, payout)
    receipts.post_suspense(ctx, connection, "suspense_returned", row["open_amount"], None, order_id, row["currency"])
    _set(ctx, connection, row["id"], ZERO, "returned")
    return {"suspense_id": row["id"], "payout_id": payout_id, "amount": row["open_amount"]}


def undo_return(ctx: Context, connection: Connection, result: Mapping[str, Any], reason: str) -> None:
    """It waits for its claim again; not once the cashier has paid it back."""
    row = receipts.suspense_of(ctx, connection, result["suspense_id"])
    payouts.close_in(ctx, connection, result["payout_id"], "cancelled")
    _set(ctx, connection, row["id"], Decimal(result["amount"]), "open")


def _open(ctx: Context, connection: Connection, suspense_id: int, amount: Decimal | None) -> RowMapping:
    row = receipts.suspense_of(ctx, connection, suspense_id)
    if row["state"] != "open" or (amount is not None and amount > row["open_amount"]):
        left = row["open_amount"]
        raise Refused(
            Problem(
                code="claim.not_enough_left",
                message=text(f"Only {left} of this receipt is left to claim.", f"该笔收款仅余 {left} 可认领。"),
                field="amount",
            )
        )
    return row


def _set(ctx: Context, connection: Connection, suspense_id: int, left: Decimal, state: str) -> None:
    connection.execute(
        update(TABLE)
        .where(TABLE.c.id == suspense_id)
        .values(open_amount=left, state=state, updated_at=ctx.now, version=TABLE.c.version + 1)
    )


def _other_currency(receipt: str, loan: str) -> Problem:
    return Problem(
        code="claim.other_currency",
        message=text(f"The receipt is in {receipt}, the loan in {loan}.", f"收款币种为 {receipt}，借据币种为 {loan}。"),
        field="loan_id",
    )
