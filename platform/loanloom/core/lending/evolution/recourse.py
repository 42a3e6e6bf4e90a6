"""How a loan's state follows from debt paid by others or by things (`events.recourse`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from loanloom.core.lending.circumstances import Circumstances, Subrogation
from loanloom.core.lending.events.event import Event
from loanloom.core.lending.events.recourse import AssetsTaken, GuarantorPaid, GuarantorReimbursed, Recovered
from loanloom.core.lending.evolution.money import applied_to
from loanloom.core.lending.loan import Loan
from loanloom.core.money import ZERO


def _with_claim(kept: Circumstances, guarantor: str, paid: Decimal, recovered: Decimal = ZERO) -> Circumstances:
    """A guarantor's claim, larger by what he paid, smaller by what came back to him."""
    before = next((each for each in kept.subrogations if each.guarantor == guarantor), Subrogation(guarantor=guarantor))
    after = replace(before, paid=before.paid + paid, recovered=before.recovered + recovered)
    others = tuple(each for each in kept.subrogations if each.guarantor != guarantor)
    return replace(kept, subrogations=(*others, after))


def _guarantor_paid(loan: Loan, event: GuarantorPaid) -> Loan:
    accounts = applied_to(loan, event.applied, event.on)
    return replace(
        loan, accounts=accounts, circumstances=_with_claim(loan.circumstances, event.guarantor, event.amount)
    )


def _reimbursed(loan: Loan, event: GuarantorReimbursed) -> Loan:
    return replace(loan, circumstances=_with_claim(loan.circumstances, event.guarantor, ZERO, event.amount))


def _assets_taken(loan: Loan, event: AssetsTaken) -> Loan:
    accounts = applied_to(loan, event.applied, event.on)
    return replace(loan, accounts=accounts, surplus=loan.surplus + event.surplus)


def _recovered(loan: Loan, event: Recovered) -> Loan:
    kept = loan.circumstances
    return replace(loan, circumstances=replace(kept, recovered=kept.recovered + event.amount))


EVOLVES: Mapping[type[Event], Callable[[Loan, Any], Loan]] = {
    GuarantorPaid: _guarantor_paid,
    GuarantorReimbursed: _reimbursed,
    AssetsTaken: _assets_taken,
    Recovered: _recovered,
}
