"""What sets a resting token going again without people: branches at a join, events, times, calls, sub-flows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loanloom.engines.flows.leaving import given, keep, leave
from loanloom.engines.flows.model import Awaited, Node
from loanloom.engines.flows.record import altered
from loanloom.engines.flows.refusing import not_open
from loanloom.engines.flows.state import Token
from loanloom.engines.flows.step import Failed, Step


def join(step: Step) -> bool:
    """Let the first join go on that has all it waits for; False when none has."""
    runs = {token.forks[-1][0]: token for token in step.state.tokens if token.waits == "join"}
    if not runs:
        return False
    return any(_joined(step, run, step.node(token.node)) for run, token in runs.items()) or _astray(step)


def _astray(step: Step) -> bool:
    """Nothing but joins that wait for each other is left, since somebody moved a token past its split: the last to come
    goes on by itself."""
    if not step.state.tokens or any(token.waits != "join" for token in step.state.tokens):
        return False
    token = max(step.state.tokens, key=lambda one: one.number)
    step.lift(token)
    step.note("joined", token.node, action="1")
    leave(step, step.node(token.node), token.forks)
    return True


def _joined(step: Step, run: int, node: Node) -> bool:
    inside = [token for token in step.state.tokens if token.inside(run)]
    arrived = [
        token for token in inside if token.waits == "join" and token.node == node.key and token.forks[-1][0] == run
    ]
    rest = [token for token in inside if token not in arrived]
    needed = node.join.needed if node.join else None
    if rest and (needed is None or len(arrived) < needed):
        return False
    forks = arrived[0].forks[:-1]
    for token in arrived:
        step.lift(token)
    if rest:
        if node.join is not None and node.join.rest == "absorb":
            step.set(absorbed=(*step.state.absorbed, run))
        else:
            step.cancel(rest)
    step.note("joined", node.key, action=str(len(arrived)))
    leave(step, node, forks)
    return True


def look_again(step: Step) -> bool:
    """Let a wait node go on whose condition (`until`) holds by now; False when none does."""
    for token in step.state.tokens:
        node = step.node(token.node)
        if token.waits != "event" or node.until is None:
            continue
        value = given(node, node.until, node.until_source or "until", step.facts)
        if value is True:
            step.note("awaited", node.key, action="until")
            step.lift(token)
            leave(step, node, token.forks)
            return True
    return False


def happened(step: Step, number: int, awaited: Awaited, event: Mapping[str, Any] | None, words: str) -> None:
    """What a wait node waited for has come: the case goes the way of `awaited`."""
    token = resting(step, number, "event")
    node = step.node(token.node)
    if event is not None:
        keep(step, node, event)
    step.note("awaited", node.key, to=awaited.to, action=words)
    step.lift(token)
    step.go(awaited.to, token.forks)


def called(step: Step, number: int, values: Mapping[str, Any]) -> None:
    """A call came back with values."""
    token = resting(step, number, "call")
    node = step.node(token.node)
    keep(step, node, values)
    step.note("called", node.key)
    step.lift(token)
    leave(step, node, token.forks)


def call_failed(step: Step, number: int, reason: str) -> None:
    """A call failed for good: the case goes the way stated for that, else it waits for a repair."""
    token = resting(step, number, "call")
    node = step.node(token.node)
    step.note("call_failed", node.key, reason=reason)
    if node.call is not None and node.call.on_failure is not None:
        step.lift(token)
        step.go(node.call.on_failure, token.forks)


def sub_ended(step: Step, run: str, outcome: str, values: Mapping[str, Any]) -> None:
    """A sub-flow's run ended; the case goes on after the last (or the first) of them. `flow.values.<node>` tells what
    the last one found, and `outcomes` of all that ended so far."""
    token = next((one for one in step.state.tokens if run in one.waiting_for), None)
    if token is None:
        raise Failed(not_open())
    node = step.node(token.node)
    left = tuple(one for one in token.waiting_for if one != run)
    before = step.state.values.get(node.key) or {}
    first = before.get("part_of") != run.partition(".")[0]  # entered anew: what earlier runs found is over
    outcomes = [*(() if first else before["outcomes"]), outcome]
    ended = {**values, "outcome": outcome, "outcomes": outcomes, "part_of": run.partition(".")[0]}
    keep(step, node, ended)
    step.note("sub_ended", node.key, action=outcome, trace=run)
    if left and not (node.sub is not None and node.sub.wait == "any"):
        step.set(tokens=tuple(altered(one, waiting_for=left) if one == token else one for one in step.state.tokens))
        return
    if left:
        step.effect("undone", node.key, token.number, runs=list(left))
    step.lift(token)
    leave(step, node, token.forks)


def resting(step: Step, number: int, waits: str) -> Token:
    """The token of this number if it still waits for that."""
    token = step.state.token(number)
    if token is None or token.waits != waits:
        raise Failed(not_open())
    return token
