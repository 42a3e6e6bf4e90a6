"""Rates that move on a running loan: repricing days, dated steps, pauses, agreed changes; day by day to the cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loanloom.core.lending.agreed.terms import IndexTerms, Phase, RateStep, RateTerms, Recurrence, Terms
from loanloom.core.lending.decisions import (
    ChangeRate,
    Decision,
    Disburse,
    PauseInterest,
    ReceiveRepayment,
    Reprice,
    decide,
)
from loanloom.core.lending.decisions.repricing import rate_days
from loanloom.core.lending.evolution import evolve_all
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.arrears import interest_accrued, position
from loanloom.core.lending.planning.rates import rate_path, repricing_days

D = Decimal
NEW_YEAR = date(2026, 1, 1)
INDEX = IndexTerms(
    index="LPR1Y", spread=D("0.035"), floor=D("0.05"), ceiling=D("0.10"),
    repricing=Recurrence(unit="year", months=(1,), days=(1,)),
    values=(RateStep(from_on=date(2025, 6, 20), rate=D("0.031")),),
)  # fmt: skip
NEWER = RateStep(from_on=date(2025, 12, 20), rate=D("0.030"))


def agreed(**more: object) -> Terms:
    said = {
        "currency": "CNY", "principal": D("500000"), "annual_rate": D("0.066"), "start_on": date(2025, 9, 15),
        "phases": (Phase(periods=12, principal="bullet"),), "day_count": "act/360", "rates": RateTerms(index=INDEX),
    }  # fmt: skip
    return Terms(**(said | more))  # type: ignore[arg-type]  # names of fields


def after(loan: Loan | None, decision: Decision) -> Loan:
    assert not decision.problems, decision.problems
    made = evolve_all(loan, decision.events)
    assert made is not None
    return made


def code(decision: Decision) -> str:
    assert not decision.events
    return decision.problems[0].code


def disbursed(terms: Terms) -> Loan:
    return after(None, decide(None, Disburse(terms=terms)))


def accrued(loan: Loan, on: date) -> Decimal:
    return sum((interest_accrued(each.instalment, on, loan.terms.rounding) for each in loan.accounts), D(0))


def test_a_repricing_day_takes_the_newest_value_and_keeps_the_spread() -> None:
    loan = disbursed(agreed())
    assert {each.instalment.annual_rate for each in loan.accounts} == {D("0.066")}
    priced = after(loan, decide(loan, Reprice(on=NEW_YEAR, values=(NEWER,))))
    rows = {each.instalment.start_on: each.instalment for each in priced.accounts}
    assert rows[date(2025, 12, 15)].interest == round(D(500000) * (D("0.066") * 17 + D("0.065") * 14) / 360, 2)
    assert rows[date(2026, 1, 15)].interest == round(D(500000) * D("0.065") * 31 / 360, 2)
    assert rows[date(2025, 11, 15)].interest == round(D(500000) * D("0.066") * 30 / 360, 2)


def test_each_day_bears_its_own_rate() -> None:
    loan = disbursed(agreed())
    priced = after(loan, decide(loan, Reprice(on=NEW_YEAR, values=(NEWER,))))
    assert accrued(priced, NEW_YEAR) == accrued(loan, NEW_YEAR)
    nights = [accrued(priced, NEW_YEAR + timedelta(days=day)) for day in range(1, 14)]
    for first, second in pairwise(nights):
        assert abs(second - first - D(500000) * D("0.065") / 360) <= D("0.01")


def test_nothing_happens_where_the_index_has_not_moved_or_the_contract_rate_stays() -> None:
    loan = disbursed(agreed())
    assert code(decide(loan, Reprice(on=NEW_YEAR))) == "lending.rate_unchanged"
    fixed = disbursed(agreed(rates=RateTerms(index=INDEX, applies="contract")))
    assert code(decide(fixed, Reprice(on=NEW_YEAR, values=(NEWER,)))) == "lending.rate_unchanged"
    assert code(decide(loan, Reprice(on=date(2027, 1, 1), values=(NEWER,)))) == "lending.all_due"


@pytest.mark.parametrize(("value", "rate"), [("0.001", "0.05"), ("0.09", "0.10"), ("0.05", "0.085")])
def test_floor_and_ceiling_hold(value: str, rate: str) -> None:
    loan = disbursed(agreed())
    priced = after(loan, decide(loan, Reprice(on=NEW_YEAR, values=(replace(NEWER, rate=D(value)),))))
    assert priced.accounts[-1].instalment.annual_rate == D(rate)


def test_repricing_days_by_calendar_anniversary_and_due_day() -> None:
    until = date(2026, 12, 31)

    def days(calendar: Recurrence) -> list[str]:
        terms = agreed(due_day=20, rates=RateTerms(index=replace(INDEX, repricing=calendar)))
        return [day.isoformat() for day in repricing_days(terms, terms.start_on, until)]

    assert days(Recurrence(unit="year", months=(1,), days=(1,))) == ["2026-01-01"]
    assert days(Recurrence(unit="year")) == ["2026-09-15"]
    assert days(Recurrence(unit="quarter"))[:2] == ["2025-12-20", "2026-03-20"]


def test_a_dated_step_is_planned_from_the_start_and_accrues_from_its_day() -> None:
    step = RateStep(from_on=date(2025, 10, 1), rate=D("0.09"))
    loan = disbursed(agreed(rates=RateTerms(steps=(step,))))
    assert rate_days(loan.terms, date(2025, 9, 30), date(2025, 10, 1)) == (date(2025, 10, 1),)
    day = after(loan, decide(loan, Reprice(on=step.from_on)))
    assert [each.instalment.interest for each in day.accounts] == [each.instalment.interest for each in loan.accounts]
    assert accrued(day, date(2025, 10, 11)) == round(D(500000) * (D("0.066") * 16 + D("0.09") * 10) / 360, 2)


def test_level_instalments_are_solved_anew_at_the_new_rate() -> None:
    loan = disbursed(agreed(phases=(Phase(periods=12),), day_count="30/360", rates=RateTerms()))
    paid = loan
    for account in loan.accounts[:3]:
        row = account.instalment
        paid = after(paid, decide(paid, ReceiveRepayment(on=row.due_on, amount=row.payment)))
    on = paid.accounts[2].instalment.due_on
    changed = after(paid, decide(paid, ChangeRate(on=on, annual_rate=D("0.12"))))
    rows = [each.instalment for each in changed.accounts][3:]
    assert rows[0].interest == round(rows[0].opening * D("0.01"), 2)
    assert len({row.payment for row in rows[:-1]}) == 1
    assert abs(rows[-1].payment - rows[0].payment) <= D("0.10")
    assert rows[-1].closing == 0
    assert [each.instalment for each in changed.accounts][:3] == [each.instalment for each in paid.accounts][:3]


def test_equal_principal_stays_equal_principal() -> None:
    loan = disbursed(agreed(phases=(Phase(periods=5, principal="equal_principal"),), rates=RateTerms()))
    changed = after(loan, decide(loan, ChangeRate(on=date(2025, 9, 20), annual_rate=D("0.08"))))
    assert [each.instalment.principal for each in changed.accounts] == [D(100000)] * 5
    assert changed.accounts[0].instalment.interest == round(D(500000) * (D("0.066") * 5 + D("0.08") * 25) / 360, 2)


def test_a_change_agreed_for_later_comes_into_force_on_its_day() -> None:
    loan = disbursed(agreed(rates=RateTerms()))
    later = date(2025, 10, 1)
    changed = after(loan, decide(loan, ChangeRate(on=date(2025, 9, 20), annual_rate=D("0.08"), from_on=later)))
    assert accrued(changed, later) == accrued(loan, later)
    total = round(D(500000) * (D("0.066") * 16 + D("0.08") * 14) / 360, 2)
    assert changed.accounts[0].instalment.interest == total
    day = after(changed, decide(changed, Reprice(on=later)))
    assert accrued(day, later + timedelta(days=1)) == round(D(500000) * (D("0.066") * 16 + D("0.08")) / 360, 2)


def test_in_a_pause_nothing_accrues_and_afterwards_it_goes_on() -> None:
    loan = disbursed(agreed(rates=RateTerms()))
    first, last = date(2025, 9, 25), date(2025, 10, 4)
    told = after(loan, decide(loan, PauseInterest(on=date(2025, 9, 20), from_on=first, to_on=last)))
    assert told.accounts[0].instalment.interest == round(D(500000) * D("0.066") * 20 / 360, 2)
    paused = after(told, decide(told, Reprice(on=first)))
    assert accrued(paused, last) == accrued(paused, first) == round(D(500000) * D("0.066") * 10 / 360, 2)
    going = after(paused, decide(paused, Reprice(on=last + timedelta(days=1))))
    assert accrued(going, last + timedelta(days=2)) == round(D(500000) * D("0.066") * 11 / 360, 2)
    assert position(going, going.accounts[0].instalment.due_on).due["interest"] == told.accounts[0].instalment.interest


def test_a_rate_looked_up_every_day_moves_with_its_index_at_once() -> None:
    daily = replace(INDEX, repricing=Recurrence(unit="day"), values=(*INDEX.values, NEWER))
    terms = agreed(rates=RateTerms(index=daily))
    assert [(step.from_on, step.rate) for step in rate_path(terms, date(2030, 1, 1))] == [
        (terms.start_on, D("0.066")), (NEWER.from_on, D("0.065")),
    ]  # fmt: skip
    assert rate_days(terms, date(2029, 5, 1), date(2029, 5, 3)) == (date(2029, 5, 2), date(2029, 5, 3))


@given(st.dates(date(2025, 9, 16), date(2031, 1, 1)), st.sampled_from(["day", "week", "month", "quarter", "year"]))
def test_days_of_a_calendar_are_the_same_from_wherever_one_looks(after: date, unit: str) -> None:
    terms = agreed(rates=RateTerms(index=replace(INDEX, repricing=Recurrence(unit=unit, every=2))))
    until = after + timedelta(days=800)
    whole = [day for day in repricing_days(terms, terms.start_on, until) if day > after]
    assert list(repricing_days(terms, after, until)) == whole
