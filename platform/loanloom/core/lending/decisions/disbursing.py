"""Paying a loan out."""

from __future__ import annotations

from dataclasses import dataclass

from loanloom.core.dates import EVERY_DAY, Calendar
from loanloom.core.lending.checking import check_terms
from loanloom.core.lending.decisions.decision import Command, Decision, bad_amount, refused
from loanloom.core.lending.events import LoanDisbursed
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.replanning.loans import with_level
from loanloom.core.lending.rules import BUILT_IN, Methods
from loanloom.core.lending.schedule import build_schedule
from loanloom.core.lending.terms import Terms
from loanloom.problems import errors, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Disburse(Command):
    """Pay the loan out on the start date of its terms."""

    terms: Terms
    methods: Methods = BUILT_IN
    calendar: Calendar = EVERY_DAY


def disburse(loan: Loan | None, command: Disburse) -> Decision:
    """The schedule that follows from the terms, booked."""
    terms = command.terms
    if loan is not None:
        return refused("lending.already_disbursed", text("This loan has been paid out already.", "这笔借款已经放款。"))
    if not terms.principal.is_finite() or terms.principal <= 0 or not terms.rounding.holds(terms.principal):
        return bad_amount(terms.principal, terms)
    problems = errors(check_terms(terms, command.methods))
    if problems:
        return Decision(problems=problems)
    rows = build_schedule(terms, command.methods, command.calendar).instalments
    if terms.recalculation is not None:
        rows = with_level(rows)
    return Decision((LoanDisbursed(on=terms.start_on, terms=terms, instalments=rows),))
