"""Indicators and score cards: documents compiled, and cases scored with reasons. Pure; keeps nothing."""

from __future__ import annotations

from loanloom.engines.scoring.compiling import CompiledScorecard, compile_scorecard
from loanloom.engines.scoring.compiling import check as _check_cards
from loanloom.engines.scoring.exact import check as _check_exact
from loanloom.engines.scoring.indicators import (
    CompiledIndicators,
    Indicated,
    Indicator,
    Indicators,
    compile_indicators,
    needed,
)
from loanloom.engines.scoring.indicators import check as _check_indicators
from loanloom.engines.scoring.model import Characteristic, Grade, Line, Reason, Score, Scorecard
from loanloom.engines.scoring.running import score
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem


def check(registry: Registry) -> list[Problem]:
    """Everything wrong with the indicators and score cards of a registry."""
    return [*_check_indicators(registry), *_check_cards(registry), *_check_exact(registry)]


__all__ = [
    "Characteristic",
    "CompiledIndicators",
    "CompiledScorecard",
    "Grade",
    "Indicated",
    "Indicator",
    "Indicators",
    "Line",
    "Reason",
    "Score",
    "Scorecard",
    "check",
    "compile_indicators",
    "compile_scorecard",
    "needed",
    "score",
]
