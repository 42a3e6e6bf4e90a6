"""On screen: a replay asked for from drafts, watched, read and taken away; versions compared; remarks; signatures."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from openpyxl import load_workbook
from tests.web.pages import page, post

from loanloom.services.context import Context
from loanloom.services.definitions import replays
from loanloom.services.definitions.releases import drafts, history
from loanloom.services.origination import imports
from loanloom.services.running.work import Progress
from loanloom.store import tables

ROOT = Path(__file__).resolve().parents[3]
ADMIN, CARD = "business-administrator", "consumer-german"


@pytest.fixture
def company(model_company: Context) -> Context:
    lines = (ROOT / "metadata" / "demo" / "german-credit" / "german.csv").read_bytes().splitlines(keepends=True)[:21]
    imports.bring(model_company, "german-credit", b"".join(lines), "german.csv")
    drafts.change_values(model_company, "scorecard", CARD, {"/spec/base": 500}, None)
    return model_company


def done(ctx: Context, replay_id: int) -> None:
    """What the worker does."""
    with ctx.transaction() as connection:
        run = connection.execute(tables.replay.select()).one().run_id
    replays.go(ctx, Progress(ctx.database, ctx.company.id, run), replay_id)


def test_a_replay_is_asked_for_watched_and_read(company: Context, person) -> None:
    admin = person(ADMIN)
    prepared = page(admin, f"/studio/changes/new?definition=scorecard/{CARD}")
    assert "Start a replay" in prepared
    asked = post(admin, "/studio/replays/", definition=f"scorecard/{CARD}", last="15", product="")
    where = asked.headers["Location"]
    replay_id = int(where.rpartition("/")[2])
    waiting = page(admin, where)
    assert "Applications gone through" in waiting and f"{where}/progress" in waiting
    assert "Applications gone through" in page(admin, f"{where}/progress")
    done(company, replay_id)
    assert admin.get(f"{where}/progress").headers["HX-Refresh"] == "true"
    shown = page(admin, where)
    assert "Applications that would go another way" in shown and "refused by rule" in shown
    chinese = page(person(ADMIN, language="zh"), where)
    assert "结果将变化的申请" in chinese and "规则自动拒绝" in chinese
    sheet = load_workbook(io.BytesIO(admin.get(f"{where}.xlsx").data)).active
    assert sheet.max_row == 1 + replays.read(company, replay_id).total
    assert "would go another way" in page(admin, f"/studio/changes/new?definition=scorecard/{CARD}")


def test_what_was_tried_is_named_by_its_title_live_or_not(company: Context, person) -> None:
    drafts.copy(company, "code_list", "channel", "channel-two", {"zh": "渠道二", "en": "Second channel"})
    admin = person(ADMIN)
    asked = post(admin, "/studio/replays/", definition=[f"scorecard/{CARD}", "code_list/channel-two"], last="5")
    shown = page(admin, asked.headers["Location"])
    card = company.registry.label("scorecard", CARD, "en")
    assert f"Scorecard · {card}</a>" in shown and "Code list · Second channel</a>" in shown
    assert f"· {CARD}</a>" not in shown and "· channel-two</a>" not in shown


def test_a_reviewer_replays_a_proposal_and_sees_it_on_its_form(company: Context, person) -> None:
    admin, reviewer = person(ADMIN), person("risk-officer")
    drafts.change_values(company, "product", "sole-trader-loan", {"/spec/penalty/grace_days": 9}, None)
    sent = post(admin, "/studio/changes/new", name="Grace", definition="product/sole-trader-loan")
    where = sent.headers["Location"]
    assert "Start a replay" in page(reviewer, where)
    change_id = where.rpartition("/")[2]
    asked = post(reviewer, "/studio/replays/", release_id=change_id, last="5")
    done(company, int(asked.headers["Location"].rpartition("/")[2]))
    assert asked.headers["Location"] in page(reviewer, where)
    refused = post(reviewer, "/studio/replays/", release_id=change_id, last="0")
    assert refused.status_code == 422 and "between 1 and 5,000" in refused.get_data(as_text=True)


def test_who_may_not_see_applications_sees_figures_alone(company: Context, person) -> None:
    admin, keeper = person(ADMIN), person("system-administrator")
    asked = post(admin, "/studio/replays/", definition=f"scorecard/{CARD}", last="5").headers["Location"]
    done(company, int(asked.rpartition("/")[2]))
    shown = page(keeper, asked)
    assert "Mean points" in shown and "Applications that would go another way" not in shown
    assert keeper.get(f"{asked}.xlsx").status_code == 403
    assert post(keeper, "/studio/replays/", definition=f"scorecard/{CARD}").status_code == 403
    assert person("finance").get(asked).status_code == 403
    assert admin.get("/studio/replays/99999").status_code == 404


def test_versions_are_compared_and_remarks_stand_beside_the_definition(company: Context, person) -> None:
    admin, reviewer = person(ADMIN), person("risk-officer")
    here = f"/studio/definitions/scorecard/{CARD}/"
    assert "Compare versions" in page(admin, f"{here}?view=history")
    compared = page(admin, f"{here}compare")
    assert "<ins>500</ins>" in compared
    assert "They say the same" in page(admin, f"{here}compare?old=1&new=1")
    assert admin.get(f"{here}compare?old=77").status_code == 404
    post(reviewer, f"{here}remarks", words="Why <b>so</b> strict?", pointer="/base")
    shown = page(admin, here)
    assert "Why &lt;b&gt;so&lt;/b&gt; strict?" in shown and "#c-base" in shown
    with company.transaction() as connection:
        remark = connection.execute(tables.definition_remark.select()).one()
    assert post(admin, f"/studio/remarks/{remark.id}/settle").status_code == 302
    assert "dealt with by" in page(admin, here)
    assert post(person("auditor"), f"{here}remarks", words="x").status_code == 403


def test_an_earlier_version_becomes_a_draft_again(model_company: Context, person) -> None:
    admin, reviewer = person(ADMIN), person("risk-officer")
    here = "/studio/definitions/product/sole-trader-loan/"
    post(admin, f"{here}cell", pointer="/penalty/grace_days", value="9", version="")
    where = post(admin, "/studio/changes/new", name="Grace").headers["Location"]
    (change,) = history.listing(model_company, states=("proposed",))
    post(reviewer, f"{where}/approve", plan_digest=change.plan_digest)
    post(reviewer, f"{where}/activate")
    assert "Make a draft of this version?" in page(admin, f"{here}?view=history")
    assert post(admin, f"{here}restore", number="1", version="").status_code == 302
    assert "9" in page(admin, f"{here}compare") and drafts.find(model_company, "product", "sole-trader-loan")


def test_a_change_of_authority_is_signed_by_two_roles_on_its_form(model_company: Context, person) -> None:
    admin, risk, general = person(ADMIN), person("risk-officer"), person("approver-2")
    drafts.change_values(model_company, "authority", "approval", {"/spec/rows/0/limit": 90000}, None)
    where = post(admin, "/studio/changes/new", name="Limits").headers["Location"]
    assert "Who must sign" in page(risk, where)
    digest = history.listing(model_company, states=("proposed",))[0].plan_digest
    post(risk, f"{where}/approve", plan_digest=digest)
    assert "others have to sign it too" in page(risk, where)
    again = post(risk, f"{where}/approve", plan_digest=digest)
    assert again.status_code == 409 and "You have signed it." in again.get_data(as_text=True)
    post(general, f"{where}/approve", plan_digest=digest)
    assert history.listing(model_company, states=("approved",))
    signed = page(admin, where)
    assert signed.count("Person 2") >= 1 and signed.count("Person 3") >= 1
