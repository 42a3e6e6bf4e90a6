"""What a flow with any type of node may be wrong in: each mistake its own code, at its place, in both languages."""

from __future__ import annotations

import re

import pytest
from tests.engines.flows.test_compiling import NO, YES, compiled, flow

from loanloom.problems import errors

START = ("begin", "start", "next: split")
SPLIT = ("split", "parallel", "routes: [{to: left}, {to: right}]")
LEFT, RIGHT = ("left", "form", "assign: {role: r}, next: both"), ("right", "form", "assign: {role: r}, next: both")
BOTH = ("both", "join", "next: yes")
ONE = "assign: {role: r}, actions: [approve], next: yes"


def first(kind: str, rest: str) -> str:
    """A flow of one node between start and end."""
    return flow(("begin", "start", "next: first"), ("first", kind, rest), YES, *([NO] if "to: no}" in rest else []))


def choice(*conditions: str, kind: str = "exclusive") -> str:
    routes = ", ".join(f"{{when: '{one}', to: yes}}" for one in conditions)
    return first(kind, f"routes: [{routes}, {{otherwise: true, to: no}}]")


WRONG = {
    "no_join": (
        flow(
            START,
            SPLIT,
            ("left", "form", "assign: {role: r}, next: yes"),
            ("right", "form", "assign: {role: r}, next: yes"),
            YES,
        ),
        "flow.unjoined_branches",
        "/spec/nodes/4",
    ),
    "two_joins": (
        flow(
            START,
            SPLIT,
            LEFT,
            ("right", "form", "assign: {role: r}, next: other"),
            BOTH,
            ("other", "join", "next: yes"),
            YES,
        ),
        "flow.cannot_end",
        "/spec/nodes/4",
    ),
    "splits_for_ever": (
        flow(
            START,
            SPLIT,
            ("left", "form", "assign: {role: r}, next: split"),
            ("right", "form", "assign: {role: r}, next: stop"),
            ("stop", "end", "outcome: completed, ends: path"),
        ),
        "flow.splits_without_end",
        "/spec/nodes/1",
    ),
    "one_branch": (
        flow(START, ("split", "parallel", "next: left"), LEFT, BOTH, YES),
        "flow.nothing_to_split",
        "/spec/nodes/1/routes",
    ),
    "asks_in_parallel": (
        flow(
            START,
            ("split", "parallel", "routes: [{when: 'application.amount > 1', to: left}, {to: right}]"),
            LEFT,
            RIGHT,
            BOTH,
            YES,
        ),
        "flow.condition_on_parallel",
        "/spec/nodes/1/routes/0",
    ),
    "service_without_call": (first("service", "next: yes"), "flow.missing_for_type", "/spec/nodes/1"),
    "wait_for_nothing": (first("wait", "next: yes"), "flow.missing_for_type", "/spec/nodes/1"),
    "event_leads_nowhere": (
        first("wait", "events: [{event: paid, to: yess}]"),
        "flow.unknown_target",
        "/spec/nodes/1/events/0/to",
    ),
    "failure_leads_nowhere": (
        first("service", "call: {action: a, on_failure: noo}, next: yes"),
        "flow.unknown_target",
        "/spec/nodes/1/call/on_failure",
    ),
    "refusal_leads_nowhere": (
        first("approval", "assign: {role: r}, on_refuse: noo, next: yes"),
        "flow.unknown_target",
        "/spec/nodes/1/on_refuse",
    ),
    "cancels_nothing": (first("approval", f"{ONE}, cancels: [lost]"), "flow.unknown_target", "/spec/nodes/1/cancels/0"),
    "count_without_number": (
        first("countersign", f"{ONE}, vote: {{rule: count}}"),
        "flow.vote_needs_number",
        "/spec/nodes/1/vote",
    ),
    "bulk_with_a_reason_each": (
        first("approval", f"{ONE}, bulk: true, reasons: {{approve: why}}, reason_required: [approve]"),
        "flow.bulk_reason",
        "/spec/nodes/1/bulk",
    ),
    "bulk_that_names_people": (
        flow(
            ("begin", "start", "next: first"),
            ("first", "approval", "assign: {role: r}, actions: [approve], bulk: true, next: second"),
            ("second", "approval", "assign: {chosen_by: previous}, actions: [approve], next: yes"),
            YES,
        ),
        "flow.bulk_chooses",
        "/spec/nodes/1/bulk",
    ),
    "more_than_all": (
        first("countersign", f"{ONE}, vote: {{rule: ratio, needed: 1.5}}"),
        "flow.vote_share",
        "/spec/nodes/1/vote/needed",
    ),
    "more_than_there_are": (
        first(
            "committee", "assign: {users: [ann, bob]}, actions: [approve], vote: {rule: count, needed: 3}, next: yes"
        ),
        "flow.vote_never_enough",
        "/spec/nodes/1/vote/needed",
    ),
    "quorum_of_strangers": (
        first("committee", "assign: {users: [ann, bob]}, actions: [approve], vote: {rule: any, quorum: 5}, next: yes"),
        "flow.quorum_never_there",
        "/spec/nodes/1/vote/quorum",
    ),
    "nobody_for_nobody": (
        first("approval", f"{ONE}, if_nobody: {{do: assign}}"),
        "flow.no_substitute",
        "/spec/nodes/1/if_nobody",
    ),
    "deadline_to_nowhere": (
        first("approval", f"{ONE}, deadlines: [{{hours: 1, do: route}}]"),
        "flow.deadline_without_target",
        "/spec/nodes/1/deadlines/0",
    ),
    "escalated_to_nobody": (
        first("approval", f"{ONE}, deadlines: [{{hours: 1, do: escalate}}]"),
        "flow.deadline_without_people",
        "/spec/nodes/1/deadlines/0",
    ),
    "deadline_refuses": (
        first("approval", f"{ONE}, deadlines: [{{hours: 1, do: refuse}}]"),
        "flow.deadline_action",
        "/spec/nodes/1/deadlines/0",
    ),
    "approved_by_clock_above_anybodys_limit": (
        first(
            "approval",
            "assign: {role: r}, actions: [approve], limit: t, deadlines: [{hours: 9, do: approve}], next: yes",
        ),
        "flow.deadline_without_authority",
        "/spec/nodes/1/deadlines/0",
    ),
    "approved_by_clock_for_whom_a_table_names": (
        first(
            "approval", "assign: {authority: t}, actions: [approve], deadlines: [{hours: 9, do: approve}], next: yes"
        ),
        "flow.deadline_without_authority",
        "/spec/nodes/1/deadlines/0",
    ),
    "a_starter_who_is_not_asked": (
        first("approval", "assign: {chosen_by: starter}, actions: [approve], next: yes"),
        "flow.starter_names_nobody",
        "/spec/nodes/1/assign",
    ),
    "overturned": (
        flow(
            ("begin", "start", "next: meet"),
            ("meet", "committee", "assign: {role: r}, on_refuse: last, next: yes"),
            ("last", "approval", "assign: {role: r}, actions: [approve, refuse], next: yes"),
            YES,
            NO,
        ),
        "flow.overturned",
        "/spec/nodes/1/on_refuse",
    ),
    "committee_by_clock": (
        first("committee", "assign: {role: r}, actions: [approve], deadlines: [{hours: 9, do: approve}], next: yes"),
        "flow.committee_by_clock",
        "/spec/nodes/1/deadlines",
    ),
    "never": (
        choice("application.amount > 5 and application.amount < 3"),
        "flow.never_true",
        "/spec/nodes/1/routes/0/when",
    ),
    "covered": (
        choice("application.amount > 5", "application.amount > 10"),
        "flow.never_taken",
        "/spec/nodes/1/routes/1/when",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_each_mistake_has_its_code_and_place(name):
    nodes, code, pointer = WRONG[name]
    result = compiled(nodes)
    found = [one for one in result.problems if one.code == code]
    assert result.flow is None and [one.pointer for one in found] == [pointer], result.problems
    assert found[0].line and found[0].message["zh"] and found[0].hint is not None and found[0].hint["zh"]
    assert {one.code for one in errors(result.problems)} == {code}, "one mistake, one code"


AS_WRITTEN = re.compile(r"[{}]|\b[a-z]+_[a-z_]+\b|\b(next|routes|assign|actions|needed|quorum|outcome|repeat)\b:?$")


@pytest.mark.parametrize("name", WRONG)
def test_hints_speak_of_the_editor_and_say_beside_what_is_written(name):
    """Whoever looks at a screen reads no YAML; who reads the text of the document is told what to write there."""
    found = [one for one in compiled(WRONG[name][0]).problems if one.hint is not None and one.hint["en"][:5] != "Steps"]
    for one in found:
        assert not AS_WRITTEN.search(one.hint["en"]) and not re.search(r"[{}]|[a-z]+_[a-z]+", one.hint["zh"]), one.hint
        assert one.written is None or one.in_words("en").endswith(f"({one.written})")


WARNED = {
    "both": (choice("application.amount > 5 and application.amount < 20", "application.amount > 10"), "flow.both_true"),
    "in_vain": (
        flow(("begin", "start", "next: first"), ("first", "decision", "assign: {role: r}, next: yes"), YES),
        "flow.means_nothing_here",
    ),
    "joins_nothing": (first("join", "next: yes"), "flow.join_without_split"),
}


@pytest.mark.parametrize("name", WARNED)
def test_what_is_only_odd_is_a_warning(name):
    nodes, code = WARNED[name]
    result = compiled(nodes)
    assert code in {one.code for one in result.problems}
    assert code == "flow.join_without_split" or result.flow is not None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("application.amuont", "flow.unknown_term"),
        ("customer.name", "flow.unknown_term"),
        ("sanction.amount", "flow.unknown_term"),
        ("customer.id_number", "flow.unknown_term"),
        ("application.amount", None),
        ("sanction.annual_rate", None),
    ],
)
def test_an_approver_may_change_the_terms_of_an_application_and_nothing_else(name, code):
    found = compiled(first("approval", f"assign: {{role: r}}, actions: [approve], may_change: [{name}], next: yes"))
    assert [(one.code, one.pointer) for one in found.problems] == ([(code, "/spec/nodes/1/may_change")] if code else [])


