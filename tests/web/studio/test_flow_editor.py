"""A flow changed in its editor by plain posts: drawn, described, mended; begun from nothing; no change is lost."""

from __future__ import annotations

import html as escaping
import re
from typing import Any

import pytest

from loanloom.engines import flows
from loanloom.metadata.tree import read_tree
from loanloom.services.definitions import catalogue
from loanloom.services.definitions.releases import drafts

ADMIN = "business-administrator"
FLOW = "business-approval"
HERE = f"/studio/definitions/flow/{FLOW}/"


def html(answer) -> str:
    return escaping.unescape(answer.get_data(as_text=True))


@pytest.fixture
def admin(person):
    return person(ADMIN, language="en")


def version(page: str) -> str:
    return re.search(r'name="version" value="(\d*)"', page)[1]


def nodes(ctx, key: str = FLOW) -> dict[str, Any]:
    listed = read_tree(drafts.text_of(ctx, "flow", key)).value["spec"]["nodes"]
    return {node["key"]: node for node in listed}


def draw(browser, act: str = "", key: str = FLOW, **more: str):
    here = f"/studio/definitions/flow/{key}/"
    page = html(browser.get(f"{here}?view=flow"))
    said = {"act": act, **more} if act else more
    return browser.post(f"{here}draw", data={**said, "version": version(page), "csrf_token": browser.csrf()})


def shown_form(browser, step: str, key: str = FLOW) -> list[tuple[str, str]]:
    """The fields of a step as a browser would send them."""
    page = browser.get(f"/studio/definitions/flow/{key}/?view=flow&at={step}").get_data(as_text=True)
    form = page[page.index('id="step-form"') :]
    form = form[: form.index("</form>")]
    found: list[tuple[str, str]] = []
    for tag in re.finditer(
        r"<input([^>]*)>|<select([^>]*)>(.*?)</select>|<textarea([^>]*)>(.*?)</textarea>", form, re.S
    ):
        attributes = tag[1] or tag[2] or tag[4] or ""
        name = escaping.unescape(re.search(r'name="([^"]*)"', attributes)[1])
        if tag[1] is not None:
            if 'type="checkbox"' in attributes and " checked" not in attributes:
                continue
            found.append((name, escaping.unescape(re.search(r'value="([^"]*)"', attributes)[1])))
        elif tag[2] is not None:
            options = re.findall(r'<option value="([^"]*)"([^>]*)>', tag[3])
            chosen = [value for value, more in options if "selected" in more]
            if not chosen and "multiple" not in attributes:
                chosen = [options[0][0]]
            found += [(name, escaping.unescape(one)) for one in chosen]
        else:
            found.append((name, escaping.unescape(tag[5])))
    return found


def describe(browser, step: str, key: str = FLOW, **said: Any):
    """Save the step as it is shown, but for these fields."""
    sent = [(name, value) for name, value in shown_form(browser, step, key) if name not in said]
    for name, values in said.items():
        sent += [(name, one) for one in ([values] if isinstance(values, str) else values)]
    data: dict[str, list[str]] = {"csrf_token": [browser.csrf()]}
    for name, value in sent:
        data.setdefault(name, []).append(value)
    return browser.post(f"/studio/definitions/flow/{key}/step", data=data)


def test_it_shows_the_steps_the_drawing_and_one_step_in_words(admin) -> None:
    page = html(admin.get(f"{HERE}?view=flow&at=approval_1"))
    assert "Approval, level 1" in page and 'class="flow-picture' in page
    body = page[page.index('id="step-form"') : page.index('id="save-step"')]
    assert "Approver, level 1" in body
    assert "above 100,000 yuan" in page
    second = html(admin.get(f"{HERE}?view=flow&at=approval_2"))
    assert "If nobody qualifies" in second and "More settings" in second, "nothing is left to the general editor"
    assert html(admin.get(f"{HERE}?view=flow&at=ghost")).count('id="step-form"') == 0


