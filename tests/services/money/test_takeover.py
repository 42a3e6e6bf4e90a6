"""Loans of an old system: read, judged line by line, booked once with opening entries, and alive afterwards."""

from __future__ import annotations

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from tests.services.money import house as lender
from tests.services.money.house import House, counted, settle

from loanloom.services.errors import Forbidden
from loanloom.services.money import loan_rows, repayments, takeover
from loanloom.services.money.page import loans
from loanloom.services.money.takeover import writing
from loanloom.store import tables

D = Decimal
LOAN = {
    "number": "OLD-1", "customer_number": "", "customer_name": "Demo Wang", "customer_kind": "person",
    "id_number": "110101199001011237", "phone": "13800000000", "product": "plain", "principal": "30000",
    "annual_rate": "0.12", "disbursed_on": "2025-10-05", "surplus": "", "unit": "", "manager": "",
}  # fmt: skip
ROW = {
    "principal_paid": "", "interest_paid": "", "fee": "", "fee_paid": "", "penalty_owed": "", "compound_owed": "",
    "paid_on": "",
}  # fmt: skip


def rows(number: str = "OLD-1") -> list[dict[str, str]]:
    """Three instalments of 10,000; the first is paid, the second was due on 5 December and is not."""
    plan = [("2025-11-05", "300.00"), ("2025-12-05", "200.00"), ("2026-02-05", "200.00")]
    made = [
        ROW | {"number": number, "period": str(n), "due_on": due, "principal": "10000", "interest": interest}
        for n, (due, interest) in enumerate(plan, 1)
    ]
    made[0] |= {"principal_paid": "10000", "interest_paid": "300", "paid_on": "2025-11-04"}
    made[1] |= {"interest_paid": "50", "penalty_owed": "155", "fee": "20"}
    return made


def written(name: str, columns: Any, lines: list[dict[str, str]], language: str = "en") -> tuple[str, bytes]:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([title[language] for _, title in columns.values()])
    writer.writerows([[line[column] for column in columns] for line in lines])
    return name, out.getvalue().encode()


def files(heads: list[dict[str, str]], lines: list[dict[str, str]], language: str = "en"):
    return (
        written("loans.csv", takeover.LOAN_COLUMNS, heads, language),
        written("schedule.csv", takeover.ROW_COLUMNS, lines, language),
    )


def keeper(house: House):
    ctx = house.ctx(81)
    return ctx.as_actor(replace(ctx.actor, functions=ctx.actor.functions | {"loan.take_over"}))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_shown_is_what_is_booked(house, language):
    given = files([LOAN], rows(), language)
    shown = takeover.judge(keeper(house), *given)
    assert shown.problems == []
    assert house.rows(tables.loan) == []
    totals = shown.totals["CNY"]
    assert (totals.loans, totals.principal, totals.overdue, totals.penalties) == (1, D(20_000), 1, D(175))
    done = takeover.take_over(keeper(house), *given)
    assert (done.booked, done.already_there, done.problems) == (1, 0, ())
    (loan,) = house.rows(tables.loan)
    assert (loan.number, loan.principal_outstanding, loan.days_past_due) == ("OLD-1", D(20_000), 31)
    (customer,) = house.rows(tables.customer)
    assert customer.name == "Demo Wang"
    with house.database.transaction(house.company.id) as connection:
        (kept,) = loan_rows.load(house.ctx(), connection, [loan.id], lock=False)
        assert loans.replayed(connection, kept) == kept.loan
    balances = house.balances()
    assert balances["1301"] == D(20_000)
    assert sum(balances.values()) == 0
    interest = totals.interest
    assert interest == D("150") + D("103.33")  # unpaid of the second, and 31 days of 10,000 at 12 % over 360
    assert not any(line.account_code.startswith("60") for line in house.rows(tables.journal_line)), "no income"


