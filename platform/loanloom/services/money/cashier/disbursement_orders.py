"""The desk's order to pay a contract out. The body of an order alone; what paying out means is in disbursements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.services.money import disbursements
from loanloom.services.money.books import booking
from loanloom.services.money.cashier.order_shapes import About
from loanloom.store import tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Disburse:
    """Pay this contract out."""

    contract_id: int
    channel: str = "bank"


def about(ctx: Context, connection: Connection, asked: Disburse) -> About:
    """Whose contract it is."""
    booking.check_channel(asked.channel)
    table = tables.contract
    row = connection.execute(select(table).where(table.c.id == asked.contract_id)).mappings().one_or_none()
    scope.check_visible(ctx, row, disbursements.CONTRACT)
    assert row is not None
    return About(
        amount=row["amount"], currency=row["currency"], customer_id=row["customer_id"], channel=asked.channel,
        unit=row["unit"], product_key=row["product_key"],
    )  # fmt: skip


def book(ctx: Context, connection: Connection, asked: Disburse, order_id: int) -> Mapping[str, Any]:
    """Pay it out."""
    made = disbursements.disburse_in(ctx, connection, asked.contract_id, asked.channel)
    return {"loan_id": made.loan_id, "loan_number": made.loan_number, "voucher_number": made.voucher_number}
