"""Credit lines: opened by a signature, reserved, used, given back; by two people, never beyond the limit."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update
from tests.services.money.changes.test_kinds import carry_out
from tests.services.money.house import House

from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Forbidden, Refused
from loanloom.services.money import disbursements, repayments
from loanloom.services.money.books import amending
from loanloom.services.money.lines import credit_draws, credit_line_changes, credit_lines, draw_rules
from loanloom.services.money.lines.draw_rules import Wanted
from loanloom.services.papers import contracts
from loanloom.store import tables

D = Decimal
ASKS, DECIDES = 61, 62


def by(house: House, user_id: int) -> Context:
    ctx = house.ctx(user_id)
    more = {"contract.prepare", "contract.sign", "application.create", "customer.read"}
    return replace(ctx, actor=replace(ctx.actor, functions=ctx.actor.functions | more))


def opened(house: House, limit: int = 500_000, product: str = "line") -> int:
    """A line, opened by the signature of its contract."""
    contract = house.contract(limit, product)
    with house.database.transaction(house.company.id) as connection:
        values = {"kind": "line", "state": "prepared", "signed_on": None, "prepared_on": date(2026, 1, 5)}
        table = tables.contract
        connection.execute(update(table).where(table.c.id == contract).values(values))
    contracts.sign(by(house, DECIDES), contract, date(2026, 1, 5), version=1)
    return int(house.rows(tables.credit_line, tables.credit_line.c.contract_id == contract)[0].id)


def ask(house: House, line: int, amount: int | str, **more: Any) -> int:
    method = more.pop("method", "equal_principal")
    wanted = Wanted(amount=D(amount), term_months=more.pop("months", 6), method=method, **more)
    return credit_draws.ask(by(house, ASKS), line, wanted)


def draw(house: House, line: int, amount: int | str) -> int:
    """A draw asked for, approved and paid out; its loan."""
    draw_id = ask(house, line, amount)
    contract = credit_draws.approve(by(house, DECIDES), draw_id, version=1)
    return disbursements.disburse(house.ctx(), contract).loan_id


def figures(house: House, line: int) -> tuple[Decimal, Decimal, Decimal]:
    """Used, frozen and free."""
    shown = credit_lines.read(by(house, ASKS), line)
    return shown.row["used"], shown.row["frozen"], shown.free


def codes(ask_it: Callable[[], object]) -> set[str]:
    with pytest.raises(Refused) as refused:
        ask_it()
    assert all(problem.message["zh"] for problem in refused.value.problems)
    return {problem.code for problem in refused.value.problems}


def test_a_revolving_line_reserves_uses_and_gets_back(house: House) -> None:
    line = opened(house)
    assert figures(house, line) == (D(0), D(0), D(500_000))
    loan = draw(house, line, 200_000)
    assert figures(house, line) == (D(200_000), D(0), D(300_000))
    asked = ask(house, line, 150_000)
    assert figures(house, line) == (D(200_000), D(150_000), D(150_000))
    credit_draws.refuse(by(house, DECIDES), asked, "too much", version=1)
    assert figures(house, line) == (D(200_000), D(0), D(300_000))
    quote = D(200_000)
    house.close_until(date(2026, 2, 5))
    repayments.receive(house.ctx(), loan, D("35333.33"))
    used, _, free = figures(house, line)
    assert used == D(200_000) - D("33333.33")
    assert free == D(500_000) - used
    assert codes(lambda: ask(house, line, free + 1)) == {"line.not_enough"}
    assert quote == house.rows(tables.credit_line)[0].drawn
    kinds = [row.kind for row in house.rows(tables.credit_line_move)]
    assert kinds == ["opened", "frozen", "used", "frozen", "released", "moved"]


def test_what_is_repaid_of_another_line_is_not_free_again(house: House) -> None:
    line = opened(house, 300_000, "once-line")
    loan = draw(house, line, 300_000)
    house.close_until(date(2026, 2, 5))
    repayments.receive(house.ctx(), loan, D(53_000))
    used, _, free = figures(house, line)
    assert (used, free) == (D(250_000), D(0))
    assert codes(lambda: ask(house, line, 1000)) == {"line.not_enough"}


def test_a_draw_is_decided_by_another_person_and_paid_out_once(house: House) -> None:
    line = opened(house)
    asked = ask(house, line, 100_000, purpose="goods")
    with pytest.raises(Forbidden):
        credit_draws.approve(by(house, ASKS), asked, version=1)
    contract = credit_draws.approve(by(house, DECIDES), asked, version=1)
    with pytest.raises(Conflict):
        credit_draws.approve(by(house, DECIDES), asked, version=1)
    assert [row["id"] for row in disbursements.waiting(house.ctx())] == [contract]
    disbursements.disburse(house.ctx(), contract)
    with pytest.raises(Conflict):
        disbursements.disburse(house.ctx(), contract)
    (row,) = house.rows(tables.credit_line_draw)
    (loan,) = house.rows(tables.loan)
    assert (row.state, row.loan_id, loan.credit_line_id, loan.term_months) == ("paid", loan.id, line, 6)
    assert figures(house, line) == (D(100_000), D(0), D(400_000))


def test_asking_twice_with_one_key_reserves_once(house: House) -> None:
    line = opened(house)
    wanted = Wanted(amount=D(100_000), term_months=6, method="equal_principal")
    first = credit_draws.ask(by(house, ASKS), line, wanted, idempotency_key="k")
    assert credit_draws.ask(by(house, ASKS), line, wanted, idempotency_key="k") == first
    assert figures(house, line)[1] == D(100_000)


def test_what_a_draw_is_refused_for(house: House) -> None:
    line = opened(house, 100_000)
    assert codes(lambda: ask(house, line, 100_001)) == {"line.not_enough"}
    assert codes(lambda: ask(house, line, 0)) == {"line.amount"}
    assert codes(lambda: ask(house, line, "10.001")) == {"line.amount"}
    assert codes(lambda: ask(house, line, 1000, months=61)) == {"line.term"}
    wrong = Wanted(amount=D(1000), term_months=6, method="nothing")
    assert codes(lambda: credit_draws.ask(by(house, ASKS), line, wrong)) == {"line.method"}
    assert figures(house, line) == (D(0), D(0), D(100_000))


def test_a_cancelled_or_forgotten_draw_gives_back_what_it_reserved(house: House) -> None:
    line = opened(house)
    approved = ask(house, line, 50_000)
    credit_draws.approve(by(house, DECIDES), approved, version=1)
    credit_draws.cancel(by(house, ASKS), approved, version=2)
    assert disbursements.waiting(house.ctx()) == []
    ask(house, line, 70_000)
    assert figures(house, line) == (D(0), D(70_000), D(430_000))
    house.close_until(date(2026, 2, 6))
    assert figures(house, line) == (D(0), D(0), D(500_000))
    assert [row.state for row in house.rows(tables.credit_line_draw)] == ["cancelled", "expired"]


def test_limits_are_changed_frozen_and_closed_by_two_people(house: House) -> None:
    line, one, two = opened(house, 100_000), by(house, ASKS), by(house, DECIDES)
    draw(house, line, 60_000)
    lowered = credit_line_changes.ask_change(one, line, "limit", "risk", D(50_000))
    with pytest.raises(Forbidden):
        credit_line_changes.decide_change(one, lowered, approve=True, version=1)
    credit_line_changes.decide_change(two, lowered, approve=True, version=1)
    assert figures(house, line) == (D(60_000), D(0), D(0))
    frozen = credit_line_changes.ask_change(one, line, "freeze", "late elsewhere")
    credit_line_changes.decide_change(two, frozen, approve=True, version=1)
    assert codes(lambda: ask(house, line, 1)) == {"line.not_open"}
    closing = credit_line_changes.ask_change(one, line, "close", "leaves")
    assert codes(lambda: credit_line_changes.decide_change(two, closing, approve=True, version=1)) == {
        "line.still_used"
    }
    assert codes(lambda: credit_line_changes.ask_change(one, line, "freeze", " ")) == {"line.reason_missing"}


def test_products_share_a_line_each_on_its_own_terms(house: House) -> None:
    line = opened(house, 100_000, "shared-line")
    draw(house, line, 30_000)
    plain = ask(house, line, 50_000, months=24, product_key="plain")
    assert figures(house, line) == (D(30_000), D(50_000), D(20_000))
    assert codes(lambda: ask(house, line, 20_001, product_key="plain")) == {"line.not_enough"}
    assert codes(lambda: ask(house, line, 1000, product_key="strict")) == {"line.product"}
    assert "lending.rule_missing" not in codes(lambda: ask(house, line, 999, product_key="plain")), "below its least"
    contract = credit_draws.approve(by(house, DECIDES), plain, version=1)
    loan_id = disbursements.disburse(house.ctx(), contract).loan_id
    first, second = house.rows(tables.loan)
    assert (first.product_key, second.product_key, second.id) == ("shared-line", "plain", loan_id)
    assert {first.credit_line_id, second.credit_line_id} == {line}
    assert figures(house, line) == (D(80_000), D(0), D(20_000))
    house.close()
    own = opened(house, 100_000)
    assert codes(lambda: ask(house, own, 1000, product_key="plain")) == {"line.product"}


def test_what_a_draw_may_not_choose_is_as_the_line_was_agreed(house: House) -> None:
    line = opened(house, 100_000, "bound-line")
    agreed = {"months": 12, "method": "equal_instalment"}
    assert codes(lambda: ask(house, line, 5000, months=6, method="equal_instalment")) == {"line.term"}
    assert codes(lambda: ask(house, line, 5000, months=12)) == {"line.method"}
    assert codes(lambda: ask(house, line, 4999, **agreed)) == {"line.too_small"}
    seen = draw_rules.choices(by(house, ASKS), line)
    assert (seen.months, set(seen.methods)) == (12, {"equal_instalment"})
    ask(house, line, 5000, **agreed)
    last = ask(house, line, 5000, **agreed)
    assert codes(lambda: ask(house, line, 5000, **agreed)) == {"line.too_many"}
    credit_draws.cancel(by(house, ASKS), last, version=1)
    waiting = ask(house, line, 5000, **agreed)
    house.close_until(date(2026, 1, 16))
    assert codes(lambda: ask(house, line, 5000, **agreed)) == {"line.too_late"}
    assert codes(lambda: credit_draws.approve(by(house, DECIDES), waiting, version=1)) == {"line.too_late"}


def test_members_draw_within_their_parts_and_all_within_the_whole(house: House) -> None:
    line = opened(house, 100_000, "group-line")
    other = house.rows(tables.contract, tables.contract.c.id == house.contract())[0].customer_id
    assert codes(lambda: ask(house, line, 1000, customer_id=other)) == {"line.no_part"}
    credit_lines.set_part(by(house, ASKS), line, other, D(30_000))
    ask(house, line, 20_000, customer_id=other)
    assert codes(lambda: ask(house, line, 10_001, customer_id=other)) == {"line.part_not_enough"}
    assert figures(house, line) == (D(0), D(20_000), D(80_000))
    assert credit_lines.read(by(house, ASKS), line).left == {other: D(10_000)}
    own = opened(house, 100_000)
    assert codes(lambda: credit_lines.set_part(by(house, ASKS), own, other, D(1))) == {"line.no_group"}


def test_two_at_once_do_not_get_more_than_is_there(house: House) -> None:
    line = opened(house, 100_000)
    got: list[str] = []

    def try_it(user_id: int) -> None:
        try:
            wanted = Wanted(amount=D(60_000), term_months=6, method="equal_principal")
            credit_draws.ask(by(house, user_id), line, wanted)
            got.append("reserved")
        except Refused:
            got.append("refused")

    threads = [threading.Thread(target=try_it, args=(user_id,)) for user_id in (71, 72)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == ["refused", "reserved"]
    assert figures(house, line) == (D(0), D(60_000), D(40_000))


def test_the_day_stops_where_a_line_says_other_than_its_loans(house: House) -> None:
    line = opened(house)
    draw(house, line, 10_000)
    with house.database.transaction(house.company.id) as connection:
        table = tables.credit_line
        connection.execute(update(table).where(table.c.id == line).values(used=D(9_999)))
    with pytest.raises(Refused) as refused:
        house.close()
    assert "day.line_differs" in {problem.code for problem in refused.value.problems}


def test_taking_a_draw_back_waits_for_its_payout_without_holding_the_line(house: House) -> None:
    line = opened(house)
    asked = ask(house, line, 10_000)
    contract = credit_draws.approve(by(house, DECIDES), asked, version=1)
    done: list[str] = []
    taking = threading.Thread(
        target=lambda: (credit_draws.cancel(by(house, ASKS), asked, version=2), done.append("taken back"))
    )
    with house.database.transaction(house.company.id) as paying:  # holds the contract first, the line after it
        paying.execute(select(tables.contract.c.id).where(tables.contract.c.id == contract).with_for_update())
        taking.start()
        taking.join(0.7)
        assert not done
        table = tables.credit_line
        paying.execute(update(table).where(table.c.id == line).values(version=table.c.version + 1))
    taking.join(10)
    assert done == ["taken back"] and figures(house, line) == (D(0), D(0), D(500_000))


def test_nothing_goes_out_on_a_line_that_was_frozen_after_the_draw_was_approved(house: House) -> None:
    line = opened(house)
    contract = credit_draws.approve(by(house, DECIDES), ask(house, line, 10_000), version=1)
    change = credit_line_changes.ask_change(by(house, ASKS), line, "freeze", "arrears elsewhere")
    credit_line_changes.decide_change(by(house, DECIDES), change, approve=True, version=1)
    with pytest.raises(Refused) as refused:
        disbursements.disburse(house.ctx(), contract)
    assert refused.value.problems[0].code == "line.not_open"
    assert not house.rows(tables.loan) and figures(house, line)[0] == D(0)


def test_a_late_receipt_and_its_undoing_move_the_line_by_the_same_principal(house: House) -> None:
    line = opened(house)
    loan = draw(house, line, 60_000)
    house.close_until(date(2026, 2, 20))
    before = figures(house, line)
    carry_out(house, loan, "receive_repayment", {"amount": "10600", "on": "2026-02-05"})
    assert figures(house, line) == (D(50_000), D(0), D(450_000))
    booked = house.rows(tables.loan_change)[-1].sequences[0]
    carry_out(house, loan, "undo", {"sequence": booked})
    assert figures(house, line) == before == (D(60_000), D(0), D(440_000))
    house.close()


def test_a_disbursement_that_is_not_undone_stays_on_its_line(house: House) -> None:
    line = opened(house)
    loan = draw(house, line, 60_000)
    ctx = house.ctx()

    def undo() -> None:
        with house.database.transaction(house.company.id) as connection:
            amending.undo_event(ctx, connection, loan, 1)

    assert codes(undo) == {"lending.disbursement_stands"}
    assert figures(house, line) == (D(60_000), D(0), D(440_000))
    house.close()


def test_a_disbursement_taken_back_leaves_the_draw_approved_and_reserved(house: House) -> None:
    line = opened(house, 300_000, "once-line")
    loan = draw(house, line, 60_000)
    house.close_until(date(2026, 1, 8))
    carry_out(house, loan, "undo_disbursement", {"money_back": "returned", "mistake": "wrong_account"})
    assert figures(house, line) == (D(0), D(60_000), D(240_000))
    (row,), (asked,) = house.rows(tables.credit_line), house.rows(tables.credit_line_draw)
    assert (row.drawn, asked.state, asked.loan_id) == (D(0), "approved", None)
    house.close()
    again = disbursements.disburse(house.ctx(), asked.contract_id)
    assert figures(house, line) == (D(60_000), D(0), D(240_000))
    carry_out(house, again.loan_id, "undo_disbursement", {"money_back": "never_left", "mistake": "not_wanted"})
    (asked,) = house.rows(tables.credit_line_draw)
    credit_draws.cancel(by(house, ASKS), asked.id, version=asked.version)
    assert figures(house, line) == (D(0), D(0), D(300_000))
    assert house.balances() == {}
    house.close()
