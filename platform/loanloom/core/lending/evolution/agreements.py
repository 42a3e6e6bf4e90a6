"""How a loan's state follows from new agreements (`events.agreements`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from loanloom.core.lending.events.agreements import (
    InterestCapitalised,
    LoanAccelerated,
    LoanExtended,
    LoanRenewed,
    LoanRestructured,
    PlanAgreed,
)
from loanloom.core.lending.events.event import Event
from loanloom.core.lending.evolution.money import applied_to, rescheduled
from loanloom.core.lending.loan import Loan


def _agreed(loan: Loan, event: PlanAgreed) -> Loan:
    accounts = rescheduled(loan, event.from_number, event.instalments, event.on)
    return replace(loan, accounts=accounts, terms=event.terms or loan.terms)


def _extended(loan: Loan, event: LoanExtended) -> Loan:
    kept = loan.circumstances
    return replace(loan, circumstances=replace(
        kept, extensions=kept.extensions + 1, extended_months=kept.extended_months + event.months,
        agreed_matures_on=event.agreed_matures_on,
    ))  # fmt: skip


def _restructured(loan: Loan, event: LoanRestructured) -> Loan:
    kept = loan.circumstances
    return replace(loan, circumstances=replace(
        kept, restructured=kept.restructured + 1, observed_until=event.observed_until
    ))  # fmt: skip


def _accelerated(loan: Loan, event: LoanAccelerated) -> Loan:
    return replace(loan, circumstances=replace(loan.circumstances, accelerated_on=event.on))


def _renewed(loan: Loan, event: LoanRenewed) -> Loan:
    return replace(loan, circumstances=replace(loan.circumstances, renewed_by=event.by))


def _capitalised(loan: Loan, event: InterestCapitalised) -> Loan:
    paid = replace(loan, accounts=applied_to(loan, event.applied, event.on))
    return replace(paid, accounts=rescheduled(paid, event.from_number, event.instalments, event.on))


EVOLVES: Mapping[type[Event], Callable[[Loan, Any], Loan]] = {
    PlanAgreed: _agreed,
    LoanExtended: _extended,
    LoanRestructured: _restructured,
    LoanAccelerated: _accelerated,
    LoanRenewed: _renewed,
    InterestCapitalised: _capitalised,
}
