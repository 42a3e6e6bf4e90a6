"""What can be wrong with a flow before it runs: each mistake its own code, its place, a hint in both languages.

Works on nodes already read, so that one faulty flow shows all its faults at once. A flow without errors here cannot get
stuck: every node is reachable, something always follows, an end can always be reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from loanloom.engines.flows import graph
from loanloom.engines.flows.model import ENDINGS, Node
from loanloom.problems import Problem, Text, text

Placed = tuple[str, Node]
"""A node with its JSON pointer."""


def check_nodes(nodes: Sequence[Placed], listed: Sequence[tuple[str, Mapping[str, Any]]]) -> list[Problem]:
    """All problems of a flow's nodes; `listed` are the raw nodes, for what the compiled ones no longer show."""
    problems = [*_keys(nodes), *_starts_and_ends(nodes)]
    for (pointer, node), (_, raw) in zip(nodes, listed, strict=True):
        problems += [*_targets(pointer, node, nodes), *_routes(pointer, node, raw)]
        if node.type == "approval":
            problems += _approval(pointer, node, nodes)
    codes = {problem.code for problem in problems}
    if not codes & {"flow.no_start", "flow.duplicate_node"}:
        problems += _shape(nodes, broken=bool(codes & {"flow.dead_end", "flow.unknown_target"}))
    return problems


def _problem(code: str, pointer: str, message: Text, hint: Text | None = None, **more: Any) -> Problem:
    return Problem(code=f"flow.{code}", pointer=pointer, message=message, hint=hint, **more)


def _keys(nodes: Sequence[Placed]) -> Iterator[Problem]:
    seen: set[str] = set()
    for pointer, node in nodes:
        if node.key in seen:
            yield _problem(
                "duplicate_node",
                f"{pointer}/key",
                text(f"Two nodes are called '{node.key}'.", f"有两个节点都叫“{node.key}”。"),
                text("Give each node a key of its own.", "请为每个节点取不同的标识。"),
            )
        seen.add(node.key)


def _starts_and_ends(nodes: Sequence[Placed]) -> Iterator[Problem]:
    starts = [placed for placed in nodes if placed[1].type == "start"]
    if not starts:
        yield _problem(
            "no_start",
            "/spec/nodes",
            text("The flow has no start node.", "流程没有开始节点。"),
            text("Add a node with type: start.", "请增加 type: start 的节点。"),
        )
    for pointer, node in starts[1:]:
        yield _problem(
            "second_start",
            pointer,
            text(f"'{node.key}' is a second start node.", f"“{node.key}”是第二个开始节点。"),
            text("A flow begins at exactly one node.", "一个流程只能有一个开始节点。"),
        )
    if not any(node.type == "end" for _, node in nodes):
        yield _problem(
            "no_end",
            "/spec/nodes",
            text("The flow has no end node.", "流程没有结束节点。"),
            text("Add nodes with type: end and an outcome.", "请增加 type: end 并注明 outcome 的节点。"),
        )
    for pointer, node in nodes:
        if node.type == "end" and node.outcome is None:
            yield _problem(
                "end_without_outcome",
                pointer,
                text(f"The end node '{node.key}' states no outcome.", f"结束节点“{node.key}”未注明结果。"),
                text("Possible: " + ", ".join(ENDINGS), "可选：" + "、".join(ENDINGS)),
            )
        if node.type == "end" and node.routes:
            yield _problem(
                "end_continues",
                pointer,
                text(f"The end node '{node.key}' leads on.", f"结束节点“{node.key}”仍有后续路径。"),
                text("Remove next and routes from an end.", "请删除结束节点的 next 与 routes。"),
            )


def _targets(pointer: str, node: Node, nodes: Sequence[Placed]) -> Iterator[Problem]:
    keys = [other.key for _, other in nodes]
    conditional = [route for route in node.routes if route.condition or route.source is not None or route.otherwise]
    for index, route in enumerate(conditional):
        if route.to not in keys:
            yield _unknown("unknown_target", f"{pointer}/routes/{index}/to", node, route.to, keys)
    for route in node.routes:
        if route not in conditional and route.to not in keys:
            yield _unknown("unknown_target", f"{pointer}/next", node, route.to, keys)
    for index, target in enumerate(node.return_to):
        if target not in keys and target != "start":
            yield _unknown("unknown_return_target", f"{pointer}/return_to/{index}", node, target, keys)


