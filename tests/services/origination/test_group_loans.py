"""A group whose members answer for each other: who may ask, who may draw now, who paid for whom."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from tests.services.approval.lender import Lender
from tests.services.origination.conftest import Begin
from tests.services.origination.farmers import answered, approved, farmer, grouped

from loanloom.engines.products.offer import Grouping
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.money import changes, disbursements
from loanloom.services.origination import submissions
from loanloom.services.papers import contracts
from loanloom.services.parties import group_loans
from loanloom.store import tables

D = Decimal
TODAY = date(2026, 3, 2)
STAGED = Grouping(min_members=3, max_members=8, release=((D("0.5"), 0), (D(1), 2)))


def held(customer: int, paid: int, late: int = 0, status: str = "active") -> Any:
    """One loan of a member, as the books tell it."""
    loan = {"days_past_due": late, "status": status, "customer_name": f"member {customer}"}
    return SimpleNamespace(customer_id=customer, paid_on_time=paid, loan=loan)


@pytest.mark.parametrize(
    ("others", "may"),
    [
        ([], True),  # the first of five
        ([held(1, 0)], True),  # two of five are the half, rounded down
        ([held(1, 1), held(2, 1)], False),  # the half has drawn and not paid twice yet
        ([held(1, 2), held(2, 2)], True),
        ([held(1, 2), held(2, 1)], False),
        ([held(1, 9, status="settled"), held(2, 2)], True),
        ([held(1, 5), held(2, 5, late=1)], False),  # somebody is late
    ],
)
def test_staged_release(others: list[Any], may: bool) -> None:
    assert group_loans._released(STAGED, 5, 9, others)[0] is may


def test_a_group_from_application_to_a_members_payment_for_another(
    manager: Context, begin: Begin, lender: Lender
) -> None:
    first = begin("farmer-group", **farmer(1))
    with pytest.raises(Refused) as refused:
        submissions.submit(manager, first, answered(), version=1)
    assert "group.none" in {problem.code for problem in refused.value.problems}
    group_id = grouped(lender, manager, begin, first)
    submissions.submit(manager, first, answered(), version=1)
    sanction_id = approved(lender)
    kept = lender.one(tables.sanction).extra["terms"]["guarantees"]
    assert [one["guarantor"] for one in kept] == ["农户2（演示）", "农户3（演示）"]
    assert {one["amount"] for one in kept} == {"12000"}  # joint: each for all of it
    made = contracts.prepare(manager, sanction_id)
    contracts.sign(lender.ctx("east1"), made.contract_id, TODAY, version=1)
    paid = disbursements.disburse(lender.ctx("finance"), made.contract_id)
    standing = group_loans.standing(manager, group_id)
    assert (standing.outstanding, len(standing.positions), standing.late) == (D(12000), 1, ())
    lender.business_date = date(2026, 3, 20)
    shown = changes.preview(lender.ctx("finance"), paid.loan_id, "guarantor_pays",
                            {"on": "2026-03-20", "amount": "100", "guarantor": "农户2（演示）"})  # fmt: skip
    assert not shown.problems, [problem.in_words() for problem in shown.problems]
    stranger = changes.preview(lender.ctx("finance"), paid.loan_id, "guarantor_pays",
                               {"on": "2026-03-20", "amount": "100", "guarantor": "somebody"})  # fmt: skip
    assert {problem.code for problem in stranger.problems} == {"change.not_there"}
    offered = changes.choices_for(lender.ctx("finance"), paid.loan_id, "guarantor_pays")["guarantor"]
    assert [name for name, _ in offered] == ["农户2（演示）", "农户3（演示）"]
