"""Runs the programs of a table over one set of facts. Strict: what has no value stops the table; standard: it is null
and the fault is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loanloom.dmn.tables.model import Part, Place, TableProblem
from loanloom.feel import EvaluationError, FeelProblem, Program
from loanloom.feel.problems import Fault, place, words
from loanloom.feel.running.budget import Budget
from loanloom.feel.running.interpreter import Interpreter, Located

Where = tuple[Part, int | None, int | None]
"""A place taken apart: most are never needed, and a tuple costs next to nothing."""


class Stopped(Exception):
    """A table that cannot go on; carries the problem."""

    def __init__(self, problem: TableProblem) -> None:
        super().__init__(problem.problem.in_words("en"))
        self.problem = problem


class Asker:
    """Facts, and how programs are run over them. With a budget the steps are shared with whoever gave it."""

    def __init__(self, facts: Mapping[str, Any], *, standard: bool = False, budget: Budget | None = None) -> None:
        self.facts = facts
        self.standard = standard
        self.budget = budget
        self.problems: list[TableProblem] = []

    def ask(self, program: Program, where: Where, *tested: Any) -> Any:
        """The value of a program that stands at `where`."""
        try:
            if self.budget is None and not self.standard:
                return program(self.facts, *tested)
            return self._slowly(program, where, tested)
        except EvaluationError as error:
            problem = TableProblem(Place(*where), error.problem)
        if not self.standard or problem.code == "feel.too_many_steps":
            raise Stopped(problem)
        self.problems.append(problem)
        return None

    def _slowly(self, program: Program, where: Where, tested: tuple[Any, ...]) -> Any:
        """On the interpreter, which shares a budget and keeps the faults."""
        interpreter = Interpreter(self.facts, quiet=self.standard)
        if self.budget is not None:
            interpreter.budget = self.budget
        slot = program.tested
        try:
            value = interpreter.run(program.tree, {} if slot is None else {slot: tested[0]})
        except Located as located:
            raise EvaluationError(_located(located, program)) from None
        except Fault as fault:
            raise EvaluationError(fault.at(1, 1)) from None
        except (RecursionError, MemoryError):
            said = words("The calculation goes too deep.", "计算层数过深。")
            raise EvaluationError(FeelProblem("feel.too_deep", said)) from None
        self.problems.extend(TableProblem(Place(*where), _located(one, program)) for one in interpreter.faults)
        return value


def _located(located: Located, program: Program) -> FeelProblem:
    return located.fault.at(*place(program.text, located.node.syntax.start))
