"""Rounding in SQL, and quotients that are rounded or compared without ever being divided out."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from ... import tree as t
from .base import Piece, both, either
from .numbers import Numbers, times

Rounding = Callable[[str], str]
Fraction = tuple[Piece, Piece]
"""What stands above and below the line."""

_SCALED: Mapping[str, Rounding] = {
    "floor": "floor({0})".format,
    "ceiling": "ceil({0})".format,
    "round up": "(sign({0}) * ceil(abs({0})))".format,
    "round half down": "(sign({0}) * ceil(abs({0}) - 0.5))".format,
    "round half even": "(CASE WHEN mod(abs({0}), 2) = 0.5 THEN trunc({0}) ELSE round({0}) END)".format,
}
"""Rounding to a whole number; PostgreSQL's own round is half away from zero, trunc goes towards it."""

_STEPS: Mapping[str, str] = {
    "round down": "0",
    "floor": "CASE WHEN {rest} <> 0 AND {sign} < 0 THEN -1 ELSE 0 END",
    "ceiling": "CASE WHEN {rest} <> 0 AND {sign} > 0 THEN 1 ELSE 0 END",
    "round up": "CASE WHEN {rest} <> 0 THEN {sign} ELSE 0 END",
    "round half down": "CASE WHEN 2 * abs({rest}) > abs({below}) THEN {sign} ELSE 0 END",
    "round half even": (
        "CASE WHEN 2 * abs({rest}) > abs({below}) OR (2 * abs({rest}) = abs({below}) AND mod({whole}, 2) <> 0) "
        "THEN {sign} ELSE 0 END"
    ),
}
"""From the whole part of an exact quotient to its rounding, by what is left over."""

_ONE = Piece("1::numeric", simple=True, nullable=False)
_ONCE = frozenset({"floor", "ceiling"})


