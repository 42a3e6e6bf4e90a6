"""Typed tree to polars expressions: many records at once, with exactly the values that one has in Python.

Columns are named by dotted path ("application.amount"); `polars_frame.frame` makes them from facts. What polars cannot
express, or not exactly, is a problem here, at publication. Polars is imported only by this module and its parts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from ... import tree as t
from ...checking.front import Checked
from ...types import NAMES_ZH, Type, optional
from ..bounds import Bound, type_of
from ..exactness import Exactness, rounded_to
from ..shapes import of_value
from ..translation import Refusal, Translation, refusal_of, unsupported
from . import calls, lists, numbers, operators
from .frame import frame, schema
from .loops import NAME, Loops
from .terms import (
    Cell,
    Fault,
    Listed,
    Nothing,
    Number,
    Plain,
    Quotient,
    Record,
    Struct,
    Term,
    TooLarge,
    TooWide,
    Value,
    any_of,
    choose,
    dtype_of,
    either_fault,
    literal,
)
from .views import NoColumn, either, leaving, null_of, view


def to_polars(checked: Checked) -> Translation[pl.Expr]:
    """An expression and where it faults, or the problems why polars cannot have it."""
    if checked.program is None:
        return Translation(checked.problems)
    return column(checked.program.tree, checked.source)[0]


def column(
    root: t.Node, source: str, known: Mapping[str, Type] | None = None, places: int | None = None
) -> tuple[Translation[pl.Expr], Type]:
    """The same for a typed tree, with the type of what it gives: a number knows its digits and limits. `known` says
    more of some facts than their declared types do; with `places` the result is rounded half up to so many decimals.
    """
    if places is not None:
        root = rounded_to(root, places)
    exactness = Exactness(root, source, known)
    if exactness.problems:
        return Translation(exactness.problems), root.type
    try:
        cell = Visitor(source, known).visit(root)
        expr = leaving(cell.value)
    except Refusal as refusal:
        return Translation((refusal.at(source),)), root.type
    except (TypeError, NoColumn):
        return Translation((unsupported(root, NAME, *_type_words(root)).at(source),)), root.type
    bound = exactness.bound(root) if root.type.kind == "number" else None
    type_ = optional(type_of(bound)) if bound is not None else root.type
    if cell.fault is None:
        return Translation(value=expr), type_
    fault = cell.fault.term.expr
    return Translation(value=pl.when(~fault).then(expr), fault=fault), optional(type_)


def _type_words(node: t.Node) -> tuple[str, str]:
    return f"a value of type {node.type.kind} here", f"此处类型为{NAMES_ZH.get(node.type.kind, node.type.kind)}的值"


class Visitor(Loops):
    """One translation."""

    def __init__(self, source: str, known: Mapping[str, Type] | None = None) -> None:
        super().__init__()
        self.source = source
        self._known = known or {}

    def visit(self, node: t.Node) -> Cell:
        """The cell of a node; raises Refusal."""
        visit = _VISITS.get(type(node))
        if visit is None:
            raise self.refusal(node, _FORMS.get(type(node), ("this form", "此写法")))
        try:
            return visit(self, node)
        except TooLarge:
            en, zh = "An expression of this size; split it into several", "过大的表达式，请拆分"
            raise unsupported(node, NAME, en, zh) from None
        except TooWide:
            raise self.refusal(node, ("numbers of more than 38 digits on the way", "过程中超过 38 位的数字")) from None
        except NoColumn as none:
            if none.unbounded:
                raise self._unbounded(node) from None
            raise self.refusal(node, _type_words(node)) from None
        except TypeError:
            raise self.refusal(node, _type_words(node)) from None

    def _unbounded(self, node: t.Node) -> Refusal:
        text = self.source[node.syntax.start : node.syntax.end]
        problem = refusal_of(
            "unbounded",
            f"How many digits `{text}` has is not known, so no column holds it exactly.",
            f"“{text}”的位数未知，没有列能精确存储它。",
            node,
            self.source,
            ("Give its field a number of decimals.", "请为该字段设定小数位数。"),
        )
        return Refusal(problem, node)

    def constant(self, node: t.Constant) -> Cell:
        value = node.value
        if value is None:
            return Cell(Nothing())
        bound = of_value(value)
        if node.type.kind in ("number", "days and time duration", "years and months duration"):
            if not isinstance(bound, Bound):
                raise TooWide
            return Cell(Number(literal(bound.low, dtype_of(bound)), bound, False, node.type.kind))
        if type(value) in (str, bool, dt.date):
            return Cell(Plain(literal(value), node.type.kind, nullable=False))
        raise TypeError

    def input(self, node: t.Input) -> Cell:
        if self.depth:
            raise self.refusal(node, ("reading another fact for each item of a list", "在列表的每一项中读取其他输入"))
        path = ".".join(node.path)
        fact, type_ = Term(pl.col(path)), self._known.get(path, node.type)
        nullable = type_.nullable or getattr(node, "narrowed", False)
        value = view(fact, optional(type_) if nullable else type_)
        if isinstance(value, Struct):
            raise TypeError
        return Cell(value, None if nullable else Fault({path: fact.is_null()}))

    def negate(self, node: t.Negate) -> Cell:
        cell = self.visit(node.operand)
        value = cell.value
        if isinstance(value, Quotient):
            return Cell(Quotient(numbers.negate(value.top), value.bottom, value.scale), cell.fault)
        if not isinstance(value, Number):
            raise TypeError
        return Cell(numbers.negate(value), cell.fault)

    def arithmetic(self, node: t.Arithmetic) -> Cell:
        left, right = self.visit(node.left), self.visit(node.right)
        found = operators.arithmetic(node, left.value, right.value)
        return Cell(found.value, any_of(left.fault, right.fault, found.fault))

    def compare(self, node: t.Compare) -> Cell:
        left, right = self.visit(node.left), self.visit(node.right)
        return Cell(operators.compared(node.operator, left.value, right.value), any_of(left.fault, right.fault))

    def within(self, node: t.Within) -> Cell:
        value, low, high = (self.visit(one) for one in (node.value, node.low, node.high))
        above = operators.compared(">=" if node.low_closed else ">", value.value, low.value)
        below = operators.compared("<=" if node.high_closed else "<", value.value, high.value)
        found = Plain(above.term & below.term, "boolean", above.nullable or below.nullable)
        return Cell(found, any_of(value.fault, low.fault, high.fault))

    def passes(self, node: t.Passes) -> Cell:
        value = self.visit(node.value)
        test = self.visit(node.test)
        if not isinstance(test.value, Listed) or isinstance(value.value, Listed):
            raise TypeError
        found = lists.contains(test.value, value.value)
        if test.value.nullable:
            found = choose(test.value.term.is_null(), null_of(value.value), found)
        return Cell(Plain(found, "boolean", nullable=False), any_of(value.fault, test.fault))

    def one_of(self, node: t.OneOf) -> Cell:
        cell = self.visit(node.value)
        if not isinstance(cell.value, Plain):
            raise TypeError
        values = sorted(node.values)
        found = cell.value.term.to(lambda expr: expr.is_in(values))
        return Cell(Plain(found.known() if cell.value.nullable else found, "boolean", nullable=False), cell.fault)

    def let(self, node: t.Let) -> Cell:
        cell = self.visit(node.value)
        self.bind(node.local, cell.value)
        body = self.visit(node.body)
        return Cell(body.value, any_of(cell.fault, body.fault))

    def logic(self, node: t.Logic) -> Cell:
        """Kleene's and / or; a fault counts only where nothing before it has decided."""
        first = operators.truth(self.visit(node.operands[0]))
        found, fault = operators.plain(first), first.fault
        for one in node.operands[1:]:
            cell = operators.truth(self.visit(one))
            value = operators.plain(cell)
            more = cell.fault.beyond(fault) if cell.fault is not None else None
            if more is not None:
                undecided = found.term if node.operator == "and" else ~found.term
                if found.nullable:
                    undecided = undecided.to(lambda expr: expr.fill_null(value=True))
                fault = any_of(fault, undecided & more.term)
            term = found.term & value.term if node.operator == "and" else found.term | value.term
            found = Plain(term, "boolean", found.nullable or value.nullable)
        return Cell(found, fault)

    def negation(self, node: t.Not) -> Cell:
        cell = operators.truth(self.visit(node.operand))
        value = operators.plain(cell)
        return Cell(Plain(~value.term, "boolean", value.nullable), cell.fault)

    def conditional(self, node: t.If) -> Cell:
        condition = operators.truth(self.visit(node.condition))
        then, otherwise = self.visit(node.then), self.visit(node.otherwise)
        term = operators.plain(condition).term
        branches = [one.fault.beyond(condition.fault) if one.fault is not None else None for one in (then, otherwise)]
        fault = any_of(condition.fault, either_fault(term, *branches))
        return Cell(either(term, then.value, otherwise.value), fault)

    def context(self, node: t.Context) -> Cell:
        entries: dict[str, Value] = {}
        fault: Fault | None = None
        for local, one in node.entries:
            cell = self.visit(one)
            entries[local.name] = cell.value
            self.bind(local, cell.value)
            fault = any_of(fault, cell.fault)
        return Cell(Record(entries), fault)

    def call(self, node: t.Call) -> Cell:
        given = calls.arguments(node)
        if node.overload is None:
            raise TypeError
        found = calls.call(node, [self.visit(one) for one in given])
        if found is None:
            raise self.refusal(node, (f"the function `{node.function.name}`", f"函数“{node.function.name}”"))
        return found


