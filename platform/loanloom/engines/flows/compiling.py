"""Flow document -> Flow: reads the nodes, compiles the routes' conditions, gathers every problem with its place.

The result holds a Flow only when nothing is an error; a broken flow is never run in part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from loanloom import feel
from loanloom.engines import facts
from loanloom.engines.flows import checks
from loanloom.engines.flows.model import ACTIONS, Action, Assignment, Flow, Node, NodeType, Route, Scope
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, errors

START = "start"  # in return_to: the start node, whatever its key


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A flow ready to run, or None with the problems that forbid it. Warnings may accompany a flow."""

    flow: Flow | None
    problems: tuple[Problem, ...] = ()


def compile_flow(document: Document, registry: Registry) -> Compiled:
    """Read and check one flow document."""
    spec = document.spec
    subject = str(spec.get("subject", "application"))
    listed = [(f"/spec/nodes/{index}", raw) for index, raw in enumerate(spec.get("nodes", ()))]
    scope = facts.scope(registry, subject)
    problems: list[Problem] = []
    nodes: list[tuple[str, Node]] = []
    for pointer, raw in listed:
        nodes.append((pointer, _node(document, pointer, raw, scope, problems)))
    problems.extend(_placed(document, problem) for problem in checks.check_nodes(nodes, listed))
    if errors(problems):
        return Compiled(flow=None, problems=tuple(problems))
    start = next(node.key for _, node in nodes if node.type == "start")
    by_key = {node.key: _with_start_named(node, start) for _, node in nodes}
    flow = Flow(
        key=document.key,
        title=document.title,
        digest=document.digest,
        subject=subject,
        start=start,
        nodes=by_key,
        labels=facts.labels(registry),
    )
    return Compiled(flow=flow, problems=tuple(problems))


def _placed(document: Document, problem: Problem) -> Problem:
    line, column = document.place(problem.pointer or "")
    return problem.at(file=document.file, line=line, column=column)


def check(registry: Registry) -> list[Problem]:
    """The problems of every flow of a registry."""
    return [problem for document in registry.all("flow") for problem in compile_flow(document, registry).problems]


def _node(document: Document, pointer: str, raw: Mapping[str, Any], scope: Any, problems: list[Problem]) -> Node:
    kind = cast(NodeType, raw["type"])
    approval = kind == "approval"
    assign = raw.get("assign") or {}
    deadline = raw.get("deadline") or {}
    actions = cast("tuple[Action, ...]", tuple(raw.get("actions", ACTIONS))) if approval else ()
    default_return = (START,) if "return" in actions else ()
    return Node(
        key=str(raw["key"]),
        title=raw.get("title") or {"en": str(raw["key"])},
        type=kind,
        state=raw.get("state"),
        ruleset=raw.get("ruleset"),
        assign=Assignment(role=assign["role"], scope=cast(Scope, assign.get("scope", "branch")))
        if assign.get("role")
        else None,
        exclude=frozenset(raw.get("exclude", ("maker", "previous_approvers"))) if approval else frozenset(),
        actions=actions,
        return_to=tuple(raw.get("return_to", default_return)),
        working_hours=int(deadline["working_hours"]) if deadline.get("working_hours") is not None else None,
        reasons=_reasons(raw.get("reasons"), actions),
        reason_required=frozenset(raw.get("reason_required", ())),
        routes=_routes(document, pointer, raw, scope, problems),
        outcome=raw.get("outcome"),
    )


def _reasons(stated: Any, actions: tuple[str, ...]) -> dict[str, str]:
    """The code list of reasons by action; one list for all actions may be stated alone."""
    if stated is None:
        return {}
    if isinstance(stated, str):
        return dict.fromkeys(actions, stated)
    return {str(action): str(key) for action, key in stated.items()}


def _with_start_named(node: Node, start: str) -> Node:
    return replace(node, return_to=tuple(start if target == START else target for target in node.return_to))


def _routes(
    document: Document, pointer: str, raw: Mapping[str, Any], scope: Any, problems: list[Problem]
) -> tuple[Route, ...]:
    routes: list[Route] = []
    for index, route in enumerate(raw.get("routes", ())):
        title = route.get("title")
        if route.get("otherwise"):
            routes.append(Route(to=str(route["to"]), title=title, otherwise=True))
            continue
        source = str(route.get("when", ""))
        checked = feel.check(source, scope, expect=feel.BOOLEAN, functions=feel.LENDING)
        place = f"{pointer}/routes/{index}/when"
        problems.extend(facts.problem_from_feel(problem, document, place) for problem in checked.problems)
        routes.append(
            Route(to=str(route["to"]), condition=checked.program, source=source, reads=checked.inputs, title=title)
        )
    if raw.get("next") is not None:
        routes.append(Route(to=str(raw["next"])))
    return tuple(routes)
