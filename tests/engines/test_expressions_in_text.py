"""Every expression of the model company is found from the places of its own text, and nothing is found elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from loanloom.engines.expressions import Written, written
from loanloom.engines.expressions_in_text import Here, find
from loanloom.metadata.bundle import read_bundle
from loanloom.metadata.document import Document
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import Registry, build
from loanloom.metadata.source import Span

ROOT = Path(__file__).resolve().parents[2]
CURSOR = "¦"


@pytest.fixture(scope="module")
def registry() -> Registry:
    """The model company."""
    return build(read_bundle(ROOT, load_kinds()).documents, load_kinds()).registry


def documents(registry: Registry) -> Iterator[Document]:
    """Three of each kind that has expressions."""
    for kind in registry.kinds:
        if kind.expressions:
            yield from registry.all(kind.key)[:3]


def places(text: str, span: Span) -> list[int]:
    """Places in a value: in prose one in each stretch of six characters, else a few."""
    if "{{" in text[span.start : span.end]:
        return list(range(span.start, span.end, 6))
    return [span.start, span.start + 1, (span.start + span.end) // 2, span.end - 1, span.end]


def found_in(document: Document, registry: Registry) -> dict[tuple[str, int], Here]:
    """The expressions that are found in a text, by pointer and beginning. Those inside a decision model speak of the
    model's own names and are not among the expressions over facts.
    """
    assert document.source is not None
    found = {}
    for pointer, span in document.source.positions.values.items():
        if pointer.startswith("/spec/") and span.shape not in ("mapping", "list"):
            for at in places(document.source.text, span):
                here = find(document, at, registry)
                inside_model = document.kind == "decision_model" and not pointer.startswith("/spec/inputs/")
                if here is not None and not inside_model and (here.place.mark or here.source == here.source.strip()):
                    found[here.place.pointer, here.shift] = here
    return found


def test_each_expression_of_the_model_company_is_found_in_its_text_and_no_other(registry: Registry) -> None:
    seen = 0
    for document in documents(registry):
        meant = {(one.place.pointer, one.start): one for one in written(document, registry)}
        found = found_in(document, registry)
        assert found.keys() == meant.keys(), document.identity
        for place, one in meant.items():
            same(one, found[place])
            seen += 1
    assert seen > 150


def same(one: Written, here: Here) -> None:
    """The same expression at the same place, each of its characters where the file has it."""
    assert here.source == one.source
    assert here.place.pointer == one.place.pointer and here.place.tested == one.place.tested
    for at, character in enumerate(one.source[:60]):
        start, end = here.between(at, at + 1)
        in_file = here.opened.text[start:end]
        assert in_file == character or in_file[:1] in ("\\", "'", "=", "\n") or in_file.isspace(), (in_file, character)


def at(registry: Registry, kind: str, spec: str) -> Here | None:
    """What is found at the cursor in a small document."""
    written = f"apiVersion: loanloom/v1\nkind: {kind}\nkey: tried\ntitle: {{en: T, zh: 试}}\nspec:\n{spec}"
    where = written.index(CURSOR)
    read = read_document(written.replace(CURSOR, ""))
    assert read.document is not None, read.problems
    return find(read.document, where, registry)


TABLE = """  subject: application
  hit_policy: first
  outputs: [{{key: amount, title: {{en: A, zh: 甲}}, type: number}}]
  table:
    inputs:
      - {{title: {{en: K, zh: 类}}, value: customer.kind}}
      - {{title: {{en: A, zh: 额}}, value: application.amount}}
    rows:
      - when: [{first}, {second}]
        then: {{amount: {then}}}
"""


def test_a_cell_tests_the_value_of_its_own_column(registry: Registry) -> None:
    first = at(registry, "ruleset", TABLE.format(first='"\\"far¦\\""', second='"-"', then="1"))
    second = at(registry, "ruleset", TABLE.format(first='"-"', second='"> ¦"', then="1"))
    assert first is not None and first.place.tested is not None and "farmer" in (first.place.tested.values or ())
    assert second is not None and second.place.tested is not None and second.place.tested.kind == "number"
    assert (first.source, first.offset) == ('"far"', 4)
    assert (second.source, second.offset) == ("> ", 2)


def test_a_result_is_an_expression_behind_its_mark_only(registry: Registry) -> None:
    marked = at(registry, "ruleset", TABLE.format(first='"-"', second='"-"', then='"= application.am¦"'))
    assert marked is not None and marked.source == "  application.am" and marked.offset == len(marked.source)
    assert marked.place.expect is not None and marked.place.expect.kind == "number"
    for then in ("appl¦", "'¦= 5'", "5¦"):
        assert at(registry, "ruleset", TABLE.format(first='"-"', second='"-"', then=then)) is None, then


PROSE = """  document: contract
  title: {{en: C, zh: 合同}}
  language: zh
  blocks:
    - paragraph: {prose}
"""


@pytest.mark.parametrize(
    ("prose", "source", "offset"),
    [
        ('"Sum {{ loan.am¦ount | money }} yuan"', "loan.amount", 7),
        ("Sum {{ loan.number¦ }} yuan", "loan.number", 11),
        ('"{{ a }} and {{ ¦ }}"', " ", 0),
        ('"{{ loan.number ¦ }}"', "loan.number ", 12),
        ('"{{¦ loan.number }}"', " loan.number", 0),
        ('"so far {{ loan.¦"', " loan.", 6),
        (">-\n        one {{ loan.nu¦mber }}\n        two", "loan.number", 7),
        ('"Sum¦ {{ loan.amount }}"', None, 0),
        ('"{{ a }} ¦ {{ b }}"', None, 0),
        ('"{{ loan.amount | mo¦ney }}"', None, 0),
        ('"{¦{ loan.amount }}"', None, 0),
    ],
)
def test_placeholders(registry: Registry, prose: str, source: str | None, offset: int) -> None:
    found = at(registry, "template", PROSE.format(prose=prose))
    assert (found and (found.source, found.offset)) == (None if source is None else (source, offset))


def test_an_expression_longer_than_the_language_allows_gets_no_help(registry: Registry) -> None:
    long = "1" + " + 1" * 3000
    assert at(registry, "indicator", f"  subject: application\n  type: number\n  value: {long}¦\n") is None
    assert at(registry, "indicator", "  subject: application\n  type: number\n  value: 1 + 1¦\n") is not None
