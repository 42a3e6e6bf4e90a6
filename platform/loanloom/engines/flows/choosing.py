"""People whom the last decider names for the next step (`chosen_by: previous`): for which steps, and that it is done.

A yes that leads to such a step names somebody who may do it; nothing is left to chance, and no administrator gets work
because a field was overlooked. Where nobody acts (a term passed, a call answered), the step's `if_nobody` counts.
"""

from __future__ import annotations

from loanloom.engines.flows.model import Flow, Node
from loanloom.problems import Problem, text

WHOSE = "previous"


def only_named(node: Node) -> bool:
    """Whether a step has nobody but those whom the last decider names."""
    return bool(node.assign) and all(one.chosen_by == WHOSE for one in node.assign)


def following(flow: Flow, key: str) -> tuple[str, ...]:
    """The steps that may come next after a yes at this one, and whose people are named there."""
    waiting, seen, found = [key], {key}, []
    while waiting:
        for route in flow.nodes[waiting.pop()].routes:
            if route.to in seen:
                continue
            seen.add(route.to)
            node = flow.nodes[route.to]
            if any(one.chosen_by == WHOSE for one in node.assign):
                found.append(node.key)
            if not node.human:
                waiting.append(node.key)
    return tuple(one for one in flow.nodes if one in found)


def nobody_named(node: Node) -> Problem:
    """The decider has not said who does the next step."""
    named = node.title.get("en", node.key), node.title.get("zh", node.key)
    return Problem(
        code="flow.choose",
        field=f"chosen:{node.key}",
        message=text(f"Name who does the next step, '{named[0]}'.", f"请指定下一环节“{named[1]}”的办理人。"),
    )
