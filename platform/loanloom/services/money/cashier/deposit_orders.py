"""The desk's orders on customers' money held: receive it, apply it to a loan, give it back. Bodies of orders alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.money import repayments
from loanloom.services.money.books import amending, booking
from loanloom.services.money.cashier import deposits, orders, payers, payouts, receipts
from loanloom.services.money.cashier.deposits import Move
from loanloom.services.money.cashier.order_shapes import About
from loanloom.services.money.repayments import Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Receive:
    """Money to hold for a customer or a partner, perhaps for one loan."""

    kind: str
    amount: Decimal
    currency: str
    customer_id: int | None = None
    party_id: int | None = None
    loan_id: int | None = None
    hold: bool = False
    source: str | None = None
    purpose: str | None = None
    channel: str = "bank"
    reference: str | None = None
    note: str | None = None
    payer_name: str | None = None
    payer_account: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Apply:
    """Money held pays a loan."""

    deposit_id: int
    loan_id: int
    amount: Decimal
    purpose: Purpose = "due"


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Money held goes back."""

    deposit_id: int
    amount: Decimal
    payee_name: str = ""
    account: str | None = None
    bank_name: str | None = None


def about_receive(ctx: Context, connection: Connection, asked: Receive) -> About:
    """Whose money it will be."""
    booking.check_channel(asked.channel)
    receipts.check_amount(asked.amount, asked.currency)
    if asked.kind == "entrusted" and asked.loan_id is not None:
        words = text("A trustor's money belongs to no single loan.", "委托资金不归属单笔借据。")
        raise Refused(Problem(code="deposit.entrusted", message=words, field="loan_id"))
    if asked.loan_id is not None:
        about = receipts.about_loan(ctx, connection, asked.loan_id, asked.amount, asked.channel)
        if about.currency != asked.currency:
            raise Refused(_other_currency())
        return about
    return About(
        amount=asked.amount, currency=asked.currency, customer_id=asked.customer_id, channel=asked.channel,
        unit=ctx.actor.unit,
    )  # fmt: skip


def book_receive(ctx: Context, connection: Connection, asked: Receive, order_id: int) -> Mapping[str, Any]:
    """Into the owner's deposit, with a receipt; held at once where the order says so."""
    orders.check_words(asked.reference, "reference", 200)
    orders.check_words(asked.note, "note", 200)
    orders.check_words(asked.source, "source", 200)
    orders.check_words(asked.purpose, "purpose", 200)
    if asked.kind == "entrusted" and not (asked.source and asked.purpose):
        raise Refused(
            Problem(
                code="deposit.no_source",
                message=text("Say where the money comes from and what it is for.", "请填写委托资金来源和用途。"),
                field="source",
            )
        )
    row = deposits.open_in(
        ctx, connection, kind=asked.kind, currency=asked.currency, customer_id=asked.customer_id,
        party_id=asked.party_id, loan_id=asked.loan_id,
    )  # fmt: skip
    payer = payers.columns(ctx, asked.payer_name, asked.payer_account)
    whose = {"customer_id": asked.customer_id, "loan_id": asked.loan_id}
    receipt_id, number = receipts.write_receipt(ctx, connection, asked, "deposit", payer, **whose)
    held = asked.amount if asked.hold else Decimal(0)
    moved = Move(
        kind="received",
        amount=asked.amount,
        held=held,
        note=asked.note,
        receipt_id=receipt_id,
        source=asked.source,
        purpose=asked.purpose,
    )
    deposits.move(ctx, connection, row, moved)
    deposits.post(ctx, connection, row, "deposit_received", asked.amount, order_id, channel=asked.channel)
    return {
        "deposit_id": row["id"], "deposit_number": row["number"], "receipt_id": receipt_id, "receipt_number": number,
        "amount": asked.amount, "held": held,
    }  # fmt: skip


def undo_receive(ctx: Context, connection: Connection, result: Mapping[str, Any], reason: str) -> None:
    """It never came in; as long as the money is still there."""
    row = deposits.locked(ctx, connection, result["deposit_id"])
    amount = Decimal(result["amount"])
    back = Move(kind="returned", amount=-amount, note=reason[:200], receipt_id=result["receipt_id"])
    deposits.take_out(ctx, connection, row, back, may_use_held=True)
    receipts.reverse_receipt(ctx, connection, result["receipt_id"], reason)


