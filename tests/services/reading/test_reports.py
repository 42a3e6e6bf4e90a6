"""Reports, the home page's figures and search: what they say adds up with the rows, within the reader's scope."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType

import pytest
from openpyxl import load_workbook
from tests.services.reading.portfolio import add_loans

from loanloom.engines.reports.fields import DATA_SETS
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import Registry
from loanloom.services.errors import Forbidden, NotFound
from loanloom.services.reading import data_sets, overview, reports, search
from loanloom.services.reading.data_sets.values import VALUES
from loanloom.services.reading.spreadsheets import Heading, neutral, workbook
from loanloom.services.records import kept
from loanloom.store import tables


@pytest.fixture
def loans(model_company):
    """Six loans of 10,000 to 60,000; two of them overdue by 10 and 40 days; one settled; in two branches."""
    add_loans(model_company)


@pytest.fixture
def auditor(model_company, acting):
    return acting(model_company, "auditor")


def test_every_column_of_every_data_set_can_be_read(model_company, loans):
    for name in DATA_SETS:
        data_set = data_sets.data_set(model_company.registry, name)
        for path in data_set.columns:
            asked = data_sets.read_question({}, data_set, columns=[path], order=[(path, True)])
            data_sets.rows(model_company, data_set, asked, limit=2)
    assert VALUES


def test_every_report_of_the_model_company_runs(model_company, loans):
    keys = [report.key for report in reports.listing(model_company)]
    assert len(keys) >= 5
    for key in keys:
        shown = reports.run(model_company, key, {})
        assert len(shown.totals) == len(shown.report.columns)


def test_totals_are_over_all_rows_and_groups_add_up_to_them(auditor, loans):
    ledger = reports.run(auditor, "loan-ledger", {})
    index = [column.key for column in ledger.report.columns].index("outstanding")
    assert ledger.totals[index] == sum(row[index] for row in ledger.rows) == Decimal(210000)
    classes = reports.run(auditor, "asset-classes", {})
    assert {row[0]: (row[1], row[2]) for row in classes.rows} == {
        "normal": (5, Decimal(180000)),
        "special_mention": (1, Decimal(30000)),
    }
    assert classes.totals == (None, 6, Decimal(210000))


def test_overdue_parts_are_what_instalments_owe(auditor, loans, model_company):
    with model_company.database.transaction() as connection:
        connection.execute(tables.company.update().values(business_date=date(2026, 3, 10)))
    shown = reports.run(auditor, "overdue-loans", {"loan.overdue": ["yes"]})
    keys = [column.key for column in shown.report.columns]
    assert shown.count == 2
    assert [row[keys.index("principal_overdue")] for row in shown.rows] == [Decimal(100), Decimal(100)]
    assert [row[keys.index("days_past_due")] for row in shown.rows] == [40, 10]


def test_a_report_shows_only_what_its_reader_may_see(model_company, acting, loans):
    branch = acting(model_company, "approver-1", unit="east-branch")
    assert reports.run(branch, "loan-ledger", {}).count == 4
    with pytest.raises(Forbidden):
        reports.run(acting(model_company, "relationship-manager"), "journal", {})
    with pytest.raises(NotFound):
        reports.run(model_company, "nothing", {})


def test_the_home_page_counts_the_portfolio(auditor, loans):
    portfolio = overview.of(auditor).portfolio
    assert (portfolio.active, portfolio.principal) == (5, Decimal(150000))
    assert (portfolio.overdue, portfolio.overdue_amount) == (2, Decimal(200))
    assert [(first, count) for first, _last, count, _amount in portfolio.by_bucket] == [
        (0, 3), (1, 1), (31, 1), (61, 0), (91, 0),
    ]  # fmt: skip
    assert (portfolio.due_week_count, portfolio.due_week) == (5, Decimal(550))
    assert portfolio.forecast[0] == (date(2026, 3, 1), Decimal(500), Decimal(50))
    assert len(portfolio.forecast) == 6


def test_home_shows_nothing_a_role_may_not_see(model_company, acting, loans):
    seen = overview.of(acting(model_company, "system-administrator"))
    assert seen.portfolio is None
    assert seen.applications is None


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("JJ3", ["JJ3"]),
        ("jj3", ["JJ3"]),
        ("客户4", ["客户4", "SQ4", "HT4", "JJ4"]),
        ("kehu5", ["客户5", "SQ5", "HT5", "JJ5"]),
        ("%", []),
        ("_", []),
        ("", []),
    ],
)
def test_search_finds_numbers_names_and_pinyin(auditor, loans, words, found):
    assert [hit.title for hit in search.everywhere(auditor, words)] == found


def test_search_keeps_to_functions_and_scope(model_company, acting, loans):
    assert search.everywhere(acting(model_company, "system-administrator"), "JJ3") == ()
    branch = acting(model_company, "approver-1", unit="east-branch")
    assert [hit.title for hit in search.everywhere(branch, "JJ")] == ["JJ4", "JJ3", "JJ2", "JJ1"]


@pytest.mark.parametrize("sign", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\u3000=1", "|calc", "\r=1"])
def test_formulas_are_neutralised(sign):
    assert neutral(sign).startswith("'")
    book = load_workbook(io.BytesIO(workbook("x", [Heading("a")], [[sign]])))
    assert book.active["A2"].data_type == "s"


def test_amounts_stay_numbers_in_a_sheet():
    content = workbook("x", [Heading("a", "money"), Heading("d", "date")], [[Decimal("-5.10"), date(2026, 1, 2)]])
    sheet = load_workbook(io.BytesIO(content)).active
    assert Decimal(str(sheet["A2"].value)) == Decimal("-5.1")
    assert sheet["A2"].number_format == "#,##0.00"
    assert sheet["B2"].value.date() == date(2026, 1, 2)


# -- computed columns, rows and measures ------------------------------------------------------------------------------


def with_report(ctx, spec):
    """The model company with one more report in its live registry."""
    written = f"""