def test_what_is_saved_as_shown_changes_nothing(admin, model_company) -> None:
    for key in ("business-approval", "credit-grant", "guarantee-consent", "collection"):
        for step in nodes(model_company, key):
            assert describe(admin, step, key).status_code == 302
        assert drafts.find(model_company, "flow", key) is None, key


def test_a_step_is_put_on_a_way_named_and_given_to_somebody(admin, model_company) -> None:
    answer = draw(admin, "add|approval", place="way:approval_1:routes/0")
    assert answer.headers["Location"].endswith("at=approval#step")
    said = {"title.zh": "复核", "title.en": "Second look", "who.0": "role:risk-officer", "scope.0": "all",
            "f.actions": ["approve", "return"], "f.deadline/working_hours": "8"}  # fmt: skip
    saved = describe(admin, "approval", **said)
    assert saved.status_code == 302, html(saved)[-3000:]
    made = nodes(model_company)
    assert made["approval_1"]["routes"][0]["to"] == "approval"
    assert made["approval"] == {
        "key": "approval", "title": {"en": "Second look", "zh": "复核"}, "type": "approval", "next": "approval_2",
        "assign": {"role": "risk-officer", "scope": "all"}, "actions": ["approve", "return"],
        "deadline": {"working_hours": 8},
    }  # fmt: skip
    page = catalogue.page(model_company, "flow", FLOW)
    assert flows.compile_flow(page.shown, page.registry).flow is not None
    assert "# 经营类贷款审批" in drafts.text_of(model_company, "flow", FLOW), "comments stay"


def test_what_was_dragged_says_what_and_where(admin, model_company) -> None:
    draw(admin, what="add|form", where="at:approved")
    made = nodes(model_company)
    assert made["form"]["next"] == "approved" and made["approval_2"]["next"] == "form"
    draw(admin, what="move|form", where="way:submitted:next")
    assert nodes(model_company)["submitted"]["next"] == "form"
    draw(admin, what="connect|form", where="at:refused")
    assert nodes(model_company)["form"]["routes"][0] == {"when": False, "to": "refused"}
    draw(admin, what="lead|form:routes/0", where="at:risk_review")
    assert nodes(model_company)["form"]["routes"][0]["to"] == "risk_review"


def test_a_step_taken_out_says_what_became_of_the_ways_to_it(admin, model_company) -> None:
    answer = draw(admin, "remove|risk_review")
    told = html(admin.get(answer.headers["Location"]))
    assert "goes on to “Approval, level 1” now" in told and "Nothing is returned to it any more" in told
    made = nodes(model_company)
    assert made["screening"]["routes"][-1]["to"] == "approval_1" and made["approval_1"]["return_to"] == ["submitted"]
    post = {"version": version(told), "view": "flow", "csrf_token": admin.csrf()}
    admin.post(f"{HERE}undo", data=post)
    assert "risk_review" in nodes(model_company)


def test_problems_stand_on_the_drawing_at_their_step(admin, model_company) -> None:
    draw(admin, "add|approval", place="way:submitted:next")
    page = html(admin.get(f"{HERE}?view=flow&at=approval"))
    assert re.search(r'class="flow-node is-possible is-chosen has-problems" data-node="approval"', page)
    assert "Nobody is named to decide" in page[page.index('id="step"') :]
    listed = page[page.index('id="flow-found"') :]
    assert f'href="{HERE}?view=flow&at=approval#step">Nobody is named' in listed, "and leads to the step"


def test_what_only_the_full_check_finds_stands_there_too(admin, model_company) -> None:
    source = drafts.text_of(model_company, "flow", FLOW).replace("role: approver-1", "role: no-such-role")
    drafts.save(model_company, "flow", FLOW, source, None)
    page = html(admin.get(f"{HERE}?view=flow&at=approval_1"))
    assert re.search(r"has-problems. data-node=.approval_1.", page)
    assert "no-such-role" in page[page.index('id="step"') : page.index('id="step-form"')]


