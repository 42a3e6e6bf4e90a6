"""Calculation and facts -> result with every step. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from loanloom.engines import facts as fact_scope
from loanloom.engines.calculations.model import Calculated, Calculation, StepValue
from loanloom.feel import EvaluationError
from loanloom.problems import Problem, say, text


def run(calculation: Calculation, facts: Mapping[str, Any]) -> Calculated:
    """Compute every step for one case; without a result where one has none."""
    seen: dict[str, Any] = {**facts, **calculation.values}
    steps: list[StepValue] = []
    problems: list[Problem] = []
    for step in calculation.steps:
        value: Decimal | None = None
        try:
            value = step.program(seen)
            if value is not None and step.rounding is not None:
                value = step.rounding.apply(value)
        except EvaluationError as error:
            problems.append(fact_scope.run_problem(error.problem, f"limit.{step.key}", step.title))
        except InvalidOperation:
            problems.append(_out_of_range(step.key, step.title))
        seen[step.key] = value
        steps.append(StepValue(step, value))
    result = seen.get(calculation.result)
    if result is None and not problems:
        problems.append(_unknown(calculation, seen))
    for one in calculation.checks:
        if not problems and one.program.evaluate(seen).value is not True:
            problems.append(Problem(code="calculation.check", message=one.message))
    return Calculated(calculation, None if problems else result, tuple(steps), tuple(problems), seen)


def _out_of_range(key: str, title: Mapping[str, str]) -> Problem:
    return Problem(
        code="calculation.out_of_range",
        field=f"limit.{key}",
        message=text(f"{say(title, 'en')} is out of range.", f"{say(title, 'zh')}超出范围。"),
    )


def _unknown(calculation: Calculation, seen: Mapping[str, Any]) -> Problem:
    """The result is null: name the facts that were missing on the way."""
    own = {one.key for one in calculation.steps}
    empty = sorted(
        {path for one in calculation.steps for path in one.program.inputs - own if fact_scope.at(seen, path) is None}
    )
    names = [
        (say(calculation.labels.get(path, path), "en"), say(calculation.labels.get(path, path), "zh")) for path in empty
    ]
    english, chinese = ", ".join(one for one, _ in names), "、".join(other for _, other in names)
    hint = text(f"Not known: {english}.", f"缺少：{chinese}。") if names else None
    title_en, title_zh = say(calculation.title, "en"), say(calculation.title, "zh")
    return Problem(
        code="calculation.incomplete",
        hint=hint,
        message=text(f"{title_en} cannot be computed.", f"{title_zh}无法计算。"),
    )
