"""Products: what their documents may not say, what they offer, and that a preview is what gets booked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from loanloom.core.lending.decisions import Disburse, decide
from loanloom.core.lending.events import LoanDisbursed
from loanloom.engines import products
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import Registry, build

D = Decimal
FOLDER = Path(__file__).parents[3]

ALLOCATION = """
apiVersion: loanloom/v1
kind: allocation_order
key: usual
title: {en: Usual, zh: 通常}
spec: {order: [fee, penalty, compound, interest, principal], by: instalment}
"""
SCORECARD = """
apiVersion: loanloom/v1
kind: scorecard
key: card
title: {en: Card, zh: 评分卡}
spec:
  subject: application
  base: 0
  characteristics: [{indicator: i, reason: {en: r, zh: r}, bands: [{points: 1}]}]
  grades: [{key: A, title: {en: A, zh: A}, from: 50}, {key: B, title: {en: B, zh: B}, to: 50}]
"""
PRODUCT = """
apiVersion: loanloom/v1
kind: product
key: shop-loan
title: {en: Shop loan, zh: 店铺贷}
spec:
  class: business
  currency: CNY
  amount: {min: 5000, max: 100000, step: 1000}
  term: {unit: month, min: 3, max: 24, step: 3}
  rate: {by_grade: {A: 0.12, B: 0.15}}
  draw: once
  schedule: {methods: [equal_instalment, equal_principal], every: 1, unit: month, due_day: same}
  day_count: 30/360
  rounding: {digits: 2, mode: half_up, residual: last}
  penalty: {uplift: 0.5, year_days: 360, grace_days: 0, compound: false}
  allocation: usual
  prepayment: {allowed: true, fee_rate: 0.01, min_days: 30}
  scorecard: card
  forms: {application: form}
  flows: {application: flow}
"""


def registry(product: str = PRODUCT, *more: str) -> Registry:
    documents = [read_document(source, "x.yaml") for source in (product, ALLOCATION, SCORECARD, *more)]
    found = [read.document for read in documents if read.document is not None]
    assert len(found) == len(documents), [read.problems for read in documents]
    return build(found, load_kinds()).registry


def offered(product: str = PRODUCT) -> products.Offer:
    known = registry(product)
    return products.offer(known.require("product", "shop-loan"), known)


BROKEN = {
    "product.empty_range": ("min: 5000, max", "min: 500000, max", "above the largest"),
    "product.step_misses_the_end": ("step: 1000", "step: 999", "never reach 100000"),
    "product.term_not_in_periods": ("every: 1", "every: 2", "periods of 2 months"),
    "product.unknown_currency": ("currency: CNY", "currency: XXX", "XXX is not known"),
    "product.finer_than_the_currency": ("currency: CNY", "currency: JPY", "JPY has 0 decimals"),
    "product.amount_too_fine": ("step: 1000", "step: 0.001", "more than 2 decimals"),
    "product.unknown_grade": ("A: 0.12, B: 0.15", "A: 0.12, Z: 0.15", "Its grades are: A, B"),
    "product.grade_without_rate": ("A: 0.12, B: 0.15", "A: 0.12", "not lent to: B"),
    "product.rate_needs_a_scorecard": ("  scorecard: card\n", "", "needs a scorecard"),
}


@pytest.mark.parametrize("code", BROKEN)
def test_every_mistake_has_its_code_place_and_words(code: str) -> None:
    before, after, words = BROKEN[code]
    assert before in PRODUCT
    found = [problem for problem in products.check(registry(PRODUCT.replace(before, after))) if problem.code == code]
    assert found
    assert words in found[0].in_words("en")
    assert found[0].in_words("zh") != found[0].in_words("en")
    assert found[0].line
    assert found[0].pointer


def test_an_allocation_order_must_pay_everything_the_product_can_owe() -> None:
    short = ALLOCATION.replace("[fee, penalty, compound, interest, principal]", "[interest, principal]")
    known = registry(PRODUCT.replace("allocation: usual", "allocation: short"), short.replace("usual", "short"))
    problem = products.check(known)[0]
    assert problem.code == "product.allocation_incomplete"
    assert "fee, penalty" in problem.in_words("en")  # compound interest is not charged, so nobody misses it


def test_limits_speak_of_the_field_they_stop() -> None:
    offer = offered()

    def found(**request: Any) -> list[tuple[str, str | None]]:
        given = {"amount": D(20000), "months": 12, "method": "equal_instalment"} | request
        return [(problem.code, problem.field) for problem in products.check_request(offer, **given)]

    assert found() == []
    assert found(amount=D(1)) == [("product.amount_out_of_limits", "application.amount")]
    assert found(amount=D("20000.5")) == [("product.amount_not_on_step", "application.amount")]
    assert found(amount=D("NaN")) == [("product.amount_out_of_limits", "application.amount")]
    assert found(months=25) == [("product.term_out_of_limits", "application.term_months")]
    assert found(months=13) == [("product.term_not_on_step", "application.term_months")]
    assert found(method="balloon") == [("product.method_not_offered", "application.method")]


def test_the_rate_follows_the_grade() -> None:
    offer = offered()
    assert (offer.rate("A"), offer.rate("B"), offer.rate("C"), offer.rate()) == (D("0.12"), D("0.15"), None, None)
    request = {"amount": D(20000), "months": 12, "method": "equal_instalment", "start_on": date(2026, 1, 5)}
    made = products.terms(offer, **request, grade="C")  # type: ignore[arg-type]
    assert made.terms is None
    assert made.problems[0].code == "product.no_rate_for_grade"
    fixed = offered(PRODUCT.replace("{by_grade: {A: 0.12, B: 0.15}}", "{fixed: 0.1}"))
    assert fixed.rate(None) == fixed.rate("Z") == D("0.1")


@pytest.mark.parametrize("method", ["equal_instalment", "equal_principal"])
def test_a_preview_is_what_gets_booked(method: str) -> None:
    offer = offered()
    seen = products.preview(offer, amount=D(20000), months=12, method=method, start_on=date(2026, 1, 31), grade="B")
    assert seen.schedule is not None
    assert seen.terms is not None
    assert seen.cost is not None
    booked = decide(None, Disburse(terms=seen.terms)).events[0]
    assert isinstance(booked, LoanDisbursed)
    assert booked.instalments == seen.schedule.instalments
    assert round(seen.cost.simple, 4) == D("0.15")
    assert seen.cost.compound > seen.cost.simple


def test_due_days_and_holidays_come_from_the_product() -> None:
    calendar = """
