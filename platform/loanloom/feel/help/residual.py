"""Partial evaluation: what remains of an expression when some facts are known already.

What the known facts decide is computed by the interpreter, so exactly as at run time; what may fail is kept where it
stands, so that it still fails. The rest is written as text again and checked like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from .. import tree as t
from ..checking.front import Checked, check, check_unary
from ..running.program import Program
from ..text import syntax as s
from ..text.formatter import canonical
from ..text.written import Unwritable, hidden, literal, mentions_input
from .knowing import UNKNOWN, Knowing


def residual(checked: Checked, known: Mapping[str, Any]) -> Checked:
    """The expression over the facts that are not in `known`. What has problems, or cannot be written, stays as it is.

    `known` holds facts as a run would get them; a record is known as a whole when all its entries are there.
    """
    program = checked.program
    if program is None:
        return checked
    for written in (literal, lambda value: hidden(literal(value))):
        text = canonical(_Residual(program, known, written).whole())
        found = _check(checked, text)
        if found.program is not None and not found.problems:
            return found
    return checked


def _check(checked: Checked, text: str) -> Checked:
    mode = "standard" if checked.program is not None and checked.program.quiet else "strict"
    if checked.tested is not None:
        return check_unary(text, checked.tested, checked.scope, functions=checked.functions, mode=mode)
    return check(text, checked.scope, functions=checked.functions, mode=mode)


class _Residual(Knowing):
    """One partial evaluation; `written` is how a known value is put into the text."""

    def __init__(self, program: Program, known: Mapping[str, Any], written: Callable[[Any], s.Node]) -> None:
        super().__init__(program, known)
        self.written = written

    def whole(self) -> s.Node:
        """The residual of the whole expression, as text would be parsed."""
        found = self.rest(self.program.tree)
        if self.program.tested is None:
            return found
        if found == s.Literal_(True):
            return s.UnaryTests(())
        return s.UnaryTests((found if mentions_input(found) else _about_input(found),))

    def rest(self, node: t.Node) -> s.Node:
        """What remains of a node."""
        value = self.value(node)
        if value is not UNKNOWN:
            try:
                return self.written(value)
            except Unwritable:
                pass
        rebuild = _REBUILD.get(type(node))
        return node.syntax if rebuild is None else rebuild(self, node)

    # -- what remains of each form ------------------------------------------------------------------------------------

    def input(self, node: t.Input) -> s.Node:
        return node.syntax

    def local(self, node: t.Local) -> s.Node:
        return s.InputMark() if node.name == "?" else s.Name(node.name)

    def member(self, node: t.Member) -> s.Node:
        if isinstance(node.base, t.Local) and isinstance(node.syntax, s.Name):
            return node.syntax
        return s.Member(self.rest(node.base), node.name)

    def index(self, node: t.Index) -> s.Node:
        if self.value(node.index) is None:
            nothing = s.If(s.Literal_(True), s.Literal_(None), s.Literal_(_ONE))
            return s.Filter(self.rest(node.base), nothing)
        return s.Filter(self.rest(node.base), self.rest(node.index))

    def filter(self, node: t.Filter) -> s.Node:
        return s.Filter(self.rest(node.base), self.rest(node.condition))

    def negate(self, node: t.Negate) -> s.Node:
        return s.Negate(self.rest(node.operand))

    def arithmetic(self, node: t.Arithmetic) -> s.Node:
        return s.Arithmetic(node.operator, self.rest(node.left), self.rest(node.right))

    def compare(self, node: t.Compare) -> s.Node:
        return s.Compare(node.operator, self.rest(node.left), self.rest(node.right))

    def within(self, node: t.Within) -> s.Node:
        value, low, high = (self.rest(one) for one in (node.value, node.low, node.high))
        if node.low_closed and node.high_closed:
            return s.Between(value, low, high)
        return s.In(value, (s.Range(low, high, node.low_closed, node.high_closed),))

    def passes(self, node: t.Passes) -> s.Node:
        known = self.value(node.test)
        test = self.rest(node.test)
        listed = known is not UNKNOWN and not isinstance(node.test, t.ListOf | t.Range)
        return s.In(self.rest(node.value), (hidden(test) if listed else test,))

    def one_of(self, node: t.OneOf) -> s.Node:
        return s.In(self.rest(node.value), tuple(self.written(one) for one in sorted(node.values)))

    def let(self, node: t.Let) -> s.Node:
        value = self.value(node.value)
        if value is not UNKNOWN:
            self.env[node.local.slot] = value
            return self.rest(node.body)
        body = self.rest(node.body)
        if mentions_input(body):
            return s.In(self.rest(node.value), (body,))
        return body if self.sure(node.value) else s.In(self.rest(node.value), (_about_input(body),))

    def logic(self, node: t.Logic) -> s.Node:
        decides = node.operator == "or"
        kept: list[s.Node] = []
        sure = True
        for one in node.operands:
            value = self.value(one)
            if value is decides:
                return s.Literal_(decides) if sure else _joined(node, [*kept, s.Literal_(decides)])
            if value is (not decides):
                continue
            kept.append(self.rest(one))
            sure = sure and self.sure(one) and one.type.kind in ("boolean", "Null")
        if len(kept) == 1 and all(one.type.kind == "boolean" for one in node.operands):
            return kept[0]
        return _joined(node, kept if len(kept) > 1 else [*kept, s.Literal_(not decides)])

    def negation(self, node: t.Not) -> s.Node:
        return s.Call(s.Name("not"), (self.rest(node.operand),))

    def conditional(self, node: t.If) -> s.Node:
        value = self.value(node.condition)
        if value is None or isinstance(value, bool):
            return self.rest(node.then if value else node.otherwise)
        return s.If(self.rest(node.condition), self.rest(node.then), self.rest(node.otherwise))

    def list_of(self, node: t.ListOf) -> s.Node:
        return s.ListOf(tuple(self.rest(one) for one in node.items))

    def context(self, node: t.Context) -> s.Node:
        entries = []
        for local, value in node.entries:
            found = self.value(value)
            if found is not UNKNOWN:
                self.env[local.slot] = found
            entries.append((local.name, self.rest(value)))
        return s.Context(tuple(entries))

    def range(self, node: t.Range) -> s.Node:
        low = self.rest(node.low) if node.low else None
        high = self.rest(node.high) if node.high else None
        return s.Range(low, high, node.low_closed, node.high_closed)

    def loops(self, loops: tuple[t.Loop, ...]) -> tuple[s.Iterator, ...]:
        return tuple(
            s.Iterator(one.local.name, self.rest(one.source), self.rest(one.until) if one.until else None)
            for one in loops
        )

    def for_each(self, node: t.For) -> s.Node:
        return s.For(self.loops(node.loops), self.rest(node.body))

    def quantified(self, node: t.Quantified) -> s.Node:
        return s.Quantified(node.quantifier, self.loops(node.loops), self.rest(node.condition))

    def call(self, node: t.Call) -> s.Node:
        if node.function.name == "get or else" and len(node.arguments) == 2 and node.names is None:
            shorter = self._or_else(node)
            if shorter is not None:
                return shorter
        name = node.syntax.function if isinstance(node.syntax, s.Call) else s.Name(node.function.name)
        arguments = [self.rest(one) if one is not None else None for one in node.arguments]
        given = tuple(one for one in arguments if one is not None)
        if node.names is not None or node.overload is None or None not in arguments:
            return s.Call(name, given, node.names)
        if None not in arguments[: len(given)]:
            return s.Call(name, given)
        names = tuple(p.name for p, one in zip(node.overload.parameters, arguments, strict=True) if one is not None)
        return s.Call(name, given, names)

    def _or_else(self, node: t.Call) -> s.Node | None:
        """`get or else` whose first argument is known."""
        first, second = node.arguments
        if first is None or second is None:
            return None
        value = self.value(first)
        if value is None:
            return self.rest(second)
        return self.rest(first) if value is not UNKNOWN and self.sure(second) else None

    def invoke(self, node: t.Invoke) -> s.Node:
        return s.Call(self.rest(node.function), tuple(self.rest(one) for one in node.arguments), node.names)

    def function(self, node: t.Lambda) -> s.Node:
        assert isinstance(node.syntax, s.Lambda)
        return s.Lambda(node.syntax.parameters, self.rest(node.body))

    def instance_of(self, node: t.InstanceOf) -> s.Node:
        assert isinstance(node.syntax, s.InstanceOf)
        return s.InstanceOf(self.rest(node.value), node.syntax.type_name)


def _joined(node: t.Logic, operands: list[s.Node]) -> s.Node:
    return s.Logic(node.operator, tuple(operands))


def _about_input(node: s.Node) -> s.Node:
    """A condition made into a test: it has to mention the tested value."""
    return s.Logic("and", (s.Compare("=", s.InputMark(), s.InputMark()), node))


_ONE: Final = Decimal(1)

_REBUILD: dict[type[t.Node], Callable[[_Residual, Any], s.Node]] = {
    t.Input: _Residual.input,
    t.Local: _Residual.local,
    t.Member: _Residual.member,
    t.Index: _Residual.index,
    t.Filter: _Residual.filter,
    t.Negate: _Residual.negate,
    t.Arithmetic: _Residual.arithmetic,
    t.Compare: _Residual.compare,
    t.Within: _Residual.within,
    t.Passes: _Residual.passes,
    t.OneOf: _Residual.one_of,
    t.Let: _Residual.let,
    t.Logic: _Residual.logic,
    t.Not: _Residual.negation,
    t.If: _Residual.conditional,
    t.ListOf: _Residual.list_of,
    t.Context: _Residual.context,
    t.Range: _Residual.range,
    t.For: _Residual.for_each,
    t.Quantified: _Residual.quantified,
    t.Call: _Residual.call,
    t.Invoke: _Residual.invoke,
    t.Lambda: _Residual.function,
    t.InstanceOf: _Residual.instance_of,
}
