"""What happens to a case without people: events, times, answers to calls, sub-flows that ended, deadlines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loanloom.engines.flows import refusing, returning, waiting
from loanloom.engines.flows.acting.deciding import carry, count, go_back
from loanloom.engines.flows.conditions import evaluated
from loanloom.engines.flows.model import Awaited, Deadline, Flow
from loanloom.engines.flows.moves import Moved, World
from loanloom.engines.flows.running import carried_out
from loanloom.engines.flows.state import Item, State, Token
from loanloom.engines.flows.step import Step
from loanloom.problems import Problem


def happen(flow: Flow, state: State, event: str, data: Mapping[str, Any], world: World) -> Moved:
    """An event came: the first wait node that waits for it (and whose condition holds) goes on. A problem when none
    does: an event that nobody waits for changes nothing."""
    if state.status != "running":
        return Moved(state=state, problems=(refusing.not_now(state) or refusing.not_open(),))
    facts = {**world.facts, "event": dict(data)}
    for token in state.tokens:
        if token.waits != "event":
            continue
        for awaited in flow.nodes[token.node].awaited:
            if awaited.event != event:
                continue
            if awaited.condition is not None:
                found = evaluated(flow.nodes[token.node], awaited.condition, awaited.source or event, facts)
                if isinstance(found, Problem):
                    return Moved(state=state, problems=(found,))
                if found.value is not True:
                    continue

            def act(step: Step, number: int = token.number, awaited: Awaited = awaited) -> None:
                waiting.happened(step, number, awaited, data, event)

            return carried_out(flow, state, world, act)
    return Moved(state=state, problems=(refusing.not_open(),))


def pass_time(flow: Flow, state: State, number: int, place: int, world: World) -> Moved:
    """The time of a wait node's way number `place` has come."""
    token = state.token(number)
    if state.status != "running" or token is None or token.waits != "event":
        return Moved(state=state, problems=(refusing.not_now(state) or refusing.not_open(),))
    ways = flow.nodes[token.node].awaited
    if not 0 <= place < len(ways):
        return Moved(state=state, problems=(refusing.not_open(),))
    awaited = ways[place]
    return carried_out(flow, state, world, lambda step: waiting.happened(step, number, awaited, None, "time"))


def answer_call(flow: Flow, state: State, number: int, values: Mapping[str, Any], world: World) -> Moved:
    """A service call answered."""
    return _if_running(flow, state, world, lambda step: waiting.called(step, number, values))


def fail_call(flow: Flow, state: State, number: int, reason: str, world: World) -> Moved:
    """A service call failed for good."""
    return _if_running(flow, state, world, lambda step: waiting.call_failed(step, number, reason))


def sub_flow_ended(flow: Flow, state: State, run: str, outcome: str, values: Mapping[str, Any], world: World) -> Moved:
    """A run of a sub-flow ended."""
    return _if_running(flow, state, world, lambda step: waiting.sub_ended(step, run, outcome, values))


def _if_running(flow: Flow, state: State, world: World, act: Any) -> Moved:
    problem = refusing.not_now(state)
    return Moved(state=state, problems=(problem,)) if problem is not None else carried_out(flow, state, world, act)


DECIDED = ("form", "approval", "vote", "signer")
"""Items for which time can act; what makers supply and minutes are only reminded of."""


def expire(flow: Flow, state: State, number: int, deadline: Deadline, world: World) -> Moved:
    """A deadline of an item passed that decides by itself: approve, refuse, return, or another way."""
    item = state.item(number)
    problem = refusing.not_now(state)
    if problem is not None or item is None or item.pending or item.kind not in DECIDED:
        return Moved(state=state, problems=(problem or refusing.not_open(),))

    def act(step: Step) -> None:
        step.note("expired", item.node, item=number, action=deadline.do, to=deadline.to)
        token = step.state.token(item.token)
        assert token is not None, "an item without a token"
        node = step.node(item.node)
        if deadline.do == "route" and deadline.to is not None:
            step.lift(token)
            step.go(deadline.to, token.forks)
        elif deadline.do == "return":
            _return(step, token, item, deadline)
        elif deadline.do in ("approve", "refuse"):
            count(step, token, node, deadline.do)
            carry(step, token, node, deadline.do)

    return carried_out(flow, state, world, act)


def _return(step: Step, token: Token, item: Item, deadline: Deadline) -> None:
    """Back to where the deadline says, else to where the node may return to first, else to the start; a branch that its
    join has left behind just ends."""
    targets = returning.return_targets(step.node(item.node), step.state, item)
    if deadline.to in targets or targets:
        go_back(step, token, deadline.to if deadline.to in targets else targets[0], "again")
    elif returning.left_behind(step.state, token.forks):
        step.lift(token)
    else:
        go_back(step, token, step.flow.start, "again")
