"""A working plan as a book that receipts are paid from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from loanloom.core.lending.agreed.terms import COMPONENTS
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.arrears import due_of
from loanloom.core.lending.replanning.loans import plan_of
from loanloom.core.lending.replanning.working import Plan, Row
from loanloom.core.money import ZERO, total


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

    @property
    def to_the_end(self) -> bool:
        """Whether what is paid off early bears interest to the end of its period."""
        recalculation = self.plan.terms.recalculation
        return recalculation is not None and recalculation.payoff != "to_day"

    def closing_amounts(self) -> dict[str, Decimal]:
        """What pays everything today, by component."""
        amounts = dict.fromkeys(COMPONENTS, ZERO)
        for number, _start, due_on in self.rows():
            timing = "in_advance" if due_on > self.on else "due"
            for component in COMPONENTS:
                amounts[component] += self.owes(number, component, timing)
        fixed = total(row.unpaid for row in self.plan.rows if row.fixed)
        return {**amounts, "principal": self.plan.outstanding + fixed}

    def _runs_on(self, row: Row) -> bool:
        """Whether paying the running instalment early leaves its interest as if it were paid when due."""
        return self.to_the_end and row.start_on < self.on <= row.due_on

    def _early(self, row: Row) -> tuple[Decimal, Decimal]:
        """What a later instalment takes today: its interest up to the day, principal for the rest of its level."""
        until = row.due_on if self._runs_on(row) else self.on
        planned = self.plan.project(self.on, until)[row.number]
        interest = max(planned.interest - row.interest_paid, ZERO)
        principal = planned.principal - row.principal_paid
        if until <= row.start_on and sum(each.paid < each.agreed for each in self.plan.open_rows) > 1:
            principal = min(row.agreed - planned.interest - row.principal_paid, self.plan.outstanding)
        return max(principal, ZERO), interest

    def pay(self, number: int, component: str, amount: Decimal, timing: str) -> None:
        """Money for it."""
        if component not in ("principal", "interest"):
            self.other[number][component] -= amount
            return
        row = self.plan.row(number)
        if timing == "in_advance" and self._runs_on(row):
            self.plan.count(row, row.due_on)
        self.plan.pay(row, component, amount, self.on)
        self.plan.settle(self.on)


def book_of(loan: Loan, on: date, closing_with: Decimal = ZERO) -> PlanBook:
    """A loan that follows what is outstanding as a book of a day; charges and costs of lateness as they stand.

    Where a payoff bears interest to the end of the running period, money that is enough for all (`closing_with`) makes
    it do so before anything is paid.
    """
    plan = plan_of(loan)
    plan.advance(on)
    plan.settle(on)
    other = {each.instalment.number: dict(due_of(each, loan.terms, on).amounts) for each in loan.accounts}
    book = PlanBook(plan, on, other)
    if closing_with and book.to_the_end:
        whole = PlanBook(plan.copy(), on, other)
        for row in whole.plan.open_rows:
            if row.start_on < on <= row.due_on:
                whole.plan.count(row, row.due_on)
        whole.plan.settle(on)
        if closing_with >= total(whole.closing_amounts().values()):
            return whole
    return book
