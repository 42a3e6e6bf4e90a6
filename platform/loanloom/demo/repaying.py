"""Money coming back: what each customer pays on a day, by habit. Amounts are asked of the books, never made up."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import func, select

from loanloom.core.dates import add_months
from loanloom.demo.cast import Customer
from loanloom.demo.house import House
from loanloom.demo.lending import loan_of
from loanloom.services.money import loan_rows, repayments
from loanloom.store.tables import application, instalment, loan

SETTLES_ON = date(2026, 4, 15)
FIRST_PART = Decimal(1000)
"""Who pays in parts brings so much of the first instalment on its due day, and the rest two days later."""
REST_AFTER = timedelta(days=2)
CENT = Decimal("0.01")
BRINGS_ON, BRINGS = date(2026, 5, 4), Decimal(6000)
"""Who draws and repays at will brings this much of the first draw back after the holidays."""


def pay(house: House, customer: Customer, today: date) -> None:
    """What this customer pays today, if anything."""
    if not _comes_today(house, customer, today):
        return
    loan_id = loan_of(house, customer)
    assert loan_id is not None, f"{customer.slug} has no loan"
    ctx, key = house.at("finance"), f"demo:{customer.slug}:{today}"
    if customer.repays == "prepaid" and today == SETTLES_ON:
        owed = repayments.preview(ctx, loan_id, CENT, "settle").payoff.total
        if owed:
            repayments.receive(ctx, loan_id, owed, "settle", idempotency_key=key)
        return
    if customer.repays == "in_parts" and today == _due_on(customer, 1):
        repayments.receive(ctx, loan_id, FIRST_PART, idempotency_key=key)
        return
    if customer.repays == "at_will":
        if today == BRINGS_ON:
            repayments.receive(ctx, loan_id, BRINGS, idempotency_key=key)
        return
    due = loan_rows.due_today(repayments.preview(ctx, loan_id, CENT).kept.loan, today)
    if due:
        repayments.receive(ctx, loan_id, due, idempotency_key=key)


def _comes_today(house: House, customer: Customer, today: date) -> bool:
    """Whether the customer's habit brings them in today."""
    if customer.repays == "never" or customer.disbursed_on is None or customer.disbursed_on >= today:
        return False
    if customer.repays in ("as_due", "at_will"):
        return loan_of(house, customer) is not None
    if customer.repays == "prepaid":
        return today in (SETTLES_ON, _due_on(customer, 1))
    if customer.repays == "in_parts" and today == _due_on(customer, 1) + REST_AFTER:
        return True
    months = (today.year - customer.disbursed_on.year) * 12 + today.month - customer.disbursed_on.month
    return today == _due_on(customer, months)


def _due_on(customer: Customer, number: int) -> date:
    assert customer.disbursed_on is not None
    return add_months(customer.disbursed_on, number)


def pay_in_bulk(house: House, today: date, *, missing: Collection[str] = ()) -> int:
    """Imported customers pay what falls due today, but for recorded outcomes in `missing`; how many paid."""
    asked = (
        select(loan.c.id)
        .join(instalment, instalment.c.loan_id == loan.c.id)
        .join(application, application.c.id == loan.c.application_id)
        .where(
            instalment.c.due_on == today,
            instalment.c.status == "due",
            application.c.imported_key.is_not(None),
            func.coalesce(application.c.recorded_outcome, "").not_in(tuple(missing)),
        )
    )
    with house.system().transaction() as connection:
        waiting = list(connection.execute(asked).scalars())
    if not waiting:
        return 0
    received, refused = repayments.receive_many(house.at("finance"), dict.fromkeys(waiting))
    assert not refused, f"{len(refused)} repayments were refused"
    return len(received)
