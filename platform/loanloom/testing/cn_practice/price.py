"""Annualised cost, deduction up front and price caps (AP) through the core."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from loanloom.core.lending.agreed.charges import ChargeTerms
from loanloom.core.lending.agreed.plan_terms import Phase, RateStep
from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.planning.schedule import build_schedule
from loanloom.core.lending.pricing.cost import AnnualCost, loan_cost, xirr
from loanloom.core.lending.pricing.price_caps import Lent, PriceCap, PriceLevel, cost_in_form, test_price
from loanloom.core.lending.pricing.upfront import legal_principal, legal_terms, upfront_problems
from loanloom.testing.cn_practice.case import Case
from loanloom.testing.cn_practice.schedules import flat_terms

NOW, LATER = date(2026, 1, 15), date(2027, 12, 31)
"""A day after the guidance of December 2025, and the day from which its lower level holds."""


def cost_of(terms: Terms) -> AnnualCost:
    """The cost with everything the borrower bears."""
    return loan_cost(terms, build_schedule(terms))


def _within(key: str, cost: AnnualCost) -> bool:
    """`within_24pct_simple`: at most 24 % by the simple rate; without a form, by the larger."""
    percent, form = re.fullmatch(r"within_(\d+)pct(?:_(simple|compound))?", key).groups()  # type: ignore[union-attr]  # keys match
    level = PriceLevel(from_on=NOW, rate=Decimal(percent) / 100)
    cap = PriceCap(key="cap", levels=(level,), form=form or "larger")
    return all(found.passed for found in test_price((cap,), cost, Lent(), NOW))


def with_fee(case: Case) -> dict[str, Any]:
    """AP-01: a fee paid when the money goes out, on top of flat interest."""
    fee = ChargeTerms(key="fee", event="disbursement", amount=case.money("fee_paid_at_start"), settled="invoiced")
    cost = cost_of(flat_terms(case, charges=(fee,)))
    return {
        "irr_monthly": cost.simple / 12,
        "annual_simple": cost_in_form(cost, "simple"),
        "annual_compound": cost_in_form(cost, "compound"),
        **{key: _within(key, cost) for key in case.expected if key.startswith("within_")},
    }


def dated(case: Case) -> dict[str, Any]:
    """AP-02."""
    flows = [(date.fromisoformat(flow["date"]), Decimal(flow["amount"])) for flow in case.inputs["flows"]]
    return {"xirr": xirr(flows)}


def deducted(case: Case) -> dict[str, Any]:
    """AP-03: refused by the rule; enforced as written, and as the law sees it."""
    months = int(re.findall(r"(\d+) month", str(case.inputs["method"]))[-1])
    taken = ChargeTerms(key="deducted", event="disbursement", amount=case.money("deducted"), settled="deducted")
    terms = case.terms(
        Phase(periods=months, principal="bullet"), principal=case.money("contract_principal"), charges=(taken,)
    )
    rows = build_schedule(terms).instalments
    if not upfront_problems(terms, rows):
        raise ValueError("taking it out of the principal was not refused")
    legal = legal_terms(terms, rows)
    return {
        "legal_principal": legal_principal(terms, rows),
        "monthly_interest_contract": rows[0].interest,
        "monthly_interest_legal": build_schedule(legal).instalments[0].interest,
        "irr_simple_if_contract_enforced": cost_of(terms).simple,
        "irr_simple_legal": cost_of(legal).simple,
    }


def caps(case: Case) -> dict[str, Any]:
    """AP-04: the level of today and the one announced, each on its day."""
    index = (RateStep(from_on=NOW, rate=case.money("lpr_1y")),)
    announced = PriceLevel(from_on=LATER, multiple=case.money("multiple"), index=index)
    cap = PriceCap(key="cap", levels=(PriceLevel(from_on=NOW, rate=case.money("cap_hard")), announced))

    def passes(loan: dict[str, str], on: date) -> bool:
        compound = Decimal(loan["annual_compound"])
        return all(found.passed for found in test_price((cap,), AnnualCost(compound, compound), Lent(), on))

    loans = case.inputs["loans"]
    return {
        f"cap_{case.inputs['multiple']}lpr": announced.at(LATER),
        "ok_hard": [passes(loan, NOW) for loan in loans],
        "ok_2027": [passes(loan, LATER) for loan in loans],
    }
