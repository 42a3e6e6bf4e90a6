"""Receipts 收款: money that came in, for a loan or for nobody knows which; the payer may be somebody else.

The bodies of the desk's orders: each runs inside the order's transaction, whose day is open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from loanloom.core.lending.decisions import ReceiveRepayment, SettleEarly
from loanloom.core.money import CURRENCY_DIGITS, is_writable
from loanloom.problems import Problem, text
from loanloom.services import numbers, scope
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, NotFound, Refused
from loanloom.services.money import loan_rows, money_rows, offers, repayments
from loanloom.services.money.books import amending, booking
from loanloom.services.money.cashier import orders, payees, payers
from loanloom.services.money.cashier.order_shapes import About
from loanloom.services.money.loan_rows import Change
from loanloom.services.money.repayments import Purpose
from loanloom.store import tables

LOAN = text("loan", "借据")
BACKDATED = "receive_repayment"
"""The change of a product's rules that says how far back a receipt reaches."""
SUSPENSE = text("receipt", "收款")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repayment:
    """Money for a loan: what is due, or everything."""

    loan_id: int
    amount: Decimal
    purpose: Purpose = "due"
    channel: str = "bank"
    reference: str | None = None
    note: str | None = None
    payer_name: str | None = None
    payer_account: str | None = None
    received_on: date | None = None
    """The day the money came; the day of entry where nothing is said, also if it is registered later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unidentified:
    """Money of which nobody knows yet what it is for."""

    amount: Decimal
    currency: str
    channel: str = "bank"
    reference: str | None = None
    note: str | None = None
    payer_name: str | None = None
    payer_account: str | None = None


def about_loan(ctx: Context, connection: Connection, loan_id: int, amount: Decimal, channel: str | None) -> About:
    """Whose order it is that moves money of a loan."""
    table = tables.loan
    columns = table.c["id", "customer_id", "currency", "unit", "manager_user_id", "product_key"]
    query = select(*columns)
    row = connection.execute(query.where(table.c.id == loan_id)).mappings().one_or_none()
    scope.check_visible(ctx, row, LOAN)
    assert row is not None
    return About(
        amount=amount,
        currency=row["currency"],
        loan_id=loan_id,
        customer_id=row["customer_id"],
        channel=channel,
        unit=row["unit"],
        manager_user_id=row["manager_user_id"],
        product_key=row["product_key"],
    )


def about_repayment(ctx: Context, connection: Connection, asked: Repayment) -> About:
    """Whose repayment it is."""
    booking.check_channel(asked.channel)
    check_amount(asked.amount, None)
    return about_loan(ctx, connection, asked.loan_id, asked.amount, asked.channel)


def book_repayment(ctx: Context, connection: Connection, asked: Repayment, order_id: int) -> Mapping[str, Any]:
    """Apply the money to the loan, with a receipt."""
    given = {
        "channel": asked.channel,
        "reference": asked.reference,
        "note": asked.note,
        **payers.columns(ctx, asked.payer_name, asked.payer_account),
    }
    made = apply(ctx, connection, asked.loan_id, asked.amount, asked.purpose, given, asked.received_on)
    return {
        "loan_id": made.loan_id,
        "receipt_id": made.receipt_id,
        "receipt_number": made.receipt_number,
        "settled": made.settled,
        "sequence": made.sequence,
    }


def apply(
    ctx: Context,
    connection: Connection,
    loan_id: int,
    amount: Decimal,
    purpose: Purpose,
    given: Mapping[str, Any],
    on: date | None,
) -> repayments.Received:
    """Apply money to a loan as of the day it came: today, or an earlier day, with what followed decided anew."""
    if on is None or on == ctx.business_date:
        return repayments.receive_in(ctx, connection, loan_id, amount, purpose, given)
    if on > ctx.business_date:
        raise Refused(
            Problem(
                code="receipt.in_future",
                message=text("The day of the money lies in the future.", "收款日期晚于营业日期。"),
                field="received_on",
            )
        )
    (kept,) = loan_rows.load(ctx, connection, [loan_id], lock=True)
    far_back = too_far_back(ctx, connection, kept.row, on)
    if far_back is not None:
        raise Refused(far_back)
    command = SettleEarly(on=on, amount=amount) if purpose == "settle" else ReceiveRepayment(on=on, amount=amount)
    (number,) = money_rows.receipt_numbers(ctx, connection, [kept])
    slip = {**given, "received_on": on}
    written: list[int] = []

    def receipt_of() -> int:
        nothing = [Change(kept, (), kept.loan)]
        written.extend(money_rows.write_receipts(ctx, connection, nothing, [amount], [number], slip))
        return written[0]

    change = amending.insert(ctx, connection, kept, command, receipt_of, {"channel": given["channel"]})
    settled = change.after.settled_on is not None
    return repayments.Received(loan_id, written[0], number, settled, kept.row["event_count"] + 1)


def too_far_back(ctx: Context, connection: Connection, loan: Mapping[Any, Any], on: date) -> Problem | None:
    """Why money may not count from a day so long ago: the product says how far a receipt of its loans reaches back."""
    first = ctx.business_date - timedelta(days=offers.offer_for(ctx, connection, loan).change(BACKDATED).reaches_back)
    if on >= first:
        return None
    return Problem(
        code="receipt.too_far_back",
        message=text(f"Receipts of this product reach back to {first} at most.", f"本产品的收款最早可追溯至 {first}。"),
        hint=text("Book it with today's date, or ask for a waiver.", "请按当日入账，或另行申请减免。"),
        field="received_on",
    )


def undo_repayment(ctx: Context, connection: Connection, result: Mapping[str, Any], reason: str) -> None:
    """Take a receipt back: the loan as if the money had never come, the entries reversed."""
    reverse_receipt(ctx, connection, result["receipt_id"], reason)
    amending.undo_event(ctx, connection, result["loan_id"], result["sequence"])


def about_unidentified(ctx: Context, connection: Connection, asked: Unidentified) -> About:
    """Nobody's yet."""
    booking.check_channel(asked.channel)
    check_amount(asked.amount, asked.currency)
    return About(amount=asked.amount, currency=asked.currency, channel=asked.channel, unit=ctx.actor.unit)


