"""Files of other tools: every step of them becomes a step of the flow, and what was not understood is said by name."""
# ruff: noqa: E501 - texts of files read better in one line

from __future__ import annotations

import pytest
from tests.engines.flows.bpmn.files import file, flow, notes, steps

from loanloom.engines import flows
from loanloom.engines.flows import bpmn
from loanloom.metadata.bundle import read_bundle
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import build
from loanloom.services.definitions.releases.known import kinds

APPROVAL = file(
    """<bpmn:laneSet id="lanes"><bpmn:lane id="l1" name="Risk officer"><bpmn:flowNodeRef>Activity_1a2b3c4</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>
<bpmn:startEvent id="StartEvent_1" name="Request received"/>
<bpmn:userTask id="Activity_1a2b3c4" name="Check request"/>
<bpmn:exclusiveGateway id="Gateway_0x9y8z7" name="In order?" default="f4"/>
<bpmn:userTask id="decide" name="Decide" camunda:candidateGroups="approver-1"/>
<bpmn:endEvent id="End_1" name="Approved"/><bpmn:endEvent id="End_2" name="Rejected"/>
"""
    + flow("f1", "StartEvent_1", "Activity_1a2b3c4")
    + flow("f2", "Activity_1a2b3c4", "Gateway_0x9y8z7")
    + flow("f3", "Gateway_0x9y8z7", "decide", 'name="large"', "${application.amount > 1000}")
    + flow("f4", "Gateway_0x9y8z7", "End_2", 'name="no"')
    + flow("f5", "decide", "End_1")
)  # fmt: skip


def test_a_plain_approval_becomes_a_flow_that_runs() -> None:
    """Keys from what people wrote, groups and lanes as roles, conditions without the marks of the other tool."""
    found = steps(APPROVAL)
    assert list(found) == ["request_received", "check_request", "in_order", "decide", "approved", "rejected"]
    assert found["check_request"] == {
        "key": "check_request", "title": {"en": "Check request", "zh": "Check request"}, "type": "approval",
        "actions": ["approve"], "assign": {"role": "risk-officer"}, "next": "in_order",
    }  # fmt: skip
    assert found["decide"]["assign"] == {"role": "approver-1"}
    assert found["in_order"]["routes"] == [
        {"when": "application.amount > 1000", "to": "decide", "title": {"en": "large", "zh": "large"}},
        {"otherwise": True, "to": "rejected", "title": {"en": "no", "zh": "no"}},
    ]
    assert (found["approved"]["outcome"], found["rejected"]["outcome"]) == ("approved", "refused")
    assert notes(APPROVAL) == [("bpmn.not_understood", 4)], "the lanes, of which only the names are used"
    document = read_document(bpmn.imported(APPROVAL, kinds()).text or "").document
    assert document is not None
    registry = build(read_bundle(".", kinds()).documents, kinds()).registry
    assert flows.compile_flow(document, registry).flow is not None


def test_roles_are_found_by_their_names() -> None:
    lane = APPROVAL.replace("Risk officer", "风险审查岗")
    back = bpmn.imported(lane, kinds(), roles={"风险审查岗": "risk-officer"})
    assert "assign: {role: risk-officer}" in (back.text or "")
    assert "assign" not in steps(lane)["check_request"], "a name nobody knows makes no role"


ODD = {
    "scriptTask": ("calculation", "bpmn.unfinished"), "serviceTask": ("service", "bpmn.unfinished"),
    "businessRuleTask": ("decision", "bpmn.unfinished"), "sendTask": ("notify", "bpmn.no_message"),
    "callActivity": ("subflow", "bpmn.unfinished"), "manualTask": ("approval", "bpmn.nobody"),
    "subProcess": ("subflow", "bpmn.sub_process"), "transaction": ("subflow", "bpmn.sub_process"),
    "adHocSubProcess": ("subflow", "bpmn.sub_process"), "task": ("approval", "bpmn.nobody"),
}  # fmt: skip


