"""The price caps asked of a change: a loan may not come to cost more than a cap allows by a new agreement."""

from __future__ import annotations

from datetime import date

from loanloom.core.lending.loan import Loan
from loanloom.core.lending.planning.schedule import Schedule
from loanloom.core.lending.pricing.cost import AnnualCost, full_cost
from loanloom.engines import products
from loanloom.problems import Problem
from loanloom.services.context import Context
from loanloom.services.money import lending_rules
from loanloom.services.money.changes.kinds import Kind
from loanloom.services.money.loan_rows import Kept

AGREEING = frozenset(
    {"extend", "reschedule", "reamortise", "re_age", "restructure", "change_rate", "capitalise_interest", "add_charge"}
)
"""Changes that agree what the loan costs from now on; the others collect, forgive or end it."""


def problems(ctx: Context, kept: Kept, kind: Kind, after: Loan, on: date) -> tuple[Problem, ...]:
    """Why the loan may not become what the change makes of it; nothing where the change does not make it dearer."""
    offer = lending_rules.live_offer(ctx, kept.row["product_key"])
    if kind.key not in AGREEING or offer is None or after.settled_on is not None:
        return ()
    was, becomes = _cost(kept.loan), _cost(after)
    if becomes is None or (was is not None and not _dearer(was, becomes)):
        return ()
    return products.price_problems(ctx.registry, offer.product_class, becomes, on)


def _cost(loan: Loan) -> AnnualCost | None:
    """The yearly cost of a loan as its schedule stands; None where there is no such rate."""
    try:
        return full_cost(loan.terms, Schedule(tuple(account.instalment for account in loan.accounts)))
    except ArithmeticError:
        return None


def _dearer(was: AnnualCost, becomes: AnnualCost) -> bool:
    return becomes.simple > was.simple or becomes.compound > was.compound
