"""Bank statements: read with a preview, matched, duplicates refused, booked by chunks with constant statements."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pytest
from openpyxl import Workbook
from tests.services.money.desk.lender import DUE, D, Desk
from tests.services.money.house import counted

from loanloom.services.errors import Conflict, Refused
from loanloom.services.money import disbursements
from loanloom.services.money.cashier import bank_statements
from loanloom.services.origination.imports import mapping_of
from loanloom.store import tables

HEAD = ["流水号", "交易日期", "收入", "支出", "对方户名", "对方账号", "摘要"]
Line = tuple[str, str, str, str, str, str, str]


def csv_of(*lines: Line) -> bytes:
    rows = [["某银行账户明细"] + [""] * 6, HEAD, *lines]
    return "\n".join(",".join(row) for row in rows).encode("gb18030")


def line(
    reference: str, income: str, *, name: str = "", number: str = "", words: str = "", day: str = "20260205"
) -> Line:
    return (reference, day, income, "", name, number, words)


def read(desk: Desk, content: bytes) -> int:
    return bank_statements.read(desk.cashier(), "bank", content, "february.csv")


def test_a_statement_is_looked_at_before_anything_is_booked(desk: Desk) -> None:
    loan = desk.lent()
    desk.close_until(DUE)
    number, before = desk.rows(tables.loan)[0].number, desk.balances()
    statement = read(
        desk,
        csv_of(
            line("A1", "8884.88", words=f"还款{number}"),
            line("A2", "70.00", name="无名氏"),
            ("A3", "20260205", "", "12.00", "电力公司", "", "电费"),
            ("A4", "not a day", "1.00", "", "", "", ""),
        ),
    )
    shown = bank_statements.show(desk.cashier(), statement)
    assert [(one["bank_reference"], one["state"], one["loan_id"]) for one in shown.lines] == [
        ("A1", "matched", loan), ("A2", "unmatched", None), ("A3", "left_out", None),
    ]  # fmt: skip
    assert [problem["code"] for problem in shown.row["problems"]] == ["import.wrong_type"]
    assert (shown.row["money_in"], shown.row["money_out"]) == (D("8954.88"), D("12.00"))
    assert desk.balances() == before
    done = desk.enter("bank_statement", statement_id=statement)
    assert done.result == {"statement_id": statement, "repayments": 1, "unidentified": 1}
    assert desk.balances()["224102"] == D("-70.00")
    assert desk.rows(tables.loan)[0].principal_outstanding < D(100_000)
    with pytest.raises(Conflict):
        desk.enter("bank_statement", statement_id=statement)
    desk.close()


def test_a_line_told_before_is_refused_and_a_discarded_one_may_come_again(desk: Desk) -> None:
    first = read(desk, csv_of(line("A1", "5.00"), line("A1", "5.00")))
    assert len(bank_statements.show(desk.cashier(), first).lines) == 1
    with pytest.raises(Refused) as refused:
        read(desk, csv_of(line("A1", "5.00")))
    assert refused.value.problems[0].code == "statement.duplicate"
    bank_statements.discard(desk.cashier(), first)
    assert read(desk, csv_of(line("A1", "5.00"))) != first


def test_money_counts_from_the_day_the_bank_says(desk: Desk) -> None:
    loan = desk.lent()
    desk.close_until(date(2026, 2, 8))
    number = desk.rows(tables.loan)[0].number
    assert desk.rows(tables.loan)[0].days_past_due == 3
    desk.enter("bank_statement", statement_id=read(desk, csv_of(line("A1", "8884.88", words=number))))
    row = desk.rows(tables.loan)[0]
    assert (row.days_past_due, row.overdue_amount) == (0, D(0))
    (repaid,) = desk.rows(tables.repayment)
    assert (repaid.loan_id, repaid.repaid_on, repaid.penalty) == (loan, DUE, D(0))
    assert desk.rows(tables.receipt)[0].received_on == DUE
    desk.close()


def test_two_lines_for_one_loan_and_one_that_it_does_not_take(desk: Desk) -> None:
    desk.lent()
    desk.close_until(DUE)
    number = desk.rows(tables.loan)[0].number
    content = csv_of(
        line("A1", "4000.00", words=number), line("A2", "4884.88", words=number), line("A3", "99.00", words=number)
    )
    done = desk.enter("bank_statement", statement_id=read(desk, content))
    assert (done.result["repayments"], done.result["unidentified"]) == (2, 1)
    assert desk.balances()["224102"] == D("-99.00")
    orders = [(row.kind, row.state) for row in desk.rows(tables.cash_order)]
    assert sorted(orders) == sorted(
        [("bank_statement", "booked"), ("repayment", "booked"), ("repayment", "booked"), ("unidentified", "booked")]
    )


def test_people_correct_what_was_matched(desk: Desk) -> None:
    mine, other = desk.lent(), desk.lent()
    desk.close_until(DUE)
    numbers = {row.id: row.number for row in desk.rows(tables.loan)}
    statement = read(desk, csv_of(line("A1", "8884.88", words=numbers[mine]), line("A2", "3.00"), line("A3", "4.00")))
    lines = bank_statements.show(desk.cashier(), statement).lines
    bank_statements.choose(desk.cashier(), lines[0]["id"], numbers[other].lower())
    bank_statements.choose(desk.cashier(), lines[2]["id"], None, leave_out=True)
    with pytest.raises(Refused) as refused:
        bank_statements.choose(desk.cashier(), lines[1]["id"], "NOSUCH")
    assert refused.value.problems[0].code == "statement.no_loan"
    done = desk.enter("bank_statement", statement_id=statement)
    assert (done.result["repayments"], done.result["unidentified"]) == (1, 1)
    assert [row.loan_id for row in desk.rows(tables.repayment)] == [other]


def test_a_booked_line_is_reversed_like_any_other_receipt(desk: Desk) -> None:
    desk.lent()
    desk.close_until(DUE)
    number, before = desk.rows(tables.loan)[0].number, desk.balances()
    desk.enter("bank_statement", statement_id=read(desk, csv_of(line("A1", "8884.88", words=number))))
    booked = next(row for row in desk.rows(tables.cash_order) if row.kind == "repayment")
    desk.enter("reversal", order_id=booked.id, why="the bank took it back")
    assert desk.balances() == before


def test_an_excel_file_reads_like_a_csv_file(desk: Desk) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["某银行账户明细"])
    sheet.append(HEAD)
    sheet.append(["B1", date(2026, 1, 5), 0.1 + 0.2, None, "某人", "6222000011112222", "x"])
    written = io.BytesIO()
    book.save(written)
    mapping = replace(mapping_of(desk.ctx().registry, "bank"), format="xlsx")
    found = mapping.read(written.getvalue(), "b.xlsx")
    (mapped, _problems) = mapping.map(found.rows[0])
    assert mapped is not None and mapped.facts["bank_line"] == {
        "happened_on": date(2026, 1, 5), "amount": D("0.3"), "payer_name": "某人",
        "payer_account": "6222000011112222", "words": "x",
    }  # fmt: skip
    assert mapping.read(b"no workbook", "b.xlsx").problems[0].code == "import.not_a_sheet"


def test_the_number_of_statements_does_not_depend_on_the_lines(desk: Desk) -> None:
    contracts = desk.contracts([{"amount": D(10_000), "product_key": "plain"} for _ in range(24)])
    disbursements.disburse_many(desk.ctx(), contracts)
    desk.close_until(DUE)
    numbers = [row.number for row in desk.rows(tables.loan)]

    def book(place: int, count: int) -> tuple[int, int]:
        content = csv_of(
            *(line(f"P{place + at}", "888.49", words=numbers[place + at]) for at in range(count)),
            *(line(f"Q{place + at}", "1.00") for at in range(count)),
        )
        with counted(desk.database) as reading:
            statement = read(desk, content)
        with counted(desk.database) as booking:
            done = desk.enter("bank_statement", statement_id=statement)
        assert (done.result["repayments"], done.result["unidentified"]) == (count, count)
        return len(reading), len(booking)

    few, many = book(0, 3), book(3, 20)
    assert few == many