@pytest.mark.parametrize("kind", ODD)
def test_every_kind_of_step_stays_on_the_way(kind: str) -> None:
    text = file(
        f'<bpmn:startEvent id="begin"/>\n<bpmn:{kind} id="work_it" name="Work it"/>\n<bpmn:endEvent id="done" name="Approved"/>'
        + flow("a", "begin", "work_it") + flow("b", "work_it", "done")
    )  # fmt: skip
    found = steps(text)
    step, said = ODD[kind]
    assert found["begin"]["next"] == "work_it"
    assert (found["work_it"]["type"], found["work_it"]["next"]) == (step, "done")
    assert notes(text) == [(said, 5)]


def test_what_has_no_place_in_a_flow_is_said_by_name_and_line() -> None:
    text = file(
        """<bpmn:startEvent id="begin"><bpmn:timerEventDefinition><bpmn:timeCycle>R/P1D</bpmn:timeCycle></bpmn:timerEventDefinition></bpmn:startEvent>
<bpmn:dataObjectReference id="data" name="Contract"/>
<bpmn:textAnnotation id="note"><bpmn:text>why</bpmn:text></bpmn:textAnnotation>
<bpmn:userTask id="check_it" name="Check" camunda:candidateGroups="risk-officer"><bpmn:documentation>By hand</bpmn:documentation>
<bpmn:extensionElements><camunda:taskListener event="create"/></bpmn:extensionElements></bpmn:userTask>
<bpmn:boundaryEvent id="signalled" attachedToRef="check_it"><bpmn:signalEventDefinition/></bpmn:boundaryEvent>
<bpmn:endEvent id="done"/>"""
        + flow("a", "begin", "check_it") + flow("b", "check_it", "done") + flow("c", "check_it", "gone"),
        '<bpmn:collaboration id="co"><bpmn:participant id="p" processRef="loan-approval"/>\n'
        '<bpmn:messageFlow id="mf" name="Letter" sourceRef="x" targetRef="y"/></bpmn:collaboration>\n',
    )  # fmt: skip
    back = bpmn.imported(text, kinds())
    said = {(one.code, one.line): one.in_words("en") for one in back.problems}
    assert said[("bpmn.not_understood", 7)] == (
        "<dataObjectReference> 'Contract (data)' has no place in a flow and is not brought in."
    )
    assert (
        said[("bpmn.not_understood", 4)] == "<messageFlow> 'Letter (mf)' has no place in a flow and is not brought in."
    )
    assert "<documentation> of <userTask> 'Check (check_it)' is not brought in." in said[("bpmn.not_understood", 9)]
    assert "taskListener" in said[("bpmn.setting", 9)]
    codes = {one.code for one in back.problems}
    assert codes >= {"bpmn.start_trigger", "bpmn.edge_event", "bpmn.loose_arrow", "bpmn.outcome"}
    assert any("<textAnnotation> 'note'" in words for words in said.values())
    for one in back.problems:
        assert one.line is not None
        assert one.in_words("zh") != one.in_words("en")


def test_gateways_split_and_join() -> None:
    text = file(
        '<bpmn:startEvent id="begin"/><bpmn:parallelGateway id="both"/><bpmn:userTask id="one_is"/><bpmn:userTask id="other_is"/>'
        '<bpmn:parallelGateway id="and_on"/><bpmn:userTask id="last_a"/><bpmn:userTask id="last_b"/><bpmn:endEvent id="done"/>'
        + flow("a", "begin", "both") + flow("b", "both", "one_is") + flow("c", "both", "other_is")
        + flow("d", "one_is", "and_on") + flow("e", "other_is", "and_on") + flow("f", "and_on", "last_a")
        + flow("g", "and_on", "last_b") + flow("h", "last_a", "done") + flow("i", "last_b", "done")
    )  # fmt: skip
    found = steps(text)
    assert found["both"]["type"] == "parallel"
    assert (found["and_on"]["type"], found["and_on"]["next"]) == ("join", "and_on_split")
    assert [one["to"] for one in found["and_on_split"]["routes"]] == ["last_a", "last_b"]  # type: ignore[attr-defined]
    assert found["done"]["ends"] == "path", "without a terminate event an end ends its own branch only"


