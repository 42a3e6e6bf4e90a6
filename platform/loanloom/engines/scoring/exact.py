"""Which indicators no column of a batch can hold exactly, said when a release is checked. Pure; knows no polars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from loanloom.engines import facts as fact_scope
from loanloom.engines.scoring.indicators import Indicator, Indicators, sound_indicators
from loanloom.feel import FeelProblem, Type
from loanloom.feel.targets.bounds import type_of
from loanloom.feel.targets.exactness import Exactness, rounded_to
from loanloom.metadata.registry import Registry, kept
from loanloom.problems import Problem, text


@kept
def check(registry: Registry) -> Sequence[Problem]:
    """A warning for each indicator of a score card that a batch must compute case by case, with the reason."""
    cards = registry.all("scorecard")
    used = {one["indicator"] for card in cards for one in card.spec["characteristics"]}
    return tuple(_inexact(sound_indicators(registry, None).only(used), registry))


def _inexact(indicators: Indicators, registry: Registry) -> Iterator[Problem]:
    known: dict[str, Type] = {}
    late: set[str] = set()
    for one in indicators.ordered:
        places, root = places_of(one), one.program.tree
        exactness = Exactness(root if places is None else rounded_to(root, places), one.program.text, known)
        bound = exactness.bound(exactness.root)
        if bound is not None and one.type == "number":
            known[f"indicators.{one.key}"] = type_of(bound)
        if one.reads & late:
            late.add(one.key)
        elif exactness.problems:
            late.add(one.key)
            yield _warning(one, exactness.problems[0], registry)


def places_of(one: Indicator) -> int | None:
    """The decimals that an indicator's result is rounded to."""
    return None if one.step is None else -int(one.step.as_tuple().exponent)


def _warning(one: Indicator, problem: FeelProblem, registry: Registry) -> Problem:
    document = registry.require("indicator", one.key)
    said = text(
        f"Batches compute this indicator case by case. {problem.message['en']}",
        f"批量评分时该指标只能逐笔计算。{problem.message['zh']}",
    )
    placed = fact_scope.problem_from_feel(problem, document, "/value")
    return replace(placed, code="indicator.batch", message=said, severity="warning")
