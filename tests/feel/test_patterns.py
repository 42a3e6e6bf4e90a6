"""Regular expressions: one meaning on both matchers and in Python where the dialects meet, and never a stall."""

from __future__ import annotations

import gc
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loanloom import feel
from loanloom.feel import STRING, context
from loanloom.feel.limits import MAX_STEPS
from loanloom.feel.patterns import Pattern, compile_pattern
from loanloom.feel.patterns.backtracking import Backtracking
from loanloom.feel.patterns.dialect import read
from loanloom.feel.problems import Fault
from loanloom.feel.running.budget import Budget

ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "^", "$", "\\d", "\\.", "\\s", "[a-c-[b]]", "\\p{L}"])
PLAIN = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "\\d", "\\."])


def joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda one: f"(?:{one[0]}|{one[1]})"),
        inner.map(lambda one: f"({one})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "*?", "+?", "{2}", "{1,2}", "{2,}"])).map(
            lambda one: f"(?:{one[0]}){one[1]}"
        ),
    )


def ignored(_: int) -> None:
    """Costs do not matter here."""


def first(pattern: str, text: str, flags: str = "") -> tuple[int, ...] | None:
    return compile_pattern(pattern, flags).find(text, ignored)


@settings(max_examples=400, deadline=None)
@given(st.recursive(PLAIN, joined, max_leaves=6), st.text(alphabet="ab1.", max_size=8))
def test_the_first_match_is_the_one_that_python_finds(pattern: str, text: str) -> None:
    wanted = re.search(pattern, text)
    found = first(pattern, text)
    assert (found is None) == (wanted is None)
    if found is None or wanted is None:
        return
    assert found[0] == wanted.start()
    assert re.fullmatch(pattern, text[found[0] : found[1]])
    if len(re.findall(r"\)[*+?{]", pattern)) < 2:  # engines differ in how a loop over an empty loop prefers to end
        assert found[:2] == wanted.span()


@settings(max_examples=400, deadline=None)
@given(
    st.recursive(ATOMS, joined, max_leaves=6),
    st.text(alphabet="aAbB1.\né", max_size=8),
    st.text(alphabet="smi", max_size=2),
)
def test_both_matchers_agree(pattern: str, text: str, flags: str) -> None:
    tree = read(pattern, flags)
    fast, careful = Pattern(tree).find(text, ignored), next(Backtracking(tree).all(text, ignored), None)
    assert (fast is None) == (careful is None)
    assert Pattern(tree).holds(text, ignored) == (fast is not None)
    if fast is not None and careful is not None:
        assert fast[0] == careful[0]
        if len(re.findall(r"\)[*+?{]", pattern)) < 2:
            assert fast[:2] == careful[:2]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('matches("13800001234", "^1[3-9]\\d{9}$")', True),
        ('matches("1380000123", "^1[3-9]\\d{9}$")', False),
        ('matches("汉字", "^\\p{IsCJKUnifiedIdeographs}+$")', True),
        ('matches("ABC", "abc", "i")', True),
        ('matches("e", "[a-z-[aeiou]]")', False),
        ('matches("O", "[A-Z-[OI]]", "i")', False),
        ('matches("x", "[A-Z-[OI]]", "i")', True),
        ('matches("q", "[^Q]", "i")', False),
        ('matches("m", "\\p{Lu}", "i")', False),  # categories keep their case
        ('matches("hello world", "hello \\s world", "x")', True),
        ('matches("a.b", "a.b", "q")', True),
        ('matches("axb", "a.b", "q")', False),
        ('matches("line\nbreak", "line.break")', False),
        ('matches("line\nbreak", "line.break", "s")', True),
        ('matches("one\ntwo\n", "^two$", "m")', True),
        ('matches("one\n", "^$", "m")', False),  # no line begins after the last newline
        ('matches("one\n\n", "^$", "m")', True),
        ('matches("abab", "^(ab)\\1$")', True),
        ('matches("Aa", "^(a)\\1$", "i")', True),
        ('matches("ab", "^(?:a|(x))b\\1$")', True),  # a group that took no part repeats as nothing
        ('matches("xml:lang", "^\\i\\c*$")', True),
        ('replace("2026-03-02", "(\\d+)-(\\d+)-(\\d+)", "$3.$2.$1")', "02.03.2026"),
        ('replace("abc", "b", "[$0]")', "a[b]c"),
        ('replace("abc", "(b)", "$12")', "ab2c"),  # one group: the 2 is a 2
        ('replace("a.b", ".", "$", "q")', "a$b"),
        ('replace("abab", "(a)(b)\\1", "$2")', "bb"),
        ('split("a, b,c", ",\\s*")', ["a", "b", "c"]),
        ('split("a1b22c", "\\d+")', ["a", "b", "c"]),
    ],
)
def test_the_functions(source: str, expected: object) -> None:
    checked = feel.check(source.replace("\n", "\\n"), context({}))
    assert checked.program is not None, checked.problems
    assert checked.program({}) == expected


