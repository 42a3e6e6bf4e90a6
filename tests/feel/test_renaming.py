"""Other names for facts and codes: only what means them changes; the rest of the text stays as it is."""

from __future__ import annotations

import pytest

from loanloom import feel
from loanloom.feel import NUMBER, STRING, context, enumeration, list_of
from loanloom.feel.help.renaming import CannotRename, code_edits, edited, rename

KINDS = ("farmer", "person")


def scope(*kinds: str) -> feel.Type:
    kind = enumeration(kinds)
    return context(
        {
            "income": NUMBER,
            "x": NUMBER,
            "customer": context({"income": NUMBER, "kind": kind, "kinds": list_of(kind), "月 收入": NUMBER}),
            "guarantors": list_of(context({"amount": NUMBER, "name": STRING})),
        }
    )


SCOPE = scope(*KINDS)


def renamed(text: str, old: str, new: str) -> str:
    checked = feel.check(text, SCOPE)
    assert checked.ok, checked.problems
    return rename(checked, old, new)


@pytest.mark.parametrize(
    ("text", "old", "new", "result"),
    [
        (
            '{income: 2}.income + customer . income /* customer.income */ + string length("customer.income")  + income',
            "customer.income",
            "customer.earned",
            '{income: 2}.income + customer . earned /* customer.income */ + string length("customer.income")  + income',
        ),
        ("(customer).income+x", "customer.income", "customer.年收入", "(customer).年收入+x"),
        ("customer.月   收入*2", "customer.月 收入", "customer.net pay", "customer.net pay*2"),
        (
            "sum(guarantors[amount > x].amount) + (for g in guarantors return g.amount)[1]",
            "guarantors.amount",
            "guarantors.sum_secured",
            "sum(guarantors[sum_secured > x].sum_secured) + (for g in guarantors return g.sum_secured)[1]",
        ),
        ("some amount in guarantors.amount satisfies amount > 2", "guarantors.amount", "guarantors.n",
         "some amount in guarantors.n satisfies amount > 2"),
        ("guarantors[some n in [1] satisfies amount > n]", "guarantors.amount", "guarantors.n",
         "guarantors[some n in [1] satisfies item.n > n]"),
        ("guarantors[amount > 2].name", "guarantors", "sureties", "sureties[amount > 2].name"),
        ("x + 1", "customer.income", "customer.y", "x + 1"),
    ],
)  # fmt: skip
def test_only_uses_of_the_fact_change(text: str, old: str, new: str, result: str) -> None:
    assert renamed(text, old, new) == result


def test_a_record_passed_on_is_followed() -> None:
    text = "{c: customer, i: c.income}.i"
    assert renamed(text, "customer.income", "customer.y") == "{c: customer, i: c.y}.i"


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("guarantors[amount > x]", "guarantors.amount", "guarantors.x"),
        ("customer.income", "customer.income", "loan.income"),
        ("if x > 1 then customer.income else 2", "customer.income", "customer.1st"),
    ],
)
def test_a_name_that_would_mean_something_else_is_refused(text: str, old: str, new: str) -> None:
    with pytest.raises(CannotRename) as refused:
        renamed(text, old, new)
    assert refused.value.problem.message["zh"]


def test_a_cell_is_renamed_as_a_cell() -> None:
    checked = feel.check_unary("< customer.income, > x", NUMBER, SCOPE)
    assert rename(checked, "customer.income", "customer.y") == "< customer.y, > x"


def test_codes_change_where_they_are_compared() -> None:
    text = (
        'customer.kind = "farmer" and customer.kind in ("person", "farmer") and "farmer" != customer.kind'
        ' and (some k in customer.kinds satisfies k = "farmer") and string length("farmer") > 2 // "farmer"'
    )
    then = scope("peasant", "person")
    done = edited(text, code_edits(text, lambda written: feel.check(written, then), "farmer", "peasant"))
    assert done.count('"peasant"') == 4 and done.count('"farmer"') == 2
    assert done.replace("peasant", "farmer") == text
