"""Farmers of a group and what they ask for."""

from __future__ import annotations

from sqlalchemy import update
from tests.services.approval.lender import Lender
from tests.services.origination.conftest import ASKED, Begin

from loanloom.services.approval import approvals
from loanloom.services.context import Context
from loanloom.services.parties import groups
from loanloom.store import tables

NOT_ASKED = ("term_months", "years_in_business", "monthly_turnover", "monthly_cost", "bank_inflow")
FARM = {
    "application.amount": "12,000", "application.term_days": "168", "application.method": "equal_instalment",
    "application.guarantee_mode": "guarantee", "application.purpose": "seeds_fertiliser",
    "application.main_crop": "tea", "application.land_area": "18", "application.farm_income": "206,000",
    "application.farm_cost": "74,000", "application.crop_insured": "yes", "guarantors.0.amount": "12,000",
}  # fmt: skip


def identity(number: int) -> str:
    """An identity number with its check digit (GB 11643)."""
    digits = f"3300001985031400{number}"
    weighed = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(digits))
    return digits + "10X98765432"[weighed % 11]


def farmer(number: int) -> dict[str, str]:
    """A farmer who may join a group."""
    return {
        "customer.kind": "farmer", "customer.industry": "agriculture", "customer.farming_years": "22",
        "customer.years_at_address": "30", "customer.village": "青禾镇茶园村（演示）",
        "customer.name": f"农户{number}（演示）", "customer.id_number": identity(number),
        "customer.phone": f"1990000010{number}",
    }  # fmt: skip


def answered() -> dict[str, str]:
    """What a farmer answers on the form."""
    return {name: one for name, one in ASKED.items() if name.removeprefix("application.") not in NOT_ASKED} | FARM


def approved(lender: Lender) -> int:
    """Everybody who has a say says yes; the sanction."""
    for who in ("risk", "east1", "head2"):
        for item in lender.rows(tables.work_item, status="open")[:1]:
            approvals.decide(lender.ctx(who), item.id, "approve", expected_version=item.version, opinion="同意")
    return int(lender.one(tables.sanction).id)


def grouped(lender: Lender, manager: Context, begin: Begin, first: int) -> int:
    """A group of three with the applicant of an application in it; the other two only lend their names."""
    others = [begin("farmer-group", papers=False, **farmer(number)) for number in (2, 3)]
    customers = [lender.one(tables.application, id=one).customer_id for one in (first, *others)]
    group_id = groups.create(lender.ctx("finance"), groups.Details(name="茶园一组（演示）"))
    for customer_id in customers:
        groups.add_member(lender.ctx("finance"), group_id, customer_id)
    with manager.transaction() as connection:
        table = tables.application
        connection.execute(update(table).where(table.c.id.in_(others)).values(state="withdrawn"))
    return group_id
