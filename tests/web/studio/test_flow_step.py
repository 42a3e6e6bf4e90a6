"""All that a step of a flow may say, said where it is described: reminders, services, who else; and what it lacks."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.web.studio.test_flow_editor import ADMIN, FLOW, HERE, describe, draw, html, nodes, shown_form

from loanloom.engines import flows
from loanloom.metadata.canonical import thaw
from loanloom.services.definitions import catalogue
from loanloom.services.definitions.releases import drafts


@pytest.fixture
def admin(person):
    return person(ADMIN, language="en")


def saved(browser, ctx, step: str, **said: Any) -> dict[str, Any]:
    """The step after it was described so; it must be a flow that runs."""
    answer = describe(browser, step, **said)
    assert answer.status_code == 302, html(answer)[-4000:]
    page = catalogue.page(ctx, "flow", FLOW)
    compiled = flows.compile_flow(page.shown, page.registry)
    assert compiled.flow is not None, compiled.problems
    return thaw(nodes(ctx)[step])


def test_reminders_and_what_happens_when_nobody_answers_in_time(admin, model_company) -> None:
    made = saved(admin, model_company, "approval_1", **{
        "term.0.do": "remind", "term.0.how": "working_hours", "term.0.value": "4", "term.0.repeat": "8",
    })  # fmt: skip
    assert made["deadlines"] == [{"working_hours": 4, "repeat": 8}], "a reminder goes without saying"
    made = saved(admin, model_company, "approval_1", **{
        "term.1.do": "escalate", "term.1.how": "hours", "term.1.value": "48",
        "deadlines/1/assign.who.0": "role:approver-2", "deadlines/1/assign.scope.0": "all",
    })  # fmt: skip
    other = {"hours": 48, "do": "escalate", "assign": {"role": "approver-2", "scope": "all"}}
    assert made["deadlines"][1] == other
    made = saved(admin, model_company, "approval_1", **{
        "term.2.do": "route", "term.2.how": "on", "term.2.day": "application.visited_on", "term.2.to": "refused",
    })  # fmt: skip
    assert made["deadlines"][2] == {"on": "application.visited_on", "do": "route", "to": "refused"}
    page = html(admin.get(f"{HERE}?view=flow&at=approval_1"))
    assert "after 4 working hours remind, after 48 hours others may do it as well" in page
    made = saved(admin, model_company, "approval_1", **{"term.0.do": "", "term.2.do": ""})
    assert made["deadlines"] == [other], "lines taken out are gone, the one between stays as it was"
    made = saved(admin, model_company, "approval_1", **{"term.0.do": ""})
    assert "deadlines" not in made


def test_a_time_that_is_none_is_refused_at_once(admin, model_company) -> None:
    for said in ({"value": "soon"}, {"value": "0"}, {"value": "-4"}, {"value": "9" * 30}, {"how": "on", "day": ""}):
        typed = {f"term.0.{name}": value for name, value in {"do": "remind", **said}.items()}
        assert describe(admin, "approval_1", **typed).status_code == 422, said
    assert drafts.find(model_company, "flow", FLOW) is None


def test_what_happens_when_nobody_is_there_and_who_else_is_told(admin, model_company) -> None:
    stands_in = {"f.if_nobody/do": "assign", "if_nobody/assign.who.0": "role:approver-2",
                 "if_nobody/assign.scope.0": "all", "cc.who.0": "role:auditor", "cc.scope.0": "all"}  # fmt: skip
    made = saved(admin, model_company, "approval_1", **stands_in)
    assert made["if_nobody"] == {"do": "assign", "assign": {"role": "approver-2", "scope": "all"}}
    assert made["cc"] == {"role": "auditor", "scope": "all"}
    made = saved(admin, model_company, "approval_1", **{"f.if_nobody/do": "refuse"})
    assert made["if_nobody"] == {"do": "refuse"}, "who would have stood in goes with it"
    made = saved(admin, model_company, "approval_1", **{
        "f.if_nobody/do": "", "f.if_starter": "superior", "f.if_same": "pass", "f.dispatch/by": "load",
        "f.on_refuse": "refused", "f.return_then": "ask",
    })  # fmt: skip
    assert "if_nobody" not in made and made["dispatch"] == {"by": "load"}
    assert (made["if_starter"], made["if_same"], made["return_then"]) == ("superior", "pass", "ask")
    assert made["on_refuse"] == "refused"
    page = html(admin.get(f"{HERE}?view=flow&at=approval_1"))
    assert 'name="way.on_refuse"' in page and 'name="f.on_refuse"' not in page, "a way that is there is led as ways are"
    assert "dispatch" not in saved(admin, model_company, "approval_1", **{"f.dispatch/by": ""})


def test_people_are_named_one_by_one(admin, person, model_company) -> None:
    person("approver-1", unit="east-branch")
    page = html(admin.get(f"{HERE}?view=flow&at=approval_1"))
    names = [one.split('"')[0] for one in page.split('<option value="users:')[1:]]
    first, second = list(dict.fromkeys(names))[:2]
    assert "users:" + first in page and 'label="Person by name"' in page
    made = saved(admin, model_company, "approval_1", **{"who.0": f"users:{first}", "who.1": f"users:{second}"})
    assert made["assign"] == {"users": [first, second]}
    assert describe(admin, "approval_1").status_code == 302
    assert thaw(nodes(model_company)["approval_1"])["assign"] == {"users": [first, second]}, "shown and saved again"
    made = saved(admin, model_company, "approval_1", **{"who.0": "", "who.2": "role:approver-1", "scope.2": "all"})
    assert made["assign"] == [{"users": [second]}, {"role": "approver-1", "scope": "all"}]


def test_a_service_is_called_with_what_it_is_given(admin, model_company) -> None:
    draw(admin, "add|service", place="way:submitted:next")
    given = {"f.call/action": "send", "input.0.name": "topic", "input.0.value": "item.reminded",
             "f.call/on_failure": "refused", "f.call/retries": "2"}  # fmt: skip
    made = saved(admin, model_company, "service", **given)
    assert made["call"] == {
        "action": "send",
        "with": {"topic": '"item.reminded"'},
        "on_failure": "refused",
        "retries": 2,
    }
    page = html(admin.get(f"{HERE}?view=flow&at=service"))
    assert 'value="item.reminded"' in page and 'name="way.call/on_failure"' in page
    made = saved(admin, model_company, "service", **{
        "input.1.name": "amount", "input.1.value": "= application.amount", "input.0.name": "",
        "input.0.value": "",
    })  # fmt: skip
    assert made["call"]["with"] == {"amount": "application.amount"}
    assert describe(admin, "service", **{"input.1.value": "nameless"}).status_code == 422


def test_votes_have_weights_and_a_formula_names_people(admin, model_company) -> None:
    def voting(**said: Any) -> dict[str, Any]:
        answer = describe(admin, "committee", **said)
        assert answer.status_code == 302, html(answer)[-4000:]
        return thaw(nodes(model_company)["committee"])

    draw(admin, "add|committee", place="way:submitted:next")
    page = html(admin.get(f"{HERE}?view=flow&at=committee"))
    assert 'name="weight.0"' in page and 'name="veto.0"' in page and 'name="cc.weight.0"' not in page
    said = {
        "who.0": "role:risk-officer",
        "scope.0": "all",
        "weight.0": "3",
        "f.vote/rule": "weight",
        "f.vote/needed": "4",
    }
    made = voting(**said)
    assert thaw(made["assign"]) == {"role": "risk-officer", "scope": "all", "weight": 3}
    more = {"who.1": "role:approver-2", "scope.1": "all", "weight.1": "2", "veto.1": "yes"}
    made = voting(**more)
    assert made["assign"][1] == {"role": "approver-2", "scope": "all", "weight": 2, "veto": True}
    assert made["assign"][0]["weight"] == 3, "what was not touched stays"
    made = voting(**{"who.2": "expression", "formula.2": '"risk"', "weight.0": ""})
    assert made["assign"][0] == {"role": "risk-officer", "scope": "all"}
    assert made["assign"][2] == {"expression": '"risk"'}
    page = html(admin.get(f"{HERE}?view=flow&at=committee"))
    assert '"risk"' in page and re.search(r'name="veto.1"[^>]*checked', page)
    wrong = describe(admin, "committee", **{"weight.1": "heavy", "formula.2": ""})
    assert wrong.status_code == 422
    assert "a whole number from 1 to 1000" in html(wrong) and "Write the formula" in html(wrong)


def named(browser, step: str, key: str):
    """Save the step as it is shown, under another key."""
    data: dict[str, list[str]] = {"csrf_token": [browser.csrf()], "key": [key]}
    for name, value in shown_form(browser, step):
        if name != "key":
            data.setdefault(name, []).append(value)
    return browser.post(f"{HERE}step", data=data)


def test_a_new_step_may_have_another_key_and_a_live_one_keeps_its_own(admin, model_company) -> None:
    draw(admin, "add|approval", place="way:submitted:next")
    describe(admin, "approval", **{"who.0": "role:risk-officer", "scope.0": "all"})
    describe(admin, "approval_2", **{"f.return_to": ["submitted", "approval"]})
    assert named(admin, "approval", "fraud_check").headers["Location"].endswith("at=fraud_check#step")
    made = nodes(model_company)
    assert made["submitted"]["next"] == "fraud_check" and "approval" not in made
    assert made["approval_2"]["return_to"] == ["submitted", "fraud_check"]
    taken = named(admin, "fraud_check", "approval_1")
    assert taken.status_code == 422 and "has the key approval_1 already" in html(taken)
    assert named(admin, "fraud_check", "Not a key!").status_code == 422
    named(admin, "risk_review", "something_else")
    assert "risk_review" in nodes(model_company), "running cases know it by its key"


def test_a_step_that_nobody_could_do_is_told_where_it_is_described(admin, person, model_company) -> None:
    person("relationship-manager", unit="east-lending")
    person("risk-officer", unit="risk")
    answer = describe(admin, "risk_review", **{"who.0": "role:risk-officer", "scope.0": "branch"})
    page = html(admin.get(answer.headers["Location"]))
    body = page[page.index('id="step"') : page.index('id="step-form"')]
    assert "Nobody can do 'Risk review' for cases of:" in body and "look in the whole company" in body
    assert "if_nobody" not in body and "assign" not in body, "words of the trade"
    found = [one for one in catalogue.check(model_company, "flow", FLOW) if one.code == "flow.nobody_in_branch"]
    assert [(one.severity, one.pointer) for one in found] == [("warning", "/spec/nodes/4/assign")]


def test_a_wait_ends_on_the_day_that_a_field_says(admin, model_company) -> None:
    draw(admin, "add|wait", place="way:submitted:next")
    said = {"awaits.events/0": "on", "awaited_day.events/0": "application.visited_on"}
    made = saved(admin, model_company, "wait", **said)
    assert made["events"] == [{"on": "application.visited_on", "to": "screening"}]
    page = html(admin.get(f"{HERE}?view=flow&at=wait"))
    assert '<option value="application.visited_on" selected>' in page
