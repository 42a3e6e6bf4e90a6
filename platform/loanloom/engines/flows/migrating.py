"""A running case moved to another version of its flow: its places renamed, work whose people changed given out anew.

A mapping says where a step of the old version went where its key is another. What was passed and approved stays as it
is; what is open must have a place of the same sort in the new version, or the case stays where it was and is told why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from loanloom.engines.flows import refusing
from loanloom.engines.flows.graph import reachable
from loanloom.engines.flows.model import HUMAN, Assignment, Flow, Node
from loanloom.engines.flows.moves import Moved, World
from loanloom.engines.flows.record import altered
from loanloom.engines.flows.running import carried_out
from loanloom.engines.flows.state import State, Token
from loanloom.engines.flows.step import Step
from loanloom.problems import Problem, Text, text

_SORT: Mapping[str, tuple[str, ...]] = {
    "people": (*HUMAN, "start"), "event": ("wait",), "call": ("service",), "sub": ("subflow",), "join": ("join",),
}  # fmt: skip
"""Which types of node may hold a token that waits for this."""

_WORK = (
    "type",
    "voting",
    "each",
    "dispatch",
    "dispatch_ruleset",
    "exclude",
    "if_starter",
)
"""What, when it differs, makes open work another: it is given out anew."""


def migrate(old: Flow, new: Flow, state: State, nodes: Mapping[str, str], world: World, *, keep: bool = False) -> Moved:
    """The case in the new version. `nodes` maps keys of the old version to those of the new; with `keep` open work
    stays with the people who have it, even where the new version would give it to others."""
    if old.start != new.start:
        nodes = {old.start: new.start, **nodes}
    problem = refusing.not_now(state)
    if problem is not None:
        return Moved(state=state, problems=(problem,))
    problems = tuple(_unfit(old, new, state, nodes))
    if problems:
        return Moved(state=state, problems=problems)
    anew = {token.number for token in state.tokens if not keep and _other_work(old, new, token, nodes)}

    def act(step: Step) -> None:
        trace = {"from": old.digest, "to": new.digest, "nodes": dict(nodes), "anew": sorted(anew)}
        step.note("migrated", nodes.get(_place(old, state), _place(old, state)), trace=trace)
        for token in step.state.tokens:
            if token.number in anew:
                _again(step, token)
        _label(step)

    return carried_out(new, _renamed(state, nodes), world, act)


def _again(step: Step, token: Token) -> None:
    """Enter the node once more, as if for the first time."""
    passed = list(step.state.passed)
    last = max((place for place, one in enumerate(passed) if one.node == token.node), default=None)
    if last is not None:
        del passed[last]
    step.lift(token)
    step.set(passed=tuple(passed))
    if token.back_to is not None:
        step.back_to[token.node] = token.back_to
    step.go(token.node, token.forks)


def _label(step: Step) -> None:
    """What people call the state of the case is the new version's word for where it stands."""
    codes = [node.state for token in step.state.tokens if (node := step.node(token.node)).state is not None]
    if codes and step.state.code not in codes:
        step.set(code=codes[-1])
        step.effect("state_changed", step.state.tokens[-1].node, code=codes[-1])


def _unfit(old: Flow, new: Flow, state: State, nodes: Mapping[str, str]) -> Iterator[Problem]:
    for token in state.tokens:
        key = nodes.get(token.node, token.node)
        title = old.nodes[token.node].title if token.node in old.nodes else text(token.node, token.node)
        there = new.nodes.get(key)
        if there is None:
            yield _missing(title, token.node)
        elif there.type not in _SORT[token.waits]:
            yield _of_another_sort(title, token.node)
        elif token.forks and not _joined_later(new, key):
            yield _no_join(title, token.node)
        back = nodes.get(token.back_to, token.back_to) if token.back_to else None
        if back is not None and back not in new.nodes:
            yield _missing(text(back, back), back)


def _joined_later(flow: Flow, key: str) -> bool:
    ways = {node.key: frozenset(_ways(node)) & flow.nodes.keys() for node in flow}
    found = reachable(ways, (key,))
    return any(flow.nodes[one].type == "join" or flow.nodes[one].ends == "path" for one in found)


def _ways(node: Node) -> Iterator[str]:
    yield from (route.to for route in node.routes)
    yield from (one.to for one in node.awaited)
    yield from (one.to for one in node.deadlines if one.to)
    yield from (to for to in (node.on_refuse, node.call.on_failure if node.call else None) if to)


def _other_work(old: Flow, new: Flow, token: Token, nodes: Mapping[str, str]) -> bool:
    """Whether the new version gives the work of this place to others, or in another way."""
    was, now = old.nodes.get(token.node), new.nodes[nodes.get(token.node, token.node)]
    if token.waits != "people" or now.type == "start":
        return False
    if was is None or any(getattr(was, name) != getattr(now, name) for name in _WORK):
        return True
    return _said(was.assign) != _said(now.assign) or _said(was.record) != _said(now.record)


def _said(assign: tuple[Assignment, ...]) -> list[tuple[Any, ...]]:
    """Assignments as they are written, without what is compiled of them."""
    names = [name for name in Assignment.__dataclass_fields__ if name != "condition"]
    return [tuple(getattr(one, name) for name in names) for one in assign]


def _renamed(state: State, nodes: Mapping[str, str]) -> State:
    def name(key: str) -> str:
        return nodes.get(key, key)

    return altered(
        state,
        tokens=tuple(
            altered(one, node=name(one.node), back_to=name(one.back_to) if one.back_to else None)
            for one in state.tokens
        ),
        items=tuple(altered(one, node=name(one.node)) for one in state.items),
        passed=tuple(altered(one, node=name(one.node)) for one in state.passed),
        chain=tuple(altered(one, node=name(one.node)) for one in state.chain),
        values={name(key): value for key, value in state.values.items()},
        chosen={name(key): value for key, value in state.chosen.items()},
    )


def _place(flow: Flow, state: State) -> str:
    return state.tokens[0].node if state.tokens else flow.start


def _missing(title: Text, key: str) -> Problem:
    return Problem(
        code="flow.migration.missing",
        field=key,
        message=text(
            f"The step '{title.get('en', key)}' is not in the new version.",
            f"新版本中没有环节“{title.get('zh', key)}”。",
        ),
        hint=text("Say which step of the new version takes its place.", "请指定新版本中的对应环节。"),
    )


def _of_another_sort(title: Text, key: str) -> Problem:
    return Problem(
        code="flow.migration.sort",
        field=key,
        message=text(
            f"What '{title.get('en', key)}' waits for is nothing its place in the new version waits for.",
            f"环节“{title.get('zh', key)}”与新版本中对应环节的类型不同。",
        ),
        hint=text("Choose a step of the same sort, or move the case first.", "请选择同类环节，或先将业务跳转。"),
    )


def _no_join(title: Text, key: str) -> Problem:
    return Problem(
        code="flow.migration.branch",
        field=key,
        message=text(
            f"'{title.get('en', key)}' is in a branch here, and nothing joins it in the new version.",
            f"环节“{title.get('zh', key)}”处于并行分支中，而新版本中没有汇合环节。",
        ),
        hint=text("Move the case when its branches have joined.", "请待分支汇合后再迁移。"),
    )
