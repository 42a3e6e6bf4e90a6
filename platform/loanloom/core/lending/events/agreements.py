"""New agreements on a running loan: other terms, other rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.events.event import Event
from loanloom.core.lending.owing.allocation import Applied
from loanloom.core.lending.planning.instalments import Instalment


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAgreed(Event):
    """From `from_number` on the plan is `instalments`, under `terms` (None: as before)."""

    reason: str
    from_number: int
    instalments: tuple[Instalment, ...]
    terms: Terms | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanExtended(Event):
    """The loan matures later (展期), at this rate from its old maturity on; `agreed_matures_on` is the first of all."""

    months: int
    matures_on: date
    annual_rate: Decimal
    agreed_matures_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanRestructured(Event):
    """New terms for a borrower in difficulty, under observation until a day."""

    observed_until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanAccelerated(Event):
    """All principal was declared due (提前到期)."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanRenewed(Event):
    """A new loan paid this one (借新还旧)."""

    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestCapitalised(Event):
    """Unpaid debt became principal; `instalments` are the rows from `from_number` on that repay it."""

    applied: tuple[Applied, ...]
    from_number: int
    instalments: tuple[Instalment, ...]


NAMED: Mapping[str, type[Event]] = {
    "plan_agreed": PlanAgreed,
    "loan_extended": LoanExtended,
    "loan_restructured": LoanRestructured,
    "loan_accelerated": LoanAccelerated,
    "loan_renewed": LoanRenewed,
    "interest_capitalised": InterestCapitalised,
}
"""Stored names."""
