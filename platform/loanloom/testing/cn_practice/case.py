"""A case, its inputs as values, and loans made from them by the commands that services use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from loanloom.core.lending.agreed.terms import Phase, Terms
from loanloom.core.lending.decisions import Command, Disburse, ReceiveRepayment, decide
from loanloom.core.lending.evolution import evolve, evolve_all
from loanloom.core.lending.loan import Loan

START = date(2025, 1, 15)
"""Where a case names no day."""


@dataclass(frozen=True, slots=True)
class Case:
    """One case with the inputs of the case that it builds on, if it names one."""

    id: str
    inputs: Mapping[str, Any]
    expected: Mapping[str, Any]

    def money(self, name: str) -> Decimal:
        """An amount or a rate."""
        return Decimal(str(self.inputs[name]))

    def count(self, name: str) -> int:
        """A whole number."""
        return int(self.inputs[name])

    def day(self, name: str, otherwise: date = START) -> date:
        """A date."""
        return date.fromisoformat(self.inputs[name]) if name in self.inputs else otherwise

    def terms(self, *phases: Phase, **more: Any) -> Terms:
        """Terms with the case's principal, rate and start."""
        given: dict[str, Any] = {"start_on": self.day("start"), "currency": "CNY"}
        given |= {name: self.money(name) for name in ("principal", "annual_rate") if name in self.inputs}
        return Terms(phases=phases, **(given | more))


def disbursed(terms: Terms) -> Loan:
    """The loan as its disbursement makes it."""
    decision = decide(None, Disburse(terms=terms))
    loan = None
    for event in _made(decision.events, decision.problems):
        loan = evolve(loan, event)
    if loan is None:
        raise ValueError("nothing was disbursed")
    return loan


def after(loan: Loan, command: Command) -> Loan:
    """The loan after a command."""
    decision = decide(loan, command)
    return evolve_all(loan, _made(decision.events, decision.problems))


def paid_up_to(loan: Loan, number: int) -> Loan:
    """The loan with its first instalments paid on their due dates."""
    for account in loan.accounts[:number]:
        row = account.instalment
        if row.payment:
            loan = after(loan, ReceiveRepayment(on=row.due_on, amount=row.payment))
    return loan


def _made(events: Any, problems: Any) -> Any:
    if problems:
        raise ValueError("; ".join(problem.in_words() for problem in problems))
    return events
