"""Canonical text and its layout: the same tree again, the same text twice, comments kept, lines short enough."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from loanloom import feel
from loanloom.feel.text import syntax as s
from loanloom.feel.text.cursor import NameTable
from loanloom.feel.text.formatter import canonical
from loanloom.feel.text.layout import formatted
from loanloom.feel.text.parser import parse, parse_unary
from loanloom.feel.text.widths import columns

SPACED = ("monthly income", "月 收入", "date and time")
NAMES = NameTable(SPACED)

names = st.sampled_from(["a", "b", "收入", *SPACED[:2]])
texts = st.text(alphabet='ab"\\\n\t汉/*', max_size=6)
numbers = st.decimals(min_value=0, max_value=10**9, allow_nan=False, allow_infinity=False, places=4)
leaves = st.one_of(
    names.map(s.Name),
    numbers.map(s.Literal_),
    texts.map(s.Literal_),
    st.sampled_from([True, False, None]).map(s.Literal_),
    st.just(s.AtLiteral("2026-03-02")),
)
types = st.sampled_from([s.TypeName("number"), s.TypeName("list", (("", s.TypeName("string")),))])
several = lambda inner, least=1: st.lists(inner, min_size=least, max_size=3).map(tuple)  # noqa: E731


def _test(inner: st.SearchStrategy[s.Node]) -> st.SearchStrategy[s.Node]:
    return st.one_of(inner, st.builds(s.Test, st.sampled_from(["<", ">=", "!="]), inner))


def _iterators(inner: st.SearchStrategy[s.Node]) -> st.SearchStrategy[tuple[s.Iterator, ...]]:
    return several(st.builds(s.Iterator, names, inner, st.none() | inner))


def _forms(inner: st.SearchStrategy[s.Node]) -> st.SearchStrategy[s.Node]:
    """Every form of the language over smaller ones."""
    return st.one_of(
        st.builds(s.Member, inner, names),
        st.builds(s.Filter, inner, inner),
        st.builds(s.Call, names.map(s.Name), several(inner, 0)),
        st.builds(s.Call, names.map(s.Name), st.tuples(inner, inner), st.permutations(["a", "b"]).map(tuple)),
        st.builds(s.Negate, inner),
        st.builds(s.Arithmetic, st.sampled_from(["+", "-", "*", "/", "**"]), inner, inner),
        st.builds(s.Compare, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), inner, inner),
        st.builds(s.Logic, st.sampled_from(["and", "or"]), several(inner, 2)),
        st.builds(s.Between, inner, inner, inner),
        st.builds(s.In, inner, several(_test(inner))),
        st.builds(s.Range, inner, inner, st.booleans(), st.booleans()),
        inner.map(lambda one: s.Range(None, one, False, True)),
        inner.map(lambda one: s.Range(one, None, False, False)),
        several(inner, 0).map(s.ListOf),
        st.builds(s.Context, several(st.tuples(names | st.just("key with \"quotes"), inner), 0)),
        st.builds(s.If, inner, inner, inner),
        st.builds(s.For, _iterators(inner), inner),
        st.builds(s.Quantified, st.sampled_from(["some", "every"]), _iterators(inner), inner),
        st.builds(s.InstanceOf, inner, types),
        st.builds(s.Lambda, several(st.tuples(names, st.none() | types), 0), inner),
    )  # fmt: skip


trees = st.recursive(leaves, _forms, max_leaves=8)
CASE = s.If(s.Name("a"), s.Name("a"), s.Name("a"))
FILTERED = s.Filter(s.Name("a"), s.Name("b"))
RANGE_IN_A_RANGE = s.Range(s.Name("a"), s.Range(FILTERED, None, False, False), False, False)


@settings(max_examples=150, deadline=None)
@given(trees)
def test_the_text_of_any_tree_gives_the_tree_and_itself(tree: s.Node) -> None:
    text = canonical(tree)
    again = parse(text, NAMES)
    assert again == tree, text
    assert canonical(again) == text


@example(tests=(RANGE_IN_A_RANGE,), negated=False)
@settings(max_examples=60, deadline=None)
@given(st.lists(_test(st.recursive(leaves, _forms, max_leaves=4)), max_size=3).map(tuple), st.booleans())
def test_the_text_of_any_cell_gives_the_cell(tests: tuple[s.Node, ...], negated: bool) -> None:
    cell = s.UnaryTests(tests, negated=negated and bool(tests))
    assert parse_unary(canonical(cell), NAMES) == cell, canonical(cell)


@settings(max_examples=80, deadline=None)
@given(trees, st.integers(20, 80))
def test_a_layout_means_the_same_and_is_stable(tree: s.Node, width: int) -> None:
    source = canonical(tree)
    laid = formatted(source, parse(source, NAMES), width)
    again = parse(laid, NAMES)
    assert again == tree, laid
    assert formatted(laid, again, width) == laid
    if "\n" not in laid:
        assert laid == source


COMMENTS = st.sampled_from(["// why\n", "/* because */", "/* one\n two */", " \n// own line\n", "\n"])


@example(tree=CASE, comments=[(0.0, "// why\n"), (0.0, "// why\n")], width=20)
@settings(max_examples=80, deadline=None)
@given(trees, st.lists(st.tuples(st.floats(0, 1), COMMENTS), min_size=1, max_size=4), st.integers(20, 80))
def test_comments_are_kept_wherever_they_stand(tree: s.Node, comments: list[tuple[float, str]], width: int) -> None:
    from loanloom.feel.text.lexer import tokens

    source = canonical(tree)
    ends = [one.end for one in tokens(source)]
    for place, comment in sorted(comments, reverse=True):
        end = ends[int(place * (len(ends) - 1))]
        source = f"{source[:end]} {comment}{source[end:]}"
    node = parse(source, NAMES)
    assert node == tree
    laid = formatted(source, node, width)
    again = parse(laid, NAMES)
    assert again == tree, laid
    assert formatted(laid, again, width) == laid
    for word in ("why", "because", "one", "two", "own line"):
        assert _words(laid).count(word) == _words(source).count(word), laid


def _words(text: str) -> str:
    """The comments of a text."""
    from loanloom.feel.text.layout import comments_of

    return "\n".join(one for _, one in comments_of(text))


LONG = (
    'if customer.income > 10000 and customer.kind in ("farmer", "person") then round half up(customer.income * 0.35 '
    "- 1200, 2) else if 月收入 = 2 then 3 else min(月收入, 2, customer.income)"
)


def test_long_expressions_are_broken_where_they_read_well() -> None:
    node = parse(LONG, NAMES)
    laid = formatted(LONG, node, 60)
    assert laid.splitlines() == [
        "if",
        "  customer.income > 10000",
        '  and customer.kind in ("farmer", "person")',
        "then round half up(customer.income * 0.35 - 1200, 2)",
        "else if 月收入 = 2",
        "then 3",
        "else min(月收入, 2, customer.income)",
    ]
    assert max(map(columns, laid.splitlines())) <= 60


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("1.50+2e3", "1.5 + 2000"),
        ("((a))*(b+1)", "a * (b + 1)"),
        ("a-(b-1)", "a - (b - 1)"),
        ("-(2**2)", "-(2 ** 2)"),
        ("a in ((1))", "a in 1"),
        ("a in ((b+1)*2)", "a in ((b + 1) * 2)"),
        ("not( a )", "not(a)"),
    ],
)
def test_one_spelling_for_each_meaning(text: str, result: str) -> None:
    assert canonical(parse(text, NAMES)) == result


def test_a_cell_that_is_the_condition_not_keeps_its_brackets() -> None:
    """`not(a)` as a cell is "none of a"; the condition `not(a)` is another thing."""
    assert canonical(parse_unary("(not(a))", NAMES)) == "(not(a))"
    assert canonical(parse_unary("not(a)", NAMES)) == "not(a)"


def test_a_text_that_cannot_be_parsed_stays_as_it_is() -> None:
    assert feel.check("1 +  (", feel.context({})).formatted() == "1 +  ("
    assert Decimal("1.50") == Decimal("1.5")
