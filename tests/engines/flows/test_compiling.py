"""Flow documents: a sound one compiles and runs; every mistake has its own code, place and words (golden errors)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from loanloom.engines.flows import Decision, Person, Ruled, World, compile_flow, decide, start
from loanloom.engines.flows.conditions import reason
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import build

HEAD = """apiVersion: loanloom/v1
kind: flow
key: test-flow
title: {en: Test flow, zh: 测试流程}
spec:
  subject: application
  nodes:
"""
SOUND = """
    - {key: begin, title: {en: Begin, zh: 开始}, type: start, state: A0, next: automatic}
    - key: automatic
      title: {en: Automatic, zh: 自动}
      type: decision
      routes:
        - {when: 'decision.outcome = "refuse"', to: refused}
        - {otherwise: true, to: first}
    - key: first
      title: {en: First, zh: 初审}
      type: approval
      assign: {role: approver}
      deadline: {working_hours: 16}
      routes:
        - {when: application.amount <= 100000, to: approved, title: {en: small, zh: 小额}}
        - {otherwise: true, to: second}
    - key: second
      title: {en: Second, zh: 终审}
      type: approval
      assign: {role: approver, scope: all}
      return_to: [start, first]
      reasons: {refuse: refusal}
      reason_required: [refuse]
      next: approved
    - {key: approved, title: {en: Approved, zh: 通过}, type: end, outcome: approved}
    - {key: refused, title: {en: Refused, zh: 否决}, type: end, outcome: refused}