def test_conditions_of_a_request_are_read_in_its_own_words(admin) -> None:
    page = html(admin.get("/studio/definitions/flow/credit-grant/?view=flow&at=risk_review"))
    ways = page[page.index('class="flow-ways"') : page.index('id="save-step"')]
    assert "is more than" in ways and "request." not in re.sub(r"<[^>]*>", "", ways)


def test_a_way_without_a_condition_leads_to_its_lines_and_back(admin, model_company) -> None:
    draw(admin, "connect|risk_review", place="refused")
    page = html(admin.get(f"{HERE}?view=flow&at=risk_review"))
    assert "its condition is not written yet" in page and "no condition yet" in page
    link = re.search(r'href="([^"]*condition[^"]*routes/0/when[^"]*)"', page.replace("%2F", "/"))[1]
    asked = html(admin.get(link))
    lines = {
        "0.path": "application.amount",
        "0.comparison": ">",
        "0.value": "900000",
        "pointer": "/nodes/4/routes/0/when",
    }
    post = {**lines, "do": "save", "version": version(asked), "view": "flow", "at": "risk_review",
            "pointer": "/nodes/4/routes/0/when"}  # fmt: skip
    answer = admin.post(f"{HERE}condition", data={**post, "csrf_token": admin.csrf()})
    assert "view=flow" in answer.headers["Location"] and "at=risk_review" in answer.headers["Location"]
    assert nodes(model_company)["risk_review"]["routes"][0]["when"] == "application.amount > 900000"
    assert "is more than 900" in html(admin.get(answer.headers["Location"]))


def test_what_cannot_be_is_refused_with_its_reason_and_changes_nothing(admin, model_company) -> None:
    for act, words in (
        ("remove|submitted", "A flow needs its beginning"), ("connect|approved|risk_review", "is an end"),
        ("add|approval|way:ghost:next", "no longer there"), ("explode|all", "cannot be done"), ("", "cannot be done"),
        ("move|risk_review|at:ghost", "no longer there"), ("add|approval|way:submitted:routes/<script>", "no longer"),
    ):  # fmt: skip
        answer = draw(admin, act, where="x")
        assert answer.status_code == 422 and words in html(answer), act
    wrong = describe(admin, "approval_1", **{"f.deadline/working_hours": "soon"})
    assert wrong.status_code == 422 and "is not a number" in html(wrong)
    assert describe(admin, "approval_1", **{"f.deadline/working_hours": "-3"}).status_code == 422
    assert drafts.find(model_company, "flow", FLOW) is None


def test_two_people_at_different_steps_both_keep_their_change(admin, model_company) -> None:
    old = version(html(admin.get(f"{HERE}?view=flow")))
    describe(admin, "approval_1", **{"title.en": "Branch"})
    late = {"act": "cut|screening:routes/2", "version": old, "csrf_token": admin.csrf()}
    answer = admin.post(f"{HERE}draw", data=late)
    assert answer.status_code == 302 and "changed other places meanwhile" in html(admin.get(answer.headers["Location"]))
    made = nodes(model_company)
    assert made["approval_1"]["title"]["en"] == "Branch" and len(made["screening"]["routes"]) == 3
    again = admin.post(f"{HERE}draw", data={"act": "remove|approval_1", "version": old, "csrf_token": admin.csrf()})
    assert again.status_code == 422 and "approval_1" in nodes(model_company)


def test_a_flow_of_three_levels_is_made_from_an_empty_one(admin, model_company) -> None:
    form = {"title_zh": "三级审批", "title_en": "Three levels", "key": "three-levels", "subject": "application"}
    begun = admin.post("/studio/new/flow/", data={**form, "csrf_token": admin.csrf()})
    assert begun.status_code == 302
    for number, role in enumerate(("risk-officer", "approver-1", "approver-2"), 1):
        draw(admin, "add|approval", "three-levels", place="at:approved")
        key = "approval" if number == 1 else f"approval_{number}"
        describe(admin, key, "three-levels", **{"who.0": f"role:{role}", "scope.0": "all"})
    page = catalogue.page(model_company, "flow", "three-levels")
    compiled = flows.compile_flow(page.shown, page.registry)
    assert compiled.problems == () and compiled.flow is not None
    assert [one.assign[0].role for one in compiled.flow if one.human] == ["risk-officer", "approver-1", "approver-2"]
    assert not [one for one in catalogue.check(model_company, "flow", "three-levels") if one.severity == "error"]
    taken = admin.post("/studio/new/flow/", data={**form, "key": "Not a key", "csrf_token": admin.csrf()})
    assert taken.status_code == 422 and "cannot be a key" in html(taken)


