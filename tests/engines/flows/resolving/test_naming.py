"""Every way of naming the people of a step, told as a credit officer would tell it. The case is the East branch's."""

from __future__ import annotations

import pytest
from tests.engines.flows.resolving.house import TODAY, approval, authority, begun, flow, staff, who

from loanloom.engines.flows import World, start
from loanloom.engines.flows.resolving import Roster

LIMITS = """
- {position: branch-manager, products: [farm-loan], limit: 30000}
- {position: branch-manager, grades: [A], limit: 200000}
- {position: branch-manager, limit: 100000}
- {role: approver-2, guarantees: [credit], limit: 300000}
- {role: approver-2, limit: 1000000}
"""


def credit(amount, limits=LIMITS, **more):
    return begun(approval("{authority: credit}"), amount=amount, authorities={"credit": authority(limits)}, **more)


def test_a_role_stays_a_group_that_whoever_comes_first_takes_from():
    assert who(begun(approval("{role: approver-1}"))) == ["role:approver-1"]


def test_a_position_stays_a_group_too():
    assert who(begun(approval("{position: examiner, scope: all}"))) == ["position:examiner"]


def test_named_users_get_it_and_whoever_has_left_does_not():
    left = staff(ron={"active": False})
    assert who(begun(approval("{users: [rita, ron, nobody]}"), staff=left)) == ["rita"]


def test_everybody_of_a_unit_and_of_the_units_below_it_gets_it():
    assert who(begun(approval("{unit: east-branch}"))) == ["east-head", "ben"]  # ann made the case


def test_a_unit_can_be_narrowed_to_a_role():
    assert who(begun(approval("{unit: west-branch, role: officer}"))) == ["wu"]


def test_the_head_of_the_branch_of_the_case():
    assert who(begun(approval("{head_of: branch}"))) == ["east-head"]


def test_a_department_that_names_no_head_is_headed_by_the_branch():
    assert who(begun(approval("{head_of: department}"))) == ["east-head"]


def test_the_head_of_a_unit_named():
    assert who(begun(approval("{head_of: finance}"))) == ["accountant"]


def test_a_post_that_is_vacant_is_told_so_and_not_filled_from_elsewhere():
    gone = staff(east_head={"active": False})
    moved = begun(approval("{head_of: branch}"), staff=gone)
    assert [item.role for item in moved.opened] == ["*administrator"]


def test_the_superior_of_whoever_started_it():
    assert who(begun(approval("{manager_of: starter}"))) == ["east-head"]


def test_the_superior_of_the_head_of_a_branch_is_the_general_manager():
    assert who(begun(approval("{manager_of: starter}"), makers=("east-head",))) == ["general"]


def test_the_superior_of_a_person_whom_the_case_names():
    facts = {"customer": {"name": "wu"}}
    assert who(begun(approval("{manager_of: customer.name}"), facts=facts)) == ["west-head"]


def test_a_field_that_names_one_person_or_several():
    assert who(begun(approval("{field: customer.name}"), facts={"customer": {"name": "rita"}})) == ["rita"]
    both = {"customer": {"name": ["rita", "ron"]}}
    assert who(begun(approval("{field: customer.name}"), facts=both)) == ["rita", "ron"]


def test_a_field_that_names_nobody_leaves_the_work_to_the_administrators():
    moved = begun(approval("{field: customer.name}"), facts={"customer": {"name": None}})
    assert [item.role for item in moved.opened] == ["*administrator"]


def test_an_expression_that_names_people_by_the_facts_of_the_case():
    step = approval('{expression: \'if application.amount > 100000 then "rita" else "ron"\'}')
    assert who(begun(step, amount=50_000)) == ["ron"]
    assert who(begun(step, amount=500_000)) == ["rita"]


def test_who_decided_the_original_contract_decides_its_change():
    assert who(begun(approval("{deciders_of: contract}"), originals={"contract": (8, 1)})) == ["west-head", "general"]


def test_for_a_decider_who_has_left_their_successor_decides():
    gone = staff(rita={"active": False}, west_head={"active": False})
    moved = begun(approval("{deciders_of: contract}"), staff=gone, originals={"contract": (3, 8)})
    assert who(moved) == ["ron", "east-head"]  # another examiner of risk; another branch manager, since West has none


def test_for_a_decider_whose_post_is_gone_their_superior_decides():
    gone = staff(rita={"active": False}, ron={"active": False})
    assert who(begun(approval("{deciders_of: contract}"), staff=gone, originals={"contract": (3,)})) == ["general"]


def test_an_outside_party_whom_the_case_names_gets_it():
    moved = begun(approval("{outside: customer.name}"), facts={"customer": {"name": "GC-01"}})
    assert who(moved) == ["outside:GC-01"]