def _unknown(code: str, pointer: str, node: Node, target: str, keys: Iterable[str]) -> Problem:
    near = get_close_matches(target, list(keys), n=1, cutoff=0.5)
    hint = text(f"Did you mean '{near[0]}'?", f"是否指“{near[0]}”？") if near else None
    known = ", ".join(keys)
    return _problem(
        code,
        pointer,
        text(f"'{node.key}' leads to '{target}', which is no node.", f"“{node.key}”指向的节点“{target}”不存在。"),
        hint or text(f"Nodes: {known}", f"现有节点：{known}"),
    )


def _routes(pointer: str, node: Node, raw: Mapping[str, Any]) -> Iterator[Problem]:
    if node.type == "end":
        return
    if raw.get("routes") and raw.get("next") is not None:
        yield _problem(
            "next_and_routes",
            f"{pointer}/next",
            text(f"'{node.key}' states both next and routes.", f"“{node.key}”同时写了 next 和 routes。"),
            text("Use routes with an otherwise, or next alone.", "请只用 next，或只用带“其他情况”的 routes。"),
        )
    if not node.routes:
        yield _problem(
            "dead_end",
            pointer,
            text(f"Nothing follows '{node.key}'.", f"节点“{node.key}”之后没有去向。"),
            text("Add next or routes, or make it an end.", "请增加 next 或 routes，或改为结束节点。"),
        )
        return
    otherwise = [index for index, route in enumerate(node.routes) if route.source is None]
    if not otherwise:
        yield _problem(
            "missing_otherwise",
            f"{pointer}/routes",
            text(f"'{node.key}' has no otherwise route.", f"节点“{node.key}”缺少“其他情况”路径。"),
            text(
                "End the routes with {otherwise: true, to: ...}.",
                "请在最后增加 {otherwise: true, to: ...}，以免无路可走。",
            ),
        )
    elif otherwise[0] < len(node.routes) - 1 and raw.get("next") is None:
        yield _problem(
            "route_after_otherwise",
            f"{pointer}/routes/{otherwise[0] + 1}",
            text(f"A route of '{node.key}' can never be taken.", f"节点“{node.key}”有一条路径永远不会走到。"),
            text("Put the otherwise route last.", "“其他情况”路径应放在最后。"),
        )


def _approval(pointer: str, node: Node, nodes: Sequence[Placed]) -> Iterator[Problem]:
    if not node.assign:
        yield _problem(
            "no_role",
            pointer,
            text(f"Nobody is named to decide at '{node.key}'.", f"审批节点“{node.key}”未指定处理角色。"),
            text("Add assign: {role: ...}.", "请增加 assign: {role: ...}。"),
        )
    if "approve" not in node.actions:
        yield _problem(
            "no_approve",
            f"{pointer}/actions",
            text(f"'{node.key}' cannot be approved.", f"节点“{node.key}”不允许“同意”。"),
            text("Add approve to its actions.", "请在 actions 中加入 approve。"),
        )
    ends = {other.outcome for _, other in nodes if other.type == "end"}
    if "refuse" in node.actions and ends and "refused" not in ends:
        yield _problem(
            "no_refused_end",
            f"{pointer}/actions",
            text(
                f"'{node.key}' may refuse, but no end is 'refused'.",
                f"“{node.key}”可否决，但没有结果为“否决”的结束节点。",
            ),
            text("Add an end node with outcome: refused.", "请增加 outcome: refused 的结束节点。"),
        )
    for action in sorted(node.reason_required - set(node.actions)):
        yield _problem(
            "reason_for_unknown_action",
            f"{pointer}/reason_required",
            text(
                f"'{node.key}' asks a reason to {action}, which it forbids.",
                f"“{node.key}”要求为不允许的操作“{action}”填写原因。",
            ),
            severity="warning",
        )
    for action in sorted((node.reason_required & set(node.actions)) - set(node.reasons)):
        yield _problem(
            "no_reason_list",
            f"{pointer}/reason_required",
            text(
                f"'{node.key}' asks for a reason to {action} but names no list of reasons.",
                f"“{node.key}”要求“{action}”时填写原因，但未指定原因代码表。",
            ),
            text(f"Add reasons: {{{action}: <code list>}}.", f"请增加 reasons: {{{action}: 代码表标识}}。"),
        )


