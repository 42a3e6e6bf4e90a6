"""Moving running cases to the live version on screen: looked at, asked for with a reason, taken back."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select
from tests.web.pages import page, post

from loanloom.engines import flows
from loanloom.services.context import Context
from loanloom.services.flows import migrations
from loanloom.services.running.plugged import plugged
from loanloom.store import tables

CASE = tables.flow_case


@pytest.fixture
def behind(model_company: Context) -> tuple[int, int]:
    """A case at the risk review that is pinned to a release before the live one; both ids."""
    token = flows.Token(number=1, node="risk_review")
    item = flows.Item(number=1, token=1, node="risk_review", kind="approval", role="risk-officer", scope="all")
    state = flows.State(tokens=(token,), items=(item,), last_number=1, last_token=1, makers=(999,), step=1)
    release, items = tables.release, tables.release_item
    with model_company.transaction() as connection:
        older = {"number": 990, "state": "retired", "origin": "installer", "digest": "older"}
        old = int(connection.execute(insert(release).values(older).returning(release.c.id)).scalar_one())
        live = items.c.release_id == model_company.company.release_id
        kept = items.c["definition_id", "kind", "key"]
        rows = connection.execute(select(*kept).where(live)).mappings().all()
        connection.execute(insert(items), [{**row, "release_id": old} for row in rows])
        case = {
            "number": "V-1", "flow_key": "business-approval", "release_id": old, "subject_kind": "request",
            "title": {"en": "Case", "zh": "业务"}, "state": state.to_json(),
        }  # fmt: skip
        case_id = int(connection.execute(insert(CASE).values(case).returning(CASE.c.id)).scalar_one())
        work = {"case_id": case_id, "number": 1, "node": "risk_review", "scope": "all", "role": "risk-officer"}
        connection.execute(insert(tables.work_item).values(work))
    return case_id, old


def release_of(ctx: Context, case_id: int) -> int:
    with ctx.transaction() as connection:
        return int(connection.execute(select(CASE.c.release_id).where(CASE.c.id == case_id)).scalar_one())


def test_a_move_is_looked_at_asked_for_and_taken_back(person, model_company, behind):
    case_id, old = behind
    keeper = person("system-administrator")
    assert "reads the same" in page(keeper, "/admin/flow-versions/")
    url = f"/admin/flow-versions/business-approval/{old}"
    looked = page(keeper, url)
    assert "V-1" in looked and "1 of 1 running cases" in looked
    assert ">risk_review<" not in looked and looked.count(">Risk review<") >= 2, "steps are called by their titles"
    wrong = page(keeper, f"{url}?to-risk_review=screening")
    assert "0 of 1 running cases" in wrong and "of the same sort" in wrong
    assert post(keeper, url, reason="").status_code == 422
    assert post(keeper, url, reason="new policy").status_code == 302
    assert release_of(model_company, case_id) == old  # a worker does it
    with model_company.transaction() as connection:
        query = select(tables.job_run.c.arguments).where(tables.job_run.c.kind == "flow_migration")
        arguments = connection.execute(query).scalars().one()
    done = plugged().parts("work")["flow_migration"](model_company, None, arguments)
    assert release_of(model_company, case_id) == model_company.company.release_id
    assert "new policy" in page(keeper, "/admin/flow-versions/")
    assert post(keeper, f"/admin/flow-versions/{done['migration']}/take-back", reason="no").status_code == 302
    assert release_of(model_company, case_id) == old
    assert "taken back" in page(keeper, "/admin/flow-versions/")


def test_it_is_for_those_who_repair_flows(person, behind):
    officer = person("risk-officer")
    assert officer.get("/admin/flow-versions/").status_code == 403
    assert post(officer, f"/admin/flow-versions/business-approval/{behind[1]}", reason="x").status_code == 403
    keeper = person("system-administrator", language="zh")
    assert "旧版本在途业务" in page(keeper, "/admin/flow-versions/")
    assert keeper.get(f"/admin/flow-versions/no-such-flow/{behind[1]}").status_code == 404
    assert migrations.RIGHT == "flow.repair"