"""


def compiled(nodes: str):
    read = read_document(HEAD + nodes.lstrip("\n"), "metadata/flows/test-flow.yaml")
    assert read.document is not None, read.problems
    registry = build([read.document], load_kinds()).registry
    return compile_flow(read.document, registry)


def problems_of(nodes: str):
    return [(problem.code, problem.line) for problem in compiled(nodes).problems]


def test_a_sound_flow_compiles_and_runs_with_real_expressions():
    result = compiled(SOUND)
    assert result.problems == ()
    flow = result.flow
    assert flow is not None and flow.nodes["second"].return_to == ("begin", "first")
    assert flow.nodes["first"].exclude == {"maker", "previous_approvers"}
    facts = {"application": {"amount": Decimal(200000)}}
    refer = lambda ruleset, known: Ruled(values={"outcome": "refer"})  # noqa: E731
    moved = start(flow, World(facts=facts, automatic=refer), makers=(1,))
    assert not moved.problems and moved.opened[0].working_hours == 16
    said = Decision(action="approve", by=Person(id=2, roles=frozenset({"approver"})))
    moved = decide(flow, moved.state, 1, said, World(facts=facts, automatic=refer))
    assert moved.opened[0].node == "second", moved
    (routed,) = [entry for entry in moved.history if entry.kind == "routed"]
    why = reason(flow, "first", routed.trace[0], "zh")
    assert "申请金额 200,000" in why, "in the words of the field, with its figure"


NODE = "    - {key: %s, title: {en: The %s, zh: 节点}, type: %s%s}\n"


def flow(*nodes: tuple[str, str, str]) -> str:
    return "".join(NODE % (key, key, kind, f", {rest}" if rest else "") for key, kind, rest in nodes)


START, YES = ("begin", "start", "next: first"), ("yes", "end", "outcome: approved")
NO, FIRST = ("no", "end", "outcome: refused"), ("first", "approval", "assign: {role: approver}, next: yes")

RICH = "{when: application.amount > 1, to: yes}"
LOST = ("lost", "decision", "next: yes")
OTHER = ("other", "start", "next: first")
LEADS_ON = ("yes", "end", "outcome: approved, next: no")

WRONG = {
    "unreachable": (flow(START, FIRST, LOST, YES, NO), "flow.unreachable_node", 10, "lost"),
    "dead_end": (flow(START, ("first", "approval", "assign: {role: r}"), YES, NO), "flow.dead_end", 9, "first"),
    "no_way_to_end": (
        flow(
            ("begin", "start", "next: first"),
            ("first", "approval", "assign: {role: r}, next: second"),
            ("second", "approval", "assign: {role: r}, next: first"),
            YES,
            NO,
        ),
        "flow.no_way_to_end",
        8,
        "no end",
    ),
    "missing_otherwise": (
        flow(START, ("first", "approval", f"assign: {{role: r}}, routes: [{RICH}]"), YES, NO),
        "flow.missing_otherwise",
        9,
        "otherwise",
    ),
    "unknown_target": (
        flow(("begin", "start", "next: frist"), FIRST, YES, NO), "flow.unknown_target", 8, "Did you mean 'first'?",
    ),
    "unknown_return": (
        flow(START, ("first", "approval", "assign: {role: r}, return_to: [begn], next: yes"), YES, NO),
        "flow.unknown_return_target", 9, "Did you mean 'begin'?",
    ),
    "no_role": (flow(START, ("first", "approval", "next: yes"), YES, NO), "flow.no_role", 9, "Nobody"),
    "return_forwards": (
        flow(
            START,
            ("first", "approval", "assign: {role: r}, return_to: [second], next: second"),
            ("second", "approval", "assign: {role: r}, next: yes"),
            YES,
            NO,
        ),
        "flow.return_not_before", 9, "does not come before",
    ),
    "return_to_automatic": (
        flow(
            ("begin", "start", "next: auto"),
            ("auto", "decision", "next: first"),
            ("first", "approval", "assign: {role: r}, return_to: [auto], next: yes"),
            YES,
            NO,
        ),
        "flow.return_to_automatic", 10, "does not wait",
    ),
    "no_refused_end": (flow(START, FIRST, YES), "flow.no_refused_end", 9, "refused"),
    "no_start": (flow(FIRST, YES, NO), "flow.no_start", 8, "start"),
    "two_starts": (flow(START, OTHER, FIRST, YES, NO), "flow.second_start", 9, "second start"),
    "no_end": (flow(START, ("first", "approval", "assign: {role: r}, next: begin")), "flow.no_end", 8, "no end"),
    "twice": (flow(START, FIRST, FIRST, YES, NO), "flow.duplicate_node", 10, "Two steps have the key"),
    "circle": (
        flow(
            ("begin", "start", "next: a"),
            ("a", "decision", "routes: [{when: application.amount > 1, to: b}, {otherwise: true, to: first}]"),
            ("b", "decision", "next: a"),
            FIRST,
            YES,
            NO,
        ),
        "flow.automatic_circle", 9, "circle",
    ),
    "both": (
        flow(("begin", "start", "routes: [{otherwise: true, to: first}], next: first"), FIRST, YES, NO),
        "flow.next_and_routes", 8, "next, routes",
    ),
    "end_goes_on": (flow(START, FIRST, LEADS_ON, NO), "flow.end_continues", 10, "leads on"),
    "end_says_nothing": (flow(START, FIRST, ("yes", "end", ""), NO), "flow.end_without_outcome", 10, "no outcome"),
    "reason_without_list": (
        flow(START, ("first", "approval", "assign: {role: r}, reason_required: [refuse], next: yes"), YES, NO),
        "flow.no_reason_list", 9, "list of reasons",
    ),
    "cannot_approve": (
        flow(START, ("first", "approval", "assign: {role: r}, actions: [refuse], next: yes"), YES, NO),
        "flow.no_approve", 9, "approve",
    ),
    "otherwise_first": (
        flow(
            START,
            ("first", "approval", "assign: {role: r}, routes: [{otherwise: true, to: yes}, {when: 1 = 1, to: yes}]"),
            YES,
            NO,
        ),
        "flow.route_after_otherwise", 9, "never be taken",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_each_mistake_has_its_code_place_and_words(name):
    nodes, code, line, words = WRONG[name]
    result = compiled(nodes)
    assert result.flow is None
    problem, *_ = [problem for problem in result.problems if problem.code == code]
    assert (problem.file, problem.line) == ("metadata/flows/test-flow.yaml", line), result.problems
    assert words in problem.in_words("en")
    assert problem.message["zh"] and problem.message["zh"] != problem.message["en"]
    assert problem.hint is not None and problem.hint["zh"]
    also = {"flow.unreachable_node"} if name == "no_way_to_end" else set()
    assert {other.code for other in result.problems} == {code, *also}, "one mistake, one code"


def test_a_faulty_condition_is_placed_at_its_column_and_names_the_nearest_field():
    nodes = SOUND.replace("application.amount <= 100000", "application.amont <= 100000")
    (problem,) = compiled(nodes).problems
    line = (HEAD + nodes.lstrip("\n")).splitlines()[problem.line - 1]
    assert line[problem.column - 1 :].startswith("amont")
    assert "amount" in problem.in_words("en") and problem.pointer.endswith("/routes/0/when")


def test_a_condition_must_be_true_or_false():
    (problem,) = compiled(SOUND.replace("application.amount <= 100000", "application.amount + 1")).problems
    assert "boolean" in problem.in_words("en"), problem.in_words("en")


def test_all_mistakes_of_a_flow_are_told_at_once():
    nodes = flow(("begin", "start", "next: frist"), ("first", "approval", "next: yes"), ("lost", "decision", ""), YES)
    codes = {code for code, _ in problems_of(nodes)}
    assert {"flow.unknown_target", "flow.no_role", "flow.dead_end", "flow.no_refused_end"} <= codes
