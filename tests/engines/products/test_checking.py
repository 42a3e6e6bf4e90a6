"""What a product may not say: each mistake has a code, a place and words in both languages."""

from __future__ import annotations

import pytest
from tests.engines.products.bundle import document, found, product, registry

from loanloom.engines import products

SCHEDULE = "{{methods: [{}], every: 1, unit: month, due_day: same}}"
BROKEN: dict[str, tuple[dict[str, str], str]] = {
    "product.method_needs_a_setting": ({"schedule": SCHEDULE.format("balloon")}, "/schedule/methods/0"),
    "product.unknown_method": ({"schedule": SCHEDULE.format("twice")}, "/schedule/methods/0"),
    "product.balloon_without_rest": (
        {"schedule": SCHEDULE.format("balloon").replace("}", ", amortised_over: 100}")}, "/schedule/amortised_over",
    ),
    "product.shares_above_all": (
        {"schedule": SCHEDULE.format("fixed_percent").replace("}", ", principal_percent: 0.05}")},
        "/schedule/principal_percent",
    ),
    "product.plan_above_all": (
        {"schedule": SCHEDULE.format("irregular").replace(
            "}", ", plan: [{period: 1, percent: 0.6}, {period: 2, percent: 0.6}]}")}, "/schedule/plan",
    ),
    "product.plan_mixes": (
        {"schedule": SCHEDULE.format("irregular").replace(
            "}", ", plan: [{period: 1, percent: 0.6}, {period: 2, amount: 6}]}")}, "/schedule/plan",
    ),
    "product.plan_repeats": (
        {"schedule": SCHEDULE.format("irregular").replace(
            "}", ", plan: [{period: 1, percent: 0.1}, {period: 1, percent: 0.1}]}")}, "/schedule/plan/1/period",
    ),
    "product.due_day_needs_months": (
        {"schedule": "{methods: [bullet], every: 1, unit: week, due_day: 5}"}, "/schedule/due_day",
    ),
    "product.second_day_needs_half_months": (
        {"schedule": SCHEDULE.format("bullet").replace("}", ", second_due_day: 5}")}, "/schedule/second_due_day",
    ),
    "product.months_without_a_day": (
        {"schedule": SCHEDULE.format("bullet").replace(
            "}", ", interest_calendar: {every: 1, unit: month, months: [3]}}")},
        "/schedule/interest_calendar/months",
    ),
    "product.unknown_rule": (
        {"schedule": SCHEDULE.format("bullet").replace(
            "}", ", ways: [{key: w, title: {en: w, zh: 甲}, phases: [{periods: rest, principal: whim}]}]}")},
        "/schedule/ways/0/phases/0/principal",
    ),
    "product.two_rests": (
        {"schedule": SCHEDULE.format("bullet").replace(
            "}", ", ways: [{key: w, title: {en: w, zh: 甲}, phases: [{periods: rest, principal: none},"
            " {periods: rest, principal: none}]}]}")}, "/schedule/ways/0/phases/1/periods",
    ),
    "product.way_is_ready_made": (
        {"schedule": SCHEDULE.format("bullet").replace(
            "}", ", ways: [{key: flat, title: {en: w, zh: 甲}, phases: [{periods: rest, principal: none}]}]}")},
        "/schedule/ways/0/key",
    ),
    "product.nothing_to_capitalise": ({"grace": "{capitalises: true}"}, "/grace/capitalises"),
    "product.grace_longer_than_the_term": ({"grace": "{principal: 1}"}, "/grace/principal"),
    "product.tranches_above_all": (
        {"draw": "tranches", "draws": "{expected: [{after_days: 30, percent: 1}]}"}, "/draws/expected",
    ),
    "product.section_of_another_business": ({"group": "{liability: joint}"}, "/group"),
    "product.bands_out_of_order": ({"rate": "{by_term: [{rate: 0.1}, {up_to: 12, rate: 0.1}]}"}, "/rate/by_term/1"),
    "product.term_without_rate": ({"rate": "{by_term: [{up_to: 12, rate: 0.1}]}"}, "/rate/by_term/0"),
    "product.tiers_out_of_order": (
        {"rate": "{tiers: {by: balance, steps: [{from: 5000, rate: 0.1}, {from: 0, rate: 0.2}]}}"}, "/rate/tiers/steps",
    ),
    "product.empty_range": ({"rate_granted": "{min: 0.2, max: 0.1}"}, "/rate_granted/min"),
    "product.one_spread": ({"rate": "{index: {table: lpr}}"}, "/rate/index"),
    "product.index_is_yearly": ({"rate": "{index: {table: lpr, spread: 0.01}}", "rate_per": "month"}, "/rate_per"),
    "product.one_penalty_rate": (
        {"penalty": "{uplift: 0.5, rate: 0.2, year_days: 360, grace_days: 0, compound: false}"}, "/penalty",
    ),
    "product.damages_of_nothing": (
        {"penalty": "{uplift: 0.5, year_days: 360, grace_days: 0, compound: false, damages: [{base: overdue}]}"},
        "/penalty/damages/0",
    ),
    "product.fee_steps_out_of_order": (
        {"prepayment": "{allowed: true, fee_steps: [{from_days: 90, fee_rate: 0.01}, {from_days: 0, fee_rate: 0.02}]}"},
        "/prepayment/fee_steps",
    ),
    "product.approver_without_approval": (
        {"changes": "{extend: {approval: none, approvers: [boss]}}"}, "/changes/extend/approvers",
    ),
}  # fmt: skip


