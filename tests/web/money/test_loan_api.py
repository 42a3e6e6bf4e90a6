"""Loans for programs: read on any day, quotes, statements, changes by two people; exact amounts, nothing twice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.web.test_api import bearer  # noqa: F401 - a fixture

from loanloom.services.money import disbursements, repayments
from loanloom.store import tables

D = Decimal
API = "/api/v1"


@pytest.fixture
def loan_id(house) -> int:
    """A loan of 100,000 that paid its first instalment."""
    made = disbursements.disburse(house.ctx(), house.contract(100_000, "sole-trader-loan"))
    house.close_until(date(2026, 4, 6))
    repayments.receive(house.ctx(), made.loan_id, D("500"))
    return made.loan_id


def test_reading_a_loan(house, bearer, loan_id) -> None:  # noqa: F811 - the fixture
    finance = bearer("finance")
    shown = finance.get(f"{API}/loans/{loan_id}").json
    assert D(shown["principal"]) == 100_000
    assert len(shown["schedule"]) == 12
    ahead = finance.get(f"{API}/loans/{loan_id}/schedule?on=2026-05-10").json
    assert [row["state"] for row in ahead["rows"][:3]] == ["overdue", "overdue", "future"]
    moved = finance.get(f"{API}/loans/{loan_id}/transactions").json["rows"]
    assert [row["kind"] for row in moved] == ["loan_disbursed", "repayment_received"]
    assert sum(D(part["amount"]) for part in moved[1]["applied"]) == D("500")
    why = finance.get(f"{API}/loans/{loan_id}/transactions/2").json["reasons"]
    assert {reason["component"] for reason in why} == {"penalty", "interest"}
    assert set(why[0]["why"]) == {"en", "zh"}
    quote = finance.get(f"{API}/loans/{loan_id}/quote?on=2026-05-10").json
    assert D(quote["payoff"]["total"]) > D("100000")
    statement = finance.get(f"{API}/loans/{loan_id}/statement").json
    assert D(statement["lines"][-1]["owed"]) == sum(D(value) for value in statement["closing"].values())
    assert finance.get(f"{API}/loans/{loan_id}/quote?on=soon").status_code == 422
    assert finance.get(f"{API}/loans/999999/transactions").status_code == 404


def test_a_change_by_two_programs(house, bearer, loan_id) -> None:  # noqa: F811 - the fixture
    asks, agrees = bearer("finance"), bearer("risk-officer")
    kinds = {kind["kind"]: kind for kind in asks.get(f"{API}/loan-changes/kinds").json["kinds"]}
    assert {"settle_early", "waive", "undo"} <= kinds.keys()
    given = {"loan_id": loan_id, "kind": "waive", "parameters": {"amounts": {"interest": "10"}}}
    shown = asks.post(f"{API}/loan-changes/preview", json=given).json
    assert shown["problems"] == []
    wanted = given | {"reason": "a first lateness", "digest": shown["digest"]}
    assert asks.post(f"{API}/loan-changes/", json=wanted).status_code == 422, "no key"
    made = [asks.post(f"{API}/loan-changes/", json=wanted, headers={"Idempotency-Key": "a"}).json for _ in range(2)]
    assert made[0]["id"] == made[1]["id"]
    assert [made[0]["replayed"], made[1]["replayed"]] == [False, True]
    change = f"{API}/loan-changes/{made[0]['id']}"
    key = {"Idempotency-Key": "b"}
    assert asks.post(f"{change}/approve", json={"digest": shown["digest"]}, headers=key).status_code == 403
    assert agrees.post(f"{change}/approve", json={"digest": "old"}, headers=key).status_code == 409
    done = agrees.post(f"{change}/approve", json={"digest": shown["digest"]}, headers={"Idempotency-Key": "c"})
    assert (done.status_code, done.json["state"]) == (200, "booked")
    assert [row["state"] for row in asks.get(f"{API}/loan-changes/of/{loan_id}").json["rows"]] == ["booked"]
    undone = asks.post(f"{change}/undo", json={"reason": "mistaken"}, headers={"Idempotency-Key": "d"})
    assert undone.json["state"] == "requested"
    refused = agrees.post(f"{API}/loan-changes/{undone.json['id']}/refuse", json={"reason": "it stands"})
    assert refused.json["state"] == "refused"
    assert {row.state for row in house.rows(tables.loan_change)} == {"booked", "refused"}


@pytest.mark.parametrize(
    "given", [{}, {"loan_id": "1", "kind": "waive"}, {"loan_id": 1, "kind": "waive", "parameters": 3}]
)
def test_nonsense_is_told(bearer, given) -> None:  # noqa: F811 - the fixture
    assert bearer("finance").post(f"{API}/loan-changes/preview", json=given).status_code == 422
