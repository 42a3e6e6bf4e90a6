"""Changes of definitions that the company has approved in a flow: more steps than one, never fewer people than two."""

from __future__ import annotations

from dataclasses import replace

import pytest

from loanloom.services.context import Context
from loanloom.services.definitions import releases
from loanloom.services.definitions.releases import drafts, history
from loanloom.services.errors import Conflict, Forbidden, NotFound, Refused
from loanloom.services.flows import cases
from loanloom.store import tables

from .conftest import COLOURS, FUNCTIONS, Person, bundle

FLOW = """apiVersion: loanloom/v1
kind: flow
key: change-review
title: {en: Review of changes, zh: 配置变更审批}
spec:
  subject: release
  nodes:
    - {key: begin, title: {en: Begin, zh: 开始}, type: start, next: size}
    - key: size
      title: {en: Lists of codes pass, zh: 仅代码表免审}
      type: exclusive
      routes:
        - {when: 'release.name = "Trifle"', to: done}
        - {when: 'every one in release.kinds satisfies one = "code_list"', to: second}
        - {otherwise: true, to: first}
    - {key: first, title: {en: Risk, zh: 风险}, type: approval, assign: {role: risk, scope: all}, next: second}
    - {key: second, title: {en: Head, zh: 负责人}, type: approval, assign: {role: head, scope: all}, next: done}
    - {key: done, title: {en: Done, zh: 通过}, type: end, outcome: approved}
    - {key: no, title: {en: No, zh: 否决}, type: end, outcome: refused}
"""
ROLE = """apiVersion: loanloom/v1
kind: role
key: {key}
title: {{en: {key}, zh: {key}}}
spec: {{functions: [definition.read, release.approve, release.propose, definition.edit], data_scope: all}}
"""
ORGANISATION = """apiVersion: loanloom/v1
kind: organisation
key: organisation
title: {en: Organisation, zh: 组织机构}
spec:
  flows: {release: change-review}
  units: [{key: office, title: {en: Office, zh: 总部}, type: company}]
"""
GREEN = COLOURS + "    - {key: green, title: {en: Green, zh: 绿}}\n"
SIZE = """apiVersion: loanloom/v1
kind: entity
key: customer
title: {en: Customer, zh: 客户}
spec:
  fields:
    - {key: likes, title: {en: Likes, zh: 喜好}, type: choice, code_list: colour}
    - {key: size, title: {en: Size, zh: 尺码}, type: integer}
"""
MAKER, RISK, HEAD = 1, 2, 3


@pytest.fixture
def house(empty: Context) -> Context:
    """A company whose changes go through a flow."""
    more = {
        "metadata/flows/change-review.yaml": FLOW,
        "metadata/organisation/organisation.yaml": ORGANISATION,
        **{f"metadata/roles/{key}.yaml": ROLE.format(key=key) for key in ("risk", "head")},
    }
    company = releases.install(empty, bundle(**more))
    return replace(empty, company=company, registry=releases.live(empty.database, company))


@pytest.fixture
def person(house: Context) -> Person:
    """Somebody (by number) who holds every right about definitions, 2 in risk, others heads."""

    def acting(number: int) -> Context:
        role = {MAKER: (), RISK: ("risk",)}.get(number, ("head",))
        actor = replace(house.actor, user_id=number, username=f"u{number}", name=f"User {number}", functions=FUNCTIONS)
        return house.as_actor(replace(actor, roles=role, scope="all"))

    return acting


def propose(maker: Context, name: str = "Green", kind: str = "code_list", text: str = GREEN) -> int:
    drafts.save(maker, kind, {"code_list": "colour", "entity": "customer"}[kind], text, None)
    return releases.propose_drafts(maker, name=name)


def rows(ctx: Context, table) -> list:
    with ctx.transaction() as connection:
        return list(connection.execute(table.select().order_by(table.c.id)))


def state(ctx: Context, release_id: int) -> str:
    return next(row.state for row in rows(ctx, tables.release) if row.id == release_id)


def decide(by: Context, decision: str = "approve", **more: object) -> cases.Acted:
    (item,) = [row for row in rows(by, tables.work_item) if row.status == "open"]
    return cases.act(by, item.id, "decide", {"decision": decision, **more}, expected_version=item.version)


def test_each_step_of_the_flow_agrees_before_it_can_go_live(house: Context, person: Person) -> None:
    made = propose(person(MAKER), "Size", "entity", SIZE)
    (case,) = rows(house, tables.flow_case)
    assert (case.subject_kind, case.subject_id, case.number) == ("release", made, "V2")
    decide(person(RISK))
    assert state(house, made) == "proposed"
    with pytest.raises(Conflict):
        releases.activate(person(HEAD), made)
    decide(person(HEAD), opinion="Fine")
    row = next(row for row in rows(house, tables.release) if row.id == made)
    assert (row.state, row.approved_by, row.opinion) == ("approved", HEAD, "Fine")
    releases.activate(person(HEAD), made)
    assert state(house, made) == "live"