def test_a_way_has_a_name_and_a_wait_says_what_it_waits_for(admin, model_company) -> None:
    describe(admin, "approval_1", **{"name.routes/0.zh": "大额", "name.routes/0.en": "large", "name.routes/1.zh": "",
             "name.routes/1.en": ""})  # fmt: skip
    routes = nodes(model_company)["approval_1"]["routes"]
    assert routes[0]["title"] == {"en": "large", "zh": "大额"} and routes[1] == {"otherwise": True, "to": "approved"}
    draw(admin, "add|wait", place="at:submitted")
    assert nodes(model_company)["wait"]["events"] == [{"working_hours": 8, "to": "screening"}]
    draw(admin, "connect|wait", place="refused")
    assert describe(admin, "wait", **{"awaits.events/0": "event", "awaited.events/0": "papers-in",
                    "awaits.events/1": "hours", "awaited.events/1": "72"}).status_code == 302  # fmt: skip
    waits = [{"event": "papers-in", "to": "screening"}, {"hours": 72, "to": "refused"}]
    assert [dict(one) for one in nodes(model_company)["wait"]["events"]] == waits
    page = catalogue.page(model_company, "flow", FLOW)
    assert flows.compile_flow(page.shown, page.registry).flow is not None
    wrong = describe(admin, "wait", **{"awaits.events/1": "hours", "awaited.events/1": "soon"})
    assert wrong.status_code == 422 and "not a number of hours" in html(wrong)
    shown = html(admin.get(f"{HERE}?view=flow&at=wait"))
    assert "condition?pointer=/nodes/1/until" in shown and "not written" in shown


def test_reasons_are_asked_for_from_a_list(admin, model_company) -> None:
    said = {"f.reason_required": ["refuse"], "f.reasons/refuse": "refusal_reason", "f.reasons/return": ""}
    describe(admin, "approval_2", **said)
    step = nodes(model_company)["approval_2"]
    assert (step["reason_required"], dict(step["reasons"])) == (["refuse"], {"refuse": "refusal_reason"})
    describe(admin, "approval_2", **{"f.reason_required": [], "f.reasons/refuse": ""})
    assert not {"reasons", "reason_required"} & nodes(model_company)["approval_2"].keys()


def test_long_flows_fold_and_names_are_shown_as_they_are_typed(admin, model_company) -> None:
    for _ in range(8):
        draw(admin, "add|notify", place="way:submitted:next")
    page = html(admin.get(f"{HERE}?view=flow"))
    assert "more steps" in page and '<details class="flow-rest" id="flow-rest" >' in page
    last = html(admin.get(f"{HERE}?view=flow&at=refused"))
    assert '<details class="flow-rest" id="flow-rest" open>' in last
    describe(admin, "notify", **{"title.zh": "<script>alert(1)</script>"})
    raw = admin.get(f"{HERE}?view=flow&at=notify").get_data(as_text=True)
    assert "<script>alert(1)" not in raw and "&lt;script&gt;alert(1)" in raw


def test_who_may_only_look_is_offered_nothing(person) -> None:
    reader = person("risk-officer", language="en")
    page = html(reader.get(f"{HERE}?view=flow&at=approval_1"))
    assert "Approval, level 1" in page and "add|approval" not in page and "data-drag" not in page
    assert draw_as(reader).status_code == 403
    assert reader.get("/studio/new/flow/").status_code == 403


def draw_as(browser):
    return browser.post(f"{HERE}draw", data={"act": "remove|approval_1", "version": "", "csrf_token": browser.csrf()})
