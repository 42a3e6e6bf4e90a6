"""Words put into a text value at a place of the file: whatever the style, the value reads as meant afterwards."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loanloom.metadata.inserting import Insertion, Opened, open_at
from loanloom.metadata.pointers import resolve
from loanloom.metadata.tree import read_tree

CURSOR = "¦"


def opened(written: str, pointer: str = "/x") -> tuple[str, Opened | None]:
    """A text without its cursor, and the value at the pointer with the cursor in it."""
    at, text = written.index(CURSOR), written.replace(CURSOR, "")
    tree = read_tree(text)
    assert not tree.problems, tree.problems
    return text, open_at(tree.source, pointer, resolve(tree.value, pointer), at)


def applied(text: str, change: Insertion) -> str:
    return text[: change.start] + change.text + text[change.end :]


@pytest.mark.parametrize(
    ("written", "before"),
    [
        ("x: one tw¦o", "one tw"),
        ("x: ¦one", ""),
        ("x: one¦", "one"),
        ("x: one  ¦", "one  "),
        ("x: one ¦ # said", "one "),
        ("x: one\n  tw¦o\n", "one tw"),
        ("x: one\n\n  ¦two\n", "one\n"),
        ('x: "one tw¦o"', "one tw"),
        ('x: "one ¦"', "one "),
        ('x: "¦"', ""),
        ('x: "a \\"b\\" c¦"', 'a "b" c'),
        ('x: "a \\¦"b"', 'a "'),
        ('x: "\\u4e2d\\t\\x41¦ b"', "中\tA"),
        ('x: "one\n  two \\\n  thr¦ee"', "one two thr"),
        ("x: 'one ''two'' thr¦ee'", "one 'two' thr"),
        ("x: >-\n  one\n  tw¦o\n", "one tw"),
        ("x: >\n  one\n\n  tw¦o\ny: 1", "one\ntw"),
        ("x: |\n  one\n    tw¦o\n", "one\n  tw"),
        ("x: >-\n  one ¦\n", "one "),
        ("x: |-\n  one\n  ¦\ny: 1", "one\n"),
        ("x: >-\n  ¦\ny: 1", ""),
        ("x: ¦", ""),
        ("x:   ¦\ny: 1", ""),
        ("{x: one tw¦o, y: 1}", "one tw"),
        ("{x: one ¦}", "one "),
        ("{x: ¦, y: 1}", ""),
        ("x: 𠮷 on¦e", "𠮷 on"),
        ("x: one\r\n  tw¦o\r\ny: 1\r\n", "one tw"),
        ("x: >-\r\n  one\r\n  tw¦o\r\n", "one tw"),
    ],
)
def test_the_cursor_is_found_in_the_value(written: str, before: str) -> None:
    _, found = opened(written)
    assert found is not None
    assert found.value[: found.offset] == before


@pytest.mark.parametrize(
    "written",
    [
        "¦x: one",
        "x¦: one",
        "x:¦ one",
        "x:¦",
        "x: one #¦ said",
        "x: one ¦# said",
        "x: one\n¦",
        "x: one\n¦y: two",
        'x: ¦"one"',
        'x: "one"¦',
        "x: >-¦\n  one",
        "x: >-\n  one\n¦",
        "x: >-\n  one\n ¦\n",
        "x: |\n  one\ny: ¦2",
        "x: &a on¦e",
        "x: 12¦",
        "x: [on¦e]",
    ],
)
def test_outside_the_value_there_is_nothing(written: str) -> None:
    assert opened(written)[1] is None


STYLES = {
    "plain": ("x: customer.¦ > 5\ny: 1\n", "/x"),
    "plain over lines": ("x: a and\n    customer.¦\n    > 5\ny: 1\n", "/x"),
    "plain, last": ("x: a = ¦", "/x"),
    "plain in an item": ("x:\n  - a = ¦\n  - b\n", "/x/0"),
    "plain with a comment": ("x: a = ¦ # why\n", "/x"),
    "plain in brackets": ("{x: a = ¦, y: [1, {z: 2}]}\n", "/x"),
    "plain in a list in brackets": ("x: [a = ¦, b]\n", "/x/0"),
    "nothing": ("x: ¦\ny: 1\n", "/x"),
    "nothing in brackets": ("x: {y: ¦}\n", "/x/y"),
    "double": ('x: "a = ¦ and \\"b\\" = c"\n', "/x"),
    "double, empty": ('x: ["¦"]\n', "/x/0"),
    "double over lines": ('x: "a =\n    ¦b\n    and c"\n', "/x"),
    "single": ("x: 'a = ¦ and ''b'' = c'\n", "/x"),
    "folded": ("x: >-\n  a\n  = ¦\n  and b\ny: 1\n", "/x"),
    "block": ("x: |\n  a\n    = ¦\n\n  and b\ny: 1\n", "/x"),
    "block, next line": ("x: |-\n  a =\n  ¦\ny: 1\n", "/x"),
    "block, empty": ("x: >-\n  ¦\ny: 1\n", "/x"),
}
WORDS = [
    "customer.age", '"farmer"', '"it\'s"', '"a \\"b\\""', "date(\"\")", "a: b", "a #b", "[1, 2]", "{a: 1}", "true",
    "null", "12", "- a", "户主", "𠮷", "? > 1", "@\"2026-01-01\"", "!a", "&a", "*a", "%a", "a:", "#", ",", "]",
]  # fmt: skip


def holds(written: str, pointer: str, new: str) -> None:
    text, found = opened(written, pointer)
    assert found is not None
    change = found.insert(found.offset, found.offset, new, len(new))
    assert change is not None, "a value can always be quoted"
    after = read_tree(applied(text, change))
    assert not after.problems, applied(text, change)
    meant = found.value[: found.offset] + new + found.value[found.offset :]
    got = resolve(after.value, pointer)
    assert isinstance(got, str) and got.strip() == meant.strip(), applied(text, change)
    before = read_tree(text).value
    rest = {name: one for name, one in before.items() if not pointer.startswith(f"/{name}")}
    assert {name: one for name, one in after.value.items() if name in rest} == rest
    written_back = open_at(after.source, pointer, got, change.start + change.cursor)
    assert written_back is not None and written_back.value[: written_back.offset].endswith(new)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("new", WORDS)
def test_what_is_put_in_is_read_back(style: str, new: str) -> None:
    holds(*STYLES[style], new)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(sorted(STYLES)),
    st.text(st.sampled_from("ab \"'\\:#,[]{}&*!|>%@`-?=.中𠮷"), min_size=1, max_size=8).map(str.strip).filter(bool),
)
def test_whatever_is_put_in_is_read_back(style: str, new: str) -> None:
    holds(*STYLES[style], new)


def test_a_word_is_replaced_where_it_stands() -> None:
    text, found = opened('x: "kind = \\"fa¦\\" and y"')
    assert found is not None and found.value == 'kind = "fa" and y'
    change = found.insert(7, 11, '"farmer"', 8)
    assert change is not None and applied(text, change) == 'x: "kind = \\"farmer\\" and y"'
    assert applied(text, change)[: change.start + change.cursor] == 'x: "kind = \\"farmer\\"'


def test_a_plain_value_is_quoted_only_where_it_must_be() -> None:
    text, found = opened("x: kind = ¦")
    assert found is not None
    kept = found.insert(7, 7, '"farmer"', 8)
    assert kept is not None and applied(text, kept) == 'x: kind = "farmer"'
    text, found = opened("x: ¦")
    assert found is not None
    quoted = found.insert(0, 0, '"farmer"', 8)
    assert quoted is not None and applied(text, quoted) == "x: '\"farmer\"'"
    assert quoted.cursor == len('\'"farmer"')


def test_what_no_text_can_hold_is_not_put_in() -> None:
    _, found = opened("x: one¦")
    assert found is not None and found.insert(0, 3, "a\0b", 1) is None and found.insert(0, 3, "a\nb", 1) is None
