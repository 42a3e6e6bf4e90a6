"""A compiled calculation and what it gives: values only."""

from __future__ import annotations

import decimal
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from loanloom import feel
from loanloom.feel import Program, Type
from loanloom.problems import Problem, Text, say, text

_MODES = {
    "half_up": decimal.ROUND_HALF_UP,
    "half_even": decimal.ROUND_HALF_EVEN,
    "up": decimal.ROUND_UP,
    "down": decimal.ROUND_DOWN,
}
_WIDE = decimal.Context(prec=60)


@dataclass(frozen=True, slots=True)
class Rounding:
    """To so many decimals (negative: tens, hundreds ...), in a stated way."""

    digits: int
    mode: str

    def apply(self, value: Decimal) -> Decimal:
        """The rounded value."""
        rounded = Decimal(value).quantize(Decimal(1).scaleb(-self.digits), rounding=_MODES[self.mode], context=_WIDE)
        return rounded if self.digits >= 0 else rounded.quantize(Decimal(1), context=_WIDE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A stated figure of the lender."""

    key: str
    title: Text
    type: Type
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One formula."""

    key: str
    title: Text
    program: Program
    rounding: Rounding | None


@dataclass(frozen=True, slots=True)
class Check:
    """A rule that must hold when it runs, and what to say when it does not."""

    program: Program
    message: Text


@dataclass(frozen=True, eq=False, kw_only=True)
class Calculation:
    """A calculation ready to run."""

    key: str
    title: Text
    digest: str
    parameters: tuple[Parameter, ...]
    values: Mapping[str, Any]
    steps: tuple[Step, ...]
    checks: tuple[Check, ...]
    result: str
    labels: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class StepValue:
    """What one step came to."""

    step: Step
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Calculated:
    """The outcome for one case. Without a result where a step could not be computed: `problems` says why."""

    calculation: Calculation
    result: Decimal | None
    steps: tuple[StepValue, ...]
    problems: tuple[Problem, ...]
    seen: Mapping[str, Any]

    def facts(self) -> dict[str, Any]:
        """What expressions see as `limit`: each step under its key, the result as `amount`."""
        return {**{one.step.key: one.value for one in self.steps}, "amount": self.result}

    def as_json(self) -> dict[str, Any]:
        """Everything that explains the result, to be kept with the decision."""
        return {
            "calculation": self.calculation.key,
            "digest": self.calculation.digest,
            "result": feel.plain(self.result),
            "parameters": [
                {"key": one.key, "title": dict(one.title), "value": feel.plain(one.value)}
                for one in self.calculation.parameters
            ],
            "steps": [
                {
                    "key": one.step.key,
                    "title": dict(one.step.title),
                    "value": feel.plain(one.value),
                    "formula": one.step.program.text,
                    "words": {tag: self._explained(one, tag) for tag in ("en", "zh")},
                }
                for one in self.steps
            ],
        }

    def in_words(self, language: str = "en") -> tuple[str, ...]:
        """One line for each step, with its formula and figures."""
        return tuple(
            f"{say(one.step.title, language)}{say(text(': ', '：'), language)}{self._explained(one, language)}"
            for one in self.steps
        )

    def _explained(self, one: StepValue, language: str) -> str:
        explanation = one.step.program.explain(self.seen)
        words = explanation.in_words(language, self.calculation.labels)
        if explanation.value == one.value:
            return words
        value = say(text("unknown", "未知"), language) if one.value is None else f"{one.value:,f}"
        return words + say(text(f", rounded {value}", f"，取整后 {value}"), language)
