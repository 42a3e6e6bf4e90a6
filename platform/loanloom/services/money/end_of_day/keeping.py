"""What is kept of a closed day: the movements of accounts, and on a month's last day how every loan stood."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, text

from loanloom.services.context import Context
from loanloom.services.money.books import ledger_balances
from loanloom.services.money.end_of_day.interest import OF_LOANS, receivable
from loanloom.services.money.end_of_day.step import Chunk, Run, end_of_month

_AMOUNT, _HOLDING = receivable("CAST(:next_month AS date)")

# Interest as of the month's end; days past due, class and penalties as of the morning after.
_LOAN_MONTH = text(
    "INSERT INTO loan_month (loan_id, month_on, product_key, unit, currency, status, accounting, asset_class, "  # noqa: S608 - built from constants
    "days_past_due, principal, interest, penalty, compound, damages, fee, overdue, surplus) "
    "SELECT l.id, CAST(:month_on AS date), l.product_key, l.unit, l.currency, l.status, l.accounting, l.asset_class, "
    "l.days_past_due, l.principal_outstanding, coalesce(r.interest, 0) + l.interest_beyond, l.penalty_booked, "
    "l.compound_booked, l.damages_booked, l.fee_booked, l.overdue_amount, l.surplus "
    f"FROM loan AS l LEFT JOIN (SELECT i.company_id, i.loan_id, sum({_AMOUNT}) AS interest {OF_LOANS} WHERE {_HOLDING} "
    "GROUP BY 1, 2) AS r ON r.company_id = l.company_id AND r.loan_id = l.id "
    "WHERE l.status = 'active' OR l.settled_on >= date_trunc('month', CAST(:month_on AS date))"
)


def work(_ctx: Context, connection: Connection, run: Run, _chunk: Chunk) -> Mapping[str, Any]:
    """Keep the day; on a month's last day also the month."""
    day = ledger_balances.keep_day(connection, run.business_date, run.next_date)
    next_month, loans = end_of_month(run.business_date), 0
    if run.next_date >= next_month:
        asked = {"next_month": next_month, "month_on": next_month - timedelta(days=1)}
        loans = connection.execute(_LOAN_MONTH, asked).rowcount
    return {"entries": day.entries, "month_ends": loans}
