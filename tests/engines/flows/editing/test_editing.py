"""A flow changed as one draws it: nothing leads nowhere unless it is said, comments stay, what cannot be is said."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loanloom.engines.flows import editing
from loanloom.engines.flows.editing import TYPES, Arranged, Outcome, drawn_ways
from loanloom.metadata.tree import read_tree
from loanloom.problems import Problem, text

ROOT = Path(__file__).parents[4]
TITLE = text("Approval", "审批")
LINE = """\
kind: flow
spec:
  # who asks
  nodes:
    - {key: asked, title: {en: Asked, zh: 申请}, type: start, next: first}
    # who looks first
    - key: first
      title: {en: First, zh: 初审}
      type: approval
      return_to: [asked]
      routes:
        - {when: amount > 10, to: second}  # large
        - {otherwise: true, to: granted}
    - {key: second, title: {en: Second, zh: 复审}, type: approval, return_to: [asked, first], next: granted}
    - {key: granted, title: {en: Granted, zh: 通过}, type: end, outcome: approved}
    - {key: refused, title: {en: Refused, zh: 否决}, type: end, outcome: refused}
"""


def spec(source: str) -> dict[str, Any]:
    return read_tree(source).value["spec"]


def done(outcome: Outcome, source: str) -> str:
    """The text after a change."""
    assert isinstance(outcome, Arranged), outcome
    edited = outcome.step.edit(source)
    assert not edited.problems, edited.problems
    return edited.text


def ways(source: str) -> set[tuple[str, str]]:
    return {(way.source, way.to) for way in drawn_ways(spec(source)["nodes"])}


def keys(source: str) -> list[str]:
    return [node["key"] for node in spec(source)["nodes"]]


def test_a_step_dropped_on_a_way_stands_between_its_two_steps() -> None:
    outcome = editing.add(spec(LINE), "approval", "way:first:routes/0", TITLE)
    after = done(outcome, LINE)
    assert outcome.chosen == "approval"
    assert {("first", "approval"), ("approval", "second")} <= ways(after) and ("first", "second") not in ways(after)
    assert keys(after) == ["asked", "first", "approval", "second", "granted", "refused"]
    assert "# large" in after and "# who looks first" in after


def test_dropped_on_a_step_it_comes_behind_it_and_on_an_end_before_it() -> None:
    after = done(editing.add(spec(LINE), "form", "at:asked", TITLE), LINE)
    assert {("asked", "form"), ("form", "first")} <= ways(after)
    before_end = done(editing.add(spec(LINE), "approval", "at:granted", TITLE), LINE)
    assert {("first", "approval"), ("second", "approval"), ("approval", "granted")} <= ways(before_end)
    assert ("second", "granted") not in ways(before_end)
    beside = spec(done(editing.add(spec(LINE), "notify", "at:first", TITLE), LINE))["nodes"][1]["routes"]
    assert beside[1] == {"when": False, "to": "notify"}, (
        "where several ways lead on it is one more, until it has a condition"
    )


def test_new_steps_are_told_apart_and_ends_have_an_outcome_of_their_own() -> None:
    once = done(editing.add(spec(LINE), "approval", "", TITLE), LINE)
    twice = spec(done(editing.add(spec(once), "approval", "", TITLE), once))["nodes"]
    assert [(node["key"], node["title"]["en"]) for node in twice[-2:]] == [
        ("approval", "Approval"),
        ("approval_2", "Approval 2"),
    ]
    end = spec(done(editing.add(spec(LINE), "end", "way:second:next", text("End", "结束")), LINE))
    assert end["nodes"][3]["outcome"] == "completed" and end["nodes"][2]["next"] == "end"


def test_a_second_way_waits_for_its_condition_and_the_old_one_is_for_all_other_cases() -> None:
    after = spec(done(editing.connect(spec(LINE), "second", "asked"), LINE))["nodes"][2]
    assert after["routes"] == [{"when": False, "to": "asked"}, {"otherwise": True, "to": "granted"}]
    assert "next" not in after
    third = spec(done(editing.connect(spec(LINE), "first", "asked"), LINE))["nodes"][1]["routes"]
    assert [route["to"] for route in third] == ["second", "asked", "granted"] and third[-1]["otherwise"]


def test_a_split_takes_all_its_ways_and_asks_nothing() -> None:
    split = done(editing.add(spec(LINE), "parallel", "way:second:next", TITLE), LINE)
    both = spec(done(editing.connect(spec(split), "parallel", "refused"), split))
    assert next(one for one in both["nodes"] if one["key"] == "parallel")["routes"] == [
        {"to": "granted"},
        {"to": "refused"},
    ]


def test_a_way_is_led_elsewhere_brought_forward_and_taken_away() -> None:
    led = done(editing.lead(spec(LINE), "first:routes/0", "refused"), LINE)
    assert ("first", "refused") in ways(led) and "# large" in led
    back = spec(done(editing.order(spec(LINE), "first:routes/1", -1), LINE))["nodes"][1]["routes"]
    assert [route["to"] for route in back] == ["granted", "second"]
    single = spec(done(editing.cut(spec(LINE), "first:routes/0"), LINE))["nodes"][1]
    assert single["next"] == "granted" and "routes" not in single, "what is left needs no condition"
    none = editing.cut(spec(LINE), "second:next")
    assert isinstance(none, Arranged) and "Nothing follows" in none.told[0]["en"]


def test_what_led_to_a_step_that_goes_leads_on_and_is_named() -> None:
    outcome = editing.remove(spec(LINE), "first")
    assert isinstance(outcome, Arranged)
    assert "Asked" in outcome.told[0]["en"] and "申请" in outcome.told[0]["zh"], (
        "it has several ways on: the way is lost"
    )
    after = done(outcome, LINE)
    assert ("asked", "second") not in ways(after) and spec(after)["nodes"][1]["return_to"] == ["asked"]
    mended = editing.remove(spec(LINE), "second")
    assert isinstance(mended, Arranged) and "goes on to “Granted”" in mended.told[0]["en"]
    assert {("first", "granted"), ("asked", "first")} == ways(done(mended, LINE))


def test_a_step_is_moved_with_what_led_to_it_led_on() -> None:
    after = done(editing.move(spec(LINE), "second", "way:asked:next"), LINE)
    assert ways(after) == {("asked", "second"), ("second", "first"), ("first", "granted")}
    assert keys(after)[:3] == ["asked", "second", "first"]


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (editing.remove(spec(LINE), "asked"), "needs_start"),
        (editing.connect(spec(LINE), "granted", "asked"), "end_leads_on"),
        (editing.connect(spec(LINE), "asked", "first"), "there_already"),
        (editing.connect(spec(LINE), "asked", "ghost"), "gone"),
        (editing.move(spec(LINE), "first", "at:second"), "several_ways"),
        (editing.move(spec(LINE), "asked", "at:second"), "end_stays"),
        (editing.move(spec(LINE), "second", "way:second:next"), "stands_there"),
        (editing.add(spec(LINE), "start", "", TITLE), "second_start"),
        (editing.add(spec(LINE), "nonsense", "", TITLE), "gone"),
        (editing.add(spec(LINE), "approval", "way:first:routes/9", TITLE), "gone"),
        (editing.cut(spec(LINE), "first:routes/0/to"), "gone"),
    ],
)
def test_what_cannot_be_is_a_problem_with_words(outcome: Outcome, code: str) -> None:
    assert isinstance(outcome, Problem) and outcome.code == f"flow_edit.{code}"
    assert outcome.message["en"] and outcome.message["zh"]


def model_flows() -> list[str]:
    return [file.read_text(encoding="utf-8") for file in sorted((ROOT / "metadata/flows").glob("*.yaml"))]


def anything(now: dict[str, Any], chance: random.Random) -> Outcome:
    """Something that somebody might do to a flow."""
    known = [str(node["key"]) for node in now["nodes"]]
    written = [str(way) for way in drawn_ways(now["nodes"])] or ["x:next"]
    place = chance.choice(["", f"at:{chance.choice(known)}", *(f"way:{one}" for one in written)])
    match chance.choice(["add", "remove", "move", "connect", "cut", "lead"]):
        case "add":
            return editing.add(now, chance.choice(TYPES), place, TITLE)
        case "remove":
            return editing.remove(now, chance.choice(known))
        case "move":
            return editing.move(now, chance.choice(known), place)
        case "connect":
            return editing.connect(now, chance.choice(known), chance.choice(known))
        case "cut":
            return editing.cut(now, chance.choice(written))
    return editing.lead(now, chance.choice(written), chance.choice(known))


@settings(deadline=None, max_examples=60)
@given(st.data(), st.randoms(use_true_random=False))
def test_whatever_is_drawn_nothing_leads_to_what_is_not_there(data: st.DataObject, chance: random.Random) -> None:
    source = data.draw(st.sampled_from(FLOWS))
    for _ in range(6):
        outcome = anything(spec(source), chance)
        if isinstance(outcome, Problem):
            continue
        source = done(outcome, source)
        after = spec(source)["nodes"]
        there = [node["key"] for node in after]
        assert len(set(there)) == len(there)
        assert all(way.to in there for way in drawn_ways(after))
        assert all({*node.get("return_to", ()), *node.get("cancels", ())} <= {*there, "start"} for node in after)
        assert not any(node.get("next") and node.get("routes") for node in after)
        assert outcome.chosen is None or outcome.chosen in there


FLOWS = [LINE, *model_flows()]
