"""Lists: search, filters, order, paging by key, columns, sums, saved views, Excel; and who sees which rows."""

from __future__ import annotations

import io
import re
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from loanloom.store import names, tables

NAMES = ("王小明", "李秀英", "张建国", "=cmd|' /C calc'!A0", "陈玉兰")


@pytest.fixture
def applications(model_company):
    """25 applications of five customers, amounts 1,000 to 25,000, two units, every third one refused."""
    with model_company.transaction() as connection:
        release = connection.execute(select(tables.release.c.id)).scalar_one()
        customers = []
        for index, name in enumerate(NAMES):
            row = {"number": f"KH{index}", "kind": "person", "name": name, "since_on": date(2026, 1, 1)}
            row |= {"unit": "east-branch", **names.name_columns(name)}
            made = connection.execute(tables.customer.insert().values(row).returning(tables.customer.c.id))
            customers.append(made.scalar_one())
        for index in range(1, 26):
            connection.execute(
                tables.application.insert().values(
                    number=f"SQ{index:03d}",
                    customer_id=customers[index % len(NAMES)],
                    product_key="farmer-loan" if index % 2 else "sole-trader-loan",
                    release_id=release,
                    amount=Decimal(index * 1000),
                    term_months=12,
                    method="equal_instalment",
                    guarantee_mode="credit",
                    applied_on=date(2026, 1, index),
                    state="refused" if index % 3 == 0 else "submitted",
                    unit="east-branch" if index <= 10 else "west-branch",
                    score_grade="A" if index < 5 else None,
                )
            )


@pytest.fixture
def reader(person):
    return person("auditor")


