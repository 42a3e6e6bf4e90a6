"""Help inside the YAML text of a definition over HTTP: asked with a place of the text, answered with places of it."""

from __future__ import annotations

import time
from typing import Any

import pytest
from tests.web.studio.test_expressions import ask

from loanloom.metadata.tree import read_tree
from loanloom.services.definitions.releases import drafts

CURSOR = "¦"
RULE = 'customer.kind != "farmer"'


def asked(browser: Any, address: str, written: str, kind: str = "ruleset", key: str = "eligibility-farmer") -> Any:
    """What is answered for a text with the cursor in it; offsets as a browser counts them."""
    at = units(written[: written.index(CURSOR)])
    found = ask(browser, address, kind=kind, key=key, source=written.replace(CURSOR, ""), at=at)
    assert found.status_code == 200, found.get_data(as_text=True)
    return found.get_json()


def units(words: str) -> int:
    return len(words.encode("utf-16-le")) // 2


def picked(written: str, answer: Any, label: str) -> str:
    """The text after a completion was taken, the cursor where it goes."""
    option = next(one for one in answer["options"] if one["label"] == label)
    source = written.replace(CURSOR, "").encode("utf-16-le")
    before, after = source[: 2 * option["from"]].decode("utf-16-le"), source[2 * option["to"] :].decode("utf-16-le")
    into = option["apply"].encode("utf-16-le")
    cursor = 2 * option["cursor"]
    return before + into[:cursor].decode("utf-16-le") + CURSOR + into[cursor:].decode("utf-16-le") + after


@pytest.fixture
def admin(person: Any) -> Any:
    return person("business-administrator")


@pytest.fixture
def rules(model_company: Any) -> Any:
    """The text of a rule set with another first condition."""
    source = drafts.text_of(model_company, "ruleset", "eligibility-farmer")
    assert source.count(RULE) == 1

    def make(condition: str) -> str:
        return source.replace(RULE, condition)

    return make


def condition_of(written: str) -> Any:
    tree = read_tree(written.replace(CURSOR, ""))
    assert not tree.problems, tree.problems
    return tree.value["spec"]["rules"][0]["when"]


@pytest.mark.parametrize(
    ("written", "label", "after", "condition"),
    [
        ("customer.since¦", "since_on", "customer.since_on¦", "customer.since_on"),
        ("customer.¦ = null", "since_on", "customer.since_on¦ = null", "customer.since_on = null"),
        ("customer.kind = ¦", '"farmer"', 'customer.kind = "farmer"¦', 'customer.kind = "farmer"'),
        ('"customer.kind = ¦"', '"farmer"', '"customer.kind = \\"farmer\\"¦"', 'customer.kind = "farmer"'),
        ('"customer.kind = \\"far¦\\""', '"farmer"', '"customer.kind = \\"farmer\\"¦"', 'customer.kind = "farmer"'),
        ("'customer.kind = ¦ '", '"farmer"', "'customer.kind = \"farmer\"¦ '", 'customer.kind = "farmer" '),
        (
            ">-\n        customer.age > 1\n        and customer.since¦\n        = null",
            "since_on",
            ">-\n        customer.age > 1\n        and customer.since_on¦\n        = null",
            "customer.age > 1 and customer.since_on = null",
        ),
        (
            "|\n        // 𠮷\n        customer.since¦ = null",
            "since_on",
            "|\n        // 𠮷\n        customer.since_on¦ = null",
            "// 𠮷\ncustomer.since_on = null\n",
        ),
        ("toda¦", "today()", "today()¦", "today()"),
        ("tru¦", "true", "'true¦'", "true"),
        ("customer.kind in (¦)", '"farmer"', 'customer.kind in ("farmer"¦)', 'customer.kind in ("farmer")'),
    ],
)  # fmt: skip
def test_a_completion_fits_the_way_the_value_is_written(
    admin: Any, rules: Any, written: str, label: str, after: str, condition: str
) -> None:
    text = rules(written)
    answer = asked(admin, "complete", text)
    done = picked(text, answer, label)
    assert done == rules(after)
    assert condition_of(done) == condition
    assert answer["from"] <= units(text[: text.index(CURSOR)]) <= answer["to"]


