"""Members, lists and loops in the polars target. Inside a list only its item is seen."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Final

from ... import tree as t
from ..translation import Refusal, unsupported
from . import dates, lists, operators
from .terms import Cell, Fault, Listed, Number, Plain, Value, any_of

NAME = "polars"
MOST_ITEMS: Final = 1_000
"""Items of a list written out; each becomes an expression of its own."""


class Loops:
    """The part of a translation that goes into lists. `depth` counts the lists that it stands inside of."""

    def __init__(self) -> None:
        self.depth = 0
        self._slots: dict[str, tuple[Value, int]] = {}

    @abstractmethod
    def visit(self, node: t.Node) -> Cell:
        """The cell of a node; raises Refusal."""

    def refusal(self, node: t.Node, what: tuple[str, str]) -> Refusal:
        """What polars cannot do, by name."""
        return unsupported(node, NAME, *what)

    def local(self, node: t.Local) -> Cell:
        found = self._slots.get(node.slot)
        if found is None:
            raise self.refusal(node, (f"`{node.name}`", f"“{node.name}”"))
        value, depth = found
        if depth != self.depth and not (isinstance(value, Number) and value.constant is not None):
            raise self.refusal(node, ("reading another value for each item of a list", "在列表的每一项中读取其他值"))
        return Cell(value)

    def bind(self, local: t.Local, value: Value) -> None:
        self._slots[local.slot] = (value, self.depth)

    def member(self, node: t.Member) -> Cell:
        base = node.base
        if node.name == "days" and isinstance(base, t.Arithmetic) and base.operator == "-":
            left, right = self.visit(base.left), self.visit(base.right)
            if isinstance(left.value, Plain) and isinstance(right.value, Plain):
                return Cell(dates.days_between(left.value, right.value), any_of(left.fault, right.fault))
        cell = self.visit(base)
        if isinstance(cell.value, Listed):
            found, fault = self._each(cell.value, lambda one: Cell(operators.member(one, node.name)))
            return Cell(found, any_of(cell.fault, fault))
        return Cell(operators.member(cell.value, node.name), cell.fault)

    def _each(self, listed: Listed, change: Callable[[Value], Cell]) -> tuple[Listed, Fault | None]:
        self.depth += 1
        try:
            return lists.mapped(listed, change)
        finally:
            self.depth -= 1

    def _inside(self, listed: Listed, local: t.Local, node: t.Node) -> Cell:
        """A node for the item of a list."""
        self.depth += 1
        try:
            self.bind(local, listed.view(lists.ELEMENT))
            return self.visit(node)
        finally:
            self.depth -= 1

    def index(self, node: t.Index) -> Cell:
        base, index = self.visit(node.base), self.visit(node.index)
        if not isinstance(base.value, Listed) or not isinstance(index.value, Number):
            raise TypeError
        return Cell(lists.at(base.value, index.value), any_of(base.fault, index.fault))

    def filter(self, node: t.Filter) -> Cell:
        base = self.visit(node.base)
        if not isinstance(base.value, Listed):
            raise TypeError
        condition = self._inside(base.value, node.item, node.condition)
        found, fault = lists.filtered(base.value, operators.truth(condition))
        return Cell(found, any_of(base.fault, fault))

    def for_each(self, node: t.For) -> Cell:
        if len(node.loops) != 1 or node.loops[0].until is not None:
            raise self.refusal(node, ("a loop over numbers, or over several lists", "对数字区间或多个列表的循环"))
        loop = node.loops[0]
        source = self.visit(loop.source)
        if not isinstance(source.value, Listed):
            raise TypeError

        def change(item: Value) -> Cell:
            self.bind(loop.local, item)
            return self.visit(node.body)

        found, fault = self._each(source.value, change)
        return Cell(found, any_of(source.fault, fault))

    def quantified(self, node: t.Quantified) -> Cell:
        if len(node.loops) != 1 or node.loops[0].until is not None:
            raise self.refusal(node, ("a test over numbers, or over several lists", "对数字区间或多个列表的判断"))
        loop = node.loops[0]
        source = self.visit(loop.source)
        if not isinstance(source.value, Listed):
            raise TypeError
        condition = operators.truth(self._inside(source.value, loop.local, node.condition))
        found = lists.quantified(source.value, condition, some=node.quantifier == "some")
        return Cell(found.value, any_of(source.fault, found.fault))

    def list_of(self, node: t.ListOf) -> Cell:
        if len(node.items) > MOST_ITEMS:
            raise self.refusal(node, (f"a list of more than {MOST_ITEMS} items", f"超过 {MOST_ITEMS} 项的列表"))
        cells = [self.visit(one) for one in node.items]
        listed = lists.of_items([one.value for one in cells])
        return Cell(listed, any_of(*(one.fault for one in cells)))
