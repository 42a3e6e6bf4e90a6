"""What happens to loans by itself with the next morning: others bear their part of the interest that falls due, rates
come into force, conditions of waivers were kept or broken, and money kept for borrowers pays what falls due, a
repayment without a new receipt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, text

from loanloom.core.lending.decisions import ApplySurplus, CheckWaivers, decide
from loanloom.core.lending.events import Event
from loanloom.core.lending.evolution import evolve_all
from loanloom.core.lending.loan import Loan
from loanloom.services.context import Context
from loanloom.services.money import loan_rows, money_rows
from loanloom.services.money.books import booking
from loanloom.services.money.end_of_day import repricing, subsidies
from loanloom.services.money.end_of_day.step import Chunk, Run
from loanloom.services.money.loan_rows import Change, Kept

CHUNK = 500

_SELECTED = text(
    "SELECT l.id FROM loan AS l WHERE l.status = 'active' AND (l.surplus > 0 AND EXISTS (SELECT 1 FROM instalment AS i "
    "WHERE i.company_id = l.company_id AND i.loan_id = l.id AND i.status = 'due' AND i.due_on <= CAST(:next AS date)) "
    "OR l.circumstances IS NOT NULL AND jsonb_array_length(coalesce(l.circumstances->'waivers', '[]'::jsonb)) > 0) "
    "ORDER BY l.id"
)
_DUE = text(
    "SELECT count(*) AS instalments, coalesce(sum(i.principal + i.interest - i.principal_paid - i.interest_paid), 0) "
    "AS amount FROM instalment AS i WHERE i.status = 'due' AND i.due_on > CAST(:today AS date) "
    "AND i.due_on <= CAST(:next AS date)"
)


def plan(connection: Connection, run: Run) -> list[Chunk]:
    """Loans that have kept money and something due, debt given up on a condition, another rate from tomorrow, or
    interest due of which others bear a part."""
    found = connection.execute(_SELECTED, {"next": run.next_date}).scalars()
    ids = sorted({*found, *repricing.moving(connection, run), *subsidies.falling_due(connection, run)})
    return [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)] or [[]]


def _by_itself(ctx: Context, kept: Kept, run: Run) -> tuple[tuple[Event, ...], Loan]:
    """What time alone does to a loan: first what falls due is shared, then rates, then waivers, for what revives can be
    paid with money kept."""
    events, loan = subsidies.subsidised(kept, run)
    if loan.settled_on is not None:
        return events, loan
    moved, loan = repricing.repriced(ctx, replace(kept, loan=loan), run)
    events += moved
    on = run.next_date
    if loan.circumstances.waivers:
        checked = decide(loan, CheckWaivers(on=on)).events
        events, loan = events + checked, evolve_all(loan, checked)
    if loan.surplus:
        applied = decide(loan, ApplySurplus(on=on)).events
        events, loan = events + applied, evolve_all(loan, applied)
    return events, loan


def work(ctx: Context, connection: Connection, run: Run, chunk: Chunk) -> Mapping[str, Any]:
    """Apply kept money in one chunk; tells what falls due."""
    tomorrow = run.tomorrow(ctx)
    changes = []
    for kept in loan_rows.load(tomorrow, connection, chunk, lock=True) if chunk else ():
        events, after = _by_itself(tomorrow, kept, run)
        if events:
            changes.append(Change(kept, events, after))
    if changes:
        money_rows.write_repayments(tomorrow, connection, changes, [None] * len(changes))
        booking.book(tomorrow, connection, changes)
    due = connection.execute(_DUE, {"today": run.business_date, "next": run.next_date}).mappings().one()
    return {"applied": len(changes), "due": due["instalments"], "due_amount": str(due["amount"])}
