"""Where a case may be returned to: nodes the flow allows, as far as the case passed them on its way."""

from __future__ import annotations

from loanloom.engines.flows.model import Node
from loanloom.engines.flows.state import Decision, Fork, Item, State


def return_targets(node: Node, state: State, item: Item | None = None) -> tuple[str, ...]:
    """Where this case may be returned to from `node`: the nodes the flow allows, as far as the case passed them on its
    way to this item (not in another branch)."""
    token = state.token(item.token) if item is not None else None
    forks = token.forks if token is not None else ()
    inside = left_behind(state, forks)
    passed = {each.node for each in state.passed if len(each.forks) >= inside and _upstream(each.forks, forks)}
    return tuple(key for key in node.return_to if key in passed and key != node.key)


def left_behind(state: State, forks: tuple[Fork, ...]) -> int:
    """How deep in splits a branch stands whose join has gone on without it; it does not come out of these again. 0 for
    a branch that counts."""
    return max((depth for depth, (run, _) in enumerate(forks, 1) if run in state.absorbed), default=0)


def _upstream(earlier: tuple[Fork, ...], later: tuple[Fork, ...]) -> bool:
    return later[: len(earlier)] == earlier


def return_target(node: Node, state: State, item: Item, decision: Decision) -> str | None:
    """Where a return goes: the node named if it is allowed, the first allowed when none is named."""
    targets = return_targets(node, state, item)
    if decision.to is None:
        return targets[0] if targets else None
    return decision.to if decision.to in targets else None
