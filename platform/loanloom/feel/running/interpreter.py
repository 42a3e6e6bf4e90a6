"""Walks the typed tree and computes it: slow, plain and obviously right. The reference for every other back end.

It also finds where generated code failed, records the value of every node for explanations, and runs standard mode.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .. import tree as t
from ..limits import MAX_CALL_DEPTH, MAX_STEPS
from ..problems import Fault, Located
from ..types import named
from . import operations, runtime
from .budget import Budget, NearBudget
from .values import Function, is_a, kind_of

__all__ = ["Interpreter", "Located"]

Environment = dict[str, Any]


class Interpreter:
    """One evaluation. Quiet (standard mode) turns faults into null and keeps them in `faults`.

    A step takes longer here than in generated code, so there are fewer of them.
    """

    def __init__(
        self, facts: Mapping[str, Any], *, quiet: bool = False, record: bool = False, steps: int | None = None
    ) -> None:
        self.facts = facts
        self.quiet = quiet
        self.budget: Budget = (Budget if quiet else NearBudget)(steps or MAX_STEPS // (4 if record else 2))
        self.faults: list[Located] = []
        self.deciding: dict[int, int] = {}  # which item settled a `some` or `every`
        self._inputs: dict[tuple[str, ...], Any] = {}
        self.values: dict[int, Any] | None = {} if record else None

    def run(self, node: t.Node, environment: Environment | None = None) -> Any:
        """The value of a node."""
        return self.value(node, {} if environment is None else environment)

    def value(self, node: t.Node, env: Environment) -> Any:
        try:
            value = _VISITS[type(node)](self, node, env)
        except Fault as fault:
            if not self.quiet or fault.code == "feel.too_many_steps":
                raise Located(fault, node) from None
            self.faults.append(Located(fault, node))
            value = None
        if self.values is not None:
            self.values[id(node)] = value
        return value

    def constant(self, node: t.Constant, env: Environment) -> Any:
        return node.value

    def input(self, node: t.Input, env: Environment) -> Any:
        if node.path not in self._inputs:
            self._inputs[node.path] = self._read(node)
        return self._inputs[node.path]

    def _read(self, node: t.Input) -> Any:
        value = runtime.look_up(self.facts, node.path)
        path = ".".join(node.path)
        if value is None:
            if not node.type.nullable and not self.quiet:
                raise Fault("feel.missing_input", f"`{path}` has no value.", f"“{path}”没有值。")
        elif not self.quiet and not is_a(value, node.type):
            (wanted, wanted_zh), kind = named(node.type), kind_of(value)
            raise Fault(
                "feel.wrong_fact",
                f"`{path}` should be {wanted}, but is a {kind}.",
                f"“{path}”应为{wanted_zh}，实际不是。",
            )
        return value

    def local(self, node: t.Local, env: Environment) -> Any:
        return env.get(node.slot)

    def member(self, node: t.Member, env: Environment) -> Any:
        base = self.value(node.base, env)
        if self.quiet and kind_of(base) == "list":
            return [
                operations.member(one, node.name, self.budget) if kind_of(one) in ("context", "Null") else None
                for one in base
            ]
        return operations.member(base, node.name, self.budget)

    def index(self, node: t.Index, env: Environment) -> Any:
        return operations.at_index(self.value(node.base, env), self.value(node.index, env))

    def filter(self, node: t.Filter, env: Environment) -> Any:
        def keep(item: Any) -> Any:
            return self.value(node.condition, {**env, node.item.slot: item})

        return runtime.filtered(self.value(node.base, env), keep, self.budget, t.weight(node.condition))

    def negate(self, node: t.Negate, env: Environment) -> Any:
        return operations.negate(self.value(node.operand, env))

    def arithmetic(self, node: t.Arithmetic, env: Environment) -> Any:
        return operations.arithmetic(
            node.operator, self.value(node.left, env), self.value(node.right, env), self.budget
        )

    def compare(self, node: t.Compare, env: Environment) -> Any:
        return operations.comparison(
            node.operator, self.value(node.left, env), self.value(node.right, env), self.budget
        )

    def within(self, node: t.Within, env: Environment) -> Any:
        value, low, high = (self.value(one, env) for one in (node.value, node.low, node.high))
        return operations.within(value, low, high, node.low_closed, node.high_closed)

    def passes(self, node: t.Passes, env: Environment) -> Any:
        return operations.passes(self.value(node.value, env), self.value(node.test, env), self.budget)

    def one_of(self, node: t.OneOf, env: Environment) -> Any:
        return self.value(node.value, env) in node.values

    def let(self, node: t.Let, env: Environment) -> Any:
        return self.value(node.body, {**env, node.local.slot: self.value(node.value, env)})

    def logic(self, node: t.Logic, env: Environment) -> Any:
        join = runtime.conjunction if node.operator == "and" else runtime.disjunction
        return join(self._truth(one, env) for one in node.operands)

    def _truth(self, node: t.Node, env: Environment) -> bool | None:
        value = self.value(node, env)
        if self.quiet and not isinstance(value, bool):
            return None
        return runtime.truth(value)

    def negation(self, node: t.Not, env: Environment) -> Any:
        return runtime.negation(self.value(node.operand, env))

    def conditional(self, node: t.If, env: Environment) -> Any:
        return self.value(node.then if self._truth(node.condition, env) else node.otherwise, env)

    def list_of(self, node: t.ListOf, env: Environment) -> Any:
        return [self.value(one, env) for one in node.items]

    def context(self, node: t.Context, env: Environment) -> Any:
        env, found = dict(env), {}
        for local, value in node.entries:
            found[local.name] = env[local.slot] = self.value(value, env)
        return found

    def range(self, node: t.Range, env: Environment) -> Any:
        if node.low is None or node.high is None:
            end, closed = (node.low, node.low_closed) if node.low else (node.high, node.high_closed)
            assert end is not None
            return operations.half_interval(self.value(end, env), closed, upwards=node.high is None)
        return operations.interval(
            self.value(node.low, env), self.value(node.high, env), node.low_closed, node.high_closed
        )

    def _sources(self, loops: tuple[t.Loop, ...], env: Environment) -> list[runtime.Source]:
        def source(place: int) -> runtime.Source:
            def ask(*bound: Any) -> Any:
                loop = loops[place]
                inner = {**env, **{one.local.slot: value for one, value in zip(loops, bound, strict=False)}}
                start = self.value(loop.source, inner)
                if loop.until is None:
                    return start
                return runtime.range_steps(start, self.value(loop.until, inner), self.budget)

            return ask

        return [source(place) for place in range(len(loops))]

    def for_each(self, node: t.For, env: Environment) -> Any:
        def body(*bound: Any) -> Any:
            inner = {**env, **{one.local.slot: value for one, value in zip(node.loops, bound, strict=False)}}
            inner[node.partial.slot] = bound[-1]
            return self.value(node.body, inner)

        return runtime.for_each(self._sources(node.loops, env), body, self.budget, t.weight(node.body))

    def quantified(self, node: t.Quantified, env: Environment) -> Any:
        asked, some = 0, node.quantifier == "some"

        def condition(*bound: Any) -> Any:
            nonlocal asked
            asked += 1
            inner = {**env, **{one.local.slot: value for one, value in zip(node.loops, bound, strict=True)}}
            holds = self._truth(node.condition, inner)
            if holds is some and len(node.loops) == 1:
                self.deciding[id(node)] = asked
            return holds

        judge = runtime.some if some else runtime.every
        return judge(self._sources(node.loops, env), condition, self.budget, t.weight(node.condition))

    def call(self, node: t.Call, env: Environment) -> Any:
        arguments = [self.value(one, env) for one in node.arguments if one is not None]
        if node.overload is None or (all(node.arguments) and node.names is None):
            return node.function.invoke(arguments, node.names, self.budget)
        names = [one.name for one, given in zip(node.overload.parameters, node.arguments, strict=True) if given]
        return node.function.invoke(arguments, names, self.budget)

    def invoke(self, node: t.Invoke, env: Environment) -> Any:
        function = self.value(node.function, env)
        arguments = [self.value(one, env) for one in node.arguments]
        if isinstance(function, Function):
            arguments = runtime.arranged(function.parameters, arguments, node.names)
        return operations.call(function, arguments, self.budget, strict=not self.quiet)

    def function(self, node: t.Lambda, env: Environment) -> Any:
        def call(*arguments: Any) -> Any:
            self.budget.depth += 1
            if self.budget.depth > MAX_CALL_DEPTH:
                raise Fault("feel.too_deep", "Functions call one another too deeply.", "函数相互调用层数过深。")
            inner = {**env, **{one.slot: value for one, value in zip(node.parameters, arguments, strict=True)}}
            value = self.value(node.body, inner)
            self.budget.depth -= 1
            return value

        return Function(tuple(one.name for one in node.parameters), call, t.weight(node.body), node.type, node.types)

    def instance_of(self, node: t.InstanceOf, env: Environment) -> Any:
        return operations.instance_of(self.value(node.value, env), node.of, self.budget)

    def wrong(self, node: t.Wrong, env: Environment) -> Any:
        raise Fault(node.code, node.en, node.zh)


_VISITS: dict[type[t.Node], Callable[[Interpreter, Any, Environment], Any]] = {
    t.Constant: Interpreter.constant,
    t.Input: Interpreter.input,
    t.Local: Interpreter.local,
    t.Member: Interpreter.member,
    t.Index: Interpreter.index,
    t.Filter: Interpreter.filter,
    t.Negate: Interpreter.negate,
    t.Arithmetic: Interpreter.arithmetic,
    t.Compare: Interpreter.compare,
    t.Within: Interpreter.within,
    t.Passes: Interpreter.passes,
    t.OneOf: Interpreter.one_of,
    t.Let: Interpreter.let,
    t.Logic: Interpreter.logic,
    t.Not: Interpreter.negation,
    t.If: Interpreter.conditional,
    t.ListOf: Interpreter.list_of,
    t.Context: Interpreter.context,
    t.Range: Interpreter.range,
    t.For: Interpreter.for_each,
    t.Quantified: Interpreter.quantified,
    t.Call: Interpreter.call,
    t.Invoke: Interpreter.invoke,
    t.Lambda: Interpreter.function,
    t.InstanceOf: Interpreter.instance_of,
    t.Wrong: Interpreter.wrong,
}
