"""The strict reader: what words mean, where things stand, and that nothing makes it raise or stall."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from loanloom.metadata.reader import read_document
from loanloom.metadata.tree import read_tree


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"), ("yes", "yes"), ("on", "on"), ("true", True), ("False", False), ("null", None), ("~", None),
        ("12:30", "12:30"), ("010", "010"), ("0o17", "0o17"), ("0x1F", "0x1F"), ("+8613800138000", "+8613800138000"),
        ("1_000", "1_000"), ("2026-01-31", "2026-01-31"), ("2026-01-31 10:00:00", "2026-01-31 10:00:00"),
        ("12", 12), ("-3", -3), ("0.10", Decimal("0.10")), ("1e3", Decimal(1000)), ('"12"', "12"), (".5", ".5"),
        ("=", "="), ("<<", "<<"),
    ],
)  # fmt: skip
def test_what_a_word_means(written: str, value: object) -> None:
    tree = read_tree(f"value: {written}\n")
    assert tree.problems == ()
    assert tree.value == {"value": value}
    assert type(tree.value["value"]) is type(value)


@pytest.mark.parametrize("written", [".inf", "-.INF", ".nan", "1e400", "9" * 40, "0." + "1" * 40])
def test_numbers_that_cannot_be_kept_exactly_are_refused(written: str) -> None:
    (problem,) = read_tree(f"a: 1\nvalue: {written}\n").problems
    assert (problem.code, problem.line, problem.column) == ("metadata.number_out_of_range", 2, 8)


def test_places_of_keys_and_values() -> None:
    positions = read_tree("a:\n  - {b: 1, 'c': two}\n  - |\n    long\n    text\n").source.positions
    assert positions.place("/a/0/c") == (2, 17)
    assert positions.place("/a/0/c", key=True) == (2, 12)
    assert positions.place("/a/0/nothing/there") == (2, 5)
    text = "a: |\n  one\n  two\nb: 'x + y'\n"
    tree = read_tree(text)
    assert tree.source.positions.inside("/a", 2, 3, text) == (3, 5)
    assert tree.source.positions.inside("/b", 1, 5, text) == (4, 9)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: 1\na: 2\n", "metadata.duplicate_key"),
        ("a: !!python/name:os.system x\n", "metadata.tag_refused"),
        ('a: "zero \\0"\n', "metadata.character_refused"),
        ("? [a]\n: b\n", "metadata.bad_key"),
        ("--- a\n--- b\n", "metadata.several_documents"),
        ("a: [\n", "metadata.syntax"),
        ("\tx: 1\n", "metadata.syntax"),
        ("a: \x00", "metadata.syntax"),
        ("a: \ud800", "metadata.syntax"),
        ("a: *nobody\n", "metadata.alias_refused"),
        ("[" * 5000, "metadata.too_deep"),
        ("x" * 1_000_001, "metadata.too_large"),
    ],
)
def test_what_is_refused(text: str, code: str) -> None:
    problems = read_tree(text, "x.yaml").problems
    assert code in {problem.code for problem in problems}
    assert all(problem.line and problem.file == "x.yaml" for problem in problems)


def test_aliases_do_not_lead_deeper_than_brackets() -> None:
    ladder = "a0: &a0 1\n" + "".join(f"a{n}: &a{n} {'[' * 40}*a{n - 1}{']' * 40}\n" for n in range(1, 40))
    found = read_document(f"apiVersion: loanloom/v1\nkind: code_list\nkey: x\ntitle: {{en: x}}\nspec: {{}}\n{ladder}")
    assert [problem.code for problem in found.problems][:1] == ["metadata.too_deep"]


def test_an_alias_as_deep_as_allowed_is_taken() -> None:
    assert read_tree(f"a: &a {'[' * 40}1{']' * 40}\nb: [[*a]]\n").problems == ()


def test_thousands_of_keys_that_stand_twice_are_told_at_once() -> None:
    keys = "".join(f"k{n}: 1\n" for n in range(20_000))
    began = time.process_time()
    tree = read_tree(keys + "k0: {inside: 2}\n" * 10_000)
    assert time.process_time() - began < 5
    assert {problem.code for problem in tree.problems} == {"metadata.duplicate_key"}
    assert tree.source.positions.near(len(keys) + 10) == "/k19999", "no place leads to what was not taken"


def test_a_mistake_below_a_key_that_stands_twice_is_told_at_what_was_taken() -> None:
    twice, number = read_tree("a: 1\nb:\n  c: 1\n  c: [2, 12e99999999]\n").problems
    assert (twice.code, twice.pointer) == ("metadata.duplicate_key", "/b/c")
    assert (number.code, number.line, number.pointer) == ("metadata.number_out_of_range", 4, "/b")


def test_a_key_with_a_character_that_cannot_be_kept_is_refused() -> None:
    (problem,) = read_tree('a: 1\n"\\0refused": 2\n').problems
    assert (problem.code, problem.line) == ("metadata.character_refused", 2)


def test_aliases_cannot_be_blown_up() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
    began = time.process_time()
    problems = read_tree(bomb).problems
    assert {problem.code for problem in problems} == {"metadata.too_large"}
    assert time.process_time() - began < 1


@pytest.mark.parametrize("piece", ["[", "{a: ", "- ", "? ", "&a ", "!x ", "'", '"\\', "a: b: ", "\u2028", "{[", "*a "])
def test_hostile_text_ends_quickly(piece: str) -> None:
    began = time.process_time()
    read_document(piece * 20_000)
    assert time.process_time() - began < 3


def test_json_is_read_too() -> None:
    tree = read_tree('{"a": [1, 0.50, null, true, "\\u5f20\\ud83d\\ude00", "x\\/y"],\n\t"b": {}}')
    assert tree.problems == ()
    assert tree.value == {"a": [1, Decimal("0.50"), None, True, "张😀", "x/y"], "b": {}}


_YAMLISH = st.text(alphabet="ab: -\n[]{},'\"#&*!|>%@?\t1.0é张\\~", max_size=120)


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=200), _YAMLISH))
@example("? ? ?")
@example("{? a: b, ? {c}}")
@example("- - - a\n - b")
def test_never_raises(text: str) -> None:
    read = read_document(text, "any.yaml")
    assert read.document is None or read.document.spec is not None
    assert read.document is not None or read.problems
    for problem in read.problems:
        assert problem.message["en"] and problem.message["zh"]


def test_an_envelope_out_of_order_is_told_all_at_once() -> None:
    read = read_document("apiVersion: loanloom/v2\nkind: Product\ntitle: Loan\nspec: []\nextra: 1\n")
    assert read.document is None
    assert {problem.code for problem in read.problems} == {
        "metadata.not_a_choice", "metadata.bad_format", "metadata.wrong_type", "metadata.missing_key",
        "metadata.unknown_key",
    }  # fmt: skip