def test_it_lives_on_like_any_other_loan(house):
    takeover.take_over(keeper(house), *files([LOAN], rows()))
    house.close_until(date(2026, 1, 15))
    (loan,) = house.rows(tables.loan)
    page = loans.page(house.ctx(), loan.id)
    grown = D("10000") * D("0.18") * 10 / 360
    assert page.position.penalty == D("155") + grown
    assert page.disbursement is None
    made = repayments.receive(house.ctx(), loan.id, page.payoff.total, "settle")
    assert made.settled
    assert "1301" not in house.balances()


@pytest.mark.parametrize("written_as", ["sole_trader", "Sole Trader", "个体工商户"])
def test_the_kind_of_a_customer_is_written_as_the_list_calls_it(house, written_as):
    takeover.take_over(keeper(house), *files([LOAN | {"customer_kind": written_as}], rows()))
    (customer,) = house.rows(tables.customer)
    assert customer.kind == "sole_trader"


def test_an_unknown_kind_of_customer_is_told_with_those_there_are(house):
    (problem,) = takeover.judge(keeper(house), *files([LOAN | {"customer_kind": "business"}], rows())).problems
    assert (problem.field, problem.line) == ("customer_kind", 2)
    assert "Sole trader" in problem.message["en"] and "个体工商户" in problem.message["zh"]


def test_the_same_files_again_change_nothing(house):
    given = files([LOAN, LOAN | {"number": "OLD-2"}], [*rows(), *rows("OLD-2")])
    assert takeover.take_over(keeper(house), *given).booked == 2
    before = len(house.rows(tables.journal_line))
    again = takeover.take_over(keeper(house), *given)
    assert (again.booked, again.already_there) == (0, 2)
    assert len(house.rows(tables.journal_line)) == before
    assert len(house.rows(tables.customer)) == 1, "one person, one record"


def test_problems_have_their_file_and_line_and_leave_the_others_alone(house):
    good, bad = rows("GOOD"), rows("BAD")
    bad[2]["principal"] = "9999"
    late = rows("LATE")
    late[2]["penalty_owed"] = "5"
    heads = [
        LOAN | {"number": "GOOD"}, LOAN | {"number": "BAD"}, LOAN | {"number": "LATE"},
        LOAN | {"number": "NOBODY", "customer_name": "", "manager": "who"},
        LOAN | {"number": "RATE", "annual_rate": "12"},
        LOAN | {"number": "GOOD"}, LOAN | {"number": "WHAT", "product": "none-such"},
    ]  # fmt: skip
    lines = [*good, *bad, *late, *rows("NOBODY"), *rows("RATE"), *rows("WHAT"), *rows("STRAY")]
    done = takeover.take_over(keeper(house), *files(heads, lines))
    assert done.booked == 1
    told = {(problem.code, problem.file, problem.line) for problem in done.problems}
    assert ("takeover.loan_twice", "loans.csv", 7) in told
    assert ("takeover.no_manager", "loans.csv", 5) in told
    assert ("takeover.bad_rate", "loans.csv", 6) in told
    assert ("lending.not_late", "schedule.csv", 10) in told
    assert ("takeover.row_without_loan", "schedule.csv", 20) in told
    assert ("schedule.csv", 5) in {(file, line) for _, file, line in told}, "rows that do not repay the principal"
    assert ("lending.rule_missing", "loans.csv", 8) in told
    assert all(problem.message["en"] != problem.message["zh"] for problem in done.problems)


def test_statements_do_not_grow_with_the_loans(house):
    def statements(prefix: str, count: int) -> int:
        heads = [
            LOAN | {"number": f"{prefix}{n}", "id_number": "", "customer_name": f"{prefix}{n}"} for n in range(count)
        ]
        lines = [row for n in range(count) for row in rows(f"{prefix}{n}")]
        given = files(heads, lines)
        with counted(house.database) as seen:
            assert takeover.take_over(keeper(house), *given).booked == count
        return len(seen)

    statements("WARM", 1)
    assert statements("ONE", 1) == statements("MANY", 40)


def run_of(house: House) -> Any:
    return house.rows(tables.import_run)[-1]


