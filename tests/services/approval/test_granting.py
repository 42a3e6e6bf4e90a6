"""Terms granted otherwise than asked (改批): read as typed, held against product, request, limit and price cap."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest
from tests.services.approval.lender import PRODUCT, registry
from tests.services.approval.test_deciding import approved_to_level_1, item_of

from loanloom.services.approval import granting
from loanloom.services.definitions import compiled
from loanloom.services.errors import Refused
from loanloom.services.flows import cases
from loanloom.services.origination import applications
from loanloom.store import tables

D = Decimal


@pytest.fixture
def case(lender):
    """An application for 80,000 over twelve months, measured limit 60,000, and its facts."""
    application_id = lender.case(80_000, limit=60_000)
    ctx = lender.ctx("east1")
    with ctx.transaction() as connection:
        facts = applications.facts_of(ctx, connection, application_id)
    return SimpleNamespace(ctx=ctx, row=lender.one(tables.application, id=application_id), facts=facts)


def codes(case, **terms):
    named = {name.replace("__", "."): value for name, value in terms.items()}
    return [one.code for one in granting.problems(case.ctx, registry(), case.row, case.facts, named)]


def test_what_is_typed_becomes_values_and_empty_means_unchanged():
    typed = {
        "application.amount": " 50,000 ", "application.term_months": "6", "sanction.annual_rate": "10.8",
        "application.method": "", "application.purpose_detail": "更换蒸柜",
    }  # fmt: skip
    terms, problems = granting.read(registry(), PRODUCT, typed)
    assert problems == ()
    assert terms == {
        "application.amount": D(50_000), "application.term_months": 6, "sanction.annual_rate": D("0.108"),
        "application.purpose_detail": "更换蒸柜",
    }  # fmt: skip
    assert granting.read(registry(), PRODUCT, {"sanction.annual_rate": "10.8%"})[0] == {
        "sanction.annual_rate": D("0.108")
    }
    assert granting.read(registry(), PRODUCT, {"sanction.annual_rate": D("0.108")})[0] == {
        "sanction.annual_rate": D("0.108")
    }


@pytest.mark.parametrize(
    ("name", "typed", "code"),
    [
        ("application.amount", "a lot", "granting.not_a_number"),
        ("application.amount", "NaN", "granting.not_a_number"),
        ("application.amount", "Infinity", "granting.not_a_number"),
        ("application.term_months", "6.5", "granting.not_a_number"),
        ("application.colour", "red", "granting.unknown_term"),
        ("customer.name", "Somebody", "granting.unknown_term"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_field(name, typed, code):
    terms, (problem,) = granting.read(registry(), PRODUCT, {name: typed})
    assert (terms, problem.code, problem.field) == ({}, code, name)


def test_terms_within_product_request_and_limit_are_granted(case):
    terms = {"application.amount": D(50_000), "application.term_months": 6, "sanction.annual_rate": D("0.1")}
    assert granting.problems(case.ctx, registry(), case.row, case.facts, terms) == ()
    made = granting.granted(case.row, terms)
    assert (made.amount, made.term_months, made.method, made.annual_rate) == (50_000, 6, "equal_instalment", D("0.1"))
    assert made.changed["application.amount"] == (80_000, 50_000)
    assert made.changed["sanction.annual_rate"] == (None, D("0.1"))


def test_the_same_value_is_no_change(case):
    made = granting.granted(case.row, {"application.amount": case.row.amount, "application.term_months": 12})
    assert made.changed == {}


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({"application__amount": D(100)}, "granting.amount"),
        ({"application__amount": D("50000.5")}, "granting.amount"),
        ({"application__amount": D(90_000)}, "granting.above_asked"),
        ({"application__amount": D(70_000)}, "granting.above_limit"),
        ({"application__term_months": 600}, "granting.term"),
        ({"application__method": "by_magic"}, "granting.method"),
        ({"application__guarantee_mode": "barter"}, "granting.guarantee_mode"),
        ({"application__guarantee_mode": "guarantee"}, "granting.no_security"),
        ({"sanction__annual_rate": D(-1)}, "granting.rate"),
        ({"sanction__annual_rate": D("1.01")}, "granting.rate"),
        ({"sanction__annual_rate": D(0)}, "granting.rate"),
        ({"sanction__annual_rate": D("0.0899")}, "granting.rate"),
        ({"sanction__annual_rate": D("0.1561")}, "granting.rate"),
    ],
)
def test_what_may_not_be_granted_is_told(case, terms, expected):
    assert codes(case, **terms) == [expected]


def test_the_whole_range_that_the_product_leaves_to_approvers_may_be_granted(case):
    assert [codes(case, sanction__annual_rate=D(rate)) for rate in ("0.09", "0.156")] == [[], []]


def test_where_a_product_states_no_range_its_own_prices_bound_what_is_granted():
    priced = compiled.offer(registry(), "farmer-loan")
    assert priced.rate_granted is None and priced.grantable() == (D("0.098"), D("0.128"))
    assert compiled.offer(registry(), PRODUCT).grantable() == (D("0.09"), D("0.156"))


def test_a_rate_above_the_price_cap_is_told_at_the_rate(case):
    found = granting.problems(case.ctx, registry(), case.row, case.facts, {"sanction.annual_rate": D("0.9")})
    assert [one.field for one in found] == ["sanction.annual_rate"]


def test_an_approver_grants_less_than_asked_and_the_application_keeps_what_was_asked(lender):
    application_id = approved_to_level_1(lender, 80_000)
    item = item_of(lender, application_id)
    terms = {"application.amount": "50,000", "application.term_months": "6", "sanction.annual_rate": "10"}
    given = {"decision": "approve", "terms": terms, "conditions": ["Insure the shop"]}
    done = cases.act(lender.ctx("east1"), item.id, "decide", given, expected_version=item.version)
    sanction = lender.one(tables.sanction, id=done.made["sanction_id"])
    assert (sanction.amount, sanction.term_months, sanction.annual_rate) == (50_000, 6, D("0.1"))
    assert sanction.extra["changed"]["application.amount"] == {"asked": 80_000, "granted": 50_000}
    application = lender.one(tables.application, id=application_id)
    assert (application.amount, application.term_months) == (80_000, 12)
    assert [row.words for row in lender.rows(tables.sanction_condition)] == ["Insure the shop"]


def test_terms_that_cannot_be_granted_leave_the_item_open(lender):
    application_id = approved_to_level_1(lender, 80_000)
    item = item_of(lender, application_id)
    given = {"decision": "approve", "terms": {"application.amount": "90,000"}}
    with pytest.raises(Refused) as refused:
        cases.act(lender.ctx("east1"), item.id, "decide", given, expected_version=item.version)
    assert [one.code for one in refused.value.problems] == ["granting.above_asked"]
    assert item_of(lender, application_id).version == item.version and lender.rows(tables.sanction) == []
