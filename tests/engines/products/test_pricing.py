"""Prices: by term, by index with its limits, quoted per month, day or term; taxes and subsidies as agreed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.engines.products.bundle import document, offered

from loanloom.core.lending.pricing.tax import taxed
from loanloom.engines import products

D = Decimal
ON = date(2026, 3, 2)


def test_the_rate_follows_the_term() -> None:
    offer = offered(rate="{by_term: [{up_to: 12, rate: 0.1}, {rate: 0.11}]}")
    assert [offer.rate(term=term) for term in (1, 12, 13, 120)] == [D("0.1"), D("0.1"), D("0.11"), D("0.11")]
    made = products.terms(offer, amount=D(50000), months=12, method="equal_instalment", start_on=ON).terms
    assert made is not None  # EX-02: an extension may reach the next tier
    assert [(tier.up_to, tier.rate) for tier in made.extension.tiers] == [(12, D("0.1")), (None, D("0.11"))]


def test_an_index_with_spread_floor_and_ceiling() -> None:
    offer = offered(rate="{index: {table: lpr, spread: 0.035, floor: 0.066, ceiling: 0.068}}")
    assert offer.rate(on=date(2025, 6, 1)) == D("0.066")
    assert offer.rate(on=date(2026, 1, 20)) == D("0.066")  # 6.5 % would be below the floor
    assert offer.rate(term=72, on=date(2026, 2, 1)) == D("0.068")  # the longer index, held at the ceiling
    assert offer.rate(on=date(2024, 12, 31)) is None
    none = products.terms(
        offer, amount=D(50000), months=12, method="equal_instalment", start_on=date(2024, 12, 31)
    )  # fmt: skip
    assert [problem.code for problem in none.problems] == ["product.no_index_value"]


@pytest.mark.parametrize(
    ("per", "quoted", "day_count", "yearly"),
    [("month", "0.01", "30/360", "0.12"), ("day", "0.0005", "act/360", "0.18"), ("day", "0.0005", "act/365", "0.1825"),
     ("term", "0.06", "30/360", "0.12")],
)  # fmt: skip
def test_a_rate_is_yearly_however_it_is_quoted(per: str, quoted: str, day_count: str, yearly: str) -> None:
    offer = offered(rate=f"{{fixed: {quoted}}}", rate_per=per, day_count=day_count)
    assert offer.rate(term=6) == D(yearly)
    made = products.terms(offer, amount=D(50000), months=6, method="equal_instalment", start_on=ON).terms
    assert made is not None and (made.rates.quoted, made.rates.quoted_per) == (D(quoted), per)


def test_tiers_and_stretches_reach_the_terms() -> None:
    tiers = "{tiers: {by: balance, share: parts, steps: [{from: 0, rate: 0.1}, {from: 50000, rate: 0.08}]}}"
    made = products.terms(
        offered(rate=tiers, rate_change="current"), amount=D(80000), months=12, method="equal_instalment", start_on=ON
    ).terms
    assert made is not None
    assert (made.rates.tier_share, made.rates.applies, len(made.rates.tiers)) == ("parts", "current", 2)


TAX = (
    "series: [{from: 2016-05-01, rate: 0.06}]\n"
    "exemptions:\n  - {key: farmers, title: {en: f, zh: 农户}, classes: [farmer], until: 2028-01-01,\n"
    "     principal_up_to: 100000}"
)


@pytest.mark.parametrize(
    ("product_class", "principal", "on", "tax"),
    [("business", 50000, ON, "6.00"), ("farmer", 50000, ON, "0.00"), ("farmer", 200000, ON, "6.00"),
     ("farmer", 50000, date(2028, 1, 1), "6.00")],
)  # fmt: skip
def test_tax_by_a_dated_rule_with_exemptions(product_class: str, principal: int, on: date, tax: str) -> None:
    rule = document("tax_rule", "vat", TAX)
    offer = offered(rule, tax="{interest: vat}", **{"class": product_class})
    split = taxed(offer.interest_tax, D("106.00"), on, principal=D(principal), rounding=offer.rounding)
    assert split.tax == D(tax)
    assert split.price + split.tax == D("106.00")


def test_a_subsidy_bears_its_share_until_it_stops() -> None:
    fee = (
        "event: instalment\namount: 10\n"
        "shares:\n  - {payer: subsidy, party: County fund, share: 0.4, instalments: 2,\n"
        "     stops_after_days: 30, claim_every: 3}"
    )
    offer = offered(document("charge", "fee", fee), charges="[fee]")
    seen = products.preview(offer, amount=D(50000), months=4, method="equal_instalment", start_on=ON)
    assert seen.fees == {1: D("6.00"), 2: D("6.00"), 3: D("10.00"), 4: D("10.00")}
    share = offer.charges[0].shares[0]
    assert (share.party, share.stops_after_days, share.claim_every) == ("County fund", 30, 3)


def test_a_charge_on_a_day_of_its_own_and_by_age() -> None:
    dated = document("charge", "dated", "event: date\nafter_days: 10\namount: 5")
    aged = document(
        "charge", "aged", "event: early_settlement\nbase: repaid_early\nsteps: [{from_months: 6, percent: 0.01}]"
    )
    offer = offered(dated, aged, charges="[dated, aged]")
    made = products.terms(offer, amount=D(50000), months=12, method="equal_instalment", start_on=ON).terms
    assert made is not None
    assert [charge.on for charge in made.charges] == [date(2026, 3, 12), None]
    assert made.charges[1].steps[0].rate == D("0.01")
