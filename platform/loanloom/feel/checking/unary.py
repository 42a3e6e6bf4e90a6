"""Checks of `in`, `between`, ranges and unary tests: each becomes comparisons of the tested value."""

from __future__ import annotations

from dataclasses import replace

from .. import tree as t
from ..text import syntax as s
from ..types import ANY, BOOLEAN, Type, choices, fits, named, optional, required
from .base import Base
from .blame import between, odd_currency
from .rules import not_in_enumeration
from .scope import origin_of
from .units import clash, together


class Tests(Base):
    """What the checker knows about tests of a value."""

    def within(
        self, value: t.Node, low: t.Node, high: t.Node, low_closed: bool, high_closed: bool, node: s.Node
    ) -> t.Node:
        """value between two ends"""
        self.comparison(">=", value, low, node)
        if low is not high:
            self.comparison("<=", value, high, node)
        nullable = any(one.type.nullable for one in (value, low, high))
        return t.Within(
            value, low, high, low_closed, high_closed, type=optional(BOOLEAN) if nullable else BOOLEAN, syntax=node
        )

    def lone_test(self, node: s.Test) -> t.Node:
        return self.wrong("feel.no_input", "A comparison needs a value on its left.", "比较的左边缺少值。", node)

    def in_tests(self, node: s.In) -> t.Node:
        value = self.check(node.value)
        if isinstance(value, t.Input | t.Local | t.Constant):
            return self._any_test(value, node.tests, node)
        local = self.scope.local("?", value.type, node.value, origin_of(value))
        body = self._any_test(local, node.tests, node)
        return t.Let(local, value, body, type=body.type, syntax=node)

    def unary_tests(self, node: s.UnaryTests) -> t.Node:
        """A whole cell about the scope's tested value."""
        assert self.scope.tested is not None
        if not node.tests:
            return t.Constant(True, type=BOOLEAN, syntax=node)
        tests = self._any_test(self.scope.tested, node.tests, node)
        return t.Not(tests, type=tests.type, syntax=node) if node.negated else tests

    def _any_test(self, value: t.Node, tests: tuple[s.Node, ...], node: s.Node) -> t.Node:
        outer, self.scope.tested = self.scope.tested, value
        found = [self._test(value, one) for one in tests]
        self.scope.tested = outer
        texts: set[str] = set()
        for one in found:
            if isinstance(one, t.OneOf):
                texts |= one.values
            elif (
                isinstance(one, t.Compare)
                and one.operator == "="
                and isinstance(one.right, t.Constant)
                and isinstance(one.right.value, str)
                and value.type.kind == "string"
            ):
                texts.add(one.right.value)
            else:
                break
        else:
            return t.OneOf(value, frozenset(texts), type=BOOLEAN, syntax=node)
        if len(found) == 1:
            return replace(found[0], syntax=node)
        nullable = any(one.type.nullable for one in found)
        return t.Logic("or", tuple(found), type=optional(BOOLEAN) if nullable else BOOLEAN, syntax=node)

    def _test(self, value: t.Node, test: s.Node) -> t.Node:
        if isinstance(test, s.Test):
            return self.comparison(test.operator, value, self.check(test.value), test)
        if isinstance(test, s.Range):
            return self._range_test(value, test)
        if isinstance(test, s.ListOf) and value.type.kind == "string" and test.items:
            items = [self.check(one) for one in test.items]
            if all(isinstance(one, t.Constant) and isinstance(one.value, str) for one in items):
                for one in items:
                    self.comparison("=", value, one, one.syntax)
                texts = frozenset(one.value for one in items if isinstance(one, t.Constant))
                return t.OneOf(value, texts, type=BOOLEAN, syntax=test)
        checked = self.check(test)
        if _mentions_input(test) or (
            checked.type.kind == "boolean"
            and value.type.kind not in ("boolean", "Any", "list")
            and not isinstance(checked, t.Constant)
        ):
            if fits(checked.type, BOOLEAN) == "no":
                return self.wrong(
                    "feel.not_a_condition",
                    "A test with `?` must be true or false.",
                    "含“?”的检验条件应为是或否。",
                    test,
                )
            return checked
        return self._value_test(value, checked, test)

    def _value_test(self, value: t.Node, checked: t.Node, test: s.Node) -> t.Node:
        kind, mine = checked.type.kind, value.type.kind
        if checked.type.alternatives or value.type.alternatives:
            for one in choices(checked.type):
                self._like(value, checked, one.item or ANY if one.kind in ("range", "list") else one, test)
            return t.Passes(value, checked, type=optional(BOOLEAN), syntax=test)
        item = checked.type.item or ANY
        if kind == "range" or (kind == "list" and mine != "list"):
            inner = item.item or ANY if kind == "list" and item.kind == "range" else item
            self._like(value, checked, inner, test)
            return t.Passes(value, checked, type=optional(BOOLEAN), syntax=test)
        if kind == mine and kind != "list":
            return self.comparison("=", value, checked, test)
        if "Any" in (kind, mine) or kind == "list":
            return t.Passes(value, checked, type=optional(BOOLEAN), syntax=test)
        return self.comparison("=", value, checked, test)

    def _like(self, value: t.Node, checked: t.Node, inner: Type, test: s.Node) -> None:
        """A value looked for in a list or range whose items are `inner`."""
        currencies = clash(value.type, inner)
        if currencies is not None:
            self.fault(together(*currencies), odd_currency(value, checked, self.scope.facts).syntax)
        elif any(
            fits(one, other) == fits(other, one) == "no"
            for one in choices(required(value.type))
            for other in choices(inner)
        ):
            (one, one_zh), (other, other_zh) = named(value.type), named(inner)
            spot = between("", value, checked).syntax
            self.report(
                "feel.wrong_type", f"Cannot compare {one} with {other}.", f"{one_zh}不能与{other_zh}比较。", spot
            )
        elif (fault := not_in_enumeration(inner, value)) is not None:
            self.fault(fault, value.syntax)
        elif isinstance(checked, t.ListOf):
            for listed in checked.items:
                if (fault := not_in_enumeration(value.type, listed)) is not None:
                    self.fault(fault, listed.syntax)

    def _range_test(self, value: t.Node, test: s.Range) -> t.Node:
        if value.type.kind == "list":
            checked = self.check(test)
            self._like(value, checked, checked.type.item or ANY, test)
            return t.Passes(value, checked, type=optional(BOOLEAN), syntax=test)
        low = self.check(test.low) if test.low else None
        high = self.check(test.high) if test.high else None
        if low is None and high is not None:
            return self.comparison("<=" if test.high_closed else "<", value, high, test)
        if high is None and low is not None:
            return self.comparison(">=" if test.low_closed else ">", value, low, test)
        assert low is not None and high is not None
        return self.within(value, low, high, test.low_closed, test.high_closed, test)


def _mentions_input(node: s.Node) -> bool:
    todo: list[object] = [node]
    while todo:
        one = todo.pop()
        if isinstance(one, s.InputMark):
            return True
        if isinstance(one, s.Node):
            todo.extend(getattr(one, name) for name in one.__dataclass_fields__ if name not in ("start", "end"))
        elif isinstance(one, tuple):
            todo.extend(one)
    return False
