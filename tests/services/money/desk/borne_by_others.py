"""What tests of money that others bear have in common: who bears it, its items, the claims on them."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.services.money.desk.lender import Desk

from loanloom.services.money import loan_rows
from loanloom.services.money.cashier import claim_batches
from loanloom.services.parties import partners
from loanloom.store import tables

FIRST, SECOND, THIRD = date(2026, 2, 5), date(2026, 3, 5), date(2026, 4, 5)


def office(desk: Desk) -> int:
    """The public office that bears a part; its number."""
    return partners.create(desk.cashier(), partners.Details(kind="subsidiser", name="区财政局"))


def loan_of(desk: Desk, loan_id: int) -> Any:
    """The loan as it stands."""
    ctx = desk.ctx()
    with ctx.transaction() as connection:
        return loan_rows.load(ctx, connection, [loan_id], lock=False)[0].loan


def items_of(desk: Desk, **wanted: Any) -> list[Any]:
    """Items of money to come or go, of these values."""
    return desk.rows(tables.cash_item, *(tables.cash_item.c[name] == value for name, value in wanted.items()))


def claimed(desk: Desk, party: int) -> int:
    """A batch of everything that may be claimed today; its number."""
    return claim_batches.send(desk.cashier(), party, None, desk.ctx().business_date)
