"""A compiled rule set and what it finds: values only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from loanloom import feel
from loanloom.dmn import tables
from loanloom.engines import facts as fact_scope
from loanloom.feel import Explanation, Program
from loanloom.problems import Problem, Text, say, text

MOST_TOLD = 60
"""Rows of a table that a stored trace lists although they did not apply."""


@dataclass(frozen=True, slots=True)
class Output:
    """One declared output. `values` run from worst to best; `default` is a value or a program."""

    key: str
    title: Text
    type: feel.Type
    values: tuple[Any, ...]
    default: Any = None
    aggregation: tables.Aggregation | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One test of a table row: its column and the test."""

    column: int
    test: Program


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: a condition, or the tests of a table row (its number in `row`), and what follows: values and programs
    by output.
    """

    key: str
    title: Text
    condition: Program | bool
    cells: tuple[Cell, ...]
    then: Mapping[str, Any]
    reason: Text | None
    inputs: tuple[str, ...]
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """What one column of a table looks at."""

    title: Text
    program: Program


@dataclass(frozen=True, eq=False, kw_only=True)
class Ruleset:
    """A rule set ready to run. `table` is what decides; of a list of rules it has no columns, the conditions do."""

    key: str
    title: Text
    digest: str
    hit_policy: tables.HitPolicy
    outputs: tuple[Output, ...]
    table: tables.DecisionTable
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]
    otherwise: Mapping[str, Any]
    labels: Mapping[str, Text]

    @property
    def lists(self) -> bool:
        """Whether all hits speak."""
        return self.table.lists


@dataclass(frozen=True, slots=True)
class Looked:
    """One rule as it was looked at: hit is None where a fact was missing; of a table row that does not apply, the test
    that decided.
    """

    rule: Rule
    hit: bool | None
    cell: Cell | None = None


@dataclass(frozen=True, slots=True)
class RulesResult:
    """What a rule set came to. `outputs` has one value for each output, a list where its policy collects values
    without rank; `told` what the hits gave, by rule.
    """

    ruleset: Ruleset
    outputs: Mapping[str, Any]
    hits: tuple[Rule, ...]
    found: tables.TableResult | None
    listed: tuple[Looked, ...] | None
    told: Mapping[str, Mapping[str, Any]]
    problems: tuple[Problem, ...]
    seen: Mapping[str, Any]

    @property
    def trace(self) -> tuple[Looked, ...]:
        """Every rule that was looked at, in order. Of a table, worked out when asked for."""
        if self.listed is not None:
            return self.listed
        assert self.found is not None
        return tuple(self._looked(self.ruleset.rules[one.row], one) for one in self.found.trace)

    @staticmethod
    def _looked(rule: Rule, one: tables.Looked) -> Looked:
        return Looked(rule, one.hit, next((cell for cell in rule.cells if cell.column == one.column), None))

    @property
    def looked_at(self) -> int:
        """How many rules were looked at."""
        return self.found.looked_at if self.listed is None and self.found is not None else len(self.listed or ())

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
        return not first.values or self._gave(rule).get(first.key) == self.outputs.get(first.key)

    def _gave(self, rule: Rule) -> Mapping[str, Any]:
        """What a rule gave; of one that did not count what it says, an expression as its text."""
        return self.told.get(rule.key) or {
            key: f"={one.text[1:]}" if isinstance(one, Program) else one for key, one in rule.then.items()
        }

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
        return "; ".join(self._tested(one, language) for one in rule.cells)

    def _tested(self, cell: Cell, language: str) -> str:
        """A column's value and the test of it; the value hidden where the field is kept encrypted."""
        column = self.ruleset.columns[cell.column]
        if any(f"{path}=*" in self.ruleset.labels for path in column.program.inputs):
            value = say(fact_scope.HIDDEN, language)
        else:
            value = _plain(self.found.inputs[cell.column] if self.found is not None else None)
        return f"{say(column.title, language)} {value} ({cell.test.text.strip()})"

    def as_json(self) -> dict[str, Any]:
        """Everything that explains the outcome, to be kept with the decision."""
        return {
            "ruleset": self.ruleset.key,
            "digest": self.ruleset.digest,
            "outputs": {key: feel.plain(value) for key, value in self.outputs.items()},
            "reasons": [dict(one) for one in self.reasons],
            "rules": [self._looked_json(one) for one in self._worth_keeping()],
            "looked_at": self.looked_at,
        }

    def _worth_keeping(self) -> Iterator[Looked]:
        """Of a long table what applied only; else everything that was looked at."""
        if self.looked_at <= MOST_TOLD:
            yield from self.trace
        else:
            yield from (Looked(one, True) for one in self.hits)

    def _looked_json(self, one: Looked) -> dict[str, Any]:
        rule = one.rule
        found: dict[str, Any] = {
            "key": rule.key,
            "title": dict(rule.title),
            "hit": one.hit,
            "then": feel.plain(self._gave(rule)),
            "inputs": {path: self._input(path) for path in rule.inputs},
        }
        if rule.row is not None:
            found["row"] = rule.row
        if one.hit:
            found["reason"] = dict(rule.reason) if rule.reason else None
            found["words"] = {tag: self._explained(rule, tag) for tag in ("en", "zh")}
        elif one.cell is not None:
            found["because"] = {tag: self._tested(one.cell, tag) for tag in ("en", "zh")}
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
        for looked in self._worth_keeping():
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