apiVersion: loanloom/v1
kind: report
key: made-up
title: {{en: Made up, zh: 自制}}
spec: {json.dumps(spec)}
"""
    document = read_document(written, "metadata/reports/made-up.yaml").document
    registry = ctx.registry
    changed = Registry(MappingProxyType({**registry.documents, document.identity: document}), registry.kinds)
    return replace(ctx, registry=changed)


def column(key, value=None, **more):
    title = {"en": key, "zh": key}
    return {"key": key, "title": title, **({"value": value} if value else {}), **more}


def test_an_overdue_loan_shows_what_it_owes_in_all_and_its_bucket(auditor, loans):
    shown = reports.run(auditor, "overdue-loans", {})
    keys = [one.key for one in shown.report.columns]
    assert shown.count == 2
    assert [row[keys.index("bucket")] for row in shown.rows] == ["31-60", "1-30"]
    assert [row[keys.index("number")] for row in shown.rows] == ["JJ3", "JJ2"]
    total = sum(row[keys.index("overdue_total")] for row in shown.rows)
    assert shown.totals[keys.index("overdue_total")] == total


def test_a_bucket_can_be_filtered_by(auditor, loans):
    shown = reports.run(auditor, "overdue-loans", {"column.bucket": ["1-30"]})
    assert shown.count == 1


def test_measures_are_worked_out_for_each_group_and_for_all(auditor, loans):
    shown = reports.run(auditor, "branch-quality", {})
    assert [row[0] for row in shown.rows] == ["east-branch", "west-branch"]
    keys = [one.key for one in shown.report.columns]
    share = keys.index("overdue_share")
    assert [row[share] for row in shown.rows] == [Decimal("0.5"), Decimal(0)]
    assert shown.totals[share] == Decimal("0.3333")  # 50,000 of 150,000: the settled loan is left out
    assert shown.totals[keys.index("loans")] == 5


def test_a_computed_column_sorts_groups_and_totals_as_python_would(auditor, loans):
    spec = {
        "data_set": "loans",
        "where": 'loan.number != "JJ6" and today() >= loan.disbursed_on',
        "columns": [
            column("number", "loan.number"),
            column("third", "round half even(loan.principal / 30000, 1)", total="sum"),
            column("late", 'if loan.days_past_due > 30 then "late" else "in time"'),
        ],
        "sort": [{"column": "third", "descending": True}],
    }
    shown = reports.run(with_report(auditor, spec), "made-up", {})
    assert [row[1] for row in shown.rows] == [Decimal(one) for one in ("1.7", "1.3", "1.0", "0.7", "0.3")]
    assert shown.totals[1] == Decimal("5.0")
    del spec["sort"]
    spec["group_by"] = ["late"]
    spec["columns"] = [spec["columns"][2], column("loans", "loan.number", total="count"), spec["columns"][1]]
    grouped = reports.run(with_report(auditor, spec), "made-up", {})
    assert sorted(grouped.rows) == [("in time", 4, Decimal("4.0")), ("late", 1, Decimal("1.0"))]


def test_what_cannot_be_computed_is_said_and_not_hidden(auditor, loans):
    spec = {
        "data_set": "loans",
        "columns": [
            column("number", "loan.number"),
            column("a_day", "round half up(loan.principal / loan.days_past_due, 2)"),
        ],
        "sort": [{"column": "number"}],
    }
    shown = reports.run(with_report(auditor, spec), "made-up", {})
    assert [row[1] for row in shown.rows] == [None, Decimal(2000), Decimal(750), None, None, None]
    (problem,) = shown.problems
    assert problem.in_words("en").startswith("4 lines have no value in “a_day”")
    assert "4 行" in problem.in_words("zh")
    spec["where"] = "loan.principal / loan.days_past_due > 1000"
    shown = reports.run(with_report(auditor, spec), "made-up", {})
    assert [row[0] for row in shown.rows] == ["JJ2"]
    assert {one.code for one in shown.problems} == {"report.undecided"}


def test_computed_columns_show_only_what_their_reader_may_see(model_company, acting, loans):
    branch = acting(model_company, "approver-1", unit="east-branch")
    (row,) = reports.run(branch, "branch-quality", {}).rows
    assert row[0] == "east-branch"


def test_a_computed_column_reads_each_overdue_part_once_and_in_any_order(auditor, loans):
    spec = {
        "data_set": "loans",
        "columns": [
            column("number", "loan.number"),
            column("share", "round half up(loan.principal_overdue * 100 / loan.principal, 2)"),
            column("most", "max(loan.principal_overdue, loan.interest_overdue, 1)"),
        ],
        "sort": [{"column": "most"}, {"column": "share", "descending": True}],
    }
    assert reports.run(with_report(auditor, spec), "made-up", {}).count == 6


def test_an_export_has_every_computed_value(auditor, loans):
    shown = reports.run(auditor, "loan-ledger", {})
    place = [one.key for one in shown.report.columns].index("repaid")
    assert [row[place] for row in reports.every_row(auditor, shown)] == [Decimal(0)] * 6


def test_records_of_an_entity_of_one_s_own_are_reported_within_the_reader_s_scope(model_company, acting):
    for unit, interest, amount in (
        ("east-lending", "a", "1000"),
        ("east-lending", "a", "3000"),
        ("west-lending", "b", "7"),
    ):
        manager = acting(model_company, "relationship-manager", unit=unit)
        raw = {"name": f"甲{amount}", "kind": "farmer", "phone": "19900000101", "interest": interest, "amount": amount}
        named = {f"prospect.{name}": value for name, value in raw.items()}
        kept.create(manager, "prospect", named, although_similar=True)
    whole = reports.run(acting(model_company, "risk-officer"), "prospects", {})
    assert [tuple(row) for row in whole.rows] == [
        ("a", 2, Decimal(4000), Decimal(2000)),
        ("b", 1, Decimal(7), Decimal(7)),
    ]
    assert whole.totals[1:3] == (3, Decimal(4007))
    mine = reports.run(acting(model_company, "relationship-manager", unit="west-lending"), "prospects", {})
    assert [row[0] for row in mine.rows] == ["b"]
    with pytest.raises(Forbidden):
        reports.run(acting(model_company, "finance"), "prospects", {})
