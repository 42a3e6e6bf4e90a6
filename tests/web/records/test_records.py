"""Records on screen and by REST: the same pages for every entity, in both languages, for those whose role says so."""

from __future__ import annotations

import io
import re

import pytest
from openpyxl import load_workbook
from sqlalchemy import insert, select

from loanloom.services.records import importing
from loanloom.services.running.surroundings import acting
from loanloom.services.running.work import Progress
from loanloom.store import names, tables

PROSPECT = {
    "prospect.name": "陈静茶庄（演示）",
    "prospect.kind": "sole_trader",
    "prospect.phone": "19900000101",
    "prospect.interest": "b",
}


@pytest.fixture
def owner(model_company):
    """A customer of the head office."""
    row = {"number": "KH9", "kind": "person", "name": "王小明（演示）", "since_on": model_company.business_date}
    row |= {"unit": "head-office", **names.name_columns("王小明（演示）")}
    with model_company.transaction() as connection:
        return connection.execute(insert(tables.customer).values(row).returning(tables.customer.c.id)).scalar_one()


def send(browser, path, **values):
    given = {"csrf_token": browser.csrf(), "_action": "submit", "idempotency_key": path} | values
    return browser.post(path, data=given)


def page(browser, path):
    answer = browser.get(path, follow_redirects=True)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.get_data(as_text=True)


def test_a_prospect_is_entered_found_changed_and_archived(person):
    manager = person("relationship-manager")
    assert "Prospects" in page(manager, "/")
    assert "Nothing here yet" in page(manager, "/records/prospect/")
    assert "Level of interest" in page(manager, "/records/prospect/new")
    made = send(manager, "/records/prospect/new", **PROSPECT)
    assert made.status_code == 302, made.get_data(as_text=True)[:2000]
    shown = page(manager, made.location)
    assert "陈静茶庄（演示）" in shown
    assert "199****0101" in shown
    assert "19900000101" not in shown
    assert "Record entered" in shown
    listed = page(manager, "/records/prospect/?q=cjcz")
    assert made.location in listed
    assert "B: interested" in listed
    assert made.location in page(manager, "/search/?q=chenjing")
    changed = send(manager, f"{made.location}/edit", _version="1", **{"prospect.interest": "a"})
    assert changed.status_code == 302
    assert "A: will apply this month" in page(manager, made.location)
    assert send(manager, f"{made.location}/archive", version="2").status_code == 302
    assert made.location not in page(manager, "/records/prospect/")
    assert made.location in page(manager, "/records/prospect/?record.state=archived")
    assert send(manager, f"{made.location}/restore", version="3").status_code == 302
    assert made.location in page(manager, "/records/prospect/")


def test_mistakes_stand_at_their_fields_and_nothing_typed_is_lost(person):
    manager = person("relationship-manager", language="zh")
    answer = send(manager, "/records/prospect/new", **(PROSPECT | {"prospect.phone": "", "prospect.purpose": "进货"}))
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "请填写“联系电话”" in shown
    assert 'value="进货"' in shown


def test_a_similar_one_is_pointed_out_and_may_be_entered_all_the_same(person):
    manager = person("relationship-manager")
    send(manager, "/records/prospect/new", **PROSPECT)
    other = PROSPECT | {"prospect.name": "Another"}
    again = send(manager, "/records/prospect/new", **other, idempotency_key="other")
    assert again.status_code == 422
    assert "This is another one" in again.get_data(as_text=True)
    done = send(manager, "/records/prospect/new", **other, idempotency_key="other", _although_similar="yes")
    assert done.status_code == 302


def test_an_older_page_changes_nothing(person):
    manager = person("relationship-manager")
    made = send(manager, "/records/prospect/new", **PROSPECT)
    assert send(manager, f"{made.location}/edit", _version="1", **{"prospect.interest": "a"}).status_code == 302
    assert send(manager, f"{made.location}/edit", _version="1", **{"prospect.interest": "c"}).status_code == 409


def test_a_customers_page_shows_its_records_and_leads_to_new_ones(person, owner):
    manager = person("relationship-manager", "auditor")  # the auditor's sight, the manager's rights
    tab = page(manager, f"/customers/{owner}?tab=records")
    assert "Related parties" in tab
    assert f"/records/bank_account/new?owner={owner}" in tab
    account = {
        "bank_account.holder": "王小明（演示）", "bank_account.bank": "农商银行", "bank_account.use": "both",
        "bank_account.account": "6200000000000001",
    }  # fmt: skip
    made = send(manager, "/records/bank_account/new", _owner=str(owner), **account)
    assert made.status_code == 302
    assert "农商银行" in page(manager, f"/customers/{owner}?tab=records")
    shown = page(manager, made.location)
    assert f"/customers/{owner}?tab=records" in shown
    assert "6200000000000001" not in shown


