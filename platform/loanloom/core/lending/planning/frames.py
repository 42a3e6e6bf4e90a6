"""Rows to plan in: those that a loan still has ahead and further ones after them. Their amounts are to be found."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from loanloom.core.dates import EVERY_DAY, Calendar, add_period
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.planning.due_days import anchor_of
from loanloom.core.lending.planning.instalments import Instalment
from loanloom.core.lending.replan import ahead
from loanloom.core.money import ONE, ZERO


def extended_frame(
    loan: Loan, on: date, until: date, rate: Decimal | None = None, calendar: Calendar = EVERY_DAY
) -> tuple[Instalment, ...]:
    """The rows ahead and further ones after them at the steps of the last phase, the last on `until`; further ones at
    `rate` where one is given. Where nothing is ahead they begin on the day."""
    rows = [account.instalment for account in ahead(loan, on)]
    last = rows[-1] if rows else loan.accounts[-1].instalment
    phase, start = loan.terms.phases[-1], rows[-1].due_on if rows else on
    anchor, origin, step = anchor_of(loan.terms), start, 1
    while start < until:
        day = min(add_period(origin, phase.every * step, phase.unit, anchor), until)
        due = max(calendar.rolled(day, loan.terms.roll), day if day == until else start)
        last = last._replace(
            number=last.number + 1,
            start_on=start,
            due_on=due,
            principal=ONE,
            interest=ONE,
            base=ONE,
            annual_rate=last.annual_rate if rate is None else rate,
            drawn=ZERO,
            capitalised=ZERO,
            tolerated_to=None,
            carried=ZERO,
            counted_from=None,
            agreed=None,
        )
        rows.append(last)
        start, step = due, step + 1
    return tuple(rows)
