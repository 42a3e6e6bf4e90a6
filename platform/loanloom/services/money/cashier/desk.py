"""The cashier's desk at a glance: what waits, what came and went today by channel, and loans found by what one knows.

Reads alone; a constant number of statements.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, and_, func, or_, select

from loanloom.core.lending.owing.arrears import Position, position
from loanloom.problems import Problem, Text, say, text
from loanloom.services import scope
from loanloom.services.access.names import names
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.money import loan_rows
from loanloom.services.money.books import booking
from loanloom.services.money.cashier import orders, payees, payouts
from loanloom.services.parties import customers
from loanloom.store import tables

MOST_SHOWN = 8
MOST_FOUND = 20
ENTERS = ("money.receive", "money.disburse", "money.pay", "money.claim", "money.refund", "money.hold", "money.post")
"""The functions that enter orders, but for reversals."""
LOOK = ("money.read", "money.check", *ENTERS)
"""Who may look at the desk: one of these."""
DOES = (*ENTERS, "money.reverse")
"""Who may do something there."""
ORDER, RECEIPT, PAYOUT, SUSPENSE = tables.cash_order, tables.receipt, tables.payout, tables.suspense


@dataclass(frozen=True, slots=True)
class ChannelTotal:
    """What moved today through a channel; `reversed`: taken back today."""

    channel: str
    received: Decimal
    receipts: int
    reversed: Decimal
    paid: Decimal
    payouts: int


@dataclass(frozen=True, slots=True)
class Pile:
    """Something that waits: how many, how much, and the first of them."""

    count: int
    amount: Decimal
    rows: Sequence[RowMapping]


@dataclass(frozen=True, slots=True)
class Overview:
    """The desk now."""

    to_check: Pile
    to_disburse: Pile
    to_pay: Pile
    to_claim: Pile
    totals: Sequence[ChannelTotal]
    today: Sequence[RowMapping]


@dataclass(frozen=True, slots=True)
class Found:
    """A loan that money may be for, with what it owes today."""

    row: RowMapping
    customer: RowMapping
    position: Position


def overview(ctx: Context) -> Overview:
    """Everything on the first page of the desk."""
    ctx.require(*LOOK)
    with ctx.transaction() as connection:
        return Overview(
            to_check=_pile(connection, _orders(ctx, ORDER.c.state == "entered"), ORDER),
            to_disburse=_pile(connection, _contracts(ctx), tables.contract),
            to_pay=_pile(connection, _payouts(ctx), PAYOUT, "net"),
            to_claim=_pile(connection, _unclaimed(), SUSPENSE, "open_amount"),
            totals=_totals(ctx, connection),
            today=connection.execute(_orders(ctx, _of_today(ctx)).order_by(ORDER.c.id.desc()).limit(MOST_SHOWN * 2))
            .mappings()
            .all(),
        )


def search(ctx: Context, words: str) -> list[Found]:
    """Loans by their number, their contract's, or their borrower (name, pinyin, whole telephone or identity number);
    running ones first."""
    ctx.require("money.receive", "money.read")
    plain = words.strip()
    if not plain:
        return []
    loan, customer, contract = tables.loan, tables.customer, tables.contract
    query = (
        select(loan.c.id)
        .join(customer, customer.c.id == loan.c.customer_id)
        .join(contract, contract.c.id == loan.c.contract_id)
        .where(
            scope.visible(ctx, loan),
            or_(
                loan.c.number.startswith(plain.upper(), autoescape=True),
                contract.c.number == plain.upper(),
                customers.matching(ctx, plain),
            ),
        )
        .order_by(loan.c.status, loan.c.id.desc())
        .limit(MOST_FOUND)
    )
    with ctx.transaction() as connection:
        ids = list(connection.execute(query).scalars())
        kept = {each.id: each for each in loan_rows.load(ctx, connection, ids, lock=False)}
        wanted = {each.row["customer_id"] for each in kept.values()}
        rows = connection.execute(select(customer).where(customer.c.id.in_(wanted))).mappings()
        people: Mapping[int, RowMapping] = {row["id"]: row for row in rows}
    return [
        Found(kept[each].row, people[kept[each].row["customer_id"]], position(kept[each].loan, ctx.business_date))
        for each in ids
    ]


def loan_by_number(ctx: Context, number: str) -> int:
    """The loan of a number that somebody typed, if the actor may see it."""
    return _by_number(ctx, tables.loan, number, text("loan", "借据"), "loan_id")


def customer_by_number(ctx: Context, number: str) -> int:
    """The customer of a number that somebody typed, if the actor may see it."""
    return _by_number(ctx, tables.customer, number, text("customer", "客户"), "customer_id")


def _by_number(ctx: Context, table: Table, number: str, what: Text, field: str) -> int:
    query = select(table.c.id).where(table.c.number == number.strip().upper(), scope.visible(ctx, table))
    with ctx.transaction() as connection:
        found = connection.execute(query).scalar_one_or_none()
    if found is None:
        shown = number.strip()[:40]
        raise Refused(
            Problem(
                code="desk.no_such_number",
                message=text(f"There is no {say(what, 'en')} “{shown}”.", f"没有编号为“{shown}”的{say(what, 'zh')}。"),
                field=field,
            )
        )
    return int(found)


def people(ctx: Context, *user_ids: int | None) -> dict[int, str]:
    """The names of those who had a hand in something."""
    with ctx.transaction() as connection:
        return names(connection, user_ids)


def order(ctx: Context, order_id: int) -> RowMapping:
    """An order with whose it is, for its page."""
    ctx.require(*LOOK)
    with ctx.transaction() as connection:
        row = connection.execute(_orders(ctx, ORDER.c.id == order_id)).mappings().one_or_none()
        scope.check_visible(ctx, row and {**row, "created_by": row["entered_by"]}, orders.ORDER)
        assert row is not None
        return row


def of_kind(ctx: Context, kind: str, *, before: int | None = None, limit: int = 50) -> Sequence[RowMapping]:
    """Orders of one kind that the actor may see, the newest first; page on with the last one's id."""
    ctx.require(*LOOK)
    earlier = [ORDER.c.id < before] if before is not None else []
    query = _orders(ctx, ORDER.c.kind == kind, *earlier).order_by(ORDER.c.id.desc()).limit(limit)
    with ctx.transaction() as connection:
        return list(connection.execute(query).mappings())


