"""What comes of a claim on a subsidiser: money for the whole batch, or a part that is refused.

Money settles the batch's items, the oldest first. What is refused falls back on the borrower, with the next instalment
of the loan, or is written off; a part that the borrower has paid himself simply never comes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping

from loanloom.core.lending.decisions import Command, WithdrawShare, WithdrawSubsidy, decide
from loanloom.core.lending.evolution import evolve_all
from loanloom.core.money import ZERO, total
from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Refused
from loanloom.services.money import loan_rows
from loanloom.services.money.books import amending, booking
from loanloom.services.money.cashier import claim_batches, items, orders, payers, receipts, subsidy_items
from loanloom.services.money.cashier.order_shapes import About
from loanloom.services.money.loan_rows import Change
from loanloom.store import bulk

FALLS_ON = {
    "borrower": text("on the borrower", "由借款人承担"),
    "lender": text("on us (written off)", "由我方承担（核销）"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveBatch:
    """Money for a batch."""

    batch_id: int
    amount: Decimal
    channel: str = "bank"
    reference: str | None = None
    note: str | None = None
    payer_name: str | None = None
    payer_account: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseItem:
    """The subsidiser does not pay what is open of an item; on whom that falls, and why."""

    item_id: int
    falls_on: str
    why: str


def about_batch(ctx: Context, connection: Connection, asked: ReceiveBatch) -> About:
    """The subsidiser's money."""
    booking.check_channel(asked.channel)
    view = claim_batches.read_in(ctx, connection, asked.batch_id)
    currency = view.items[0]["currency"] if view.items else ctx.company.currency
    receipts.check_amount(asked.amount, currency)
    return About(amount=asked.amount, currency=currency, channel=asked.channel, unit=ctx.actor.unit)


def book_batch(ctx: Context, connection: Connection, asked: ReceiveBatch, order_id: int) -> Mapping[str, Any]:
    """Settle the items of a batch, the oldest first, with one receipt and an entry for each kind."""
    for words, name in ((asked.reference, "reference"), (asked.note, "note")):
        orders.check_words(words, name, 200)
    view = claim_batches.read_in(ctx, connection, asked.batch_id, lock=True)
    if asked.amount > view.open:
        raise Refused(
            Problem(
                code="item.not_so_much",
                message=text(f"Only {view.open} of this is open.", f"该批次未结金额仅 {view.open}。"),
                field="amount",
            )
        )
    paid = _spread(view, asked.amount)
    about = About(amount=asked.amount, currency=paid[0][0]["currency"], channel=asked.channel, unit=ctx.actor.unit)
    slip = receipts.Unidentified(
        amount=asked.amount, currency=about.currency, channel=asked.channel, reference=asked.reference, note=asked.note
    )
    payer = payers.columns(ctx, asked.payer_name or view.party["name"], asked.payer_account)
    receipt_id, number = receipts.write_receipt(ctx, connection, slip, "item", payer)
    _settle(ctx, connection, asked.batch_id, paid, 1)
    for kind in sorted({row["kind"] for row, _ in paid}):
        amount = total(part for row, part in paid if row["kind"] == kind)
        if kind == "subsidy":
            items.post(ctx, connection, "item_raised_receivable", amount, order_id, kind, about)
        items.post(ctx, connection, "item_received", amount, order_id, kind, about)
    return {
        "batch_id": asked.batch_id, "receipt_id": receipt_id, "receipt_number": number, "amount": asked.amount,
        "items": {str(row["id"]): str(part) for row, part in paid},
        "passed_on": subsidy_items.pass_on(ctx, connection, paid, receipt_id),
    }  # fmt: skip


def _spread(view: claim_batches.Batch, amount: Decimal) -> list[tuple[RowMapping, Decimal]]:
    """How money goes over what is open, the oldest first."""
    found = []
    for row in sorted(view.items, key=lambda each: (each["due_on"], each["id"])):
        part = min(row["amount"] - row["settled"], amount) if row["state"] == "open" else ZERO
        if part > 0:
            found.append((row, part))
            amount -= part
    return found


