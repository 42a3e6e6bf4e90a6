"""What each type of node does when a case comes to it: pass on, split, wait, or give people work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from loanloom.engines.flows import opening
from loanloom.engines.flows.conditions import holding
from loanloom.engines.flows.leaving import given, keep, leave
from loanloom.engines.flows.model import Node
from loanloom.engines.flows.moves import Ruled
from loanloom.engines.flows.returning import left_behind
from loanloom.engines.flows.step import Failed, Forks, Step
from loanloom.problems import Problem, text

MOST_RUNS = 200
"""So many sub-flows one step begins at most."""

Enter = Callable[[Step, Node, Forks], None]


def _decision(step: Step, node: Node, forks: Forks) -> None:
    """What the rules find joins the facts as `decision`, how they found it the history."""
    if node.ruleset is not None or _asks_decision(node):
        ruled = _sound(step.world.automatic(node.ruleset, step.facts))
        step.found["decision"] = dict(ruled.values)
        keep(step, node, ruled.values)
        step.note("ruled", node.key, action=str(ruled.values.get("outcome", "")), trace=ruled.trace)
        found = {"ruleset": ruled.ruleset, "values": dict(ruled.values), "trace": ruled.trace}
        step.effect("ruled", node.key, **found)
    leave(step, node, forks)


def _asks_decision(node: Node) -> bool:
    """Whether the routes of a decision node read `decision.*`; without that there is nothing to decide by ruleset."""
    return any(
        name == "decision" or name.startswith("decision.")
        for route in node.routes
        if route.condition is not None
        for name in route.reads
    )


def _sound(ruled: Ruled) -> Ruled:
    if ruled.problems:
        raise Failed(*ruled.problems)
    return ruled


def _calculation(step: Step, node: Node, forks: Forks) -> None:
    ruled = _sound(step.world.calculate(node.calculation or "", step.facts))
    keep(step, node, ruled.values)
    step.note("calculated", node.key, trace=ruled.trace)
    leave(step, node, forks)


def _exclusive(step: Step, node: Node, forks: Forks) -> None:
    leave(step, node, forks)


def _parallel(step: Step, node: Node, forks: Forks) -> None:
    _split(step, node, forks, [(route.to, None) for route in node.routes])


def _inclusive(step: Step, node: Node, forks: Forks) -> None:
    found = holding(node, step.facts, step.flow.labels)
    if isinstance(found, Problem):
        raise Failed(found)
    _split(step, node, forks, [(chosen.route.to, chosen.trace) for chosen in found])


def _split(step: Step, node: Node, forks: Forks, ways: list[tuple[str, Any]]) -> None:
    run = step.run()
    if node.interleaved:
        step.set(interleaved=(*step.state.interleaved, run))
    for branch, (to, trace) in enumerate(ways):
        step.note("routed", node.key, to=to, trace=trace)
        step.go(to, (*forks, (run, branch)))


def _join(step: Step, node: Node, forks: Forks) -> None:
    if not forks:
        leave(step, node, forks)  # nothing was split: every way goes on by itself
        return
    step.rest(node, forks, "join")


def _end(step: Step, node: Node, forks: Forks) -> None:
    if node.ends == "case" and not left_behind(step.state, forks):
        step.finish(node.key, node.outcome or "approved", node.state)
    else:
        step.note("passed", node.key)


def _service(step: Step, node: Node, forks: Forks) -> None:
    assert node.call is not None
    inputs = {name: given(node, program, name, step.facts) for name, program in node.call.given.items()}
    token = step.rest(node, forks, "call")
    step.effect("call_wanted", node.key, token.number, action=node.call.action, given=inputs)


def _document(step: Step, node: Node, forks: Forks) -> None:
    step.note("documents", node.key, trace=list(node.documents))
    step.effect("documents_wanted", node.key, documents=list(node.documents))
    leave(step, node, forks)


def _notify(step: Step, node: Node, forks: Forks) -> None:
    opening.tell(step, node)
    leave(step, node, forks)


def _wait(step: Step, node: Node, forks: Forks) -> None:
    token = step.rest(node, forks, "event")
    step.effect("waiting", node.key, token.number)


def _listed(node: Node, found: Any) -> Sequence[Any]:
    """For what each run is; one value alone is a list of one."""
    listed = () if found is None else found if isinstance(found, list | tuple) else (found,)
    if len(listed) > MOST_RUNS:
        raise Failed(_too_many_runs(node, len(listed)))
    return listed


def _too_many_runs(node: Node, many: int) -> Problem:
    return Problem(
        code="flow.too_many_runs",
        message=text(
            f"'{node.title.get('en', node.key)}' would begin {many} sub-flows; at most {MOST_RUNS} are allowed.",
            f"环节“{node.title.get('zh', node.key)}”将启动 {many} 个子流程，最多允许 {MOST_RUNS} 个。",
        ),
        hint=text("Shorten the list, or take several cases.", "请减少条目，或分多笔业务办理。"),
    )


def _subflow(step: Step, node: Node, forks: Forks) -> None:
    sub = node.sub
    assert sub is not None
    listed = [None] if sub.for_each is None else _listed(node, given(node, sub.for_each, "for_each", step.facts))
    number = step.run()
    runs = []
    for place, each in enumerate(listed, 1):
        facts = step.facts if sub.for_each is None else {**step.facts, "each": each}
        data = {name: given(node, program, name, facts) for name, program in sub.data.items()}
        runs.append({"run": f"{number}.{place}", "data": data})
    names = tuple(run["run"] for run in runs)
    step.note("sub_started", node.key, trace=list(names))
    step.effect("sub_wanted", node.key, number, flow=sub.flow, runs=runs)
    if names and sub.wait != "none":
        step.rest(node, forks, "sub", waiting_for=names)
    else:
        leave(step, node, forks)


ENTER: Mapping[str, Enter] = {
    "start": _exclusive, "exclusive": _exclusive, "decision": _decision, "calculation": _calculation,
    "parallel": _parallel, "inclusive": _inclusive, "join": _join, "end": _end, "service": _service,
    "document": _document, "notify": _notify, "cc": _notify, "wait": _wait, "subflow": _subflow,
    "form": opening.open_work, "approval": opening.open_work, "countersign": opening.open_votes,
    "committee": opening.open_votes,
}  # fmt: skip
