"""A rule set over many records at once: one CASE of SQL for one output, instead of a run for each record.

Only what gives exactly the same as a run does: policies that take one row, tests that cannot fail. Which rows applied
and why is not told; where that must be kept, the rule set is run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from loanloom import feel
from loanloom.engines.rules.model import Cell, Output, Rule, Ruleset
from loanloom.feel import FeelProblem, Program
from loanloom.feel.problems import words
from loanloom.feel.targets.sql.target import Columns, Sql, to_sql
from loanloom.feel.targets.translation import Translation

POLICIES = ("first", "unique")
MOST_ROWS = 500
_TYPES = {"number": "numeric", "string": "text", "boolean": "boolean", "date": "date"}


@dataclass(slots=True)
class _Writing:
    """One translation: the columns, the binds and what cannot be."""

    columns: Columns
    parameters: dict[str, Any] = field(default_factory=dict)
    problems: list[FeelProblem] = field(default_factory=list)
    count: int = 0

    def program(self, program: Program, tested: str | None = None) -> str:
        """A program of the rule set; a test that may fail would have to stop the whole run, which no CASE does."""
        self.count += 1
        checked = feel.Checked(program.text, (), type=program.type, program=program)
        made = to_sql(checked, self.columns, prefix=f"r{self.count}_", tested=tested, filled=("as_of",))
        self.problems.extend(made.problems)
        if made.fault is not None:
            self.refuse("a test that may fail", "可能出错的条件")
        if made.value is None:
            return "NULL"
        self.parameters.update(made.value.parameters)
        return made.value.text

    def value(self, value: Any, type_: feel.Type) -> str:
        """A result: a ready value, bound, or a program."""
        if isinstance(value, Program):
            return self.program(value)
        name = f"v{len(self.parameters)}"
        self.parameters[name] = value
        return f"CAST(:{name} AS {_TYPES[type_.kind]})"

    def refuse(self, en: str, zh: str) -> None:
        """Note what cannot be said in SQL."""
        message = words(f"Not possible in SQL: {en}.", f"SQL 无法执行：{zh}。")
        self.problems.append(FeelProblem("feel.target.sql", message))


def in_sql(ruleset: Ruleset, output: str, columns: Columns) -> Translation[Sql]:
    """The value of one output for each record; null, with a fault, where rows contradict one another.

    The business date is always there.
    """
    found = next(one for one in ruleset.outputs if one.key == output)
    writing = _Writing(columns)
    if ruleset.hit_policy not in POLICIES:
        writing.refuse(f"the hit policy {ruleset.hit_policy}", f"命中策略 {ruleset.hit_policy}")
    if len(ruleset.rules) > MOST_ROWS:
        writing.refuse(f"more than {MOST_ROWS} rows", f"超过 {MOST_ROWS} 行的规则表")
    if any(one.allowed is not None for one in ruleset.table.columns):
        writing.refuse("allowed values of an input", "输入的允许取值")
    unproven = found.values and found.type.values is None
    if unproven and any(isinstance(one.then.get(output), Program) for one in ruleset.rules):
        writing.refuse("a computed result that must be one of the output's values", "须属于取值范围的计算结果")
    if writing.problems:
        return Translation(tuple(writing.problems))
    source = _hits(ruleset, writing)
    value = _chosen(ruleset, found, writing)
    if writing.problems:
        return Translation(tuple(writing.problems))
    if ruleset.hit_policy == "first" or len(ruleset.rules) < 2:
        return Translation((), Sql(f"(SELECT {value} {source})", writing.parameters))
    hits = " + ".join(f"(h{place} IS TRUE)::integer" for place in range(len(ruleset.rules)))
    several = f"({hits}) > 1"
    return Translation(
        (),
        Sql(f"(SELECT CASE WHEN {several} THEN NULL ELSE {value} END {source})", writing.parameters),
        Sql(f"(SELECT {several} {source})", writing.parameters),
    )


def _hits(ruleset: Ruleset, writing: _Writing) -> str:
    """A row with what each rule came to, over a row with what each column looks at."""
    looked = [f"{writing.program(one.program)} AS v{place}" for place, one in enumerate(ruleset.columns)]
    inner = f" FROM (SELECT {', '.join(looked)} OFFSET 0) AS looked" if looked else ""
    tests = ", ".join(f"{_test(rule, writing)} AS h{place}" for place, rule in enumerate(ruleset.rules))
    return f"FROM (SELECT {tests}{inner} OFFSET 0) AS hits" if tests else ""


def _test(rule: Rule, writing: _Writing) -> str:
    return " AND ".join(_tests(rule, writing)) or "TRUE"


def _tests(rule: Rule, writing: _Writing) -> Iterator[str]:
    if isinstance(rule.condition, Program):
        yield writing.program(rule.condition)
    elif not rule.condition:
        yield "FALSE"
    for cell in rule.cells:
        yield _cell(cell, writing)


def _cell(cell: Cell, writing: _Writing) -> str:
    return writing.program(cell.test, tested=f"looked.v{cell.column}")


def _chosen(ruleset: Ruleset, output: Output, writing: _Writing) -> str:
    stated = ruleset.otherwise.get(output.key)
    otherwise = "NULL" if stated is None else writing.value(stated, output.type)
    rows = [f"WHEN h{place} THEN {_then(rule, output, writing)}" for place, rule in enumerate(ruleset.rules)]
    return f"(CASE {' '.join(rows)} ELSE {otherwise} END)" if rows else otherwise


def _then(rule: Rule, output: Output, writing: _Writing) -> str:
    value = rule.then.get(output.key)
    if value is None:
        return f"CAST(NULL AS {_TYPES[output.type.kind]})"
    return writing.value(Decimal(value) if type(value) is int else value, output.type)
