"""Who must sign a change: by what it changes, different people, none of them its makers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from loanloom.services.context import Actor, Context
from loanloom.services.definitions import releases
from loanloom.services.definitions.releases import drafts, history, signing
from loanloom.services.errors import Conflict, Forbidden, Refused
from loanloom.store.tables import audit_log

from .conftest import COLOURS, FUNCTIONS, bundle

ROLE = """apiVersion: loanloom/v1
kind: role
key: {key}
title: {{en: {title}, zh: {title}}}
spec: {{functions: [{functions}], data_scope: all}}
"""
REVIEWS = "definition.read, release.approve, release.activate, definition.edit, release.propose"
POLICY = """apiVersion: loanloom/v1
kind: change_policy
key: signing
title: {en: Who signs changes, zh: 变更签批规则}
spec:
  rules:
    - {key: colours, title: {en: Colours, zh: 颜色}, kinds: [code_list], keys: [colour], signers: [risk, head]}
    - {key: policy, title: {en: The policy, zh: 签批规则}, kinds: [change_policy], signers: [head]}
"""
GREEN = COLOURS + "    - {key: green, title: {en: Green, zh: 绿}}\n"
FIELD = """apiVersion: loanloom/v1
kind: entity
key: customer
title: {en: Customer, zh: 客户}
spec:
  fields:
    - {key: likes, title: {en: Loves, zh: 喜好}, type: choice, code_list: colour}
"""


@pytest.fixture
def company(empty: Context) -> Context:
    files = {
        f"metadata/roles/{key}.yaml": ROLE.format(key=key, title=key.capitalize(), functions=functions)
        for key, functions in (("risk", REVIEWS), ("head", REVIEWS), ("clerk", "definition.read"))
    }
    made = releases.install(empty, bundle(**files, **{"metadata/change_policies/signing.yaml": POLICY}))
    return replace(empty, company=made, registry=releases.live(empty.database, made))


def person(company: Context, number: int, *roles: str) -> Context:
    who = Actor(
        user_id=number, username=f"u{number}", name=f"U {number}", roles=roles, functions=FUNCTIONS, scope="all"
    )
    return company.as_actor(who)


def proposed(company: Context, source: str = GREEN, kind: str = "code_list", key: str = "colour") -> int:
    maker = person(company, 1, "risk", "head")
    drafts.save(maker, kind, key, source, None)
    return releases.propose_drafts(maker, name="Change")


def approve(who: Context, made: int) -> str:
    return releases.approve(who, made, history.read(who, made).plan_digest, opinion="seen")


def lines(company: Context, made: int) -> list[tuple[str, bool]]:
    shown = history.read(company, made)
    return [(one.role["en"], one.at is not None) for one in signing.lines(company, shown.plan, made, shown.plan_digest)]


def test_each_role_signs_by_another_person_and_then_it_is_approved(company: Context) -> None:
    made = proposed(company)
    assert lines(company, made) == [("Head", False), ("Risk", False)]
    assert approve(person(company, 2, "risk"), made) == "proposed"
    assert lines(company, made) == [("Head", False), ("Risk", True)]
    with pytest.raises(Forbidden) as refused:
        approve(person(company, 3, "risk"), made)
    assert "Head" in refused.value.problems[0].message["en"] and "Risk" not in refused.value.problems[0].message["en"]
    assert approve(person(company, 4, "head"), made) == "approved"
    assert lines(company, made) == [("Head", True), ("Risk", True)]
    releases.activate(person(company, 4, "head"), made)
    with company.transaction() as connection:
        signed = select(audit_log).where(audit_log.c.action == "release.signed")
        assert len(connection.execute(signed).all()) == 2


def test_who_holds_both_roles_signs_once_and_leaves_room_for_whoever_comes(company: Context) -> None:
    made = proposed(company)
    both = person(company, 2, "head", "risk")
    assert approve(both, made) == "proposed"
    with pytest.raises(Conflict) as refused:
        approve(both, made)
    assert refused.value.problems[0].code == "release.signed_already"
    assert approve(person(company, 3, "head"), made) == "approved"  # so the first one has signed for risk


def test_makers_and_those_without_the_role_do_not_sign(company: Context) -> None:
    made = proposed(company)
    for who in (person(company, 1, "head"), person(company, 5)):
        with pytest.raises(Forbidden):
            approve(who, made)
    assert lines(company, made) == [("Head", False), ("Risk", False)]


def test_other_changes_need_one_reviewer_as_ever(company: Context) -> None:
    made = proposed(company, FIELD, "entity", "customer")
    assert lines(company, made) == []
    assert approve(person(company, 2), made) == "approved"


def test_a_change_of_the_policy_is_signed_by_the_policy_in_effect(company: Context) -> None:
    loose = POLICY.replace("signers: [head]", "signers: [risk]")
    made = proposed(company, loose, "change_policy", "signing")
    assert lines(company, made) == [("Head", False)]
    with pytest.raises(Forbidden):
        approve(person(company, 2, "risk"), made)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("kinds: [code_list]", "kinds: [code_lists]", "change_policy.unknown_kind"),
        ("signers: [risk, head]", "signers: [clerk]", "change_policy.may_not_review"),
        ("signers: [risk, head]", "signers: [chief]", "metadata.missing_reference"),
    ],
)
def test_a_policy_that_nobody_could_follow_is_not_proposed(company: Context, old: str, new: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        proposed(company, POLICY.replace(old, new), "change_policy", "signing")
    assert code in {problem.code for problem in refused.value.problems}


def test_as_many_roles_as_possible_are_covered() -> None:
    assert signing.matched(["a", "b"], [("a", "b"), ("a",)]) == {"b": 0, "a": 1}
    assert signing.matched(["a", "b"], [("a",), ("a",)]) == {"a": 0}
    assert signing.matched(["a"], [(), ("z",)]) == {}