CELLS = """apiVersion: loanloom/v1
kind: ruleset
key: eligibility-farmer
title: {en: T, zh: 试}
spec:
  subject: application
  hit_policy: first
  outputs: [{key: outcome, title: {en: O, zh: 结}, type: string, values: [refuse, pass]}]
  table:
    inputs:
      - {title: {en: K, zh: 类}, value: customer.kind}
      - {title: {en: D, zh: 日}, value: customer.since_on}
    rows:
      - {key: a, when: [%s, "-"], then: {outcome: pass}, reason: {en: R, zh: 因}}
      - key: b
        when:
          - "-"
          - %s
        then: {outcome: %s}
        reason: {en: R, zh: 因}
"""


def test_a_cell_offers_what_its_column_may_be(admin: Any) -> None:
    text = CELLS % ("¦", '"-"', "pass")
    answer = asked(admin, "complete", text)
    assert answer["options"] == []  # nothing is an item of a list in brackets yet
    text = CELLS % ('"¦"', '"-"', "pass")
    answer = asked(admin, "complete", text)
    assert answer["options"][0]["kind"] == "value"
    done = picked(text, answer, '"farmer"')
    assert '[ "\\"farmer\\"¦", "-"]'.replace("[ ", "[") in done
    text = CELLS % ('"-"', "¦", "pass")
    done = picked(text, asked(admin, "complete", text), 'date("")')
    assert '- date("¦")' in done
    text = CELLS % ('"-"', "< ¦", "pass")
    assert "- < today()¦" in picked(text, asked(admin, "complete", text), "today()")


def test_a_result_is_completed_behind_its_mark(admin: Any) -> None:
    text = CELLS % ('"-"', '"-"', "= customer.na¦")
    assert "{outcome: = customer.name¦}" in picked(text, asked(admin, "complete", text), "name")
    text = CELLS % ('"-"', '"-"', "customer.na¦")
    assert asked(admin, "complete", text)["options"] == []


def test_a_placeholder_of_a_template(admin: Any, model_company: Any) -> None:
    source = drafts.text_of(model_company, "template", "loan-contract-en")
    assert source.count("{{ application.purpose }}”") == 1
    text = source.replace("{{ application.purpose }}”", "{{ application.purp¦ }}”")
    answer = asked(admin, "complete", text, "template", "loan-contract-en")
    assert picked(text, answer, "purpose") == text.replace("purp¦", "purpose¦")
    said = asked(admin, "hover", text, "template", "loan-contract-en")
    assert said["hover"] is None or said["hover"]["type"]
    outside = source.replace("to be used for", "to be u¦sed for")
    assert asked(admin, "complete", outside, "template", "loan-contract-en")["options"] == []


@pytest.mark.parametrize(
    "written",
    ["customer.ki¦nd = 1", '"a and customer.ki¦nd = \\"x\\""', ">-\n        a = 1\n        and customer.ki¦nd = 1"],
)
def test_the_pointer_is_told_what_stands_there(admin: Any, rules: Any, written: str) -> None:
    text = rules(written)
    found = asked(admin, "hover", text)["hover"]
    assert found["path"] == "customer.kind" and found["title"]["zh"] and found["codes"]["en"]
    plain = text.replace(CURSOR, "").encode("utf-16-le")
    assert plain[2 * found["from"] : 2 * found["to"]].decode("utf-16-le") == "customer.kind"


NOT_HERE = ["subject: app¦lication", "key: ki¦nd", "zh: 仅限农¦户", "¦spec:", "when: {a: ¦", 'when: "a¦']


@pytest.mark.parametrize("written", NOT_HERE)
def test_outside_expressions_and_in_broken_texts_nothing_is_said(admin: Any, rules: Any, written: str) -> None:
    old = written.replace(CURSOR, "") if "when" not in written else f"when: {RULE}"
    text = rules(RULE)
    assert old in text
    text = text.replace(old, written, 1)
    found = asked(admin, "complete", text)
    here = units(text[: text.index(CURSOR)])
    assert found == {"from": here, "to": here, "options": []}
    assert asked(admin, "hover", text) == {"hover": None, "signature": None}


