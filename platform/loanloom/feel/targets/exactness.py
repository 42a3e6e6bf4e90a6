"""Scale analysis: what every number of a tree fits in, so that a target with fixed scales agrees digit by digit.

FEEL rounds every operation to 34 significant digits, half to even. Where every exact intermediate fits 34 digits no
rounding ever happens, and whoever computes exactly gets the same. The analysis proves that, or says where it fails.
A quotient that never ends may stand only under a rounding or a comparison; `bounds.Ratio.agrees` is the proof for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from .. import tree as t
from ..library.numbers import NUMBERS
from ..problems import FeelProblem
from ..types import NUMBER, Digits, Type
from . import exactness_calls
from .bounds import Bound, Ratio, added, divided, multiplied, negated, offset, power_of_ten, shifted
from .exactness_base import Base
from .shapes import FAILED, UNKNOWN, Items, Record, Shape, joined, of_type, of_value


class Exactness(Base):
    """The analysis of one tree. `source` is its text, for the places of problems and for hints; `known` says more of
    some facts, by dotted path, than their declared types do.
    """

    def __init__(self, root: t.Node, source: str = "", known: Mapping[str, Type] | None = None) -> None:
        super().__init__(source)
        self.root = root
        self._known = known or {}
        self._shapes: dict[int, Shape] = {}
        self._slots: dict[str, Shape] = {}
        self.stored(root)
        self.problems: tuple[FeelProblem, ...] = tuple(self._found)
        """Why the tree cannot agree exactly on a target; empty where it can."""

    def of(self, node: t.Node) -> Digits | None:
        """What every value of a numeric node fits in, exactly; None where that cannot be bounded or the node is a
        quotient that still has to be rounded or compared.
        """
        bound = self.bound(node)
        return bound.digits if bound is not None else None

    def interval(self, node: t.Node) -> tuple[int, int, int] | None:
        """(low, high, scale): every value of the node is n / 10**scale with low <= n <= high."""
        bound = self.bound(node)
        return (bound.low, bound.high, bound.scale) if bound is not None else None

    def bound(self, node: t.Node) -> Bound | None:
        """The same as a Bound; also of durations, in microseconds or months."""
        shape = self.shape(node)
        return shape if isinstance(shape, Bound) else None

    def quotient(self, node: t.Node) -> bool:
        """Whether the node is an unrounded quotient, which only a rounding or a comparison may take; its rounding or
        comparison has been proved to be that of the exact quotient.
        """
        return isinstance(self.shape(node), Ratio)

    def shape(self, node: t.Node) -> Shape:
        """All that is known of a node's value."""
        known = self._shapes.get(id(node))
        if known is None:
            visit = _VISITS.get(type(node), Exactness._plain)
            known = self._shapes[id(node)] = visit(self, node)
        return known

    def _plain(self, node: t.Node) -> Shape:
        """A node of which only the parts matter."""
        for one in t.children(node):
            self.stored(one)
        return of_type(node.type)

    def constant(self, node: t.Constant) -> Shape:
        return of_value(node.value)

    def input(self, node: t.Input) -> Shape:
        return of_type(self._known.get(".".join(node.path), node.type))

    def local(self, node: t.Local) -> Shape:
        return self._slots.get(node.slot) or of_type(node.type)

    def member(self, node: t.Member) -> Shape:
        found = exactness_calls.member(self.shape(node.base), node)
        return of_type(node.type) if found is UNKNOWN else found

    def index(self, node: t.Index) -> Shape:
        self.shape(node.index)
        base = self.shape(node.base)
        return base.item if isinstance(base, Items) else UNKNOWN

    def filter(self, node: t.Filter) -> Shape:
        base = self.shape(node.base)
        self._slots[node.item.slot] = base.item if isinstance(base, Items) else of_type(node.item.type)
        self.stored(node.condition)
        return base

    def negate(self, node: t.Negate) -> Shape:
        shape = self.number(node.operand)
        return negated(shape) if isinstance(shape, Bound) else shape or FAILED

    def arithmetic(self, node: t.Arithmetic) -> Shape:
        kinds = {node.left.type.kind, node.right.type.kind}
        if not kinds <= _CALCULATED:
            for one in (node.left, node.right):
                if one.type.kind in _DURATIONS:
                    self.calculated(one)
                else:
                    self.stored(one)
            return exactness_calls.date_difference(node) or of_type(node.type)
        if node.type.kind in _DURATIONS and node.operator in "*/":
            return self._multiple(node)
        left, right = self.number(node.left), self.number(node.right)
        if left is None or right is None:
            return FAILED
        return _OPERATORS[node.operator](self, node, left, right)

    def _multiple(self, node: t.Arithmetic) -> Shape:
        """A duration multiplied or divided: exact where whole months are taken a whole number of times."""
        if node.operator == "*" and node.type.kind == "years and months duration":
            left, right = self.number(node.left), self.number(node.right)
            if isinstance(left, Bound) and isinstance(right, Bound) and left.scale == right.scale == 0:
                found = multiplied(left, right)
                if found.most <= _MOST_MONTHS:
                    return found
        return self.refuse(
            node,
            "duration",
            "A duration is multiplied or divided, which rounds it.",
            "时长乘除会产生舍入。",
        )

    def _sum(self, node: t.Arithmetic, left: Bound | Ratio, right: Bound | Ratio) -> Shape:
        if isinstance(left, Ratio):
            return self.unrounded(node.left) if isinstance(right, Ratio) else offset(left, right)
        if isinstance(right, Ratio):
            return offset(right, left)
        return self.checked(node, added(left, negated(right) if node.operator == "-" else right))

    def _product(self, node: t.Arithmetic, left: Bound | Ratio, right: Bound | Ratio) -> Shape:
        if isinstance(left, Bound) and isinstance(right, Bound):
            return self.checked(node, multiplied(left, right))
        ratio, other = (left, right) if isinstance(left, Ratio) else (right, left)
        places = power_of_ten(other) if isinstance(other, Bound) else None
        if places is None or not isinstance(ratio, Ratio):
            return self.unrounded(node.left if isinstance(left, Ratio) else node.right)
        return shifted(ratio, places)

    def _quotient(self, node: t.Arithmetic, left: Bound | Ratio, right: Bound | Ratio) -> Shape:
        if isinstance(right, Ratio):
            return self.unrounded(node.right)
        if isinstance(left, Ratio):
            places = power_of_ten(right)
            return self.unrounded(node.left) if places is None else shifted(left, -places)
        found = divided(left, right)
        return self.checked(node, found) if isinstance(found, Bound) else found

    def _power(self, node: t.Arithmetic, left: Bound | Ratio, right: Bound | Ratio) -> Shape:
        exponent = right.low if isinstance(right, Bound) and right.low == right.high and right.scale == 0 else 0
        if not 1 <= exponent <= 34 or not isinstance(left, Bound):
            return self.refuse(
                node,
                "power",
                "A power is exact only with a whole number from 1 to 34 written as its exponent.",
                "只有指数写为 1 至 34 的整数时，乘方才是精确的。",
            )
        result = left
        for _ in range(exponent - 1):
            result = multiplied(result, left)
        return self.checked(node, result)

    def compared(self, left: t.Node, right: t.Node) -> None:
        """Two nodes that are compared: at most one may be a quotient, and it must stay on its side of the other."""
        for node, against in ((left, right), (right, left)):
            shape = self.shape(node)
            if not isinstance(shape, Ratio):
                continue
            other = self.number(against)
            if isinstance(other, Ratio):
                self.unrounded(against)
                return
            if other is not None and not shape.agrees(other.scale):
                self.inseparable(node)

    def inseparable(self, node: t.Node) -> Shape:
        """A quotient so long that rounding its 34 digits could differ from rounding the exact one."""
        return self.refuse(
            node,
            "quotient_digits",
            "This quotient can have so many digits that rounding it twice could differ from rounding it once.",
            "该商的位数过多，两次舍入的结果可能与一次舍入不同。",
            ("Round to fewer decimals, or give the fields smaller limits.", "请保留更少小数，或为字段设定更小的范围。"),
        )

    def compare(self, node: t.Compare) -> Shape:
        self.compared(node.left, node.right)
        return UNKNOWN

    def within(self, node: t.Within) -> Shape:
        self.compared(node.value, node.low)
        self.compared(node.value, node.high)
        return UNKNOWN

    def let(self, node: t.Let) -> Shape:
        self._slots[node.local.slot] = self.shape(node.value)
        return self.shape(node.body)

    def conditional(self, node: t.If) -> Shape:
        self.shape(node.condition)
        return joined(self.shape(node.then), self.shape(node.otherwise))

    def list_of(self, node: t.ListOf) -> Shape:
        item: Shape | None = None
        for one in node.items:
            shape = self.stored(one)
            item = shape if item is None else joined(item, shape)
        return Items(item or UNKNOWN, len(node.items))

    def context(self, node: t.Context) -> Shape:
        found: dict[str, Shape] = {}
        for local, value in node.entries:
            found[local.name] = self._slots[local.slot] = self.shape(value)
        return Record(found)

    def _loops(self, loops: tuple[t.Loop, ...]) -> None:
        for one in loops:
            source = self.shape(one.source)
            if isinstance(source, Items):
                self._slots[one.local.slot] = source.item
            elif one.until is not None:
                self._slots[one.local.slot] = joined(source, self.shape(one.until))
            else:
                self._slots[one.local.slot] = of_type(one.local.type)

    def for_each(self, node: t.For) -> Shape:
        self._loops(node.loops)
        return Items(self.stored(node.body))

    def quantified(self, node: t.Quantified) -> Shape:
        self._loops(node.loops)
        self.shape(node.condition)
        return UNKNOWN

    def call(self, node: t.Call) -> Shape:
        return exactness_calls.call(self, node)


