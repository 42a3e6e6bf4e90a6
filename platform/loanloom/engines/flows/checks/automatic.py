"""What each type of node must say, and what means nothing there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from loanloom.engines.flows.checks.telling import wrong
from loanloom.engines.flows.model import HUMAN, VOTED, Node
from loanloom.problems import Problem, text

NEEDED: Mapping[str, tuple[str, ...]] = {
    "calculation": ("calculation",), "service": ("call",), "document": ("documents",), "subflow": ("subflow",),
    "notify": ("tell",), "cc": ("tell",), "wait": ("events", "until"),
    "inclusive": ("routes",), "exclusive": ("routes",),
}  # fmt: skip
"""Of these one must be there."""
ONLY_AT: Mapping[str, tuple[str, ...]] = {
    "ruleset": ("decision",), "calculation": ("calculation",), "call": ("service",), "documents": ("document",),
    "subflow": ("subflow",), "tell": ("notify", "cc"), "events": ("wait",), "until": ("wait",), "join": ("join",),
    "one_at_a_time": ("parallel", "inclusive"), "outcome": ("end",), "ends": ("end",), "vote": VOTED,
    "record_by": VOTED, "form": (*HUMAN, "start"),
    **dict.fromkeys(("assign", "dispatch", "exclude", "if_nobody", "deadline", "deadlines", "cc", "actions"), HUMAN),
    "may_change": ("form", "approval", *VOTED),
    **dict.fromkeys(
        ("if_starter", "if_same", "limit", "return_to", "return_then", "on_refuse", "reasons",
         "reason_required", "opinion_required", "bulk"),
        ("approval", *VOTED),
    ),
}  # fmt: skip
"""What only these types of node know."""


def automatic(pointer: str, node: Node, raw: Mapping[str, Any]) -> Iterator[Problem]:
    """What a node lacks, and what it says in vain."""
    needed = NEEDED.get(node.type, ())
    if needed and not any(raw.get(name) for name in needed):
        listed = " or ".join(needed), "或".join(needed)
        yield wrong(
            "missing_for_type",
            pointer,
            text(
                f"'{node.title['en']}' ({node.type}) needs {listed[0]}.",
                f"“{node.title['zh']}”（{node.type}）缺少 {listed[1]}。",
            ),
            text(f"Add {listed[0]}.", f"请增加 {listed[1]}。"),
        )
    for name in raw:
        types = ONLY_AT.get(name)
        if types is not None and node.type not in types:
            yield wrong(
                "means_nothing_here",
                f"{pointer}/{name}",
                text(
                    f"'{name}' means nothing at '{node.title['en']}' ({node.type}).",
                    f"“{name}”对“{node.title['zh']}”（{node.type}）没有意义。",
                ),
                text(f"Remove it; it belongs to: {', '.join(types)}.", f"请删除；它用于：{'、'.join(types)}。"),
                severity="warning",
            )
