"""A watched type gives the same answers as the plain one, and tells what was read for them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from loanloom import feel
from loanloom.feel import DATE, NUMBER, STRING, Type, context, list_of, optional, tree

LOAN = context({"amount": NUMBER, "opened on": DATE, "payments": list_of(context({"on": DATE}))})
FACTS = context(
    {
        "customer": optional(context({"name": STRING, "age": optional(NUMBER)})),
        "loans": optional(list_of(LOAN)),
        "as_of": DATE,
    }
)
TEXTS = (
    "customer.age > 18",
    "customer.age + customer.name",
    "customer.nmae",
    "sum(loans.amount)",
    "loans[amount > 5].opened on",
    "for l in loans return l.amount * 2",
    "every l in loans satisfies l.opened on < today()",
    "customer",
    "{a: customer, b: a.age}.b",
    "count(loans)",
    "loans.payments",
    "loans[1].payments[1].on",
    "if customer.age = null then 0 else customer.age",
)


def read_of(checked: feel.Checked) -> list[tuple[str, str, Type]]:
    """Every node of what was made of a text: what it is, where it stands and its type; of lists of records not the
    entries, of which only those need be there that are read."""
    nodes = list(tree.walk(checked.tree)) if checked.tree is not None else []
    return [(type(one).__name__, repr(one.syntax), _without_entries(one.type)) for one in nodes]


def _without_entries(type_: Type) -> Type:
    if type_.kind != "list" or type_.item is None:
        return type_
    item = _without_entries(type_.item)
    return replace(type_, item=replace(item, fields=()) if item.kind == "context" else item)


def _other(path: tuple[str, ...], new: Type) -> Type:
    """The facts with another type at a path."""

    def put(type_: Type, rest: tuple[str, ...]) -> Type:
        if not rest:
            return new
        if type_.kind == "list":
            assert type_.item is not None
            return replace(type_, item=put(type_.item, rest))
        inside = {**type_.members, rest[0]: put(type_.members[rest[0]], rest[1:])}
        return replace(type_, fields=tuple(inside.items()))

    return put(FACTS, path)


CHANGED = (
    _other(("customer", "name"), NUMBER),
    _other(("customer", "age"), STRING),
    _other(("loans", "amount"), STRING),
    _other(("loans", "opened on"), NUMBER),
    _other(("loans",), list_of(NUMBER)),
    _other(("customer",), optional(context({"name": STRING, "age": optional(NUMBER), "name of wife": STRING}))),
    context({**FACTS.members, "customers": STRING}),
)


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_checked_as_against_the_plain_type(text: str) -> None:
    plain, seen = feel.check(text, FACTS), feel.check(text, FACTS.watched(lambda part: None))
    assert (seen.problems, seen.type, seen.inputs) == (plain.problems, plain.type, plain.inputs)
    assert read_of(seen) == read_of(plain)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("changed", CHANGED)
def test_where_the_parts_that_were_read_are_the_same_so_is_the_answer(text: str, changed: Type) -> None:
    read: set[Any] = set()
    before = feel.check(text, FACTS.watched(read.add))
    if all(FACTS.part(one) == changed.part(one) for one in read):
        after = feel.check(text, changed)
        assert (before.problems, before.type) == (after.problems, after.type)
        assert read_of(before) == read_of(after)


@pytest.mark.parametrize(
    ("text", "at", "new"),
    [
        ("customer.age > 18", ("customer", "age"), STRING),
        ("sum(loans.amount)", ("loans", "amount"), STRING),
        ("loans", ("loans", "opened on"), NUMBER),
        ("customer.nmae", ("customer",), optional(context({"nmae": STRING}))),
    ],
)
def test_what_decides_is_noted(text: str, at: tuple[str, ...], new: Type) -> None:
    read: set[Any] = set()
    feel.check(text, FACTS.watched(read.add))
    changed = _other(at, new)
    assert any(FACTS.part(one) != changed.part(one) for one in read)


@pytest.mark.parametrize(
    ("text", "read"), [("sum(loans.amount)", {"amount"}), ("count(loans)", set()), ("count(loans.amount)", {"amount"})]
)
def test_of_a_list_only_the_entries_count_that_are_read(text: str, read: set[str]) -> None:
    noted: set[Any] = set()
    seen = feel.check(text, FACTS.watched(noted.add))
    changed = {name for name in LOAN.members if any(
        FACTS.part(one) != _other(("loans", name), list_of(STRING)).part(one) for one in noted)}  # fmt: skip
    assert changed == read
    rows = [{"amount": Decimal(5)}, {"amount": Decimal(7)}]
    assert seen.program is not None
    assert (
        seen.program.evaluate({"loans": rows}).value == feel.check(text, FACTS).program.evaluate({"loans": rows}).value
    )  # type: ignore[union-attr]  # sound, as the one before


def test_a_name_alone_reads_nothing_else_of_the_record() -> None:
    read: set[Any] = set()
    feel.check("customer.age > 18", FACTS.watched(read.add))
    changed = _other(("customer", "name"), NUMBER)
    assert all(FACTS.part(one) == changed.part(one) for one in read)


def test_what_was_checked_before_is_given_again_with_its_parts() -> None:
    known: dict[Any, Any] = {}
    first: set[Any] = set()
    second: set[Any] = set()
    one = feel.check("customer.age > 18", FACTS.watched(first.add, known))
    other = feel.check("customer.age > 18", FACTS.watched(second.add, known))
    assert other is one
    assert second == first


def test_what_is_made_of_a_watched_type_is_plain() -> None:
    read: set[Any] = set()
    customer = FACTS.watched(read.add).members["customer"]
    assert customer.as_required == FACTS.members["customer"].as_required
    assert type(replace(customer, nullable=False)) is Type
