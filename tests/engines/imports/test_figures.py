"""Approval rate and Gini: checked against counting every pair."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from loanloom.engines.imports import figures, gini

CASES = st.lists(st.tuples(st.integers(0, 8).map(Decimal), st.booleans()), max_size=60)


@given(CASES)
def test_gini_is_the_balance_over_all_pairs(cases: list[tuple[Decimal, bool]]) -> None:
    good = [points for points, bad in cases if not bad]
    wrong = [points for points, bad in cases if bad]
    if not good or not wrong:
        assert gini(cases) is None
        return
    balance = sum((one > other) - (one < other) for one in good for other in wrong)
    assert gini(cases) == (Decimal(balance) / (len(good) * len(wrong))).quantize(Decimal("0.0001"))


def test_a_perfect_and_an_upside_down_score() -> None:
    assert gini([(Decimal(2), False), (Decimal(1), True)]) == 1
    assert gini([(Decimal(1), False), (Decimal(2), True)]) == -1


def test_counts_add_up_and_unknown_outcomes_do_not_count() -> None:
    found = figures(
        [
            ("approve", Decimal(700), False),
            ("approve", Decimal(650), True),
            ("approve", Decimal(640), None),
            ("refer", Decimal(600), False),
            ("refuse", Decimal(500), True),
            ("refuse", None, None),
        ]
    )
    assert (found.applications, found.approved, found.referred, found.refused) == (6, 3, 1, 2)
    assert found.approval_rate == Decimal("0.5000")
    assert found.bad_rate_of_approved == Decimal("0.5000")
    assert (found.scored, found.recorded_bad) == (5, 2)
    assert found.gini == Decimal("0.5000")


def test_nothing_gives_no_rates() -> None:
    found = figures([])
    assert found.applications == 0
    assert found.approval_rate is None
    assert found.gini is None
