"""What each type of node must say, and what means nothing there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from loanloom.engines.flows.checks.telling import Called, wrong
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


def automatic(pointer: str, node: Node, raw: Mapping[str, Any], called: Called) -> Iterator[Problem]:
    """What a node lacks, and what it says in vain; `called` is what people call its parts and types."""
    needed = NEEDED.get(node.type, ())
    if needed and not any(raw.get(name) for name in needed):
        names = [called.part(name) for name in needed]
        listed = " or ".join(f"“{one['en']}”" for one in names), "或".join(f"“{one['zh']}”" for one in names)
        type_ = called.type(node.type)
        yield wrong(
            "missing_for_type",
            pointer,
            text(
                f"'{node.title['en']}' ({type_['en']}) needs {listed[0]}.",
                f"“{node.title['zh']}”（{type_['zh']}）缺少{listed[1]}。",
            ),
            text(f"Fill in {listed[0]}.", f"请填写{listed[1]}。"),
            " | ".join(needed),
        )
    for name in raw:
        types = ONLY_AT.get(name)
        if types is not None and node.type not in types:
            part, type_, others = called.part(name), called.type(node.type), [called.type(one) for one in types]
            english, chinese = ", ".join(one["en"] for one in others), "、".join(one["zh"] for one in others)
            yield wrong(
                "means_nothing_here",
                f"{pointer}/{name}",
                text(
                    f"“{part['en']}” means nothing at '{node.title['en']}' ({type_['en']}).",
                    f"“{part['zh']}”对“{node.title['zh']}”（{type_['zh']}）没有意义。",
                ),
                text(f"Leave it out; it belongs to: {english}.", f"请删除；它用于：{chinese}。"),
                name,
                severity="warning",
            )
