"""Running cases in another version of their flow: renamed, given out anew, or left where they are and told why."""

from __future__ import annotations

from dataclasses import replace

from tests.engines.flows.flow_builder import approval, flow_of, node, says

from loanloom.engines import flows
from loanloom.engines.flows.migrating import migrate
from loanloom.engines.flows.model import Assignment, Awaited, Route

OLD = flow_of(
    node("begin", "start", Route(to="first")),
    approval("first", "a", Route(to="second"), state="A1"),
    approval("second", "b", Route(to="pause"), state="A2"),
    node("pause", "wait", awaited=(Awaited(to="end", hours=24),)),
    node("end", "end", outcome="approved"),
)
RENAMED = flow_of(
    node("begin", "start", Route(to="first")),
    approval("first", "a", Route(to="third"), state="A1"),
    approval("third", "b", Route(to="extra"), state="B2", return_to=("first",)),
    approval("extra", "c", Route(to="end")),
    node("end", "end", outcome="approved"),
)
WORLD = flows.World()


def at_second() -> flows.State:
    state = flows.start(OLD, WORLD, makers=(1,)).state
    return flows.decide(OLD, state, 1, says("approve", 2, "a", conditions=("insured",)), WORLD).state


def test_a_renamed_step_keeps_its_work_and_goes_the_new_way() -> None:
    moved = migrate(OLD, RENAMED, at_second(), {"second": "third"}, WORLD)
    assert moved.problems == () and moved.opened == () and moved.closed == ()
    (item,) = moved.state.items
    assert (item.number, item.node, moved.state.code) == (2, "third", "B2")
    assert moved.state.path == ("begin", "first", "third")
    then = flows.decide(RENAMED, moved.state, 2, says("approve", 3, "b"), WORLD)
    assert [each.node for each in then.state.items] == ["extra"]  # a step that the old version did not have
    assert then.state.conditions == ("insured",)


def test_it_can_be_returned_to_a_step_passed_before_it_was_moved() -> None:
    moved = migrate(OLD, RENAMED, at_second(), {"second": "third"}, WORLD)
    back = flows.decide(RENAMED, moved.state, 2, says("return", 3, "b", to="first"), WORLD)
    assert [each.node for each in back.state.items] == ["first"] and back.state.chain == ()


def test_work_that_others_do_now_is_given_out_anew_unless_it_is_to_stay() -> None:
    second = replace(OLD.nodes["second"], assign=(Assignment(role="z"),))
    new = replace(OLD, nodes={**OLD.nodes, "second": second})
    moved = migrate(OLD, new, at_second(), {}, WORLD)
    assert [item.role for item in moved.opened] == ["z"] and moved.closed == (2,)
    assert moved.state.path == ("begin", "first", "second")  # entered once, as before
    kept = migrate(OLD, new, at_second(), {}, WORLD, keep=True)
    assert kept.opened == () and [item.role for item in kept.state.items] == ["b"]


def test_a_case_without_a_place_stays_and_is_told() -> None:
    state = at_second()
    gone = migrate(OLD, RENAMED, state, {}, WORLD)
    assert [problem.code for problem in gone.problems] == ["flow.migration.missing"] and gone.state == state
    other = migrate(OLD, RENAMED, state, {"second": "end"}, WORLD)
    assert [problem.code for problem in other.problems] == ["flow.migration.sort"]


def test_what_waits_for_something_else_than_people_fits_only_its_own_sort() -> None:
    waiting = flows.decide(OLD, at_second(), 2, says("approve", 3, "b"), WORLD).state
    assert migrate(OLD, RENAMED, waiting, {"pause": "extra"}, WORLD).problems[0].code == "flow.migration.sort"
    later = replace(OLD, nodes={**OLD.nodes, "pause": node("pause", "wait", awaited=(Awaited(to="end", hours=1),))})
    assert migrate(OLD, later, waiting, {}, WORLD).problems == ()


def test_a_branch_needs_something_that_joins_it() -> None:
    split = flow_of(
        node("begin", "start", Route(to="fork")),
        node("fork", "parallel", Route(to="x"), Route(to="y")),
        approval("x", "a", Route(to="both")),
        approval("y", "b", Route(to="both")),
        node("both", "join", Route(to="end")),
        node("end", "end", outcome="approved"),
    )
    single = flow_of(
        node("begin", "start", Route(to="x")),
        approval("x", "a", Route(to="y")),
        approval("y", "b", Route(to="end")),
        node("end", "end", outcome="approved"),
    )
    state = flows.start(split, WORLD, makers=(1,)).state
    found = [problem.code for problem in migrate(split, single, state, {}, WORLD).problems]
    assert found == ["flow.migration.branch", "flow.migration.branch"]


def test_a_case_that_has_ended_or_is_suspended_stays() -> None:
    state = at_second()
    held = flows.suspend(OLD, state, flows.Person(id=9, administrator=True), WORLD, reason="x").state
    assert migrate(OLD, RENAMED, held, {"second": "third"}, WORLD).problems[0].code == "flow.suspended"