def about_apply(ctx: Context, connection: Connection, asked: Apply) -> About:
    """Whose loan it pays."""
    receipts.check_amount(asked.amount, None)
    if deposits.locked(ctx, connection, asked.deposit_id)["kind"] == "entrusted":
        words = text("A trustor's money is lent; it pays nobody's loan.", "委托资金不得用于抵还借款。")
        raise Refused(Problem(code="deposit.entrusted", message=words, field="deposit_id"))
    return receipts.about_loan(ctx, connection, asked.loan_id, asked.amount, "deposit")


def book_apply(ctx: Context, connection: Connection, asked: Apply, order_id: int) -> Mapping[str, Any]:
    """Out of the deposit, onto the loan; a deposit for one loan pays no other."""
    row = deposits.locked(ctx, connection, asked.deposit_id)
    about = receipts.about_loan(ctx, connection, asked.loan_id, asked.amount, None)
    if row["currency"] != about.currency:
        raise Refused(_other_currency())
    if row["loan_id"] is not None and row["loan_id"] != asked.loan_id:
        raise Refused(
            Problem(
                code="deposit.other_loan",
                message=text("This deposit is for another loan.", "该保证金属于另一笔借据。"),
                field="loan_id",
            )
        )
    given = {"channel": "deposit", "reference": row["number"]}
    made = repayments.receive_in(ctx, connection, asked.loan_id, asked.amount, asked.purpose, given)
    taken = deposits.take_out(
        ctx, connection, row, Move(kind="applied", amount=-asked.amount, loan_id=asked.loan_id,
                                   receipt_id=made.receipt_id), may_use_held=True,
    )  # fmt: skip
    return {
        "deposit_id": row["id"], "loan_id": asked.loan_id, "amount": asked.amount, "sequence": made.sequence,
        "held": row["held"] - taken["held"], "receipt_id": made.receipt_id, "receipt_number": made.receipt_number,
        "settled": made.settled,
    }  # fmt: skip


def undo_apply(ctx: Context, connection: Connection, result: Mapping[str, Any], reason: str) -> None:
    """The loan owes again, the money is held again."""
    row = deposits.locked(ctx, connection, result["deposit_id"])
    receipts.reverse_receipt(ctx, connection, result["receipt_id"], reason)
    amending.undo_event(ctx, connection, result["loan_id"], result["sequence"])
    back = Move(
        kind="returned", amount=Decimal(result["amount"]), held=Decimal(result["held"]), note=reason[:200],
        loan_id=result["loan_id"],
    )  # fmt: skip
    deposits.move(ctx, connection, row, back)


def about_release(ctx: Context, connection: Connection, asked: Release) -> About:
    """Whose money goes back."""
    row = deposits.locked(ctx, connection, asked.deposit_id)
    receipts.check_amount(asked.amount, row["currency"])
    return About(
        amount=asked.amount, currency=row["currency"], loan_id=row["loan_id"], customer_id=row["customer_id"],
        unit=row["unit"], manager_user_id=row["manager_user_id"],
    )  # fmt: skip


def book_release(ctx: Context, connection: Connection, asked: Release, order_id: int) -> Mapping[str, Any]:
    """Out of the deposit, to be paid by the cashier."""
    row = deposits.locked(ctx, connection, asked.deposit_id)
    planned = payouts.Planned(
        kind="deposit_release", amount=asked.amount, currency=row["currency"],
        payee_name=asked.payee_name or deposits.owner_name(connection, row), payee_kind="other",
        account=asked.account, bank_name=asked.bank_name, loan_id=row["loan_id"], customer_id=row["customer_id"],
        party_id=row["party_id"], order_id=order_id, unit=row["unit"], manager_user_id=row["manager_user_id"],
        purpose=row["number"],
    )  # fmt: skip
    payout_id = payouts.plan_in(ctx, connection, planned)
    out = Move(kind="released", amount=-asked.amount, payout_id=payout_id)
    deposits.take_out(ctx, connection, row, out, may_use_held=False)
    deposits.post(ctx, connection, row, "deposit_released", asked.amount, order_id)
    return {"deposit_id": row["id"], "payout_id": payout_id, "amount": asked.amount}


def undo_release(ctx: Context, connection: Connection, result: Mapping[str, Any], reason: str) -> None:
    """It is held again; not once the cashier has paid it."""
    row = deposits.locked(ctx, connection, result["deposit_id"])
    payouts.close_in(ctx, connection, result["payout_id"], "cancelled")
    amount = Decimal(result["amount"])
    back = Move(kind="returned", amount=amount, note=reason[:200], payout_id=result["payout_id"])
    deposits.move(ctx, connection, row, back)


def _other_currency() -> Problem:
    return Problem(
        code="deposit.other_currency",
        message=text("The loan is in another currency.", "借据币种与保证金币种不同。"),
        field="currency",
    )