class Quotients(Numbers):
    """What the target knows about rounding and quotients."""

    def rounded(self, node: t.Call) -> Piece:
        """A rounding function: of an exact number, or of a quotient over its exact rest."""
        mode = "round half even" if node.function.name == "decimal" else node.function.name
        argument, places = node.arguments[0], node.arguments[1] if len(node.arguments) > 1 else None
        assert argument is not None
        scale = 0 if places is None else self._scale(places)
        if self.exactness.quotient(argument):
            return self._rounded_quotient(argument, mode, scale)
        value = self.number(argument)
        if mode in ("round half up", "round down"):
            name = "round" if mode == "round half up" else "trunc"
            return Piece(f"{name}({value.text}, {scale})", value.fault, nullable=value.nullable)
        scaled = Piece(times(value.text, scale), value.fault, value.simple or mode in _ONCE, value.nullable)
        return self.once((scaled,), lambda x: Piece(times(_SCALED[mode](x), -scale), nullable=value.nullable))

    def _scale(self, node: t.Node) -> int:
        value = node.value if isinstance(node, t.Constant) else None
        if not isinstance(value, Decimal) or value != int(value) or abs(value) > 40:
            raise self.refuse(node, "a number of decimals that is not a small whole constant", "小数位数不是固定的整数")
        return int(value)

    def _rounded_quotient(self, node: t.Node, mode: str, scale: int) -> Piece:
        above, below = self.fraction(node)

        def build(n: str, d: str) -> Piece:
            shifted, divisor = times(n, scale), f"nullif({d}, 0)"
            parts = {
                "rest": f"mod({shifted}, {divisor})",
                "sign": f"(sign({n}) * sign({d}))",
                "below": d,
                "whole": f"div({shifted}, {divisor})",
            }
            if mode == "round half up":  # |n| / |d| + 1/2 cut off: one division instead of two
                text = f"({parts['sign']} * div(2 * abs({shifted}) + abs({d}), 2 * abs({divisor})))"
            else:
                text = f"({parts['whole']} + {_STEPS[mode].format(**parts)})"
            return Piece(times(text, -scale), nullable=above.nullable or below.nullable)

        return self.once((above, below), build)

    def compared(self, node: t.Compare) -> Piece:
        """Two numbers compared; with a quotient on either side both are multiplied up instead of divided out."""
        if not self.exactness.quotient(node.left) and not self.exactness.quotient(node.right):
            return self.plainly(node.operator, self.comparand(node.left), self.comparand(node.right))
        pieces = (*self.fraction(node.left), *self.fraction(node.right))
        nullable = any(one.nullable for one in pieces)

        def build(a: str, b: str, c: str, d: str) -> Piece:
            left, right = f"({a} * sign({b}) * abs({d}))", f"({c} * sign({d}) * abs({b}))"
            if node.operator not in ("=", "!="):
                return Piece(f"({left} {node.operator} {right})", nullable=nullable)
            text = f"({left} = {right})"
            if nullable:
                text = f"coalesce({text}, ({a} * {b}) IS NULL AND ({c} * {d}) IS NULL)"
            return Piece(text if node.operator == "=" else f"(NOT {text})", nullable=False)

        return self.once(pieces, build)

    def fraction(self, node: t.Node) -> Fraction:
        """A quotient as what stands above and below the line; a zero below is a fault of what stands above."""
        if not self.exactness.quotient(node):
            return (self.number(node) if node.type.kind == "number" else self.piece(node)), _ONE
        made = _FRACTIONS.get(type(node))
        if made is None:
            raise self.unrounded(node)
        return made(self, node)

    def _negative(self, node: t.Negate) -> Fraction:
        above, below = self.fraction(node.operand)
        return replace(above, text=f"(-{above.text})", simple=False), below

    def _bound_fraction(self, node: t.Local) -> Fraction:
        found = self.bound.get(node.slot)
        if not isinstance(found, tuple):
            raise self.unrounded(node)
        return found

    def _fraction_call(self, node: t.Call) -> Fraction:
        if node.function.name == "mean":
            return self.mean(node)
        if node.function.name == "abs" and node.arguments[0] is not None:
            above, below = self.fraction(node.arguments[0])
            absolute = [replace(one, text=f"abs({one.text})", simple=False) for one in (above, below)]
            return absolute[0], below if below is _ONE else absolute[1]
        if node.function.name != "get or else":
            raise self.unrounded(node)
        first, second = node.arguments
        assert first is not None and second is not None
        above, below = self.fraction(first)
        other, under = self.fraction(second)
        known = f"({above.text} IS NOT NULL AND {below.text} IS NOT NULL)"
        chosen = _chosen(known, above, other)
        return chosen.faulty(above.fault, other.fault), _chosen(known, below, under).faulty(below.fault, under.fault)

    def _fraction_if(self, node: t.If) -> Fraction:
        condition = self.condition(node.condition)
        above, below = self.fraction(node.then)
        other, under = self.fraction(node.otherwise)
        either_above = _chosen(condition.text, above, other)
        faults = [_either_fault(condition.text, above, other), _either_fault(condition.text, below, under)]
        return either_above.faulty(condition.fault, *faults), _chosen(condition.text, below, under)

    def _calculated_fraction(self, node: t.Arithmetic) -> Fraction:
        above, below = self.fraction(node.left)
        other, under = self.fraction(node.right)
        if node.operator == "*":
            return _product(above, other), _product(below, under)
        if node.operator == "/":
            divided = _product(above, under)
            if not (isinstance(node.right, t.Constant) and node.right.value):
                known = [f"{one.text} IS NOT NULL" for one in (above, below) if one.nullable]
                divided = divided.faulty(both(f"(({other.text} = 0) IS TRUE)", *known))
            return divided, _product(below, other)
        if node.operator not in "+-":
            raise self.unrounded(node)
        first, second = _product(above, under), _product(other, below)
        nullable = first.nullable or second.nullable
        total = Piece(f"({first.text} {node.operator} {second.text})", nullable=nullable)
        return total.faulty(first.fault, second.fault), _product(below, under)

    @abstractmethod
    def condition(self, node: t.Node) -> Piece:
        """A node that is true, false or null."""

    def mean(self, node: t.Call) -> Fraction:
        """The sum of a list and its length."""
        raise self.unrounded(node)


def _product(first: Piece, second: Piece) -> Piece:
    """Two numbers multiplied; one of them may be the plain 1 below a whole number."""
    if _ONE in (first, second):
        other = first if second is _ONE else second
        return other.faulty(first.fault, second.fault)
    text = f"({first.text} * {second.text})"
    return Piece(text, either(first.fault, second.fault), nullable=first.nullable or second.nullable)


def _chosen(condition: str, then: Piece, otherwise: Piece) -> Piece:
    if then is _ONE and otherwise is _ONE:
        return _ONE
    text = f"(CASE WHEN {condition} THEN {then.text} ELSE {otherwise.text} END)"
    return Piece(text, nullable=then.nullable or otherwise.nullable)


def _either_fault(condition: str, then: Piece, otherwise: Piece) -> str | None:
    if then.fault is None and otherwise.fault is None:
        return None
    return f"(CASE WHEN {condition} THEN {then.fault or 'FALSE'} ELSE {otherwise.fault or 'FALSE'} END)"


_FRACTIONS: Mapping[type[t.Node], Callable[[Quotients, Any], Fraction]] = {
    t.Negate: Quotients._negative,
    t.Local: Quotients._bound_fraction,
    t.Call: Quotients._fraction_call,
    t.If: Quotients._fraction_if,
    t.Arithmetic: Quotients._calculated_fraction,
}
