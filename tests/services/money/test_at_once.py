"""Real processes at once, and killed ones: nothing is lost, nothing happens twice."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.services.money.house import START, House
from tests.services.money.others import Program
from tests.services.money.test_credit_lines import opened

from loanloom.services.money import changes, disbursements, end_of_day, repayments
from loanloom.services.money.end_of_day import arrears
from loanloom.store import tables

D = Decimal


class Hands:
    """Several processes, started together."""

    def __init__(self, house: House, *actions: tuple[object, ...]) -> None:
        url = house.database.url.render_as_string(hide_password=False)
        self.running = Program("hands", url, str(house.company.id), json.dumps(actions, default=str))

    def go(self) -> list[str]:
        """Let them begin once all are there; what each said, or how it died."""
        assert self.running.said() == "ready"
        self.running.tell("go")
        said = [str(words) for words in json.loads(self.running.said())]
        assert self.running.ended() == 0
        return said


def test_two_processes_pay_one_contract_out_once(house: House) -> None:
    contract = house.contract()
    said = Hands(house, *[("disburse", contract)] * 3).go()
    assert sorted(said) == ["disbursement.already_disbursed", "disbursement.already_disbursed", "done"]
    assert len(house.rows(tables.loan)) == len(house.rows(tables.disbursement)) == 1
    assert house.balances() == {"1301": D(100000), "1002": D(-100000)}


def test_two_repayments_at_once_take_what_is_due_once(house: House) -> None:
    loan = disbursements.disburse(house.ctx(), house.contract()).loan_id
    house.close_until(date(2026, 2, 5))
    said = Hands(house, *[("repay", loan, "8884.88")] * 3).go()
    assert sorted(said) == ["done", "lending.more_than_due", "lending.more_than_due"]
    assert house.balances()["1301"] == D("92115.12")
    assert len(house.rows(tables.receipt)) == 1


def test_a_form_sent_from_several_browsers_at_once_is_one_receipt_and_one_answer(house: House) -> None:
    loan = disbursements.disburse(house.ctx(), house.contract()).loan_id
    house.close_until(date(2026, 2, 5))
    said = Hands(house, *[("click", loan, "1000.00")] * 3, ("click", loan, "1000.01")).go()
    (receipt,) = house.rows(tables.receipt)
    answers = [words for words in said if words == receipt.number]
    assert sorted(answers + ["service.key_reused"] * (4 - len(answers))) == sorted(said)
    assert len(answers) == (3 if receipt.amount == D("1000.00") else 1)
    assert house.balances()["1002"] == D("-100000") + receipt.amount


def test_a_repayment_racing_the_end_of_day_is_whole_or_refused(house: House) -> None:
    loan = disbursements.disburse(house.ctx(), house.contract()).loan_id
    house.close_until(date(2026, 2, 5))
    repaid, closed = Hands(house, ("repay", loan, "8884.88"), ("close",)).go()
    assert closed == "done"
    assert repaid in ("done", "day.closing", "day.moved")
    receipts = house.rows(tables.receipt)
    assert len(receipts) == (repaid == "done")
    in_time = [one for one in receipts if one.received_on == date(2026, 2, 5)]  # else the new day had begun: too late
    (late,) = house.rows(tables.loan)
    assert late.days_past_due == (0 if in_time else 1)
    house.close()  # the books agree with the loans


@pytest.mark.parametrize("against", ["repay", "close"])
def test_a_disbursement_is_taken_back_once_whatever_else_happens(house: House, against: str) -> None:
    contract = house.contract(product="keeping")
    loan = disbursements.disburse(house.ctx(), contract).loan_id
    house.close_until(date(2026, 1, 20))
    said = {"money_back": "returned", "mistake": "wrong_account"}
    digest = changes.preview(house.ctx(None), loan, "undo_disbursement", said).digest
    asked = changes.request(house.ctx(None), loan, "undo_disbursement", said, reason="x", digest=digest).id
    other = ("repay", loan, "100.00") if against == "repay" else ("close",)
    *backs, third = Hands(house, *[("take_back", asked, digest)] * 2, other).go()
    (row,) = house.rows(tables.loan)
    assert backs.count("done") == (row.status == "cancelled")
    if against == "repay":
        assert (third == "done") == (row.status == "active")
        assert len(house.rows(tables.receipt)) == (third == "done")
    else:
        assert third == "done"
    assert house.balances().get("1301", D(0)) == row.principal_outstanding
    house.close()
    if row.status == "cancelled":
        assert house.balances() == {}
        said = Hands(house, *[("disburse", contract)] * 2).go()
        assert sorted(said) == ["disbursement.already_disbursed", "done"]


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five loans a chunk."""
    monkeypatch.setattr(arrears, "CHUNK", 5)


def thirty_late(house: House) -> int:
    """Thirty loans, all just overdue, in a day that is open with small chunks; the run."""
    ids = house.contracts([{"product_key": "plain", "amount": D(10_000 + place)} for place in range(30)])
    made, _ = disbursements.disburse_many(house.ctx(), ids)
    house.close_until(date(2026, 2, 5))
    repayments.receive_many(house.ctx(), {made[0].loan_id: None})
    return end_of_day.open_run(house.ctx())


@pytest.mark.parametrize(
    ("step", "after"), [("interest", 0), ("arrears", 2), ("penalties", 0), ("checks", 0), ("roll", 0)]
)
def test_a_killed_worker_leaves_a_day_that_another_finishes(
    house: House, small_chunks: None, step: str, after: int
) -> None:
    run = thirty_late(house)
    assert Hands(house, ("close", step, after)).go() == ["died -9"]
    assert house.ctx().business_date == date(2026, 2, 5)
    end_of_day.work(house.ctx(), run)
    assert house.ctx().business_date == date(2026, 2, 6)
    accruals = [
        (row.kind, row.product_key)
        for row in house.rows(tables.accrual, tables.accrual.c.business_date == date(2026, 2, 5))
    ]
    assert len(accruals) == len(set(accruals))
    rows = house.rows(tables.loan)
    assert sum(row.days_past_due == 1 for row in rows) == 29
    assert len(house.rows(tables.loan_class)) == 29
    assert house.balances()["1132"] == sum(row.penalty_booked for row in rows)
    house.close()


def test_several_workers_share_a_day(house: House, small_chunks: None) -> None:
    run = thirty_late(house)
    assert Hands(house, *[("close",)] * 3).go() == ["done"] * 3
    seen = end_of_day.progress(house.ctx(), run)
    assert seen.state == "done"
    chunks = house.rows(tables.day_chunk, tables.day_chunk.c.day_run_id == run, tables.day_chunk.c.step == "arrears")
    assert len(chunks) == 6
    assert sum(row.days_past_due == 1 for row in house.rows(tables.loan)) == 29
    assert house.ctx().business_date == START + timedelta(days=32)
    house.close()


def test_two_processes_do_not_draw_more_than_a_line_has_left(house: House) -> None:
    line = opened(house, 100_000)
    said = Hands(house, *[("draw", line, "40000")] * 3).go()
    assert sorted(said) == ["done", "done", "line.not_enough"]
    (row,) = house.rows(tables.credit_line)
    assert (row.frozen, len(house.rows(tables.credit_line_draw))) == (80_000, 2)
