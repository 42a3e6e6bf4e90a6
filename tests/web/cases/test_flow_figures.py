"""Figures of cases on screen, as Excel and for programs."""

from __future__ import annotations

import io

from openpyxl import load_workbook
from tests.web.cases.test_screens import get

PERIOD = "from=2026-03-01&to=2026-03-31"


def worked_on(house):
    for amount in ("500", "5000"):
        house.act("risk", house.start(amount=amount), "decide", decision="approve")
    house.start()


def test_the_bottleneck_is_drawn_on_the_flow(as_user, house):
    worked_on(house)
    auditor = as_user("auditor")
    page = get(auditor, f"/work/figures/?{PERIOD}&flow=seal")
    assert "heat-4" in page and "How far the cases came" in page
    assert "risk (demo)" in page
    everything = get(auditor, f"/work/figures/?{PERIOD}")
    assert "flow-picture" not in everything and "Review" in everything
    assert "/work/figures/" in get(auditor, "/"), "the menu leads there"


def test_it_is_kept_as_excel(as_user, house):
    worked_on(house)
    answer = as_user("auditor").get(f"/work/figures.xlsx?{PERIOD}&flow=seal")
    rows = list(load_workbook(io.BytesIO(answer.data)).active.values)
    review = next(row for row in rows if row[1] == "Review")
    assert (review[3], review[7]) == (2, 1)
    assert any(row[2] == "risk (demo)" and row[3] == 2 for row in rows)


def test_programs_read_them_too(as_user, house):
    worked_on(house)
    auditor = as_user("auditor")
    found = auditor.get("/api/v1/flow-figures/?since=2026-03-01&until=2026-03-31&flow=seal").get_json()
    assert found["begun"] == 3 and {one["node"]: one["open"] for one in found["nodes"]} == {"review": 1, "head": 1}
    assert auditor.get("/api/v1/flow-figures/?since=2026-03-01").status_code == 422
    assert auditor.get("/api/v1/flow-figures/?since=2026-03-31&until=2026-03-01").status_code == 422


def test_figures_are_for_those_who_see_reports_and_bad_days_are_said(as_user, house):
    get(as_user("system"), "/work/figures/", 403)
    get(as_user("borrower"), "/work/figures/", 403)
    auditor = as_user("auditor")
    get(auditor, "/work/figures/?from=soon", 422)
    get(auditor, "/work/figures/?from=2026-03-31&to=2026-03-01", 422)
    get(auditor, "/work/figures/?flow=nowhere&product=nothing")
    get(auditor, "/work/figures.xlsx?from=2026-03-31&to=2026-03-01", 422)
