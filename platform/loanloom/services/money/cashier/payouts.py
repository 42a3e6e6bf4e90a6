"""Payouts 付款项: money that is to go out, and what became of it: planned, paid, failed, reversed.

Whatever is to be paid (a merchant's part of a draw, a refund, a deposit given back) waits here for the cashier. The
ledger holds it as payable until the money leaves; what the bank sends back is payable again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from loanloom.core.money import ZERO
from loanloom.problems import Problem, Text, text
from loanloom.services import numbers, scope
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Refused
from loanloom.services.money.books import booking
from loanloom.services.money.cashier import orders, payees, waiting_orders
from loanloom.services.money.cashier.order_shapes import About
from loanloom.store import audit, tables

PAYOUT = text("payout", "付款项")
TABLE = tables.payout
KINDS: Mapping[str, Text] = {
    "disbursement": text("Part of a draw", "放款"),
    "refund": text("Refund", "退款"),
    "surplus": text("Credit balance refund", "溢缴款退还"),
    "deposit_release": text("Deposit given back", "退还保证金"),
    "receipt_return": text("Unidentified receipt sent back", "退回未认领款项"),
    "item": text("Item to be paid", "应付项目"),
}
STATES = ("planned", "paid", "failed", "reversed", "cancelled")
OPEN = ("planned", "failed")
PAID = ("paid_on", "paid_by", "reference")
"""What a payout says of its payment; kept with the order that takes it back."""
CORRECTED = "payout.account_changed"
"""What the audit calls a payout whose account was corrected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """Money that is to go out."""

    kind: str
    amount: Decimal
    currency: str
    payee_name: str
    payee_kind: str = "borrower"
    account: str | None = None
    bank_name: str | None = None
    purpose: str | None = None
    loan_id: int | None = None
    customer_id: int | None = None
    party_id: int | None = None
    order_id: int | None = None
    unit: str | None = None
    manager_user_id: int | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pay:
    """The order to pay one."""

    payout_id: int
    channel: str = "bank"
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendBack:
    """The bank sent the money of a payout back; it is payable again."""

    payout_id: int
    problem: str


def plan_in(ctx: Context, connection: Connection, planned: Planned) -> int:
    """Write a payout that waits for the cashier; its id."""
    if not planned.payee_name.strip():
        raise Refused(
            Problem(code="payout.no_name", message=text("Name the payee.", "请填写收款人名称。"), field="payee_name")
        )
    orders.check_words(planned.payee_name, "payee_name", 200)
    orders.check_words(planned.account, "account", 60)
    values = {
        "number": numbers.issue_or_plain(ctx, connection, "payout", "F", 1)[0],
        "kind": planned.kind,
        "loan_id": planned.loan_id,
        "customer_id": planned.customer_id,
        "party_id": planned.party_id,
        "cash_order_id": planned.order_id,
        "payee_kind": planned.payee_kind,
        "mode": "self_managed" if planned.payee_kind == "borrower" else "entrusted",
        "payee_name": planned.payee_name.strip(),
        "bank_name": planned.bank_name,
        **payees.account_columns(ctx, planned.account),
        "amount": planned.amount,
        "currency": planned.currency,
        "purpose": planned.purpose,
        "due_on": planned.due_on or ctx.business_date,
        "unit": planned.unit or ctx.actor.unit,
        "manager_user_id": planned.manager_user_id,
        "created_by": ctx.actor.user_id,
    }
    return int(connection.execute(insert(TABLE).values(values).returning(TABLE.c.id)).scalar_one())


def waiting(ctx: Context, *, limit: int = 200) -> Sequence[RowMapping]:
    """What is to be paid out: planned or failed, of draws only once they were disbursed; the oldest first."""
    ctx.require("money.pay", "money.read")
    due = (TABLE.c.kind != "disbursement") | TABLE.c.loan_id.is_not(None)
    query = (
        select(TABLE, tables.loan.c.number.label("loan_number"))
        .outerjoin(tables.loan, tables.loan.c.id == TABLE.c.loan_id)
        .where(TABLE.c.state.in_(OPEN), due, scope.visible(ctx, TABLE))
        .order_by(TABLE.c.due_on, TABLE.c.id)
        .limit(limit)
    )
    with ctx.transaction() as connection:
        return connection.execute(query).mappings().all()


