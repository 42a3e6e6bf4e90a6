"""Handing out work, and who may not have it: dispatch, exclusions, the starter, the same person twice, nobody."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.engines.flows.resolving.house import IDS, TODAY, approval, authority, begun, flow, staff, who

from loanloom.engines.flows import Decision, World, decide, transfer
from loanloom.engines.flows.resolving import Known, Roster, acting, changes, covered, shortfall

EXAMINERS = "{position: examiner, scope: all}"


def handed(by, assign=EXAMINERS, **known):
    return who(begun(approval(assign, f"dispatch: {by}"), **known))


# --- dispatch


def test_whoever_has_least_to_do_gets_it():
    assert handed("{by: load}", staff=staff(rita={"load": 7}, ron={"load": 6})) == ["ron"]
    assert handed("{by: load}", staff=staff(rita={"load": 6}, ron={"load": 6})) == ["rita"]


def test_whoever_is_away_is_passed_over_while_somebody_is_there():
    away = {"load": 0, "away": True}
    assert handed("{by: load}", staff=staff(rita=away, ron={"load": 9})) == ["ron"]
    assert handed("{by: load}", staff=staff(rita=away, ron=away)) == ["rita"]


def test_in_turn_one_after_the_other():
    assert [handed("{by: round_robin}", turns={"first": turn}) for turn in (0, 1, 2, 3)] == [
        ["rita"], ["ron"], ["rita"], ["ron"],
    ]  # fmt: skip


def test_by_region_it_goes_to_the_branch_that_looks_after_it():
    heads = "{position: branch-manager, scope: all}"
    linshui, shanqian = ({"customer": {"village": name}} for name in ("Linshui", "Shanqian"))
    assert handed("{by: region}", heads, facts=linshui) == ["east-head"]
    assert handed("{by: region}", heads, facts=shanqian) == ["west-head"]


def test_a_region_that_nobody_looks_after_is_left_to_whoever_takes_it():
    moved = begun(
        approval("{position: branch-manager, scope: all}", "dispatch: {by: region}"),
        facts={"customer": {"village": "Elsewhere"}},
    )
    assert who(moved) == ["position:branch-manager"]


def test_by_product_it_goes_to_the_unit_that_looks_after_it():
    officers = "{role: officer, scope: all}"
    shop = {"product": {"key": "shop-loan"}}
    assert handed("{by: product}", officers, facts=shop) == ["wu"]
    farm = {"product": {"key": "farm-loan"}}
    assert handed("{by: product}", officers, facts=farm, makers=("ann",)) == ["ben"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"user": "ron"}, ["ron"]),
        ({"unit": "risk"}, ["rita"]),
        ({}, ["position:examiner"]),
        ({"user": "wu"}, ["position:examiner"]),
    ],
)
def test_by_rules_it_goes_to_whom_they_name_if_that_is_a_candidate(said, expected):
    asked = []

    def rules(ruleset, facts):
        asked.append((ruleset, facts["application"]["amount"]))
        return said

    assert handed("{by: ruleset, ruleset: who-examines}", rules=rules) == expected
    assert asked == [("who-examines", 50_000)]


# --- who may not


def test_whoever_made_the_case_never_gets_it():
    assert handed("{by: load}", "{role: approver-1}", makers=("ben",)) == ["east-head"]


def test_a_declared_relative_of_the_customer_does_not_get_it():
    step = approval(EXAMINERS, "exclude: [maker, relatives]", "dispatch: {by: load}")
    assert who(begun(step, relations={"relatives": (IDS["rita"],)})) == ["ron"]
    assert who(begun(step, relations={"related_parties": (IDS["rita"],)})) == ["rita"]


def test_whoever_is_related_may_not_even_when_they_hold_the_role():
    moved = begun(approval(EXAMINERS, "exclude: [related_parties]"), relations={"related_parties": (IDS["rita"],)})
    (item,) = moved.opened
    assert item.excluded == (IDS["rita"], IDS["ann"])


def test_whoever_decided_the_original_does_not_check_its_change():
    step = approval(EXAMINERS, "exclude: [maker, deciders]", "dispatch: {by: load}")
    assert who(begun(step, originals={"contract": (IDS["rita"],)})) == ["ron"]


# --- the starter, the same person, nobody


def test_where_only_the_starter_could_decide_their_superior_does():
    step = approval("{head_of: branch}", "if_starter: superior")
    assert who(begun(step, makers=("east-head",))) == ["general"]


def test_where_only_the_starter_could_decide_the_step_may_be_passed():
    moved = begun(approval("{head_of: branch}", "if_starter: pass"), makers=("east-head",))
    assert moved.state.outcome == "approved"
    assert ("passed", "starter") in [(entry.kind, entry.action) for entry in moved.history]


def test_by_default_somebody_else_must_decide_what_only_the_starter_could():
    moved = begun(approval("{head_of: branch}"), makers=("east-head",))
    assert [item.role for item in moved.opened] == ["*administrator"]


def test_nobody_and_the_step_says_refuse_then_the_case_stays_where_it_was():
    moved = begun(approval("{role: committee}", "if_nobody: {do: refuse}"))
    assert [problem.code for problem in moved.problems] == ["flow.nobody"]


def test_nobody_and_the_step_says_who_else_does_it():
    step = approval("{role: committee}", "if_nobody: {do: assign, assign: {head_of: branch}}")
    assert who(begun(step)) == ["east-head"]


def test_nobody_and_the_step_says_pass():
    moved = begun(approval("{role: committee}", "if_nobody: {do: pass}"))
    assert moved.state.outcome == "approved"


def test_a_role_held_in_another_branch_alone_is_nobody_here():
    step = approval("{role: approver-1}", "if_nobody: {do: administrator}")
    moved = begun(step, staff=staff(east_head={"roles": frozenset()}, ben={"roles": frozenset()}))
    assert [item.role for item in moved.opened] == ["*administrator"]


def test_the_same_person_is_not_asked_twice_where_the_flow_says_so():
    second = "title: {en: Second, zh: 复审}\ntype: approval\nassign: {head_of: branch}\nexclude: [maker]\nif_same: pass"
    step = approval("{users: [east-head]}")
    moved = begun(step, after=second)
    place = flow(step, after=second)
    known = Known(staff=staff(), on=TODAY, unit="east-lending")
    said = Decision(action="approve", by=person("east-head"))
    world = World(facts={"application": {"amount": Decimal(1)}}, people=Roster(known))
    done = decide(place, moved.state, moved.opened[0].number, said, world)
    assert done.state.outcome == "approved"
    assert ("passed", "same_person", IDS["east-head"]) in [(one.kind, one.action, one.by) for one in done.history]


# --- limits when somebody decides


def person(name, amount=None, table=None, unit="east-lending", stands_in_for=()):
    """Somebody as a case of this unit sees them, with the tables that cover it."""
    house = staff()
    member = house.members[IDS[name]]
    facts = {"application": {"amount": amount}}
    covers = covered(member, [table], facts, TODAY, house.organisation) if table else ()
    return acting(member, unit, house.organisation, covers=covers, stands_in_for=stands_in_for)


def test_who_decides_needs_a_limit_that_covers_the_case():
    table = authority("- {role: approver-1, limit: 100000}")
    assert person("ben", 100_000, table).covers == {"credit"}
    assert person("ben", 100_001, table).covers == set()
    assert person("rita", 1, table).covers == set()


@pytest.mark.parametrize(
    ("name", "unit", "branch", "department"),
    [
        ("ann", "east-lending", True, True),
        ("east-head", "east-lending", True, False),
        ("wu", "east-lending", False, False),
        ("ben", "east-branch", True, True),
        ("general", "east-branch", False, False),
        ("general", None, False, False),
    ],
)
def test_who_belongs_to_the_branch_and_to_the_department_of_a_case(name, unit, branch, department):
    found = person(name, unit=unit)
    assert (found.in_branch, found.in_department) == (branch, department)


TABLE = authority("- {position: branch-manager, limit: 100000}\n- {role: approver-2, limit: 1000000}")
BY_AUTHORITY = approval("{authority: credit}", "actions: [approve, refuse, transfer]")


def by_authority(amount):
    """A case that waits for whoever has the authority, and the world it lives in."""
    moved = begun(BY_AUTHORITY, amount=amount, authorities={"credit": TABLE})
    return flow(BY_AUTHORITY), moved.state, moved.opened[0].number, World()


def test_who_stands_in_needs_as_much_authority_as_the_absent():
    place, state, number, world = by_authority(150_000)  # the general manager's
    general = person("general", 150_000, TABLE)
    low = person("west-head", 150_000, TABLE, stands_in_for=(general,))
    refused = decide(place, state, number, Decision(action="approve", by=low), world)
    assert [problem.code for problem in refused.problems] == ["flow.over_limit"]
    assert refused.state == state
    may_refuse = decide(place, state, number, Decision(action="refuse", by=low), world)
    assert may_refuse.state.outcome == "refused"


def test_who_stands_in_with_as_much_authority_decides_and_the_history_says_for_whom():
    place, state, number, world = by_authority(80_000)  # the East branch's head's
    absent = person("east-head", 80_000, TABLE)
    west = person("west-head", 80_000, TABLE, stands_in_for=(absent,))
    done = decide(place, state, number, Decision(action="approve", by=west), world)
    assert done.state.outcome == "approved"
    assert [(one.by, one.for_whom) for one in done.history if one.kind == "decided"] == [
        (IDS["west-head"], IDS["east-head"])
    ]


def test_a_case_is_not_passed_on_to_somebody_with_less_authority():
    place, state, number, world = by_authority(80_000)
    head, rita = person("east-head", 80_000, TABLE), person("rita", 80_000, TABLE)
    refused = transfer(place, state, number, head, rita, world)
    assert [(problem.code, problem.field) for problem in refused.problems] == [("flow.over_limit", "to")]
    general = person("general", 80_000, TABLE)
    passed = transfer(place, state, number, head, general, world)
    assert passed.changed[0].users == (IDS["general"],)


# --- is one person's authority as good as another's


def lesser(one, other, rows, days=(TODAY,)):
    house = staff()
    return shortfall(authority(rows), house.members[IDS[one]], house.members[IDS[other]], house.organisation, days)


def test_equal_and_greater_authority_is_enough_for_standing_in():
    rows = "- {position: branch-manager, limit: 100000}\n- {role: approver-2, limit: 1000000}"
    assert lesser("east-head", "west-head", rows) is None
    assert lesser("east-head", "general", rows) is None
    assert lesser("general", "east-head", rows) is not None
    assert lesser("east-head", "rita", rows) is not None


def test_authority_that_is_less_for_one_product_alone_is_less():
    rows = """
- {user: west-head, products: [farm-loan], limit: 50000}
- {position: branch-manager, limit: 100000}
"""
    case = lesser("east-head", "west-head", rows)
    assert case is not None
    assert case.product == "farm-loan"
    assert lesser("west-head", "east-head", rows) is None


def test_authority_that_ends_within_the_days_is_less_from_then_on():
    rows = "- {user: west-head, to: 2026-07-10, limit: 100000}\n- {user: east-head, limit: 100000}"
    table = authority(rows)
    until_tenth = changes(table, TODAY, date(2026, 7, 10))
    until_end = changes(table, TODAY, date(2026, 7, 31))
    assert lesser("east-head", "west-head", rows, until_tenth) is None
    assert lesser("east-head", "west-head", rows, until_end).on == date(2026, 7, 11)
