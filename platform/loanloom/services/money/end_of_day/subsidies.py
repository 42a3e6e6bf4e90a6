"""What others bear of the interest that falls due with the next morning: decided as the day turns, when it is known how
late a loan is. Only loans with subsidies and an instalment due are looked at."""

from __future__ import annotations

from sqlalchemy import Connection, text

from loanloom.core.lending.decisions import ApplySubsidies, decide
from loanloom.core.lending.events import Event
from loanloom.core.lending.evolution import evolve_all
from loanloom.core.lending.loan import Loan
from loanloom.services.money.end_of_day.step import Run
from loanloom.services.money.loan_rows import Kept

_DUE = text(
    "SELECT DISTINCT l.id FROM instalment AS i JOIN loan AS l ON l.company_id = i.company_id AND l.id = i.loan_id "
    "WHERE i.due_on > CAST(:today AS date) AND i.due_on <= CAST(:next AS date) AND i.status <> 'cancelled' "
    "AND l.status = 'active' AND jsonb_array_length(coalesce(l.terms->'interest_shares', '[]'::jsonb)) > 0"
)


def falling_due(connection: Connection, run: Run) -> list[int]:
    """The loans with subsidies of which an instalment falls due by the next morning."""
    return list(connection.execute(_DUE, {"today": run.business_date, "next": run.next_date}).scalars())


def subsidised(kept: Kept, run: Run) -> tuple[tuple[Event, ...], Loan]:
    """What the subsidies make of a loan, on each due day by itself."""
    loan = kept.loan
    events: tuple[Event, ...] = ()
    if not loan.terms.interest_shares:
        return events, loan
    days = {account.instalment.due_on for account in loan.accounts}
    for day in sorted(day for day in days if run.business_date < day <= run.next_date):
        made = decide(loan, ApplySubsidies(on=day)).events
        events, loan = (*events, *made), evolve_all(loan, made)
    return events, loan