def read(ctx: Context, payout_id: int) -> RowMapping:
    """One payout, if the actor may see it."""
    ctx.require("money.pay", "money.read")
    with ctx.transaction() as connection:
        row = connection.execute(select(TABLE).where(TABLE.c.id == payout_id)).mappings().one_or_none()
        scope.check_visible(ctx, row, PAYOUT)
        assert row is not None
        return row


def about_pay(ctx: Context, connection: Connection, asked: Pay) -> About:
    """Whose payout it is; whoever corrected where it goes does not pay it alone."""
    booking.check_channel(asked.channel)
    about = _about(_locked(ctx, connection, asked.payout_id), asked.channel)
    return replace(about, second=_corrected_by(ctx, connection, asked.payout_id))


def book_pay(ctx: Context, connection: Connection, asked: Pay, order_id: int) -> Mapping[str, Any]:
    """The money leaves; a merchant's fee stays with us."""
    orders.check_words(asked.reference, "reference", 200)
    row = _locked(ctx, connection, asked.payout_id)
    if row["state"] not in OPEN or (row["kind"] == "disbursement" and row["loan_id"] is None):
        raise Conflict(_not_payable())
    _change(
        ctx, connection, row, state="paid", channel=asked.channel, reference=asked.reference, problem=None,
        paid_on=ctx.business_date, paid_by=ctx.actor.user_id,
    )  # fmt: skip
    post(ctx, connection, row, "payout_paid", order_id, {"channel": asked.channel})
    return {"payout_id": row["id"], "number": row["number"], "amount": row["amount"], "channel": asked.channel}


def undo_pay(ctx: Context, connection: Connection, result: Mapping[str, Any], reason: str) -> None:
    """It was not paid after all (a wrong click): payable again."""
    _returned(ctx, connection, result["payout_id"], "planned", None)


def about_send_back(ctx: Context, connection: Connection, asked: SendBack) -> About:
    """Whose money came back."""
    if not asked.problem.strip():
        raise Refused(
            Problem(
                code="payout.no_problem", message=text("Say why it came back.", "请填写退回原因。"), field="problem"
            )
        )
    row = _locked(ctx, connection, asked.payout_id)
    return _about(row, row["channel"])


def book_send_back(ctx: Context, connection: Connection, asked: SendBack, order_id: int) -> Mapping[str, Any]:
    """The bank could not deliver: failed, and payable again."""
    orders.check_words(asked.problem, "problem", 200)
    row = _returned(ctx, connection, asked.payout_id, "failed", asked.problem.strip())
    post(ctx, connection, row, "payout_returned", order_id, {"channel": row["channel"]} if row["channel"] else {})
    paid = {name: row[name] for name in PAID}
    return {"payout_id": row["id"], "number": row["number"], "amount": row["amount"], "paid": paid}


def undo_send_back(ctx: Context, connection: Connection, result: Mapping[str, Any], reason: str) -> None:
    """It did not come back (a wrong line of the bank's): paid as before. Not once it was paid again or closed."""
    row = _locked(ctx, connection, result["payout_id"])
    if row["state"] != "failed":
        raise Conflict(_not_payable())
    waiting_orders.check_none_waits(connection, "payout", "payout_id", row["id"])
    paid = dict(result.get("paid") or dict.fromkeys(PAID))
    paid["paid_on"] = date.fromisoformat(paid["paid_on"]) if paid["paid_on"] else row["due_on"]
    _change(ctx, connection, row, state="paid", problem=None, **paid)