def _settle(
    ctx: Context, connection: Connection, batch_id: int, paid: list[tuple[RowMapping, Decimal]], sign: int
) -> None:
    changed = [
        {
            "id": row["id"],
            "settled": row["settled"] + part * sign,
            "state": "settled" if row["settled"] + part * sign == row["amount"] else "open",
            "updated_at": ctx.now.isoformat(),
        }
        for row, part in paid
    ]
    bulk.update(connection, items.TABLE, changed, added=["version = kept.version + 1"])
    subsidy_items.bring_up_batches(connection, {batch_id})


def undo_batch(ctx: Context, connection: Connection, result: Mapping[str, Any], reason: str) -> None:
    """Owed again; not once a part of it was passed on."""
    view = claim_batches.read_in(ctx, connection, result["batch_id"], lock=True)
    receipts.reverse_receipt(ctx, connection, result["receipt_id"], reason)
    subsidy_items.keep_back(ctx, connection, result["passed_on"])
    was = {int(number): Decimal(part) for number, part in result["items"].items()}
    _settle(ctx, connection, result["batch_id"], [(r, was[r["id"]]) for r in view.items if r["id"] in was], -1)


def about_refusal(ctx: Context, connection: Connection, asked: RefuseItem) -> About:
    """What is open of an item of subsidised interest, or of a part of a charge."""
    if asked.falls_on not in FALLS_ON:
        words = text("Say on whom it falls.", "请选择由谁承担。")
        raise Refused(Problem(code="item.falls_on", message=words, field="falls_on"))
    if not asked.why.strip():
        raise Refused(Problem(code="order.no_reason", message=text("Say why.", "请填写理由。"), field="why"))
    orders.check_words(asked.why, "why", 200)
    row = items.locked(ctx, connection, asked.item_id)
    if row["direction"] != "receivable" or row["kind"] not in items.OF_LOANS or row["state"] != "open":
        words = text(
            "Only an open claim for subsidised interest, or for a part of a charge, is refused.",
            "仅未结的贴息或费用分担应收可登记拒付。",
        )
        raise Refused(Problem(code="item.no_claim", message=words))
    return About(
        amount=row["amount"] - row["settled"], currency=row["currency"], loan_id=row["loan_id"],
        customer_id=row["customer_id"], unit=row["unit"], manager_user_id=row["manager_user_id"],
    )  # fmt: skip


def book_refusal(ctx: Context, connection: Connection, asked: RefuseItem, order_id: int) -> Mapping[str, Any]:
    """The borrower owes it after all, or it is lost; either way the item is closed."""
    about = about_refusal(ctx, connection, asked)
    row = items.locked(ctx, connection, asked.item_id)
    borne = row["kind"] != subsidy_items.PASSED_ON
    if borne and asked.falls_on == "borrower":
        sequence = _falls_back(ctx, connection, row, about.amount)
        return {"item_id": row["id"], "loan_id": row["loan_id"], "sequence": sequence, "amount": about.amount}
    if borne:
        items.post(ctx, connection, "item_given_up", about.amount, order_id, row["kind"], about)
    items.set_state(ctx, connection, row, "cancelled")
    return {"item_id": row["id"], "amount": about.amount}


def _falls_back(ctx: Context, connection: Connection, row: RowMapping, amount: Decimal) -> int:
    """The part is the borrower's again; its item follows the loan."""
    (kept,) = loan_rows.load(ctx, connection, [row["loan_id"]], lock=True)
    first, place = (int(each) for each in row["source_key"].split(":")[2:4])
    on = max(ctx.business_date, kept.loan.last_event_on)
    command: Command = WithdrawSubsidy(on=on, number=first, place=place, amount=amount)
    if row["kind"] == subsidy_items.SHARE:
        command = WithdrawShare(on=on, charge=first, place=place, amount=amount)
    made = decide(kept.loan, command)
    if made.problems:
        raise Refused(made.problems)
    booking.book(ctx, connection, [Change(kept, made.events, evolve_all(kept.loan, made.events))])
    return int(kept.row["event_count"]) + 1


def undo_refusal(ctx: Context, connection: Connection, result: Mapping[str, Any], reason: str) -> None:
    """Claimed again."""
    if "sequence" in result:
        amending.undo_event(ctx, connection, result["loan_id"], result["sequence"])
        return
    row = items.locked(ctx, connection, result["item_id"])
    if row["state"] == "open":
        words = text("It was claimed again meanwhile.", "该项目已重新申领。")
        raise Conflict(Problem(code="item.claimed_again", message=words))
    items.set_state(ctx, connection, row, "open")
