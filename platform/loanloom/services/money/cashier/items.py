"""Receivable and payable items 应收应付项目 that nothing else keeps: fees of merchants and trustors, subsidies, others.

Instalments, payouts, deposits and unidentified receipts are items too, but their own records keep them; the list of
everything is a data set (services/reading/data_sets/items). Subsidies are claimed in batches (claim_batches).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from loanloom.core.money import ZERO
from loanloom.problems import Problem, Text, text
from loanloom.services import numbers, scope
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Refused
from loanloom.services.money.books import booking
from loanloom.services.money.cashier import charged_items, orders, payers, payouts, receipts, subsidy_items
from loanloom.services.money.cashier.order_shapes import About
from loanloom.services.parties import partners
from loanloom.store import tables

ITEM = text("item", "应收应付项目")
TABLE, BATCH = tables.cash_item, tables.claim_batch
KINDS: Mapping[str, Text] = {
    "merchant_fee": text("Merchant's fee", "商户手续费"),
    "trustor_fee": text("Trustor's handling fee", "委托手续费"),
    "trustor_interest": text("Interest for the trustor", "应付委托人利息"),
    "guarantee_fee": text("Guarantee fee", "担保费"),
    "subsidy": text("Subsidy", "贴息补贴"),
    subsidy_items.BORNE: text("Interest subsidy", "贴息"),
    subsidy_items.PASSED_ON: text("Interest subsidy for the borrower", "先付后贴贴息"),
    subsidy_items.SHARE: text("Part of a charge", "费用分担"),
    "other": text("Other", "其他"),
}
OF_LOANS = (subsidy_items.BORNE, subsidy_items.PASSED_ON, subsidy_items.SHARE)
"""Kinds that only a loan brings about."""
LOANS_OWN = (charged_items.PREFIX, subsidy_items.PREFIX, subsidy_items.SHARED)
BY_HAND: Mapping[str, Text] = {kind: words for kind, words in KINDS.items() if kind not in OF_LOANS}
DIRECTIONS: Mapping[str, Text] = {"receivable": text("Owed to us", "应收"), "payable": text("To be paid", "应付")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Raise:
    """Something owed to us or to be paid, booked when it arises. `source_key` makes it arise once."""

    direction: str
    kind: str
    amount: Decimal
    currency: str
    due_on: date
    party_id: int | None = None
    customer_id: int | None = None
    loan_id: int | None = None
    note: str | None = None
    source_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receive:
    """Money for a receivable item."""

    item_id: int
    amount: Decimal
    channel: str = "bank"
    reference: str | None = None
    note: str | None = None
    payer_name: str | None = None
    payer_account: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pay:
    """A payable item is to be paid: the cashier pays it next."""

    item_id: int
    amount: Decimal


def about_raise(ctx: Context, connection: Connection, asked: Raise) -> About:
    """Whose item it is."""
    if asked.kind not in BY_HAND or asked.direction not in DIRECTIONS:
        raise Refused(
            Problem(code="item.unknown_kind", message=text("Choose what it is.", "请选择项目类别。"), field="kind")
        )
    if asked.party_id is None and asked.customer_id is None:
        raise Refused(
            Problem(code="item.no_subject", message=text("Say whose it is.", "请选择对方。"), field="party_id")
        )
    if (asked.source_key or "").startswith(LOANS_OWN):
        words = text("Only a loan's charges have such a source.", "该来源仅用于借据费用。")
        raise Refused(Problem(code="item.source_taken", message=words, field="source_key"))
    receipts.check_amount(asked.amount, asked.currency)
    orders.check_words(asked.note, "note", 200)
    if asked.party_id is not None:
        partners.read_in(ctx, connection, asked.party_id)
    if asked.customer_id is not None:
        table = tables.customer
        row = connection.execute(select(table).where(table.c.id == asked.customer_id)).mappings().one_or_none()
        scope.check_visible(ctx, row, ITEM, is_customer=True)
    if asked.loan_id is not None:
        about = receipts.about_loan(ctx, connection, asked.loan_id, asked.amount, None)
        if about.currency != asked.currency or asked.customer_id not in (None, about.customer_id):
            raise Refused(_not_the_loan_s())
        return about
    return About(amount=asked.amount, currency=asked.currency, customer_id=asked.customer_id, unit=ctx.actor.unit)


def book_raise(ctx: Context, connection: Connection, asked: Raise, order_id: int) -> Mapping[str, Any]:
    """Write and book it; one with the same source is not written again."""
    about = about_raise(ctx, connection, asked)
    item_id = raise_in(ctx, connection, asked, about.unit, about.manager_user_id)
    if item_id is not None:
        post(ctx, connection, f"item_raised_{asked.direction}", asked.amount, order_id, asked.kind, about)
    return {"item_id": item_id, "amount": asked.amount}


def raise_in(
    ctx: Context, connection: Connection, asked: Raise, unit: str | None, manager_user_id: int | None
) -> int | None:
    """Write an item whose entry somebody else books (a charge of a loan, say); None where it was there already."""
    statement = (
        upsert(TABLE)
        .values(
            number=numbers.issue_or_plain(ctx, connection, "item", "X", 1)[0],
            direction=asked.direction, kind=asked.kind, party_id=asked.party_id, customer_id=asked.customer_id,
            loan_id=asked.loan_id, amount=asked.amount, currency=asked.currency, due_on=asked.due_on,
            note=asked.note, source_key=asked.source_key, unit=unit, manager_user_id=manager_user_id,
            created_by=ctx.actor.user_id,
        )
        .on_conflict_do_nothing(index_elements=["company_id", "source_key"])
        .returning(TABLE.c.id)
    )  # fmt: skip
    made = connection.execute(statement).scalar_one_or_none()
    return int(made) if made is not None else None


def undo_raise(ctx: Context, connection: Connection, result: Mapping[str, Any], reason: str) -> None:
    """It never was; not once something of it was settled."""
    row = locked(ctx, connection, result["item_id"])
    if row["settled"]:
        raise Conflict(
            Problem(code="item.settled_meanwhile", message=text("A part of it was settled.", "该项目已部分结清。"))
        )
    _change(ctx, connection, row, state="cancelled")


def about_receive(ctx: Context, connection: Connection, asked: Receive) -> About:
    """Whose money it is."""
    booking.check_channel(asked.channel)
    return _about(locked(ctx, connection, asked.item_id), asked.amount, asked.channel)


def book_receive(ctx: Context, connection: Connection, asked: Receive, order_id: int) -> Mapping[str, Any]:
    """Settle (a part of) what is owed to us."""
    orders.check_words(asked.reference, "reference", 200)
    orders.check_words(asked.note, "note", 200)
    row = _settle(ctx, connection, asked.item_id, asked.amount, "receivable")
    payer = payers.columns(ctx, asked.payer_name, asked.payer_account)
    slip = receipts.Unidentified(
        amount=asked.amount, currency=row["currency"], channel=asked.channel, reference=asked.reference,
        note=asked.note,
    )  # fmt: skip
    whose = {"customer_id": row["customer_id"], "loan_id": row["loan_id"]}
    receipt_id, number = receipts.write_receipt(ctx, connection, slip, "item", payer, **whose)
    about = _about(row, asked.amount, asked.channel)
    if (row["source_key"] or "").startswith(charged_items.PREFIX):
        post(ctx, connection, "item_raised_receivable", asked.amount, order_id, row["kind"], about)
    post(ctx, connection, "item_received", asked.amount, order_id, row["kind"], about)
    passed_on = subsidy_items.pass_on(ctx, connection, [(row, asked.amount)], receipt_id)
    return {
        "item_id": row["id"], "receipt_id": receipt_id, "receipt_number": number, "amount": asked.amount,
        "passed_on": passed_on,
    }  # fmt: skip


def undo_receive(ctx: Context, connection: Connection, result: Mapping[str, Any], reason: str) -> None:
    """Owed again."""
    row = locked(ctx, connection, result["item_id"])
    receipts.reverse_receipt(ctx, connection, result["receipt_id"], reason)
    subsidy_items.keep_back(ctx, connection, result.get("passed_on", ()))
    _change(ctx, connection, row, settled=row["settled"] - Decimal(result["amount"]), state="open")


def about_pay(ctx: Context, connection: Connection, asked: Pay) -> About:
    """Whose item it is."""
    return _about(locked(ctx, connection, asked.item_id), asked.amount, None)


def book_pay(ctx: Context, connection: Connection, asked: Pay, order_id: int) -> Mapping[str, Any]:
    """To be paid by the cashier, to the party's own account."""
    row = _settle(ctx, connection, asked.item_id, asked.amount, "payable")
    party = partners.read_in(ctx, connection, row["party_id"]) if row["party_id"] else None
    if party is None:
        name = connection.execute(
            select(tables.customer.c.name).where(tables.customer.c.id == row["customer_id"])
        ).scalar_one()
    planned = payouts.Planned(
        kind="item", amount=asked.amount, currency=row["currency"], payee_name=party["name"] if party else name,
        payee_kind="other", account=partners.account_of(ctx, party) if party else None,
        bank_name=party["bank_name"] if party else None, loan_id=row["loan_id"], customer_id=row["customer_id"],
        party_id=row["party_id"], order_id=order_id, unit=row["unit"], manager_user_id=row["manager_user_id"],
        purpose=row["number"],
    )  # fmt: skip
    payout_id = payouts.plan_in(ctx, connection, planned)
    post(ctx, connection, "item_paid", asked.amount, order_id, row["kind"], _about(row, asked.amount, None))
    return {"item_id": row["id"], "payout_id": payout_id, "amount": asked.amount}


