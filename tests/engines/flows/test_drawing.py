"""The drawn flow marks what was passed, where the case stands, what may still come; the history and who is next say the
same in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engines.flows.flow_builder import TWO_LEVELS, approval, flow_of, node, ruled, says

from loanloom.engines.flows import Person, World, decide, diagram, pictures, resubmit, start, suspend
from loanloom.engines.flows.drawing import measuring
from loanloom.engines.flows.model import HUMAN, Assignment, Awaited, Call, Route
from loanloom.problems import Problem

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = AT + timedelta(hours=3)
NAMES = {1: "Li (demo)", 2: "Wang (demo)", 3: "Zhao (demo)"}
REFER = ruled("refer")
FACTS = {"amount": 500}
ROLES = {"approver-1": {"en": "Approver", "zh": "一级审批人"}}


def titles(kind, key):
    return ROLES.get(key) if kind == "role" else None


def world(at=AT):
    return World(facts=FACTS, automatic=REFER, at=at)


def moved(*steps):
    """The state after the steps, and their history in one."""
    return steps[-1].state, [entry for step in steps for entry in step.history]


def approved_once():
    first = start(TWO_LEVELS, world(), makers=(1,))
    return first, decide(TWO_LEVELS, first.state, 1, says("approve", 2, "approver-1", opinion="Sound"), world(LATER))


def returned_and_refused():
    first, second = approved_once()
    back = decide(TWO_LEVELS, second.state, 2, says("return", 3, "approver-2"), world())
    again = resubmit(TWO_LEVELS, back.state, 3, Person(id=1), world())
    refused = decide(TWO_LEVELS, again.state, 4, says("refuse", 2, "approver-1", reason="overdue"), world())
    return first, second, back, again, refused


def drawn(steps, language="en", **more):
    state, history = moved(*steps)
    return diagram(TWO_LEVELS, language, state=state, history=history, names=NAMES, titles=titles, **more)


def marks(shown):
    return {one.key: one.mark for one in shown.nodes}


def edges(shown):
    return {(edge.source, edge.target): edge for edge in shown.edges}


def test_without_a_case_it_draws_the_flow_itself():
    shown = diagram(TWO_LEVELS, "zh", titles=titles)
    assert set(marks(shown).values()) == {"possible"}
    assert edges(shown)["first", "second"].label == "其他情况"
    assert not shown.steps and not shown.waits and not shown.started
    assert {one.key: one.who for one in shown.nodes if one.who} == {"first": ("一级审批人",), "second": ("approver-2",)}


def test_it_marks_done_current_and_possible():
    shown = drawn(approved_once())
    assert marks(shown) == {
        "begin": "done",
        "automatic": "done",
        "first": "done",
        "second": "current",
        "approved": "possible",
        "refused": "possible",
    }
    assert edges(shown)["first", "second"].mark == "done" and edges(shown)["first", "approved"].mark == "not_taken"
    assert edges(shown)["second", "approved"].mark == "possible"
    (box,) = [one for one in shown.nodes if one.key == "first"]
    assert (box.outcome, box.by, box.at) == ("approve", "Wang (demo)", LATER)


def test_who_is_next_until_when_and_what_comes_then():
    due = LATER + timedelta(days=1)
    shown = drawn(approved_once(), due={2: due})
    (waiting,) = shown.waits
    assert (waiting.title, waiting.what, waiting.who) == ("Second", "Approval", ("approver-2",))
    assert (waiting.since, waiting.due_at) == (LATER, due)
    assert [(one.title, one.ends) for one in waiting.then] == [("Approved", True)]
    assert shown.says == "Second: Approval (approver-2)"


def test_what_comes_next_is_looked_for_behind_automatic_steps():
    flow = flow_of(
        node("begin", "start", Route(to="first")),
        approval("first", "approver-1", Route(to="way")),
        node("way", "exclusive", Route(to="second", title={"en": "large"}), Route(to="done", otherwise=True)),
        approval("second", "approver-2", Route(to="done")),
        node("done", "end", outcome="approved"),
    )
    state = start(flow, World(), makers=(1,)).state
    (waiting,) = diagram(flow, "en", state=state).waits
    assert [(one.title, one.depends, one.who) for one in waiting.then] == [
        ("Second", "large", ("approver-2",)),
        ("Done", "otherwise", ()),
    ]


def test_the_history_tells_what_happened_how_long_it_took_and_where_it_led():
    first, second, *_ = approved_once()
    steps = drawn((first, second)).steps
    assert [(step.title, step.words, step.by, step.went) for step in steps] == [
        ("Begin", "Submitted", "Li (demo)", ("Automatic",)),
        ("Automatic", "Decided automatically", None, ("First",)),
        ("First", "Approved", "Wang (demo)", ("Second",)),
    ]
    assert steps[2].opinion == "Sound" and steps[2].took == timedelta(hours=3)
    assert any("amount 500 <= 100" in line and line.startswith("✗") for line in steps[2].why), "why it went on so"


def test_refusals_and_returns_are_drawn_as_arrows_of_their_own():
    shown = drawn(returned_and_refused(), "zh", reasons={"overdue": {"en": "Overdue", "zh": "有逾期"}})
    extra = {pair: edge.kind for pair, edge in edges(shown).items() if edge.aside}
    assert extra == {("second", "begin"): "return", ("first", "refused"): "refuse"}
    assert marks(shown) == {
        "begin": "done",
        "automatic": "done",
        "first": "refused",
        "second": "not_taken",  # it was returned from there: what was done is undone
        "approved": "not_taken",
        "refused": "refused",
    }
    assert shown.steps[-1].words == "流程结束：否决" and shown.says == "流程结束：否决"
    assert [step.reason for step in shown.steps if step.action == "refuse"] == ["有逾期"]
    assert edges(shown)["first", "second"].mark == "not_taken", "the way of the round before is not the way it went"


def test_a_return_is_one_line_that_says_where_to():
    returns = [step for step in drawn(returned_and_refused()).steps if "return" in (step.action, step.kind)]
    assert [(step.by, step.went) for step in returns] == [(NAMES[3], ("Begin",))]
    assert not [step for step in drawn(returned_and_refused()).steps if step.kind == "returned"]


def test_a_suspended_case_says_so():
    state, history = moved(*approved_once())
    held = suspend(TWO_LEVELS, state, Person(id=9, administrator=True), world(), reason="Court order")
    shown = diagram(TWO_LEVELS, "en", state=held.state, history=[*history, *held.history])
    assert marks(shown)["second"] == "suspended"
    assert shown.says.startswith("Suspended: Second")


def test_parallel_branches_stand_and_the_cancelled_one_is_told_apart():
    flow = flow_of(
        node("begin", "start", Route(to="split")),
        node("split", "parallel", Route(to="legal"), Route(to="credit")),
        approval("legal", "lawyer", Route(to="meet"), exclude=frozenset()),
        approval("credit", "credit", Route(to="meet"), exclude=frozenset(), on_refuse="stop", cancels=()),
        node("meet", "join", Route(to="done")),
        node("stop", "end", outcome="refused", cancels=("legal",)),
        node("done", "end", outcome="approved"),
    )
    first = start(flow, world(), makers=(1,))
    shown = diagram(flow, "en", state=first.state, history=first.history)
    assert (marks(shown)["legal"], marks(shown)["credit"]) == ("current", "current")
    assert (
        len(shown.waits) == 2 and edges(shown)["split", "legal"].mark == edges(shown)["split", "credit"].mark == "done"
    )
    second = decide(flow, first.state, 2, says("refuse", 2, "credit"), world())
    state, history = moved(first, second)
    shown = diagram(flow, "en", state=state, history=history)
    assert (marks(shown)["legal"], marks(shown)["credit"], marks(shown)["stop"]) == ("cancelled", "refused", "refused")


def test_events_failures_and_terms_are_ways_too():
    call = Call(action="bureau", on_failure="stop")
    flow = flow_of(
        node("begin", "start", Route(to="ask")),
        node("ask", "service", Route(to="wait"), call=call),
        node("wait", "wait", awaited=(Awaited(to="done", event="signed"), Awaited(to="stop", working_hours=16))),
        node("stop", "end", outcome="refused"),
        node("done", "end", outcome="approved"),
    )
    found = {pair: (edge.kind, edge.label) for pair, edge in edges(diagram(flow, "en")).items()}
    assert found["ask", "stop"] == ("failure", "failed")
    assert found["wait", "done"] == ("event", "signed")
    assert found["wait", "stop"] == ("event", "after 16 working hours")
    state = start(flow, world(), makers=(1,)).state
    (waiting,) = diagram(flow, "en", state=state).waits
    assert (waiting.what, waiting.who) == ("Waits for a service", ())


def test_outside_the_house_nobody_is_named():
    shown = drawn(returned_and_refused(), reasons={"overdue": {"en": "Overdue"}}).without_people()
    said = repr(shown)
    for secret in ("Wang", "Zhao", "Li (demo)", "Overdue", "Sound", "approver", "amount 500", "otherwise"):
        assert secret not in said, secret
    assert shown.steps[-1].words == "Ended: refused", "but how far it is and how it ended"


def test_problems_are_marked_at_their_step():
    shown = diagram(TWO_LEVELS, "en", problems={"first": [Problem(code="x", message={"en": "wrong"})]})
    assert {one.key: one.problems for one in shown.nodes if one.problems} == {"first": 1}


@pytest.mark.parametrize("kind", HUMAN)
def test_every_way_of_naming_people_has_words(kind):
    every = (
        Assignment(position="chief"), Assignment(users=("li", "wang")), Assignment(unit="east"),
        Assignment(head_of="branch"), Assignment(head_of="east"), Assignment(manager_of="starter"),
        Assignment(manager_of="application.manager"), Assignment(authority="limits"), Assignment(fact="request.by"),
        Assignment(deciders_of="contract"), Assignment(chosen_by="previous"), Assignment(outside="request.centre"),
        Assignment(source="x"), Assignment(resolver="mine"),
    )  # fmt: skip
    flow = flow_of(
        node("begin", "start", Route(to="work")),
        node("work", kind, Route(to="done"), assign=every),
        node("done", "end", outcome="approved"),
    )
    for language in ("en", "zh"):
        (box,) = [one for one in diagram(flow, language).nodes if one.key == "work"]
        assert len(box.who) == len(every) and all(box.who)


def moment(at):
    return f"{at:%Y-%m-%d %H:%M}"


def test_the_picture_holds_every_step_way_and_word_in_both_directions():
    shown = drawn(returned_and_refused())
    for picture in pictures(shown, moment):
        assert {shape.node.key for shape in picture.shapes} == set(TWO_LEVELS.nodes)
        assert len(picture.arrows) == len(shown.edges)
        said = {line.words for shape in picture.shapes for line in shape.lines}
        (first,) = [shape for shape in picture.shapes if shape.node.key == "first"]
        assert first.full.endswith("Refused") and first.sign == "x"
        assert {"Begin", "Second", "A1 · Wang (demo)", "2026-03-02 09:00"} <= said
        for shape in picture.shapes:
            for line in shape.lines:
                assert shape.x < line.x < shape.x + shape.width and shape.y < line.y < shape.y + shape.height
    across, down = pictures(shown, moment)
    assert across.width > across.height and across.fits and across.width > across.fits >= across.width * 0.8
    assert down.width < across.width


@given(st.text(st.characters(codec="utf-8", exclude_categories=("C",)), max_size=60), st.integers(1, 4))
def test_words_are_broken_to_fit_and_none_is_lost_without_three_dots(words, most):
    found = measuring.lines(words, 13, 100, most)
    assert len(found) <= most
    assert all(measuring.width(line, 13) <= 100 or len(line) <= 1 for line in found)
    kept, whole = "".join("".join(found).split()), "".join(words.split())
    assert kept == whole or (kept.endswith("…") and whole.startswith(kept[:-1]))


def test_chinese_is_broken_anywhere_but_before_a_mark_and_english_between_words():
    found = measuring.lines("二级审批、总经理）审查", 13, 104, 3)
    assert found == ("二级审批、总经", "理）审查"), "the bracket does not begin a line"
    assert measuring.lines("Approval, level two", 13, 80, 3) == ("Approval,", "level two")
