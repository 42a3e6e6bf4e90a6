"""Files that mean harm, or are damaged: answered in words, quickly, never with an exception."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.flows.bpmn.files import file, flow
from tests.engines.flows.bpmn.random_flows import flows

from loanloom.engines.flows import bpmn
from loanloom.metadata.document import document_from
from loanloom.services.definitions.releases.known import kinds

PLAIN = file('<bpmn:startEvent id="a"/><bpmn:endEvent id="b" name="Approved"/>' + flow("f", "a", "b"))
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE = {
    "entities in entities": f'<!DOCTYPE d [<!ENTITY l0 "ha">{LAUGHS}]><d>&l9;</d>',
    "a file of the machine": '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    + PLAIN[38:].replace("Approved", "&x;"),
    "deep": "<a>" * 5000 + "</a>" * 5000,
    "wide": PLAIN.replace("<bpmn:endEvent", '<bpmn:task id="t"/>' * 300_000 + "<bpmn:endEvent"),
    "not xml": "kind: flow",
    "nothing": "",
    "cut off": PLAIN[: len(PLAIN) // 2],
    "another language": "<html><body/></html>",
    "an old version": PLAIN.replace("20100524", "20060602"),
    "no process": '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>',
    "no steps": file(""),
    "bytes": b"\xff\xfe\x00<",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_files_are_refused_in_words(what: str) -> None:
    begun = time.thread_time()
    back = bpmn.imported(HOSTILE[what], kinds())
    assert time.thread_time() - begun < 5
    assert back.text is None
    assert any(one.severity == "error" for one in back.problems)
    for one in back.problems:
        assert "hostname" not in one.in_words("en")
        assert one.in_words("zh")


def test_many_steps_are_read_in_reasonable_time() -> None:
    """Five thousand steps in a row, each with an id that looks made up."""
    row = "".join(f'<bpmn:userTask id="Activity_{n:07d}" name="Step"/>' for n in range(5000))
    ways = "".join(flow(f"f{n}", f"Activity_{n:07d}", f"Activity_{n + 1:07d}") for n in range(4999))
    begun = time.thread_time()
    back = bpmn.imported(file(row + ways), kinds())
    assert time.thread_time() - begun < 10
    assert (back.text or "").count("type: approval") == 5000


DAMAGED = {
    "another kind": "apiVersion: loanloom/v1\nkind: role\nkey: x\ntitle: {en: X}\nspec: {}\n",
    "no yaml": "a: [",
    "not sound": "apiVersion: loanloom/v1\nkind: flow\nkey: x\ntitle: {en: X}\nspec: {nodes: 7}\n",
    "an alias bomb": "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
}


@pytest.mark.parametrize("what", DAMAGED)
def test_a_damaged_definition_inside_leaves_the_drawing(what: str) -> None:
    inside = (
        '<bpmn:extensionElements><l:document xmlns:l="urn:loanloom:flow" language="en">'
        f"{DAMAGED[what].replace('&', '&amp;')}</l:document></bpmn:extensionElements>"
    )
    back = bpmn.imported(PLAIN.replace('<bpmn:startEvent id="a"/>', inside + '<bpmn:startEvent id="a"/>'), kinds())
    assert not back.own
    assert "outcome: approved" in (back.text or "")
    assert [one.code for one in back.problems] == ["bpmn.broken_document"]


@given(flows(), st.data())
@settings(max_examples=15, deadline=None)
def test_files_damaged_anywhere_never_raise(mapping: dict[str, object], data: st.DataObject) -> None:
    text = bpmn.exported(document_from(mapping))
    for _ in range(10):
        at = data.draw(st.integers(0, len(text) - 1))
        length = data.draw(st.integers(0, 60))
        put = data.draw(st.sampled_from(["", "<", "&amp;", '"', "x", "<task/>", text[:40]]))
        back = bpmn.imported(text[:at] + put + text[at + length :], kinds())
        assert back.text is not None or back.problems
