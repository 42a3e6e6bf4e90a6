"""Many cases through one score card at once: indicators and points as columns in polars, exactly as for one case.

What polars cannot hold exactly (`slow`) is computed case by case and joined as a column, with the reason; so are cases
whose facts lie outside their declared digits. Polars is an extra (`batch`): only who needs it imports this module.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from loanloom.engines import facts as fact_scope
from loanloom.engines.scoring import running
from loanloom.engines.scoring.batch_points import points_of, points_scale, scaled, scored
from loanloom.engines.scoring.exact import places_of
from loanloom.engines.scoring.indicators import Indicator, Indicators
from loanloom.engines.scoring.model import Scorecard
from loanloom.feel import EvaluationError, Type, joined
from loanloom.feel.targets.bounds import Bound, of_decimal, type_of
from loanloom.feel.targets.polars.frame import frame, held, schema_of, unfit
from loanloom.feel.targets.polars.target import column
from loanloom.problems import Problem, say, text


@dataclass(frozen=True, slots=True)
class Slow:
    """An indicator that is computed case by case, and why."""

    indicator: Indicator
    problem: Problem


@dataclass(frozen=True, slots=True)
class _Column:
    """An indicator as a column: null where it has no value."""

    indicator: Indicator
    value: pl.Expr
    type: Type


@dataclass(frozen=True)
class Batch:
    """A score card and its indicators, ready for many cases. `types` are the facts that become columns."""

    card: Scorecard
    indicators: Indicators
    types: Mapping[str, Type]
    columns: tuple[_Column, ...]
    slow: tuple[Slow, ...]

    def frame(self, cases: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
        """The facts of cases as columns, with what the slow indicators give; raises EvaluationError for facts that do
        not go into a column.
        """
        data = frame(self.types, cases)
        return data.with_columns(self._slow_columns(cases)) if self.slow else data

    def score(self, data: pl.DataFrame) -> pl.DataFrame:
        """A row for each case: `points`, `grade`, `reasons` (indicator, lost), and `unknown`: the indicators for want
        of which it has no points.
        """
        for one in self.columns:
            data = data.with_columns(one.value.alias(_name(one.indicator.key)))
        fast = {one.indicator.key: one.type for one in self.columns}
        found = {
            one.indicator: points_of(one, _name(one.indicator), fast.get(one.indicator), points_scale(self.card))
            for one in self.card.characteristics
        }
        return scored(self.card, data, found, points_scale(self.card))

    def score_cases(self, cases: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
        """The same from facts; cases that do not go into columns are scored one by one."""
        try:
            return self.score(self.frame(cases))
        except EvaluationError:
            odd = {place for place, case in enumerate(cases) if unfit(self.types, case) is not None}
        fit = [case for place, case in enumerate(cases) if place not in odd]
        fast = self.score(self.frame(fit))
        places = [place for place in range(len(cases)) if place not in odd]
        alone = pl.DataFrame([self._alone(cases[place]) for place in sorted(odd)], schema=fast.schema)
        numbered = [fast.with_columns(place=pl.Series(places)), alone.with_columns(place=pl.Series(sorted(odd)))]
        return pl.concat(numbered).sort("place").drop("place")

    def _alone(self, case: Mapping[str, Any]) -> dict[str, Any]:
        """One case in the plain way, as a row."""
        found = running.score(self.card, self.indicators.compute(case).values)
        missing = {one.field.partition(".")[2] for one in found.problems if one.field}
        return {
            "points": found.points,
            "grade": found.grade.key if found.grade else None,
            "reasons": [{"indicator": one.indicator, "lost": one.lost} for one in found.reasons],
            "unknown": [one.indicator for one in self.card.characteristics if one.indicator in missing],
        }

    def _slow_columns(self, cases: Sequence[Mapping[str, Any]]) -> list[pl.Series]:
        """For each slow characteristic, the points and what is lost, found case by case."""
        keys = [one.indicator.key for one in self.slow]
        values = [self.indicators.compute(case, keys).values for case in cases]
        scale = points_scale(self.card)
        columns = []
        for one in self.card.characteristics:
            if one.indicator not in keys:
                continue
            bins = [running.bin_of(one, row.get(one.indicator)) for row in values]
            points = [None if found is None else scaled(found.points, scale) for found in bins]
            lost = [None if found is None else scaled(found.lost, scale) for found in bins]
            columns.append(pl.Series(f"{_name(one.indicator)}.points", points, dtype=pl.Int64))
            columns.append(pl.Series(f"{_name(one.indicator)}.lost", lost, dtype=pl.Int64))
        return columns


def compile_batch(card: Scorecard, indicators: Indicators) -> Batch:
    """A card with the indicators it needs, made ready for many cases. Always succeeds: `slow` says what it costs."""
    needed = indicators.only(card.indicators)
    known: dict[str, Type] = {}
    columns: list[_Column] = []
    slow: list[Slow] = []
    for one in needed.ordered:
        found = _translated(one, known, {each.indicator.key for each in slow})
        if isinstance(found, Slow):
            slow.append(found)
            continue
        columns.append(found)
        known[_name(one.key)] = found.type
    read = schema_of(one.indicator.program.tree for one in columns)
    types = {path: type_ for path, type_ in held(read).items() if not path.startswith(_name(""))}
    return Batch(card, needed, types, tuple(columns), tuple(slow))


def _name(key: str) -> str:
    return f"indicators.{key}"


def _translated(one: Indicator, known: Mapping[str, Type], slow: set[str]) -> _Column | Slow:
    """An indicator as a column, or why it is slow."""
    late = sorted(one.reads & slow)
    if late:
        return Slow(one, _reads_slow(one, late[0]))
    translation, type_ = column(one.program.tree, one.program.text, known, places_of(one))
    if translation.value is None:
        return Slow(one, fact_scope.run_problem(translation.problems[0], _name(one.key), one.title))
    value = translation.value
    if one.policy == "value":
        value, type_ = _defaulted(value, type_, one.default)
        if translation.fault is not None:  # a fault is no missing value: it stays without one
            value = pl.when(~translation.fault).then(value)
    return _Column(one, value, type_)


def _reads_slow(one: Indicator, key: str) -> Problem:
    return Problem(
        code="indicator.batch.reads_slow",
        message=text(
            f"{say(one.title, 'en')}: it reads `indicators.{key}`, which is computed case by case.",
            f"{say(one.title, 'zh')}：它读取逐笔计算的指标“{key}”。",
        ),
        field=_name(one.key),
    )


def _defaulted(value: pl.Expr, type_: Type, default: Any) -> tuple[pl.Expr, Type]:
    """A value with what stands for it where it is unknown."""
    if not isinstance(default, Decimal) or type_.digits is None:
        return value.fill_null(default), type_
    wider = joined(type_, type_of(of_decimal(default) or Bound(0, 0)))
    dtype = pl.Decimal(38, wider.digits.scale if wider.digits else 0)
    return value.cast(dtype).fill_null(pl.lit(default, dtype=dtype)), wider
