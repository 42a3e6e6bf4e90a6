"""Data scope: lists and single records follow one rule; nobody sees past their branch, department or own cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert, select

from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import build
from loanloom.problems import text
from loanloom.services import scope
from loanloom.services.context import Actor, Context
from loanloom.services.errors import NotFound
from loanloom.store import tables

ORGANISATION = """
apiVersion: loanloom/v1
kind: organisation
key: organisation
title: {en: Organisation, zh: 组织}
spec:
  units:
    - {key: head, title: {en: Head, zh: 总部}, type: company}
    - {key: audit, title: {en: Audit, zh: 审计部}, type: department, parent: head}
    - {key: east, title: {en: East, zh: 东部}, type: branch, parent: head}
    - {key: east-loans, title: {en: East loans, zh: 东部信贷}, type: department, parent: east}
    - {key: east-loans-1, title: {en: Team 1, zh: 一组}, type: department, parent: east-loans}
    - {key: east-desk, title: {en: East desk, zh: 东部柜台}, type: department, parent: east}
    - {key: west, title: {en: West, zh: 西部}, type: branch, parent: head}
"""
ROWS = {
    "mine-far": ("west", 7),
    "team": ("east-loans-1", 1),
    "loans": ("east-loans", 2),
    "desk": ("east-desk", 3),
    "west": ("west", 4),
    "head": ("head", 5),
}


@pytest.fixture
def ctx(database, company):
    read = read_document(ORGANISATION, "organisation.yaml")
    registry = build([read.document], load_kinds()).registry
    actor = Actor(user_id=7, username="seven", name="Seven (demo)", unit="east-loans")
    made = Context(
        database=database, company=company, registry=registry, actor=actor, now=datetime.now(UTC),
        business_date=date(2026, 1, 5),
    )  # fmt: skip
    with made.transaction() as connection:
        for number, (unit, by) in ROWS.items():
            row = {"number": number, "kind": "person", "name": number, "since_on": date(2026, 1, 1)}
            connection.execute(insert(tables.customer).values(**row, unit=unit, created_by=by))
    return made


def seen(ctx, **changes):
    """The customers in a list of this actor; each read singly must agree."""
    ctx = ctx.as_actor(replace(ctx.actor, **changes))
    with ctx.transaction() as connection:
        listed = set(
            connection.execute(select(tables.customer.c.number).where(scope.visible(ctx, tables.customer))).scalars()
        )
        for row in connection.execute(select(tables.customer)):
            assert scope.sees(ctx, row._mapping, is_customer=True) == (row.number in listed), row.number
    return listed


@pytest.mark.parametrize(
    ("reach", "unit", "expected"),
    [
        ("own", "east-loans", {"mine-far"}),
        ("department", "east-loans", {"mine-far", "loans", "team"}),
        ("branch", "east-loans", {"mine-far", "loans", "team", "desk"}),
        ("branch", "east-loans-1", {"mine-far", "loans", "team", "desk"}),
        ("branch", "west", {"mine-far", "west"}),
        ("department", None, {"mine-far"}),
        ("branch", "closed-long-ago", {"mine-far"}),
        ("all", None, set(ROWS)),
        ("branch", "audit", set(ROWS)),  # a department of the head office belongs to the whole company
    ],
)
def test_each_scope_sees_its_part(ctx, reach, unit, expected):
    assert seen(ctx, scope=reach, unit=unit) == expected


def test_a_borrower_sees_their_own_customer_record_alone_whatever_the_role_says(ctx):
    with ctx.transaction() as connection:
        mine = connection.execute(select(tables.customer.c.id).where(tables.customer.c.number == "desk")).scalar_one()
    assert seen(ctx, scope="all", customer_id=mine) == {"desk"}


def test_a_record_out_of_sight_looks_like_one_that_is_not_there(ctx):
    what = text("customer", "客户")
    with ctx.transaction() as connection:
        row = connection.execute(select(tables.customer).where(tables.customer.c.number == "west")).one()
    with pytest.raises(NotFound) as hidden:
        scope.check_visible(ctx, row._mapping, what)
    with pytest.raises(NotFound) as missing:
        scope.check_visible(ctx, None, what)
    assert hidden.value.problems == missing.value.problems


def test_a_circle_of_units_ends(ctx):
    circle = {"a": {"type": "department", "parent": "b"}, "b": {"type": "department", "parent": "a"}}
    assert scope.branch_of(circle, "a") == "a"
    assert scope.below(circle, "a") == {"a", "b"}
