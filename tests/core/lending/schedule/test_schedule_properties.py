"""What holds for every schedule, whatever its rules, calendars, graces, rates and arithmetic."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal, localcontext
from itertools import pairwise

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.core.lending.schedule.plans import WORKDAYS, terms

from loanloom.core.dates import EVERY_DAY
from loanloom.core.lending.agreed.terms import DrawTerms, Phase, Terms, Tranche
from loanloom.core.lending.owing.arrears import interest_accrued
from loanloom.core.lending.planning.amortising import Carry, is_plain, long_walk, short_walk
from loanloom.core.lending.planning.checking import check_terms
from loanloom.core.lending.planning.periods import lay_out
from loanloom.core.lending.planning.plan import InterestPlan, PhasePlan, costs_of
from loanloom.core.lending.planning.rates import rate_path
from loanloom.core.lending.planning.rules import BUILT_IN
from loanloom.core.lending.planning.schedule import arithmetic, build_schedule, down_payment
from loanloom.core.lending.records import from_record, to_record
from loanloom.core.money import ZERO, Rounding

D = Decimal
CALENDARS = st.sampled_from([EVERY_DAY, WORKDAYS])


def drawn_in_all(agreed: Terms) -> Decimal:
    return agreed.principal + sum((draw.amount for draw in agreed.draws.tranches), ZERO)


@settings(max_examples=400, deadline=None)
@given(terms(), CALENDARS)
def test_principal_adds_up_and_balances_follow_one_another(agreed: Terms, calendar: object) -> None:
    assume(not check_terms(agreed))
    schedule = build_schedule(agreed, BUILT_IN, calendar)  # type: ignore[arg-type]  # one of two calendars
    rows = schedule.instalments
    assert schedule.principal == drawn_in_all(agreed) + schedule.capitalised
    assert rows[-1].closing == 0
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    opening = agreed.principal
    for row in rows:
        assert row.opening == opening
        assert row.principal >= 0 and row.interest >= 0 and row.closing >= 0
        assert row.payment >= row.principal
        assert agreed.rounding.holds(row.principal) and agreed.rounding.holds(row.interest)
        assert agreed.start_on <= row.start_on <= row.due_on
        opening = row.closing
    assert all(first.due_on <= second.due_on for first, second in pairwise(rows))


@settings(max_examples=150, deadline=None)
@given(terms(), CALENDARS)
def test_a_preview_is_the_same_every_time_and_after_storing_its_terms(agreed: Terms, calendar: object) -> None:
    assume(not check_terms(agreed))
    once = build_schedule(agreed, BUILT_IN, calendar)  # type: ignore[arg-type]  # one of two calendars
    stored = from_record(Terms, to_record(agreed))
    assert stored == agreed
    assert build_schedule(stored, BUILT_IN, calendar) == once  # type: ignore[arg-type]  # one of two calendars


def plain_terms(draw: st.DataObject, *, residual: str = "last") -> Terms:
    return Terms(
        currency="CNY",
        principal=D(draw.draw(st.integers(100_000, 90_000_000))) / 100,
        annual_rate=D(draw.draw(st.integers(0, 3600))) / 10_000,
        start_on=draw.draw(st.dates(date(2020, 1, 1), date(2030, 1, 1))),
        phases=(Phase(periods=draw.draw(st.integers(2, 120))),),
        day_count=draw.draw(st.sampled_from(["30/360", "act/360", "act/365", "act/act", "act/act-dec31"])),
        rounding=Rounding(2, draw.draw(st.sampled_from(["half_up", "half_even", "down"]))),
        residual=residual,
    )


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_the_last_instalment_differs_by_no_more_than_rounding_can_make(data: st.DataObject) -> None:
    """A cent of rounding in each payment and each interest, grown to the end: nothing more may land in the last row."""
    agreed = plain_terms(data)
    rows = build_schedule(agreed).instalments
    allowed, growth = D(0), agreed.annual_rate / 11
    for _ in rows:
        allowed = allowed * (1 + growth) + D("0.02")
    assert abs(rows[-1].payment - rows[0].payment) <= allowed


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_remainder_moved_leaves_the_last_instalment_nearer_to_the_others(data: st.DataObject) -> None:
    left = plain_terms(data)
    rows = build_schedule(left).instalments
    for residual in ("first", "spread"):
        moved = build_schedule(replace(left, residual=residual)).instalments
        assert abs(moved[-1].payment - moved[1].payment) <= abs(rows[-1].payment - rows[1].payment)


@settings(max_examples=200, deadline=None)
@given(terms(), st.data())
def test_the_short_walk_is_the_long_walk(odd: Terms, data: st.DataObject) -> None:
    agreed = data.draw(st.sampled_from([odd, plain_terms(data), plain_terms(data)]))
    assume(not check_terms(agreed))
    with localcontext(arithmetic(agreed)):
        for phase, periods in zip(agreed.phases, lay_out(agreed, BUILT_IN.day_counts), strict=True):
            path = rate_path(agreed, periods[-1].due_on)
            opening = agreed.principal - down_payment(agreed, agreed.principal)
            costs = costs_of(agreed, phase, periods, path)
            plan = PhasePlan(agreed, phase, periods, opening, costs, financed=opening, of_phase=opening)
            interest = InterestPlan()
            if not is_plain(plan, interest, Carry()):
                continue
            targets = BUILT_IN.principal[phase.principal](plan, interest)
            short, long = short_walk(plan, targets), long_walk(plan, targets, interest, Carry())
            assert (short.principal, short.interest, short.opening) == (long.principal, long.interest, long.opening)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_money_drawn_later_costs_less(data: st.DataObject) -> None:
    """Money drawn later costs less interest, and everything is repaid by the same day."""
    whole = plain_terms(data)
    rows = build_schedule(whole).instalments
    later = data.draw(st.dates(whole.start_on, rows[-1].due_on.replace(day=1)))
    assume(later < rows[-1].due_on)
    half = Rounding(2).apply(whole.principal / 2)
    draws = DrawTerms(pattern="tranches", tranches=(Tranche(on=later, amount=whole.principal - half),))
    parts = build_schedule(replace(whole, principal=half, draws=draws))
    assert parts.principal == whole.principal
    assert parts.matures_on == rows[-1].due_on
    assert parts.interest <= build_schedule(whole).interest + D("0.05") * len(rows)


@settings(max_examples=150, deadline=None)
@given(terms(), st.lists(st.integers(0, 900), min_size=2, max_size=8))
def test_interest_only_grows_and_splitting_it_over_days_changes_nothing(agreed: Terms, offsets: list[int]) -> None:
    assume(not check_terms(agreed))
    rows = build_schedule(agreed).instalments
    days = sorted(agreed.start_on + timedelta(days=offset) for offset in {0, *offsets})

    def accrued(on: date) -> Decimal:
        return sum((interest_accrued(row, on, agreed.rounding) for row in rows), ZERO)

    nights = [accrued(second) - accrued(first) for first, second in pairwise(days)]
    assert all(night >= 0 for night in nights)
    assert accrued(agreed.start_on) == 0
    assert sum(nights, ZERO) == accrued(days[-1])
    assert accrued(rows[-1].due_on) == sum(row.interest for row in rows)
