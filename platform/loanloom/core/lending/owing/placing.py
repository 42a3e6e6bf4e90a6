"""The instalment that takes what is charged on a running loan."""

from __future__ import annotations

from datetime import date

from loanloom.core.lending.loan import Loan
from loanloom.core.lending.planning.instalments import Instalment
from loanloom.core.money import ZERO


def instalment_for(loan: Loan, due_on: date, *, at_once: bool = False) -> tuple[int, tuple[Instalment, ...]]:
    """The instalment that takes a charge; one of its own at once, or beyond the last one."""
    rows = [account.instalment for account in loan.accounts]
    number = max(row.number for row in rows) + 1
    basis = loan.terms.daily_basis
    if at_once:
        return number, (Instalment(number, due_on, due_on, ZERO, ZERO, ZERO, ZERO, ZERO, basis, extra=True),)
    planned = [row for row in rows if row.days and not row.extra]
    for row in planned:
        if due_on <= row.due_on:
            return row.number, ()
    last = planned[-1]
    beyond = [row for row in rows if row.extra and row.days]
    if beyond:
        later = max(beyond[-1].due_on, due_on)
        return beyond[-1].number, () if later == beyond[-1].due_on else (beyond[-1]._replace(due_on=later),)
    made = Instalment(number, last.due_on, due_on, ZERO, ZERO, ZERO, ZERO, ZERO, basis, extra=True)
    return number, (made,)
