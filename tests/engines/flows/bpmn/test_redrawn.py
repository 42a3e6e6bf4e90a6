"""Our own file, its drawing changed in another tool: what was redrawn comes back, all that BPMN cannot say stays."""
# ruff: noqa: E501 - texts of files read better in one line

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.flows.bpmn.random_flows import flows
from tests.engines.flows.bpmn.test_round_trip import document

from loanloom.engines.flows import bpmn
from loanloom.metadata.reader import read_document
from loanloom.services.definitions.releases.known import kinds

FILE = Path(__file__).parents[4] / "metadata/flows/business-approval.yaml"
TEXT = FILE.read_text("utf-8")


def exported(language: str = "en") -> str:
    whole = read_document(TEXT).document
    assert whole is not None
    return bpmn.exported(whole, language)


def redrawn(*changes: tuple[str, str], language: str = "en") -> bpmn.Imported:
    """What comes of the file after texts in it were replaced."""
    text = exported(language)
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    return bpmn.imported(text, kinds())


def steps(back: bpmn.Imported) -> dict[str, dict[str, Any]]:
    made = read_document(back.text or "").document
    assert made is not None
    return {node["key"]: node for node in document(made.as_mapping()).as_mapping()["spec"]["nodes"]}


def before() -> dict[str, dict[str, Any]]:
    return steps(bpmn.imported(exported(), kinds()))


def test_a_new_name_changes_one_language_and_keeps_comments() -> None:
    back = redrawn(('name="风险审查"', 'name="风险复审"'), language="zh")
    assert (back.own, back.changed, back.problems) == (True, True, ())
    expected = before()
    expected["risk_review"]["title"] = {"en": "Risk review", "zh": "风险复审"}
    assert steps(back) == expected
    assert (back.text or "").startswith("# 经营类贷款审批"), "the comment above is still there"


def test_an_arrow_led_elsewhere_and_a_condition_changed() -> None:
    back = redrawn(
        ('sourceRef="approval_1.choice" targetRef="approval_2"', 'sourceRef="approval_1.choice" targetRef="risk_review"'),
        (">application.amount &gt; 100000<", ">=application.amount &gt; 250000<"),
    )  # fmt: skip
    expected = before()
    expected["approval_1"]["routes"][0] |= {"to": "risk_review", "when": "application.amount > 250000"}
    found = steps(back)
    assert found["approval_1"] == expected["approval_1"]
    assert [one for one in found if found[one] != before()[one]] == ["approval_1"]


def test_a_refusal_led_to_people_is_stated() -> None:
    back = redrawn(
        ('sourceRef="approval_2.choice" targetRef="refused"', 'sourceRef="approval_2.choice" targetRef="risk_review"')
    )
    assert steps(back)["approval_2"]["on_refuse"] == "risk_review"
    assert back.problems == ()


def _without_arrow(text: str, identity: str) -> str:
    begin = text.index(f'<sequenceFlow id="{identity}"')
    own = text.index(">", begin)
    end = own + 1 if text[own - 1] == "/" else text.index("</sequenceFlow>", begin) + len("</sequenceFlow>")
    return text[:begin] + text[end:]


def test_an_arrow_taken_out_takes_its_way_out() -> None:
    text = _without_arrow(_without_arrow(exported(), "approval_1.return.0"), "approval_2.refuse")
    found = steps(bpmn.imported(text, kinds()))
    assert found["approval_1"]["return_to"] == ["risk_review"]
    before = steps(bpmn.imported(exported(), kinds()))["approval_2"]["actions"]
    assert "refuse" in before
    assert found["approval_2"]["actions"] == [action for action in before if action != "refuse"]


