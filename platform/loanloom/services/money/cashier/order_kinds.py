"""Every kind of order of the cashier's desk, in one table. A new kind is a line here and a body where it belongs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.errors import NotFound, Refused
from loanloom.services.money.books import vouchers
from loanloom.services.money.cashier import (
    bank_booking,
    claim_answers,
    claims,
    deposit_orders,
    disbursement_orders,
    items,
    orders,
    payouts,
    receipts,
    refunds,
)
from loanloom.services.money.cashier.order_shapes import About, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Reverse:
    """Take a booked order back."""

    order_id: int
    why: str


def _about_reverse(ctx: Context, connection: Connection, asked: Reverse) -> About:
    if not asked.why.strip():
        raise Refused(Problem(code="order.no_reason", message=text("Say why.", "请填写理由。"), field="why"))
    orders.check_words(asked.why, "why")
    row = orders.locked(ctx, connection, asked.order_id)
    names = ("amount", "currency", "loan_id", "customer_id", "channel", "unit", "manager_user_id")
    return About(**{name: row[name] for name in names}, second=kind_of(row["kind"]).undo_second)


def _book_reverse(ctx: Context, connection: Connection, asked: Reverse, order_id: int) -> Mapping[str, Any]:
    row = orders.locked(ctx, connection, asked.order_id)
    orders.undo_in(ctx, connection, kind_of(row["kind"]), row, asked.why.strip())
    return {"order_id": asked.order_id}


KINDS: Mapping[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(
            key="disbursement", title=text("Disbursement", "放款"), function="money.disburse",
            parameters=disbursement_orders.Disburse, about=disbursement_orders.about, book=disbursement_orders.book,
        ),
        Kind(
            key="repayment", title=text("Repayment", "还款"), function="money.receive", parameters=receipts.Repayment,
            about=receipts.about_repayment, book=receipts.book_repayment, undo=receipts.undo_repayment,
        ),
        Kind(
            key="unidentified", title=text("Unidentified receipt", "未认领收款"), function="money.receive",
            parameters=receipts.Unidentified, about=receipts.about_unidentified, book=receipts.book_unidentified,
            undo=receipts.undo_unidentified,
        ),
        Kind(
            key="bank_statement", title=text("Bank statement", "银行对账单入账"), function="money.receive",
            parameters=bank_booking.Book, about=bank_booking.about, book=bank_booking.book,
        ),
        Kind(
            key="claim", title=text("Claim of a receipt", "到账认领"), function="money.claim", parameters=claims.Claim,
            about=claims.about_claim, book=claims.book_claim, undo=claims.undo_claim,
        ),
        Kind(
            key="receipt_return", title=text("Unidentified receipt sent back", "退回未认领款项"),
            function="money.refund",
            parameters=claims.Return, about=claims.about_return, book=claims.book_return, undo=claims.undo_return,
            always_second=True,
        ),
        Kind(
            key="refund", title=text("Refund", "退款"), function="money.refund", parameters=refunds.Refund,
            about=refunds.about, book=refunds.book, undo=refunds.undo, always_second=True,
        ),
        Kind(
            key="payout", title=text("Payout", "付款"), function="money.pay", parameters=payouts.Pay,
            about=payouts.about_pay, book=payouts.book_pay, undo=payouts.undo_pay,
        ),
        Kind(
            key="payout_back", title=text("Payout sent back by the bank", "付款退回"), function="money.pay",
            parameters=payouts.SendBack, about=payouts.about_send_back, book=payouts.book_send_back,
            undo=payouts.undo_send_back,
        ),
        Kind(
            key="deposit_receive", title=text("Deposit received", "收取保证金"), function="money.hold",
            parameters=deposit_orders.Receive, about=deposit_orders.about_receive, book=deposit_orders.book_receive,
            undo=deposit_orders.undo_receive,
        ),
        Kind(
            key="deposit_apply", title=text("Deposit applied to a loan", "保证金抵还借款"), function="money.hold",
            parameters=deposit_orders.Apply, about=deposit_orders.about_apply, book=deposit_orders.book_apply,
            undo=deposit_orders.undo_apply,
        ),
        Kind(
            key="deposit_release", title=text("Deposit given back", "退还保证金"), function="money.hold",
            parameters=deposit_orders.Release, about=deposit_orders.about_release, book=deposit_orders.book_release,
            undo=deposit_orders.undo_release,
        ),
        Kind(
            key="item_raise", title=text("Item raised", "登记应收应付项目"), function="money.receive",
            parameters=items.Raise, about=items.about_raise, book=items.book_raise, undo=items.undo_raise,
        ),
        Kind(
            key="item_receive", title=text("Money for an item", "应收项目收款"), function="money.receive",
            parameters=items.Receive, about=items.about_receive, book=items.book_receive, undo=items.undo_receive,
        ),
        Kind(
            key="batch_receive", title=text("Money for a claim of subsidies", "贴息申领到账"),
            function="money.receive", parameters=claim_answers.ReceiveBatch, about=claim_answers.about_batch,
            book=claim_answers.book_batch, undo=claim_answers.undo_batch,
        ),
        Kind(
            key="item_refused", title=text("Subsidy refused", "贴息拒付"), function="money.receive",
            parameters=claim_answers.RefuseItem, about=claim_answers.about_refusal, book=claim_answers.book_refusal,
            undo=claim_answers.undo_refusal, always_second=True,
        ),
        Kind(
            key="item_pay", title=text("Item to be paid", "应付项目付款"), function="money.pay", parameters=items.Pay,
            about=items.about_pay, book=items.book_pay, undo=items.undo_pay,
        ),
        Kind(
            key="voucher", title=text("Voucher by hand", "手工凭证"), function="money.post",
            parameters=vouchers.Voucher, about=vouchers.about, book=vouchers.book, undo=vouchers.undo,
            always_second=True, undo_second=True,
        ),
        Kind(
            key="reversal", title=text("Reversal", "冲正"), function="money.reverse", parameters=Reverse,
            about=_about_reverse, book=_book_reverse,
        ),
    )
}  # fmt: skip


def kind_of(key: str) -> Kind:
    """A kind of order by its key."""
    if key not in KINDS:
        raise NotFound(orders.ORDER)
    return KINDS[key]
