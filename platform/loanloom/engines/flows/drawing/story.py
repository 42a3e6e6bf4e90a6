"""The history of a case as lines to read: what happened, who, how long it took, and why the case went on as it did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from loanloom.engines.flows.changing import Term, term
from loanloom.engines.flows.conditions import reason
from loanloom.engines.flows.drawing import wording
from loanloom.engines.flows.drawing.model import Step
from loanloom.engines.flows.model import Flow
from loanloom.engines.flows.moves import Entry
from loanloom.engines.flows.record import altered
from loanloom.problems import Text, say

_QUIET = ("joined", "calculated")
"""Entries that say nothing to a reader unless they led somewhere by a condition."""


def told(
    flow: Flow, history: Sequence[Entry], language: str, names: Mapping[int, str], reasons: Mapping[str, Text]
) -> tuple[Step, ...]:
    """The lines, oldest first. Where the case went is part of the line that led there."""
    opened: dict[int, datetime | None] = {}
    steps: list[Step] = []
    for entry in history:
        if entry.kind == "opened":
            if entry.item is not None:
                opened.setdefault(entry.item, entry.at)
            continue
        if entry.kind == "routed":
            _went(steps, flow, entry, language)
            continue
        if entry.kind == "returned" and _is_answer(steps, entry):
            steps[-1] = replace(steps[-1], went=(_title(flow, entry.to or "", language),))
            continue
        steps.append(_step(flow, entry, language, names, reasons, opened))
    return tuple(step for step in steps if step.kind not in _QUIET or step.why)


def _is_answer(steps: Sequence[Step], entry: Entry) -> bool:
    """Whether a return only says where the decision of the line before leads."""
    last = steps[-1] if steps else None
    return last is not None and (last.action, last.node, last.at) == ("return", entry.node, entry.at)


def _step(
    flow: Flow,
    entry: Entry,
    language: str,
    names: Mapping[int, str],
    reasons: Mapping[str, Text],
    opened: Mapping[int, datetime | None],
) -> Step:
    began = opened.get(entry.item) if entry.item is not None else None
    return Step(
        node=entry.node,
        title=_title(flow, entry.node, language),
        words=wording.happened(entry, language),
        kind=entry.kind,
        by=names.get(entry.by) if entry.by is not None else None,
        for_whom=names.get(entry.for_whom) if entry.for_whom is not None else None,
        at=entry.at,
        action=entry.action,
        reason=say(reasons.get(entry.reason, entry.reason), language) if entry.reason else None,
        opinion=entry.opinion,
        went=(_title(flow, entry.to, language),) if entry.to is not None else (),
        took=entry.at - began if entry.kind == "decided" and entry.at and began else None,
        terms=_terms(flow, entry, language),
        round=entry.round,
        item=entry.item,
    )


def _terms(flow: Flow, entry: Entry, language: str) -> tuple[Term, ...]:
    """What was approved otherwise than asked."""
    said = entry.trace.get("terms") if entry.kind == "decided" and isinstance(entry.trace, Mapping) else None
    return tuple(term(flow, name, value, language) for name, value in sorted((said or {}).items()))


def _went(steps: list[Step], flow: Flow, entry: Entry, language: str) -> None:
    """Where the case went on, and by which conditions, belongs to the last line of that node."""
    at = next((at for at in range(len(steps) - 1, -1, -1) if steps[at].node == entry.node), None)
    why = _why(flow, entry, language)
    if at is None or (steps[at].at, steps[at].round) != (entry.at, entry.round):
        if why:
            steps.append(_step(flow, altered(entry, to=None), language, {}, {}, {}))
            at = len(steps) - 1
            steps[at] = replace(steps[at], words="→ " + _title(flow, entry.to or "", language), why=why)
        return
    step = steps[at]
    target = _title(flow, entry.to or "", language)
    went = step.went if target in step.went else (*step.went, target)
    steps[at] = replace(step, went=went, why=(*step.why, *why))


def _why(flow: Flow, entry: Entry, language: str) -> tuple[str, ...]:
    """The conditions looked at, in words with their values."""
    if not isinstance(entry.trace, Sequence) or isinstance(entry.trace, str):
        return ()
    looked = [one for one in entry.trace if isinstance(one, Mapping) and (one.get("words") or "seen" in one)]
    marks = {True: "✓ ", False: "✗ "}
    return tuple(marks[bool(one.get("holds"))] + reason(flow, entry.node, one, language) for one in looked)


def _title(flow: Flow, key: str, language: str) -> str:
    node = flow.nodes.get(key)
    return say(node.title, language) if node is not None else key
