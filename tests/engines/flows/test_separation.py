"""Nobody gets a second voice in a case, and nobody who made it a first one: whatever way it reaches them."""

from __future__ import annotations

import pytest
from tests.engines.flows.flow_builder import approval, flow_of, node

from loanloom.engines import flows as engine
from loanloom.engines.flows import ACTIONS, ADMINISTRATOR, POWERS, Decision, Person, Route, World, choosing
from loanloom.engines.flows.model import Assignment, Deadline, Join, Voting
from loanloom.problems import Problem

WORLD = World()
ENDS = (node("yes", "end", outcome="approved"), node("no", "end", outcome="refused"))
BOTH = Person(id=7, roles=frozenset({"a", "b"}))
ADMIN = Person(id=9, administrator=True)


def codes(moved):
    return [problem.code for problem in moved.problems]


def decided(flow, state, number, person, action="approve"):
    return engine.decide(flow, state, number, Decision(action=action, by=person), WORLD)


def groups_vote():
    said = {"assign": (Assignment(role="a"), Assignment(role="b")), "actions": ACTIONS, "powers": frozenset(POWERS)}
    votes = node("votes", "countersign", Route(to="yes"), voting=Voting(), each="group", **said)
    flow = flow_of(node("begin", "start", Route(to="votes")), votes, *ENDS)
    return flow, engine.start(flow, WORLD, makers=(1,)).state


def test_two_roles_are_not_two_votes():
    flow, state = groups_vote()
    state = decided(flow, state, 1, BOTH).state
    assert codes(decided(flow, state, 2, BOTH)) == ["flow.voted"]


def test_who_stands_in_for_somebody_votes_once():
    flow, state = groups_vote()
    absent = Person(id=8, roles=frozenset({"b"}))
    mine = Person(id=7, roles=frozenset({"a"}), stands_in_for=(absent,))
    state = decided(flow, state, 1, mine).state
    assert codes(decided(flow, state, 2, mine)) == ["flow.voted"]
    assert not codes(decided(flow, state, 2, absent))


def test_a_vote_is_not_passed_on_to_who_has_voted():
    flow, state = groups_vote()
    state = decided(flow, state, 1, BOTH).state
    other = Person(id=8, roles=frozenset({"b"}))
    assert codes(engine.transfer(flow, state, 2, other, BOTH, WORLD)) == ["flow.voted"]
    assert codes(engine.give(flow, state, 2, ADMIN, 7, WORLD)) == ["flow.voted"]


def test_what_is_passed_on_stays_with_the_role():
    step = approval("first", "a", Route(to="yes"), powers=frozenset(POWERS))
    flow = flow_of(node("begin", "start", Route(to="first")), step, *ENDS)
    state = engine.start(flow, WORLD, makers=(1,)).state
    a2, a3 = (Person(id=number, roles=frozenset({"a"})) for number in (2, 3))
    state = engine.transfer(flow, state, 1, a2, a3, WORLD).state
    assert codes(decided(flow, state, 1, a2)) == ["flow.wrong_role"]
    stranger = Person(id=4, roles=frozenset({"b"}))
    assert codes(engine.transfer(flow, state, 1, a3, stranger, WORLD)) == ["flow.wrong_role"]
    assert not codes(decided(flow, state, 1, a3))


def test_branches_opened_at_once_are_not_approved_by_one_person():
    flow = flow_of(
        node("begin", "start", Route(to="split")),
        node("split", "parallel", Route(to="left"), Route(to="right")),
        approval("left", "a", Route(to="both")),
        approval("right", "b", Route(to="both")),
        node("both", "join", Route(to="yes"), join=Join()),
        *ENDS,
    )
    state = engine.start(flow, WORLD, makers=(1,)).state
    state = decided(flow, state, 1, BOTH).state
    assert codes(decided(flow, state, 2, BOTH)) == ["flow.excluded"]


def test_an_administrator_neither_jumps_their_own_case_nor_gives_themselves_work():
    flow = flow_of(
        node("begin", "start", Route(to="first")), approval("first", "a", Route(to="told")),
        node("told", "notify", Route(to="yes")), *ENDS,
    )  # fmt: skip
    own = engine.start(flow, WORLD, makers=(9,)).state
    assert codes(engine.jump(flow, own, ADMIN, "told", WORLD, reason="x")) == ["flow.excluded"]
    state = engine.start(flow, WORLD, makers=(1,)).state
    assert codes(engine.give(flow, state, 1, ADMIN, 9, WORLD)) == ["flow.not_to_oneself"]
    assert not codes(engine.jump(flow, state, ADMIN, "told", WORLD, reason="x"))


def test_what_is_for_administrators_may_be_taken_by_one():
    nobody = approval("first", "a", Route(to="yes"), assign=())
    flow = flow_of(node("begin", "start", Route(to="first")), nobody, *ENDS)
    state = engine.start(flow, WORLD, makers=(1,)).state
    assert state.items[0].role == ADMINISTRATOR
    assert not codes(engine.give(flow, state, 1, ADMIN, 9, WORLD))


@pytest.mark.parametrize("power", ["add_signers", "remove_signer", "ask_material"])
def test_whoever_writes_the_minutes_does_not_open_the_vote_again(power):
    said = {"assign": (Assignment(role="a"),), "record": (Assignment(role="c"),), "actions": ACTIONS}
    votes = node("votes", "committee", Route(to="yes"), each="group", voting=Voting(), powers=frozenset(POWERS), **said)
    flow = flow_of(node("begin", "start", Route(to="votes")), votes, *ENDS)
    state = decided(flow, engine.start(flow, WORLD, makers=(1,)).state, 1, BOTH, "refuse").state
    (minutes,) = state.open_items
    writer = Person(id=5, roles=frozenset({"c"}))
    more = {"add_signers": ((6,),), "remove_signer": (1,), "ask_material": ()}[power]
    asked = {"reason": "x"} if power == "ask_material" else {}
    assert codes(getattr(engine, power)(flow, state, minutes.number, writer, *more, WORLD, **asked)) == ["flow.action"]


