"""Rule set and facts -> what applies, by hit policy, with a trace. Pure. A condition that is null is no hit, and is
shown as such.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from loanloom.dmn import tables
from loanloom.engines import facts as fact_scope
from loanloom.engines.rules.model import Looked, Output, Rule, Ruleset, RulesResult
from loanloom.feel import EvaluationError, FeelProblem, Program
from loanloom.feel.problems import Fault
from loanloom.problems import Problem, Text


def run(ruleset: Ruleset, facts: Mapping[str, Any]) -> RulesResult:
    """Find the rules that apply and join what they say."""
    if ruleset.columns:
        whole = tables.run(ruleset.table, facts)
        return _joined(ruleset, facts, whole, None, [_said(ruleset, one) for one in whole.problems])
    problems: list[Problem] = []
    looked = _conditions(ruleset, facts, problems)
    hits = [place for place, one in enumerate(looked) if one.hit]
    found = tables.decide(ruleset.table, facts, hits) if not problems else None
    problems += [_said(ruleset, one) for one in found.problems] if found is not None else []
    return _joined(ruleset, facts, found, tuple(looked), problems)


def _conditions(ruleset: Ruleset, facts: Mapping[str, Any], problems: list[Problem]) -> list[Looked]:
    """Every condition of a list of rules (with `first`, until one applies)."""
    looked: list[Looked] = []
    for rule in ruleset.rules:
        hit = _ask(rule.condition, facts, rule.title, rule.key, problems)
        looked.append(Looked(rule, hit))
        if hit and ruleset.hit_policy == "first":
            break
    return looked


def _ask(condition: Program | bool, facts: Mapping[str, Any], title: Text, key: str, problems: list[Problem]) -> Any:
    if not isinstance(condition, Program):
        return condition
    try:
        return condition(facts)
    except EvaluationError as error:
        problems.append(fact_scope.run_problem(error.problem, key, title))
        return None


def _joined(
    ruleset: Ruleset,
    facts: Mapping[str, Any],
    found: tables.TableResult | None,
    looked: tuple[Looked, ...] | None,
    problems: list[Problem],
) -> RulesResult:
    """The outputs, one value each."""
    hits = tuple(ruleset.rules[place] for place in found.hits) if found is not None else ()
    if found is None:
        hits = tuple(one.rule for one in looked or () if one.hit)
    rows = [(ruleset.rules[place], row) for place, row in found.rows] if found is not None else []
    told = {
        rule.key: {one.key: value for one, value in zip(ruleset.outputs, row, strict=True) if one.key in rule.then}
        for rule, row in rows
    }
    outputs: dict[str, Any] = {}
    if not problems:
        outputs = {one.key: _output(ruleset, one, rows, facts, problems) for one in ruleset.outputs}
    if problems:
        outputs = {one.key: None for one in ruleset.outputs}
    return RulesResult(ruleset, outputs, hits, found, looked, told, tuple(problems), facts)


def _output(
    ruleset: Ruleset,
    output: Output,
    rows: Sequence[tuple[Rule, tuple[Any, ...]]],
    facts: Mapping[str, Any],
    problems: list[Problem],
) -> Any:
    place = ruleset.outputs.index(output)
    if not rows:
        return _otherwise(ruleset, output, facts, problems)
    if not ruleset.lists:
        return rows[0][1][place]
    values = [row[place] for rule, row in rows if output.key in rule.then]
    if ruleset.hit_policy == "collect" and output.aggregation is not None:
        try:
            return tables.aggregated(output.aggregation, values)
        except Fault as fault:
            problems.append(fact_scope.run_problem(fault.at(1, 1), output.key, output.title))
            return None
    if ruleset.hit_policy == "collect" and output.values:
        return min((one for one in values if one in output.values), key=output.values.index, default=None)
    return values


def _otherwise(ruleset: Ruleset, output: Output, facts: Mapping[str, Any], problems: list[Problem]) -> Any:
    """What stands where nothing applies."""
    stated = ruleset.otherwise.get(output.key)
    if isinstance(stated, Program):
        return _ask(stated, facts, output.title, output.key, problems)
    if stated is not None or not ruleset.lists:
        return stated
    if ruleset.hit_policy == "collect" and output.aggregation is not None:
        return tables.aggregated(output.aggregation, [])
    return None if ruleset.hit_policy == "collect" and output.values else []


def _said(ruleset: Ruleset, found: tables.TableProblem) -> Problem:
    """A problem of the table, said with the rule or column that it happened in."""
    place = found.place
    if found.problem.code.startswith("table."):
        code = found.problem.code.replace("table.", "rules.", 1)
        return Problem(code=code, message=dict(found.problem.message), field=_field(ruleset, place))
    problem: FeelProblem = found.problem
    if place.rule is not None:
        rule = ruleset.rules[place.rule]
        return fact_scope.run_problem(problem, rule.key, rule.title)
    title = ruleset.columns[place.column].title if place.column is not None and ruleset.columns else ruleset.title
    return fact_scope.run_problem(problem, ruleset.key, title)


def _field(ruleset: Ruleset, place: tables.Place) -> str:
    return ruleset.rules[place.rule].key if place.rule is not None else ruleset.key
