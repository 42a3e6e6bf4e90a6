"""People whom the starter or the last decider names (`chosen_by`): for which steps, and that it is done.

Whoever starts a case names people for every step that has nobody else; a yes, or the minutes of one, that leads to a
step of the decider's choice names somebody who may do it. Nothing is left to chance, and no administrator gets work
because a field was overlooked. Where nobody acts (a term passed, a call answered, a sub-flow began), the step's
`if_nobody` counts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from loanloom.engines.flows.model import Flow, Node
from loanloom.problems import Problem, text

STARTER, PREVIOUS = "starter", "previous"
Chosen = Mapping[str, tuple[int, ...]]
"""People by the step for which they are named."""


def only_named(node: Node, whose: str = PREVIOUS) -> bool:
    """Whether a step has nobody but those whom this one names."""
    return bool(node.assign) and all(one.chosen_by == whose for one in node.assign)


def named_by(node: Node, whose: str) -> bool:
    """Whether this one may name people of a step."""
    return any(one.chosen_by == whose for one in node.assign)


def of_starter(flow: Flow) -> tuple[str, ...]:
    """The steps whose people the starter may name."""
    return tuple(node.key for node in flow if named_by(node, STARTER))


def missing(flow: Flow, chosen: Chosen, makers: Collection[int]) -> list[Problem]:
    """What the starter has not said: for each step that has nobody else, somebody who may do it."""
    needed = [node for node in flow if only_named(node, STARTER)]
    unnamed = [nobody_named(node) for node in needed if not chosen.get(node.key)]
    barred = [node for node in needed if chosen.get(node.key) and set(chosen[node.key]) <= set(makers)]
    return [*unnamed, *(cannot(node) for node in barred)]


def following(flow: Flow, key: str) -> tuple[str, ...]:
    """The steps that may come next after a yes at this one, and whose people are named there."""
    waiting, seen, found = [key], {key}, []
    while waiting:
        for route in flow.nodes[waiting.pop()].routes:
            if route.to in seen:
                continue
            seen.add(route.to)
            node = flow.nodes[route.to]
            if named_by(node, PREVIOUS):
                found.append(node.key)
            if not node.human:
                waiting.append(node.key)
    return tuple(one for one in flow.nodes if one in found)


def nobody_named(node: Node) -> Problem:
    """It was not said who does a step."""
    named = node.title.get("en", node.key), node.title.get("zh", node.key)
    return Problem(
        code="flow.choose",
        field=f"chosen:{node.key}",
        message=text(f"Name who does the step '{named[0]}'.", f"请指定环节“{named[1]}”的办理人。"),
    )


def cannot(node: Node) -> Problem:
    """Nobody of those who were named may do the step."""
    named = node.title.get("en", node.key), node.title.get("zh", node.key)
    return Problem(
        code="flow.choose",
        field=f"chosen:{node.key}",
        message=text(
            f"Name somebody else for '{named[0]}': who made or approved the case may not do it.",
            f"请为环节“{named[1]}”另选办理人：经办人及前序审批人不得办理。",
        ),
    )
