"""Refunds 退款 of each kind: asked for, approved by somebody else, and paid by the cashier where money goes out.

A merchant sends money back, a payout comes back, goodwill is ours: these reduce what the loan owes, with or without
the interest that the amount has borne. A credit balance goes back to the borrower through a payout.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from loanloom.core.lending.decisions import Command, ReceiveRepayment, RefundSurplus, decide, payoff
from loanloom.core.lending.events import RepaymentReceived
from loanloom.core.lending.evolution import evolve_all
from loanloom.core.lending.owing.interest_shares import interest_borne
from loanloom.core.lending.refunds import interest_saved
from loanloom.core.lending.replanning.loans import follows
from loanloom.core.money import ZERO, total
from loanloom.problems import Problem, Text, text
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.money import loan_rows, money_rows, repayments
from loanloom.services.money.books import amending, booking
from loanloom.services.money.cashier import payers, payouts, receipts
from loanloom.services.money.cashier.order_shapes import About
from loanloom.services.money.loan_rows import Change
from loanloom.services.parties import partners
from loanloom.store import tables

KINDS: Mapping[str, Text] = {
    "merchant_refund": text("Merchant's refund (goods returned)", "商户退款（退货）"),
    "payout_refund": text("A payout came back onto the loan", "放款退回"),
    "goodwill": text("Goodwill, at our cost", "商誉性减免（我方承担）"),
    "credit_balance": text("Credit balance to the borrower", "溢缴款退还借款人"),
}
WITH_INTEREST = ("merchant_refund", "payout_refund")
"""Kinds that may give back the interest the amount has borne."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """A refund for a loan. `payout_id` names the payout that came back; the account is where a credit balance goes."""

    kind: str
    loan_id: int
    amount: Decimal
    with_interest: bool = False
    party_id: int | None = None
    payout_id: int | None = None
    channel: str = "bank"
    reference: str | None = None
    payee_name: str = ""
    account: str | None = None
    bank_name: str | None = None


def about(ctx: Context, connection: Connection, asked: Refund) -> About:
    """Whose refund it is."""
    if asked.kind not in KINDS:
        raise Refused(_problem("refund.unknown_kind", "Choose a kind of refund.", "请选择退款类别。", "kind"))
    if asked.with_interest and asked.kind not in WITH_INTEREST:
        raise Refused(
            _problem("refund.no_interest", "This kind gives no interest back.", "此类退款不退利息。", "with_interest")
        )
    booking.check_channel(asked.channel)
    found = receipts.about_loan(ctx, connection, asked.loan_id, asked.amount, asked.channel)
    receipts.check_amount(asked.amount, found.currency)
    return found


def book(ctx: Context, connection: Connection, asked: Refund, order_id: int) -> Mapping[str, Any]:
    """Book an approved refund."""
    if asked.kind == "credit_balance":
        return _credit_balance(ctx, connection, asked, order_id)
    made = _principal(ctx, connection, asked)
    interest = _interest(ctx, connection, asked) if asked.with_interest else None
    sequences = (made["sequence"], *((interest["sequence"],) if interest else ()))
    return {**made, "sequences": sequences, "interest": interest["amount"] if interest else Decimal(0)}


def undo(ctx: Context, connection: Connection, result: Mapping[str, Any], reason: str) -> None:
    """The loan owes again what the refund took off; a credit balance is kept again if the cashier has not
    paid it, and a payout that had come back waits to be paid again."""
    if result.get("payout_id") is not None:
        payouts.close_in(ctx, connection, result["payout_id"], "cancelled")
    if result.get("reversed_payout_id") is not None:
        payouts.reopen_in(ctx, connection, result["reversed_payout_id"])
    if result.get("receipt_id") is not None:
        receipts.reverse_receipt(ctx, connection, result["receipt_id"], reason)
    for sequence in reversed(result["sequences"]):
        amending.undo_event(ctx, connection, result["loan_id"], sequence)


def returned_payouts(ctx: Context, loan_id: int) -> Sequence[Any]:
    """Payouts of a loan whose money is with us: planned or sent back."""
    ctx.require("money.refund", "money.check")
    table = payouts.TABLE
    query = select(table).where(
        table.c.loan_id == loan_id, table.c.kind == "disbursement", table.c.state.in_(payouts.OPEN)
    )
    with ctx.transaction() as connection:
        return connection.execute(query.order_by(table.c.id)).mappings().all()


def _principal(ctx: Context, connection: Connection, asked: Refund) -> dict[str, Any]:
    """The refunded amount onto the loan: from the merchant's money, the payout's, or our own."""
    if asked.kind == "payout_refund":
        if asked.payout_id is None:
            raise Refused(
                _problem("refund.no_payout", "Choose the payout that came back.", "请选择退回的付款。", "payout_id")
            )
        row = payouts.close_in(ctx, connection, asked.payout_id, "reversed")
        if row["loan_id"] != asked.loan_id or row["amount"] != asked.amount:
            raise Refused(
                _problem(
                    "refund.not_the_payout",
                    f"This payout is {row['amount']} of loan {row['loan_id']}.",
                    f"该付款金额为 {row['amount']}，请核对借据与金额。",
                    "amount",
                )
            )
        made = _apply(ctx, connection, asked, "payout_refund", "payout", None)
        return {**made, "reversed_payout_id": row["id"]}
    if asked.kind == "goodwill":
        return _apply(ctx, connection, asked, "goodwill", "goodwill", None)
    party = partners.read_in(ctx, connection, asked.party_id) if asked.party_id else None
    payer = payers.columns(ctx, party["name"] if party else None, partners.account_of(ctx, party) if party else None)
    given = {"channel": asked.channel, "reference": asked.reference, **payer}
    return _apply(ctx, connection, asked, "merchant_refund", asked.channel, given)


def _interest(ctx: Context, connection: Connection, asked: Refund) -> dict[str, Any] | None:
    """What the refunded amount has borne, given back without money."""
    (kept,) = loan_rows.load(ctx, connection, [asked.loan_id], lock=True)
    borne = _borne(ctx, connection, kept, asked.amount)
    if not borne:
        return None
    command = ReceiveRepayment(on=ctx.business_date, amount=borne, kind="interest_refund")
    return {**_decided(ctx, connection, kept, command, "interest_refund", None, borne), "amount": borne}


def _borne(ctx: Context, connection: Connection, kept: loan_rows.Kept, amount: Decimal) -> Decimal:
    """The interest that goes back with a refund booked just now."""
    if not follows(kept.loan):
        return interest_borne(kept.loan, amount, ctx.business_date)
    events = [event for _, event in loan_rows.events_of(connection, kept.id)]
    return interest_saved(events, ctx.business_date)


def _apply(
    ctx: Context, connection: Connection, asked: Refund, kind: str, channel: str, given: Mapping[str, Any] | None
) -> dict[str, Any]:
    (kept,) = loan_rows.load(ctx, connection, [asked.loan_id], lock=True)
    _check_size(ctx, connection, kept, asked)
    command = ReceiveRepayment(on=ctx.business_date, amount=asked.amount, kind=kind)
    return _decided(ctx, connection, kept, command, channel, given, asked.amount)


def _check_size(ctx: Context, connection: Connection, kept: loan_rows.Kept, asked: Refund) -> None:
    """Goodwill forgives at most what is owed; no more comes back than was paid out. Else a refund would make money."""
    if asked.kind == "goodwill":
        most = payoff(kept.loan, ctx.business_date).total - kept.loan.surplus
    else:
        drawn = kept.loan.terms.principal + total(each.amount for each in kept.loan.circumstances.draws)
        most = drawn - total(
            event.amount
            for _, event in loan_rows.events_of(connection, kept.id)
            if isinstance(event, RepaymentReceived) and event.kind in WITH_INTEREST
        )
    if asked.amount > most:
        raise Refused(
            _problem(
                "refund.too_much", f"At most {max(most, ZERO)} can be refunded.", f"最多可退 {max(most, ZERO)}。",
                "amount",
            )
        )  # fmt: skip


def _credit_balance(ctx: Context, connection: Connection, asked: Refund, order_id: int) -> dict[str, Any]:
    (kept,) = loan_rows.load(ctx, connection, [asked.loan_id], lock=True)
    name = connection.execute(
        select(tables.customer.c.name).where(tables.customer.c.id == kept.row["customer_id"])
    ).scalar_one()
    command = RefundSurplus(on=ctx.business_date, amount=asked.amount)
    made = _decided(ctx, connection, kept, command, "payout", None, asked.amount)
    planned = payouts.Planned(
        kind="surplus", amount=asked.amount, currency=kept.row["currency"], payee_name=asked.payee_name or name,
        account=asked.account, bank_name=asked.bank_name, loan_id=asked.loan_id,
        customer_id=kept.row["customer_id"], order_id=order_id, unit=kept.row["unit"],
        manager_user_id=kept.row["manager_user_id"], purpose=kept.row["number"],
    )  # fmt: skip
    payout_id = payouts.plan_in(ctx, connection, planned)
    return {**made, "payout_id": payout_id, "sequences": (made["sequence"],)}


def _decided(
    ctx: Context,
    connection: Connection,
    kept: loan_rows.Kept,
    command: Command,
    channel: str,
    given: Mapping[str, Any] | None,
    amount: Decimal,
) -> dict[str, Any]:
    """What the core makes of it, saved; with a receipt where money came in."""
    decision = decide(kept.loan, command)
    if decision.problems:
        raise Refused(decision.problems)
    change = Change(kept, decision.events, evolve_all(kept.loan, decision.events))
    made: dict[str, Any] = {"loan_id": kept.id, "sequence": kept.row["event_count"] + 1, "amount": amount}
    if given is not None:
        (received,) = repayments.book_received(ctx, connection, [change], [amount], given)
        return made | {"receipt_id": received.receipt_id, "receipt_number": received.receipt_number}
    money_rows.write_repayments(ctx, connection, [change], [None])
    booking.book(ctx, connection, [change], {"channel": channel})
    return made


def _problem(code: str, en: str, zh: str, field: str) -> Problem:
    return Problem(code=code, message=text(en, zh), field=field)