def test_two_conditions_that_hold_at_once_are_told_with_a_value():
    (problem, *_) = [one for one in compiled(WARNED["both"][0]).problems if one.code == "flow.both_true"]
    assert "Amount applied for = 10.01" in problem.message["en"] and "申请金额 = 10.01" in problem.message["zh"]


def test_after_a_committees_no_one_may_come_back_to_it():
    again = flow(
        ("begin", "start", "next: form"),
        ("form", "form", "assign: {role: r}, next: meet"),
        ("meet", "committee", "assign: {role: r}, on_refuse: form, next: last"),
        ("last", "approval", "assign: {role: r}, actions: [approve, refuse], next: yes"),
        YES,
        NO,
    )
    assert not [one for one in compiled(again).problems if one.code == "flow.overturned"]


def test_cascades_and_bands_are_no_mistake():
    for conditions in (
        ("application.amount <= 100", "application.amount <= 500"),
        ("application.amount in [0..100]", "application.amount in (100..500]"),
        ("application.amount + 1 > 5 and application.amount < 3",),
        ("application.guarantee_mode != null",),
        ("application.amount = null", "application.amount != null"),
    ):
        assert not {"flow.never_true", "flow.never_taken", "flow.both_true"} & {
            one.code for one in compiled(choice(*conditions)).problems
        }, conditions
