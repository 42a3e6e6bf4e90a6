"""Templates: filled with what the case says, in the words of a contract; mistakes named with their place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from loanloom.engines import documents
from loanloom.engines.documents import Clause, FactList, TableBlock
from loanloom.engines.documents.placeholders import Cut, Unclosed, cut
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import build

Compile = Callable[[str], documents.CompiledTemplate]


def compiled(run: Compile, text: str) -> documents.Template:
    made = run(text)
    assert made.template is not None, [problem.in_words() for problem in made.problems]
    return made.template


def filled(template: documents.Template, facts: dict[str, Any]) -> documents.NeutralDocument:
    done = documents.fill(template, facts, number="HT-1")
    assert done.document is not None, done.problems
    return done.document


def test_values_read_as_a_contract_writes_them(compile_text: Compile, trial: str, facts: dict[str, Any]) -> None:
    document = filled(compiled(compile_text, trial), facts)
    listed = next(block for block in document.blocks if isinstance(block, FactList))
    assert dict(listed.rows) == {
        "金额": "120,000.00",
        "大写": "壹拾贰万元整",
        "利率": "10.8%",
        "还款方式": "等额本息",
        "住址": "—",
    }
    assert document.title == "试用借款合同"
    clauses = [block for block in document.blocks if isinstance(block, Clause)]
    assert clauses[0].text == "自2026年3月2日起12个月。"
    assert [clause.number for clause in clauses] == [1, 0, 2], "a clause with its own number keeps it"
    assert clauses[2].text == "有保证"
    table = next(block for block in document.blocks if isinstance(block, TableBlock))
    assert table.rows == (("1", "10,675.01", "1"),)
    assert [column.align for column in table.columns] == ["left", "right", "left"]


def test_the_stored_form_is_the_document(compile_text: Compile, trial: str, facts: dict[str, Any]) -> None:
    document = filled(compiled(compile_text, trial), facts)
    assert documents.from_json(documents.to_json(document)) == document


def test_one_document_for_each_guarantor(compile_text: Compile, head: str, facts: dict[str, Any]) -> None:
    text = head + '  each: guarantors\n  blocks: [{paragraph: "{{ guarantor.name }}"}]\n'
    template = compiled(compile_text, text)
    rows = documents.each_facts(template, facts)
    assert [next(iter(filled(template, row).texts())) for row in rows] == ["试用借款合同"] * 2
    assert [list(filled(template, row).texts())[1] for row in rows] == ["保证人甲", "保证人乙"]


def test_a_condition_decides_whether_it_is_needed(compile_text: Compile, head: str, facts: dict[str, Any]) -> None:
    text = head + "  when: sanction.amount > 100000\n  blocks: [{paragraph: x}]\n"
    template = compiled(compile_text, text)
    assert documents.applies(template, facts)
    assert not documents.applies(template, {**facts, "sanction": {"amount": Decimal(1)}})
    assert not documents.applies(template, {**facts, "sanction": None})


@pytest.mark.parametrize(
    ("blocks", "code", "words"),
    [
        ('[{paragraph: "{{ customer.nmae }}"}]', "feel.unknown_member", "name"),
        ('[{paragraph: "{{ customer.name"}]', "document.unclosed", "}}"),
        ('[{paragraph: "{{ customer.name | shout }}"}]', "document.unknown_format", "capitals"),
        ('[{paragraph: "{{ customer.name | money }}"}]', "feel.result_type", "number"),
        ("[{table: {rows: customer.name, columns: [{title: a, value: as_of}]}}]", "document.not_rows", "list"),
        ("[{heading: a}, {facts: [{label: a, value: sanction.amonut}]}]", "feel.unknown_member", "amount"),
    ],
)
def test_mistakes_are_named(compile_text: Compile, head: str, blocks: str, code: str, words: str) -> None:
    made = compile_text(head + f"  blocks: {blocks}\n")
    assert made.template is None
    assert [problem.code for problem in made.problems] == [code]
    problem = made.problems[0]
    assert words in problem.in_words("en")
    assert problem.line == 10
    assert code != "feel.unknown_member" or "customer" not in blocks or problem.column == 37, "inside the text"
    assert problem.pointer is not None and problem.pointer.startswith("/spec/blocks/")


def test_what_cannot_be_worked_out_is_refused_whole(compile_text: Compile, head: str, facts: dict[str, Any]) -> None:
    template = compiled(compile_text, head + '  blocks: [{paragraph: "{{ 1 / (sanction.amount - 120000) }}"}]\n')
    done = documents.fill(template, facts)
    assert done.document is None
    assert "sanction.amount" in done.problems[0].in_words("en")


def test_texts_are_cut_at_placeholders() -> None:
    assert cut("a {{ b | money }} c") == ["a ", Cut("b", "money", 5), " c"]
    assert cut('{{ "}}" }}') == [Cut('"}}"', None, 3)]
    assert cut('{{ "a | money" }}') == [Cut('"a | money"', None, 3)]
    assert cut("x {{ y") == ["x ", Unclosed(2)]
    assert cut("}} plain {") == ["}} plain {"]


def test_every_format_in_both_languages() -> None:
    shown = documents.shown
    assert shown(date(2026, 3, 2), "date", "en") == "2 March 2026"
    assert shown(Decimal("1234.5"), "money", "en") == "1,234.50"
    assert shown(True, None, "zh") == "是"
    assert shown(["a", "b"], None, "zh") == "a、b"
    assert shown("k", "code", "en", {"k": {"en": "Key", "zh": "键"}}) == "Key"
    assert shown(None, "money", "en") == "—"
    assert shown(Decimal("0.0435"), "percent", "en") == "4.35%"


def test_a_value_of_several_parts_reads_as_one() -> None:
    shown = documents.shown
    home = {"area": "330106", "detail": "文三路1号", "text": "浙江省杭州市西湖区文三路1号"}
    lease = {"start": date(2026, 1, 1), "end": date(2027, 12, 31)}
    place = {"latitude": Decimal("30.25"), "longitude": Decimal("120.15"), "accuracy": Decimal(8)}
    assert shown(home, None, "zh", {"330106": {"zh": "西湖区"}}) == home["text"]
    assert shown(lease, None, "zh") == "2026年1月1日 至 2027年12月31日"
    assert shown(lease, "text", "en") == "1 January 2026 to 31 December 2027"
    as_kept = dict(reversed(lease.items()))  # the database orders the parts of a value in its own way
    assert shown(as_kept, None, "zh") == "2026年1月1日 至 2027年12月31日"
    assert shown(place, None, "en") == "30.25, 120.15"
    assert shown({"name": "李四", "known": lease, "home": None}, None, "zh") == "李四，2026年1月1日 至 2027年12月31日"
    assert shown([{"what": "碾茶机"}, {"what": "烘干机"}], None, "zh") == "碾茶机、烘干机"
    assert shown([], None, "zh") == "—"


def test_a_code_below_others_is_written_with_them(head: str) -> None:
    entity = """
apiVersion: loanloom/v1
kind: entity
key: customer
title: {en: More, zh: 补充}
spec: {extends: customer, fields: [{key: shop_area, title: {en: Area, zh: 地区}, type: cascade, code_list: area}]}
"""
    codes = """
apiVersion: loanloom/v1
kind: code_list
key: area
title: {en: Areas, zh: 行政区划}
spec:
  items:
    - {key: "330106", title: {en: Xihu, zh: 西湖区}, parent: "3301"}
    - {key: "3301", title: {en: Hangzhou, zh: 杭州市}, parent: "33"}
    - {key: "33", title: {en: Zhejiang, zh: 浙江省}}
"""
    paper = head + '  blocks: [{paragraph: "{{ customer.shop_area }}"}]'
    read = [read_document(text, f"{at}.yaml").document for at, text in enumerate((entity, codes, paper))]
    registry = build([one for one in read if one is not None], load_kinds()).registry
    template = documents.compile_template(registry.require("template", "trial"), registry).template
    assert template is not None
    for language, words in (("zh", "浙江省杭州市西湖区"), ("en", "Zhejiang / Hangzhou / Xihu")):
        done = documents.fill(replace(template, language=language), {"customer": {"shop_area": "330106"}})
        assert words in str(done)
