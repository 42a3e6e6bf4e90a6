"""Flow document -> Flow: reads the nodes, compiles their expressions, gathers every problem with its place.

The result holds a Flow only when nothing is an error; a broken flow is never run in part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from loanloom.engines.flows import changing, checks, scope
from loanloom.engines.flows.checks import nesting
from loanloom.engines.flows.model import Flow, Node, Reconsideration
from loanloom.engines.flows.reading import START, Reader
from loanloom.metadata import schema_walk
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry, kept_narrowly
from loanloom.problems import Problem, errors, say, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A flow ready to run, or None with the problems that forbid it. Warnings may accompany a flow."""

    flow: Flow | None
    problems: tuple[Problem, ...] = ()


def compile_flow(document: Document, registry: Registry) -> Compiled:
    """Read and check one flow document."""
    spec = document.spec
    listed = [(f"/spec/nodes/{index}", raw) for index, raw in enumerate(spec.get("nodes", ()))]
    reader = Reader(document, scope.of_flow(document, registry))
    nodes = [(pointer, reader.node(pointer, raw)) for pointer, raw in listed]
    called = checks.Called(registry.kinds.require(document.kind).schema)
    problems = [*reader.problems, *(_placed(document, one) for one in checks.check_nodes(nodes, listed, called))]
    if errors(problems):
        return Compiled(flow=None, problems=tuple(problems))
    start = next(node.key for _, node in nodes if node.type == "start")
    flow = Flow(
        key=document.key,
        title=document.title,
        digest=document.digest,
        subject=str(spec.get("subject", "application")),
        start=start,
        nodes={node.key: _with_start_named(node, start) for _, node in nodes},
        terms=changing.declared((node for _, node in nodes), spec.get("record"), registry),
        labels=scope.labels_of(document, registry),
        reconsider=_reconsideration(spec.get("reconsider")),
        withdraw_until=frozenset(spec["withdraw_until"]) if "withdraw_until" in spec else None,
    )
    pointers = {node.key: pointer for pointer, node in nodes}
    problems += [_placed(document, one) for one in checks.check_flow(flow, pointers)]
    problems += [_placed(document, one) for one in changing.check(nodes, flow.terms, flow.subject)]
    return Compiled(flow=None if errors(problems) else flow, problems=tuple(problems))


def _placed(document: Document, problem: Problem) -> Problem:
    line, column = document.place(problem.pointer or "")
    return problem.at(file=document.file, line=line, column=column)


def check(registry: Registry) -> list[Problem]:
    """The problems of every flow of a registry."""
    found = [problem for document in registry.all("flow") for problem in _of_flow(document, registry)]
    return [*found, *_of_the_company(registry)]


@kept_narrowly
def _of_flow(document: Document, registry: Registry) -> tuple[Problem, ...]:
    nested = (_placed(document, one) for one in nesting.nesting(document.key, registry))
    return (*compile_flow(document, registry).problems, *nested)


def _of_the_company(registry: Registry) -> Iterator[Problem]:
    """The company's own flows are about what it names them for."""
    for document in registry.all("organisation"):
        for subject, key in (document.spec.get("flows") or {}).items():
            named = registry.get("flow", key)
            if named is not None and named.spec.get("subject", "application") != subject:
                about = schema_walk.choices(registry.kinds.require("flow").schema["properties"]["subject"])
                wanted, title = about.get(subject, text(subject, subject)), named.title
                message = text(
                    f"The flow '{say(title, 'en')}' is not about this ({say(wanted, 'en')}).",
                    f"流程“{say(title, 'zh')}”的对象不是“{say(wanted, 'zh')}”。",
                )
                line, column = document.place(f"/spec/flows/{subject}")
                problem = Problem(code="flow.of_another_subject", message=message, pointer=f"/spec/flows/{subject}")
                yield problem.at(file=document.file, line=line, column=column)


def _reconsideration(raw: Mapping[str, Any] | None) -> Reconsideration | None:
    if raw is None:
        return None
    numbers = {name: int(raw[name]) for name in ("times", "days") if name in raw}
    return Reconsideration(**numbers, to=raw.get("to"))


def _with_start_named(node: Node, start: str) -> Node:
    return replace(node, return_to=tuple(start if target == START else target for target in node.return_to))
