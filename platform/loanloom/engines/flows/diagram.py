"""A flow as a picture to draw and as a list to read: what was passed, where the case stands, how it ended.

Gives values, not markup: the drawing lays out `nodes` and `edges`; `steps` is the same as text, for print and where
there is no script.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from loanloom.engines.flows.model import Flow, Node, Route
from loanloom.engines.flows.moves import Entry
from loanloom.problems import Text, say, text

Mark = Literal["done", "current", "possible", "not_taken"]

WORDS: dict[str, Text] = {
    "started": text("Submitted", "提交申请"),
    "ruled": text("Decided automatically", "自动决策"),
    "opened": text("Waiting for a decision", "待审批"),
    "approve": text("Approved", "同意"),
    "refuse": text("Refused", "否决"),
    "return": text("Returned", "退回"),
    "resubmitted": text("Submitted again", "重新提交"),
    "withdrawn": text("Withdrawn", "撤回"),
    "ended": text("Ended", "流程结束"),
}
OUTCOMES: dict[str, Text] = {
    "approved": text("approved", "批准"),
    "refused": text("refused", "否决"),
    "withdrawn": text("withdrawn", "撤回"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnNode:
    """One box. `role` is who decides there, `outcome` what was last decided, `by` the name of who did it."""

    key: str
    title: str
    type: str
    mark: Mark
    state: str | None = None
    role: str | None = None
    outcome: str | None = None
    by: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnEdge:
    """One arrow. Drawn routes are `route`; ways that people took back or out are `return` and `refuse`."""

    source: str
    target: str
    label: str
    kind: Literal["route", "return", "refuse"]
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of the text list: what happened, where, who, when."""

    node: str
    title: str
    words: str
    by: str | None = None
    at: datetime | None = None
    action: str | None = None
    reason: str | None = None
    opinion: str = ""
    trace: Any = None
    is_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagram:
    """The whole picture."""

    nodes: tuple[DrawnNode, ...]
    edges: tuple[DrawnEdge, ...]
    steps: tuple[Step, ...]

    def to_json(self) -> dict[str, Any]:
        """What the drawing component of the pages reads."""
        return {
            "nodes": [
                {
                    "key": node.key,
                    "title": node.title,
                    "type": node.type,
                    "status": _status(node),
                    "note": " · ".join(part for part in (node.state, node.by or node.role) if part),
                }
                for node in self.nodes
            ],
            "edges": [
                {"from": edge.source, "to": edge.target, "title": edge.label, "taken": edge.mark == "done"}
                for edge in self.edges
            ],
        }


def _status(node: DrawnNode) -> str:
    if node.mark == "done":
        return "refused" if node.outcome in ("refuse", "refused") else "done"
    return "current" if node.mark == "current" else "waiting"


def diagram(
    flow: Flow,
    history: Sequence[Entry],
    language: str,
    *,
    names: Mapping[int, str] | None = None,
    reasons: Mapping[str, Text] | None = None,
    roles: Mapping[str, Text] | None = None,
) -> Diagram:
    """The picture of a case with this history; with an empty history, of the flow itself.

    `names` are people by id, `reasons` and `roles` titles by key.
    """
    names, roles = names or {}, roles or {}
    passed = {(entry.node, entry.to) for entry in history if entry.kind in ("routed", "returned") and entry.to}
    visited = {entry.node for entry in history} | {entry.to for entry in history if entry.to}
    current = _current(history)
    over = any(entry.kind == "ended" for entry in history)
    nodes = tuple(_node(node, history, visited, current, over, language, names, roles) for node in flow)
    edges = [
        DrawnEdge(
            source=node.key,
            target=route.to,
            label=_label(route, language),
            kind="route",
            mark=_mark((node.key, route.to) in passed, over),
        )
        for node in flow
        for route in node.routes
    ]
    drawn = {(edge.source, edge.target) for edge in edges}
    for entry in history:
        pair = (entry.node, entry.to)
        if entry.to is None or pair in drawn or entry.kind not in ("routed", "returned"):
            continue
        drawn.add((entry.node, entry.to))
        returned = entry.kind == "returned"
        words = WORDS["return" if returned else "refuse"]
        edges.append(
            DrawnEdge(
                source=entry.node,
                target=entry.to,
                label=say(words, language),
                kind="return" if returned else "refuse",
                mark="done",
            )
        )
    return Diagram(nodes=nodes, edges=tuple(edges), steps=_steps(flow, history, language, names, reasons or {}))


