"""Functions of a model as FEEL values, and how a boxed invocation calls one. Typed arguments, bounded recursion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from loanloom.feel import Type
from loanloom.feel.problems import Fault, did_you_mean
from loanloom.feel.running.operations import call as call_plainly
from loanloom.feel.running.values import Function

from .running import Exhausted, Names, Run, Stopped
from .types import ItemType

if TYPE_CHECKING:
    from .pieces import Code

Parameters = Sequence[tuple[str, ItemType]]


def function_value(parameters: Parameters, body: Code, names: Names, run: Run, type_: Type) -> Function:
    """A function over the names that stood where it was written. They are read when it is called, so it sees itself."""

    def call(*given: Any) -> Any:
        arguments = arranged(parameters, given)
        run.enter()
        try:
            return body.run({**names, **arguments}, run)
        except Exhausted:
            raise
        except Stopped as stopped:
            raise as_fault(stopped) from None
        finally:
            run.leave()

    return Function(tuple(name for name, _ in parameters), call, type=type_)


def arranged(parameters: Parameters, given: Sequence[Any]) -> dict[str, Any]:
    """Arguments by name, each brought to its parameter's type; a Fault where one cannot be."""
    found = {}
    for (name, item), value in zip(parameters, given, strict=True):
        try:
            found[name] = item.coerced(value)
        except Fault as fault:
            en, zh = fault.words["en"], fault.words["zh"]
            raise Fault("dmn.wrong_argument", f"`{name}`: {en}", f"“{name}”：{zh}") from None
    return found


def as_fault(stopped: Stopped) -> Fault:
    """A decision's end inside a function, as a fault of whoever called it."""
    found = stopped.problem
    return Fault(found.code, found.in_words("en"), found.in_words("zh"))


def call_named(function: Any, arguments: list[Any], names: Sequence[str], run: Run) -> Any:
    """Call with arguments by name; one that is not bound is null, one that the function does not have is a fault."""
    if isinstance(function, Function) and not function.native:
        given = dict(zip(names, arguments, strict=True))
        unknown = next((name for name in given if name not in function.parameters), None)
        if unknown is not None:
            raise Fault(
                "feel.arguments",
                f"The function has no parameter `{unknown}`.",
                f"该函数没有参数“{unknown}”。",
                did_you_mean(unknown, function.parameters),
            )
        arguments = [given.get(name) for name in function.parameters]
    elif isinstance(function, Function):
        return function.call(arguments, tuple(names), run.budget)
    return call_plainly(function, arguments, run.budget, strict=not run.standard)
