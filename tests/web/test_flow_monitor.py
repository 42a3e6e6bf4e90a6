"""The monitor of cases on screen: what stands still, what is late, what nobody may do; each with its repair."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select
from tests.web.pages import page, post

from loanloom.engines import flows
from loanloom.services.context import Context
from loanloom.store import tables

CASE, ITEM, CALL = tables.flow_case, tables.work_item, tables.flow_call


def a_case(ctx: Context, number: str, state: flows.State) -> int:
    with ctx.transaction() as connection:
        values = {
            "number": number, "flow_key": "business-approval", "release_id": ctx.company.release_id,
            "subject_kind": "request", "title": {"en": "Case", "zh": "业务"}, "state": state.to_json(),
        }  # fmt: skip
        return int(connection.execute(insert(CASE).values(values).returning(CASE.c.id)).scalar_one())


def an_item(ctx: Context, case_id: int, **more: Any) -> int:
    with ctx.transaction() as connection:
        values = {"case_id": case_id, "number": 1, "node": "risk_review", "scope": "all", **more}
        return int(connection.execute(insert(ITEM).values(values).returning(ITEM.c.id)).scalar_one())


def item(**more: Any) -> flows.Item:
    return flows.Item(number=1, token=1, node="risk_review", kind="approval", scope="all", **more)


def row(ctx: Context, table: Any, row_id: int) -> Any:
    with ctx.transaction() as connection:
        return connection.execute(select(table).where(table.c.id == row_id)).one()


@pytest.fixture
def standing() -> flows.State:
    """A case at the risk review, whose item is missing."""
    token = flows.Token(number=1, node="risk_review")
    return flows.State(tokens=(token,), last_number=1, last_token=1, makers=(999,), step=1)


def test_a_case_that_stands_still_is_shown_and_enters_its_step_again(person, model_company, standing):
    case_id = a_case(model_company, "X-1", standing)
    keeper = person("system-administrator")
    shown = page(keeper, "/admin/flows/?kind=stuck")
    assert "X-1" in shown and "Risk review" in shown
    fields = {"token": "1", "version": "1", "reason": "the item was lost"}
    refused = post(keeper, f"/admin/flows/stuck/{case_id}/enter", **{**fields, "reason": ""})
    assert refused.status_code == 422 and row(model_company, CASE, case_id).version == 1
    assert post(keeper, f"/admin/flows/stuck/{case_id}/enter", **fields).status_code == 302
    assert "X-1" not in page(keeper, "/admin/flows/?kind=stuck")
    assert post(keeper, f"/admin/flows/stuck/{case_id}/enter", **fields).status_code == 409
    with model_company.transaction() as connection:
        items = connection.execute(select(ITEM.c.node).where(ITEM.c.case_id == case_id)).scalars().all()
    assert items == ["risk_review"]


def test_work_that_nobody_may_do_is_given_to_somebody(person, model_company, standing):
    open_item = flows.Item(
        number=1, token=1, node="risk_review", kind="approval", role=flows.ADMINISTRATOR, scope="all"
    )
    case_id = a_case(model_company, "X-2", flows.State(**{**_fields(standing), "items": (open_item,)}))
    item_id = an_item(model_company, case_id, role=flows.ADMINISTRATOR)
    officer, keeper = person("risk-officer"), person("system-administrator")
    assert "X-2" in page(keeper, "/admin/flows/?kind=nobody")
    said = {"to": str(officer.user_id), "reason": "on leave"}
    assert post(keeper, f"/admin/flows/nobody/{item_id}/give", **said).status_code == 302
    assert row(model_company, ITEM, item_id).assignee == officer.user_id


def test_a_late_item_is_reminded_of_and_a_case_can_be_ended(person, model_company, standing):
    officer = person("risk-officer")
    open_item = flows.Item(
        number=1, token=1, node="risk_review", kind="approval", users=(officer.user_id,), scope="all"
    )
    case_id = a_case(model_company, "X-3", flows.State(**{**_fields(standing), "items": (open_item,)}))
    late = datetime.now(UTC) - timedelta(days=2)
    item_id = an_item(model_company, case_id, assignee=officer.user_id, due_at=late)
    keeper = person("system-administrator", language="zh")
    assert "已超时限" in page(keeper, "/admin/flows/?kind=overdue")
    assert post(keeper, f"/admin/flows/overdue/{item_id}/remind").status_code == 302
    assert "X-3" in page(officer, "/messages/")
    said = {"version": "1", "reason": "made by mistake"}
    assert post(keeper, f"/admin/flows/overdue/{case_id}/end", **said).status_code == 302
    assert row(model_company, CASE, case_id).outcome == "terminated"


def test_a_failed_call_is_answered_by_hand_or_called_again(person, model_company, standing):
    case_id = a_case(model_company, "X-4", standing)
    with model_company.transaction() as connection:
        values = {
            "case_id": case_id, "node": "risk_review", "token": 7, "action": "reserve", "key": "k", "state": "failed",
            "attempts": 4, "problem": {"code": "flow.call_failed", "message": {"en": "No capacity", "zh": "额度不足"}},
        }  # fmt: skip
        call_id = int(connection.execute(insert(CALL).values(values).returning(CALL.c.id)).scalar_one())
    keeper = person("system-administrator")
    assert "No capacity" in page(keeper, "/admin/flows/?kind=call")
    answer = post(keeper, f"/admin/flows/call/{call_id}/answer", answer="number", reason="x")
    assert answer.status_code == 422 and "name: value" in answer.get_data(as_text=True)
    assert post(keeper, f"/admin/flows/call/{call_id}/again", reason="they say it works").status_code == 302
    assert (row(model_company, CALL, call_id).state, row(model_company, CALL, call_id).attempts) == ("due", 0)
    assert post(keeper, f"/admin/flows/call/{call_id}/again", reason="they say it works").status_code == 409
    assert post(keeper, f"/admin/flows/call/{call_id}/nonsense", reason="x").status_code == 404


def test_nobody_else_sees_it(person):
    assert person("risk-officer").get("/admin/flows/").status_code == 403
    assert post(person("auditor"), "/admin/flows/stuck/1/enter").status_code == 403


def test_an_empty_monitor_says_so(person):
    assert "Nothing to repair here" in page(person("system-administrator"), "/admin/flows/?kind=timer")


def _fields(state: flows.State) -> dict[str, Any]:
    return {name: getattr(state, name) for name in type(state).__slots__}