def numbers(client, path):
    """The application numbers a list page shows, in order."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)[:800]
    return re.findall(r">(SQ\d{3})</a>", answer.get_data(as_text=True))


def test_the_page_document_decides_columns_and_order(applications, reader):
    page = reader.get("/applications/").get_data(as_text=True)
    assert numbers(reader, "/applications/")[0] == "SQ025"
    assert "25 records" in page
    assert "325,000.00" in page  # the sum of 1,000 to 25,000


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=SQ007", ["SQ007"]),
        ("q=wxm&sort=application.number", ["SQ005", "SQ010", "SQ015", "SQ020", "SQ025"]),
        ("q=%E5%B0%8F%E6%98%8E&sort=application.number", ["SQ005", "SQ010", "SQ015", "SQ020", "SQ025"]),
        ("application.amount.from=24%2C000", ["SQ025", "SQ024"]),
        ("application.amount.from=2.4万", ["SQ025", "SQ024"]),
        ("application.amount.from=￥２４，０００元&application.amount.to=0.0003 亿", ["SQ025", "SQ024"]),
        ("application.applied_on.from=2026-01-02&application.applied_on.to=2026-01-03", ["SQ003", "SQ002"]),
        ("application.state=refused&application.amount.to=6000", ["SQ006", "SQ003"]),
        ("application.state=refused&application.state=submitted&application.amount.to=1000", ["SQ001"]),
        ("application.number=nothing", []),
    ],
)
def test_search_and_filters(applications, reader, query, found):
    assert numbers(reader, f"/applications/?{query}") == found


def test_an_unreadable_filter_is_said_and_left_out(applications, reader):
    page = reader.get("/applications/?application.amount.from=lots").get_data(as_text=True)
    assert "“lots” is no value" in page
    assert "25 records" in page


@pytest.mark.parametrize("sort", ["application.amount", "-application.amount", "score.grade", "-score.grade"])
def test_paging_by_key_shows_every_row_once_both_ways(applications, reader, monkeypatch, sort):
    from loanloom.services.reading import data_sets
    from loanloom.web import lists

    monkeypatch.setattr(lists.view, "__kwdefaults__", {"where": None, "limit": 7})
    forwards, path = [], f"/applications/?sort={sort}"
    pages = []
    while path:
        pages.append(path)
        forwards.append(numbers(reader, path))
        following = re.search(r'rel="next" href="([^"]+)"', reader.get(path).get_data(as_text=True))
        path = following.group(1).replace("&amp;", "&") if following else None
    assert [len(page) for page in forwards] == [7, 7, 7, 4]
    assert sorted(number for page in forwards for number in page) == [f"SQ{index:03d}" for index in range(1, 26)]
    back = re.search(r'rel="prev" href="([^"]+)"', reader.get(pages[-1]).get_data(as_text=True))
    assert numbers(reader, back.group(1).replace("&amp;", "&")) == forwards[-2]
    assert data_sets.listing.PAGE == 50


@pytest.mark.parametrize("place", ["x", "W10", "WyJhIiwgImIiXQ", "bnVsbA", "W1sibiIsICJOYU4iXSwgIngiXQ", "A" * 3000])
def test_an_invented_place_is_the_first_page(applications, reader, place):
    assert numbers(reader, f"/applications/?after={place}")[0] == "SQ025"
    assert numbers(reader, f"/applications/?before={place}")[0] == "SQ025"


def test_columns_are_chosen_in_the_address(applications, reader):
    page = reader.get("/applications/?column=application.number&column=score.grade").get_data(as_text=True)
    heads = re.findall(r"<th scope=\"col\"[^>]*>(?:<a[^>]*>)?([^<]+)", page)
    assert heads == ["Application", "Grade"]


def test_unknown_columns_and_sorts_are_ignored(applications, reader):
    path = "/applications/?column=customer.id_number_cipher&sort=application.extra&application.secret=1"
    assert len(numbers(reader, path)) == 25


def test_a_view_is_kept_opened_and_dropped(applications, reader):
    form = {"name": "Big ones", "query": "application.amount.from=20000", "csrf_token": reader.csrf()}
    reader.post("/lists/applications/views", data={**form, "next": "/applications/"})
    page = reader.get("/applications/").get_data(as_text=True)
    assert 'href="/applications/?application.amount.from=20000"' in page
    drop = re.search(r'action="(/lists/applications/views/\d+/drop)"', page).group(1)
    reader.post(drop, data={"csrf_token": reader.csrf()})
    assert "Big ones" not in reader.get("/applications/").get_data(as_text=True)


def test_the_export_has_every_row_and_runs_no_formula(applications, reader):
    answer = reader.get("/lists/applications/export.xlsx?application.amount.to=20000")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].endswith('.xlsx"')
    rows = list(load_workbook(io.BytesIO(answer.get_data())).active.values)
    head = next(index for index, row in enumerate(rows) if row[0] and "Application" in str(row[0]) and row[1])
    *body, total = rows[head + 1 :]
    assert len(body) == 20
    amounts = [row[3] for row in body]
    assert sorted(amounts) == [index * 1000 for index in range(1, 21)]
    assert total[0] == "Total"
    assert total[3] == sum(amounts)
    cells = [cell for row in rows for cell in row if isinstance(cell, str)]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert any(cell.startswith("'=cmd") for cell in cells)


@pytest.fixture
def contracts(model_company, applications):
    """Of two applications a loan contract each and what secures it; of the first the note without an amount, too."""
    with model_company.transaction() as connection:
        found = connection.execute(select(tables.application).order_by(tables.application.c.id).limit(2)).all()
        for place, row in enumerate(found, 1):
            own = {"customer_id": row.customer_id, "application_id": row.id, "release_id": row.release_id}
            own |= {"product_key": row.product_key, "unit": row.unit}
            grant = {
                "number": f"PF{place}",
                "amount": 1000 * place,
                "annual_rate": Decimal("0.1"),
                "term_months": 12,
                "sanctioned_on": date(2026, 2, 1),
                "expires_on": date(2026, 8, 1),
            }
            insert = tables.sanction.insert().values(**own, **grant, method=row.method)
            sanction = connection.execute(insert.returning(tables.sanction.c.id)).scalar_one()
            for kind, amount in (("loan", 1000 * place), ("guarantee", 5000 * place), ("note", 0)):
                values = {**own, "number": f"HT{place}{kind}", "kind": kind, "amount": amount, "sanction_id": sanction}
                connection.execute(tables.contract.insert().values(values))


def test_what_secures_a_loan_is_not_added_to_it(contracts, reader):
    def totals(query=""):
        page = reader.get(f"/contracts/{query}").get_data(as_text=True)
        lines = re.findall(r"<tr>(.*?)</tr>", page.partition("<tfoot>")[2].partition("</tfoot>")[0], re.S)
        return [[cell for cell in re.findall(r"<td[^>]*>(.*?)</td>", line, re.S) if cell] for line in lines]

    assert "6 records" in reader.get("/contracts/").get_data(as_text=True)
    assert totals() == [["Total · Guarantee contract", "15,000.00"], ["Total · Loan contract", "3,000.00"]]
    assert totals("?contract.kind=loan") == [["Total", "3,000.00"]], "of one kind it is one line as in any list"
    told = reader.get("/lists/contracts/export.xlsx")
    rows = list(load_workbook(io.BytesIO(told.get_data())).active.values)
    assert [(row[0], row[3]) for row in rows[-2:]] == [
        ("Total · Guarantee contract", 15_000), ("Total · Loan contract", 3_000),
    ]  # fmt: skip


def test_the_export_says_what_was_searched_for(applications, reader):
    answer = reader.get("/lists/applications/export.xlsx?q=wxm&application.amount.from=10000")
    rows = list(load_workbook(io.BytesIO(answer.get_data())).active.values)
    told = [row[0] for row in rows if row[0] and not row[1]]
    assert "Searched for: wxm" in told
    assert any(one.startswith("Amount applied for: 10,000.00") for one in told), told
    report = reader.get("/reports/overdue-loans/export.xlsx?q=wxm")
    assert "Searched for: wxm" in [row[0] for row in load_workbook(io.BytesIO(report.get_data())).active.values]


def test_yes_is_written_in_a_list_as_it_is_on_pages(applications, reader):
    told = reader.get("/reports/overdue-loans/export.xlsx?loan.overdue=yes")
    lines = [row[0] for row in load_workbook(io.BytesIO(told.get_data())).active.values if row[0]]
    assert any(str(line).endswith(": Yes") for line in lines), lines


def test_searching_as_one_types_takes_along_what_knows_the_question(applications, reader):
    page = reader.get("/applications/?q=SQ00").get_data(as_text=True)
    search = re.search(r'<form class="list-search"[^>]*>', page).group(0)
    assert 'hx-select-oob="#list-asked,#list-export"' in search
    asked = page[page.index('id="list-asked"') : page.index('id="list-results"')]
    assert "export.xlsx?q=SQ00" in asked
    assert 'name="query" value="q=SQ00"' in asked
    assert "9 records" in asked
    assert 'type="hidden" name="q" value="SQ00"' in asked  # the forms of filters and columns keep it


def test_data_scope_hides_rows_of_other_branches(applications, person):
    branch = person("approver-1", unit="east-branch")
    assert len(numbers(branch, "/applications/")) == 10
    own = person("relationship-manager", unit="east-branch")
    assert numbers(own, "/applications/") == []


def test_a_list_needs_its_function(person):
    assert person("system-administrator").get("/lists/loans/").status_code == 403
    assert person("auditor").get("/lists/nothing/").status_code == 404


def test_the_empty_list_says_what_to_do(reader):
    assert "Nothing here yet" in reader.get("/applications/").get_data(as_text=True)
    assert "Clear all" in reader.get("/applications/?q=zzz").get_data(as_text=True)
