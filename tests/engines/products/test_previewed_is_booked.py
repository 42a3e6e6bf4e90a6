"""What is previewed is what gets booked, over every product of the model company, with amounts and dates at random."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.products.bundle import model_company

from loanloom.core.lending.agreed.plan_terms import PlannedRow
from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.decisions import Disburse, decide
from loanloom.core.lending.events import LoanDisbursed
from loanloom.core.lending.planning.schedule import build_schedule
from loanloom.core.lending.records import from_record, to_record
from loanloom.engines import products
from loanloom.engines.products import Offer, Particulars

D = Decimal
DAYS = st.dates(min_value=date(2026, 1, 1), max_value=date(2027, 6, 30))


def offers() -> list[Offer]:
    known = model_company()
    return [products.offer(document, known) for document in known.all("product")]


@st.composite
def requests(draw: Any) -> tuple[Offer, dict[str, Any]]:
    """A request that the product's limits allow."""
    offer = draw(st.sampled_from(offers()))
    step = offer.amount.step or D(1)
    steps = int((offer.amount.most - offer.amount.least) / step)
    term_step = int(offer.months.step or 1)
    terms = range(int(offer.months.least), int(offer.months.most) + 1, term_step)
    term = draw(st.sampled_from(terms))
    each = {"week": 7, "day": 1}.get(offer.term_unit)
    amount = offer.amount.least + step * draw(st.integers(0, steps))
    method, start_on = draw(st.sampled_from(offer.methods)), draw(DAYS)
    first = PlannedRow(due_on=start_on + timedelta(days=45), principal=amount // 3)
    last = PlannedRow(due_on=start_on + timedelta(days=85), principal=amount - amount // 3)
    particulars = Particulars(
        days=None if each is None else term * each, rows=(first, last) if method == "own" else ()
    )  # fmt: skip
    return offer, {
        "amount": amount, "months": term, "method": method, "start_on": start_on, "particulars": particulars,
        "grade": draw(st.sampled_from(list(offer.rates) or [None])),
    }  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(requests())
def test_the_rows_of_the_preview_are_the_rows_of_the_booking(asked: tuple[Offer, dict[str, Any]]) -> None:
    offer, request = asked
    calendar = products.calendar_of(model_company(), offer.calendar)
    seen = products.preview(offer, **request, calendar=calendar)
    assert seen.terms is not None and seen.schedule is not None, [one.in_words() for one in seen.problems]
    kept = from_record(Terms, to_record(seen.terms))  # as a loan keeps them
    assert kept == seen.terms
    decision = decide(None, Disburse(terms=kept, calendar=calendar))
    booked = decision.events[0]
    assert isinstance(booked, LoanDisbursed)
    assert booked.instalments == seen.schedule.instalments
    planned = build_schedule(kept, calendar=calendar).instalments
    assert [(row.due_on, row.principal, row.interest) for row in planned] == [
        (row.due_on, row.principal, row.interest) for row in seen.schedule.instalments
    ]


@settings(max_examples=80, deadline=None)
@given(requests())
def test_a_schedule_repays_what_was_lent_and_is_dated_in_order(asked: tuple[Offer, dict[str, Any]]) -> None:
    offer, request = asked
    seen = products.preview(offer, **request)
    assert seen.schedule is not None and seen.disclosure is not None and seen.cost is not None
    rows = seen.schedule.instalments
    assert sum((row.principal for row in rows), D(0)) == request["amount"]
    assert rows[-1].closing == 0
    assert all(first.due_on < second.due_on for first, second in pairwise(rows))
    assert all(offer.rounding.holds(row.principal) and offer.rounding.holds(row.interest) for row in rows)
    assert seen.disclosure.received == request["amount"]  # nothing is taken out of principal up front
    assert seen.disclosure.paid == seen.schedule.payment - seen.disclosure.subsidised + seen.disclosure.charges
    assert round(seen.cost.compound, 12) >= round(seen.cost.simple, 12) > 0


@pytest.mark.parametrize("offer", offers(), ids=lambda offer: offer.key)
def test_every_item_that_can_be_charged_stands_in_the_disclosure_sheet(offer: Offer) -> None:
    each = {"week": 7, "day": 1}.get(offer.term_unit)
    term = int(offer.months.least)
    seen = products.preview(
        offer, amount=offer.amount.least, months=term, method=offer.methods[0], start_on=date(2026, 3, 2),
        grade=next(iter(offer.rates), None), particulars=Particulars(days=None if each is None else term * each),
    )  # fmt: skip
    assert seen.disclosure is not None
    lines = products.lines(seen.disclosure, offer)
    shown = {line.key for line in lines}
    assert {"interest", "penalty", *(charge.key for charge in offer.charges)} <= shown
    for line in lines:
        for said in (line.title, line.basis, line.when, line.payer, line.collector):
            assert said["en"] and said["zh"]


def test_the_collector_and_the_payer_are_named() -> None:
    offer = next(one for one in offers() if one.key == "farmer-group")
    seen = products.preview(
        offer, amount=D(12000), months=24, method="equal_instalment", start_on=date(2026, 3, 3),
        particulars=Particulars(days=168),
    )  # fmt: skip
    assert seen.disclosure is not None
    fee = next(line for line in products.lines(seen.disclosure, offer) if line.key == "guarantee-fee")
    assert fee.collector["zh"] == "青禾融资担保有限公司（演示）" and fee.payer["zh"] == "借款人"
    assert fee.amount == fee.borne == D("72.00")
    assert fee.basis["en"] == "0.05% of the amount of the loan"


def test_the_spread_agreed_stays_when_the_index_moves() -> None:
    known = model_company()
    offer = products.offer(known.require("product", "sme-lpr-loan"), known)
    agreed = products.terms(
        offer, amount=D(360000), months=36, method="equal_principal", start_on=date(2026, 6, 1),
        annual_rate=D("0.095"), particulars=Particulars(priced_on=date(2026, 5, 1)),
    ).terms  # fmt: skip
    assert agreed is not None and agreed.rates.index is not None
    assert agreed.rates.index.spread == D("0.065")
    assert (agreed.rates.index.floor, agreed.rates.index.ceiling) == (D("0.08"), D("0.15"))


def test_every_product_says_between_which_rates_it_is_sold() -> None:
    for offer in offers():
        sold = offer.rate_range(date(2026, 6, 1))
        assert sold is not None, offer.key
        assert 0 <= sold[0] <= sold[1] < 1, offer.key
        assert all(sold[0] <= rate <= sold[1] for rate in offer.rates.values() if offer.pricing.index is None), (
            offer.key
        )