def _current(history: Sequence[Entry]) -> frozenset[str]:
    """The nodes with an item opened and neither decided nor closed since."""
    waiting: dict[int, str] = {}
    for entry in history:
        if entry.kind == "opened" and entry.item is not None:
            waiting[entry.item] = entry.node
        elif entry.item is not None:
            waiting.pop(entry.item, None)
        elif entry.kind in ("ended", "withdrawn"):
            waiting.clear()
    return frozenset(waiting.values())


def _node(
    node: Node,
    history: Sequence[Entry],
    visited: set[Any],
    current: frozenset[str],
    over: bool,
    language: str,
    names: Mapping[int, str],
    roles: Mapping[str, Text],
) -> DrawnNode:
    told = [entry for entry in history if entry.node == node.key and entry.kind not in ("opened", "routed", "returned")]
    last = told[-1] if told else None
    outcome = (last.action or (node.outcome if node.type == "end" else None)) if last else None
    mark: Mark = "current" if node.key in current else _mark(node.key in visited, over)
    return DrawnNode(
        key=node.key,
        title=say(node.title, language),
        type=node.type,
        mark=mark,
        state=node.state,
        role=_who(node, roles, language),
        outcome=outcome,
        by=names.get(last.by) if last and last.by is not None else None,
        at=last.at if last else None,
    )


def _who(node: Node, roles: Mapping[str, Text], language: str) -> str | None:
    """Who does the work there, in words."""
    named = [one.role or one.position for one in node.assign]
    return "、".join(say(roles.get(name, name), language) for name in named if name) or None


def _mark(passed: bool, over: bool) -> Mark:
    if passed:
        return "done"
    return "not_taken" if over else "possible"


def _label(route: Route, language: str) -> str:
    if route.title is not None:
        return say(route.title, language)
    if route.otherwise:
        return say(text("otherwise", "其他情况"), language)
    return route.source or ""


def _steps(
    flow: Flow,
    history: Sequence[Entry],
    language: str,
    names: Mapping[int, str],
    reasons: Mapping[str, Text],
) -> tuple[Step, ...]:
    steps: list[Step] = []
    waiting = _current(history)
    last_opened = {entry.node: index for index, entry in enumerate(history) if entry.kind == "opened"}
    for index, entry in enumerate(history):
        if entry.kind in ("routed", "returned"):
            continue
        if entry.kind == "opened" and not (entry.node in waiting and last_opened[entry.node] == index):
            continue
        node = flow.nodes.get(entry.node)
        steps.append(
            Step(
                node=entry.node,
                title=say(node.title, language) if node else entry.node,
                words=_words(entry, language),
                by=names.get(entry.by) if entry.by is not None else None,
                at=entry.at,
                action=entry.action,
                reason=say(reasons.get(entry.reason, entry.reason), language) if entry.reason else None,
                opinion=entry.opinion,
                trace=entry.trace,
                is_open=entry.kind == "opened",
            )
        )
    return tuple(steps)


def _words(entry: Entry, language: str) -> str:
    if entry.kind == "decided":
        return say(WORDS.get(entry.action or "", entry.action), language)
    words = say(WORDS.get(entry.kind, entry.kind), language)
    if entry.kind == "ended" and entry.action:
        mark = "：" if language.startswith("zh") else ": "
        return f"{words}{mark}{say(OUTCOMES.get(entry.action, entry.action), language)}"
    return words
