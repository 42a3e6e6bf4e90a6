"""The undo of a disbursement beside the loan's own events: what stands in its way, and what it puts back.

The loan's row is held, so nothing can be booked on it meanwhile. Payouts, items, the draw on a line and the desk's
order are put back here; the trustor's money and the line's use follow from the booking itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, select, update

from loanloom.core.lending.events import EVENT_NAMES
from loanloom.core.lending.history import Step, in_the_way
from loanloom.core.money import ZERO
from loanloom.problems import Problem, Text, text
from loanloom.services import numbers
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.money import loan_rows
from loanloom.services.money.books import amending
from loanloom.services.money.cashier import deposit_rows, items, payouts
from loanloom.services.money.changes.words import KINDS
from loanloom.services.money.lines import line_usage
from loanloom.services.money.loan_rows import Kept
from loanloom.services.money.page import event_words
from loanloom.store import bulk, tables

KIND = "undo_disbursement"
PAYOUT, ITEM, DEPOSIT = tables.payout, tables.cash_item, tables.deposit
LENT = "disbursement"
"""The kind of payouts, and of the desk's orders, by which a loan is paid out."""
PLANNED = ("plan_agreed", "schedule_changed")
"""Events that many kinds of changes lead to."""
FRESH = ("number", "loan_id", "state", "channel", "reference", "paid_on", "paid_by", "problem", "due_on", "id")
"""What a payout that is planned again does not take from the one before."""


def against(connection: Connection, kept: Kept) -> tuple[Problem, ...]:
    """What stands in the way: bookings of people on the loan, money that is still out, items and deposits in use."""
    return tuple(_against(connection, kept))


def _against(connection: Connection, kept: Kept) -> Iterator[Problem]:
    history = amending.recorded(loan_rows.events_of(connection, kept.id, superseded=True))
    for step in in_the_way(history):
        named = _named_step(step)
        yield _stands(
            text(
                f"{named['en']} of {step.on} (number {step.sequences[0]})",
                f"{step.on} 的{named['zh']}（第 {step.sequences[0]} 笔）",
            ),
            text("Undo that booking first, the last one first.", "请先撤销该笔记账，自最后一笔起。"),
        )
    yield from _in_use(connection, kept)


def _in_use(connection: Connection, kept: Kept, *, lock: bool = False) -> Iterator[Problem]:
    """Payouts, items and deposits of the loan that somebody has to put right first."""
    for row in _rows(connection, PAYOUT, kept, lock=lock):
        if row["state"] == "paid" and not _borrowers(row):
            hint = text("Note first that the bank sent it back, or reverse it.", "请先登记银行退回，或予以冲正。")
            yield _stands(_named(payouts.PAYOUT, f"{row['number']} · {row['payee_name']}"), hint)
    for row in _rows(connection, ITEM, kept, lock=lock):
        if row["state"] != "cancelled" and (row["settled"] or row["claim_batch_id"] or not _charged(row)):
            hint = text("Reverse what was booked on it first.", "请先冲正该项目的收付。")
            yield _stands(_named(items.ITEM, row["number"]), hint)
    for row in _rows(connection, DEPOSIT, kept, lock=lock):
        if row["balance"]:
            hint = text("Give the money back first.", "请先退还该款项。")
            yield _stands(_named(deposit_rows.DEPOSIT, row["number"]), hint)


def _named_step(step: Step) -> Text:
    """What a booking is called: its event, or the change that agreed a new plan."""
    event = EVENT_NAMES[type(step.events[0])]
    asked = str((step.events[0].asked or {}).get("command"))
    return KINDS[asked].title if event in PLANNED and asked in KINDS else event_words.event(event)


def carry_out(ctx: Context, connection: Connection, kept: Kept, reason: str) -> None:
    """Put back what hangs on the disbursement, once the loan's own booking is made; refused where the desk used some of
    it meanwhile."""
    problems = tuple(_in_use(connection, kept, lock=True))
    if problems:
        raise Refused(problems)
    _payouts(ctx, connection, kept)
    open_items = (ITEM.c.loan_id == kept.id) & (ITEM.c.state == "open")
    cancelled = {"state": "cancelled", "updated_at": ctx.now, "version": ITEM.c.version + 1}
    connection.execute(update(ITEM).where(open_items).values(cancelled))
    line_usage.taken_back(ctx, connection, kept.row)
    _desk(ctx, connection, kept, reason)


def _payouts(ctx: Context, connection: Connection, kept: Kept) -> None:
    """The payouts end; where the contract had a plan of payees, the same plan waits for the next time."""
    rows = [row for row in _rows(connection, PAYOUT, kept) if row["kind"] == LENT and row["state"] in _STANDING]
    for row in rows:
        state = "cancelled" if row["state"] == "planned" else "reversed"
        ended = {"state": state, "updated_at": ctx.now, "version": PAYOUT.c.version + 1}
        connection.execute(update(PAYOUT).where(PAYOUT.c.id == row["id"]).values(ended))
    table = tables.disbursement
    vouchers = set(connection.execute(select(table.c.number).where(table.c.loan_id == kept.id)).scalars())
    planned = [row for row in rows if row["number"] not in vouchers]
    numbered = numbers.issue_or_plain(ctx, connection, "payout", "F", len(planned)) if planned else []
    again = [_planned(ctx, row, number) for row, number in zip(planned, numbered, strict=True)]
    bulk.insert(connection, PAYOUT, again)


_STANDING = ("planned", "paid", "failed")


def _planned(ctx: Context, row: RowMapping, number: str) -> dict[str, Any]:
    """A payout of the plan as it was before it was paid out."""
    taken = {name: value for name, value in row.items() if name not in (*FRESH, "company_id", "created_at", "version")}
    fee = ZERO if _borrowers(row) else Decimal(row["fee"])
    fresh = {"number": number, "state": "planned", "fee": fee, "created_by": ctx.actor.user_id, "updated_at": ctx.now}
    return {**taken, **fresh}


def _desk(ctx: Context, connection: Connection, kept: Kept, reason: str) -> None:
    """The desk's order by which the loan was paid out is undone with it."""
    order = tables.cash_order
    of_loan = (order.c.customer_id == kept.row["customer_id"]) & (order.c.kind == LENT) & (order.c.state == "booked")
    of_loan &= order.c.result["loan_id"].as_integer() == kept.id
    undone = {
        "state": "undone", "answer": reason, "undone_by": ctx.actor.user_id, "undone_at": ctx.now,
        "undone_on": ctx.business_date, "version": order.c.version + 1,
    }  # fmt: skip
    connection.execute(update(order).where(of_loan).values(undone))


def _rows(connection: Connection, table: Any, kept: Kept, *, lock: bool = False) -> list[RowMapping]:
    query = select(table).where(table.c.loan_id == kept.id).order_by(table.c.id)
    return list(connection.execute(query.with_for_update() if lock else query).mappings())


def _borrowers(row: RowMapping) -> bool:
    """Whether this is the borrower's own part of the money lent, which went out with the disbursement itself."""
    return bool(row["kind"] == LENT and row["payee_kind"] == "borrower")


def _charged(row: RowMapping) -> bool:
    """Whether an item came with the loan's own charges and subsidies."""
    return bool((row["source_key"] or "").startswith(items.LOANS_OWN))


def _named(what: Text, number: str) -> Text:
    return text(f"{what['en'].capitalize()} {number}", f"{what['zh']} {number}")


def _stands(what: Text, hint: Text) -> Problem:
    return Problem(
        code="change.stands_in_the_way",
        message=text(f"{what['en']} stands in the way.", f"尚有：{what['zh']}。"),
        hint=hint,
    )
