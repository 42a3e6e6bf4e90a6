"""Money kept for borrowers pays what falls due with the next morning: a repayment without a new receipt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from loanloom.core.lending.decisions import ApplySurplus, decide
from loanloom.core.lending.evolution import evolve
from loanloom.services.context import Context
from loanloom.services.money import booking, loan_rows, repayments
from loanloom.services.money.end_of_day.step import Chunk, Run
from loanloom.services.money.loan_rows import Change

CHUNK = 500

_SELECTED = text(
    "SELECT l.id FROM loan AS l WHERE l.status = 'active' AND l.surplus > 0 AND EXISTS (SELECT 1 FROM instalment AS i "
    "WHERE i.company_id = l.company_id AND i.loan_id = l.id AND i.status = 'due' AND i.due_on <= CAST(:next AS date)) "
    "ORDER BY l.id"
)
_DUE = text(
    "SELECT count(*) AS instalments, coalesce(sum(i.principal + i.interest - i.principal_paid - i.interest_paid), 0) "
    "AS amount FROM instalment AS i WHERE i.status = 'due' AND i.due_on > CAST(:today AS date) "
    "AND i.due_on <= CAST(:next AS date)"
)


def plan(connection: Connection, run: Run) -> list[Chunk]:
    """Loans that have kept money and something due."""
    ids = list(connection.execute(_SELECTED, {"next": run.next_date}).scalars())
    return [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)] or [[]]


def work(ctx: Context, connection: Connection, run: Run, chunk: Chunk) -> Mapping[str, Any]:
    """Apply kept money in one chunk; tells what falls due."""
    tomorrow = run.tomorrow(ctx)
    changes = []
    for kept in loan_rows.load(tomorrow, connection, chunk, lock=True) if chunk else ():
        events = decide(kept.loan, ApplySurplus(on=run.next_date)).events
        after = kept.loan
        for event in events:
            after = evolve(after, event)
        if events:
            changes.append(Change(kept, events, after))
    if changes:
        repayments.write_repayments(tomorrow, connection, changes, [None] * len(changes))
        booking.book(tomorrow, connection, changes)
    due = connection.execute(_DUE, {"today": run.business_date, "next": run.next_date}).mappings().one()
    return {"applied": len(changes), "due": due["instalments"], "due_amount": str(due["amount"])}
