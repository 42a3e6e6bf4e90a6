"""A working plan as a book that receipts are paid from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from loanloom.core.lending.arrears import due_of
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.replanning.loans import plan_of
from loanloom.core.lending.replanning.working import Plan, Row
from loanloom.core.money import ZERO


@dataclass(slots=True)
class PlanBook:
    """A working plan as a book to be paid from: what is paid early bears no more interest from that day on."""

    plan: Plan
    on: date
    other: dict[int, dict[str, Decimal]]

    def rows(self) -> Sequence[tuple[int, date, date]]:
        """Number, first day and due date of every instalment, in order."""
        return [(row.number, row.start_on, row.due_on) for row in self.plan.rows]

    def owes(self, number: int, component: str, timing: str) -> Decimal:
        """What an instalment can take of a component now."""
        if component not in ("principal", "interest"):
            return self.other[number].get(component, ZERO)
        row = self.plan.row(number)
        if timing != "in_advance" or row.fixed:
            due, paid = (row.principal, row.principal_paid) if component == "principal" else (
                row.interest, row.interest_paid)  # fmt: skip
            return due - paid
        principal, interest = self._early(row)
        return principal if component == "principal" else interest

    def _to_the_end(self, row: Row) -> bool:
        """Whether paying the running instalment early leaves its interest as if it were paid when due."""
        recalculation = self.plan.terms.recalculation
        to_rest = recalculation is not None and recalculation.payoff != "to_day"
        return to_rest and row.start_on < self.on <= row.due_on

    def _early(self, row: Row) -> tuple[Decimal, Decimal]:
        """What a later instalment takes today: its interest up to the day, principal for the rest of its level."""
        until = row.due_on if self._to_the_end(row) else self.on
        planned = self.plan.project(self.on, until)[row.number]
        interest = max(planned.interest - row.interest_paid, ZERO)
        principal = planned.principal - row.principal_paid
        if until <= row.start_on and sum(not each.settled for each in self.plan.open_rows) > 1:
            principal = min(row.agreed - planned.interest - row.principal_paid, self.plan.outstanding)
        return max(principal, ZERO), interest

    def pay(self, number: int, component: str, amount: Decimal, timing: str) -> None:
        """Money for it."""
        if component not in ("principal", "interest"):
            self.other[number][component] -= amount
            return
        row = self.plan.row(number)
        if timing == "in_advance" and self._to_the_end(row):
            self.plan.count(row, row.due_on)
        self.plan.pay(row, component, amount, self.on)
        self.plan.settle(self.on)


def book_of(loan: Loan, on: date) -> PlanBook:
    """A loan that follows what is outstanding as a book of a day; charges and costs of lateness as they stand."""
    plan = plan_of(loan)
    plan.advance(on)
    plan.settle(on)
    other = {each.instalment.number: dict(due_of(each, loan.terms, on).amounts) for each in loan.accounts}
    return PlanBook(plan, on, other)