def test_a_step_put_between_two_others_is_taken_over() -> None:
    new = '<userTask id="visit" name="Site visit"><potentialOwner><resourceRef>role-approver-1</resourceRef></potentialOwner></userTask>'
    back = redrawn(
        ('<endEvent id="approved"', new + '<endEvent id="approved"'),
        ('sourceRef="approval_2.choice" targetRef="approved"', 'sourceRef="approval_2.choice" targetRef="visit"'),
        ("</process>", '<sequenceFlow id="Flow_1" sourceRef="visit" targetRef="approved"/></process>'),
    )  # fmt: skip
    found = steps(back)
    assert found["approval_2"]["next"] == "visit"
    assert found["visit"] == {
        "key": "visit", "title": {"en": "Site visit", "zh": "Site visit"}, "type": "approval", "actions": ["approve"],
        "assign": {"role": "approver-1"}, "next": "approved",
    }  # fmt: skip
    assert found["approval_2"]["deadline"] == {"working_hours": 16}, "what BPMN cannot say stays"


def test_one_more_way_out_of_a_choice() -> None:
    back = redrawn((
        "</process>",
        '<sequenceFlow id="Flow_9" name="tiny" sourceRef="approval_1.choice" targetRef="approved">'
        "<conditionExpression>application.amount &lt; 1000</conditionExpression></sequenceFlow></process>",
    ))  # fmt: skip
    routes = steps(back)["approval_1"]["routes"]
    assert [one.get("when") for one in routes] == ["application.amount > 100000", "application.amount < 1000", None]


def test_what_cannot_be_said_is_named() -> None:
    back = redrawn(
        (
            '<exclusiveGateway default="risk_review.next" id="risk_review.choice"',
            '<exclusiveGateway default="risk_review.next" id="risk_review.choice" name="Well?"',
        )
    )
    assert [one.code for one in back.problems] == ["bpmn.not_carried"]
    assert "Well?" in back.problems[0].in_words("en")
    assert steps(back) == before()


@given(flows(), st.data())
@settings(max_examples=12, deadline=None)
def test_any_redrawing_gives_a_flow_that_is_sound_by_the_schema(mapping: dict[str, Any], data: st.DataObject) -> None:
    """Arrows led to other steps, steps taken out, names changed: at random."""
    text = bpmn.exported(document(mapping))
    keys = [node["key"] for node in mapping["spec"]["nodes"]]
    for _ in range(data.draw(st.integers(1, 5))):
        one, other = data.draw(st.sampled_from(keys)), data.draw(st.sampled_from(keys))
        change = data.draw(st.sampled_from(["lead", "rename", "take out"]))
        if change == "lead":
            text = text.replace(f'targetRef="{one}"', f'targetRef="{other}"', 1)
        elif change == "rename":
            text = text.replace(f' id="{one}" name="', f' id="{one}" name="X')
        else:
            text = text.replace(f' id="{one}"', f' id="new_{one}"')
    back = bpmn.imported(text, kinds())
    assert back.own
    made = read_document(back.text or "").document
    assert made is not None
    document(made.as_mapping())


def test_another_language_than_the_drawing_s_stays() -> None:
    back = redrawn(('name="Risk review"', 'name="Risk check"'))
    assert steps(back)["risk_review"]["title"] == {"en": "Risk check", "zh": "风险审查"}


@pytest.mark.parametrize("kind", ["serviceTask", "scriptTask"])
def test_a_step_made_another_kind_is_taken_over_anew(kind: str) -> None:
    text = exported().replace('<userTask id="risk_review"', f'<{kind} id="risk_review"', 1)
    begin = text.index(f"<{kind}")
    text = text[:begin] + text[begin:].replace("</userTask>", f"</{kind}>", 1)
    back = bpmn.imported(text, kinds())
    assert steps(back)["risk_review"]["type"] in ("service", "calculation")
    assert "bpmn.kind_changed" in {one.code for one in back.problems}


def test_two_returns_led_to_one_step_are_one() -> None:
    lead = 'name="return" sourceRef="approval_2.choice" targetRef="{}"'
    back = redrawn((lead.format("submitted.revision"), lead.format("risk_review")))
    assert steps(back)["approval_2"]["return_to"] == ["risk_review"]
