"""A plan that follows what is outstanding begins as the one that was agreed, whatever its calendar and day count; terms
for which it could not are refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given, settings
from tests.core.lending.schedule.plans import terms

from loanloom.core.lending.agreed.terms import (
    DrawTerms,
    GraceTerms,
    Phase,
    PlannedRow,
    RateStep,
    RateTerms,
    RateTier,
    RecalculationTerms,
    Recurrence,
    Terms,
)
from loanloom.core.lending.decisions import ChangeRate, ChargeOff, Disburse, PrepayPartially, ReceiveRepayment, decide
from loanloom.core.lending.evolution import evolve_all
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.planning.checking import check_terms
from loanloom.core.lending.replanning.levels import relevel
from loanloom.core.lending.replanning.loans import plan_of, standing
from loanloom.core.money import CENTS

D = Decimal
BASE = Terms(
    currency="CNY", principal=D(12_000), annual_rate=D("0.12"), start_on=date(2025, 1, 15),
    phases=(Phase(periods=6),), recalculation=RecalculationTerms(),
)  # fmt: skip


def disbursed(agreed: Terms) -> Loan:
    decision = decide(None, Disburse(terms=agreed))
    assert not decision.problems, decision.problems
    loan = evolve_all(None, decision.events)
    assert loan is not None
    return loan


def amounts(loan: Loan) -> list[tuple[int, date, Decimal, Decimal]]:
    rows = (account.instalment for account in loan.accounts)
    return [(row.number, row.due_on, row.principal, row.interest) for row in rows]


def followed(agreed: Terms) -> Terms:
    """The terms as they may be where interest follows what is outstanding: on the balance, at one rate."""
    last = agreed.phases[-1]
    phases = tuple(
        replace(
            phase, interest="declining_balance", capitalises=False, every=last.every, unit=last.unit,
            annual_rate=last.annual_rate,
        )
        for phase in agreed.phases
    )  # fmt: skip
    moving = bool(agreed.pauses or agreed.rates.steps)
    place = "period" if moving or agreed.rounding_place == "term" else agreed.rounding_place
    return replace(
        agreed, phases=phases, rounding_place=place, grace=GraceTerms(principal=agreed.grace.principal),
        rates=RateTerms() if agreed.rates.tiers else agreed.rates, recalculation=RecalculationTerms(),
        roll_accrues=True, draws=DrawTerms(),
    )  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(terms())
def test_a_plan_that_follows_begins_as_it_was_agreed(said: Terms) -> None:
    agreed = followed(said)
    assume(not check_terms(agreed))
    loan = disbursed(agreed)
    assert amounts(standing(loan, agreed.start_on)) == amounts(loan)


@pytest.mark.parametrize(
    ("changed", "each"),
    [
        # twelve half months of 12,000 x 12 % / 24
        ({"phases": (Phase(periods=12, unit="half_month"),), "interest_by": "period"}, D(60)),
        # fifteen days of 365 from the 15th to the 30th
        ({"phases": (Phase(periods=12, unit="half_month"),), "day_count": "act/365"}, D("59.18")),
        # a month is thirty days, although January has 31
        ({"day_count": "months+days/360"}, D(120)),
        # the year in which the period begins: 31 days of 366
        ({"day_count": "act/act-start", "start_on": date(2024, 12, 15)}, D("121.97")),
        # periods of ten days are ten of the day count's 360
        ({"phases": (Phase(periods=6, every=10, unit="day"),), "interest_by": "period", "day_count": "act/360"}, D(40)),
    ],
)
def test_the_first_period_bears_what_its_calendar_says(changed: dict[str, Any], each: Decimal) -> None:
    loan = disbursed(replace(BASE, **changed))
    assert loan.accounts[0].instalment.interest == each
    assert amounts(standing(loan, loan.terms.start_on)) == amounts(loan)
    for account in loan.accounts:
        payment = account.instalment.payment
        decision = decide(loan, ReceiveRepayment(on=account.instalment.due_on, amount=payment))
        loan = evolve_all(loan, decision.events)
    assert loan.settled_on == loan.matures_on


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"phases": (Phase(periods=6, interest="original_principal"),)}, "phases"),
        ({"phases": (Phase(periods=6, principal="bullet", interest="at_maturity"),)}, "phases"),
        ({"phases": (Phase(periods=2, principal="none", capitalises=True), Phase(periods=4))}, "phases"),
        ({"phases": (Phase(periods=2, unit="week"), Phase(periods=4))}, "phases"),
        ({"phases": (Phase(periods=2, annual_rate=D("0.05")), Phase(periods=4))}, "phases"),
        ({"phases": (Phase(periods=6, interest_calendar=Recurrence(days=(20,), months=(3, 6, 9, 12))),)}, "phases"),
        (
            {
                "phases": (
                    Phase(
                        periods=1, principal="own",
                        rows=(PlannedRow(due_on=date(2025, 6, 15), principal=D(12_000), interest=D(9)),),
                    ),
                )
            },
            "phases",
        ),
        ({"grace": GraceTerms(interest_payment=2)}, "grace"),
        ({"grace": GraceTerms(interest_charged=1)}, "grace"),
        ({"rates": RateTerms(tiers=(RateTier(from_value=D(0), rate=D("0.1")),))}, "rates"),
        ({"rounding_place": "term"}, "rounding_place"),
        ({"first_stub": "full"}, "first_stub"),
        ({"roll": "following", "roll_accrues": False}, "roll_accrues"),
    ],
)  # fmt: skip
def test_what_cannot_follow_is_refused_in_words(changed: dict[str, Any], field: str) -> None:
    agreed = replace(BASE, **changed)
    found = check_terms(agreed)
    assert {(problem.code, problem.field) for problem in found} == {("lending.cannot_follow", field)}
    assert all(problem.message.get("zh") and problem.hint for problem in found)
    assert not check_terms(replace(agreed, recalculation=None))


def test_interest_of_half_months_can_stop() -> None:
    loan = disbursed(replace(BASE, phases=(Phase(periods=12, unit="half_month"),), recalculation=None))
    decision = decide(loan, ChargeOff(on=date(2025, 1, 20), interest="none"))
    assert not decision.problems


def test_months_moved_by_days_off_stay_months_when_the_rest_is_planned_anew() -> None:
    monthly = Phase(periods=1, every=6, principal="bullet", interest_calendar=Recurrence(days=(20,)))
    agreed = replace(
        BASE,
        phases=(monthly,),
        recalculation=None,
        start_on=date(2025, 1, 20),
        collection_weekday=2,
        keeps_overpayment=True,
    )
    loan = disbursed(agreed)
    before = amounts(loan)[2:5]
    assert [row[3] for row in before] == [D(120)] * 3
    first = loan.accounts[0].instalment
    loan = evolve_all(loan, decide(loan, ReceiveRepayment(on=first.due_on, amount=first.payment)).events)
    decision = decide(loan, PrepayPartially(on=first.due_on, amount=D(6_000)))
    assert not decision.problems
    loan = evolve_all(loan, decision.events)
    assert [row[3] for row in amounts(loan)[2:5]] == [D(60)] * 3


def test_an_instalment_planned_anew_is_rounded_to_multiples_as_the_first_was() -> None:
    agreed = replace(BASE, annual_rate=D(0), instalment_multiple=D(10), principal=D(150))
    loan = disbursed(agreed)
    assert loan.accounts[0].instalment.payment == D(30)  # 25, half up
    plan = plan_of(loan)
    relevel(plan, plan.rows, plan.outstanding, agreed.start_on, even=False)
    assert plan.rows[0].level == D(30)


@pytest.mark.parametrize(
    "fixed",
    [
        {"phases": (Phase(periods=6, annual_rate=D("0.12")),)},
        {"rates": RateTerms(applies="contract", steps=(RateStep(from_on=date(2025, 2, 1), rate=D("0.5")),))},
    ],
)
def test_another_rate_agreed_later_beats_one_that_was_fixed(fixed: dict[str, Any]) -> None:
    loan = disbursed(replace(BASE, **fixed))
    first = loan.accounts[0].instalment
    assert first.interest == D(120)
    loan = evolve_all(loan, decide(loan, ReceiveRepayment(on=first.due_on, amount=first.payment)).events)
    decision = decide(loan, ChangeRate(on=first.due_on, from_on=first.due_on, annual_rate=D("0.06")))
    assert not decision.problems
    loan = evolve_all(loan, decision.events)
    rows = standing(loan, date(2025, 3, 1)).accounts
    assert rows[0].instalment.interest == D(120)
    assert rows[1].instalment.interest == CENTS.apply(rows[1].instalment.opening * D("0.005"))
