"""What whoever decides about an order of the desk has before them: what was entered, and the review before money goes
out 放款审核, line by line. Reads only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loanloom.services.context import Context
from loanloom.services.money import disbursement_review
from loanloom.services.money.cashier import order_flows
from loanloom.services.money.cashier.order_subject import SUBJECT
from loanloom.services.money.disbursement_checks import Check


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSheet:
    """An order to be decided; `checks` are those of a disbursement that has not gone out."""

    row: Mapping[Any, Any]
    checks: Sequence[Check] = ()


def read(ctx: Context, subject: str, order_id: int | None) -> OrderSheet | None:
    """The sheet of a case's order, which the caller has shown may be seen; None for a case about something else."""
    if subject != order_flows.SUBJECT or order_id is None:
        return None
    with ctx.transaction() as connection:
        row = SUBJECT.records(ctx, connection, [order_id])[order_id]
        waits = row["state"] == "entered" and row["contract_id"] is not None
        found = disbursement_review.cases(ctx, connection, [row["contract_id"]]) if waits else []
    return OrderSheet(row=row, checks=found[0].checks if found else ())