def test_who_fills_in_a_form_or_supplies_material_has_made_the_case():
    flow = flow_of(
        node("begin", "start", Route(to="paper")),
        node("paper", "form", Route(to="first"), assign=(Assignment(role="c"),)),
        approval("first", "c", Route(to="yes")),
        *ENDS,
    )
    filler, other = (Person(id=number, roles=frozenset({"c"})) for number in (5, 6))
    state = engine.resubmit(flow, engine.start(flow, WORLD, makers=(1,)).state, 1, filler, WORLD).state
    assert codes(decided(flow, state, 2, filler)) == ["flow.excluded"]
    assert not codes(decided(flow, state, 2, other))


def test_people_are_chosen_by_whom_the_flow_says():
    chosen = approval("second", "b", Route(to="yes"), assign=(Assignment(chosen_by="previous"),))
    flow = flow_of(node("begin", "start", Route(to="first")), approval("first", "a", Route(to="second")), chosen, *ENDS)
    assert codes(engine.start(flow, WORLD, makers=(1,), chosen={"second": (4,)})) == ["flow.no_choice"]
    opened = engine.start(flow, WORLD, makers=(1,)).state
    sayer = Person(id=2, roles=frozenset({"a"}))
    forgotten = decided(flow, opened, 1, sayer)
    assert [(one.code, one.field) for one in forgotten.problems] == [("flow.choose", "chosen:second")]
    assert decided(flow, opened, 1, sayer, "refuse").state.outcome == "refused", "a no leads nowhere to name people for"


def test_a_term_that_passes_names_nobody_and_the_next_step_is_found_through_automatic_ones():
    chosen = approval("second", "b", Route(to="yes"), assign=(Assignment(chosen_by="previous"),))
    automatic = node("sort", "exclusive", Route(to="second", otherwise=True))
    late = approval("first", "a", Route(to="sort"), deadlines=(Deadline(hours=1, do="approve"),))
    flow = flow_of(node("begin", "start", Route(to="first")), late, automatic, chosen, *ENDS)
    assert choosing.following(flow, "first") == ("second",) and choosing.following(flow, "second") == ()
    opened = engine.start(flow, WORLD, makers=(1,)).state
    by_itself = engine.expire(flow, opened, 1, late.deadlines[0], WORLD)
    assert [one.role for one in by_itself.state.items] == [ADMINISTRATOR]
    said = Decision(action="approve", by=Person(id=2, roles=frozenset({"a"})), chosen={"second": (4,)})
    assert not codes(engine.decide(flow, opened, 1, said, WORLD))


def test_who_starts_names_people_for_every_step_that_has_nobody_else():
    chosen = approval("second", "b", Route(to="yes"), assign=(Assignment(chosen_by="starter"),))
    either = (Assignment(chosen_by="starter"), Assignment(role="c"))
    other = approval("first", "a", Route(to="second"), assign=either)
    flow = flow_of(node("begin", "start", Route(to="first")), other, chosen, *ENDS)
    assert choosing.of_starter(flow) == ("first", "second")

    def begun(**named):
        return engine.start(flow, WORLD, makers=(1,), chosen=named)

    for named, why in (({}, "Name who does"), ({"second": ()}, "Name who does"), ({"second": (1,)}, "somebody else")):
        (problem,) = begun(**named).problems
        assert (problem.code, problem.field) == ("flow.choose", "chosen:second") and why in problem.message["en"]
    assert begun(second=(1, 4)).state.chosen == {"second": (1, 4)}, "one of them may do it"
    unasked = engine.start(flow, WORLD, makers=(1,))
    assert not unasked.problems, "where nobody is asked the step states what happens"


def test_nobody_is_handed_what_they_have_approved_since():
    """Somebody who said yes in the other branch meanwhile could not decide: it is not passed on to them either."""
    split = node("split", "parallel", Route(to="left"), Route(to="right"))
    powers = frozenset({"transfer", "add_signer"})
    left = approval("left", "a", Route(to="both"), powers=powers, exclude=frozenset({"previous_approvers"}))
    right = approval("right", "b", Route(to="both"))
    flow = flow_of(
        node("begin", "start", Route(to="split")),
        split,
        left,
        right,
        node("both", "join", Route(to="yes"), join=Join()),
        *ENDS,
    )
    both = Person(id=3, roles=frozenset({"a", "b"}))
    begun = engine.start(flow, WORLD, makers=(1,)).state
    (mine,) = (one.number for one in begun.items if one.node == "left")
    (theirs,) = (one.number for one in begun.items if one.node == "right")
    state = decided(flow, begun, theirs, both).state
    holder = Person(id=2, roles=frozenset({"a"}))
    assert not codes(engine.transfer(flow, begun, mine, holder, both, WORLD))
    assert codes(engine.transfer(flow, state, mine, holder, both, WORLD)) == ["flow.excluded"]
    assert codes(engine.add_signers(flow, state, mine, holder, (3,), WORLD)) == ["flow.excluded"]
    assert 3 in engine.barred(flow.nodes["left"], state, state.item(mine))
    assert isinstance(engine.voice(flow.nodes["left"], state, state.item(mine), both), Problem)
