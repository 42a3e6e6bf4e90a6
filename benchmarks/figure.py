"""One measured figure: its value, the peer or floor it was measured beside, and the bar it is held against."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`value` in `unit`; `ratio` = value / the same work by `peer`. `bar` is the most that `judged` may be.

    `bar_on` says what the bar is about: "value" (an absolute figure) or "ratio". With `at_least` more is better and the
    bar is the least. `beside` names figures of others that were measured elsewhere, with their source.
    """

    name: str
    value: float
    unit: str
    ratio: float
    peer: str
    bar: float
    bar_on: str = "value"
    at_least: bool = False
    beside: str = ""

    @property
    def holds(self) -> bool:
        judged = self.value if self.bar_on == "value" else self.ratio
        return judged >= self.bar if self.at_least else judged <= self.bar

    def line(self) -> str:
        bar = f"{self.bar:g} {self.unit}" if self.bar_on == "value" else f"{self.bar:g} x"
        bar = f"at least {bar}" if self.at_least else bar
        verdict = "holds" if self.holds else "falls short"
        ratio = f"ratio {self.ratio:.2f} x of {self.peer}"
        beside = f"; {self.beside}" if self.beside else ""
        return f"{self.name}: {self.value:.3g} {self.unit}, {ratio} (bar {bar}): {verdict}{beside}"

    def as_dict(self) -> dict[str, Any]:
        fields = ("name", "value", "unit", "ratio", "peer", "bar", "bar_on", "at_least", "holds", "beside")
        return {field: getattr(self, field) for field in fields}


def seconds_each(work: Callable[[], object], *, at_least: float = 0.05, runs: int = 9) -> float:
    """Median processor seconds of one call (what else the machine does stays out).

    Each run repeats `work` until `at_least` seconds are filled.
    """
    work()
    start = time.process_time()
    work()
    once = max(time.process_time() - start, 1e-9)
    repeats = max(1, int(at_least / once))
    figures = []
    for _ in range(runs):
        start = time.process_time()
        for _ in range(repeats):
            work()
        figures.append((time.process_time() - start) / repeats)
    return statistics.median(figures)


def side_by_side(
    ours: Callable[[], object], peer: Callable[[], object], *, runs: int = 9
) -> tuple[float, float, float]:
    """Median processor seconds of `ours` and of `peer`, run in turn, and the median of the ratios pair by pair."""
    pairs = [(seconds_each(ours, runs=1), seconds_each(peer, runs=1)) for _ in range(runs)]
    return (
        statistics.median(a for a, _ in pairs),
        statistics.median(b for _, b in pairs),
        statistics.median(a / b for a, b in pairs),
    )