def undo_pay(ctx: Context, connection: Connection, result: Mapping[str, Any], reason: str) -> None:
    """To be paid later after all; not once the cashier has paid it."""
    row = locked(ctx, connection, result["item_id"])
    payouts.close_in(ctx, connection, result["payout_id"], "cancelled")
    _change(ctx, connection, row, settled=row["settled"] - Decimal(result["amount"]), state="open")


def _not_the_loan_s() -> Problem:
    return Problem(
        code="item.other_loan",
        message=text("The loan is of another customer or in another currency.", "该借据属于其他客户或币种不同。"),
        field="loan_id",
    )


def read(ctx: Context, item_id: int) -> RowMapping:
    """One item."""
    ctx.require("money.read", "money.receive", "money.pay")
    with ctx.transaction() as connection:
        row = connection.execute(select(TABLE).where(TABLE.c.id == item_id)).mappings().one_or_none()
        scope.check_visible(ctx, row, ITEM)
        assert row is not None
        return row


def locked(ctx: Context, connection: Connection, item_id: int) -> RowMapping:
    """An item, locked, if the actor may see it."""
    row = connection.execute(select(TABLE).where(TABLE.c.id == item_id).with_for_update()).mappings().one_or_none()
    scope.check_visible(ctx, row, ITEM)
    assert row is not None
    return row