def test_nobody_approves_or_sends_back_beside_the_flow(house: Context, person: Person) -> None:
    made = propose(person(MAKER))
    digest = history.read(person(HEAD), made).plan_digest
    for beside in (
        lambda: releases.approve(person(HEAD), made, digest),
        lambda: releases.reject(person(HEAD), made, "no"),
    ):
        with pytest.raises(Refused) as refused:
            beside()
        assert refused.value.problems[0].code == "release.in_flow"
    assert state(house, made) == "proposed"


def test_whoever_made_any_of_it_never_decides_it(house: Context, person: Person) -> None:
    """Also when somebody else proposed it: the second person stays whatever the flow says."""
    drafts.save(person(HEAD), "code_list", "colour", GREEN, None)
    made = releases.propose_drafts(person(MAKER), name="Green")
    with pytest.raises((Forbidden, Refused, NotFound)):
        decide(person(HEAD))
    decide(person(HEAD + 1))
    assert state(house, made) == "approved"


def test_who_may_not_review_does_not_decide_though_the_flow_names_them(house: Context, person: Person) -> None:
    propose(person(MAKER))
    head = person(HEAD)
    without = head.as_actor(replace(head.actor, functions=FUNCTIONS - {"release.approve"}))
    with pytest.raises(Forbidden):
        decide(without)


def test_what_the_flow_lets_pass_by_itself_still_needs_a_second_person(house: Context, person: Person) -> None:
    made = propose(person(MAKER), "Trifle")
    assert [row.outcome for row in rows(house, tables.flow_case)] == ["approved"]
    assert state(house, made) == "proposed"
    digest = history.read(person(HEAD), made).plan_digest
    with pytest.raises(Forbidden):
        releases.approve(person(MAKER), made, digest)
    assert releases.approve(person(HEAD), made, digest) == "approved"


def test_a_refusal_sends_it_back_and_a_withdrawal_ends_its_case(house: Context, person: Person) -> None:
    first = propose(person(MAKER))
    decide(person(HEAD), "refuse", opinion="Not yet")
    assert state(house, first) == "rejected"
    again = releases.propose_again(person(MAKER), first)
    releases.withdraw(person(MAKER), again)
    assert state(house, again) == "withdrawn"
    assert next((row.status, row.outcome) for row in rows(house, tables.flow_case)) == ("ended", "refused")
    assert {row.status for row in rows(house, tables.flow_case)} == {"ended"}
    assert not [row for row in rows(house, tables.work_item) if row.status in ("open", "waiting")]


def test_what_something_else_has_overtaken_asks_nobody_any_more(house: Context, person: Person) -> None:
    waits = propose(person(MAKER), "Size", "entity", SIZE)
    drafts.save(person(MAKER), "code_list", "colour", GREEN, None)
    other = releases.propose_drafts(person(MAKER), [("code_list", "colour")], name="Green")
    item = next(row for row in rows(house, tables.work_item) if row.role == "head")
    cases.act(person(HEAD), item.id, "decide", {"decision": "approve"}, expected_version=item.version)
    releases.activate(person(HEAD), other)
    assert (state(house, other), state(house, waits)) == ("live", "outdated")
    assert {row.status for row in rows(house, tables.flow_case)} == {"ended"}


def test_a_flow_about_something_else_is_refused(house: Context, person: Person) -> None:
    maker = person(MAKER)
    drafts.save(maker, "flow", "change-review", FLOW.replace("subject: release", "subject: application"), None)
    plan = releases.plan_drafts(maker)
    assert "flow.of_another_subject" in {problem.code for problem in plan.problems}


def test_the_proposal_is_judged_by_what_is_live_not_by_itself(house: Context, person: Person) -> None:
    """A change that takes the flow out goes through it."""
    maker = person(MAKER)
    drafts.save(
        maker, "organisation", "organisation", ORGANISATION.replace("  flows: {release: change-review}\n", ""), None
    )
    made = releases.propose_drafts(maker, name="No flow")
    decide(person(RISK))
    decide(person(HEAD))
    releases.activate(person(HEAD), made)
    live = replace(maker, registry=releases.live(maker.database, replace(maker.company, release_id=None)))
    drafts.save(live, "code_list", "colour", GREEN, None)
    plain = releases.propose_drafts(live, name="Green")
    digest = history.read(live, plain).plan_digest
    head = replace(live, actor=person(HEAD).actor)
    assert releases.approve(head, plain, digest) == "approved"