def receipt(ctx: Context, receipt_id: int) -> tuple[RowMapping, Sequence[RowMapping], RowMapping | None]:
    """A receipt with what it paid, and its reversal if there was one."""
    ctx.require("money.read", "money.receive")
    loan, customer, event = tables.loan, tables.customer, tables.loan_event
    with ctx.transaction() as connection:
        row = (
            connection.execute(
                select(RECEIPT, customer.c.name.label("customer_name"))
                .outerjoin(customer, customer.c.id == RECEIPT.c.customer_id)
                .where(RECEIPT.c.id == receipt_id)
            )
            .mappings()
            .one_or_none()
        )
        loan_row = None
        if row is not None and row["loan_id"] is not None:
            loan_row = connection.execute(select(loan).where(loan.c.id == row["loan_id"])).mappings().one()
        scope.check_visible(ctx, loan_row or row, orders.ORDER)
        assert row is not None
        paid = connection.execute(
            select(tables.repayment, loan.c.number.label("loan_number"))
            .join(loan, loan.c.id == tables.repayment.c.loan_id)
            .join(
                event,
                and_(event.c.loan_id == tables.repayment.c.loan_id, event.c.sequence == tables.repayment.c.sequence),
            )
            .where(tables.repayment.c.receipt_id == receipt_id, event.c.superseded_by.is_(None))
            .order_by(tables.repayment.c.id)
        )
        undone = tables.receipt_reversal
        reversal = connection.execute(select(undone).where(undone.c.receipt_id == receipt_id)).mappings().one_or_none()
        return row, paid.mappings().all(), reversal


