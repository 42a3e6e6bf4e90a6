"""Fixtures of the origination tests: the model company, its staff, and a sole trader who wants a loan."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.services.approval.conftest import database, lender
from tests.services.approval.lender import Lender

from loanloom.services.context import Context
from loanloom.services.origination import applications, materials, uploads
from loanloom.services.parties import customers

__all__ = ["database", "lender"]
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
TRADER = {
    "customer.kind": "sole_trader",
    "customer.name": "林秀珍（演示）",
    "customer.id_number": "330000198503140033",
    "customer.phone": "19900000002",
    "customer.province": "zhejiang",
    "customer.address": "青禾县城东街道解放路18号（演示）",
    "customer.industry": "hospitality",
    "customer.business_name": "秀珍早餐店（演示）",
    "customer.licence_number": "92990100MA2DEM001F",
    "customer.housing": "owned",
}
ASKED = {
    "application.amount": "60,000",
    "application.term_months": "12",
    "application.method": "equal_instalment",
    "application.guarantee_mode": "guarantee",
    "application.purpose": "equipment",
    "application.purpose_detail": "更换蒸柜、冷柜各两台",
    "application.channel": "visit",
    "application.existing_debt": "0",
    "application.existing_monthly_payment": "0",
    "application.bureau_consent": "yes",
    "application.overdue_count": "0",
    "application.bureau_inquiries": "1",
    "application.years_in_business": "6",
    "application.monthly_turnover": "52,000",
    "application.monthly_cost": "33,000",
    "application.other_income": "3,000",
    "application.family_expenses": "7,000",
    "application.bank_inflow": "41,000",
    "application.visited_on": "2026-02-27",
    "application.visit_rating": "good",
    "application.visit_note": "凌晨五点实地走访，客流稳定。",
    "guarantors": "0",
    "guarantors.0._was": "",
    "guarantors.0.name": "林国栋（演示）",
    "guarantors.0.id_number": "330000198206060053",
    "guarantors.0.phone": "19900000003",
    "guarantors.0.relation": "sibling",
    "guarantors.0.amount": "60,000",
    "guarantors.0.employer": "青禾县自来水厂（演示）",
    "guarantors.0.monthly_income": "6,800",
}

Begin = Callable[..., int]


@pytest.fixture
def manager(lender: Lender) -> Context:
    """A relationship manager at the desk."""
    return _with_release(lender, lender.ctx("manager"))


@pytest.fixture
def begin(manager: Context) -> Begin:
    """Take the trader on and begin an application with all its papers; its id."""

    def run(product: str = "sole-trader-loan", *, papers: bool = True, **customer: str) -> int:
        customer_id = customers.create(manager, {**TRADER, **customer}, although_similar=True)
        application_id = applications.begin(manager, product, customer_id)
        if papers:
            hand_in_papers(manager, application_id)
        return application_id

    return run


def hand_in_papers(ctx: Context, application_id: int) -> None:
    """One file for every item of the list."""
    with ctx.transaction() as connection:
        row = applications.read(ctx, connection, application_id)
        known = applications.facts_of(ctx, connection, application_id)
        for item in materials.listing(connection, ctx.registry, row, known):
            uploads.keep(ctx, connection, ("application", application_id), "paper.pdf", PDF, material=item.key)


def _with_release(lender: Lender, ctx: Context) -> Context:
    from dataclasses import replace

    return replace(ctx, company=replace(ctx.company, release_id=lender.release_id))
