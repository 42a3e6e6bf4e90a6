"""Bookings that the cashier's desk made: whoever takes one back must do it there, for more hangs on it than the loan.

Behind a claim stands an unidentified receipt, behind money applied a deposit, behind a refund a payout; only the desk's
own reversal puts these back as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, select

from loanloom.core.lending.history import steps
from loanloom.problems import Problem, text
from loanloom.services.money import loan_rows
from loanloom.services.money.books import amending
from loanloom.store import tables


def against_undoing(connection: Connection, loan_id: int, sequence: int) -> Problem | None:
    """Why this booking of a loan is not undone by a change; None where no order of the desk stands behind it."""
    table = tables.cash_order
    query = select(table.c.id, table.c.result).where(table.c.loan_id == loan_id, table.c.state == "booked")
    orders = connection.execute(query.order_by(table.c.id)).all()
    if not orders:
        return None
    history = loan_rows.events_of(connection, loan_id, superseded=True)
    wanted = amending.current(history, sequence)
    together = next((step.sequences for step in steps(amending.recorded(history)) if wanted in step.sequences), ())
    for order in orders:
        if any(amending.current(history, one) in together for one in _sequences(order.result)):
            return _at_the_desk(order.id)
    return None


def _sequences(result: Mapping[str, Any]) -> Iterable[int]:
    """The loan's events that an order booked."""
    return result.get("sequences") or ([result["sequence"]] if "sequence" in result else ())


def _at_the_desk(order_id: int) -> Problem:
    return Problem(
        code="change.booked_at_the_desk",
        message=text(
            f"This was booked by order {order_id} of the cashier's desk; reversing it there puts its receipt, and the "
            "money it came from, right as well.",
            f"该笔由收付单 {order_id} 入账；请在出纳柜台冲正，以便同时更正收款及其资金来源。",
        ),
        hint=text("Open the order and reverse it.", "请打开该收付单并冲正。"),
        field="sequence",
    )