def test_a_plugin_names_people():
    asked = []

    def by_turnover(question):
        asked.append((question.node, question.unit, question.facts["application"]["amount"]))
        return ["rita"]

    moved = begun(approval("{plugin: by-turnover}"), resolvers={"by-turnover": by_turnover})
    assert who(moved) == ["rita"]
    assert asked == [("first", "east-lending", 50_000)]


def test_a_plugin_that_fails_stops_nothing_but_the_step_and_says_which_it_was():
    def broken(question):
        raise RuntimeError("no connection to 10.0.0.1")

    moved = begun(approval("{plugin: by-turnover}"), resolvers={"by-turnover": broken})
    assert [problem.code for problem in moved.problems] == ["flow.resolver_failed"]
    assert "by-turnover" in moved.problems[0].message["en"]
    assert "10.0.0.1" not in moved.problems[0].message["en"]


@pytest.mark.parametrize("way", ["{plugin: nowhere}", "{authority: nowhere}"])
def test_what_names_people_and_is_missing_is_told(way):
    moved = begun(approval(way))
    assert [problem.code for problem in moved.problems] == ["flow.people_unknown"]
    assert "nowhere" in moved.problems[0].message["zh"]


# --- limits of authority


def test_the_lowest_limit_that_covers_the_amount_decides():
    assert who(credit(100_000)) == ["east-head"]
    assert who(credit(100_001)) == ["general"]


def test_an_amount_above_everybodys_limit_waits_for_an_administrator():
    assert [item.role for item in credit(1_000_001).opened] == ["*administrator"]


def test_a_better_grade_raises_the_limit_and_another_product_lowers_it():
    assert who(credit(150_000, facts={"score": {"grade": "A"}})) == ["east-head"]
    assert who(credit(150_000, facts={"score": {"grade": "B"}})) == ["general"]
    assert who(credit(31_000, facts={"product": {"key": "farm-loan"}})) == ["general"]


def test_a_weaker_guarantee_lowers_the_limit():
    facts = {"application": {"amount": 400_000, "guarantee_mode": "credit"}}
    assert [item.role for item in credit(0, facts=facts).opened] == ["*administrator"]
    assert who(credit(0, facts={"application": {"amount": 400_000, "guarantee_mode": "mortgage"}})) == ["general"]


def test_a_limit_changes_on_its_day():
    dated = "- {position: branch-manager, to: 2026-06-30, limit: 10000}\n- {position: branch-manager, limit: 90000}"
    assert who(credit(50_000, dated)) == ["east-head"]
    assert [item.role for item in credit(50_000, dated, on=TODAY.replace(month=6, day=30)).opened] == ["*administrator"]


def test_a_limit_for_one_unit_or_one_person_comes_before_the_general_one():
    rows = """
- {position: branch-manager, unit: east-branch, limit: 20000}
- {user: general, limit: 60000}
- {position: branch-manager, limit: 100000}
"""
    assert who(credit(20_000, rows)) == ["east-head"]
    assert who(credit(50_000, rows)) == ["general"]  # West's limit covers it, but the case is not West's
    assert who(credit(50_000, rows, unit="west-lending")) == ["general"]
    assert who(credit(90_000, rows, unit="west-lending")) == ["west-head"]


def test_a_case_without_an_amount_is_covered_by_nobody():
    moved = credit(0, facts={"application": {"amount": None}})
    assert [item.role for item in moved.opened] == ["*administrator"]


# --- what is asked of the house


class Unasked:
    """A matter that fails when anything is asked of it but what it is about."""

    unit = "east-lending"
    on = TODAY

    def __getattr__(self, name):
        raise AssertionError(f"asked for {name}")


@pytest.mark.parametrize(
    ("assign", "more"),
    [
        ("{role: approver-1}", ()),
        ("{position: examiner, scope: all}", ("cc: {role: finance, scope: all}",)),
        ("{outside: customer.name}", ()),
    ],
)
def test_a_step_that_names_a_group_asks_the_house_nothing(assign, more):
    world = World(facts={"customer": {"name": "GC-01"}}, people=Roster(Unasked()))
    assert len(start(flow(approval(assign, *more)), world, makers=(6,)).opened) == 1


@pytest.mark.parametrize(
    ("assign", "more"),
    [
        ("{head_of: branch}", ()),
        ("{role: approver-1}", ("dispatch: {by: load}",)),
        ("{role: approver-1}", ("if_nobody: {do: administrator}",)),
        ("{role: approver-1}", ("exclude: [maker, relatives]",)),
        ("[{role: approver-1}, {role: approver-2}]", ()),
    ],
)
def test_a_step_that_must_know_who_is_there_asks(assign, more):
    with pytest.raises(AssertionError, match="asked for"):
        start(flow(approval(assign, *more)), World(people=Roster(Unasked())), makers=(6,))


def test_several_groups_together_are_all_of_their_people():
    assert who(begun(approval("[{role: approver-1}, {role: approver-2, scope: all}]"))) == [
        "east-head",
        "ben",
        "general",
    ]
