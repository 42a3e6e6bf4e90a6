"""A process killed at every point of every money operation: each record is left as it was or done to the end, and
doing it again with the same key brings it there exactly once."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

from tests.services.money.dying import OPERATIONS
from tests.services.money.house import House
from tests.services.money.others import Program

from loanloom.core.lending.evolution import replay
from loanloom.services.money import changes, disbursements, loan_rows, repayments
from loanloom.store import tables

D = Decimal
FIRST_DUE = date(2026, 2, 5)
DUE = "8884.88"
POINTS = 24
"""Records at hand: more than any operation has points."""


def killed(house: House, operation: str, records: list[tuple[int, str]]) -> int:
    """Kill a process at point 1, 2, 3 ... of an operation, each on the next record; how many it took until one got
    through."""
    url = house.database.url.render_as_string(hide_password=False)
    dying = Program("dying", url, str(house.company.id), operation, json.dumps(records))
    left = int(dying.said())
    assert dying.ended() == 0
    assert 5 < left < len(records), f"{operation}: {left} points"
    return left


def lent(house: House, count: int) -> list[int]:
    ids = house.contracts([{"product_key": "plain", "amount": D(100_000)} for _ in range(count)])
    made, refused = disbursements.disburse_many(house.ctx(), ids)
    assert not refused
    return [one.loan_id for one in made]


def whole(house: House) -> None:
    """What is always true of the books: loans are what their events make, and the ledger is what the loans are."""
    ctx = house.ctx()
    with ctx.transaction() as connection:
        loans = loan_rows.load(ctx, connection, [row.id for row in house.rows(tables.loan)], lock=False)
        for kept in loans:
            ever = loan_rows.events_of(connection, kept.id, superseded=True)
            assert len(ever) == kept.row["event_count"]
            assert replay([event for row, event in ever if row["superseded_by"] is None]) == kept.loan
    owed = sum((kept.row["principal_outstanding"] for kept in loans), D(0))
    assert house.balances().get("1301", D(0)) == owed
    house.close()  # stops where any account differs from its loans


def test_a_disbursement_killed_anywhere(house: House) -> None:
    contracts = house.contracts([{"product_key": "plain", "amount": D(100_000)} for _ in range(POINTS)])
    left = killed(house, "disburse", [(one, "") for one in contracts])
    before = len(house.rows(tables.loan))
    for contract in contracts[: left + 1]:
        again = disbursements.disburse(house.ctx(None), contract, idempotency_key="click")
        assert disbursements.disburse(house.ctx(None), contract, idempotency_key="click").loan_id == again.loan_id
    loans = house.rows(tables.loan)
    assert 1 < before < len(loans) == left + 1
    assert len({row.number for row in loans}) == len(house.rows(tables.disbursement)) == left + 1
    assert [row.number[-5:] for row in loans] == [f"{place:05}" for place in range(1, left + 2)]  # gapless
    assert house.balances() == {"1301": D(100_000) * (left + 1), "1002": D(-100_000) * (left + 1)}
    whole(house)


def test_receipts_killed_anywhere(house: House) -> None:
    loans = lent(house, 3 * POINTS)
    repaid, settled, collected = loans[:POINTS], loans[POINTS : 2 * POINTS], loans[2 * POINTS :]
    house.close_until(FIRST_DUE)
    everything = str(repayments.preview(house.ctx(), loans[0], D(1)).payoff.total)

    left = killed(house, "repay", [(one, DUE) for one in repaid])
    assert 0 < len(house.rows(tables.receipt)) < left + 1  # the last point lies behind the commit
    for loan in repaid[: left + 1]:
        again = repayments.receive(house.ctx(None), loan, D(DUE), idempotency_key="click")
        assert repayments.receive(house.ctx(None), loan, D(DUE), idempotency_key="click").receipt_id == again.receipt_id
    receipts = house.rows(tables.receipt)
    assert len(receipts) == len(house.rows(tables.repayment)) == left + 1
    assert len({row.number for row in receipts}) == left + 1
    assert sum(row.amount for row in receipts) == D(DUE) * (left + 1)

    left = killed(house, "settle", [(one, everything) for one in settled])
    for loan in settled[: left + 1]:
        assert repayments.receive(house.ctx(None), loan, D(everything), "settle", idempotency_key="click").settled
    assert sum(row.settled_on is not None for row in house.rows(tables.loan)) == left + 1
    assert len(house.rows(tables.receipt, tables.receipt.c.amount == D(everything))) == left + 1

    left = killed(house, "collect", [(one, DUE) for one in collected])
    done, refused = repayments.receive_many(house.ctx(), dict.fromkeys(collected[: left + 1]))
    assert not refused
    assert 0 < len(done) <= left  # the rest were done by processes that died afterwards
    whole(house)


def test_an_order_of_the_desk_killed_anywhere(house: House) -> None:
    loans = lent(house, 60)
    house.close_until(FIRST_DUE)
    left = killed(house, "desk", [(one, DUE) for one in loans])
    for loan in loans[: left + 1]:
        OPERATIONS["desk"](house.ctx(None), loan, DUE)
    assert len(house.rows(tables.receipt)) == len(house.rows(tables.cash_order)) == left + 1
    whole(house)


def test_a_change_and_its_reversal_killed_anywhere(house: House) -> None:
    loans = lent(house, 60)
    house.close_until(date(2026, 1, 20))
    owed = str(repayments.preview(house.ctx(), loans[0], D(1)).payoff.total)
    agreed = []
    for loan in loans:
        asked = changes.request(house.ctx(None), loan, "settle_early", {"amount": owed}, reason="x")
        shown = changes.preview(house.ctx(None), loan, "settle_early", {"amount": owed}).digest
        agreed.append(changes.approve(house.ctx(None), asked.id, digest=shown).id)
    left = killed(house, "change", [(one, "") for one in agreed])
    for change in agreed[: left + 1]:
        assert changes.book(house.ctx(None), change, idempotency_key="click").state == "booked"
    assert len(house.rows(tables.receipt)) == left + 1
    assert sum(row.settled_on is not None for row in house.rows(tables.loan)) == left + 1

    done = loans[: left + 1]
    undone = killed(house, "undo", [(one, "2") for one in done])
    for loan in done[:undone]:
        if house.rows(tables.loan, tables.loan.c.id == loan)[0].settled_on is not None:
            OPERATIONS["undo"](house.ctx(None), loan, "2")
    still = [row.id for row in house.rows(tables.loan) if row.settled_on is not None]
    assert still == done[undone + 1 :]
    whole(house)


def test_taking_a_disbursement_back_killed_anywhere(house: House) -> None:
    loans = lent(house, 80)
    house.close_until(date(2026, 1, 12))
    said = {"money_back": "returned", "mistake": "wrong_account"}
    asked = []
    for loan in loans:
        shown = changes.preview(house.ctx(None), loan, "undo_disbursement", said)
        made = changes.request(house.ctx(None), loan, "undo_disbursement", said, reason="x", digest=shown.digest)
        asked.append((made.id, shown.digest))
    left = killed(house, "take_back", asked)
    for change, digest in asked[: left + 1]:
        done = changes.approve(house.ctx(None), change, digest=digest, idempotency_key="click")
        assert done.state == "booked"
    states = [row.status for row in house.rows(tables.loan)]
    assert states == ["cancelled"] * (left + 1) + ["active"] * (len(loans) - left - 1)
    assert {row.state for row in house.rows(tables.payout)[: left + 1]} == {"reversed"}
    whole(house)


def test_a_day_killed_anywhere_is_finished_by_others(house: House) -> None:
    loans = lent(house, 5)
    house.close_until(date(2026, 2, 4))
    killed(house, "close", [(loan, "") for loan in loans * 60])
    days = [row.business_date for row in house.rows(tables.day_run)]
    assert len(days) == len(set(days)) > 30
    keys = [(row.business_date, row.kind, row.product_key) for row in house.rows(tables.accrual)]
    assert len(keys) == len(set(keys))
    whole(house)