TOP = "apiVersion: loanloom/v1\nkind: ruleset\nkey: eligibility-farmer\ntitle: {en: T}\n"
HOSTILE = [
    "", "{", "a: &a [*a, *a]", "[" * 300, "a: " * 500, "\x00", "\ud800", "%YAML 9", "- " * 200, "!!python/object:x",
    TOP + "spec: 5",
    TOP + "spec: {rules: [{when: a}]}",
    TOP + "spec: {table: {rows: [{when: [a]}]}}",
    "\ufeffapiVersion: loanloom/v1",
]  # fmt: skip


@pytest.mark.parametrize("source", HOSTILE)
def test_no_text_is_ever_a_defect(admin: Any, source: str) -> None:
    for at in (0, len(source) // 2, len(source), len(source) - 2, 10**20, -7):
        for address in ("complete", "hover"):
            found = ask(admin, address, kind="ruleset", key="eligibility-farmer", source=source, at=at)
            assert found.status_code in (200, 400), (source[:20], at)


def test_what_cannot_be_understood_is_said_so(admin: Any, person: Any) -> None:
    right = {"kind": "ruleset", "key": "eligibility-farmer", "source": "a: 1", "at": 1}
    for wrong, status in (({"at": "x"}, 422), ({"at": None}, 422), ({"source": 5.5}, 422), ({"kind": "moon"}, 404),
                          ({"source": "x" * 500_000}, 422)):  # fmt: skip
        assert ask(admin, "complete", **{**right, **wrong}).status_code == status, wrong
    assert ask(person("finance"), "complete", **right).status_code == 403


def test_a_large_text_is_answered_soon(admin: Any, rules: Any) -> None:
    """A rule set of more than a thousand rules, in the last of which somebody types."""
    text = rules("customer.kind = ¦")
    begin, end = text.index("    - key: region"), text.index("    - key: consent")
    row = text[begin:end]
    many = "".join(row.replace("key: region", f"key: region_{at}") for at in range(1000))
    text = text[:begin] + many + text[begin:]
    assert 200_000 < len(text) < 400_000
    begun = time.process_time()
    answer = asked(admin, "complete", text)
    assert answer["options"][0]["label"].startswith('"')
    assert time.process_time() - begun < 3


def checked(browser: Any, written: str) -> Any:
    fields = {"source": written, "csrf_token": browser.csrf()}
    return browser.post("/studio/definitions/ruleset/eligibility-farmer/check", data=fields)


MARKED = [
    ("customer.knid = 1", "knid"),
    ('"\\"𠮷\\" = \\"a\\" and customer.knid = 1"', "knid"),
    ("'customer.knid = ''1'''", None),
    (">-\n        customer.kind = 1\n        and customer.knid = 1", "knid"),
    ("|\n        customer.age = 1\n\n        or customer.knid", "knid"),
    ("customer.kind = 5", "customer.kind"),
]


@pytest.mark.parametrize(("condition", "word"), MARKED)
def test_a_problem_is_marked_at_its_word_alone(admin: Any, rules: Any, condition: str, word: str | None) -> None:
    """From line and column to just behind the word, as a browser counts."""
    written = rules(condition)
    found = checked(admin, written)
    lines, marked = written.split("\n"), []
    for one in found.json["problems"]:
        line = lines[one["line"] - 1].encode("utf-16-le")
        assert one["end_line"] == one["line"]
        marked.append(line[2 * (one["column"] - 1) : 2 * (one["end_column"] - 1)].decode("utf-16-le"))
    assert marked and (word is None or word in marked), marked


def test_a_wrong_key_and_a_wrong_value_are_marked_alone(admin: Any, rules: Any) -> None:
    written = rules(RULE).replace("hit_policy: collect", "hit_policy: collects\n  colour: red")
    found = checked(admin, written)
    lines = written.split("\n")
    marked = {lines[one["line"] - 1][one["column"] - 1 : one["end_column"] - 1] for one in found.json["problems"]}
    assert marked == {"collects", "colour"}