def book_unidentified(ctx: Context, connection: Connection, asked: Unidentified, order_id: int) -> Mapping[str, Any]:
    """Keep the money until somebody claims it."""
    orders.check_words(asked.reference, "reference", 200)
    orders.check_words(asked.note, "note", 200)
    payer = payers.columns(ctx, asked.payer_name, asked.payer_account)
    receipt_id, number = write_receipt(ctx, connection, asked, "suspense", payer)
    suspense_id = write_suspense(ctx, connection, asked, payer, receipt_id)
    post_suspense(ctx, connection, "suspense_received", asked.amount, asked.channel, order_id, asked.currency)
    return {"receipt_id": receipt_id, "receipt_number": number, "suspense_id": suspense_id}


def undo_unidentified(ctx: Context, connection: Connection, result: Mapping[str, Any], reason: str) -> None:
    """Take an unidentified receipt back, while nothing of it was claimed."""
    row = suspense_of(ctx, connection, result["suspense_id"])
    if row["open_amount"] != row["amount"]:
        raise Conflict(
            Problem(
                code="receipt.claimed_meanwhile",
                message=text("A part of this receipt was claimed.", "该笔收款已有部分被认领。"),
                hint=text("Undo the claim first.", "请先撤销认领。"),
            )
        )
    connection.execute(
        update(tables.suspense)
        .where(tables.suspense.c.id == row["id"])
        .values(state="reversed", open_amount=0, updated_at=ctx.now, version=tables.suspense.c.version + 1)
    )
    reverse_receipt(ctx, connection, row["receipt_id"], reason)


