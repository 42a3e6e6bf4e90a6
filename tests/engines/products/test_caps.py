"""Price caps: a product too dear cannot be published, one too dear later is named, a loan too dear is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.engines.products.bundle import document, model_company, product, registry

from loanloom.core.lending.pricing.cost import AnnualCost
from loanloom.engines import products
from loanloom.engines.products import caps

D = Decimal
CAP = "levels: [{from: 2026-01-01, rate: 0.24}, {from: 2027-12-31, multiple: 4, table: lpr}]"
LICENCE = "lender: {{type: {}, province: {}}}\nunits: [{{key: h, title: {{en: h, zh: 总}}, type: company}}]"


def priced(rate: str, cap: str = CAP, **more: str) -> list[str]:
    made = product(rate=f"{{fixed: {rate}}}", numbering="{application: application}", **more)
    licence = document("organisation", "organisation", LICENCE.format("small_loan_company", "zhejiang"))
    known = registry(made, document("price_cap", "cap", cap), licence)
    return [problem.code for problem in products.check(known)]


def test_the_cap_of_today_stops_and_the_announced_one_warns() -> None:
    assert priced("0.25") == ["product.price_above_cap", "product.price_above_later_cap"]
    assert priced("0.20") == ["product.price_above_later_cap"]
    assert priced("0.11") == []


def test_the_larger_of_simple_and_compound_is_held_against_the_cap() -> None:
    # 22 % a year by months is 24.36 % compounded
    assert "product.price_above_cap" in priced("0.22")
    assert "product.price_above_cap" not in priced("0.22", "form: simple\n" + CAP)


def test_a_flat_rate_and_charges_count_with_what_they_really_cost() -> None:
    flat = {"schedule": "{methods: [flat], every: 1, unit: month, due_day: same}"}
    assert "product.price_above_cap" in priced("0.14", **flat)
    assert "product.price_above_cap" not in priced("0.14")


def test_only_what_has_changed_is_priced_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    preview, tried = caps.agreeing.preview, []
    monkeypatch.setattr(caps.agreeing, "preview", lambda *args, **named: tried.append(1) or preview(*args, **named))
    assert priced("0.23456") == ["product.price_above_cap", "product.price_above_later_cap"]
    first = len(tried)
    assert first
    assert priced("0.23456", "levels: [{from: 2026-01-01, rate: 0.3}]") == []  # held against other caps
    assert len(tried) == first
    assert priced("0.23457") == ["product.price_above_cap", "product.price_above_later_cap"]
    assert len(tried) > first


@pytest.mark.parametrize(
    ("whom", "binds"),
    [("lenders: [bank]", False), ("lenders: [bank, small_loan_company]", True), ("provinces: [jiangxi]", False),
     ("provinces: [zhejiang]", True), ("classes: [farmer]", False), ("classes: [business]", True)],
)  # fmt: skip
def test_a_cap_binds_by_lender_province_and_class(whom: str, binds: bool) -> None:
    assert ("product.price_above_cap" in priced("0.3", f"{whom}\n{CAP}")) is binds


def test_a_loan_is_held_against_the_cap_of_its_day() -> None:
    known = registry(product(), document("price_cap", "cap", CAP))

    def refused(cost: str, on: date) -> bool:
        return bool(products.price_problems(known, "business", AnnualCost(D(cost), D(cost)), on))

    assert not refused("0.24", date(2026, 5, 1)) and refused("0.2401", date(2026, 5, 1))
    assert not refused("0.12", date(2028, 1, 1)) and refused("0.1201", date(2028, 1, 1))
    assert not refused("0.5", date(2025, 12, 31))


def test_the_model_company_sells_within_the_cap_and_knows_what_will_not_hold() -> None:
    found = products.prices(model_company(), date(2026, 3, 2))
    assert len(found) == len(model_company().all("product"))
    assert all(each.passed for each in found)
    failing = {each.product.key for each in found if each.later}
    assert "sole-trader-loan" in failing and "entrusted-loan" not in failing
    line = next(each for each in found if each.product.key == "merchant-instalment")
    assert D("0.13") < line.dearest.cost.simple < D("0.14")
