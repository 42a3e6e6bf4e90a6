"""Deciding: somebody says yes, no or back of one item; the node is decided when its votes allow no other result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loanloom.engines.flows import choosing, opening, people, refusing, returning, voting
from loanloom.engines.flows.leaving import keep, leave
from loanloom.engines.flows.model import VOTED, Flow, Node
from loanloom.engines.flows.moves import Moved, World
from loanloom.engines.flows.record import altered
from loanloom.engines.flows.running import carried_out
from loanloom.engines.flows.state import Approval, Decision, Item, Passed, Person, State, Token, Vote
from loanloom.engines.flows.step import Failed, Step
from loanloom.problems import Problem, text


def decide(flow: Flow, state: State, number: int, decision: Decision, world: World) -> Moved:
    """Somebody decides item `number`. Illegal decisions come back as problems with the state untouched."""
    somebody = people.judged(flow, state, number, decision)
    if isinstance(somebody, tuple):
        return Moved(state=state, problems=somebody)
    item = _known(state.item(number))
    node = flow.nodes[item.node]
    target = returning.return_target(node, state, item, decision) if decision.action == "return" else None
    for_whom = somebody.id if somebody.id != decision.by.id else None

    def act(step: Step) -> None:
        _note(step, item, decision, for_whom)
        step.close(item)
        step.decided = (number, decision.by.id)
        step.decides = item.node if decision.by.outside is None else None
        token = _token(step, item)
        if decision.chosen:
            step.set(chosen={**step.state.chosen, **for_later(flow, decision.chosen, choosing.PREVIOUS)})
        if target is not None:
            go_back(step, token, target, _then(node, decision))
            return
        vote = Vote(
            token=token.number, item=number, by=decision.by.id, action=decision.action, weight=item.weight,
            veto=item.veto, conditions=decision.conditions, terms=dict(decision.terms),
            for_whom=for_whom,
        )  # fmt: skip
        step.set(votes=(*step.state.votes, vote))
        go_on(step, token)

    return carried_out(flow, state, world, act)


def _note(step: Step, item: Item, decision: Decision, for_whom: int | None) -> None:
    step.note(
        "decided", item.node, by=decision.by.id, for_whom=for_whom, item=item.number, action=decision.action,
        reason=decision.reason, opinion=decision.opinion, trace=_terms(decision),
    )  # fmt: skip


def _terms(decision: Decision) -> Any:
    return {"terms": dict(decision.terms)} if decision.terms else None


def for_later(flow: Flow, chosen: Mapping[str, tuple[int, ...]], whose: str) -> dict[str, tuple[int, ...]]:
    """The people named for nodes that let the `starter`, or the `previous` decider, choose."""
    open_to_choice = {node.key for node in flow if any(one.chosen_by == whose for one in node.assign)}
    unknown = sorted(set(chosen) - open_to_choice)
    if unknown:
        raise Failed(
            Problem(
                code="flow.no_choice",
                field="chosen",
                message=text(f"Nobody is chosen for '{unknown[0]}'.", f"环节“{unknown[0]}”不支持指定办理人。"),
            )
        )
    return {node: tuple(people_named) for node, people_named in chosen.items()}


def _then(node: Node, decision: Decision) -> str:
    return (decision.then or "again") if node.return_then == "ask" else node.return_then


def go_on(step: Step, token: Token) -> None:
    """After something was said under a token: the next turn, a result, or still waiting."""
    node = step.node(token.node)
    items = step.items_of(token.number)
    rule = (node.voting or voting.EVERYBODY) if node.type in VOTED else voting.EVERYBODY
    votes = [vote for vote in step.state.votes if vote.token == token.number]
    waiting = [item for item in items if item.kind in ("approval", "vote", "signer")]
    if votes:
        found = voting.result(rule, voting.tally(votes, waiting))
        if found is not None:
            _conclude(step, token, node, found)
            return
    turn = min((item.turn for item in items), default=0)
    asked = {item.asked_for for item in items if item.kind == "material"}
    for item in items:
        if item.pending and item.turn == turn and item.number not in asked:
            step.tell_open(step.change(altered(item, pending=False)))


def _conclude(step: Step, token: Token, node: Node, found: voting.Result) -> None:
    """The node is decided: what is still open there closes; minutes are written first where the node asks for them."""
    count(step, token, node, found)
    if node.record:
        for item in step.items_of(token.number):
            step.close(item)
        opening.open_minutes(step, node, token)
        return
    carry(step, token, node, found)


def count(step: Step, token: Token, node: Node, found: voting.Result) -> None:
    """What a vote gave: `flow.values.<node>` from now on."""
    if node.type in VOTED:
        counted = voting.tally([vote for vote in step.state.votes if vote.token == token.number], ())
        said = {"yes": counted.yes, "no": counted.no, "abstained": counted.abstained}
        keep(step, node, {**said, "outcome": "approved" if found == "approve" else "refused"})


def carry(step: Step, token: Token, node: Node, found: voting.Result) -> None:
    """The case goes the way of the result."""
    votes = [vote for vote in step.state.votes if vote.token == token.number and vote.action == "approve"]
    step.lift(token)
    if found == "refuse":
        _refused(step, node, token)
        return
    said = (
        Approval(node=node.key, by=one.by, conditions=one.conditions, terms=one.terms, for_whom=one.for_whom)
        for one in votes
    )
    step.set(chain=(*step.state.chain, *said))
    if token.back_to is not None:
        step.note("routed", node.key, to=token.back_to)
        step.go(token.back_to, token.forks)
    else:
        leave(step, node, token.forks)


def _refused(step: Step, node: Node, token: Token) -> None:
    if node.on_refuse is not None:
        step.note("routed", node.key, to=node.on_refuse)
        step.go(node.on_refuse, token.forks)
        return
    if returning.left_behind(step.state, token.forks):
        return  # its join went on without it: what it says has no effect any more
    end = step.flow.end_with("refused")
    if end is None:
        step.finish(node.key, "refused", None)
        return
    step.note("routed", node.key, to=end.key)
    step.go(end.key, token.forks)


def record_minutes(
    flow: Flow, state: State, number: int, by: Person, minutes: str, world: World, *,
    chosen: Mapping[str, tuple[int, ...]] | None = None,
) -> Moved:  # fmt: skip
    """The minutes of a committee are written: now its result counts. Whoever writes a yes down names the people of the
    next step where the flow leaves that to them."""
    item = state.item(number)
    problem = refusing.not_now(state)
    if problem is None and (item is None or item.kind != "minutes"):
        problem = refusing.not_open()
    if problem is None and item is not None:
        somebody = people.acting_as(item, by)
        problem = somebody if isinstance(somebody, Problem) else None
    if problem is None and not minutes.strip():
        words = text("Write the minutes.", "请填写会议纪要。")
        problem = Problem(code="flow.minutes_missing", field="opinion", message=words)
    if problem is not None:
        return Moved(state=state, problems=(problem,))

    def act(step: Step) -> None:
        mine = _known(item)
        step.note("decided", mine.node, by=by.id, item=number, action="minutes", opinion=minutes)
        step.close(mine)
        step.decides = mine.node if by.outside is None else None
        if chosen:
            step.set(chosen={**step.state.chosen, **for_later(flow, chosen, choosing.PREVIOUS)})
        outcome = step.state.values[mine.node]["outcome"]
        carry(step, _token(step, mine), step.node(mine.node), "approve" if outcome == "approved" else "refuse")

    return carried_out(flow, state, world, act)


def go_back(step: Step, token: Token, target: str, then: str) -> None:
    """Return the case: what was approved at `target` and after it no longer stands; branches split since end. Where it
    then comes straight back, what was approved between stands: nobody asks for it again."""
    forks = _forks_of(step.state, target, token)
    here = token.node
    if len(token.forks) > len(forks):
        run = token.forks[len(forks)][0]
        step.cancel([one for one in step.state.tokens if one != token and one.inside(run)])
        then = "again"  # the split that led here is gone: there is no straight way back
    bridged = then == "straight_back" and token.back_to is None
    step.lift(token)
    if bridged:
        _undo(step, {target, here}, passed=_without_last(step.state.passed, Passed(node=here, forks=token.forks)))
    else:
        undo_since(step, Passed(node=target, forks=forks))
    step.note("returned", here, to=target)
    node = step.node(target)
    step.effect("returned", target, to_makers=node.type == "start")
    back_to = here if then == "straight_back" else None
    if node.type == "start":
        if not bridged:
            step.passed(target, forks)
        if node.state is not None and node.state != step.state.code:
            step.set(code=node.state)
            step.effect("state_changed", target, code=node.state)
        opening.revise(step, node, forks, back_to)
        return
    if back_to is not None:
        step.back_to[target] = back_to
    step.go(target, forks)


def undo_since(step: Step, reached: Passed) -> None:
    """Nothing since the case last reached this node stands any more."""
    passed, forks = step.state.passed, reached.forks
    place = max(index for index, each in enumerate(passed) if each == reached)
    undone = {each.node for each in passed[place:] if each.forks[: len(forks)] == forks}
    left = [each for index, each in enumerate(passed) if index < place or each.forks[: len(forks)] != forks]
    _undo(step, undone, passed=tuple(left))


def _undo(step: Step, undone: set[str], passed: tuple[Passed, ...]) -> None:
    step.set(passed=passed, chain=tuple(one for one in step.state.chain if one.node not in undone))


def _without_last(passed: tuple[Passed, ...], one: Passed) -> tuple[Passed, ...]:
    place = max((index for index, each in enumerate(passed) if each == one), default=len(passed))
    return (*passed[:place], *passed[place + 1 :])


def _forks_of(state: State, target: str, token: Token) -> tuple[tuple[int, int], ...]:
    """In which branches the case last passed the target on its way to the token."""
    for each in reversed(state.passed):
        if each.node == target and token.forks[: len(each.forks)] == each.forks:
            return each.forks
    return ()


def _token(step: Step, item: Item) -> Token:
    token = step.state.token(item.token)
    assert token is not None, "an item without a token"
    return token


def _known(item: Item | None) -> Item:
    assert item is not None, "checked before"
    return item
