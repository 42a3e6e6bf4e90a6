"""A step with another key: every mention of it in the flow follows, and nothing that only looks alike."""

from __future__ import annotations

from loanloom.engines.flows import editing
from loanloom.engines.flows.editing import Arranged
from loanloom.metadata.flow_text import write_document
from loanloom.metadata.tree import read_tree
from loanloom.problems import Problem

SPEC = {
    "subject": "request",
    "withdraw_until": ["a"],
    "reconsider": {"to": "a"},
    "nodes": [
        {"key": "s", "type": "start", "title": {"en": "S"}, "next": "a"},
        {
            "key": "a",
            "type": "approval",
            "title": {"en": "A"},
            "routes": [
                {"when": "flow.values.a.x > 1 and flow.values.ab > 2", "to": "ab"},
                {"when": 'request.grade = "a"', "to": "ab"},
                {"otherwise": True, "to": "e"},
            ],
            "deadlines": [{"hours": 4, "do": "route", "to": "a"}],
        },
        {
            "key": "ab",
            "type": "service",
            "title": {"en": "B"},
            "call": {"action": "x", "on_failure": "a"},
            "cancels": ["a"],
            "routes": [{"when": 'list contains(flow.passed, "a")', "to": "a"}, {"otherwise": True, "to": "e"}],
        },
        {"key": "e", "type": "end", "title": {"en": "a"}},
    ],
}


def test_every_mention_follows() -> None:
    found = editing.rename(SPEC, "a", "check")
    assert isinstance(found, Arranged)
    made = {"apiVersion": "loanloom/v1", "kind": "flow", "key": "f", "title": {"en": "F"}, "spec": SPEC}
    spec = read_tree(found.step.edit(write_document(made)).text).value["spec"]
    start, check, service, end = spec["nodes"]
    assert (list(spec["withdraw_until"]), spec["reconsider"]["to"], start["next"]) == (["check"], "check", "check")
    assert [one["when"] for one in check["routes"] if "when" in one] == [
        "flow.values.check.x > 1 and flow.values.ab > 2", 'request.grade = "a"',
    ]  # fmt: skip
    assert [one["to"] for one in check["routes"]] == ["ab", "ab", "e"] and check["deadlines"][0]["to"] == "check"
    assert (service["key"], service["call"]["on_failure"], list(service["cancels"])) == ("ab", "check", ["check"])
    assert service["routes"][0] == {"when": 'list contains(flow.passed, "check")', "to": "check"}
    assert end["title"]["en"] == "a", "what people call a step is theirs"


def test_a_key_that_another_step_has_is_refused() -> None:
    for new in ("ab", "start"):
        found = editing.rename(SPEC, "a", new)
        assert isinstance(found, Problem) and found.code == "flow_edit.key_taken", new
    assert isinstance(editing.rename(SPEC, "ghost", "x"), Problem)
