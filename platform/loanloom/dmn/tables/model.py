"""A decision table as its author writes it: columns, results, rules, hit policy. Nothing is checked yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from loanloom.feel import FeelProblem, Program, Type
from loanloom.feel.problems import Words

HitPolicy = Literal["unique", "any", "first", "priority", "rule_order", "output_order", "collect"]
Aggregation = Literal["sum", "min", "max", "count"]
LISTING: frozenset[str] = frozenset({"rule_order", "output_order", "collect"})
"""Policies that give a list (collect only without an aggregation)."""


@dataclass(frozen=True, slots=True)
class Given:
    """A ready value in place of a FEEL text."""

    value: Any


Entry = str | Given | Program
"""A result: a FEEL text, a ready value, or a program that is checked already."""


@dataclass(frozen=True, slots=True)
class Input:
    """A column of tests: what it looks at. `type` is what its tests are checked against (else the expression's own
    type); `allowed` are tests that every value must pass (in strict mode a missing one need not).
    """

    expression: str
    title: Words | None = None
    type: Type | None = None
    allowed: str | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """A column of results. `values` are those it may have, highest priority first: tests, or ready values."""

    name: str | None = None
    title: Words | None = None
    type: Type | None = None
    values: str | tuple[Any, ...] | None = None
    default: Entry | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: one test for each input, one result for each output."""

    cells: tuple[str, ...]
    outputs: tuple[Entry, ...]
    key: str = ""
    title: Words | None = None
    annotations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A whole table."""

    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    hit_policy: HitPolicy = "unique"
    aggregation: Aggregation | None = None
    title: Words | None = None


Part = Literal["table", "input", "allowed", "output", "values", "default", "cell", "result"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a table something is: a part, with its rule and column counted from 0 where it has them."""

    part: Part
    rule: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class TableProblem:
    """A mistake at a place of a table; line and column of the problem count within the text that stands there."""

    place: Place
    problem: FeelProblem

    @property
    def code(self) -> str:
        """The code of the problem."""
        return self.problem.code