def _shape(nodes: Sequence[Placed], *, broken: bool) -> Iterator[Problem]:
    """What the drawing shows as a whole. Where a route is `broken`, what it cuts off is not told again."""
    by_key = {node.key: node for _, node in nodes}
    edges = graph.edges(by_key)
    start = next(node.key for node in by_key.values() if node.type == "start")
    from_start = graph.reachable(edges, [start])
    to_end = graph.reachable(graph.reversed_edges(edges), [key for key, node in by_key.items() if _stops(node, by_key)])
    circle = graph.automatic_circle(by_key, edges)
    for pointer, node in nodes:
        hidden = node.key not in from_start and node.type != "start"
        if not broken and hidden and not (node.type == "end" and _reached_by_action(node, by_key)):
            yield _problem(
                "unreachable_node",
                pointer,
                text(f"No route leads to '{node.key}'.", f"没有路径通向节点“{node.key}”。"),
                text("Add a route to it, or remove it.", "请增加通向它的路径，或将其删除。"),
            )
        elif not broken and node.routes and node.key not in to_end:
            yield _problem(
                "no_way_to_end",
                pointer,
                text(f"From '{node.key}' no end can be reached.", f"从节点“{node.key}”无法到达任何结束节点。"),
                text("Lead one of its routes towards an end.", "请让其中一条路径通向结束节点。"),
            )
        if node.key in circle:
            yield _problem(
                "automatic_circle",
                pointer,
                text(f"'{node.key}' is in a circle of automatic nodes.", f"“{node.key}”处于自动节点的循环中。"),
                text("Let one of the nodes wait for a person.", "请让其中一个节点由人工处理。"),
            )
        if not broken:
            yield from _returns(pointer, node, by_key, edges, start)


def _stops(node: Node, nodes: Mapping[str, Node]) -> bool:
    """Ends, and nodes whose own fault is named already: what leads to them is not at fault too."""
    if node.type == "end" or not node.routes or any(route.to not in nodes for route in node.routes):
        return True
    return all(other.type != "end" for other in nodes.values())


def _reached_by_action(end: Node, nodes: Mapping[str, Node]) -> bool:
    """Ends also reached without a drawn route: by refusing at an approval, by withdrawing at any time."""
    if end.outcome == "withdrawn":
        return True
    first = next(node for node in nodes.values() if node.type == "end" and node.outcome == end.outcome)
    refusing = any(node.type == "approval" and "refuse" in node.actions for node in nodes.values())
    return end.outcome == "refused" and refusing and first.key == end.key


def _returns(
    pointer: str, node: Node, nodes: Mapping[str, Node], edges: Mapping[str, frozenset[str]], start: str
) -> Iterator[Problem]:
    for index, target in enumerate(node.return_to):
        key = start if target == "start" and target not in nodes else target
        if key not in nodes:
            continue
        place = f"{pointer}/return_to/{index}"
        if nodes[key].type not in ("start", "approval"):
            yield _problem(
                "return_to_automatic",
                place,
                text(
                    f"'{key}' does not wait for anybody, so nothing can be returned to it.",
                    f"“{key}”不是人工节点，不能退回到它。",
                ),
                text("Return to the start or to an approval.", "请退回到开始节点或审批节点。"),
            )
        elif key == node.key or node.key not in graph.reachable(edges, [key]):
            yield _problem(
                "return_not_before",
                place,
                text(f"'{key}' does not come before '{node.key}'.", f"“{key}”不在“{node.key}”之前。"),
                text("Return only to nodes passed on the way here.", "只能退回到之前经过的节点。"),
            )
