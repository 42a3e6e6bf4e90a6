"""What can be said of a rule set before it runs, as problems at their places: of tables by `dmn.tables`, of lists of
rules as far as their conditions are constant or the same text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from loanloom.dmn import tables
from loanloom.engines.rules.model import Rule
from loanloom.feel import Program
from loanloom.metadata.document import Document
from loanloom.problems import Problem, Text, text

_CODES: Mapping[str, str] = {
    "gap": "rules.gap",
    "null_gap": "rules.gap_where_unknown",
    "overlap": "rules.overlap",
    "conflict": "rules.conflict",
    "covered": "rules.unreachable",
    "masked": "rules.unreachable",
    "outranked": "rules.outranked",
    "never": "rules.never",
    "outside": "rules.never",
}
_MILD = frozenset({"masked", "outranked", "outside", "null_gap"})
"""What may be meant so: a last row for whatever is left, a test for what should not come."""


def check_table(document: Document, table: tables.DecisionTable, labels: Mapping[str, Text]) -> Iterator[Problem]:
    """Problems of reach in a sound decision table."""
    found = tables.analyse(table, labels)
    complete = bool(document.spec["table"].get("complete"))
    for one in found.findings:
        if one.kind in ("gap", "null_gap") and not _asks_for_all(document, one.kind, complete):
            continue
        severity: Literal["error", "warning"] = "error"
        if one.kind in _MILD or (one.kind == "gap" and not complete):
            severity = "warning"
        yield document.problem(
            _CODES[one.kind],
            dict(one.message),
            _pointer(one.place),
            hint=dict(one.hint) if one.hint else None,
            severity=severity,
        )
    if complete and found.why is not None:
        yield document.problem("rules.not_analysed", dict(found.why), "/table/complete", severity="warning")


def _asks_for_all(document: Document, kind: str, complete: bool) -> bool:
    """Whether a case that no row takes is worth a word: it always is where the table says that it takes all."""
    if complete:
        return True
    spec = document.spec
    stated = "otherwise" in spec or all("default" in one for one in spec["outputs"])
    listing = spec["hit_policy"] in ("collect", "rule_order", "output_order")
    return kind == "gap" and not stated and not listing


def _pointer(place: tables.Place) -> str:
    if place.part == "cell" and place.rule is not None:
        cell = f"/table/rows/{place.rule}/when"
        return cell if place.column is None else f"{cell}/{place.column}"
    return f"/table/inputs/{place.column}/value" if place.part == "input" else "/table"


def check_list(document: Document, rules: Sequence[Rule]) -> Iterator[Problem]:
    """Problems of reach in a sound list of rules."""
    policy = document.spec["hit_policy"]
    for later, rule in enumerate(rules):
        for earlier, before in enumerate(rules[:later]):
            found = _between(policy, before, rule, earlier + 1, later + 1)
            if found is not None:
                code, message, hint = found
                yield document.problem(code, message, f"/rules/{later}/when", hint=hint)
                break


def _between(policy: str, before: Rule, rule: Rule, earlier: int, later: int) -> tuple[str, Text, Text | None] | None:
    same = _condition(before) == _condition(rule) is not False
    if policy == "first" and (same or before.condition is True):
        return (
            "rules.unreachable",
            text(
                f"This rule is never reached: rule {earlier} takes all its cases.",
                f"该规则永远不会命中：第 {earlier} 条已覆盖。",
            ),
            text("Move it up or take it out.", "请上移或删除。"),
        )
    if policy == "unique" and same:
        return (
            "rules.overlap",
            text(
                f"Rules {earlier} and {later} can apply together, but only one may.",
                f"第 {earlier} 与第 {later} 条可能同时命中，但只允许一条。",
            ),
            text("Make their tests exclude one another.", "请使条件互斥。"),
        )
    if policy == "any" and same and before.then != rule.then:
        return (
            "rules.conflict",
            text(
                f"Rules {earlier} and {later} can apply together and give different results.",
                f"第 {earlier} 与第 {later} 条可能同时命中且结果不同。",
            ),
            None,
        )
    return None


def _condition(rule: Rule) -> Any:
    """A condition as it can be compared with another's."""
    return " ".join(rule.condition.text.split()) if isinstance(rule.condition, Program) else rule.condition
