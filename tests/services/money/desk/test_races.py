"""At the desk at once, and killed: one receipt is claimed once, one entry registered once, nothing lost or double."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.services.money.desk.lender import DUE, INSTALMENT, D, Desk
from tests.services.money.test_crashes import killed

from loanloom.services.context import system_actor
from loanloom.services.errors import ServiceError
from loanloom.services.money import disbursements
from loanloom.services.money.cashier import orders, payees
from loanloom.services.money.cashier.order_kinds import KINDS
from loanloom.services.money.cashier.payees import Payee
from loanloom.store import tables

POINTS = 56


def at_once(*actions) -> list[str]:
    """What each said: done, or why not."""

    def said(action) -> str:
        try:
            action()
        except ServiceError as error:
            return error.problems[0].code
        return "done"

    with ThreadPoolExecutor(len(actions)) as pool:
        return sorted(pool.map(said, actions))


def test_one_receipt_claimed_for_two_loans_at_once_goes_to_one(desk: Desk) -> None:
    loans = [desk.lent(), desk.lent()]
    desk.close_until(DUE)
    waiting = desk.enter("unidentified", amount=INSTALMENT, currency="CNY").result["suspense_id"]
    said = at_once(
        *(lambda loan=loan: desk.enter("claim", suspense_id=waiting, loan_id=loan, amount=INSTALMENT) for loan in loans)
    )
    assert said == ["claim.not_enough_left", "done"]
    assert len(desk.rows(tables.repayment)) == len(desk.rows(tables.claim)) == 1
    desk.close()


def test_one_entry_registered_reversed_and_paid_by_many_at_once_happens_once(desk: Desk) -> None:
    loan = desk.lent(amount=1_000_000)
    desk.close_until(DUE)
    entered = desk.enter("repayment", by=desk.cashier(roles=("careful",)), loan_id=loan, amount=D("88848.79"))
    register = [lambda: orders.register(desk.chief(), KINDS["repayment"], entered.id)] * 3
    assert at_once(*register) == ["done", "order.not_waiting", "order.not_waiting"]
    said = at_once(*[lambda: desk.reverse(entered)] * 3)
    assert said == ["done", "order.not_booked", "order.not_booked"]
    assert len(desk.rows(tables.repayment)) == len(desk.rows(tables.receipt_reversal)) == 1
    desk.close()


def test_a_claim_killed_anywhere_is_whole_or_not_there(desk: Desk) -> None:
    made, refused = disbursements.disburse_many(
        desk.ctx(), desk.contracts([{"product_key": "plain", "amount": D(100_000)} for _ in range(POINTS)])
    )
    assert not refused
    desk.close_until(DUE)
    system = desk.ctx().as_actor(system_actor())
    waiting = [
        desk.enter("unidentified", by=system, amount=INSTALMENT, currency="CNY").result["suspense_id"] for _ in made
    ]
    records = [(suspense, str(one.loan_id)) for suspense, one in zip(waiting, made, strict=True)]
    left = killed(desk, "claim", records)
    for suspense, loan in records[: left + 1]:
        orders.enter(
            system, KINDS["claim"],
            KINDS["claim"].parameters(suspense_id=suspense, loan_id=int(loan), amount=INSTALMENT),
            idempotency_key=f"click {suspense}",
        )  # fmt: skip
    assert len(desk.rows(tables.claim)) == len(desk.rows(tables.repayment)) == left + 1
    assert desk.balances()["224102"] == -INSTALMENT * (POINTS - left - 1)
    desk.close()


def test_a_payout_killed_anywhere_leaves_once(desk: Desk) -> None:
    contracts = desk.contracts([{"product_key": "plain", "amount": D(1_000)} for _ in range(POINTS)])
    for contract in contracts:
        payees.plan(desk.cashier(), contract, [Payee(amount=D(1_000), payee_kind="supplier", name="钢材厂")])
    disbursements.disburse_many(desk.ctx(), contracts)
    planned = [row.id for row in desk.rows(tables.payout)]
    left = killed(desk, "pay", [(one, "") for one in planned])
    system = desk.ctx().as_actor(system_actor())
    for payout in planned[: left + 1]:
        desk.enter("payout", by=system, key=f"click {payout}", payout_id=payout)
    assert desk.balances()["1002"] == D(-1_000) * (left + 1)
    assert desk.balances().get("224103", D(0)) == D(-1_000) * (POINTS - left - 1)