@pytest.mark.parametrize(
    "pattern",
    [
        "(", ")", "[", "a{2,1}", "*a", "a**", "(a)\\2", "(a\\1)", "\\p{Xx}", "\\p{IsNowhere}", "[z-a]", "[]",
        "a{1000}{1000}", "[a[b]]", "[a-[b]c]", "a{,2}", "a]", "a}", "\\y", "[\\1]", "(" * 60,
    ],
)  # fmt: skip
def test_a_wrong_pattern_is_found_when_checked(pattern: str) -> None:
    quoted = pattern.replace("\\", "\\\\")
    found = feel.check(f'matches("x", "{quoted}")', context({})).problems
    assert [one.code for one in found] == ["feel.pattern"]
    assert found[0].column == 14
    assert found[0].message["zh"]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("(a+)+$", "a" * 5_000 + "!"),
        ("(a|a)*b", "a" * 5_000),
        ("(.*)(.*)(.*)(.*)(.*)x", "a" * 2_000),
        ("(x+x+)+y", "x" * 5_000),
        ("^(a?){50}a{50}$", "a" * 50),
        ("(\\w+\\s?)+$", "wort " * 1_000 + "!"),
        ("(a*)*\\1b", "a" * 200),
        ("(.+)+\\1$", "ab" * 500),
        ("((a{1,20}){1,20}){1,2}\\2?", "a" * 900),
    ],
)
def test_no_pattern_stalls(pattern: str, text: str) -> None:
    compiled = compile_pattern(pattern)
    began = time.process_time()
    try:
        compiled.find(text, Budget().spend)
    except Fault as fault:
        assert fault.code == "feel.too_many_steps"
    assert time.process_time() - began < 0.25, "a bound of 50 ms, with room for a loaded machine"


def test_a_long_text_is_within_the_bounds_of_one_evaluation() -> None:
    budget = Budget(MAX_STEPS)
    text = "借款人甲方 2026-03-02 " * 4_000
    assert len(text) > 60_000
    assert compile_pattern("\\d{4}-\\d{2}-\\d{3}").find(text, budget.spend) is None
    assert budget.left > 0


def test_half_a_character_is_no_end_of_the_world() -> None:
    assert first("b", "a\ud800b") == (2, 3)


@pytest.mark.parametrize(
    "source",
    [
        " or ".join(f'matches(s, "\\\\p{{L}}{{1,{count}}}x")' for count in range(1, 180)),
        'matches(s, "' + "[\\\\w\\\\W]" * 220 + '")',
        'matches(s, "' + "\\\\p{L}" * 390 + '")',
        'matches(s, "(\\\\w{1,30}-){1,30}$")',
        'for i in 1..600 return matches(s, "\\\\p{L}{1," + string(i) + "}x")',
        'for i in 1..600 return matches(s, "[^\\\\p{L}\\\\w" + string(i) + "]x")',
    ],
)
def test_large_classes_are_bounded_too(source: str) -> None:
    first("\\d\\p{L}", "")  # the tables of Unicode are read once in a process
    gc.collect()  # what other tests left is not cleared away at the expense of this one, nor do their threads count
    began = time.thread_time()
    checked = feel.check(source, context({"s": STRING}))
    if checked.program is not None:
        checked.program.evaluate({"s": "ab字-" * 10})
    assert time.thread_time() - began < 0.25, "a bound of 50 ms, with room for a loaded machine"
