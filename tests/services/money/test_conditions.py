"""Conditions precedent: each ticked off with evidence or waived by who granted, before any money goes out."""

from __future__ import annotations

import contextlib
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert, update
from tests.services.money.house import MAKER, START, House

from loanloom.services.approval import conditions
from loanloom.services.errors import Conflict, Forbidden, NotFound, Refused
from loanloom.services.money import disbursement_checks, disbursements
from loanloom.store import tables

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
GRANTED_BY = 61


@pytest.fixture
def contract(house: House) -> int:
    """A signed contract whose sanction has two conditions, granted by user 61."""
    made = house.contract()
    with house.database.transaction(house.company.id) as connection:
        (row,) = connection.execute(tables.contract.select().where(tables.contract.c.id == made))
        for place, words in enumerate(("Insure the shop", "Open an account with us"), 1):
            values = {"sanction_id": row.sanction_id, "position": place, "words": words}
            connection.execute(insert(tables.sanction_condition).values(values))
        granted = {"extra": {"approvers": [GRANTED_BY]}}
        connection.execute(update(tables.sanction).where(tables.sanction.c.id == row.sanction_id).values(granted))
    return made


def somebody(house: House, user_id: int = 71):
    """Staff who may prepare contracts and decide applications."""
    ctx = house.ctx(user_id)
    more = {"sanction.read", "contract.prepare", "application.decide"}
    return ctx.as_actor(replace(ctx.actor, functions=ctx.actor.functions | more))


def condition(house: House, place: int):
    (row,) = house.rows(tables.sanction_condition, tables.sanction_condition.c.position == place)
    return row


def meet(house: House, place: int, by: int = 71, **more: object) -> None:
    row = condition(house, place)
    given = {"version": row.version, "evidence": "Policy 2026-118"} | more
    conditions.meet(somebody(house, by), row.id, **given)


def why(raised: pytest.ExceptionInfo) -> list[str]:
    return [problem.code for problem in raised.value.problems]


def test_no_money_goes_out_while_one_is_open(house: House, contract: int) -> None:
    meet(house, 1)
    with pytest.raises(Refused) as refused:
        disbursements.disburse(house.ctx(), contract)
    assert why(refused) == ["disbursement.conditions_open"]
    assert "Open an account with us" in refused.value.problems[0].message["en"]
    assert "Insure" not in refused.value.problems[0].message["en"]
    meet(house, 2, file=("statement.pdf", PDF))
    assert disbursements.disburse(house.ctx(), contract).loan_number
    (upload,) = house.rows(tables.upload)
    assert (upload.subject_kind, condition(house, 2).upload_id) == ("sanction", upload.id)


def test_who_ticked_one_off_does_not_pay_out(house: House, contract: int) -> None:
    meet(house, 1)
    meet(house, 2, by=51)
    with pytest.raises(Refused) as refused:
        disbursements.disburse(house.ctx(51), contract)
    assert why(refused) == ["disbursement.same_person"]
    assert disbursements.disburse(house.ctx(52), contract).loan_number


def test_only_who_granted_may_waive(house: House, contract: int) -> None:
    row = condition(house, 1)
    with pytest.raises(Forbidden):
        conditions.waive(somebody(house, 71), row.id, version=row.version, reason="Not needed")
    conditions.waive(somebody(house, GRANTED_BY), row.id, version=row.version, reason="Not needed")
    meet(house, 2)
    checks = {one.key: one for one in disbursements.review(house.ctx(), contract).checks}
    assert checks["conditions_open"].passed
    assert checks["conditions_open"].detail["en"] == "1 met, 1 waived"
    settled = condition(house, 1)
    assert (settled.state, settled.settled_by, settled.evidence) == ("waived", GRANTED_BY, "Not needed")


def test_evidence_is_asked_for_and_two_at_once_have_one_winner(house: House, contract: int) -> None:
    with pytest.raises(Refused) as refused:
        meet(house, 1, evidence="  ")
    assert why(refused) == ["condition.evidence_missing"]
    row = condition(house, 1)
    meet(house, 1)
    with pytest.raises(Conflict):
        conditions.meet(somebody(house), row.id, version=row.version, evidence="again")
    with pytest.raises(NotFound):
        conditions.meet(somebody(house), 10**9, version=1, evidence="x")


def test_one_that_is_not_met_after_all_is_opened_again_until_the_money_is_out(house: House, contract: int) -> None:
    meet(house, 1)
    meet(house, 2)
    row = condition(house, 1)
    conditions.open_again(somebody(house), row.id, version=row.version, reason="The policy lapsed")
    assert (condition(house, 1).state, condition(house, 1).evidence) == ("open", None)
    with pytest.raises(Refused):
        disbursements.disburse(house.ctx(), contract)
    meet(house, 1)
    disbursements.disburse(house.ctx(), contract)
    row = condition(house, 1)
    with pytest.raises(Refused) as refused:
        conditions.open_again(somebody(house), row.id, version=row.version, reason="too late")
    assert why(refused) == ["condition.paid_out"]


def test_one_opened_again_while_the_money_goes_out_is_either_in_time_or_refused(
    house: House, contract: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet(house, 1)
    meet(house, 2)
    row, checked = condition(house, 1), disbursements._may_go_out
    said: list[Future[None]] = []

    def then_somebody_opens_it(*args: Any) -> Any:
        found = checked(*args)
        said.append(
            pool.submit(conditions.open_again, somebody(house), row.id, version=row.version, reason="It lapsed")
        )
        with contextlib.suppress(TimeoutError):
            said[0].result(0.5)
        return found

    with ThreadPoolExecutor(1) as pool:
        monkeypatch.setattr(disbursements, "_may_go_out", then_somebody_opens_it)
        disbursements.disburse(house.ctx(), contract)
        with pytest.raises(Refused) as refused:
            said[0].result(10)
    assert why(refused) == ["condition.paid_out"] and condition(house, 1).state == "met"


def test_who_took_the_application_may_tick_off_but_nobody_without_the_right(house: House, contract: int) -> None:
    meet(house, 1, by=MAKER)
    row = condition(house, 2)
    with pytest.raises(Forbidden):
        conditions.meet(house.ctx(), row.id, version=row.version, evidence="x")


def test_where_the_product_asks_for_it_the_whole_package_is_sealed() -> None:
    sealed, bare = {"number": "A", "sealed_on": START}, {"number": "B", "sealed_on": None}
    assert disbursement_checks.sealed(sealed, [sealed]).passed
    refused = disbursement_checks.sealed(sealed, [sealed, bare])
    assert (refused.passed, refused.detail["en"]) == (False, "Not sealed yet: B.")