apiVersion: loanloom/v1
kind: calendar
key: cal
title: {en: Days, zh: 日历}
spec: {weekend: [saturday, sunday], holidays: [{"on": 2026-03-20, title: {en: x, zh: 假}}]}
"""
    source = PRODUCT.replace("due_day: same", "due_day: 20, roll: following")
    known = registry(source, calendar)
    offer = products.offer(known.require("product", "shop-loan"), known)
    seen = products.preview(
        offer, amount=D(20000), months=6, method="equal_instalment", start_on=date(2026, 1, 8), grade="A",
        calendar=products.calendar_of(known, "cal"),
    )  # fmt: skip
    assert seen.schedule is not None
    assert [row.due_on.isoformat() for row in seen.schedule.instalments][:3] == [
        "2026-02-20",
        "2026-03-23",
        "2026-04-20",
    ]


def test_tracking_attributes_follow_the_live_product_and_fixed_ones_stay() -> None:
    old = offered()
    agreed = products.terms(
        old, amount=D(20000), months=12, method="equal_instalment", start_on=date(2026, 1, 5), grade="A"
    ).terms
    assert agreed is not None
    changed = PRODUCT.replace("uplift: 0.5", "uplift: 0.3").replace("fee_rate: 0.01", "fee_rate: 0")
    fixed = products.bound(agreed, offered(changed))
    assert (fixed.penalty.uplift, fixed.prepayment.fee_rate) == (D("0.5"), D("0.01"))
    tracking = products.bound(agreed, offered(changed + "  binding: {penalty: tracking, prepayment: tracking}\n"))
    assert (tracking.penalty.uplift, tracking.prepayment.fee_rate) == (D("0.3"), D(0))


def rows(known: Registry) -> Iterator[products.Row]:
    for section in products.term_sheet(known.require("product", "shop-loan"), known):
        yield from section.rows


def test_the_term_sheet_speaks_both_languages_and_points_at_its_source() -> None:
    known = registry()
    sheet = {row.pointer: row for row in rows(known)}
    assert sheet["/amount/max"].words == {"en": "100,000.00", "zh": "100,000.00"}
    assert sheet["/rate/by_grade/B"].words["en"] == "15%"
    assert sheet["/allocation"].words["zh"] == "通常"
    assert sheet["/schedule/methods"].words["zh"] == "等额本息、等额本金"
    assert sheet["/penalty/compound"].kind == "yes_no"
    document = known.require("product", "shop-loan")
    for pointer, row in sheet.items():
        assert document.at(pointer) == row.value
        assert set(row.label) == {"en", "zh"}


def test_the_model_company_sells_nothing_broken() -> None:
    files = [*FOLDER.glob("metadata/*/*.yaml"), *FOLDER.glob("forms/*.yaml")]
    documents = [
        read_document(file.read_text("utf-8"), file.name).document for file in files if "cases" not in file.parts
    ]
    known = build([document for document in documents if document is not None], load_kinds()).registry
    assert known.all("product")
    assert [problem for problem in products.check(known) if problem.severity == "error"] == []
