"""Customers at the desk: taken on once, found by anything one knows of them, never shown in full by accident."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from tests.services.approval.lender import Lender
from tests.services.origination.conftest import TRADER

from loanloom.services import facts
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Forbidden, NotFound, Refused
from loanloom.services.parties import customers
from loanloom.store import tables


def create(ctx: Context, **changes: Any) -> int:
    return customers.create(ctx, {**TRADER, **changes.pop("raw", {})}, **changes)


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [problem.code for problem in refused.value.problems]


def test_what_was_filled_in_comes_back(manager: Context) -> None:
    made = create(manager)
    with manager.transaction() as connection:
        known = facts.of_customer(manager, customers.read(manager, connection, made), manager.registry)
    assert known["name"] == "林秀珍（演示）"
    assert known["id_number"] == "330000198503140033"
    assert known["phone"] == "19900000002"
    assert known["business_name"] == "秀珍早餐店（演示）"
    assert known["employees"] is None


def test_identity_and_phone_are_closed_in_the_database_and_the_audit(manager: Context, lender: Lender) -> None:
    create(manager)
    (row,) = lender.rows(tables.customer)
    assert row.id_number_masked == "330***********0033"
    kept = repr(row._mapping) + repr([one._mapping for one in lender.rows(tables.audit_log)])
    assert "330000198503140033" not in kept
    assert "19900000002" not in kept


def test_an_e_mail_address_is_closed_masked_and_found_whole(manager: Context, lender: Lender) -> None:
    made = create(manager, raw={"customer.email": "Lin.Xiu@Example.cn"})
    (row,) = lender.rows(tables.customer)
    assert row.email_masked == "L***@example.cn"
    assert "Lin.Xiu" not in repr(row._mapping) + repr([one._mapping for one in lender.rows(tables.audit_log)])
    assert [one.id for one in customers.search(manager, "lin.xiu@example.cn")] == [made]
    assert customers.search(manager, "lin@example.cn") == [] == customers.search(manager, "Lin.Xiu")
    customers.update(manager, made, {**TRADER, "customer.email": ""}, version=1)
    (row,) = lender.rows(tables.customer)
    assert (row.email_masked, row.email_cipher, row.email_hash) == (None, None, None)


@pytest.mark.parametrize(
    "query", ["林秀", "linxiuzhen", "lxz", "LINXZ"[:3], "C000001", "330000198503140033", "199 0000 0002"]
)
def test_found_by_name_pinyin_number_and_identity(manager: Context, query: str) -> None:
    made = create(manager)
    number = next(one.number for one in customers.search(manager, ""))
    found = customers.search(manager, number if query.startswith("C0") else query)
    assert [one.id for one in found] == [made]


def test_nobody_is_entered_twice(manager: Context) -> None:
    create(manager)
    with pytest.raises(Refused) as refused:
        create(manager, although_similar=True)
    assert codes(refused) == ["customer.duplicate"]


def test_somebody_alike_is_pointed_out_first(manager: Context) -> None:
    create(manager)
    other = {"customer.id_number": "330000198206060053"}
    with pytest.raises(Refused) as refused:
        create(manager, raw=other)
    assert codes(refused) == ["customer.similar"]
    assert "林秀珍" in refused.value.problems[0].message["zh"]
    assert create(manager, raw=other, although_similar=True)


def test_a_second_click_is_answered_with_the_first_result(manager: Context, lender: Lender) -> None:
    first = create(manager, idempotency_key="k1")
    assert create(manager, idempotency_key="k1") == first
    assert lender.count(tables.customer) == 1


def test_a_wrong_check_digit_is_refused_at_its_field(manager: Context, lender: Lender) -> None:
    with pytest.raises(Refused) as refused:
        create(manager, raw={"customer.id_number": "330000198503140034", "customer.kind": "farmer"})
    assert ("form.id_card", "customer.id_number") in [(one.code, one.field) for one in refused.value.problems]
    assert lender.count(tables.customer) == 0


def test_a_stale_page_does_not_overwrite(manager: Context, lender: Lender) -> None:
    made = create(manager)
    customers.update(manager, made, {**TRADER, "customer.employees": "3"}, version=1)
    with pytest.raises(Conflict):
        customers.update(manager, made, {**TRADER, "customer.employees": "9"}, version=1)
    (row,) = lender.rows(tables.customer)
    assert row.extra["employees"] == 3
    changed = [one for one in lender.rows(tables.audit_log) if one.action == "customer.changed"]
    assert len(changed) == 1
    assert changed[0].after["extra"]["employees"] == 3


def test_roles_and_scope_hold(manager: Context, lender: Lender) -> None:
    made = create(manager)
    with pytest.raises(Forbidden):
        create(lender.ctx("auditor"))
    with pytest.raises(NotFound), manager.transaction() as connection:
        customers.read(lender.ctx("manager2"), connection, made)
    with manager.transaction() as connection:
        assert customers.read(lender.ctx("auditor"), connection, made).id == made
        assert connection.execute(select(tables.customer.c.unit)).scalar_one() == "east-lending"
