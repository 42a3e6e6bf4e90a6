"""Vouchers by hand: two people, allowed accounts, an open month, no gap in numbers, a reversal that leaves nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from threading import Thread

import pytest
from tests.services.money.desk.lender import RIGHTS, D, Desk

from loanloom.services.errors import Forbidden, Refused
from loanloom.services.money.books import closing, ledger
from loanloom.services.money.books.vouchers import Voucher, VoucherLine
from loanloom.services.money.cashier import orders
from loanloom.services.money.cashier.order_kinds import KINDS
from loanloom.store import tables

KIND = KINDS["voucher"]
ACCOUNTING = RIGHTS | {"money.post", "money.close"}


def accountant(desk: Desk, user_id: int = 71, **more):
    ctx = desk.ctx(user_id)
    return replace(ctx, actor=replace(ctx.actor, functions=frozenset(ACCOUNTING), **more))


def wages(amount: str = "12000.00", **more) -> Voucher:
    lines = (VoucherLine(account="6602", debit=D(amount)), VoucherLine(account="1002", credit=D(amount)))
    return Voucher(**{"memo": "Wages of January", "lines": lines, **more})


def enter(desk: Desk, asked: Voucher, **more) -> orders.Order:
    return orders.enter(accountant(desk), KIND, asked, **more)


def posted(desk: Desk, asked: Voucher) -> orders.Order:
    return desk.approve("voucher", enter(desk, asked))


def codes(raised) -> dict[str | None, str]:
    return {problem.field: problem.code for problem in raised.value.problems}


def test_a_voucher_moves_the_books_once_another_has_registered_it(desk: Desk) -> None:
    entered = enter(desk, wages(), idempotency_key="k")
    assert entered.is_waiting and desk.balances() == {} and not desk.rows(tables.journal_entry)
    assert enter(desk, wages(), idempotency_key="k").replayed
    with pytest.raises(Forbidden):
        orders.register(accountant(desk), KIND, entered.id)  # may not check
    both = accountant(desk)
    both = both.as_actor(replace(both.actor, functions=both.actor.functions | {"money.check"}))
    with pytest.raises(Forbidden) as refused:
        orders.register(both, KIND, entered.id)
    assert refused.value.problems[0].code == "order.same_person"
    done = desk.approve("voucher", entered)
    assert desk.balances() == {"6602": D("12000.00"), "1002": D("-12000.00")}
    (entry,) = desk.rows(tables.journal_entry)
    assert (entry.event, entry.number) == ("voucher", done.result["voucher_number"])
    (shown,) = ledger.entries(desk.ctx()).entries
    assert [line["memo"]["en"] for line in shown.lines] == ["Wages of January"] * 2


def test_who_may_not_make_vouchers_makes_none(desk: Desk) -> None:
    with pytest.raises(Forbidden):
        orders.enter(desk.cashier(), KIND, wages())


def test_every_fault_is_told_at_once_and_at_its_place(desk: Desk) -> None:
    lines = (
        VoucherLine(account="130301", debit=D(5)),  # what loans owe is never moved by hand
        VoucherLine(account="9876", credit=D(5)),
        VoucherLine(account="1002", debit=D(5), credit=D(5)),
        VoucherLine(account="1002", debit=D("0.001")),
        VoucherLine(account="6602", debit=D(-5)),
        VoucherLine(account="6602", credit=D(7)),
    )
    with pytest.raises(Refused) as refused:
        enter(desk, Voucher(memo=" ", lines=lines, dated=date(2027, 1, 1), unit="moon"))
    assert codes(refused) == {
        "memo": "voucher.no_memo", "dated": "voucher.in_future", "unit": "voucher.unknown_unit",
        "lines.0.account": "voucher.account", "lines.1.account": "voucher.account", "lines.2.debit": "voucher.amount",
        "lines.3.debit": "voucher.amount", "lines.4.debit": "voucher.amount", "lines": "voucher.unbalanced",
    }  # fmt: skip
    assert not desk.rows(tables.cash_order)
    with pytest.raises(Refused) as refused:
        enter(desk, Voucher(memo="nothing", lines=()))
    assert codes(refused) == {"lines": "voucher.lines"}


def test_numbers_have_no_gap_whatever_is_refused_in_between(desk: Desk) -> None:
    first = posted(desk, wages())
    left = enter(desk, wages())
    orders.refuse(desk.chief(), KIND, left.id, "not ours")
    with pytest.raises(Refused):
        enter(desk, wages(dated=date(2020, 1, 1)))
    second = posted(desk, wages())
    reversal = orders.enter(accountant(desk), KINDS["reversal"], KINDS["reversal"].parameters(
        order_id=first.id, why="twice"
    ))  # fmt: skip
    desk.approve("reversal", reversal)
    entries = desk.rows(tables.journal_entry)
    assert len(entries) == 3
    numbered = [int(entry.number.removeprefix("JV")) for entry in entries]
    assert numbered == [1, 2, 3]
    assert entries[2].reverses_id == entries[0].id
    assert second.result["entry_id"] == entries[1].id


def test_taking_one_back_needs_two_people_and_leaves_nothing(desk: Desk) -> None:
    made = posted(desk, wages())
    asked = KINDS["reversal"].parameters(order_id=made.id, why="wrong month")
    waiting = orders.enter(accountant(desk), KINDS["reversal"], asked)
    assert waiting.is_waiting and desk.balances() != {}
    desk.approve("reversal", waiting)
    assert desk.balances() == {}
    assert len(desk.rows(tables.journal_entry)) == 2
    desk.close()


def test_a_voucher_of_an_earlier_day_counts_in_that_day(desk: Desk) -> None:
    posted(desk, wages("1.00"))
    began = desk.ctx().business_date
    desk.close_until(date(2026, 2, 3))
    posted(desk, wages("500.00", dated=began))
    balance = {row.account.code: row for row in ledger.trial_balance(desk.ctx(), date(2026, 2, 1), None).rows}
    assert balance["6602"].opening == D("501.00"), "the month's opening balance has it"
    (day,) = [row for row in desk.rows(tables.ledger_day) if row.business_date == began]
    assert (day.entries, day.debits, day.credits) == (2, D("501.00"), D("501.00"))
    shown = ledger.statement(desk.ctx(), "6602", date(2026, 1, 1), date(2026, 1, 31))
    assert shown.closing == D("501.00") == shown.lines[-1].balance
    desk.close()


def test_a_month_closed_for_good_takes_none(desk: Desk) -> None:
    posted(desk, wages())
    desk.close_until(date(2026, 2, 3))
    waiting = enter(desk, wages(dated=date(2026, 1, 31)))
    january = date(2026, 1, 1)
    closing.close_softly(accountant(desk), january)
    posted(desk, wages(dated=date(2026, 1, 30)))  # softly closed: what an accountant still corrects
    closing.close_for_good(accountant(desk), january)
    for attempt in (
        lambda: enter(desk, wages(dated=date(2026, 1, 31))),
        lambda: desk.approve("voucher", waiting),
    ):
        with pytest.raises(Refused) as refused:
            attempt()
        assert codes(refused) == {"dated": "ledger.closed_for_good"}
    with pytest.raises(Refused) as refused:
        enter(desk, wages(dated=date(2025, 12, 31)))
    assert codes(refused) == {"dated": "ledger.no_such_month"}


def test_what_is_entered_today_counts_from_today_though_it_is_registered_later(desk: Desk) -> None:
    entered = enter(desk, wages())
    desk.close(2)
    desk.approve("voucher", entered)
    (entry,) = desk.rows(tables.journal_entry)
    assert entry.business_date == date(2026, 1, 5)


def test_a_branchs_accountant_books_for_that_branch_alone(desk: Desk) -> None:
    for unit in (None, "elsewhere"):
        with pytest.raises(Refused) as refused:
            orders.enter(accountant(desk, scope="branch", unit="main"), KIND, wages(unit=unit))
        assert codes(refused) == {"unit": "voucher.unknown_unit"}


def test_many_vouchers_of_a_closed_day_at_once_neither_wait_in_a_ring_nor_lose_anything(desk: Desk) -> None:
    posted(desk, wages("1.00"))
    began = desk.ctx().business_date
    desk.close(2)
    codes_ = ["1002", "2211", "6602", "6711", "4104", "1304"]
    waiting = []
    for place in range(8):
        chosen = codes_[place % 5 :] + codes_[: place % 5]
        lines = [VoucherLine(account=code, debit=D(1)) for code in chosen if code not in ("6711", "1304")]
        lines.append(VoucherLine(account="1304", credit=D(len(lines))))
        waiting.append(enter(desk, Voucher(memo="m", lines=tuple(lines), dated=began)))
    failed: list[BaseException] = []

    def register(order: orders.Order) -> None:
        try:
            orders.register(desk.chief(), KIND, order.id)
        except BaseException as error:  # noqa: BLE001 - told below
            failed.append(error)

    threads = [Thread(target=register, args=(order,)) for order in waiting]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert desk.balances()["1304"] == Decimal(-32)
    (day,) = [row for row in desk.rows(tables.ledger_day) if row.business_date == began]
    assert (day.entries, day.debits) == (9, D(33))
