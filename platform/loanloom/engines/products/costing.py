"""What a loan costs the borrower a year, from its terms and schedule, with everything the borrower bears."""

from __future__ import annotations

from loanloom.core.lending.cost import AnnualCost, loan_cost
from loanloom.core.lending.schedule import Schedule
from loanloom.core.lending.terms import Terms


def cost_of(agreed: Terms, schedule: Schedule) -> AnnualCost:
    """The annualised cost, simple and compound."""
    return loan_cost(agreed, schedule)
