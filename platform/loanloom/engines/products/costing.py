"""What a loan costs the borrower a year, from its terms and schedule, with everything the borrower bears."""

from __future__ import annotations

from loanloom.core.lending.cost import AnnualCost, annual_cost
from loanloom.core.lending.schedule import Schedule
from loanloom.core.lending.terms import Terms


def cost_of(agreed: Terms, schedule: Schedule) -> AnnualCost:
    """The annualised cost, simple and compound."""
    return annual_cost(schedule, agreed.start_on, regular_months(agreed, schedule))


def regular_months(agreed: Terms, schedule: Schedule) -> int | None:
    """The months of a period where all are alike; None for stubs, moved dates and mixed phases."""
    phase = agreed.phases[0]
    first = schedule.instalments[0]
    alike = all((each.every, each.unit) == (phase.every, phase.unit) for each in agreed.phases)
    regular = first.start_on.day == first.due_on.day or agreed.due_day is None
    return phase.every if alike and phase.unit == "month" and regular and agreed.roll == "keep" else None
