"""A flow document as far as it can be read: to draw what somebody still writes, with its problems at its steps."""

from __future__ import annotations

from collections.abc import Iterable

from loanloom.engines.flows import scope
from loanloom.engines.flows.model import Flow
from loanloom.engines.flows.reading import Reader
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem


def sketch(document: Document, registry: Registry) -> Flow | None:
    """The flow of a document that fits its schema, whatever else is wrong with it; None without a step. It is for
    drawing alone: a flow with problems never runs."""
    reader = Reader(document, scope.of_flow(document, registry))
    listed = enumerate(document.spec.get("nodes", ()))
    nodes = {node.key: node for node in (reader.node(f"/spec/nodes/{place}", raw) for place, raw in listed)}
    if not nodes:
        return None
    start = next((node.key for node in nodes.values() if node.type == "start"), next(iter(nodes)))
    subject = str(document.spec.get("subject", "application"))
    return Flow(
        key=document.key,
        title=document.title,
        digest=document.digest,
        subject=subject,
        start=start,
        nodes=nodes,
        labels=scope.labels_of(document, registry),
    )


def by_node(document: Document, problems: Iterable[Problem], file: str) -> dict[str, list[Problem]]:
    """The problems of a document by the step they are about; those of no step are left out."""
    keys = [str(node.get("key")) for node in document.spec.get("nodes", ())]
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        parts = (problem.pointer or "").split("/")
        if problem.file == file and parts[1:3] == ["spec", "nodes"] and len(parts) > 3 and parts[3].isdigit():
            place = int(parts[3])
            if place < len(keys):
                found.setdefault(keys[place], []).append(problem)
    return found
