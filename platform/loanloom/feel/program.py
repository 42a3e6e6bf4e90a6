"""A checked expression made runnable: fast code where all goes well, the interpreter where it does not."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from . import tree as t
from .explanation import Explanation, explain
from .interpreter import Interpreter, Located
from .problems import EvaluationError, Fault, FeelProblem, place, words
from .python_target import compile_tree, generate
from .types import Type

_COSTLY = frozenset({"feel.too_many_steps", "feel.list_too_long", "feel.text_too_long"})


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
        self.inputs = t.inputs(root)
        self.quiet = quiet
        self._tested = tested
        self._function: Callable[..., Any] | None = None

    def __call__(self, facts: Mapping[str, Any], *tested: Any) -> Any:
        """The value; raises EvaluationError where there is none."""
        function = self._function
        if function is None:
            function = self._compile()
        try:
            return function(facts, *tested)
        except Fault as fault:
            if fault.code in _COSTLY:  # running again to find the place would cost as much once more
                raise EvaluationError(fault.at(1, 1)) from None
            return self._carefully(facts, tested)
        except Exception:  # noqa: BLE001 - generated code may fail in any way; the interpreter says why and where
            return self._carefully(facts, tested)

    @property
    def function(self) -> Callable[..., Any]:
        """The bare function, for a caller with no time to lose: where it raises anything, call the program itself."""
        return self._function or self._compile()

    def evaluate(self, facts: Mapping[str, Any], *tested: Any) -> Evaluation:
        """Value or problem; never raises."""
        try:
            return Evaluation(self(facts, *tested))
        except EvaluationError as error:
            return Evaluation(None, error.problem)

    def explain(self, facts: Mapping[str, Any], *tested: Any) -> Explanation:
        """The tree with the values that every node had, also of a run that failed half-way."""
        interpreter = Interpreter(facts, quiet=self.quiet, record=True)
        with contextlib.suppress(Located, Fault, RecursionError, MemoryError):
            interpreter.run(self.tree, self._environment(tested))
        return explain(self.tree, interpreter.values or {})

    @property
    def python(self) -> str:
        """The generated source, to look at."""
        return generate(self.tree, self._parameters())[0]

    @property
    def tested(self) -> str | None:
        """The slot of the tested value, for unary tests."""
        return self._tested.slot if self._tested is not None else None

    def _parameters(self) -> tuple[t.Local, ...]:
        return (self._tested,) if self._tested is not None else ()

    def _environment(self, tested: tuple[Any, ...]) -> dict[str, Any]:
        return {one.slot: value for one, value in zip(self._parameters(), tested, strict=False)}

    def _compile(self) -> Callable[..., Any]:
        function: Callable[..., Any]
        if self.quiet:
            function = self._interpret
        else:
            try:
                function = compile_tree(self.tree, self._parameters())
            except (SyntaxError, RecursionError, MemoryError):  # nested deeper than Python's own compiler goes
                function = self._interpret
        self._function = function
        return function

    def _interpret(self, facts: Mapping[str, Any], *tested: Any) -> Any:
        return Interpreter(facts, quiet=self.quiet).run(self.tree, self._environment(tested))

    def _carefully(self, facts: Mapping[str, Any], tested: tuple[Any, ...]) -> Any:
        """Run again on the interpreter, which knows where it stands."""
        try:
            return self._interpret(facts, *tested)
        except Located as located:
            problem = located.fault.at(*place(self.text, located.node.syntax.start))
        except Fault as fault:
            problem = fault.at(1, 1)
        except (RecursionError, MemoryError):
            problem = FeelProblem("feel.too_deep", words("The calculation goes too deep.", "计算层数过深。"))
        except Exception as error:  # noqa: BLE001 - facts of a wrong Python type; the boundary must hold
            problem = FeelProblem(
                "feel.wrong_fact",
                words(
                    f"A fact has a value that cannot be used ({type(error).__name__}).", "某个输入值的类型无法使用。"
                ),
            )
        raise EvaluationError(problem) from None
