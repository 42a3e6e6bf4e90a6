"""Taking over loans over HTTP: empty files, two files in, problems with their lines, booked once."""

from __future__ import annotations

import re
from io import BytesIO

from tests.services.money.test_takeover import LOAN, files, rows

from loanloom.store import tables


def upload(client, given):
    (loans, first), (schedule, second) = given
    data = {"csrf_token": client.csrf(), "loans": (BytesIO(first), loans), "schedule": (BytesIO(second), schedule)}
    return client.post("/loans/take-over/", data=data, content_type="multipart/form-data")


def test_two_files_shown_then_booked_once(house, person) -> None:
    finance = person("finance")
    assert "Nothing taken over yet" in finance.get("/loans/take-over/").get_data(as_text=True)
    page = person("finance", language="zh").get("/loans/take-over/").get_data(as_text=True)
    assert re.search("类型（[^（）]*农户", page) and "farmer" not in page
    assert "loan_number" in finance.get("/loans/take-over/schedule.csv").get_data(as_text=True)
    assert "借据编号" in person("finance", language="zh").get("/loans/take-over/loans.csv").get_data(as_text=True)
    head = LOAN | {"product": "sole-trader-loan"}
    read = upload(finance, files([head, head | {"number": "OLD-9", "annual_rate": "12"}], [*rows(), *rows("OLD-9")]))
    assert read.status_code == 302, read.get_data(as_text=True)[:2000]
    shown = finance.get(read.location).get_data(as_text=True)
    assert "20,000.00" in shown
    assert "A yearly rate is a fraction" in shown
    assert house.rows(tables.loan) == []
    assert "who read the files does not book them" in shown
    assert upload(person("finance-head"), files([head], rows())).status_code == 403
    assert finance.post(f"{read.location}/book", data={"csrf_token": finance.csrf()}).status_code == 403
    assert house.rows(tables.loan) == []
    head_of_finance = person("finance-head")
    assert "Book the opening balances" in head_of_finance.get(read.location).get_data(as_text=True)
    token = {"csrf_token": head_of_finance.csrf()}
    assert head_of_finance.post(f"{read.location}/book", data=token).status_code == 302
    assert head_of_finance.post(f"{read.location}/book", data=token).status_code == 302
    (loan,) = house.rows(tables.loan)
    done = finance.get(read.location).get_data(as_text=True)
    assert "A yearly rate is a fraction" in done, "what was left out is still told"
    for tab in ("schedule", "transactions", "statement", "related", "history"):
        page = finance.get(f"/loans/{loan.id}?tab={tab}")
        assert page.status_code == 200, tab
    assert "Taken over" in finance.get(f"/loans/{loan.id}?tab=transactions").get_data(as_text=True)


def test_files_that_are_none(house, person) -> None:
    finance = person("finance")
    missing = finance.post("/loans/take-over/", data={"csrf_token": finance.csrf()})
    assert missing.status_code == 422
    assert "Choose both files" in missing.get_data(as_text=True)
    nonsense = upload(finance, (("loans.xlsx", b"\x00\x01"), ("schedule.csv", b"what")))
    shown = finance.get(nonsense.location).get_data(as_text=True)
    assert "no Excel workbook" in shown
    assert "No loan can be booked" in shown
    assert person("approver-2").get("/loans/take-over/").status_code == 403
    assert finance.get("/loans/take-over/999").status_code == 404