def test_two_at_once_bring_every_loan_and_customer_once(house):
    """Both have judged the same files before either books."""
    heads = [LOAN | {"number": f"OLD-{n}"} for n in range(4)]
    given = files(heads, [row for n in range(4) for row in rows(f"OLD-{n}")])
    runs = [takeover.read(keeper(house), *given) for _ in range(2)]
    judged, wait = writing.judging.judge, Barrier(2, timeout=20)

    def met(*args):
        found = judged(*args)
        wait.wait()
        return found

    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(2) as pool:
        patch.setattr(writing.judging, "judge", met)
        done = list(pool.map(lambda run: takeover.book(keeper(house), run), runs))
    assert sorted((one.booked, one.already_there) for one in done) == [(0, 4), (4, 0)]
    assert (len(house.rows(tables.loan)), len(house.rows(tables.customer))) == (4, 1)
    assert sum(house.balances().values()) == 0
    assert sorted((run.accepted, run.skipped) for run in house.rows(tables.import_run)) == [(0, 4), (4, 0)]


def test_one_customer_in_several_sets_is_entered_once(house, monkeypatch):
    monkeypatch.setattr(writing, "SET", 1)
    heads = [LOAN | {"number": f"OLD-{n}"} for n in range(3)]
    heads += [LOAN | {"number": f"OLD-{n}", "id_number": "", "customer_name": "Demo Li"} for n in (3, 4)]
    given = files(heads, [row for n in range(5) for row in rows(f"OLD-{n}")])
    assert takeover.take_over(keeper(house), *given).booked == 5
    assert sorted(one.name for one in house.rows(tables.customer)) == ["Demo Li", "Demo Wang"]


def test_a_booked_run_stays_as_it_is(house):
    done = takeover.take_over(keeper(house), *files([LOAN], rows()))
    before = run_of(house)
    again = takeover.book(keeper(house), done.run_id)
    assert (again.booked, again.already_there) == (0, 1)
    assert run_of(house) == before


def test_what_a_died_run_had_booked_still_counts_as_its_own(house, monkeypatch):
    monkeypatch.setattr(writing, "SET", 1)
    given = files([LOAN, LOAN | {"number": "OLD-2"}], [*rows(), *rows("OLD-2")])
    run = takeover.read(keeper(house), *given)

    def die(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        takeover.book(keeper(house), run, die)
    assert takeover.book(keeper(house), run).booked == 1
    assert (run_of(house).accepted, run_of(house).skipped) == (2, 0)


TAKER = """
kind: role
key: taker
spec:
  functions: [loan.take_over]
  data_scope: all
  second_person: [{function: loan.take_over, above: 10000}]"""


def test_where_the_role_says_so_another_books_what_was_read(database, company, monkeypatch):
    monkeypatch.setattr(lender, "DOCUMENTS", [*lender.DOCUMENTS, TAKER])
    house = settle(database, company)

    def of(user: int, *functions: str, needs_second: bool = True):
        ctx = house.ctx(user, roles=("taker",) if needs_second else ("other",))
        return ctx.as_actor(replace(ctx.actor, functions=frozenset(functions)))

    run = takeover.read(of(81, "loan.take_over"), *files([LOAN], rows()))
    for who in (of(81, "loan.take_over"), of(81, "loan.take_over", "money.check"), of(82, "loan.take_over")):
        assert takeover.opened(who, run).refusal is not None
        with pytest.raises(Forbidden) as refused:
            takeover.book(who, run)
        assert refused.value.problems[0].code == "takeover.needs_other_hands"
    assert house.rows(tables.loan) == []
    checker = of(83, "money.check", needs_second=False)
    assert takeover.opened(checker, run).refusal is None
    assert takeover.book(checker, run).booked == 1
    with pytest.raises(Forbidden):
        takeover.read(checker, *files([LOAN], rows()))


def test_only_who_may(house):
    with pytest.raises(Forbidden):
        takeover.judge(house.ctx(), *files([LOAN], rows()))
