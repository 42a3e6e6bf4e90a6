"""Drawdowns that run on terms of their own: under one contract, each with its way to repay and its rate.

A draw without terms of its own joins the running plan (`schedule`); one that has some is a loan of its own in all but
the contract, and is planned as one.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from loanloom.core.lending.agreed.terms import Phase, Terms


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
