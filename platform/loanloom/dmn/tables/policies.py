"""What the hits of a table come to: agreement, priority, aggregation. Pure over rows of output values."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from loanloom.dmn.tables.compiled import DecisionTable, Result
from loanloom.dmn.tables.model import Aggregation, Place, TableProblem
from loanloom.feel import STANDARD, FeelProblem
from loanloom.feel.problems import words
from loanloom.feel.running.budget import Budget
from loanloom.feel.running.values import same

Values = tuple[Any, ...]


def agree(rows: Sequence[Values]) -> bool:
    """Whether all rows have equal values."""
    return all(same(one, other) for row in rows[1:] for one, other in zip(rows[0], row, strict=True))


def by_priority(table: DecisionTable, rows: Sequence[tuple[int, Values]]) -> list[tuple[int, Values]]:
    """The rows, highest priority first: by the first output, among equals by the next; equal rows in rule order."""
    return sorted(rows, key=lambda row: ranks(table.results, row[1]))


def ranks(results: Sequence[Result], row: Values) -> tuple[int, ...]:
    """The priorities of a row's values, 0 the highest; a value that has none comes last."""
    return tuple(_rank(one, value) for one, value in zip(results, row, strict=True) if one.ranked)


def _rank(result: Result, value: Any) -> int:
    found = result.rank(value)
    return len(result.ranked) if found is None else found


def aggregated(how: Aggregation, values: Sequence[Any]) -> Any:
    """Sum, smallest, largest or number of values; of no values the number is 0 and the rest null."""
    if how == "count":
        return Decimal(len(values))
    if not values:
        return None
    function = STANDARD.get(how)
    assert function is not None
    return function.invoke([list(values)], None, Budget())


def no_aggregation() -> TableProblem:
    """Several outputs have no sum, least, greatest or number in common."""
    said = words("Several outputs cannot be brought together to one value.", "有多个结果列时不能汇总为一个值。")
    return TableProblem(Place("table"), FeelProblem("table.aggregation_of_several", said))


def several_hits(table: DecisionTable, hits: Sequence[int]) -> TableProblem:
    """More than one rule where only one may."""
    return _of_hits(
        table, hits, "table.several_hits", "only one rule may apply, but {} do.", "只允许一条规则命中，实际命中：{}。"
    )


def disagreement(table: DecisionTable, hits: Sequence[int]) -> TableProblem:
    """Rules with different outputs where all must agree."""
    return _of_hits(
        table,
        hits,
        "table.disagree",
        "the rules that apply must agree, but {} do not.",
        "命中规则的结果必须一致，以下规则不一致：{}。",
    )


def _of_hits(table: DecisionTable, hits: Sequence[int], code: str, en: str, zh: str) -> TableProblem:
    names = [table.named(one) for one in hits[:10]]
    more = ["..."] if len(hits) > 10 else []
    english = ", ".join([one["en"] for one in names] + more)
    chinese = "、".join([one.get("zh", one["en"]) for one in names] + more)
    title, title_zh = table.title["en"], table.title.get("zh", table.title["en"])
    message = words(f"{title}: {en.format(english)}", f"{title_zh}：{zh.format(chinese)}")
    return TableProblem(Place("table"), FeelProblem(code, message))
