"""Sub-flows among each other: a flow that would begin itself again, straight away or by way of others, never ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from loanloom.engines.flows.checks.telling import wrong
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, say, text

MOST_DEEP = 8
"""So many sub-flows may stand within each other."""


def nesting(key: str, registry: Registry) -> Iterator[Problem]:
    """The problems of the sub-flows that a flow begins, at the steps that begin them."""
    for place, below in _begun(key, registry):
        pointer = f"/spec/nodes/{place}/subflow/flow"
        way = _way_back(key, (key, below), registry)
        if way is not None:
            english, chinese = (" → ".join(_called(one, registry, tag) for one in way) for tag in ("en", "zh"))
            yield wrong(
                "sub_flow_circle",
                pointer,
                text(f"The flow would begin itself again: {english}.", f"流程会再次启动自身：{chinese}。"),
                text("Begin another flow here.", "请改为启动其他流程。"),
            )
        elif _too_deep(below, registry):
            yield wrong(
                "sub_flow_depth",
                pointer,
                text(f"More than {MOST_DEEP} sub-flows within each other.", f"子流程嵌套超过 {MOST_DEEP} 层。"),
            )


def _called(key: str, registry: Registry, language: str) -> str:
    document = registry.get("flow", key)
    return say(document.title, language) if document is not None else key


def _begun(key: str, registry: Registry) -> Sequence[tuple[int, str]]:
    """The flows that a flow begins, with the places of the steps."""
    document = registry.get("flow", key)
    nodes: Sequence[Mapping[str, Any]] = document.spec.get("nodes", ()) if document is not None else ()
    return [(place, str(node["subflow"]["flow"])) for place, node in enumerate(nodes) if "subflow" in node]


def _way_back(key: str, way: tuple[str, ...], registry: Registry) -> tuple[str, ...] | None:
    """How a flow begun leads back to the first of the way; None when it does not."""
    seen, waiting = {way[-1]}, [way]
    while waiting:
        here = waiting.pop()
        if here[-1] == key:
            return here
        further = [below for _, below in _begun(here[-1], registry) if below not in seen]
        seen |= set(further)
        waiting += [(*here, below) for below in further]
    return None


def _too_deep(key: str, registry: Registry) -> bool:
    """Whether too many stand within each other from this flow on. A circle further down is told where it is."""
    level, deep, flows = {key}, 0, len(registry.all("flow"))
    while level and deep <= flows:
        deep += 1
        level = {below for one in level for _, below in _begun(one, registry)}
    return not level and deep > MOST_DEEP
