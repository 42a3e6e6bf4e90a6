"""The data sets of money in and out: items owed to us or to be paid, receipts, payouts, orders, deposits, parties.

Items are one list over seven kinds of records: each part says its subject, due date, amount, what of it is settled and
its state, in the same columns. Reads; decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, Text, and_, case, cast, func, literal, null, or_, select, union_all

from loanloom.store.tables import (
    cash_item,
    cash_order,
    company,
    customer,
    deposit,
    instalment,
    loan,
    party,
    payout,
    receipt,
    receipt_reversal,
    suspense,
)

TODAY = select(company.c.business_date).where(company.c.id == loan.c.company_id).correlate(loan).scalar_subquery()


def _part(place: int, source: Any, table: Any, key: Any, **columns: Any) -> Select[Any]:
    """One part of the list; `place` keeps ids of different records apart."""
    whole = {
        "company_id": table.c.company_id,
        "id": key * 10 + place,
        "direction": None,
        "kind": None,
        "number": None,
        "subject": None,
        "loan_number": null(),
        "due_on": None,
        "amount": None,
        "settled": literal(0),
        "currency": None,
        "ended": literal(False),
        "customer_id": null(),
        "unit": table.c.unit,
        "manager_user_id": null(),
        "created_by": null(),
    } | columns
    return select(*(cast_of(name, value).label(name) for name, value in whole.items())).select_from(source)


def cast_of(name: str, value: Any) -> ColumnElement[Any]:
    """A column of the list with one type in all its parts."""
    if name in ("direction", "kind", "number", "subject", "loan_number", "currency", "unit"):
        return cast(literal(value) if isinstance(value, str) else value, Text(collation="C"))
    made: ColumnElement[Any] = value
    return cast(made, Date) if name == "due_on" else made


def _of_loan(**more: Any) -> dict[str, Any]:
    return {
        "subject": customer.c.name,
        "loan_number": loan.c.number,
        "number": loan.c.number,
        "currency": loan.c.currency,
        "customer_id": loan.c.customer_id,
        "manager_user_id": loan.c.manager_user_id,
        "created_by": loan.c.created_by,
    } | more


_LOAN = loan.join(customer, customer.c.id == loan.c.customer_id)
_OWED = instalment.c.principal + instalment.c.interest + instalment.c.fee
_PAID = instalment.c.principal_paid + instalment.c.interest_paid + instalment.c.fee_paid


def _others(table: Any) -> Any:
    """A record with whoever it is for: customer or party, and its loan."""
    return (
        table.outerjoin(customer, customer.c.id == table.c.customer_id)
        .outerjoin(party, party.c.id == table.c.party_id)
        .outerjoin(loan, loan.c.id == table.c.loan_id)
    )


def _of_record(table: Any, **more: Any) -> dict[str, Any]:
    return {
        "number": table.c.number,
        "subject": func.coalesce(party.c.name, customer.c.name),
        "loan_number": loan.c.number,
        "currency": table.c.currency,
        "customer_id": table.c.customer_id,
        "manager_user_id": table.c.manager_user_id,
        "created_by": table.c.created_by,
    } | more


ITEMS = union_all(
    _part(
        0, _LOAN.join(instalment, instalment.c.loan_id == loan.c.id), loan, instalment.c.id, direction="receivable",
        kind="instalment", due_on=instalment.c.due_on, amount=_OWED, settled=_PAID,
        ended=instalment.c.status == "cancelled",
        **_of_loan(number=loan.c.number + literal("/") + cast(instalment.c.number, Text)),
    ),
    _part(
        1, _LOAN, loan, loan.c.id, direction="receivable", kind="late_charges",
        due_on=func.coalesce(loan.c.overdue_since, TODAY), amount=loan.c.penalty_outstanding, **_of_loan(),
    ).where(loan.c.penalty_outstanding > 0),
    _part(
        2, _LOAN, loan, loan.c.id, direction="payable", kind="credit_balance", due_on=TODAY, amount=loan.c.surplus,
        **_of_loan(),
    ).where(loan.c.surplus > 0),
    _part(
        3, _others(payout), payout, payout.c.id, direction="payable", kind=literal("payout_") + payout.c.kind,
        due_on=payout.c.due_on, amount=payout.c.amount,
        settled=case((payout.c.state == "paid", payout.c.amount), else_=0),
        ended=payout.c.state.in_(("reversed", "cancelled")), **_of_record(payout, subject=payout.c.payee_name),
    ).where(or_(payout.c.kind != "disbursement", payout.c.loan_id.is_not(None))),
    _part(
        4, _others(deposit), deposit, deposit.c.id, direction="payable", kind=literal("deposit_") + deposit.c.kind,
        due_on=null(), amount=deposit.c.balance, **_of_record(deposit),
    ).where(deposit.c.balance > 0),
    _part(
        5, suspense.join(receipt, receipt.c.id == suspense.c.receipt_id), suspense, suspense.c.id, direction="payable",
        kind="unidentified_receipt", number=receipt.c.number, subject=suspense.c.payer_name,
        due_on=suspense.c.received_on, amount=suspense.c.amount, settled=suspense.c.amount - suspense.c.open_amount,
        currency=suspense.c.currency, ended=suspense.c.state == "reversed", created_by=suspense.c.created_by,
    ),
    _part(
        6, _others(cash_item), cash_item, cash_item.c.id, direction=cash_item.c.direction, kind=cash_item.c.kind,
        due_on=cash_item.c.due_on, amount=cash_item.c.amount, settled=cash_item.c.settled,
        ended=cash_item.c.state == "cancelled", **_of_record(cash_item),
    ),
).subquery("item")  # fmt: skip
"""Everything owed to us or to be paid out, one row each."""

_ITEM_DAY = select(company.c.business_date).where(company.c.id == ITEMS.c.company_id).correlate(ITEMS).scalar_subquery()
ITEM_STATE = case(
    (ITEMS.c.ended, "item_cancelled"),
    (ITEMS.c.settled >= ITEMS.c.amount, "item_settled"),
    (and_(ITEMS.c.due_on < _ITEM_DAY, ITEMS.c.direction == "receivable"), "item_overdue"),
    (ITEMS.c.settled > 0, "item_partly"),
    else_="item_open",
)
ITEM_LEFT = case((ITEMS.c.ended, literal(0)), else_=ITEMS.c.amount - ITEMS.c.settled)

_REVERSED = (
    select(receipt_reversal.c.id)
    .where(receipt_reversal.c.receipt_id == receipt.c.id, receipt_reversal.c.company_id == receipt.c.company_id)
    .correlate(receipt)
    .exists()
)
RECEIPTS = receipt.outerjoin(customer, customer.c.id == receipt.c.customer_id).outerjoin(
    loan, loan.c.id == receipt.c.loan_id
)
ORDERS = cash_order.outerjoin(customer, customer.c.id == cash_order.c.customer_id).outerjoin(
    loan, loan.c.id == cash_order.c.loan_id
)
PAYOUTS = payout.outerjoin(customer, customer.c.id == payout.c.customer_id).outerjoin(
    loan, loan.c.id == payout.c.loan_id
)
DEPOSITS = (
    deposit.outerjoin(customer, customer.c.id == deposit.c.customer_id)
    .outerjoin(party, party.c.id == deposit.c.party_id)
    .outerjoin(loan, loan.c.id == deposit.c.loan_id)
)

# States and kinds that mean something else of another record carry the record's name, as their words do (web/states).
VALUES: Mapping[str, ColumnElement[Any]] = {
    "item.direction": ITEMS.c.direction,
    "item.kind": ITEMS.c.kind,
    "item.number": ITEMS.c.number,
    "item.subject": ITEMS.c.subject,
    "item.loan": ITEMS.c.loan_number,
    "item.due_on": ITEMS.c.due_on,
    "item.amount": ITEMS.c.amount,
    "item.settled": ITEMS.c.settled,
    "item.outstanding": ITEM_LEFT,
    "item.receivable": case((ITEMS.c.direction == "receivable", ITEM_LEFT)),
    "item.payable": case((ITEMS.c.direction == "payable", ITEM_LEFT)),
    "item.currency": ITEMS.c.currency,
    "item.state": ITEM_STATE,
    "item.unit": ITEMS.c.unit,
    "receipt.number": receipt.c.number,
    "receipt.received_on": receipt.c.received_on,
    "receipt.amount": receipt.c.amount,
    "receipt.currency": receipt.c.currency,
    "receipt.channel": receipt.c.channel,
    "receipt.purpose": receipt.c.purpose,
    "receipt.loan": loan.c.number,
    "receipt.customer": customer.c.name,
    "receipt.payer": receipt.c.payer_name,
    "receipt.payer_account": receipt.c.payer_account_masked,
    "receipt.reference": receipt.c.reference,
    "receipt.state": case((_REVERSED, "reversed"), else_="booked"),
    "order.kind": cash_order.c.kind,
    "order.state": literal("order_") + cash_order.c.state,
    "order.amount": cash_order.c.amount,
    "order.currency": cash_order.c.currency,
    "order.channel": cash_order.c.channel,
    "order.loan": loan.c.number,
    "order.customer": customer.c.name,
    "order.entered_on": cash_order.c.entered_on,
    "order.entered_at": cash_order.c.entered_at,
    "order.booked_on": cash_order.c.booked_on,
    "order.reason": cash_order.c.reason,
    "payout.number": payout.c.number,
    "payout.kind": literal("payout_") + payout.c.kind,
    "payout.mode": payout.c.mode,
    "payout.payee": payout.c.payee_name,
    "payout.account": payout.c.account_masked,
    "payout.amount": payout.c.amount,
    "payout.fee": payout.c.fee,
    "payout.net": payout.c.amount - payout.c.fee,
    "payout.currency": payout.c.currency,
    "payout.due_on": payout.c.due_on,
    "payout.paid_on": payout.c.paid_on,
    "payout.channel": payout.c.channel,
    "payout.reference": payout.c.reference,
    "payout.loan": loan.c.number,
    "payout.customer": customer.c.name,
    "payout.state": literal("payout_") + payout.c.state,
    "deposit.number": deposit.c.number,
    "deposit.kind": literal("deposit_") + deposit.c.kind,
    "deposit.owner": func.coalesce(customer.c.name, party.c.name),
    "deposit.loan": loan.c.number,
    "deposit.balance": deposit.c.balance,
    "deposit.held": deposit.c.held,
    "deposit.currency": deposit.c.currency,
    "deposit.opened_on": deposit.c.opened_on,
    "deposit.state": literal("deposit_") + deposit.c.state,
    "party.number": party.c.number,
    "party.kind": party.c.kind,
    "party.name": party.c.name,
    "party.account": party.c.account_masked,
    "party.agreement": party.c.agreement_number,
    "party.agreement_ends_on": party.c.agreement_ends_on,
    "party.fee_rate": party.c.fee_rate,
    "party.state": party.c.state,
}