@pytest.mark.parametrize("code", BROKEN)
def test_every_mistake_is_told_at_its_place(code: str) -> None:
    changed, pointer = BROKEN[code]
    assert found(**changed).get(code) == pointer
    problem = next(each for each in products.check(registry(product(**changed))) if each.code == code)
    assert problem.in_words("zh") != problem.in_words("en") and problem.line


CHARGES = {
    "charge.of_nothing": "event: disbursement",
    "charge.incomplete": "event: accruing\npercent: 0.01",
    "charge.shares_above_all": (
        "event: disbursement\namount: 5\nshares: [{payer: merchant, share: 0.6}, {payer: subsidy, share: 0.6}]"
    ),
    "charge.collector_without_name": "event: disbursement\namount: 5\ncollector: notary",
}


@pytest.mark.parametrize("code", CHARGES)
def test_a_charge_says_all_that_it_must(code: str) -> None:
    assert code in found(document("charge", "fee", CHARGES[code]))


@pytest.mark.parametrize("settled", ["deducted", "capitalised"])
def test_nothing_is_taken_out_of_principal_up_front_unless_the_product_switches_it_off(settled: str) -> None:
    fee = document("charge", "fee", f"event: disbursement\npercent: 0.02\nsettled: {settled}")
    assert found(fee, charges="[fee]")["product.upfront_deduction"] == "/charges/0"
    assert "product.upfront_deduction" not in found(fee, charges="[fee]", upfront_deduction="allowed")
    merchant = document("charge", "fee", "event: disbursement\npercent: 0.02\nsettled: deducted\npayer: merchant")
    assert found(merchant, charges="[fee]") == {}


def test_a_cap_is_a_rate_or_a_multiple() -> None:
    for level in ("{from: 2026-01-01, rate: 0.2, multiple: 4, table: lpr}", "{from: 2026-01-01, multiple: 4}"):
        assert "price_cap.one_level" in found(document("price_cap", "cap", f"levels: [{level}]"))
    late = "levels: [{from: 2027-01-01, rate: 0.2}, {from: 2026-01-01, rate: 0.24}]"
    assert "price_cap.out_of_order" in found(document("price_cap", "cap", late))


def test_documents_of_before_mean_what_they_meant() -> None:
    offer = products.offer(registry(product()).require("product", "p"), registry(product()))
    assert (offer.business, offer.term_unit, offer.drawing.pattern, offer.charges) == ("ordinary", "month", "once", ())
    assert not offer.upfront_deduction and offer.change("extend").approval == "other_person"


FOLLOWING = "{rest: daily, on_prepayment: instalment, payoff: to_day, arrears: true}"


@pytest.mark.parametrize(
    "changed",
    [
        {"schedule": "{methods: [equal_instalment, flat], every: 1, unit: month, due_day: same}"},
        {"grace": "{interest_payment: 1}", "term": "{unit: month, min: 6, max: 12, step: 6}"},
        {"rounding": "{digits: 2, mode: half_up, residual: last, place: term}"},
        {"rate": "{tiers: {by: balance, share: parts, steps: [{from: 0, rate: 0.1}, {from: 5000, rate: 0.08}]}}"},
    ],
)
def test_a_product_that_cannot_follow_what_is_outstanding_is_told_so(changed: dict[str, str]) -> None:
    assert not found(**changed)
    assert found(**changed, recalculation=FOLLOWING) == {"product.cannot_follow": "/recalculation"}
    assert not found(recalculation=FOLLOWING)
    half_months = "{methods: [equal_instalment], every: 1, unit: half_month, due_day: 5, second_due_day: 20}"
    assert not found(recalculation=FOLLOWING, schedule=half_months)


