"""One transaction of a loan: what it did to the figures and the schedule, why its money went where, its entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, RowMapping, select

from loanloom.core.lending.evolution import evolve, evolve_all
from loanloom.core.lending.loan import Loan
from loanloom.problems import text
from loanloom.services.context import Context
from loanloom.services.errors import NotFound
from loanloom.services.money import loan_rows
from loanloom.services.money.changes import comparing
from loanloom.services.money.changes.comparing import Figures, Row
from loanloom.services.money.page import explaining, loans, transactions
from loanloom.services.money.page.explaining import Reason
from loanloom.services.money.page.transactions import Transaction
from loanloom.store import tables

TRANSACTION = text("transaction", "交易")


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A transaction with the loan before and after it. A transaction that was undone is shown as it was booked."""

    transaction: Transaction
    terms_allocation: tuple[str, ...]
    by: str
    before: Figures | None
    after: Figures
    rows: tuple[Row, ...]
    reasons: tuple[Reason, ...]
    entries: Sequence[tuple[RowMapping, Sequence[RowMapping]]]


def explained(ctx: Context, loan_id: int, sequence: int) -> Explained:
    """One event of a loan the actor may see, explained."""
    ctx.require("loan.read", "money.read")
    with ctx.transaction() as connection:
        kept = loans.seen(ctx, connection, loan_id)
        found = {one.sequence: one for one in transactions.of(connection, loan_id)}
        chosen = found.get(sequence)
        if chosen is None:
            raise NotFound(TRANSACTION)
        before, after = _around(found, chosen, kept)
        return Explained(
            transaction=chosen,
            terms_allocation=kept.loan.terms.allocation.order,
            by=kept.loan.terms.allocation.by,
            before=comparing.figures(before, chosen.on) if before is not None else None,
            after=comparing.figures(after, chosen.on),
            rows=comparing.compare(before, after) if before is not None else (),
            reasons=explaining.reasons(before, chosen.applied, chosen.on) if before is not None else (),
            entries=_entries(connection, loan_id, sequence),
        )


def _around(found: dict[int, Transaction], chosen: Transaction, kept: loan_rows.Kept) -> tuple[Loan | None, Loan]:
    """The loan just before and just after an event, as its events stood when it was booked."""
    stood = [one for one in found.values() if one.sequence < chosen.sequence and _stood(one, chosen)]
    stood.sort(key=lambda one: (one.on, one.sequence))
    events = [one.event for one in stood if (one.on, one.sequence) < (chosen.on, chosen.sequence)]
    if not events:
        return None, evolve(None, chosen.event)
    before = evolve_all(evolve(None, events[0]), events[1:])
    before = replace(before, terms=kept.loan.terms)
    return before, evolve(before, chosen.event)


def _stood(one: Transaction, chosen: Transaction) -> bool:
    """Whether an earlier event still held when the chosen one was booked."""
    return one.superseded_by is None or one.superseded_by > chosen.sequence


def _entries(
    connection: Connection, loan_id: int, sequence: int
) -> list[tuple[RowMapping, list[RowMapping]]]:  # fmt: skip
    entry, line = tables.journal_entry, tables.journal_line
    query = select(entry).where(entry.c.loan_id == loan_id, entry.c.sequence == sequence).order_by(entry.c.id)
    rows = connection.execute(query).mappings().all()
    lines: dict[int, list[RowMapping]] = {row["id"]: [] for row in rows}
    of_them = (
        select(line).where(line.c.journal_entry_id.in_(lines)).order_by(line.c.journal_entry_id, line.c.line_number)
    )
    for row in connection.execute(of_them).mappings():
        lines[row["journal_entry_id"]].append(row)
    return [(row, lines[row["id"]]) for row in rows]
