"""Regular expressions: the same answers as Python's own engine where both speak the same dialect, never its stalls."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loanloom import feel
from loanloom.feel import context
from loanloom.feel.patterns import compile_pattern

ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "^", "$", "\\d", "\\."])


def joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda one: f"(?:{one[0]}|{one[1]})"),
        inner.map(lambda one: f"({one})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "*?", "+?", "{2}", "{1,2}", "{2,}"])).map(
            lambda one: f"(?:{one[0]}){one[1]}"
        ),
    )


PATTERNS = st.recursive(ATOMS, joined, max_leaves=6)


def ignored(_: int) -> None:
    """Costs do not matter here."""


@settings(max_examples=600, deadline=None)
@given(PATTERNS, st.text(alphabet="ab1.", max_size=8))
def test_the_first_match_is_the_one_that_python_finds(pattern: str, text: str) -> None:
    wanted = re.search(pattern, text)
    found = compile_pattern(pattern).find(text, 0, ignored)
    assert (found is None) == (wanted is None)
    if found is None or wanted is None or "^" in pattern or "$" in pattern:
        return
    assert found[0] == wanted.start()
    assert re.fullmatch(pattern, text[found[0] : found[1]])
    if len(re.findall(r"\)[*+?{]", pattern)) < 2:  # engines differ in how a loop over an empty loop prefers to end
        assert found[:2] == wanted.span()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('matches("13800001234", "^1[3-9]\\d{9}$")', True),
        ('matches("1380000123", "^1[3-9]\\d{9}$")', False),
        ('matches("汉字", "^\\p{IsCJKUnifiedIdeographs}+$")', True),
        ('matches("ABC", "abc", "i")', True),
        ('matches("e", "[a-z-[aeiou]]")', False),
        ('replace("2026-03-02", "(\\d+)-(\\d+)-(\\d+)", "$3.$2.$1")', "02.03.2026"),
        ('split("a, b,c", ",\\s*")', ["a", "b", "c"]),
    ],
)
def test_the_functions(source: str, expected: object) -> None:
    program = feel.check(source, context({})).program
    assert program is not None
    assert program({}) == expected


@pytest.mark.parametrize(
    "pattern", ["(", ")", "[", "a{2,1}", "*a", "(a)\\1", "\\p{Xx}", "[z-a]", "a{1000}{1000}", "[a[b]]"]
)
def test_a_wrong_pattern_is_found_when_checked(pattern: str) -> None:
    quoted = pattern.replace("\\", "\\\\")
    found = feel.check(f'matches("x", "{quoted}")', context({})).problems
    assert [one.code for one in found] == ["feel.pattern"]
    assert found[0].column == 14 and found[0].message["zh"]