_FORMS: dict[type[t.Node], tuple[str, str]] = {
    t.Range: ("a range as a value", "作为值的区间"),
    t.Invoke: ("calling a function value", "调用函数值"),
    t.Lambda: ("a function written in the expression", "表达式中定义的函数"),
    t.InstanceOf: ("`instance of`", "instance of"),
}
_VISITS: dict[type[t.Node], Callable[[Visitor, Any], Cell]] = {
    t.Constant: Visitor.constant,
    t.Input: Visitor.input,
    t.Local: Visitor.local,
    t.Member: Visitor.member,
    t.Index: Visitor.index,
    t.Filter: Visitor.filter,
    t.Negate: Visitor.negate,
    t.Arithmetic: Visitor.arithmetic,
    t.Compare: Visitor.compare,
    t.Within: Visitor.within,
    t.Passes: Visitor.passes,
    t.OneOf: Visitor.one_of,
    t.Let: Visitor.let,
    t.Logic: Visitor.logic,
    t.Not: Visitor.negation,
    t.If: Visitor.conditional,
    t.ListOf: Visitor.list_of,
    t.Context: Visitor.context,
    t.For: Visitor.for_each,
    t.Quantified: Visitor.quantified,
    t.Call: Visitor.call,
}

__all__ = ["column", "frame", "schema", "to_polars"]
