"""One evaluation of a model: values made so far, what was noticed on the way, and the bound on all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from loanloom.feel import Checked, FeelProblem, Program
from loanloom.feel.problems import Fault, place, words
from loanloom.feel.running.budget import Budget
from loanloom.feel.running.interpreter import Interpreter, Located

from .problems import DmnProblem, Place, of_expression
from .tables import TableResult

MAX_STEPS = 200_000
"""Steps of one evaluation of a whole model."""

MAX_DEPTH = 40
"""Functions of a model calling one another."""

MAX_PARTS = 100_000
"""Parts of one decision's value, lists and records opened."""

CALL = 20
"""Steps that one call costs."""

MAX_NOTED = 20
"""Faults, and tables asked, that are noted of one decision."""

Names = Mapping[str, Any]


class ModelBudget(Budget):
    """The steps that all expressions of one evaluation share."""

    def exhausted(self) -> Fault:
        return Fault(
            "feel.too_many_steps",
            f"The decision model takes more than {self.limit} steps.",
            f"决策模型的计算步数超过 {self.limit}。",
        )


class Stopped(Exception):
    """A decision that has no value; carries the problem. Never leaves the room."""

    def __init__(self, problem: DmnProblem) -> None:
        super().__init__(problem.in_words("en"))
        self.problem = problem


class Exhausted(Stopped):
    """The bounds of the evaluation are reached: no mode goes on, no caller makes a null of it."""


@dataclass(frozen=True, slots=True)
class TableHit:
    """What one decision table did: whose it is, and the table's own result with hits and trace."""

    element: str
    result: TableResult


@dataclass(slots=True)
class Noted:
    """What is gathered while one element is computed."""

    problems: list[DmnProblem] = field(default_factory=list)
    tables: list[TableHit] = field(default_factory=list)

    def add(self, found: DmnProblem) -> None:
        """A problem, once, and no more than anybody reads."""
        if len(self.problems) < MAX_NOTED and found not in self.problems:
            self.problems.append(found)

    def hit(self, found: TableHit) -> None:
        """A table that was asked; of a loop's many only the first."""
        if len(self.tables) < MAX_NOTED:
            self.tables.append(found)


class Run:
    """The state of one evaluation. `standard`: faults become null and are noted; else they stop the decision."""

    def __init__(self, *, standard: bool) -> None:
        self.standard = standard
        self.budget = ModelBudget(MAX_STEPS)
        self.depth = 0
        self.noted = Noted()

    def note(self, found: DmnProblem) -> None:
        """A fault: the end of a strict decision, a null with a reason in standard mode."""
        if not self.standard or found.code == "feel.too_many_steps":
            raise Stopped(found)
        self.noted.add(found)

    def fault(self, fault: Fault, element: str, at: Place) -> None:
        """The same of a fault without a place in an expression."""
        self.note(DmnProblem(fault.code, fault.words, fault.hint, element, at))

    def enter(self) -> None:
        """One call deeper."""
        self.budget.spend(CALL)
        if self.depth >= MAX_DEPTH:
            said = words("Functions call one another too deeply.", "函数相互调用层数过深。")
            raise Exhausted(DmnProblem("feel.too_deep", said))
        self.depth += 1

    def measure(self, value: Any, element: str) -> None:
        """Refuse a value of too many parts: lists that hold one another cost little to make and much to write down."""
        todo, left = [value], MAX_PARTS
        while todo:
            one = todo.pop()
            inside = list(one.values()) if isinstance(one, Mapping) else one if isinstance(one, list | tuple) else ()
            left -= len(inside)
            if left < 0:
                said = words(f"The value has more than {MAX_PARTS} parts.", f"结果超过 {MAX_PARTS} 项。")
                raise Exhausted(DmnProblem("dmn.value_too_large", said, None, element))
            todo.extend(inside)

    def leave(self) -> None:
        """Back from a call."""
        self.depth -= 1

    def literal(self, checked: Checked, names: Names, element: str, at: Place) -> Any:
        """The value of one expression over names."""
        program = checked.program
        if program is None:
            for one in checked.problems[:1]:
                self.note(of_expression(one, element, at))
            return None
        interpreter = Interpreter(names, quiet=self.standard)
        interpreter.budget = self.budget
        try:
            value = interpreter.run(program.tree)
        except Located as located:
            self.note(of_expression(_placed(located, program), element, at))
            return None
        except Fault as fault:
            self.fault(fault, element, at)
            return None
        except (RecursionError, MemoryError):
            said = words("The calculation goes too deep.", "计算层数过深。")
            raise Exhausted(DmnProblem("feel.too_deep", said, None, element, at)) from None
        for noticed in interpreter.faults:
            self.note(of_expression(_placed(noticed, program), element, at))
        return value


def _placed(located: Located, program: Program) -> FeelProblem:
    """A fault with its line and column."""
    return located.fault.at(*place(program.text, located.node.syntax.start))


__all__ = ["Names", "Noted", "Run", "Stopped", "TableHit"]
