"""What came of trying one definition on the facts of a case: the result, and each thing looked at with why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from loanloom import feel
from loanloom.engines import calculations, decisions, rules, scoring
from loanloom.engines.scoring.indicators import Indicator, value_in_words
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import LANGUAGES, Problem, Text

MOST_LINES: Final = 200
"""Of a long table so many rows are shown, those that apply first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that was looked at: what it gave (a rule, by result), whether it applies (of a rule), and the
    explanations below it."""

    title: Text
    value: Text | None = None
    gave: tuple[tuple[Text, Text], ...] = ()
    note: Text | None = None
    mark: str | None = None
    why: tuple[feel.Explanation, ...] = ()


@dataclass(frozen=True, slots=True)
class Came:
    """What came of it. `result` is what the rest of the platform would see, by name."""

    result: tuple[tuple[Text, Text], ...]
    lines: tuple[Line, ...] = ()
    problems: tuple[Problem, ...] = ()

    def differs(self, other: Came) -> bool:
        """Whether another version says something else."""
        return self.result != other.result


def _words(value: Any) -> Text:
    if isinstance(value, list | tuple):
        parts = [_words(one) for one in value]
        return {tag: ("、" if tag == "zh" else ", ").join(one[tag] for one in parts) or "–" for tag in LANGUAGES}
    return {tag: value_in_words(value, tag) for tag in LANGUAGES}


def _broken(problems: Iterable[Problem]) -> Came:
    return Came((), (), tuple(problems))


def _ruleset(document: Document, registry: Registry, facts: Mapping[str, Any]) -> Came:
    compiled = rules.compile_ruleset(document, registry)
    if compiled.ruleset is None:
        return _broken(compiled.problems)
    found = rules.run(compiled.ruleset, facts)
    looked = sorted(found.trace, key=lambda one: one.hit is not True)[:MOST_LINES]
    kept = {id(one) for one in looked}
    titles = {one.key: one.title for one in compiled.ruleset.outputs}
    lines = [_rule(found, one, titles) for one in found.trace if id(one) in kept]
    result = tuple((titles[key], _words(value)) for key, value in found.outputs.items())
    return Came(result, tuple(lines), found.problems)


def _rule(found: rules.RulesResult, one: rules.Looked, titles: Mapping[str, Text]) -> Line:
    said = found.told.get(one.rule.key, {})
    return Line(
        title=one.rule.title, gave=tuple((titles[key], _words(value)) for key, value in said.items()),
        note=one.rule.reason if one.hit else None,
        mark="applies" if one.hit else "unknown" if one.hit is None else "not", why=found.why(one.rule),
    )  # fmt: skip


def _scorecard(document: Document, registry: Registry, facts: Mapping[str, Any]) -> Came:
    compiled = scoring.compile_scorecard(document, registry)
    if compiled.card is None:
        return _broken(compiled.problems)
    found = scoring.score(compiled.card, facts.get("indicators") or {})
    kept = found.as_json()
    lines = tuple(Line(title=one["title"], value=_points(one), note=_band(one)) for one in kept["lines"])
    result = ((_POINTS, _words(found.points)), (_GRADE, dict(found.grade.title) if found.grade else _words(None)))
    return Came(result, lines, found.problems)


_POINTS: Final[Text] = {"en": "Points", "zh": "得分"}
_GRADE: Final[Text] = {"en": "Grade", "zh": "等级"}


def _points(line: Mapping[str, Any]) -> Text:
    return {"en": f"{line['points']} of {line['best']} points", "zh": f"{line['points']} 分（最高 {line['best']}）"}


def _band(line: Mapping[str, Any]) -> Text:
    value, band = line["value_words"], line["band"]
    return {tag: band[tag] if value[tag] == band[tag] else f"{value[tag]} → {band[tag]}" for tag in LANGUAGES}


def _calculation(document: Document, registry: Registry, facts: Mapping[str, Any]) -> Came:
    compiled = calculations.compile_calculation(document, registry)
    if compiled.calculation is None:
        return _broken(compiled.problems)
    found = calculations.run(compiled.calculation, facts)
    lines = tuple(
        Line(title=one.step.title, value=_words(one.value), why=(one.step.program.explain(found.seen),))
        for one in found.steps
    )
    return Came(((compiled.calculation.title, _words(found.result)),), lines, found.problems)


def _indicator(document: Document, registry: Registry, facts: Mapping[str, Any]) -> Came:
    compiled = scoring.compile_indicators(registry, [document.key], None)
    if compiled.indicators is None:
        return _broken(compiled.problems)
    found = compiled.indicators.compute(facts)
    seen = {**facts, "indicators": dict(found.values)}
    lines = tuple(_worked_out(one, found, seen) for one in found.indicators.ordered if one.key in found.values)
    last = found.indicators.by_key(document.key)
    assert last is not None, "compiled by its key"
    return Came(((last.title, last.value_words(found.values.get(last.key))),), lines, found.problems)


def _worked_out(one: Indicator, found: scoring.Indicated, seen: Mapping[str, Any]) -> Line:
    assumed: Text = {"en": "nothing known, so the stated value", "zh": "数据缺失，取缺省值"}
    return Line(
        title=one.title, value=one.value_words(found.values[one.key]), why=(one.program.explain(seen),),
        note=assumed if one.key in found.defaulted else None,
    )  # fmt: skip


def _decision_model(document: Document, registry: Registry, facts: Mapping[str, Any]) -> Came:
    compiled = decisions.compile_model(document, registry)
    if compiled.model is None:
        return _broken(compiled.problems)
    found = compiled.model.compute(facts)
    made = found.as_json()["decisions"]
    lines = tuple(
        Line(title=one["title"], value=one["value_words"] or _words(one["value"]), note=one["words"]) for one in made
    )
    return Came(tuple((one.title, one.value or _words(None)) for one in lines[-1:]), lines, found.problems)


RUNS: Mapping[str, Callable[[Document, Registry, Mapping[str, Any]], Came]] = {
    "ruleset": _ruleset, "scorecard": _scorecard, "calculation": _calculation, "indicator": _indicator,
    "decision_model": _decision_model,
}  # fmt: skip
"""How each kind is tried."""
