"""Who must sign a change: by what it changes, different people, none of them its makers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from loanloom.services.context import Actor, Context
from loanloom.services.definitions import releases
from loanloom.services.definitions.releases import drafts, history, signing
from loanloom.services.errors import Conflict, Forbidden, Refused
from loanloom.services.flows import cases
from loanloom.store import tables
from loanloom.store.tables import audit_log

from .conftest import COLOURS, FUNCTIONS, bundle
from .test_in_flow import FLOW, ORGANISATION

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
def ruled(empty: Context) -> Context:
    files = {
        f"metadata/roles/{key}.yaml": ROLE.format(key=key, title=key.capitalize(), functions=functions)
        for key, functions in (("risk", REVIEWS), ("head", REVIEWS), ("clerk", "definition.read"))
    }
    made = releases.install(empty, bundle(**files, **{"metadata/change_policies/signing.yaml": POLICY}))
    return replace(empty, company=made, registry=releases.live(empty.database, made))


def person(ruled: Context, number: int, *roles: str) -> Context:
    who = Actor(
        user_id=number, username=f"u{number}", name=f"U {number}", roles=roles, functions=FUNCTIONS, scope="all"
    )
    return ruled.as_actor(who)


def proposed(ruled: Context, source: str = GREEN, kind: str = "code_list", key: str = "colour") -> int:
    maker = person(ruled, 1, "risk", "head")
    drafts.save(maker, kind, key, source, None)
    return releases.propose_drafts(maker, name="Change")


def approve(who: Context, made: int) -> str:
    return releases.approve(who, made, history.read(who, made).plan_digest, opinion="seen")


def lines(ruled: Context, made: int) -> list[tuple[str, bool]]:
    shown = history.read(ruled, made)
    return [(one.role["en"], one.at is not None) for one in signing.lines(ruled, shown.plan, made, shown.plan_digest)]


def test_each_role_signs_by_another_person_and_then_it_is_approved(ruled: Context) -> None:
    made = proposed(ruled)
    assert lines(ruled, made) == [("Head", False), ("Risk", False)]
    assert approve(person(ruled, 2, "risk"), made) == "proposed"
    assert lines(ruled, made) == [("Head", False), ("Risk", True)]
    with pytest.raises(Forbidden) as refused:
        approve(person(ruled, 3, "risk"), made)
    assert "Head" in refused.value.problems[0].message["en"] and "Risk" not in refused.value.problems[0].message["en"]
    assert approve(person(ruled, 4, "head"), made) == "approved"
    assert lines(ruled, made) == [("Head", True), ("Risk", True)]
    releases.activate(person(ruled, 4, "head"), made)
    with ruled.transaction() as connection:
        signed = select(audit_log).where(audit_log.c.action == "release.signed")
        assert len(connection.execute(signed).all()) == 2


def test_who_holds_both_roles_signs_once_and_leaves_room_for_whoever_comes(ruled: Context) -> None:
    made = proposed(ruled)
    both = person(ruled, 2, "head", "risk")
    assert approve(both, made) == "proposed"
    with pytest.raises(Conflict) as refused:
        approve(both, made)
    assert refused.value.problems[0].code == "release.signed_already"
    assert approve(person(ruled, 3, "head"), made) == "approved"  # so the first one has signed for risk


def test_makers_and_those_without_the_role_do_not_sign(ruled: Context) -> None:
    made = proposed(ruled)
    for who in (person(ruled, 1, "head"), person(ruled, 5)):
        with pytest.raises(Forbidden):
            approve(who, made)
    assert lines(ruled, made) == [("Head", False), ("Risk", False)]


def test_other_changes_need_one_reviewer_as_ever(ruled: Context) -> None:
    made = proposed(ruled, FIELD, "entity", "customer")
    assert lines(ruled, made) == []
    assert approve(person(ruled, 2), made) == "approved"


def test_a_change_of_the_policy_is_signed_by_the_policy_in_effect(ruled: Context) -> None:
    loose = POLICY.replace("signers: [head]", "signers: [risk]")
    made = proposed(ruled, loose, "change_policy", "signing")
    assert lines(ruled, made) == [("Head", False)]
    with pytest.raises(Forbidden):
        approve(person(ruled, 2, "risk"), made)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("kinds: [code_list]", "kinds: [code_lists]", "change_policy.unknown_kind"),
        ("signers: [risk, head]", "signers: [clerk]", "change_policy.may_not_review"),
        ("signers: [risk, head]", "signers: [chief]", "metadata.missing_reference"),
    ],
)
def test_a_policy_that_nobody_could_follow_is_not_proposed(ruled: Context, old: str, new: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        proposed(ruled, POLICY.replace(old, new), "change_policy", "signing")
    assert code in {problem.code for problem in refused.value.problems}


@pytest.mark.parametrize(("roles", "state"), [({2: ["risk"], 3: ["head"]}, "approved"), ({2: ["risk"]}, "proposed")])
def test_who_says_yes_in_a_flow_has_signed_and_who_is_missing_still_must(
    empty: Context, roles: dict[int, list[str]], state: str
) -> None:
    files = {
        f"metadata/roles/{key}.yaml": ROLE.format(key=key, title=key, functions=REVIEWS) for key in ("risk", "head")
    }
    in_flow = {
        "metadata/flows/change-review.yaml": FLOW, "metadata/organisation/organisation.yaml": ORGANISATION,
        "metadata/change_policies/signing.yaml": POLICY,
    }  # fmt: skip
    made = releases.install(empty, bundle(**files, **in_flow))
    house = replace(empty, company=made, registry=releases.live(empty.database, made))
    with house.transaction() as connection:
        for user, held in roles.items():
            values = {"user_id": user, "company_id": house.company.id, "roles": held}
            connection.execute(tables.membership.insert().values(values))
    drafts.save(person(house, 1), "code_list", "colour", GREEN, None)
    drafts.save(person(house, 1), "entity", "customer", FIELD, None)
    release_id = releases.propose_drafts(person(house, 1), name="Both")
    for user, role in ((2, "risk"), (3, "head")):
        with house.transaction() as connection:
            item = connection.execute(select(tables.work_item).where(tables.work_item.c.status == "open")).one()
        who = person(house, user, role)
        cases.act(who, item.id, "decide", {"decision": "approve"}, expected_version=item.version)
    assert history.read(house, release_id).state == state
    assert lines(house, release_id) == [("head", state == "approved"), ("risk", True)]
    if state == "proposed":
        assert approve(person(house, 4, "head"), release_id) == "approved"


def test_as_many_roles_as_possible_are_covered() -> None:
    assert signing.matched(["a", "b"], [("a", "b"), ("a",)]) == {"b": 0, "a": 1}
    assert signing.matched(["a", "b"], [("a",), ("a",)]) == {"a": 0}
    assert signing.matched(["a"], [(), ("z",)]) == {}
