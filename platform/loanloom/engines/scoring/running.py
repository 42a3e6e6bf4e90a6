"""Indicator values -> score: bisect or look up, add, grade, rank what was lost. Exact decimals, no metadata read."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from loanloom.engines.scoring.model import Bin, Characteristic, Grade, Line, Reason, Score, Scorecard
from loanloom.problems import Problem, say, text


def score(card: Scorecard, values: Mapping[str, Any]) -> Score:
    """The score of a case whose indicators have these values."""
    total = card.base
    lines: list[Line] = []
    unknown: list[Characteristic] = []
    for one in card.characteristics:
        value = values.get(one.indicator)
        found = bin_of(one, value)
        if found is None:
            unknown.append(one)
            continue
        total += found.points
        lines.append(Line(one, value, found))
    if unknown:
        problems = tuple(_cannot(one, values.get(one.indicator)) for one in unknown)
        return Score(card, None, None, tuple(lines), (), problems)
    grade = _grade(card, total)
    if grade is None:
        return Score(card, None, None, tuple(lines), (), (_no_grade(total),))
    return Score(card, total, grade, tuple(lines), _reasons(card, lines), ())


def bin_of(one: Characteristic, value: Any) -> Bin | None:
    """The bin of a value; None where the card has none for it."""
    if value is None:
        return one.missing
    if one.borders is None:
        return one.options.get(value, one.otherwise)
    place = bisect_right(one.borders, value) if one.closed_left else bisect_left(one.borders, value)
    return one.bins[place]


def _grade(card: Scorecard, points: Decimal) -> Grade | None:
    for grade in card.grades:
        if grade.holds(points):
            return grade
    return None


def _reasons(card: Scorecard, lines: list[Line]) -> tuple[Reason, ...]:
    """The characteristics that lost most against their best, at most as many as the card gives."""
    lost = [line for line in lines if line.bin.lost > 0]
    lost.sort(key=lambda line: -line.bin.lost)
    return tuple(
        Reason(line.characteristic.indicator, line.characteristic.reason, line.bin.lost)
        for line in lost[: card.reason_count]
    )


def _cannot(one: Characteristic, value: Any) -> Problem:
    title_en, title_zh = say(one.title, "en"), say(one.title, "zh")
    if value is None:
        return Problem(
            code="score.missing",
            field=f"indicators.{one.indicator}",
            message=text(f"{title_en} is not known, so there is no score.", f"{title_zh}缺失，无法评分。"),
        )
    return Problem(
        code="score.no_band",
        field=f"indicators.{one.indicator}",
        message=text(f"{title_en}: no band or option for {value}.", f"{title_zh}：没有与“{value}”对应的分档。"),
    )


def _no_grade(points: Decimal) -> Problem:
    return Problem(
        code="score.no_grade", message=text(f"No grade holds {points} points.", f"没有与 {points} 分对应的等级。")
    )
