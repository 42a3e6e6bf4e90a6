"""Syntax tree to typed tree: resolves names, infers types, gathers every mistake. Never runs anything.

In standard mode mistakes of type are left to the run, where they become null; in strict mode they stop publication.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from . import syntax as s
from . import temporal
from . import tree as t
from .checker_calls import Calls
from .problems import Fault, did_you_mean
from .scope import member_of, origin_of
from .types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS,
    MONTHS,
    NULL,
    NUMBER,
    ORDERED,
    STRING,
    TIME,
    Type,
    context,
    dotted_names,
    fits,
    joined_all,
    list_of,
    named,
    optional,
    range_of,
    required,
)
from .typing_rules import arithmetic_type, comparable, member_type
from .values import CONTEXT, kind_of


class Checker(Calls):
    """One check of one tree."""

    def check(self, node: s.Node) -> t.Node:
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
                node,
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
            value = temporal.parse_any(node.text)
        except Fault as fault:
            return self.wrong(fault.code, fault.words["en"], fault.words["zh"], node)
        return t.Constant(value, type=_constant_type(value), syntax=node)

    def name(self, node: s.Name) -> t.Node:
        found = self.scope.resolve(node.name, node)
        if found is not None:
            return found
        if self.library.get(node.name) is not None:
            return self.wrong(
                "feel.function_without_brackets",
                f"`{node.name}` is a function and needs brackets.",
                f"“{node.name}”是函数，需要加括号。",
                node,
            )
        known = [*self.scope.names(), *dotted_names(self.scope.facts)]
        return self.wrong(
            "feel.unknown_name",
            f"There is no `{node.name}` here.",
            f"此处没有“{node.name}”。",
            node,
            did_you_mean(node.name, known),
        )

    def input_mark(self, node: s.InputMark) -> t.Node:
        if self.scope.tested is None:
            return self.wrong("feel.no_input", "`?` has a meaning only inside a test.", "“?”只能用在检验条件中。", node)
        return self.scope.tested

    def member(self, node: s.Member) -> t.Node:
        base = self.check(node.base)
        kind = base.type.kind
        if kind in ("Any", "Null"):
            return t.Member(base, node.name, type=ANY, syntax=node)
        item = base.type.item if kind == "list" else base.type
        if item is None or item.kind == "Any":
            return t.Member(base, node.name, type=list_of(ANY), syntax=node)
        type_ = member_type(item, node.name)
        if type_ is None:
            english, chinese = named(item)
            where = origin_of(base)
            en, zh = (f"`{where}`", f"“{where}”") if where else (english[:1].upper() + english[1:], chinese)
            return self.wrong(
                "feel.unknown_member",
                f"{en} has no `{node.name}`.",
                f"{zh}没有“{node.name}”。",
                replace(node, start=max(node.end - len(node.name), node.start)),
                did_you_mean(node.name, item.members),
                base=base,
            )
        if kind == "list":
            origin = origin_of(base)
            listed = Type("list", nullable=base.type.nullable, item=optional(type_) if item.nullable else type_)
            return t.Member(base, node.name, f"{origin}.{node.name}" if origin else None, type=listed, syntax=node)
        return member_of(base, node.name, type_, node)

    def negate(self, node: s.Negate) -> t.Node:
        operand = self.check(node.operand)
        if isinstance(operand, t.Constant) and isinstance(operand.value, Decimal):
            return t.Constant(CONTEXT.minus(operand.value), type=NUMBER, syntax=node)
        if operand.type.kind not in ("number", "Any", "Null", DAYS.kind, MONTHS.kind):
            english, chinese = named(operand.type)
            return self.wrong(
                "feel.wrong_type",
                f"{english[:1].upper() + english[1:]} has no negative.",
                f"{chinese}不能取负。",
                node,
                base=operand,
            )
        return t.Negate(operand, type=operand.type, syntax=node)

    def arithmetic(self, node: s.Arithmetic) -> t.Node:
        left, right = self.check(node.left), self.check(node.right)
        type_ = arithmetic_type(node.operator, left.type, right.type)
        if type_ is None:
            (one, one_zh), (other, other_zh) = named(left.type), named(right.type)
            self.report(
                "feel.wrong_type",
                f"`{node.operator}` does not work between {one} and {other}.",
                f"“{node.operator}”不能用于{one_zh}与{other_zh}之间。",
                node,
            )
            type_ = ANY
        return t.Arithmetic(node.operator, left, right, type=type_, syntax=node)

    def compare(self, node: s.Compare) -> t.Node:
        left, right = self.check(node.left), self.check(node.right)
        return self.comparison(node.operator, left, right, node)

    def comparison(self, operator: str, left: t.Node, right: t.Node, node: s.Node) -> t.Node:
        """A comparison of two checked nodes, its types and enumerations looked at."""
        fault = comparable(operator, left, right)
        if fault is not None:
            constant = next((one for one in (right, left) if isinstance(one, t.Constant)), None)
            spot = constant.syntax if constant and fault.code == "feel.not_in_enumeration" else node
            self.report(fault.code, fault.words["en"], fault.words["zh"], spot, fault.hint)
        order = operator not in ("=", "!=")
        type_ = optional(BOOLEAN) if order and (left.type.nullable or right.type.nullable) else BOOLEAN
        return t.Compare(operator, left, right, type=type_, syntax=node)

    def logic(self, node: s.Logic) -> t.Node:
        operands = tuple(self.boolean(one) for one in node.operands)
        type_ = optional(BOOLEAN) if any(one.type.nullable for one in operands) else BOOLEAN
        return t.Logic(node.operator, operands, type=type_, syntax=node)

    def between(self, node: s.Between) -> t.Node:
        value, low, high = self.check(node.value), self.check(node.low), self.check(node.high)
        return self.within(value, low, high, True, True, node)

    def conditional(self, node: s.If) -> t.Node:
        condition, then, otherwise = self.boolean(node.condition), self.check(node.then), self.check(node.otherwise)
        return t.If(condition, then, otherwise, type=joined_all((then.type, otherwise.type)), syntax=node)

    def list_of(self, node: s.ListOf) -> t.Node:
        items = tuple(self.check(one) for one in node.items)
        return t.ListOf(items, type=list_of(joined_all(one.type for one in items)), syntax=node)

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
        type_ = context({local.name: value.type for local, value in entries})
        return t.Context(tuple(entries), type=type_, syntax=node)

    def range(self, node: s.Range) -> t.Node:
        low = self.check(node.low) if node.low else None
        high = self.check(node.high) if node.high else None
        if low is not None and high is not None and low is not high:
            fault = comparable("<", low, high)
            if fault is not None:
                self.report(fault.code, fault.words["en"], fault.words["zh"], node, fault.hint)
        item = required(joined_all(one.type for one in (low, high) if one is not None))
        if item.kind not in ORDERED and item.kind not in ("Any", "Null"):
            _english, chinese = named(item)
            self.report("feel.not_ordered", f"There is no range of {item.kind}.", f"{chinese}不能构成区间。", node)
        return t.Range(low, high, node.low_closed, node.high_closed, type=range_of(item), syntax=node)

    def filter(self, node: s.Filter) -> t.Node:
        base = self.check(node.base)
        if base.type.kind not in ("list", "Any", "Null"):
            english, chinese = named(base.type)
            self.report(
                "feel.not_a_list",
                f"Only a list can be filtered, this is {english}.",
                f"只有列表可以筛选，此处为{chinese}。",
                node,
            )
        item_type = (
            (base.type.item or ANY)
            if base.type.kind == "list"
            else ANY
            if base.type.kind in ("Any", "Null")
            else required(base.type)
        )
        item = self.scope.local("item", item_type, node, origin_of(base))
        self.scope.bind_item(item)
        condition = self.check(node.condition)
        self.scope.release()
        kind = condition.type.kind
        if kind == "number" and not _uses(condition, item):
            return t.Index(base, condition, type=optional(item_type), syntax=node)
        if kind not in ("boolean", "Any", "Null", "number") or (kind == "number" and self.strict):
            english, chinese = named(condition.type)
            self.report(
                "feel.not_a_condition",
                f"A filter is a condition or an index, not {english}.",
                f"筛选应为条件或序号，而不是{chinese}。",
                node.condition,
            )
        found = Type("list", nullable=base.type.nullable, item=_narrowed(condition, item))
        return t.Filter(base, item, condition, type=found if kind == "boolean" else ANY, syntax=node)

    def instance_of(self, node: s.InstanceOf) -> t.Node:
        value, of = self.check(node.value), self.type_named(node.type_name)
        return t.InstanceOf(value, of, type=BOOLEAN, syntax=node)


def _uses(node: t.Node, local: t.Local) -> bool:
    return any(isinstance(one, t.Local) and one.slot == local.slot for one in t.walk(node))


def _narrowed(condition: t.Node, item: t.Local) -> Type:
    """`[item != null]` leaves no nulls."""
    if (
        isinstance(condition, t.Compare)
        and condition.operator == "!="
        and isinstance(condition.left, t.Local)
        and condition.left.slot == item.slot
        and condition.right.type is NULL
    ):
        return required(item.type)
    return item.type


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
