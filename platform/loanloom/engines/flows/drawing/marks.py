"""Where a case is in its flow: what was passed, where it stands, what may still come, what was given up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from loanloom.engines.flows.drawing.model import Mark
from loanloom.engines.flows.drawing.ways import Way, after
from loanloom.engines.flows.model import Flow
from loanloom.engines.flows.moves import Entry
from loanloom.engines.flows.state import State

_REFUSING = ("refuse", "refused")


def of_nodes(flow: Flow, state: State | None, history: Sequence[Entry], ways: Sequence[Way]) -> dict[str, Mark]:
    """The mark of every node. What a return undid counts as still to come; the history tells what happened there."""
    if state is None:
        return dict.fromkeys(flow.nodes, "possible")
    here = {token.node for token in state.tokens}
    passed = {each.node for each in state.passed}
    possible = after(flow, here, ways) if state.status != "ended" else frozenset()
    given_up = _given_up(history) if history else frozenset()
    refused = _refused(history)

    def mark(key: str) -> Mark:
        if key in here:
            return "suspended" if state.status == "suspended" else "current"
        if key in given_up and key not in possible:
            return "cancelled"
        if key in passed:
            return "refused" if key in refused or flow.nodes[key].outcome == "refused" else "done"
        return "possible" if key in possible else "not_taken"

    return {key: mark(key) for key in flow.nodes}


def _given_up(history: Sequence[Entry]) -> frozenset[str]:
    """Nodes whose last word is that their work was cancelled."""
    last = {entry.node: entry.kind for entry in history if entry.kind != "routed"}
    return frozenset(node for node, kind in last.items() if kind == "cancelled")


def _refused(history: Sequence[Entry]) -> frozenset[str]:
    """Nodes whose last decision was a no."""
    last = {entry.node: entry.action for entry in history if entry.kind in ("decided", "ruled")}
    return frozenset(node for node, action in last.items() if action in _REFUSING)


def taken(state: State | None, history: Sequence[Entry]) -> frozenset[tuple[str, str]]:
    """The ways the case went when it last left each node, as far as they still stand."""
    if state is None:
        return frozenset()
    standing = {each.node for each in state.passed} | {token.node for token in state.tokens}
    left: dict[str, list[Entry]] = {}
    for entry in history:
        if entry.to is None or entry.kind not in ("routed", "awaited", "expired", "jumped", "reconsidered"):
            continue
        before = left.setdefault(entry.node, [])
        if before and (before[-1].at, before[-1].round) != (entry.at, entry.round):
            before.clear()
        before.append(entry)
    return frozenset(
        (node, entry.to)
        for node, entries in left.items()
        for entry in entries
        if entry.to is not None and node in standing and entry.to in standing
    )


def of_edge(pair: tuple[str, str], went: frozenset[tuple[str, str]], nodes: Mapping[str, Mark], started: bool) -> Mark:
    """The mark of a way between two nodes."""
    if pair in went:
        return "done"
    ahead = nodes.get(pair[0]) in ("current", "suspended", "possible")
    return "possible" if ahead or not started else "not_taken"