def post(
    ctx: Context, connection: Connection, event: str, amount: Decimal, order_id: int, kind: str, about: About
) -> None:
    """The entry of an item, by the company's general posting rules."""
    facts = {"kind": kind} | ({"channel": about.channel} if about.channel else {})
    booking.post_event(
        ctx, connection, event, {"amount": amount}, facts, source=(orders.SOURCE, order_id), unit=about.unit,
        currency=about.currency, loan_id=about.loan_id,
    )  # fmt: skip


def set_state(ctx: Context, connection: Connection, row: RowMapping, state: str) -> None:
    """Close an item that nothing more comes of, or open it again."""
    _change(ctx, connection, row, state=state)


def _settle(ctx: Context, connection: Connection, item_id: int, amount: Decimal, direction: str) -> RowMapping:
    row = locked(ctx, connection, item_id)
    receipts.check_amount(amount, row["currency"])
    left = row["amount"] - row["settled"]
    if row["state"] != "open" or row["direction"] != direction or amount > left:
        left = left if row["state"] == "open" and row["direction"] == direction else ZERO
        raise Refused(
            Problem(
                code="item.not_so_much",
                message=text(f"Only {left} of this is open.", f"该项目未结金额仅 {left}。"),
                field="amount",
            )
        )
    _change(ctx, connection, row, settled=row["settled"] + amount, state="open" if amount < left else "settled")
    return row


def _change(ctx: Context, connection: Connection, row: RowMapping, **values: Any) -> None:
    values |= {"updated_at": ctx.now, "version": TABLE.c.version + 1}
    connection.execute(update(TABLE).where(TABLE.c.id == row["id"]).values(values))
    if row["claim_batch_id"] is not None:
        open_items = select(TABLE.c.id).where(TABLE.c.claim_batch_id == row["claim_batch_id"], TABLE.c.state == "open")
        state = "sent" if connection.execute(open_items.limit(1)).first() else "settled"
        connection.execute(update(BATCH).where(BATCH.c.id == row["claim_batch_id"]).values(state=state))


def _about(row: RowMapping, amount: Decimal, channel: str | None) -> About:
    return About(
        amount=amount, currency=row["currency"], loan_id=row["loan_id"], customer_id=row["customer_id"],
        channel=channel, unit=row["unit"], manager_user_id=row["manager_user_id"],
    )  # fmt: skip
