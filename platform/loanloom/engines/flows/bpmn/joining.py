"""Which gateway of BPMN a join is. Ours waits until no other branch of its split is on the way, which is the inclusive
gateway; where every branch of one parallel split leads to it and nowhere else, it is the parallel one that people
expect. A refusal that ends the case and a return that ends the branches do not count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from loanloom.engines.flows.bpmn.ways import Raw


def joined_like(key: str, nodes: Sequence[Raw]) -> str:
    """The kind of gateway of a join."""
    node = next(one for one in nodes if one["key"] == key)
    if (node.get("join") or {}).get("needed") is not None:
        return "complexGateway"
    return "parallelGateway" if _closes_a_parallel(key, nodes) else "inclusiveGateway"


def _closes_a_parallel(key: str, nodes: Sequence[Raw]) -> bool:
    known = {str(one["key"]): one for one in nodes}
    leads = {one: _leads(node, nodes) for one, node in known.items()}
    into = [one for one, targets in leads.items() for to in targets if to == key]
    for split, node in known.items():
        if node["type"] == "parallel" and len(leads[split]) == len(into):
            inside = _between(split, key, known, leads)
            if inside is not None and set(into) <= {*inside, split}:
                return True
    return False


def _between(split: str, join: str, known: Mapping[str, Raw], leads: Mapping[str, list[str]]) -> set[str] | None:
    """The steps between a split and its join; None where a branch may end, split or come together elsewhere."""
    seen: set[str] = set()
    waiting = list(leads[split])
    while waiting:
        here = waiting.pop()
        if here == join or here in seen:
            continue
        if not leads.get(here) or known[here]["type"] in ("end", "parallel", "inclusive", "join", "start"):
            return None
        seen.add(here)
        waiting += leads[here]
    return seen


def _leads(node: Raw, nodes: Sequence[Raw]) -> list[str]:
    """Every step that may follow: by routes and events, after a failure, a term, a refusal that does not end it all."""
    found = [str(one["to"]) for one in (*node.get("routes", ()), *node.get("events", ()))]
    found += [str(node["next"])] if node.get("next") is not None else []
    refused = node.get("on_refuse")
    if any(one["key"] == refused and one["type"] == "end" for one in nodes):
        refused = None
    failed = (node.get("call") or {}).get("on_failure")
    found += [str(one) for one in (refused, failed) if one is not None]
    return found + [str(one["to"]) for one in node.get("deadlines", ()) if one.get("to") is not None]