def rounded_to(root: t.Node, places: int) -> t.Node:
    """A tree whose value is rounded half up to so many decimals, as a place that keeps only so many does."""
    function = NUMBERS.get("round half up")
    assert function is not None
    scale = t.Constant(Decimal(places), type=NUMBER, syntax=root.syntax)
    return t.Call(function, (root, scale), None, function.overloads[0], type=root.type, syntax=root.syntax)


_MOST_MONTHS = 10**12
"""Months of the longest duration that a multiplication may give."""
_DURATIONS = frozenset({"days and time duration", "years and months duration"})
_CALCULATED = _DURATIONS | {"number", "Any"}
_OPERATORS: dict[str, Callable[..., Shape]] = {
    "+": Exactness._sum,
    "-": Exactness._sum,
    "*": Exactness._product,
    "/": Exactness._quotient,
    "**": Exactness._power,
}
_VISITS: dict[type[t.Node], Callable[[Exactness, Any], Shape]] = {
    t.Constant: Exactness.constant,
    t.Input: Exactness.input,
    t.Local: Exactness.local,
    t.Member: Exactness.member,
    t.Index: Exactness.index,
    t.Filter: Exactness.filter,
    t.Negate: Exactness.negate,
    t.Arithmetic: Exactness.arithmetic,
    t.Compare: Exactness.compare,
    t.Within: Exactness.within,
    t.Let: Exactness.let,
    t.If: Exactness.conditional,
    t.ListOf: Exactness.list_of,
    t.Context: Exactness.context,
    t.For: Exactness.for_each,
    t.Quantified: Exactness.quantified,
    t.Call: Exactness.call,
}
