"""A compiled rule set and what it finds: values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from loanloom import feel
from loanloom.engines import facts as fact_scope
from loanloom.feel import Explanation, Program
from loanloom.problems import Problem, Text, say, text

HitPolicy = Literal["first", "unique", "any", "priority", "collect", "rule_order"]
LISTING: tuple[HitPolicy, ...] = ("collect", "rule_order")


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One declared output. `values` run from worst to best."""

    key: str
    title: Text
    type: feel.Type
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One test of a table row: the program of its column's value, and the test."""

    column: int
    test: Program


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: a condition, or the tests of a table row, and what follows."""

    key: str
    title: Text
    condition: Program | bool
    cells: tuple[Cell, ...]
    then: Mapping[str, Any]
    reason: Text | None
    inputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """What one column of a table looks at."""

    title: Text
    program: Program


@dataclass(frozen=True, eq=False, kw_only=True)
class Ruleset:
    """A rule set ready to run."""

    key: str
    title: Text
    digest: str
    hit_policy: HitPolicy
    outputs: tuple[Output, ...]
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]
    otherwise: Mapping[str, Any] | None
    labels: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class Looked:
    """One rule as it was looked at: hit is None where a fact was missing."""

    rule: Rule
    hit: bool | None


@dataclass(frozen=True, slots=True)
class RulesResult:
    """What a rule set came to. `outputs` has one value for each output, a list where its policy collects values
    without rank.
    """

    ruleset: Ruleset
    outputs: Mapping[str, Any]
    hits: tuple[Rule, ...]
    trace: tuple[Looked, ...]
    problems: tuple[Problem, ...]
    seen: Mapping[str, Any]

    @property
    def outcome(self) -> Any:
        """The output named `outcome`, else the first one."""
        return self.outputs.get("outcome", self.outputs.get(self.ruleset.outputs[0].key))

    @property
    def reasons(self) -> tuple[Text, ...]:
        """The reasons of the rules that decided, each once: of the worst outcome where outcomes are ranked."""
        decisive = [one for one in self.hits if one.reason is not None and self._decisive(one)]
        return tuple({str(sorted(one.reason.items())): one.reason for one in decisive if one.reason}.values())

    def _decisive(self, rule: Rule) -> bool:
        first = self.ruleset.outputs[0]
        return not first.values or rule.then.get(first.key) == self.outputs.get(first.key)

    def facts(self) -> dict[str, Any]:
        """What expressions see, for example as `eligibility`."""
        return dict(self.outputs)

    def why(self, rule: Rule) -> tuple[Explanation, ...]:
        """The explanation of a rule over the facts it saw."""
        if isinstance(rule.condition, Program):
            return (rule.condition.explain(self.seen),)
        return tuple(self.ruleset.columns[one.column].program.explain(self.seen) for one in rule.cells)

    def _explained(self, rule: Rule, language: str) -> str:
        if not rule.cells:
            return "; ".join(one.in_words(language, self.ruleset.labels) for one in self.why(rule))
        parts = []
        for cell, found in zip(rule.cells, self.why(rule), strict=True):
            column = self.ruleset.columns[cell.column]
            hidden = any(f"{path}=*" in self.ruleset.labels for path in column.program.inputs)
            value = say(fact_scope.HIDDEN, language) if hidden else _plain(found.value)
            parts.append(f"{say(column.title, language)} {value} ({cell.test.text})")
        return "; ".join(parts)

    def as_json(self) -> dict[str, Any]:
        """Everything that explains the outcome, to be kept with the decision."""
        return {
            "ruleset": self.ruleset.key,
            "digest": self.ruleset.digest,
            "outputs": {key: feel.plain(value) for key, value in self.outputs.items()},
            "reasons": [dict(one) for one in self.reasons],
            "rules": [self._looked_json(one) for one in self.trace],
        }

    def _looked_json(self, one: Looked) -> dict[str, Any]:
        rule = one.rule
        found: dict[str, Any] = {
            "key": rule.key,
            "title": dict(rule.title),
            "hit": one.hit,
            "then": feel.plain(rule.then),
            "inputs": {path: self._input(path) for path in rule.inputs},
        }
        if one.hit:
            found["reason"] = dict(rule.reason) if rule.reason else None
            found["words"] = {tag: self._explained(rule, tag) for tag in ("en", "zh")}
        return found

    def _input(self, path: str) -> Any:
        """A fact as a trace keeps it: hidden where the field is kept encrypted, lists by their length."""
        value = fact_scope.at(self.seen, path)
        if f"{path}=*" in self.ruleset.labels and value is not None:
            return say(fact_scope.HIDDEN, "en")
        return f"[{len(value)}]" if isinstance(value, list | tuple) else feel.plain(value)

    def in_words(self, language: str = "en") -> tuple[str, ...]:
        """The outcome, then one line for each rule that applied or could not be judged."""
        outcome = _plain(self.outcome)
        lines = [
            say(
                text(f"{say(self.ruleset.title, 'en')}: {outcome}.", f"{say(self.ruleset.title, 'zh')}：{outcome}。"),
                language,
            )
        ]
        lines += [one.in_words(language) for one in self.problems]
        for looked in self.trace:
            title = say(looked.rule.reason or looked.rule.title, language)
            if looked.hit:
                lines.append(f"{title} ({self._explained(looked.rule, language)})")
            elif looked.hit is None:
                unknown = say(text("could not be judged, a fact is missing", "缺少信息，无法判断"), language)
                lines.append(f"{say(looked.rule.title, language)}: {unknown}")
        return tuple(lines)


def _plain(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_plain(one) for one in value)
    return "-" if value is None else f"{value:,f}" if isinstance(value, Decimal) else str(feel.plain(value))
