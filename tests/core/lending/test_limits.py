"""Price caps, extension limits, credit lines, entrusted money: the arithmetic of what is allowed and whose it is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loanloom.core.lending.agreed.plan_terms import RateStep
from loanloom.core.lending.business.entrusted import EntrustedTerms, pass_on
from loanloom.core.lending.business.extensions import (
    GENERAL_RULES,
    ExtensionLimit,
    TermTier,
    allowed,
    most_months,
    rate_from_extension,
    term_months,
)
from loanloom.core.lending.business.lines import Line, freeze, release, restore, together, use
from loanloom.core.lending.pricing.cost import AnnualCost
from loanloom.core.lending.pricing.price_caps import Lent, PriceCap, PriceLevel, failing_later
from loanloom.core.lending.pricing.price_caps import test_price as held_against
from loanloom.core.money import CENTS, total

D = Decimal
NOW = date(2026, 3, 1)
LPR = (RateStep(from_on=date(2025, 1, 20), rate=D("0.031")), RateStep(from_on=date(2025, 5, 20), rate=D("0.030")))
GUIDANCE = PriceCap(
    key="guidance", lenders=("small_loan",),
    levels=(PriceLevel(from_on=date(2025, 12, 19), rate=D("0.24")),
            PriceLevel(from_on=date(2027, 12, 31), multiple=D(4), index=LPR)),
)  # fmt: skip
PROVINCE = PriceCap(
    key="province", provinces=("zhejiang",), levels=(PriceLevel(from_on=date(2026, 1, 1), rate=D("0.18")),)
)
HERE = Lent(lender="small_loan", province="zhejiang")


def cost(simple: str, compound: str) -> AnnualCost:
    return AnnualCost(D(simple), D(compound))


def test_every_cap_that_binds_is_tested() -> None:
    found = held_against((GUIDANCE, PROVINCE), cost("0.18", "0.1956"), HERE, NOW)
    assert [(test.cap.key, test.most, test.passed) for test in found] == [
        ("guidance", D("0.24"), True), ("province", D("0.18"), False),
    ]  # fmt: skip
    assert held_against((GUIDANCE,), cost("0.3", "0.3"), Lent(lender="bank"), NOW) == ()
    assert held_against((GUIDANCE,), cost("0.3", "0.3"), HERE, date(2025, 12, 18)) == ()


@pytest.mark.parametrize(("form", "passes"), [("simple", True), ("compound", False), ("larger", False)])
def test_the_form_of_cost_that_is_held_against_a_cap(form: str, passes: bool) -> None:
    cap = PriceCap(key="c", form=form, levels=GUIDANCE.levels)
    assert held_against((cap,), cost("0.24", "0.2682"), HERE, NOW)[0].passed is passes


def test_products_that_will_fail_are_listed_with_their_day() -> None:
    costs = {"cheap": (cost("0.11", "0.1157"), HERE), "dear": (cost("0.20", "0.2194"), HERE),
             "elsewhere": (cost("0.20", "0.2194"), Lent(lender="bank"))}  # fmt: skip
    later = failing_later((GUIDANCE, PROVINCE), costs, NOW)
    assert [(each.product, each.from_on, each.test.most) for each in later] == [
        ("dear", date(2027, 12, 31), D("0.120"))
    ]


# --- extensions --------------------------------------------------------------------------


def test_limits_by_term_and_number() -> None:
    assert [most_months(GENERAL_RULES, term) for term in (1, 12, 13, 60, 61, 240)] == [1, 12, 6, 30, 36, 36]
    twice = (ExtensionLimit(share=D(1), times=2),)
    assert allowed(twice, 12, 12, times=2)
    assert not allowed(twice, 12, 6, times=3)
    assert allowed((), 12, 600)


def test_a_new_tier_holds_only_where_one_is_reached() -> None:
    tiers = (TermTier(up_to=6, rate=D("0.08")), TermTier(up_to=12, rate=D("0.10")), TermTier(up_to=60, rate=D("0.11")))
    assert rate_from_extension(tiers, 6, 6, D("0.085")) == D("0.10")
    assert rate_from_extension(tiers, 7, 5, D("0.095")) == D("0.095")
    assert rate_from_extension(tiers, 48, 24, D("0.11")) == D("0.11")
    assert rate_from_extension((), 6, 6, D("0.085")) == D("0.085")
    assert term_months(date(2025, 1, 31), date(2025, 2, 28)) == 1
    assert term_months(date(2025, 1, 15), date(2025, 7, 20)) == 7


# --- credit lines ------------------------------------------------------------------------


@given(st.booleans(), st.lists(st.tuples(st.integers(0, 3), st.decimals("0.01", 700, places=2)), max_size=20))
def test_a_line_never_lends_more_than_its_limit(revolving: bool, steps: list[tuple[int, Decimal]]) -> None:
    line = Line(limit=D(1000), revolving=revolving)
    for which, amount in steps:
        move = (freeze, use, release, restore)[which](line, amount)
        assert move.accepted is (move.problem is None)
        assert move.accepted or move.line == line
        line = move.line
        assert 0 <= line.used <= line.drawn
        assert line.frozen >= 0
        assert line.taken + line.frozen + line.available == 1000


def test_refusals_of_a_line_say_what_is_there() -> None:
    line = Line(limit=D(1000), used=D(400), drawn=D(600), frozen=D(100))
    assert line.available == D(500)
    for move, code in ((freeze(line, D(501)), "line.not_enough"), (release(line, D(101)), "line.not_frozen"),
                       (restore(line, D(401)), "line.not_used"), (freeze(line, D(0)), "line.amount"),
                       (freeze(line, D("0.001")), "line.amount"), (use(line, D(501), frozen=False), "line.not_enough"),
                       (use(line, D(101)), "line.not_frozen")):  # fmt: skip
        assert move.problem is not None
        assert move.problem.code == code
    lowered = Line(limit=D(300), used=D(400), drawn=D(400))
    assert lowered.available == 0


def test_a_shared_line_is_used_by_all_its_parts_together() -> None:
    parts = {"a": Line(limit=D(600), used=D(500), drawn=D(500)), "b": Line(limit=D(600), frozen=D(300))}
    whole = together(D(1000), list(parts.values()))
    assert (whole.used, whole.frozen, whole.available) == (D(500), D(300), D(200))


# --- entrusted money ---------------------------------------------------------------------


@given(
    st.fixed_dictionaries(dict.fromkeys(("fee", "interest", "penalty", "principal"), st.decimals(0, 9000, places=2))),
    st.decimals(0, 1, places=3),
    st.decimals(0, "0.3", places=3),
)
def test_what_passes_on_adds_up(parts: dict[str, Decimal], share: Decimal, withheld: Decimal) -> None:
    agreed = EntrustedTerms(trustor="t", share_of_interest=share, withholding_rate=withheld)
    found = pass_on(parts, agreed, CENTS)
    assert total(found.to_trustor.values()) + found.to_agent + found.withheld == total(parts.values())
    assert found.to_trustor.get("principal", D(0)) == parts["principal"]
    assert found.to_agent >= parts["fee"]
    assert all(amount >= 0 for amount in found.to_trustor.values())
