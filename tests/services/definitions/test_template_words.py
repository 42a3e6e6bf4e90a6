"""The blocks of a template written place by place: the text keeps its comments, nothing is left without a shape."""

from __future__ import annotations

import pytest

from loanloom.engines.documents import compile_template
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.services.definitions.template_words import KINDS, blocks, step_for
from loanloom.services.errors import Refused

TEMPLATE = """\
apiVersion: loanloom/v1
kind: template
key: paper
title: {en: Paper, zh: 文书}
spec:
  document: notice
  title: {en: Paper, zh: 文书}
  language: zh
  blocks:
    - heading: 通知   # what it is called
    - facts:
        - {label: 合同, value: contract.number}
        - {label: 金额, value: contract.amount, format: money}   # in figures
    - clause:
        title: 第一条
        text: |
          甲方{{ company.name }}。
          乙方{{ customer.name }}。
    - table:
        rows: schedule
        columns:
          - {title: 到期日, value: due_on, format: date}
    - signatures:
        - {party: 甲方, name: "{{ company.name }}"}
"""
TYPES = load_kinds().require("template").compiled


def document(text: str = TEMPLATE):
    return read_document(text, "paper.yaml").document


def changed(typed: dict[str, str] | None = None, act: str = "save", text: str = TEMPLATE) -> str:
    edited = step_for(document(text), typed or {}, act).edit(text)
    assert not edited.problems
    assert not TYPES.faults(document(edited.text).spec)
    return edited.text


def places(text: str, at: int):
    block = blocks(document(text))[at]
    return (*block.places, *(one for row in block.rows for one in row.places if one.kind != "format"))


def kinds(text: str) -> list[str]:
    return [one.kind for one in blocks(document(text))]


def test_a_place_is_changed_and_nothing_else() -> None:
    after = changed({"/blocks/0/heading": "通知书", "/blocks/1/facts/1/value": "sanction.amount"})
    assert after == TEMPLATE.replace("heading: 通知 ", "heading: 通知书 ").replace(
        "value: contract.amount", "value: sanction.amount"
    )


def test_what_a_browser_sends_back_unchanged_changes_nothing() -> None:
    typed = {
        place.pointer: place.value.replace("\n", "\r\n").rstrip()
        for block in blocks(document())
        for place in (*block.places, *(one for row in block.rows for one in row.places))
    }
    assert changed(typed) == TEMPLATE


def test_a_format_is_set_and_taken_away() -> None:
    spec = document(changed({"/blocks/1/facts/0/format": "text", "/blocks/1/facts/1/format": ""})).spec
    facts = spec["blocks"][1]["facts"]
    assert facts[0]["format"] == "text" and "format" not in facts[1]


@pytest.mark.parametrize("kind", KINDS)
def test_a_block_of_every_kind_is_put_behind_another_one(kind: str) -> None:
    for at in (0, 4):
        assert kinds(changed(act=f"add:{kind}:/blocks/{at}"))[at + 1] == kind


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_added_is_empty_and_told_until_it_is_written(kind: str, model_company) -> None:
    added = changed(act=f"add:{kind}:/blocks/0")
    empty = [one for one in places(added, 1) if one.value == ""]
    assert empty
    told = {
        one.pointer
        for one in compile_template(document(added), model_company.registry).problems
        if one.severity == "error"
    }
    assert told == {f"/spec{one.pointer}" for one in empty}
    written = changed({one.pointer: "写好" for one in empty}, text=added)
    assert not [
        one for one in compile_template(document(written), model_company.registry).problems if one.severity == "error"
    ]


def test_blocks_and_rows_move_and_go_with_what_was_typed() -> None:
    after = changed({"/blocks/0/heading": "改名"}, "down:/blocks/0")
    assert kinds(after)[:2] == ["facts", "heading"] and "heading: 改名   # what it is called" in after
    assert kinds(changed(act="remove:/blocks/2")) == ["heading", "facts", "table", "signatures"]
    rows = document(changed(act="up:/blocks/1/facts/1")).spec["blocks"][1]["facts"]
    assert [one["label"] for one in rows] == ["金额", "合同"]
    assert changed(act="up:/blocks/0") == changed(act="down:/blocks/4") == TEMPLATE  # nowhere to go
    for at in ("/blocks/1/facts", "/blocks/3/table/columns", "/blocks/4/signatures"):
        before = len(document().at(at))
        assert len(document(changed(act=f"row:{at}")).at(at)) == before + 1


@pytest.mark.parametrize(
    "act",
    ["remove:/blocks/9", "up:/title", "remove:/language", "add:nothing:/blocks/0", "add:clause:/blocks/1/facts/0",
     "burn:/blocks/0", "row:/blocks/0/heading", "row:/blocks", "remove:", "remove:/blocks/3/table/columns/0",
     "up:/blocks/x"],
)  # fmt: skip
def test_what_cannot_be_done_is_refused(act: str) -> None:
    with pytest.raises(Refused):
        step_for(document(), {}, act)


def test_an_empty_place_and_a_strange_format_are_said_there() -> None:
    for pointer, typed in (("/blocks/0/heading", "  "), ("/blocks/1/facts/0/format", "loud")):
        with pytest.raises(Refused) as refused:
            step_for(document(), {pointer: typed}, "save")
        assert refused.value.problems[0].field == pointer
