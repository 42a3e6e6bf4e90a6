"""Drawdowns that run on terms of their own: under one contract, each with its way to repay and its rate.

A draw without terms of its own joins the running plan (`schedule`); one that has some is a loan of its own in all but
the contract, and is planned as one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from loanloom.core.dates import EVERY_DAY, Calendar
from loanloom.core.lending.agreed.terms import Phase, Terms, Tranche
from loanloom.core.lending.planning.instalments import Schedule
from loanloom.core.lending.planning.rules import BUILT_IN, Methods
from loanloom.core.lending.planning.schedule import build_schedule


def drawdown_terms(
    agreed: Terms, on: date, amount: Decimal, phases: tuple[Phase, ...] = (), annual_rate: Decimal | None = None
) -> Terms:
    """The terms of one drawdown: the contract's, with its own day, amount, way to repay and rate where it has them.

    Dates that belong to the contract's first draw (first due date, agreed end) do not carry over; the due day does.
    """
    return replace(
        agreed,
        principal=amount,
        start_on=on,
        phases=phases or agreed.phases,
        annual_rate=agreed.annual_rate if annual_rate is None else annual_rate,
        first_due_on=None,
        counts_from=None,
        matures_on=None if phases else agreed.matures_on,
        draws=replace(agreed.draws, tranches=()),
    )


def of_their_own(terms: Terms) -> Iterator[Tranche]:
    """The expected draws that run on terms of their own."""
    return (tranche for tranche in terms.draws.tranches if tranche.phases)


def build_schedules(terms: Terms, methods: Methods = BUILT_IN, calendar: Calendar = EVERY_DAY) -> tuple[Schedule, ...]:
    """The plan of the first draw with all that join it, then one for each draw on terms of its own."""
    own = (drawdown_terms(terms, each.on, each.amount, each.phases, each.annual_rate) for each in of_their_own(terms))
    return tuple(build_schedule(each, methods, calendar) for each in (terms, *own))
