"""A checked expression made runnable: fast code where all goes well, the interpreter where it does not."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import DecimalException
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .. import tree as t
from ..limits import MAX_STEPS
from ..problems import EvaluationError, Fault, FeelProblem, Located, place, placed, words
from ..types import ORDERED, Type
from .budget import as_fault, checked_result

if TYPE_CHECKING:
    from .explanation import Explanation, Origins

_ONE_VALUE = ORDERED | {"boolean", "Null"}
"""Kinds whose values hold no others."""

_COSTLY = frozenset({"feel.too_many_steps", "feel.list_too_long", "feel.text_too_long"})
_UNTOLD = words("it takes too many steps to be told", "步骤过多，无法逐项说明")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came out: a value, or the problem why there is none."""

    value: Any
    problem: FeelProblem | None = None


class Program:
    """An expression ready to run over facts. Compiled on first use; safe to share between threads."""

    def __init__(self, source: str, root: t.Node, *, quiet: bool = False, tested: t.Local | None = None) -> None:
        self.text = source
        self.tree = root
        self.type: Type = root.type
        self.quiet = quiet
        self._careful = _Careful(source, root, quiet, (tested,) if tested is not None else ())
        self._function: Callable[..., Any] | None = None

    @cached_property
    def inputs(self) -> frozenset[str]:
        """The dotted paths of the facts that it reads."""
        return t.inputs(self.tree)

    def __call__(self, facts: Mapping[str, Any], *tested: Any) -> Any:
        """The value; raises EvaluationError where there is none."""
        function = self._function
        if function is None:
            function = self.function
        return function(facts, *tested) if tested else function(facts)

    @property
    def function(self) -> Callable[..., Any]:
        """The program as a bare function of facts (and of what is tested), for one who asks very often."""
        if self._function is None:
            self._function = self._compiled()
        return self._function

    def compile(self) -> Program:
        """Be ready to run; else that happens with the first facts."""
        _ = self.function
        return self

    def evaluate(self, facts: Mapping[str, Any], *tested: Any) -> Evaluation:
        """Value or problem; never raises."""
        try:
            return Evaluation(self(facts, *tested))
        except EvaluationError as error:
            return Evaluation(None, error.problem)

    def explain(self, facts: Mapping[str, Any], *tested: Any, origins: Origins | None = None) -> Explanation:
        """The tree with the values that every node had, also of a run that failed half-way.

        `origins` says where facts came from (a form, a bureau, computed), by dotted path.
        """
        from .explanation import Recording, explain
        from .interpreter import Interpreter

        interpreter = Interpreter(facts, quiet=self.quiet, record=True)
        with contextlib.suppress(Exception):  # facts of a wrong Python type; what was seen until then is told
            try:
                interpreter.run(self.tree, self._careful.environment(tested))
            except Located as located:
                interpreter.faults.append(located)
        problems = {
            id(one.node): _UNTOLD if one.fault.code == "feel.too_many_steps" else one.fault.words
            for one in interpreter.faults
        }
        return explain(self.tree, Recording(interpreter.values or {}, problems, interpreter.deciding, origins or {}))

    @property
    def python(self) -> str:
        """The generated source, to look at."""
        from ..python.target import generate

        return generate(self.tree, self._careful.parameters)[0]

    @property
    def tested(self) -> str | None:
        """The slot of the tested value, for unary tests."""
        return next((one.slot for one in self._careful.parameters), None)

    def _compiled(self) -> Callable[..., Any]:
        if not self.quiet:
            from ..python.target import compile_tree

            with contextlib.suppress(SyntaxError, RecursionError, MemoryError):  # deeper than Python itself goes
                made = compile_tree(self.tree, self._careful.parameters, again=self._careful.again)
                return made if self.type.kind in _ONE_VALUE else self._careful.bounded(made)
        return self._careful.run


def _to_blame(located: Located) -> t.Node:
    """The part that a fault is about: of a division by zero the divisor."""
    node: t.Node = located.node
    if located.fault.code == "feel.division_by_zero" and isinstance(node, t.Arithmetic) and node.operator == "/":
        return node.right
    return node


class _Careful:
    """The slow way: by the interpreter, which knows where it stands. Holds no compiled code, which holds it."""

    def __init__(self, text: str, tree: t.Node, quiet: bool, parameters: tuple[t.Local, ...]) -> None:
        self.text = text
        self.tree = tree
        self.quiet = quiet
        self.parameters = parameters

    def bounded(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, with results that are not too large to be handed out."""

        def call(facts: Mapping[str, Any], *tested: Any) -> Any:
            value = function(facts, *tested)
            try:
                return checked_result(value)
            except Fault as fault:
                raise EvaluationError(fault.at(*place(self.text, self.tree.syntax.start))) from None

        return call

    def environment(self, tested: tuple[Any, ...]) -> dict[str, Any]:
        """The tested value under its slot."""
        return {one.slot: value for one, value in zip(self.parameters, tested, strict=False)}

    def run(self, facts: Mapping[str, Any], *tested: Any) -> Any:
        """The value; raises EvaluationError."""
        try:
            return self._interpret(facts, tested, MAX_STEPS // 2)
        except Exception as error:  # noqa: BLE001 - the boundary must hold
            raise EvaluationError(self._problem(error)) from None

    def again(self, error: Exception, facts: Mapping[str, Any], *tested: Any) -> Any:
        """Something went wrong: the interpreter says what and where, unless that would cost too much once more."""
        if not (isinstance(error, Fault) and error.code in _COSTLY):
            try:
                return self._interpret(facts, tested, MAX_STEPS // 4)
            except Exception as found:  # noqa: BLE001 - whatever it is, the problem is made of it
                if not (isinstance(found, Located) and found.fault.code == "feel.too_many_steps"):
                    error = found
        raise EvaluationError(self._problem(error)) from None

    def _interpret(self, facts: Mapping[str, Any], tested: tuple[Any, ...], steps: int) -> Any:
        from .interpreter import Interpreter

        value = Interpreter(facts, quiet=self.quiet, steps=steps).run(self.tree, self.environment(tested))
        return checked_result(value)

    def _problem(self, error: Exception) -> FeelProblem:
        """What went wrong as a problem, with its place where the interpreter met it."""
        if isinstance(error, Located):
            part = _to_blame(error).syntax
            return placed(error.fault.at(1, 1), self.text, part.start, part.end)
        if isinstance(error, Fault):
            return error.at(1, 1)
        if isinstance(error, DecimalException):
            return as_fault(error).at(1, 1)
        if isinstance(error, RecursionError | MemoryError):
            return FeelProblem("feel.too_deep", words("The calculation goes too deep.", "计算层数过深。"))
        kind = type(error).__name__
        return FeelProblem(
            "feel.wrong_fact", words(f"A fact has a value that cannot be used ({kind}).", "某个输入值的类型无法使用。")
        )