def test_who_may_not_see_or_change_is_refused(person):
    manager = person("relationship-manager")
    made = send(manager, "/records/prospect/new", **PROSPECT).location
    finance, auditor = person("finance"), person("auditor")
    for path in ("/records/prospect/", made, "/records/prospect/new", f"{made}/edit"):
        assert finance.get(path).status_code == 403, path
    assert "Prospects" not in page(finance, "/")
    assert made not in page(finance, "/search/?q=chenjing")
    assert auditor.get(made).status_code == 200
    assert f"{made}/edit" not in page(auditor, made)
    for path in (f"{made}/edit", f"{made}/archive", "/records/prospect/new"):
        assert send(auditor, path, version="1", _version="1", **PROSPECT).status_code == 403, path
    elsewhere = person("relationship-manager", unit="west-branch")
    for path in (made, f"{made}/edit"):
        assert elsewhere.get(path).status_code == 404, path
    assert elsewhere.get("/records/nothing/").status_code == 404
    assert elsewhere.get("/records/customer/").status_code == 404


def test_markup_in_a_value_is_inert(person):
    manager = person("relationship-manager")
    hostile = "<script>alert(1)</script>"
    made = send(manager, "/records/prospect/new", **(PROSPECT | {"prospect.name": hostile}))
    for path in (made.location, "/records/prospect/", f"{made.location}/edit"):
        assert hostile not in page(manager, path), path


def test_a_workbook_comes_in_by_the_screen(person, model_company):
    admin = person("business-administrator", language="zh")
    empty = load_workbook(io.BytesIO(admin.get("/records/prospect/sheet.xlsx").data))
    empty.worksheets[0].append([None, "张三（演示）", "农户", "19900000001", "B 级：有明确意向"])
    empty.worksheets[0].append([None, "李四（演示）", "农户", "", "B 级：有明确意向"])
    written = io.BytesIO()
    empty.save(written)
    given = {"csrf_token": admin.csrf(), "file": (io.BytesIO(written.getvalue()), "潜在客户.xlsx")}
    answer = admin.post("/records/prospect/import", data=given, content_type="multipart/form-data")
    assert answer.status_code == 302
    assert "已处理行数" in page(admin, answer.location)
    asking = {"headers": {"HX-Request": "true"}}
    assert "<main" not in admin.get(answer.location, **asking).get_data(as_text=True), "how far, not a page in the page"
    run = int(re.search(r"(\d+)$", answer.location).group(1))
    with model_company.transaction() as connection:
        job = connection.execute(
            select(tables.job_run.c.id).where(tables.job_run.c.kind == "records_import")
        ).scalar_one()
    ctx = acting(model_company, admin.user_id)
    importing.go(ctx, Progress(ctx.database, ctx.company.id, job), {"run": run, "entity": "prospect"})
    done = admin.get(answer.location, **asking)
    assert (done.headers.get("HX-Refresh"), done.data) == ("true", b"")
    shown = page(admin, answer.location)
    assert "请填写“联系电话”" in shown
    back = load_workbook(io.BytesIO(admin.get(f"{answer.location}/errors.xlsx").data)).worksheets[0]
    assert [row[1].value for row in back.iter_rows(min_row=2)] == ["李四（演示）"]
    assert "张三（演示）" in page(admin, "/records/prospect/")
    assert person("relationship-manager").get("/records/prospect/import").status_code == 403


def test_bringing_in_is_offered_to_whom_it_is_allowed_only(person):
    admin = person("business-administrator")
    for entity, allowed in (("prospect", True), ("company_account", False)):
        where = f"/records/{entity}/import"
        assert (where in page(admin, f"/records/{entity}/")) is allowed
        assert (admin.get(where).status_code == 200) is allowed


def test_rest_enters_lists_changes_and_archives_by_the_same_rules(person):
    manager = person("relationship-manager")
    headers = {"X-CSRFToken": manager.csrf()}
    refused = manager.post("/api/v1/records/prospect/", json={"values": {"prospect.name": "x"}}, headers=headers)
    assert refused.status_code == 422
    assert {one["field"] for one in refused.json["problems"]} == {
        "prospect.kind", "prospect.phone", "prospect.interest"
    }  # fmt: skip
    made = manager.post("/api/v1/records/prospect/", json={"values": PROSPECT}, headers=headers)
    assert made.status_code == 201, made.json
    assert made.json["values"]["prospect.phone"] == "199****0101"
    path = f"/api/v1/records/prospect/{made.json['id']}"
    changed = manager.put(path, json={"values": {"prospect.amount": "5000"}, "version": 1}, headers=headers)
    assert changed.json["values"]["prospect.amount"] == "5000"
    assert changed.json["values"]["prospect.interest"] == "b"
    assert manager.put(path, json={"values": {}, "version": 1}, headers=headers).status_code == 409
    listed = manager.get("/api/v1/records/prospect/?prospect.interest=b").json
    assert [row["prospect.name"] for row in listed["rows"]] == ["陈静茶庄（演示）"]
    assert manager.post(f"{path}/archive", json={"version": 2}, headers=headers).json["state"] == "archived"
    assert manager.get("/api/v1/records/prospect/").json["rows"] == []
    assert person("finance").get(path).status_code == 403
    assert person("relationship-manager", unit="west-branch").get(path).status_code == 404
