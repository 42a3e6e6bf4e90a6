"""What others bear of the interest and charges that fall due with the next morning: decided as the day turns, when it
is known how late a loan is. Only loans of which somebody else bears a part that falls due are looked at."""

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
_SHARED = text(
    "SELECT l.id FROM loan AS l WHERE l.status = 'active' AND l.circumstances->'shared' IS NOT NULL AND EXISTS ("
    "SELECT 1 FROM jsonb_array_elements(l.circumstances->'shared') AS c LEFT JOIN instalment AS i "
    "ON i.company_id = l.company_id AND i.loan_id = l.id AND i.number = (c->>'number')::integer "
    "AND i.status <> 'cancelled' WHERE jsonb_array_length(c->'borne') = 0 "
    "AND CASE WHEN c->>'number' = '0' THEN (c->>'on')::date ELSE i.due_on END <= CAST(:next AS date))"
)


def falling_due(connection: Connection, run: Run) -> list[int]:
    """The loans with subsidies of which an instalment falls due by the next morning, and those with a charge due by
    then of which others bear a part."""
    days = {"today": run.business_date, "next": run.next_date}
    found = [*connection.execute(_DUE, days).scalars(), *connection.execute(_SHARED, days).scalars()]
    return sorted(set(found))


def subsidised(kept: Kept, run: Run) -> tuple[tuple[Event, ...], Loan]:
    """What others make of a loan, on each due day by itself."""
    loan = kept.loan
    events: tuple[Event, ...] = ()
    waiting = any(not charge.borne for charge in loan.circumstances.shared)
    if not (waiting or loan.terms.interest_shares):
        return events, loan
    days = {account.instalment.due_on for account in loan.accounts}
    days |= {charge.on for charge in loan.circumstances.shared if not charge.number} | {run.next_date}
    for day in sorted(day for day in days if run.business_date < day <= run.next_date):
        made = decide(loan, ApplySubsidies(on=day)).events
        events, loan = (*events, *made), evolve_all(loan, made)
    return events, loan
