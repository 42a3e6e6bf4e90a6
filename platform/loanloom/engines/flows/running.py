"""Moving a case through its flow: start, decide, resubmit, withdraw. Pure; a case always waits for people or has ended.

A step either moves the case to its next rest or changes nothing and says why. Automatic nodes are passed in the same
step; a flow that `checks` accepted holds no circle of automatic nodes, and a bound guards against the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from loanloom.engines.flows import people
from loanloom.engines.flows.conditions import choose
from loanloom.engines.flows.model import Flow, Node
from loanloom.engines.flows.moves import Automatic, Effect, Entry, Moved
from loanloom.engines.flows.state import Approval, Decision, Item, ItemKind, Person, State, Token
from loanloom.problems import Problem, text

Facts = Mapping[str, Any]
_Made = TypeVar("_Made")


def start(
    flow: Flow, facts: Facts, *, makers: tuple[int, ...], automatic: Automatic, at: datetime | None = None
) -> Moved:
    """A new case enters the flow. `makers` are those who made it (creator, last editor): they may never check it."""
    step = _Step(flow=flow, facts=facts, automatic=automatic, at=at, state=State(makers=makers))
    step.note("started", flow.start, by=makers[0] if makers else None)
    return step.run_from(flow.nodes[flow.start])


def decide(flow: Flow, state: State, number: int, decision: Decision, facts: Facts, *, automatic: Automatic) -> Moved:
    """An approver decides item `number`. Illegal decisions come back as problems with the state untouched."""
    problems = people.refusals(flow, state, number, decision)
    if problems:
        return Moved(state=state, problems=problems)
    item = _known(state.item(number))
    step = _Step(flow=flow, facts=facts, automatic=automatic, at=decision.at, state=state)
    target = people.return_target(flow.nodes[item.node], state, decision) if decision.action == "return" else None
    said = {"action": decision.action, "reason": decision.reason, "opinion": decision.opinion}
    step.note("decided", item.node, by=decision.by.id, item=number, **said)
    step.close(item)
    if decision.action == "approve":
        approval = Approval(node=item.node, by=decision.by.id, conditions=decision.conditions)
        step.state = replace(step.state, chain=(*step.state.chain, approval))
        return step.leave(flow.nodes[item.node])
    if decision.action == "return":
        assert target is not None
        return step.go_back(item.node, target)
    end = _known(flow.end_with("refused"))
    step.note("routed", item.node, to=end.key)
    return step.run_from(end)


def resubmit(
    flow: Flow, state: State, number: int, by: Person, facts: Facts, *, automatic: Automatic, at: datetime | None = None
) -> Moved:
    """A maker sends a returned case in again. Whoever revises it becomes one of its makers."""
    item = state.item(number)
    if item is None or item.kind != "revision":
        return Moved(state=state, problems=(people.not_open(),))
    makers = state.makers if by.id in state.makers else (*state.makers, by.id)
    step = _Step(
        flow=flow, facts=facts, automatic=automatic, at=at, state=replace(state, makers=makers, round=state.round + 1)
    )
    step.note("resubmitted", item.node, by=by.id, item=number)
    step.close(item)
    return step.leave(flow.nodes[item.node])


def withdraw(
    flow: Flow, state: State, by: int | None, *, reason: str | None = None, at: datetime | None = None
) -> Moved:
    """The applicant takes the case back: every item closes, whatever it waits for. Needs no end node drawn for it."""
    if state.status == "ended":
        return Moved(state=state, problems=(people.ended(),))
    step = _Step(flow=flow, facts={}, automatic=_nothing_automatic, at=at, state=state)
    node = state.tokens[0].node if state.tokens else flow.start
    step.note("withdrawn", node, by=by, reason=reason)
    end = flow.end_with("withdrawn")
    return step.finish(end.key if end else node, "withdrawn", end.state if end else None)


def _nothing_automatic(ruleset: str | None, facts: Facts) -> Any:
    raise AssertionError(f"withdrawing must not run rulesets: {ruleset}, {len(facts)} facts")


def _known(value: _Made | None) -> _Made:
    assert value is not None, "checked before"
    return value


@dataclass(slots=True, kw_only=True)
class _Step:
    """One step under way. Lives only inside the functions above; the caller sees the finished `Moved`."""

    flow: Flow
    facts: Facts
    automatic: Automatic
    at: datetime | None
    state: State
    before: State = field(init=False)
    opened: list[Item] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    history: list[Entry] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.before = self.state

    def note(self, kind: Any, node: str, **details: Any) -> None:
        """Add a line of history at this step's instant and round."""
        self.history.append(Entry(kind=kind, node=node, at=self.at, round=self.state.round, **details))

    def effect(self, name: Any, node: str, **data: Any) -> None:
        """Name something the world should do."""
        self.effects.append(Effect(name=name, node=node, data=data))

    def run_from(self, node: Node) -> Moved:
        """Enter `node` and go on through automatic nodes until the case rests."""
        for _ in range(len(self.flow.nodes) + 1):
            self.enter(node)
            if node.type == "approval":
                return self.open(node, "approval")
            if node.type == "end":
                return self.finish(node.key, node.outcome or "approved", node.state)
            if node.type == "decision":
                problem = self.rule(node)
                if problem:
                    return self.failed(*problem)
            following = self.follow(node)
            if isinstance(following, Moved):
                return following
            node = following
        return self.failed(_circle(node))

    def leave(self, node: Node) -> Moved:
        """Go on from a node whose work is done."""
        following = self.follow(node)
        return following if isinstance(following, Moved) else self.run_from(following)

    def enter(self, node: Node) -> None:
        """Note where the case is; a node with a state code changes it."""
        self.state = replace(self.state, path=(*self.state.path, node.key))
        if node.state is not None and node.state != self.state.code:
            self.state = replace(self.state, code=node.state)
            self.effect("state_changed", node.key, code=node.state)

    def rule(self, node: Node) -> tuple[Problem, ...]:
        """Run an automatic decision: what it finds joins the facts as `decision`, how it found it joins the history."""
        if node.ruleset is None and not _asks_decision(node):
            return ()
        ruled = self.automatic(node.ruleset, self.facts)
        if not ruled.problems:
            self.facts = {**self.facts, "decision": dict(ruled.values)}
            self.note("ruled", node.key, action=str(ruled.values.get("outcome", "")), trace=ruled.trace)
            found = {"ruleset": ruled.ruleset, "values": dict(ruled.values), "trace": ruled.trace}
            self.effect("ruled", node.key, **found)
        return ruled.problems

    def follow(self, node: Node) -> Node | Moved:
        """The node that the routes of `node` choose under the facts."""
        chosen = choose(node, self.facts, self.flow.labels)
        if isinstance(chosen, Problem):
            return self.failed(chosen)
        self.note("routed", node.key, to=chosen.route.to, trace=chosen.trace)
        return self.flow.nodes[chosen.route.to]

    def open(self, node: Node, kind: ItemKind) -> Moved:
        """Put the case to rest at `node` with a work item."""
        number = self.state.last_number + 1
        assign = node.assign if kind == "approval" else None
        item = Item(
            number=number,
            token=number,
            node=node.key,
            kind=kind,
            role=assign.role if assign else None,
            scope=assign.scope if assign else "branch",
            excluded=people.excluded(node, self.state) if kind == "approval" else (),
            working_hours=node.working_hours,
        )
        self.state = replace(
            self.state,
            items=(*self.state.items, item),
            tokens=(*self.state.tokens, Token(number=number, node=node.key)),
            last_number=number,
        )
        self.opened.append(item)
        self.note("opened", node.key, item=number)
        self.effect("item_opened", node.key, item=number, kind=kind, role=item.role)
        return self.done()

    def close(self, item: Item) -> None:
        """Take an item and its token away."""
        self.state = replace(
            self.state,
            items=tuple(other for other in self.state.items if other.number != item.number),
            tokens=tuple(token for token in self.state.tokens if token.number != item.token),
        )
        self.closed.append(item.number)
        self.effect("item_closed", item.node, item=item.number)

    def go_back(self, here: str, target: str) -> Moved:
        """Return the case: what was approved at `target` and after it no longer stands."""
        node = self.flow.nodes[target]
        path = self.state.path
        kept = path[: path.index(target)] if target in path else path
        undone = frozenset(path[len(kept) :])
        chain = tuple(entry for entry in self.state.chain if entry.node not in undone and entry.node != target)
        self.state = replace(self.state, path=kept, chain=chain)
        self.note("returned", here, to=target)
        self.effect("returned", target, to_makers=node.type == "start")
        self.enter(node)
        return self.open(node, "revision" if node.type == "start" else "approval")

    def finish(self, node: str, outcome: str, code: str | None) -> Moved:
        """End the case: nothing stays open."""
        for item in self.state.items:
            self.close(item)
        self.state = replace(self.state, status="ended", outcome=outcome, code=code or self.state.code, tokens=())
        self.note("ended", node, action=outcome)
        self.effect("ended", node, outcome=outcome)
        return self.done()

    def done(self) -> Moved:
        """The finished step."""
        return Moved(
            state=self.state,
            opened=tuple(self.opened),
            closed=tuple(self.closed),
            effects=tuple(self.effects),
            history=tuple(self.history),
        )

    def failed(self, *problems: Problem) -> Moved:
        """The step as if it had never begun, with what went wrong."""
        return Moved(state=self.before, problems=problems)


def _asks_decision(node: Node) -> bool:
    """Whether the routes of a decision node read `decision.*`; without that there is nothing to decide by ruleset."""
    return any(
        name == "decision" or name.startswith("decision.")
        for route in node.routes
        if route.condition is not None
        for name in route.reads
    )


def _circle(node: Node) -> Problem:
    return Problem(
        code="flow.automatic_circle",
        message=text(
            f"The flow runs in a circle of automatic nodes at '{node.key}'.", f"流程在自动节点“{node.key}”处循环。"
        ),
        hint=text("Let one of the nodes wait for a person.", "请让其中一个节点由人工处理。"),
    )
