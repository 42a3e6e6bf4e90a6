"""Rows of a loan whose interest stops on a day, and of one that falls due as a whole on a day."""

from __future__ import annotations

from datetime import date

from loanloom.core.lending.loan import Loan
from loanloom.core.lending.planning.instalments import Instalment
from loanloom.core.lending.planning.schedule import down_payment
from loanloom.core.lending.replanning.drawing import scheduled
from loanloom.core.lending.replanning.loans import changed_rows, follows, plan_of
from loanloom.core.lending.replanning.working import Plan
from loanloom.core.money import ZERO, total


def brought_to(loan: Loan, on: date) -> Plan:
    """The working plan on a day; where payments do not change it, with the interest of the plan as agreed."""
    plan = plan_of(loan)
    if not follows(loan):
        first = loan.terms.principal - down_payment(loan.terms, loan.terms.principal)
        ideal = scheduled(plan, loan.circumstances.draws, first)
        ideal.advance(on)
        for row in plan.open_rows:
            row.carried, row.counted_from = ideal.row(row.number).carried, ideal.row(row.number).counted_from
        return plan
    plan.advance(on)
    plan.settle(on)
    return plan


def without_interest(loan: Loan, on: date) -> tuple[Instalment, ...]:
    """The rows when nothing bears interest from a day on: levels stay, the last row takes less."""
    plan = brought_to(loan, on)
    plan.bears = False
    plan.settle(on)
    return changed_rows(loan, plan)


def all_due(loan: Loan, on: date) -> tuple[tuple[Instalment, ...], tuple[int, ...]]:
    """The rows when everything falls due on a day, with interest to it: the running row takes all later ones."""
    plan = brought_to(loan, on)
    ahead = [row for row in plan.open_rows if row.due_on > on]
    if not ahead:
        return changed_rows(loan, plan), ()
    due_today = [row for row in plan.open_rows if row.due_on == on]
    running, later = (due_today[0], ahead) if due_today else (ahead[0], ahead[1:])
    borne = running.interest if due_today else loan.terms.rounding.apply(running.carried)
    running.interest = max(borne, running.interest_paid) + total(row.interest_paid for row in later)
    running.principal += total(row.principal for row in later)
    running.due_on = on
    running.start_on = min(running.start_on, on)
    running.renewed = running.renewed or running.start_on == on
    running.level = running.agreed = running.principal + running.interest
    running.carried, running.counted_from = ZERO, running.start_on
    gone = {row.number for row in later}
    plan.rows[:] = [row for row in plan.rows if row.number not in gone]
    plan.reopen()
    return changed_rows(loan, plan), tuple(sorted(gone))
