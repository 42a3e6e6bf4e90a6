"""Syntax tree to typed tree: resolves names, infers types, gathers every mistake. Never runs anything.

In standard mode mistakes of type are left to the run, where they become null; in strict mode they stop publication.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from .. import tree as t
from ..problems import Fault
from ..running import iso
from ..running.values import CONTEXT, kind_of
from ..text import syntax as s
from ..types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS,
    MONTHS,
    NOTHING,
    NULL,
    NUMBER,
    ORDERED,
    STRING,
    TIME,
    Type,
    choices,
    context,
    fits,
    list_of,
    named,
    optional,
    range_of,
    required,
)
from .blame import between, odd_currency, part, unfit
from .joining import joined_all
from .narrowing import Key, certain
from .results import Results
from .rules import arithmetic_type, comparable, negated
from .scope import origin_of, settled
from .units import arithmetic_fault


class Checker(Results):
    """One check of one tree."""

    def check(self, node: s.Node) -> t.Node:
        return settled(self.look(node))

    def look(self, node: s.Node) -> t.Node:
        return _VISITS[type(node)](self, node)

    def boolean(self, node: s.Node) -> t.Node:
        """A node that must be true, false or null."""
        checked = self.check(node)
        if fits(checked.type, BOOLEAN) == "no":
            english, chinese = named(checked.type)
            self.report(
                "feel.not_a_condition",
                f"Expected true or false, found {english}.",
                f"此处应为是或否，实际为{chinese}。",
                unfit(checked, BOOLEAN).syntax,
            )
        return checked

    def literal(self, node: s.Literal_) -> t.Node:
        value = node.value
        if isinstance(value, Decimal):
            try:
                value = CONTEXT.plus(value)
            except ArithmeticError:
                return self.wrong("feel.out_of_range", "The number is out of range.", "数字超出范围。", node)
        return t.Constant(value, type=_constant_type(value), syntax=node)

    def at_literal(self, node: s.AtLiteral) -> t.Node:
        try:
            value = iso.parse_any(node.text)
        except Fault as fault:
            return self.wrong(fault.code, fault.words["en"], fault.words["zh"], node)
        return t.Constant(value, type=_constant_type(value), syntax=node)

    def negate(self, node: s.Negate) -> t.Node:
        operand = self.check(node.operand)
        if isinstance(operand, t.Constant) and isinstance(operand.value, Decimal):
            return t.Constant(CONTEXT.minus(operand.value), type=NUMBER, syntax=node)
        if any(one.kind not in ("number", "Any", "Null", DAYS.kind, MONTHS.kind) for one in choices(operand.type)):
            english, chinese = named(operand.type)
            return self.wrong(
                "feel.wrong_type",
                f"{english[:1].upper() + english[1:]} has no negative.",
                f"{chinese}不能取负。",
                operand.syntax,
                base=operand,
            )
        return t.Negate(operand, type=negated(operand.type), syntax=node)

    def arithmetic(self, node: s.Arithmetic) -> t.Node:
        left, right = self.check(node.left), self.check(node.right)
        type_ = arithmetic_type(node.operator, left.type, right.type)
        if type_ is None:
            (one, one_zh), (other, other_zh) = named(left.type), named(right.type)
            self.report(
                "feel.wrong_type",
                f"`{node.operator}` does not work between {one} and {other}.",
                f"“{node.operator}”不能用于{one_zh}与{other_zh}之间。",
                between(node.operator, left, right).syntax,
            )
            type_ = ANY
        fault = arithmetic_fault(node.operator, left.type, right.type)
        if fault is not None:
            spot = odd_currency(left, right, self.scope.facts) if right.type.unit else left
            self.fault(fault, spot.syntax)
            type_ = replace(type_, unit=None)
        return t.Arithmetic(node.operator, left, right, type=type_, syntax=node)

    def compare(self, node: s.Compare) -> t.Node:
        left, right = self.check(node.left), self.check(node.right)
        return self.comparison(node.operator, left, right, node)

    def comparison(self, operator: str, left: t.Node, right: t.Node, node: s.Node) -> t.Node:
        """A comparison of two checked nodes, its types, currencies and enumerations looked at."""
        fault = comparable(operator, left, right)
        if fault is not None:
            self.fault(fault, self._uncomparable(fault, left, right).syntax)
        order = operator not in ("=", "!=")
        type_ = optional(BOOLEAN) if order and (left.type.nullable or right.type.nullable) else BOOLEAN
        return t.Compare(operator, left, right, type=type_, syntax=node)

    def _uncomparable(self, fault: Fault, left: t.Node, right: t.Node) -> t.Node:
        """The side of a comparison that a fault is about."""
        if fault.code == "feel.currencies":
            return odd_currency(left, right, self.scope.facts)
        if fault.code == "feel.not_in_enumeration" or fault.hint is not None:
            return next((one for one in (right, left) if isinstance(one, t.Constant)), right)
        return between("", left, right)

    def logic(self, node: s.Logic) -> t.Node:
        """Operands from left to right: each may rely on what those before it have ruled out."""
        operands: list[t.Node] = []
        known: frozenset[Key] = frozenset()
        for one in node.operands:
            operands.append(self.scope.assuming(known, self.boolean, one))
            known |= certain(operands[-1], "not false" if node.operator == "and" else "not true")
        type_ = optional(BOOLEAN) if any(one.type.nullable for one in operands) else BOOLEAN
        return t.Logic(node.operator, tuple(operands), type=type_, syntax=node)

    def between(self, node: s.Between) -> t.Node:
        value, low, high = self.check(node.value), self.check(node.low), self.check(node.high)
        return self.within(value, low, high, True, True, node)

    def conditional(self, node: s.If) -> t.Node:
        condition = self.boolean(node.condition)
        then = self.scope.assuming(certain(condition, "true"), self.check, node.then)
        otherwise = self.scope.assuming(certain(condition, "not true"), self.check, node.otherwise)
        self.together(then, otherwise)
        return t.If(condition, then, otherwise, type=joined_all((then.type, otherwise.type)), syntax=node)

    def list_of(self, node: s.ListOf) -> t.Node:
        items = tuple(self.check(one) for one in node.items)
        of_unit: dict[str, t.Node] = {}
        for one in items:
            if one.type.unit and of_unit.setdefault(one.type.unit, one) is one and len(of_unit) > 1:
                self.together(next(iter(of_unit.values())), one)
        item = joined_all(one.type for one in items) if items else NOTHING
        return t.ListOf(items, type=list_of(item), syntax=node)

    def context(self, node: s.Context) -> t.Node:
        entries: list[tuple[t.Local, t.Node]] = []
        seen: set[str] = set()
        for name, value in node.entries:
            if name in seen:
                self.report("feel.duplicate_entry", f"The entry `{name}` is there twice.", f"“{name}”重复出现。", value)
            seen.add(name)
            checked = self.check(value)
            local = self.scope.local(name, checked.type, value, origin_of(checked))
            self.scope.bind(local)
            entries.append((local, checked))
        self.scope.release(len(entries))
        if len(seen) < len(entries):
            return t.Wrong("feel.duplicate_entry", "An entry is there twice.", "记录项重复。", type=ANY, syntax=node)
        type_ = context({local.name: value.type for local, value in entries})
        return t.Context(tuple(entries), type=type_, syntax=node)

    def range(self, node: s.Range) -> t.Node:
        low = self.check(node.low) if node.low else None
        high = self.check(node.high) if node.high else None
        if low is not None and high is not None and low is not high:
            fault = comparable("<", low, high)
            if fault is not None:
                self.fault(fault, self._uncomparable(fault, low, high).syntax)
        item = required(joined_all(one.type for one in (low, high) if one is not None))
        if item.kind not in ORDERED and item.kind not in ("Any", "Null"):
            _english, chinese = named(item)
            wrong = high or low
            spot = part(wrong, lambda one: one.kind == item.kind).syntax if wrong is not None else node
            self.report("feel.not_ordered", f"There is no range of {item.kind}.", f"{chinese}不能构成区间。", spot)
        type_ = range_of(item)
        if any(one is not None and one.type.nullable for one in (low, high)):
            type_ = optional(type_)
        return t.Range(low, high, node.low_closed, node.high_closed, type=type_, syntax=node)

    def instance_of(self, node: s.InstanceOf) -> t.Node:
        value, of = self.check(node.value), self.type_named(node.type_name)
        return t.InstanceOf(value, of, type=BOOLEAN, syntax=node)


_CONSTANT_TYPES = {
    "Null": NULL,
    "number": NUMBER,
    "string": STRING,
    "boolean": BOOLEAN,
    "date": DATE,
    "time": TIME,
    "date and time": DATE_TIME,
    DAYS.kind: DAYS,
    MONTHS.kind: MONTHS,
}


def _constant_type(value: object) -> Type:
    return _CONSTANT_TYPES[kind_of(value)]


_VISITS: dict[type[s.Node], Callable[[Checker, Any], t.Node]] = {
    s.Literal_: Checker.literal,
    s.AtLiteral: Checker.at_literal,
    s.Name: Checker.name,
    s.InputMark: Checker.input_mark,
    s.Member: Checker.member,
    s.Negate: Checker.negate,
    s.Arithmetic: Checker.arithmetic,
    s.Compare: Checker.compare,
    s.Logic: Checker.logic,
    s.Between: Checker.between,
    s.If: Checker.conditional,
    s.ListOf: Checker.list_of,
    s.Context: Checker.context,
    s.Range: Checker.range,
    s.Filter: Checker.filter,
    s.InstanceOf: Checker.instance_of,
    s.Call: Checker.call,
    s.Lambda: Checker.function,
    s.For: Checker.for_each,
    s.Quantified: Checker.quantified,
    s.In: Checker.in_tests,
    s.UnaryTests: Checker.unary_tests,
    s.Test: Checker.lone_test,
}