def change_account(ctx: Context, payout_id: int, *, name: str, account: str, bank_name: str | None) -> None:
    """Correct where an open payout goes."""
    ctx.require("money.pay")
    with ctx.transaction() as connection:
        row = _locked(ctx, connection, payout_id)
        if row["state"] not in OPEN:
            raise Conflict(_not_payable())
        waiting_orders.check_none_waits(connection, "payout", "payout_id", payout_id)
        if not name.strip() or not account.strip():
            raise Refused(
                Problem(
                    code="payout.no_account",
                    message=text("Enter name and account.", "请填写户名和账号。"),
                    field="account",
                )
            )
        orders.check_words(name, "name", 200)
        orders.check_words(account, "account", 60)
        columns = payees.account_columns(ctx, account)
        _change(ctx, connection, row, payee_name=name.strip(), bank_name=bank_name, **columns)
        masked = {"before": row["account_masked"], "after": columns["account_masked"]}
        audit.write(connection, ctx.actor, CORRECTED, ("payout", payout_id), after=masked, at=ctx.now)


def close_in(ctx: Context, connection: Connection, payout_id: int, state: str) -> RowMapping:
    """An open payout that will not be paid: `cancelled`, or `reversed` where money had been out before. Its row."""
    row = _locked(ctx, connection, payout_id)
    if row["state"] not in OPEN:
        raise Conflict(_not_payable())
    _change(ctx, connection, row, state=state)
    return row


def reopen_in(ctx: Context, connection: Connection, payout_id: int) -> None:
    """A reversed payout is to be paid after all."""
    row = _locked(ctx, connection, payout_id)
    if row["state"] != "reversed":
        raise Conflict(_not_payable())
    _change(ctx, connection, row, state="failed" if row["problem"] else "planned")


def post(
    ctx: Context, connection: Connection, row: Mapping[Any, Any], event: str, order_id: int, facts: Mapping[str, Any]
) -> None:
    """The entry of a payout: `amount` payable, of which `fee` stays and `net` leaves."""
    amounts = {"amount": row["amount"], "fee": row["fee"] or ZERO, "net": row["amount"] - (row["fee"] or ZERO)}
    booking.post_event(
        ctx, connection, event, amounts, {"kind": row["kind"], **facts}, source=(orders.SOURCE, order_id),
        unit=row["unit"], currency=row["currency"], loan_id=row["loan_id"],
    )  # fmt: skip


def _returned(ctx: Context, connection: Connection, payout_id: int, state: str, problem: str | None) -> RowMapping:
    row = _locked(ctx, connection, payout_id)
    if row["state"] != "paid" or (row["kind"] == "disbursement" and row["payee_kind"] == "borrower"):
        raise Conflict(
            Problem(
                code="payout.not_paid",
                message=text(
                    "Only a payout that was paid by the cashier can come back.", "仅已由出纳付出的款项可以退回。"
                ),
            )
        )
    _change(ctx, connection, row, state=state, problem=problem, paid_on=None, paid_by=None, reference=None)
    return row


def _corrected_by(ctx: Context, connection: Connection, payout_id: int) -> bool:
    """Whether the actor has corrected where this payout goes."""
    log = tables.audit_log
    query = select(log.c.id).where(
        log.c.subject_kind == "payout", log.c.subject_id == str(payout_id), log.c.action == CORRECTED,
        log.c.actor_id == ctx.actor.user_id,
    )  # fmt: skip
    return connection.execute(query.limit(1)).first() is not None


def _locked(ctx: Context, connection: Connection, payout_id: int) -> RowMapping:
    row = connection.execute(select(TABLE).where(TABLE.c.id == payout_id).with_for_update()).mappings().one_or_none()
    scope.check_visible(ctx, row, PAYOUT)
    assert row is not None
    return row


def _change(ctx: Context, connection: Connection, row: RowMapping, **values: Any) -> None:
    values |= {"updated_at": ctx.now, "version": TABLE.c.version + 1}
    connection.execute(update(TABLE).where(TABLE.c.id == row["id"]).values(values))


def _about(row: RowMapping, channel: str | None) -> About:
    return About(
        amount=row["amount"],
        currency=row["currency"],
        loan_id=row["loan_id"],
        customer_id=row["customer_id"],
        channel=channel,
        unit=row["unit"],
        manager_user_id=row["manager_user_id"],
    )


def _not_payable() -> Problem:
    return Problem(
        code="payout.not_open",
        message=text("This is not waiting to be paid (any more).", "该付款项不在待付状态。"),
        hint=text("Look at its present state.", "请查看其最新状态。"),
    )
