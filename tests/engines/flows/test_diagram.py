"""The drawn flow marks what was passed, where the case stands and how it went; the text list says the same."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.engines.flows.flow_builder import TWO_LEVELS, ruled, says

from loanloom.engines.flows import Person, World, decide, diagram, resubmit, start

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
NAMES = {1: "Li (demo)", 2: "Wang (demo)", 3: "Zhao (demo)"}
REFER = ruled("refer")
FACTS = {"amount": 500}
ROLES = {"approver-1": {"en": "Approver", "zh": "一级审批人"}}


def approved_once():
    first = start(TWO_LEVELS, World(facts=FACTS, automatic=REFER, at=AT), makers=(1,))
    decision = says("approve", 2, "approver-1", opinion="Sound")
    return first, decide(TWO_LEVELS, first.state, 1, decision, World(facts=FACTS, automatic=REFER, at=AT))


def marks(drawn):
    return {node.key: node.mark for node in drawn.nodes}


def test_without_history_it_draws_the_flow_itself():
    drawn = diagram(TWO_LEVELS, [], "zh")
    assert set(marks(drawn).values()) == {"possible"}
    assert [edge.label for edge in drawn.edges if edge.source == "first"][1] == "其他情况"
    assert not drawn.steps
    notes = {box["key"]: box["note"] for box in diagram(TWO_LEVELS, [], "zh", roles=ROLES).to_json()["nodes"]}
    assert (notes["first"], notes["second"]) == ("A1 · 一级审批人", "A2 · approver-2"), "who decides stands in the box"


def test_it_marks_done_current_and_possible():
    first, second = approved_once()
    drawn = diagram(TWO_LEVELS, [*first.history, *second.history], "en", names=NAMES)
    assert marks(drawn) == {
        "begin": "done",
        "automatic": "done",
        "first": "done",
        "second": "current",
        "approved": "possible",
        "refused": "possible",
    }
    edge = {(edge.source, edge.target): edge.mark for edge in drawn.edges}
    assert edge["first", "second"] == "done" and edge["first", "approved"] == "possible"
    (box,) = [node for node in drawn.nodes if node.key == "first"]
    assert (box.outcome, box.by, box.at) == ("approve", "Wang (demo)", AT)


def test_the_text_list_tells_the_story_and_who_is_next():
    first, second = approved_once()
    steps = diagram(TWO_LEVELS, [*first.history, *second.history], "en", names=NAMES).steps
    assert [(step.title, step.words, step.by) for step in steps] == [
        ("Begin", "Submitted", "Li (demo)"),
        ("Automatic", "Decided automatically", None),
        ("First", "Approved", "Wang (demo)"),
        ("Second", "Waiting for a decision", None),
    ]
    assert steps[2].opinion == "Sound"


def test_refusals_and_returns_are_drawn_as_arrows_of_their_own():
    first, second = approved_once()
    back = decide(
        TWO_LEVELS, second.state, 2, says("return", 3, "approver-2"), World(facts=FACTS, automatic=REFER, at=AT)
    )
    again = resubmit(TWO_LEVELS, back.state, 3, Person(id=1), World(facts=FACTS, automatic=REFER, at=AT))
    refusal = says("refuse", 2, "approver-1", reason="overdue")
    refused = decide(TWO_LEVELS, again.state, 4, refusal, World(facts=FACTS, automatic=REFER, at=AT))
    history = [entry for moved in (first, second, back, again, refused) for entry in moved.history]
    drawn = diagram(TWO_LEVELS, history, "zh", names=NAMES, reasons={"overdue": {"en": "Overdue", "zh": "有逾期"}})
    extra = {(edge.source, edge.target): edge.kind for edge in drawn.edges if edge.kind != "route"}
    assert extra == {("second", "begin"): "return", ("first", "refused"): "refuse"}
    assert marks(drawn)["approved"] == "not_taken" and marks(drawn)["refused"] == "done"
    assert drawn.steps[-1].words == "流程结束：否决"
    assert [step.reason for step in drawn.steps if step.action == "refuse"] == ["有逾期"]
    boxes = {box["key"]: box["status"] for box in drawn.to_json()["nodes"]}
    assert boxes == {
        "begin": "done",
        "automatic": "done",
        "first": "refused",
        "second": "done",
        "approved": "waiting",
        "refused": "refused",
    }
    assert {"from": "first", "to": "refused", "title": "否决", "taken": True} in drawn.to_json()["edges"]
