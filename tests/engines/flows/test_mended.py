"""What random cases once found broken, each as a case of its own."""

from __future__ import annotations

from tests.engines.flows.flow_builder import approval, flow_of, node
from tests.engines.flows.random_flows import STAFF, Staff

from loanloom.engines import flows as engine
from loanloom.engines.flows import ACTIONS, ADMINISTRATOR, POWERS, Decision, Route, World
from loanloom.engines.flows.model import Assignment, Join, Voting

WORLD = World(people=Staff(known=True))
ENDS = (node("yes", "end", outcome="approved"), node("no", "end", outcome="refused"))


def votes(*users: str, **voting):
    said = {"assign": (Assignment(users=users),), "actions": ACTIONS, "powers": frozenset(POWERS)}
    made = node("votes", "countersign", Route(to="yes"), voting=Voting(**voting), **said)
    return flow_of(node("begin", "start", Route(to="votes")), made, *ENDS)


def says(flow, state, number, person, action="approve"):
    moved = engine.decide(flow, state, number, Decision(action=action, by=STAFF[person - 1]), WORLD)
    assert not moved.problems, moved.problems
    return moved.state


def test_material_asked_for_in_a_vote_lets_the_asker_go_on_at_once():
    flow = votes("p3", "p4", "p5")
    state = engine.start(flow, WORLD, makers=(1,)).state
    state = engine.ask_material(flow, state, 1, STAFF[2], WORLD, reason="x").state
    (material,) = [item for item in state.open_items if item.kind == "material"]
    state = engine.resubmit(flow, state, material.number, STAFF[0], WORLD).state
    assert {item.number for item in state.open_items} == {1, 2, 3}, "not only when the others have voted"


def test_a_vote_that_nobody_could_win_asks_administrators_for_more_people():
    flow = votes("p1", "p4", rule="count", needed=2)
    state = engine.start(flow, WORLD, makers=(1,)).state
    assert [(item.users, item.role) for item in state.open_items] == [((4,), None), ((), ADMINISTRATOR)]
    state = says(flow, state, 1, 4)
    assert state.status == "running", "one yes of two asked for is no refusal"


def test_a_vote_keeps_as_many_voters_as_a_yes_needs():
    flow = votes("p3", "p4", rule="count", needed=2)
    state = engine.start(flow, WORLD, makers=(1,)).state
    (problem,) = engine.remove_signer(flow, state, 1, STAFF[2], 2, WORLD).problems
    assert problem.code == "flow.too_few_voters"


def test_a_branch_that_its_join_left_behind_neither_refuses_nor_returns_the_case():
    flow = flow_of(
        node("begin", "start", Route(to="split")),
        node("split", "parallel", Route(to="left"), Route(to="right")),
        approval("left", "r0", Route(to="both"), exclude=frozenset({"maker"})),
        approval("right", "r0", Route(to="both"), exclude=frozenset({"maker"})),
        node("both", "join", Route(to="after"), join=Join(needed=1, rest="absorb")),
        approval("after", "r1", Route(to="yes"), exclude=frozenset({"maker"})),
        *ENDS,
    )
    state = says(flow, engine.start(flow, WORLD, makers=(1,)).state, 1, 3)
    assert [item.node for item in state.open_items] == ["right", "after"]
    back = engine.decide(flow, state, 2, Decision(action="return", by=STAFF[3]), WORLD)
    assert back.problems[0].code == "flow.return_target"
    state = says(flow, state, 2, 4, "refuse")
    assert state.status == "running" and [item.node for item in state.open_items] == ["after"]
    assert says(flow, state, 3, 5).outcome == "approved"
