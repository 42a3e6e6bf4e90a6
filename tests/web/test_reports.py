"""Reports over HTTP: computed columns, measures and what could not be computed, on the page and in the export."""

from __future__ import annotations

import io
import re

import pytest
from openpyxl import load_workbook
from sqlalchemy import insert, update
from tests.services.reading.portfolio import add_loans

from loanloom.store.tables import journal_entry, journal_line, loan


@pytest.fixture
def loans(model_company):
    add_loans(model_company)


def table(page):
    """The cells of a report's table, row by row."""
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.S)
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row, re.S)]
        for row in rows
    ]


def test_a_report_with_measures_on_the_page_in_both_languages(person, loans):
    page = person("auditor").get("/reports/branch-quality/").get_data(as_text=True)
    head, *rows = table(page)
    assert head[-2:] == ["Share overdue", "Share non-performing"]
    assert rows[0][0] == "East branch" and rows[0][-2] == "50.00%"
    assert rows[-1][0] == "Total" and rows[-1][-2] == "33.33%"
    chinese = person("auditor", language="zh").get("/reports/branch-quality/").get_data(as_text=True)
    assert "不良率" in table(chinese)[0][-1]


def test_rows_and_filters_written_as_expressions(person, loans):
    browser = person("auditor")
    head, *rows = table(browser.get("/reports/overdue-loans/").get_data(as_text=True))
    bucket = head.index("Days overdue")
    assert [row[bucket] for row in rows if row[0].startswith("JJ")] == ["31-60", "1-30"]
    page = browser.get("/reports/overdue-loans/?column.bucket=1-30").get_data(as_text=True)
    assert [row[0] for row in table(page) if row[0].startswith("JJ")] == ["JJ2"]


def test_the_export_has_the_computed_columns_as_numbers(person, loans):
    answer = person("auditor").get("/reports/branch-quality/export.xlsx")
    assert answer.status_code == 200
    sheet = load_workbook(io.BytesIO(answer.get_data())).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(place for place, row in enumerate(rows) if "Share overdue" in row)
    share = rows[head].index("Share overdue")
    assert [row[share] for row in rows[head + 1 :] if row[share] is not None] == [0.5, 0, pytest.approx(0.3333)]


def test_a_reader_of_one_branch_sees_its_figures_only(person, loans):
    page = person("approver-1", unit="east-branch").get("/reports/branch-quality/").get_data(as_text=True)
    assert "West branch" not in page and "East branch" in page


def test_what_could_not_be_computed_is_said_above_the_table(person, loans, model_company):
    with model_company.transaction() as connection:
        connection.execute(update(loan).where(loan.c.number == "JJ1").values(principal=0, principal_outstanding=0))
    page = person("auditor", language="zh").get("/reports/loan-ledger/").get_data(as_text=True)
    assert "“已还比例”列有 1 行无法计算" in page
    assert "0.00%" in page


def test_the_journal_says_events_and_memos_in_words_on_the_page_and_in_the_export(person, model_company):
    made = {"company_id": model_company.company.id, "business_date": model_company.business_date}
    memo = {"en": "Loan paid out", "zh": "发放贷款"}
    with model_company.transaction() as connection:
        entry = connection.execute(
            insert(journal_entry).values(**made, event="loan_disbursed", memo=memo).returning(journal_entry.c.id)
        ).scalar_one()
        for number, (account, side) in enumerate((("130301", "debit"), ("1002", "credit")), 1):
            connection.execute(
                insert(journal_line).values(
                    **made, journal_entry_id=entry, line_number=number, account_code=account, memo=memo, **{side: 5}
                )
            )
    browser = person("auditor", language="zh")
    line = next(row for row in table(browser.get("/reports/journal/").get_data(as_text=True)) if "130301" in row)
    assert "放款" in line and "发放贷款" in line
    sheet = load_workbook(io.BytesIO(browser.get("/reports/journal/export.xlsx").get_data())).active
    kept = next(row for row in sheet.iter_rows(values_only=True) if "130301" in row)
    assert "放款" in kept and "发放贷款" in kept
