"""The scorecard of twelve indicators over 100,000 rows: polars, one record at a time in Python, and floats by hand.

The frame is ready (`frame` from facts is a figure of its own). Processor seconds, so that other work on the machine
stays out; the bar of 50 ms is on our value over all rows, faults looked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import polars as pl

from benchmarks import feel_cases
from benchmarks.figure import Figure, seconds_each, side_by_side
from loanloom import feel
from loanloom.feel.targets.polars.frame import frame
from loanloom.feel.targets.polars.target import to_polars

ROWS = 100_000
ALONE = 2_000
"""Rows of the one-at-a-time side; its time is scaled to ROWS."""


def figures() -> Iterator[Figure]:
    """All figures of this module."""
    facts = feel_cases.scorecard_facts(ROWS)
    for required in (False, True):
        yield from _scorecard(facts, required=required)
    checked = feel.check(feel_cases.SCORECARD, feel_cases.scorecard_scope())
    made = seconds_each(lambda: frame(checked, facts), runs=3, at_least=0)
    floats = seconds_each(lambda: _floats(facts), runs=3, at_least=0)
    yield Figure(
        name=f"batch: frame of {ROWS:,} records of 12 facts, exact and checked",
        value=made * 1000,
        unit="ms",
        ratio=made / floats,
        peer="a frame of floats without any check",
        bar=3000,
    )


def _scorecard(facts: list[dict[str, Any]], *, required: bool) -> Iterator[Figure]:
    checked = feel.check(feel_cases.SCORECARD, feel_cases.scorecard_scope(required=required))
    translation = to_polars(checked)
    assert translation.ok and translation.value is not None and checked.program is not None
    data, floats = frame(checked, facts), _floats(facts)
    wanted = [translation.value.alias("points")]
    if translation.fault is not None:
        wanted.append(translation.fault.alias("fault"))
    by_hand, program = _by_hand(), checked.program
    alone = [program(one) for one in facts[:ALONE]]
    assert data.select(wanted)["points"].to_list()[:ALONE] == alone
    assert floats.select(by_hand).to_series().to_list()[:ALONE] == alone
    ours, _, ratio = side_by_side(lambda: data.select(wanted), lambda: floats.select(by_hand))
    what = "required" if required else "optional"
    yield Figure(
        name=f"batch: scorecard over {ROWS:,} rows, facts {what}, ready frame",
        value=ours * 1000,
        unit="ms",
        ratio=ratio,
        peer="floats by hand in polars",
        bar=50,
    )
    single = seconds_each(_each(program, facts[:ALONE]), runs=3) * ROWS / ALONE
    yield Figure(
        name=f"batch: the same beside Python, facts {what}",
        value=ours * 1000,
        unit="ms",
        ratio=ours / single,
        peer=f"the compiled expression record by record ({single * 1000:,.0f} ms)",
        bar=0.5,
        bar_on="ratio",
    )


def _each(program: feel.Program, facts: list[dict[str, Any]]) -> Callable[[], None]:
    def run() -> None:
        for one in facts:
            program(one)

    return run


def _floats(facts: list[dict[str, Any]]) -> pl.DataFrame:
    """The same facts as one would put them in a frame by hand: floats, nothing checked."""
    people = [one["applicant"] for one in facts]
    columns: dict[str, list[Any]] = {}
    for name in feel_cases.INDICATORS:
        number = name in feel_cases.BINS
        columns[name] = [float(one[name]) if number else one[name] for one in people]
    return pl.DataFrame(columns)


def _by_hand() -> pl.Expr:
    """The scorecard as one writes it in polars over floats, without a thought for nulls or faults."""
    total = pl.lit(500)
    for name, bins in feel_cases.BINS.items():
        points = pl.lit(bins[-1][1] - 5)
        for bound, given in reversed(bins):
            points = pl.when(pl.col(name) < float(bound)).then(given).otherwise(points)
        total += points
    for name, choices in feel_cases.CHOICES.items():
        points = pl.lit(-7)
        for value, given in reversed(choices):
            points = pl.when(pl.col(name) == value).then(given).otherwise(points)
        total += points
    return total