def _pile(connection: Connection, query: Any, table: Any, amount: str = "amount") -> Pile:
    inner = query.order_by(None).subquery()
    count, total = connection.execute(select(func.count(), func.coalesce(func.sum(inner.c[amount]), 0))).one()
    rows = connection.execute(query.order_by(table.c.id).limit(MOST_SHOWN)).mappings().all() if count else []
    return Pile(count, Decimal(total), rows)


def _orders(ctx: Context, *conditions: Any) -> Any:
    loan, customer = tables.loan, tables.customer
    person = scope.visible(ctx, ORDER) if ctx.actor.user_id is None else or_(
        scope.visible(ctx, ORDER), ORDER.c.entered_by == ctx.actor.user_id
    )  # fmt: skip
    return (
        select(ORDER, loan.c.number.label("loan_number"), customer.c.name.label("customer_name"))
        .outerjoin(loan, loan.c.id == ORDER.c.loan_id)
        .outerjoin(customer, customer.c.id == ORDER.c.customer_id)
        .where(person, *conditions)
    )


def _of_today(ctx: Context) -> Any:
    day = ctx.business_date
    return or_(ORDER.c.booked_on == day, ORDER.c.undone_on == day, ORDER.c.entered_on == day)


def _contracts(ctx: Context) -> Any:
    contract, customer, loan = tables.contract, tables.customer, tables.loan
    return (
        select(contract, customer.c.name.label("customer_name"))
        .join(customer, customer.c.id == contract.c.customer_id)
        .outerjoin(loan, tables.is_loan_of(contract.c.id))
        .where(
            contract.c.kind == "loan", contract.c.state == "signed", loan.c.id.is_(None), scope.visible(ctx, contract)
        )
    )


def _payouts(ctx: Context) -> Any:
    table = payees.TABLE
    due = (table.c.kind != "disbursement") | table.c.loan_id.is_not(None)
    net = (table.c.amount - table.c.fee).label("net")
    return select(table, net).where(table.c.state.in_(payouts.OPEN), due, scope.visible(ctx, table))


def _unclaimed() -> Any:
    return (
        select(SUSPENSE, RECEIPT.c.number.label("receipt_number"))
        .join(RECEIPT, RECEIPT.c.id == SUSPENSE.c.receipt_id)
        .where(SUSPENSE.c.state == "open")
    )


def _totals(ctx: Context, connection: Connection) -> list[ChannelTotal]:
    """Receipts and payouts of the business date by channel, in the company's currency."""
    day, reversal = ctx.business_date, tables.receipt_reversal
    came = (
        select(RECEIPT.c.channel, func.sum(RECEIPT.c.amount), func.count())
        .where(RECEIPT.c.received_on == day, RECEIPT.c.currency == ctx.company.currency)
        .group_by(RECEIPT.c.channel)
    )
    back = (
        select(RECEIPT.c.channel, func.sum(RECEIPT.c.amount), func.count())
        .join(reversal, reversal.c.receipt_id == RECEIPT.c.id)
        .where(reversal.c.reversed_on == day, RECEIPT.c.currency == ctx.company.currency)
        .group_by(RECEIPT.c.channel)
    )
    went = (
        select(PAYOUT.c.channel, func.sum(PAYOUT.c.amount - PAYOUT.c.fee), func.count())
        .where(PAYOUT.c.paid_on == day, PAYOUT.c.state == "paid", PAYOUT.c.currency == ctx.company.currency)
        .group_by(PAYOUT.c.channel)
    )
    sums = [{row[0]: (row[1], row[2]) for row in connection.execute(query)} for query in (came, back, went)]
    none = (Decimal(0), 0)
    return [
        ChannelTotal(channel, *sums[0].get(channel, none), sums[1].get(channel, none)[0], *sums[2].get(channel, none))
        for channel in booking.CHANNELS
        if any(channel in each for each in sums)
    ]