def test_several_ways_out_of_a_task_are_a_split() -> None:
    text = file(
        '<bpmn:startEvent id="begin"/><bpmn:userTask id="work" name="Work"/><bpmn:endEvent id="x"/><bpmn:endEvent id="y"/>'
        + flow("a", "begin", "work") + flow("b", "work", "x", "", "amount &gt; 1") + flow("c", "work", "y")
    )  # fmt: skip
    found = steps(text)
    assert found["work"]["next"] == "work_split"
    assert found["work_split"]["type"] == "inclusive"
    assert found["work_split"]["routes"] == [{"when": "amount > 1", "to": "x"}, {"otherwise": True, "to": "y"}]


def test_events_are_waited_for_and_timers_on_the_edge_are_terms() -> None:
    timer = "<bpmn:timerEventDefinition><bpmn:timeDuration>{}</bpmn:timeDuration></bpmn:timerEventDefinition>"
    text = file(
        '<bpmn:startEvent id="begin"/><bpmn:eventBasedGateway id="either"/>'
        '<bpmn:intermediateCatchEvent id="paid"><bpmn:messageEventDefinition messageRef="m1"/></bpmn:intermediateCatchEvent>'
        f'<bpmn:intermediateCatchEvent id="late">{timer.format("P2DT90M")}</bpmn:intermediateCatchEvent>'
        f'<bpmn:userTask id="ask" camunda:assignee="x"/><bpmn:boundaryEvent id="soon" attachedToRef="ask">{timer.format("PT8H")}'
        '</bpmn:boundaryEvent><bpmn:endEvent id="done"/><bpmn:endEvent id="over"/>'
        + flow("a", "begin", "either") + flow("b", "either", "paid") + flow("c", "either", "late")
        + flow("d", "paid", "done") + flow("e", "late", "ask") + flow("f", "ask", "done") + flow("g", "soon", "over"),
        '<bpmn:message id="m1" name="Deposit paid"/>',
    )  # fmt: skip
    found = steps(text)
    assert found["either"]["events"] == [{"event": "deposit-paid", "to": "done"}, {"hours": 50, "to": "ask"}]
    assert found["ask"]["deadlines"] == [{"hours": 8, "do": "route", "to": "over"}]


def test_one_of_several_processes_is_chosen_and_the_others_said() -> None:
    second = '<bpmn:process id="second" name="Second"><bpmn:startEvent id="s2"/><bpmn:endEvent id="e2" name="Approved"/>' + flow(
        "z", "s2", "e2"
    ) + "</bpmn:process>"  # fmt: skip
    text = APPROVAL.replace("</bpmn:definitions>", second + "</bpmn:definitions>")
    assert "check_request" in steps(text), "the one with most steps"
    assert ("bpmn.other_process", 17) in notes(text)
    assert list(steps(text, process="second")) == ["start", "approved"]
    missing = bpmn.imported(text, kinds(), process="third")
    assert missing.text is None
    assert "loan-approval, second" in missing.problems[0].in_words("en")


def test_the_steps_of_a_sub_process_can_be_brought_in_by_themselves() -> None:
    inner = '<bpmn:startEvent id="in"/><bpmn:endEvent id="out" name="Approved"/>' + flow("x", "in", "out")
    text = file(
        f'<bpmn:startEvent id="begin"/><bpmn:subProcess id="inside" name="Field visit">{inner}</bpmn:subProcess><bpmn:endEvent id="done"/>'
        + flow("a", "begin", "inside") + flow("b", "inside", "done")
    )  # fmt: skip
    assert steps(text)["inside"]["subflow"] == {"flow": "field-visit"}
    assert bpmn.imported(text, kinds(), process="inside").key == "inside"
    assert list(steps(text, process="inside")) == ["in", "out"]