def write_receipt(
    ctx: Context, connection: Connection, asked: Any, purpose: str, payer: Mapping[str, Any], **whose: Any
) -> tuple[int, str]:
    """A receipt that is not a repayment: its id and number. `asked` has amount, currency, channel, reference, note."""
    table = tables.receipt
    number = numbers.issue_or_plain(ctx, connection, "receipt", "R", 1)[0]
    values = {
        "number": number,
        "purpose": purpose,
        "amount": asked.amount,
        "currency": asked.currency,
        "received_on": ctx.business_date,
        "channel": asked.channel,
        "reference": asked.reference,
        "note": asked.note,
        "created_by": ctx.actor.user_id,
        **payer,
        **whose,
    }
    return int(connection.execute(insert(table).values(values).returning(table.c.id)).scalar_one()), number


def write_suspense(
    ctx: Context, connection: Connection, asked: Unidentified, payer: Mapping[str, Any], receipt_id: int
) -> int:
    """The unidentified receipt that waits for its claim."""
    table = tables.suspense
    values = {
        "receipt_id": receipt_id,
        "amount": asked.amount,
        "open_amount": asked.amount,
        "currency": asked.currency,
        "received_on": ctx.business_date,
        "channel": asked.channel,
        "reference": asked.reference,
        "note": asked.note,
        "unit": ctx.actor.unit,
        "created_by": ctx.actor.user_id,
        **{name: value for name, value in payer.items() if name != "payer_account_cipher"},
    }
    return int(connection.execute(insert(table).values(values).returning(table.c.id)).scalar_one())


def post_suspense(
    ctx: Context, connection: Connection, event: str, amount: Decimal, channel: str | None, order_id: int,
    currency: str,
) -> None:  # fmt: skip
    """The entry of an unidentified receipt, by the company's general posting rules."""
    booking.post_event(
        ctx, connection, event, {"amount": amount}, {"channel": channel} if channel else {},
        source=(orders.SOURCE, order_id), unit=ctx.actor.unit, currency=currency,
    )  # fmt: skip


def suspense_of(ctx: Context, connection: Connection, suspense_id: int) -> RowMapping:
    """An unidentified receipt, locked; everybody who may claim sees all of them, for nobody knows whose they are."""
    table = tables.suspense
    row = connection.execute(select(table).where(table.c.id == suspense_id).with_for_update()).mappings().one_or_none()
    if row is None:
        raise NotFound(SUSPENSE)
    return row


def reverse_receipt(ctx: Context, connection: Connection, receipt_id: int, reason: str) -> None:
    """Note that a receipt was reversed; once at most."""
    table = tables.receipt_reversal
    if connection.execute(select(table.c.id).where(table.c.receipt_id == receipt_id)).first() is not None:
        raise Conflict(
            Problem(
                code="receipt.reversed_already",
                message=text("This receipt was reversed before.", "该笔收款已冲正。"),
            )
        )
    connection.execute(
        insert(table).values(
            receipt_id=receipt_id, reversed_on=ctx.business_date, reason=reason, created_by=ctx.actor.user_id
        )
    )


def check_amount(amount: Decimal, currency: str | None) -> None:
    """Refuse what is no amount of money, and a currency that nobody knows."""
    if currency is not None and currency not in CURRENCY_DIGITS:
        words = text("Choose a currency, such as CNY.", "请选择币种，例如 CNY。")
        raise Refused(Problem(code="receipt.unknown_currency", message=words, field="currency"))
    fine = is_writable(amount) and amount > 0
    if fine and currency is not None:
        fine = payees.rounding_of(currency).holds(amount)
    if not fine:
        raise Refused(
            Problem(
                code="receipt.bad_amount",
                message=text("The amount must be positive, without more decimals than its currency has.",
                             "金额须大于零，小数位数不得超过币种规定。"),
                field="amount",
            )
        )  # fmt: skip
