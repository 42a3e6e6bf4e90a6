"""Publishing asks whether there is somebody: members of roles, named users, heads, plugins, enough authority."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.services.approval import lender
from tests.services.flows.people.house import own_documents, person, registry

from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import build
from loanloom.services.flows import delegations, manning

FLOW = """apiVersion: loanloom/v1
kind: flow
key: asks
title: {{en: Asks, zh: 询问}}
effective_from: 2026-01-01
spec:
  subject: request
  nodes:
    - {{key: begin, title: {{en: Begin, zh: 开始}}, type: start, next: check}}
    - {{key: check, title: {{en: Check, zh: 审批}}, type: approval, assign: {assign}, next: done}}
    - {{key: done, title: {{en: Done, zh: 通过}}, type: end, outcome: approved}}
    - {{key: refused, title: {{en: Refused, zh: 否决}}, type: end, outcome: refused}}
"""


def found(house, documents):
    made = build((*lender.documents(), *documents), load_kinds()).registry
    ctx = house.ctx("business")
    with ctx.transaction() as connection:
        return manning.problems(ctx, connection, made)


def of_flow(house, assign):
    document = read_document(FLOW.format(assign=assign), "asks.yaml").document
    return [
        (problem.code, problem.severity, problem.pointer, problem.line)
        for problem in found(house, (*own_documents(), document))
        if problem.file == "asks.yaml"
    ]


def test_what_a_flow_asks_of_people_who_are_not_there_is_told_with_its_place(house):
    place = ("/spec/nodes/1/assign", 10)
    assert of_flow(house, "{role: approver-1}") == []
    assert of_flow(house, "{position: head-of-finance}") == [("flow.no_members", "warning", *place)]
    assert of_flow(house, "{users: [risk, stranger]}") == [("flow.no_user", "warning", *place)]
    assert of_flow(house, "{head_of: finance}") == [("flow.no_head", "warning", *place)]
    assert of_flow(house, "{plugin: nowhere}") == [("flow.no_plugin", "error", *place)]
    house.place("finance", position="head-of-finance")
    assert of_flow(house, "{head_of: finance}") == []


def told(house, assign, starters=""):
    """What is told of a flow with one step."""
    source = FLOW.format(assign=assign).replace("subject: request", f"subject: request{starters}")
    document = read_document(source, "asks.yaml").document
    return [one for one in found(house, (*own_documents(), document)) if one.file == "asks.yaml"]


def test_a_level_for_which_only_head_office_has_people_is_told_with_the_branches(house):
    (one,) = told(house, "{role: risk-officer}")
    assert (one.code, one.severity, one.pointer, one.line) == (
        "flow.nobody_in_branch", "warning", "/spec/nodes/1/assign", 10,
    )  # fmt: skip
    assert "East branch, West branch" in one.message["en"] and "城东营业部、城西营业部" in one.message["zh"]
    assert "Risk officer" in one.hint["en"] and "全公司" in one.hint["zh"]
    assert told(house, "{role: risk-officer, scope: all}") == []
    stand_in = "if_nobody: {do: assign, assign: {role: approver-1, scope: all}}"
    assert told(house, f"{{role: risk-officer}}, {stand_in}") == [], "somebody stands in"
    nobody = "if_nobody: {do: assign, assign: {position: head-of-finance}}"
    assert [one.code for one in told(house, f"{{role: risk-officer}}, {nobody}")] == ["flow.nobody_in_branch"]
    (one,) = told(house, "{role: risk-officer}, if_nobody: {do: pass}")
    assert "pass this step by themselves" in one.hint["en"]


def test_a_level_whose_only_people_made_or_approved_every_case_is_told(house):
    starters = "\n  starters: [approver-2]"
    (one,) = told(house, "{role: approver-2, scope: all}", starters=starters)
    assert one.code == "flow.nobody_left" and "head2" in one.hint["en"], "the only one who may start it"
    assert told(house, "{role: approver-2, scope: all}, if_starter: superior", starters=starters) == []
    assert told(house, "[{role: approver-2, scope: all}, {role: risk-officer, scope: all}]", starters=starters) == []
    first = "{key: first, title: {en: First, zh: 初审}, type: approval, assign: {role: %s, scope: all}, next: check}"
    for role, codes in (("approver-2", ["flow.nobody_left"]), ("risk-officer", [])):
        source = FLOW.format(assign="{role: approver-2, scope: all}").replace("next: check", "next: first")
        listed = source.replace("    - {key: check", f"    - {first % role}\n    - {{key: check")
        document = read_document(listed, "asks.yaml").document
        made = [one for one in found(house, (*own_documents(), document)) if one.file == "asks.yaml"]
        assert [one.code for one in made] == codes, role


def test_people_without_the_right_to_decide_and_tables_without_holders_are_told(house):
    source = FLOW.format(assign="{role: finance, scope: all}").replace("subject: request", "subject: application")
    (one,) = [
        one
        for one in found(house, (*own_documents(), read_document(source, "asks.yaml").document))
        if one.file == "asks.yaml"
    ]
    assert one.code == "flow.nobody_may_decide" and "Decide applications" in one.hint["en"]
    assert told(house, "{authority: favours}") == []
    for who in ("east1", "east1b", "west1", "head2"):
        house.place(who, active=False)
    assert [one.code for one in told(house, "{authority: favours}")] == ["flow.no_limit"]


def test_whoever_has_left_is_no_member(house):
    house.place("risk", active=False)
    house.place("risk2", active=False)
    assert of_flow(house, "{role: risk-officer, scope: all}")[0][:2] == ("flow.no_members", "warning")


def test_a_change_of_limits_is_refused_while_it_leaves_somebody_standing_in_with_too_little(house):
    ctx = house.ctx("east1")
    today = ctx.business_date
    delegations.give(ctx, to_user=person("west1"), starts_on=today, ends_on=today + timedelta(days=5))
    assert [one.code for one in found(house, own_documents()) if one.severity == "error"] == []
    lower = "- {user: west1, limit: 1000}\n    - {role: approver-1, limit: 100000}"
    table = registry().require("authority", "favours")
    text = (
        "apiVersion: loanloom/v1\nkind: authority\nkey: favours\ntitle: {en: Favours, zh: 事项权限}\n"
        f"spec:\n  measure: request.amount\n  rows:\n    {lower}\n"
    )
    changed = read_document(text, "favours.yaml").document
    rest = [document for document in own_documents() if document.identity != table.identity]
    errors = [one for one in found(house, (*rest, changed)) if one.severity == "error"]
    assert [one.code for one in errors] == ["delegation.lesser_authority"]
    assert "west1" in errors[0].message["en"]


def test_what_calls_a_plugin_that_is_not_there_is_not_published(house):
    place = "/spec/nodes/1"
    assert of_flow(house, "{role: approver-1}, if_nobody: {do: assign, assign: {plugin: nowhere}}")[0][:3] == (
        "flow.no_plugin", "error", f"{place}/if_nobody",
    )  # fmt: skip
    assert of_flow(house, "{role: approver-1}, cc: {plugin: nowhere}")[0][:3] == (
        "flow.no_plugin", "error", f"{place}/cc",
    )  # fmt: skip
    late = "{role: approver-1}, deadlines: [{hours: 4, do: escalate, assign: {plugin: nowhere}}]"
    assert of_flow(house, late)[0][:3] == ("flow.no_plugin", "error", f"{place}/deadlines")


@pytest.mark.parametrize(
    ("call", "missing"),
    [
        ("action: send", 0),
        ("action: nowhere", 1),
        ("action: send, compensate: nowhere", 1),
        ("action: a, compensate: b", 2),
    ],
)
def test_a_service_step_whose_action_is_not_there_is_not_published(house, call, missing):
    step = "- {key: check, title: {en: Check, zh: 审批}, type: service, call: {CALL}, next: done}".replace("CALL", call)
    lines = ["    " + step if "key: check" in line else line for line in FLOW.format(assign="x").splitlines()]
    document = read_document("\n".join(line for line in lines if "refused" not in line) + "\n", "asks.yaml").document
    told = [one for one in found(house, (*own_documents(), document)) if one.file == "asks.yaml"]
    assert [(one.code, one.severity, one.pointer) for one in told] == [
        ("flow.no_plugin", "error", "/spec/nodes/1/call")
    ] * missing
