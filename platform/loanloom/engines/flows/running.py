"""From one rest of a case to the next: nodes are entered until every branch waits for somebody, or the case has ended.

Automatic nodes are passed in the same step. A bound guards against circles that `checks` did not see.
"""

from __future__ import annotations

from collections.abc import Callable

from loanloom.engines.flows import waiting
from loanloom.engines.flows.entering import ENTER
from loanloom.engines.flows.model import Flow
from loanloom.engines.flows.moves import Moved, World
from loanloom.engines.flows.state import Passed, State
from loanloom.engines.flows.step import Failed, Step
from loanloom.problems import Problem, text


def carried_out(flow: Flow, state: State, world: World, act: Callable[[Step], None]) -> Moved:
    """One whole step: what somebody does, and all that follows from it; or only the problems."""
    step = Step(flow, state, world)
    try:
        act(step)
        settle(step)
    except Failed as failed:
        return Moved(state=state, problems=failed.problems)
    return step.done()


def settle(step: Step) -> None:
    """Go on until nothing moves by itself any more."""
    left = 4 * len(step.flow.nodes) + 16
    while not step.over:
        while step.queue and not step.over:
            left -= 1
            key, forks = step.queue.pop(0)
            if left < 0:
                raise Failed(_circle(key))
            _enter(step, key, forks)
        if step.over or not (waiting.join(step) or waiting.look_again(step)):
            break
    if step.state.status == "running" and not step.state.tokens:
        step.finish(step.state.path[-1] if step.state.passed else step.flow.start, "completed", None)


def _enter(step: Step, key: str, forks: tuple[tuple[int, int], ...]) -> None:
    node = step.node(key)
    if node.type == "join" and forks and forks[-1][0] in step.state.absorbed:
        return
    if key not in step.back_to or Passed(node=key, forks=forks) not in step.state.passed:
        step.passed(key, forks)  # what a case comes straight back from was passed already
    if node.state is not None and node.state != step.state.code:
        step.set(code=node.state)
        step.effect("state_changed", key, code=node.state)
    if node.cancels:
        step.cancel([token for token in step.state.tokens if token.node in node.cancels])
    ENTER[node.type](step, node, forks)


def _circle(key: str) -> Problem:
    return Problem(
        code="flow.automatic_circle",
        message=text(f"The flow runs in a circle of automatic steps at '{key}'.", f"流程在自动环节“{key}”处循环。"),
        hint=text("Let one of the steps wait for a person.", "请让其中一个环节由人工处理。"),
    )