def test_a_loan_drawn_on_again_follows_what_is_outstanding_too() -> None:
    flat = "{methods: [flat], every: 1, unit: month, due_day: same}"
    assert found(draw="revolving", schedule=flat) == {"product.cannot_follow": "/draw"}
    assert "product.cannot_follow" not in found(draw="revolving", schedule=flat, line="{revolving: true, sharing: own}")


@pytest.mark.parametrize(
    ("said", "more", "code", "place"),
    [
        ("[{payer: government}]", {}, "product.one_subsidy_measure", "/subsidies/0"),
        ("[{payer: government, share: 0.5, points: 0.03}]", {}, "product.one_subsidy_measure", "/subsidies/0"),
        ("[{payer: government, share: 0.6}, {payer: employer, share: 0.5}]", {}, "product.subsidies_exceed_interest",
         "/subsidies"),
        ("[{payer: government, share: 0.5}]", {"recalculation": FOLLOWING}, "product.no_subsidy_here", "/subsidies"),
    ],
)  # fmt: skip
def test_a_subsidy_of_the_interest_that_cannot_act_is_told_so(
    said: str, more: dict[str, str], code: str, place: str
) -> None:
    assert found(subsidies=said, **more)[code] == place
    assert not found(subsidies="[{payer: government, share: 0.5}, {payer: employer, points: 0.03}]")


@pytest.mark.parametrize(
    ("name", "subject", "fits"),
    [
        ("write_off", "loan_change", True),
        ("write_off", "application", False),
        ("contract", "contract", True),
        ("contract", "loan_change", False),
        ("application", "contract", False),
    ],
)
def test_a_flow_is_about_what_names_it(name: str, subject: str, fits: bool) -> None:
    nodes = "[{key: a, title: {en: a, zh: 甲}, type: start, next: b}, {key: b, title: {en: b, zh: 乙}, type: end}]"
    flow = document("flow", "f", f"subject: {subject}\nnodes: {nodes}")
    flows = "{application: f}" if name == "application" else f"{{application: gone, {name}: f}}"
    problems = found(flow, flows=flows)
    assert problems.get("product.flow_of_another_subject") == (None if fits else f"/flows/{name}")


def test_customers_cannot_hand_in_what_needs_a_visit_before() -> None:
    needed = {"portal": "true", "investigation": "{required: true}"}
    assert found(**needed)["product.portal_needs_visit"] == "/portal"
    assert "product.portal_needs_visit" not in found(**needed, portal_completed_by_staff="true")
    for alone in ({"portal": "true"}, {**needed, "portal": "false"}, {**needed, "investigation": "{photos: 1}"}):
        assert "product.portal_needs_visit" not in found(**alone)


def test_a_product_that_numbers_no_applications_is_told_to_take_none() -> None:
    def told(**changed: str) -> list[tuple[str, str | None, str]]:
        problems = products.check(registry(product(**changed)))
        return [(one.severity, one.pointer, one.message["zh"]) for one in problems if "takes_no" in one.code]

    (warning,) = told(numbering="{contract: contract}")
    assert warning[:2] == ("warning", "/spec/numbering/application") and "无法受理申请" in warning[2]
    assert told(numbering="{application: application}") == []


FORM = """record: application
layout: sections
sections: [{key: s, title: {en: s, zh: 甲}, fields: [{field: application.amount}]}]
"""
ROLE = document("role", "client", "functions: [portal.use]\ndata_scope: own")


def warned(*more: str, **changed: str | None) -> set[tuple[str, str | None]]:
    """Code and pointer of every warning."""
    checked = products.check(registry(product(**changed), *more))
    return {(one.code, one.pointer) for one in checked if one.severity == "warning"}


@pytest.mark.parametrize(
    ("access", "open_to_all"),
    [
        ("", True),
        ("access: [{roles: [clerk], mode: hidden}]", True),
        ("access: [{roles: [client], mode: write}]", False),
    ],
)
def test_a_form_for_customers_says_what_they_see(access: str, open_to_all: bool) -> None:
    form, told = document("form", "form", FORM + access), ("product.portal_form_open", "/spec/portal")
    assert (told in warned(ROLE, form, portal="true")) is open_to_all
    assert told not in warned(ROLE, form, portal="false")
    assert told not in warned(form, portal="true"), "nobody uses the portal here"


def test_only_what_customers_apply_for_is_completed() -> None:
    told = ("product.portal_completed_alone", "/spec/portal_completed_by_staff")
    assert told in warned(portal_completed_by_staff="true")
    assert told not in warned(portal="true", portal_completed_by_staff="true")
