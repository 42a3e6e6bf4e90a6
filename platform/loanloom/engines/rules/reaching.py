"""Rules that can never count, and rows that overlap where only one may: found before anything runs, as far as can be
known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from loanloom.engines.rules.model import Rule
from loanloom.engines.rules.regions import ALL, Region, covers, meet, region
from loanloom.feel import Program
from loanloom.metadata.document import Document
from loanloom.problems import Problem, text


@dataclass(frozen=True, slots=True)
class _Row:
    """A rule as the regions of its columns; None where one cannot be known."""

    pointer: str
    rule: Rule
    regions: tuple[Region | None, ...]
    source: str


def check(document: Document, rules: Sequence[Rule]) -> Iterator[Problem]:
    """Problems of reach in a rule set whose parts are sound."""
    policy = document.spec["hit_policy"]
    rows = [_row(document, place, rule) for place, rule in enumerate(rules)]
    for later, row in enumerate(rows):
        if any(one is not None and one.admits_nothing for one in row.regions) and row.rule.cells:
            yield document.problem(
                "rules.never",
                text(
                    "This row can never apply: one of its tests holds for no value.",
                    "该行永远不会命中：有条件不可能成立。",
                ),
                row.pointer,
            )
            continue
        for earlier, before in enumerate(rows[:later]):
            if policy == "first" and _covered(before, row):
                yield document.problem(
                    "rules.unreachable",
                    text(
                        f"This rule is never reached: rule {earlier + 1} takes all its cases.",
                        f"该规则永远不会命中：第 {earlier + 1} 条已覆盖。",
                    ),
                    row.pointer,
                    hint=text("Move it up or take it out.", "请上移或删除。"),
                )
                break
            if policy == "unique" and _meets(before, row):
                yield document.problem(
                    "rules.overlap",
                    text(
                        f"Rules {earlier + 1} and {later + 1} can apply together, but only one may.",
                        f"第 {earlier + 1} 与第 {later + 1} 条可能同时命中，但只允许一条。",
                    ),
                    row.pointer,
                    hint=text("Make their tests exclude one another.", "请使条件互斥。"),
                )
                break
            if policy == "any" and _meets(before, row) and before.rule.then != row.rule.then:
                yield document.problem(
                    "rules.conflict",
                    text(
                        f"Rules {earlier + 1} and {later + 1} can apply together and give different results.",
                        f"第 {earlier + 1} 与第 {later + 1} 条可能同时命中且结果不同。",
                    ),
                    row.pointer,
                )
                break


def _row(document: Document, place: int, rule: Rule) -> _Row:
    table = "table" in document.spec
    pointer = f"/table/rows/{place}/when" if table else f"/rules/{place}/when"
    if table:
        return _Row(pointer, rule, tuple(_cell_region(one.test) for one in rule.cells), "")
    if isinstance(rule.condition, Program):
        return _Row(pointer, rule, (None,), " ".join(rule.condition.text.split()))
    return _Row(pointer, rule, (ALL if rule.condition else Region("values"),), "")


def _cell_region(test: Program) -> Region | None:
    return region(test.tree, test.tested) if test.tested else None


def _covered(before: _Row, row: _Row) -> bool:
    if before.source and before.source == row.source:
        return True
    return all(
        outer is not None and (outer.kind == "all" or (inner is not None and covers(outer, inner)))
        for outer, inner in zip(before.regions, row.regions, strict=True)
    )


def _meets(before: _Row, row: _Row) -> bool:
    """Whether they surely can apply together."""
    if before.source and before.source == row.source:
        return True
    return all(
        one is not None and other is not None and meet(one, other)
        for one, other in zip(before.regions, row.regions, strict=True)
    )
