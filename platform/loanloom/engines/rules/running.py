"""Rule set and facts -> what applies, by hit policy, with a trace. Pure. A condition that is null is no hit, and is
shown as such.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from loanloom.engines import facts as fact_scope
from loanloom.engines.rules.model import LISTING, Looked, Rule, Ruleset, RulesResult
from loanloom.feel import EvaluationError, Program
from loanloom.problems import Problem, Text, say, text


def run(ruleset: Ruleset, facts: Mapping[str, Any]) -> RulesResult:
    """Ask every rule (with `first`, until one applies) and join what they say."""
    problems: list[Problem] = []
    values = _columns(ruleset, facts, problems)
    trace: list[Looked] = []
    hits: list[Rule] = []
    for rule in ruleset.rules if not problems else ():
        hit = _applies(rule, facts, values, problems)
        trace.append(Looked(rule, hit))
        if hit:
            hits.append(rule)
            if ruleset.hit_policy == "first":
                break
    outputs = {} if problems else _outputs(ruleset, hits, problems)
    if problems:
        outputs = {one.key: None for one in ruleset.outputs}
    return RulesResult(ruleset, outputs, tuple(hits), tuple(trace), tuple(problems), facts)


def _columns(ruleset: Ruleset, facts: Mapping[str, Any], problems: list[Problem]) -> list[Any]:
    values: list[Any] = []
    for column in ruleset.columns:
        values.append(_ask(column.program, facts, column.title, ruleset.key, problems))
    return values


def _ask(
    program: Program, facts: Mapping[str, Any], title: Text, key: str, problems: list[Problem], *tested: Any
) -> Any:
    try:
        return program(facts, *tested)
    except EvaluationError as error:
        problems.append(fact_scope.run_problem(error.problem, key, title))
        return None


def _applies(rule: Rule, facts: Mapping[str, Any], values: Sequence[Any], problems: list[Problem]) -> bool | None:
    if isinstance(rule.condition, bool) and not rule.cells:
        return rule.condition
    if isinstance(rule.condition, Program):
        found: bool | None = _ask(rule.condition, facts, rule.title, rule.key, problems)
        return found
    result: bool | None = True
    for cell in rule.cells:
        passed = _ask(cell.test, facts, rule.title, rule.key, problems, values[cell.column])
        if passed is False:
            return False
        if passed is None:
            result = None
    return result


def _outputs(ruleset: Ruleset, hits: Sequence[Rule], problems: list[Problem]) -> dict[str, Any]:
    if not hits:
        return _otherwise(ruleset)
    if ruleset.hit_policy == "unique" and len(hits) > 1:
        problems.append(_several(ruleset, hits))
    if ruleset.hit_policy == "any" and any(one.then != hits[0].then for one in hits):
        problems.append(_disagree(ruleset, hits))
    if ruleset.hit_policy == "priority":
        hits = [min(hits, key=lambda one: _ranks(ruleset, one))]
    if ruleset.hit_policy in LISTING:
        return {
            one.key: _joined(one.values, [hit.then[one.key] for hit in hits if one.key in hit.then], ruleset)
            for one in ruleset.outputs
        }
    return {one.key: hits[0].then.get(one.key) for one in ruleset.outputs}


def _otherwise(ruleset: Ruleset) -> dict[str, Any]:
    stated = ruleset.otherwise or {}
    listing = ruleset.hit_policy in LISTING
    return {
        one.key: stated.get(one.key, [] if listing and not (ruleset.hit_policy == "collect" and one.values) else None)
        for one in ruleset.outputs
    }


def _joined(ranked: Sequence[Any], found: list[Any], ruleset: Ruleset) -> Any:
    """With `collect`, ranked values join to the worst; all else is listed."""
    if ruleset.hit_policy == "collect" and ranked:
        return min(found, key=ranked.index) if found else None
    return found


def _ranks(ruleset: Ruleset, rule: Rule) -> tuple[int, ...]:
    return tuple(
        one.values.index(rule.then[one.key]) if rule.then.get(one.key) in one.values else len(one.values)
        for one in ruleset.outputs
    )


def _several(ruleset: Ruleset, hits: Sequence[Rule]) -> Problem:
    return Problem(
        code="rules.several_hits",
        message=text(
            f"{say(ruleset.title, 'en')}: only one rule may apply, but {_names(hits, 'en')} do.",
            f"{say(ruleset.title, 'zh')}：只允许一条规则命中，实际命中：{_names(hits, 'zh')}。",
        ),
    )


def _disagree(ruleset: Ruleset, hits: Sequence[Rule]) -> Problem:
    return Problem(
        code="rules.disagree",
        message=text(
            f"{say(ruleset.title, 'en')}: the rules that apply must agree, but {_names(hits, 'en')} do not.",
            f"{say(ruleset.title, 'zh')}：命中规则的结果必须一致，以下规则不一致：{_names(hits, 'zh')}。",
        ),
    )


def _names(rules: Sequence[Rule], language: str) -> str:
    return ("、" if language == "zh" else ", ").join(say(one.title, language) or one.key for one in rules)
