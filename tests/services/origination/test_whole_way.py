"""Loans of the newer products through the whole house: what was quoted is what the books hold."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import update
from tests.services.approval.lender import Lender
from tests.services.origination.conftest import ASKED, Begin
from tests.services.origination.farmers import answered, approved, farmer, grouped

from loanloom.engines import forms
from loanloom.services.approval import sanction_pages
from loanloom.services.context import Context
from loanloom.services.definitions import compiled
from loanloom.services.errors import Refused, ServiceError
from loanloom.services.money import disbursements
from loanloom.services.money.lines import credit_draws
from loanloom.services.money.lines.draw_rules import Wanted
from loanloom.services.origination import submissions
from loanloom.services.papers import contract_pages, contracts, disclosures
from loanloom.store import tables

TODAY = date(2026, 3, 2)


def booked(lender: Lender, manager: Context, sanction_id: int) -> list[tuple[date, Decimal, Decimal]]:
    """Contract, signature, payment; the rows in the books, which must be those that were quoted."""
    made = contracts.prepare(manager, sanction_id)
    contracts.sign(lender.ctx("east1"), made.contract_id, TODAY, version=1)
    quoted = contract_pages.read(manager, made.contract_id).preview.schedule
    offered = sanction_pages.page(manager, sanction_id, "zh").preview.schedule
    disbursements.disburse(lender.ctx("finance"), made.contract_id)
    rows = sorted(lender.rows(tables.instalment), key=lambda row: row.number)
    kept = [(row.due_on, row.principal, row.interest) for row in rows]
    assert quoted is not None and offered is not None
    assert kept == [(row.due_on, row.principal, row.interest) for row in quoted.instalments]
    assert quoted == offered
    return kept


def test_a_term_in_weeks_is_quoted_printed_and_booked(manager: Context, begin: Begin, lender: Lender) -> None:
    first = begin("farmer-group", **farmer(1))
    grouped(lender, manager, begin, first)
    submissions.submit(manager, first, answered(), version=1)
    application = lender.one(tables.application, id=first)
    assert application.term_months == 6
    sanction_id = approved(lender)
    assert lender.one(tables.sanction).extra["terms"]["days"] == 168
    sheet = disclosures.of_sanction(manager, sanction_id)
    assert sheet.media_type == "application/pdf" and sheet.content.startswith(b"%PDF")
    kept = booked(lender, manager, sanction_id)
    assert len(kept) == 12 and {due_on.weekday() for due_on, _, _ in kept} == {1}
    assert lender.one(tables.contract, kind="loan").terms["days"] == 168


def test_nothing_above_the_price_cap_is_granted_signed_or_paid_out(
    manager: Context, begin: Begin, lender: Lender
) -> None:
    submissions.submit(manager, begin(), ASKED, version=1)
    sanction_id = approved(lender)
    with manager.transaction() as connection:  # a rate that slipped in by another way
        connection.execute(update(tables.sanction).values(annual_rate=Decimal("0.26")))
    with pytest.raises(Refused) as refused:
        contracts.prepare(manager, sanction_id)
    assert refused.value.problems[0].code == "product.price_above_cap"
    with manager.transaction() as connection:
        connection.execute(update(tables.sanction).values(annual_rate=Decimal("0.12")))
    made = contracts.prepare(manager, sanction_id)
    contracts.sign(lender.ctx("east1"), made.contract_id, TODAY, version=1)
    with manager.transaction() as connection:
        for table in (tables.contract, tables.sanction):
            connection.execute(update(table).values(annual_rate=Decimal("0.26")))
    with pytest.raises(Refused) as refused:
        disbursements.disburse(lender.ctx("finance"), made.contract_id)
    assert "disbursement.above_cap" in {problem.code for problem in refused.value.problems}


def test_the_usual_way_of_repaying_is_one_that_the_product_sells(manager: Context) -> None:
    form = compiled.application_form(manager.registry, "merchant-instalment")
    evaluated = forms.evaluate(form, {}, {"customer": {}, "application": {}, "as_of": TODAY})
    assert evaluated.values["application"]["method"] == "flat"


def test_a_line_from_the_application_to_a_loan_that_was_drawn_on_it(
    manager: Context, begin: Begin, lender: Lender
) -> None:
    asked = ASKED | {"application.amount": "100000", "application.method": "pay_as_you_draw"}
    submissions.submit(manager, begin("sole-trader-line"), asked, version=1)
    sanction_id = approved(lender)
    made = contracts.prepare(manager, sanction_id)
    assert lender.one(tables.contract, id=made.contract_id).kind == "line"
    assert lender.rows(tables.credit_line) == []
    contracts.sign(lender.ctx("east1"), made.contract_id, TODAY, version=1)
    line = lender.one(tables.credit_line)
    with pytest.raises(ServiceError):
        disbursements.disburse(lender.ctx("finance"), made.contract_id)
    wanted = Wanted(amount=Decimal(30000), term_months=3, method="pay_as_you_draw")
    draw_id = credit_draws.ask(manager, line.id, wanted)
    contract_id = credit_draws.approve(lender.ctx("east1"), draw_id, version=1)
    disbursements.disburse(lender.ctx("finance"), contract_id)
    loan, line = lender.one(tables.loan), lender.one(tables.credit_line)
    assert (loan.credit_line_id, loan.principal, loan.contract_id) == (line.id, Decimal(30000), contract_id)
    granted = lender.one(tables.sanction).amount
    assert (line.limit_amount, line.used, line.frozen) == (granted, Decimal(30000), Decimal(0))
