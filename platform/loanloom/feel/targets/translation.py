"""What every set-wise target (polars, SQL) gives back, and how it says what it cannot do. Imports neither of them.

A target is asked at publication: what it cannot express, or cannot express with exactly the value that Python gives
for one record, is a problem there with its place, never an error when a million rows are on their way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from .. import tree as t
from ..problems import FeelProblem, Words, placed, words

X = TypeVar("X")


@dataclass(frozen=True)
class Translation(Generic[X]):
    """A tree in a target's own terms, or the problems why it cannot be.

    `fault` is true for the rows where the strict language has no value (a division by zero, a required fact that is
    missing); it is None where no row can have one, never null otherwise. `value` is null wherever `fault` is true.
    """

    problems: tuple[FeelProblem, ...] = ()
    value: X | None = None
    fault: X | None = None

    @property
    def ok(self) -> bool:
        """Whether the target can run it."""
        return not self.problems


class Refusal(Exception):
    """A node that a target cannot express; raised inside a target, never past its door."""

    def __init__(self, problem: FeelProblem, node: t.Node) -> None:
        super().__init__(problem.in_words("en"))
        self.problem = problem
        self.node = node

    def at(self, source: str) -> FeelProblem:
        """The problem with its place in the text."""
        return at(self.problem, self.node, source)


def unsupported(node: t.Node, target: str, en: str, zh: str, hint: Words | None = None) -> Refusal:
    """The refusal of a node by name: "polars cannot do `matches`"."""
    problem = FeelProblem(
        f"feel.target.{target.lower()}", words(f"Not possible in {target}: {en}.", f"{target} 无法执行：{zh}。"), hint
    )
    return Refusal(problem, node)


def refusal_of(
    code: str, en: str, zh: str, node: t.Node, source: str, hint: tuple[str, str] | None = None
) -> FeelProblem:
    """A problem with a node's place, of the family that a target refuses."""
    problem = FeelProblem(f"feel.target.{code}", words(en, zh), words(*hint) if hint else None)
    return at(problem, node, source)


def at(problem: FeelProblem, node: t.Node, source: str) -> FeelProblem:
    """A problem placed at a node's text."""
    found = placed(problem, source, node.syntax.start)
    return replace(found, start=node.syntax.start, end=node.syntax.end)
