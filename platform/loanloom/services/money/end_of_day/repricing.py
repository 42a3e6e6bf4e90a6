"""Rates that come into force with the next morning: repricing days of an index, dated steps, pauses that begin or end.

Only loans whose rate can move are looked at, and of those only their terms; a loan is opened when its day has come.
The values of an index are those of the live rate table, whatever release the loan began with.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from loanloom.core.lending.agreed.terms import RateStep, Terms
from loanloom.core.lending.decisions import Reprice, decide
from loanloom.core.lending.decisions.repricing import rate_days
from loanloom.core.lending.events import Event
from loanloom.core.lending.evolution import evolve_all
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.records import from_record
from loanloom.engines import products
from loanloom.services.context import Context
from loanloom.services.money import lending_rules
from loanloom.services.money.end_of_day.step import Run
from loanloom.services.money.loan_rows import Kept
from loanloom.services.running.plugged import lending_methods

_MOVING = text(
    "SELECT l.id, l.terms FROM loan AS l WHERE l.status = 'active' AND ("
    "jsonb_typeof(l.terms->'rates'->'index') = 'object' "
    "OR jsonb_array_length(coalesce(l.terms->'rates'->'steps', '[]'::jsonb)) > 0 "
    "OR jsonb_array_length(coalesce(l.terms->'pauses', '[]'::jsonb)) > 0) ORDER BY l.id"
)
_NEEDED = (
    "currency", "principal", "annual_rate", "start_on", "due_day", "first_due_on", "counts_from", "rates", "pauses",
)  # fmt: skip
"""The fields of terms that say when a rate moves."""


def _moving(record: Mapping[str, Any]) -> Terms:
    return from_record(Terms, {name: record[name] for name in _NEEDED if name in record} | {"phases": []})


def moving(connection: Connection, run: Run) -> list[int]:
    """The loans on which another rate may come into force by the next morning."""
    return [
        row.id for row in connection.execute(_MOVING) if rate_days(_moving(row.terms), run.business_date, run.next_date)
    ]


def _values(ctx: Context, kept: Kept) -> tuple[RateStep, ...]:
    """The values of the loan's index as they are live today; none where its product or table is gone."""
    offer = lending_rules.live_offer(ctx, kept.row["product_key"])
    index = kept.loan.terms.rates.index
    if offer is None or index is None or offer.pricing.index is None or offer.pricing.index.table != index.index:
        return ()
    return products.index_of(ctx.registry, offer, kept.row["term_months"]) or ()


def repriced(ctx: Context, kept: Kept, run: Run) -> tuple[tuple[Event, ...], Loan]:
    """What the rates that come into force make of a loan."""
    loan = kept.loan
    events: tuple[Event, ...] = ()
    days = rate_days(loan.terms, run.business_date, run.next_date)
    values = _values(ctx, kept) if days else ()
    for day in days:
        made = decide(loan, Reprice(on=day, values=values, methods=lending_methods())).events
        events, loan = (*events, *made), evolve_all(loan, made) or loan
    return events, loan
