"""Numbers in SQL: exact arithmetic, remainders, and comparing two numbers. Quotients: see sql_target_quotients."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from ... import tree as t
from ...running.values import Months
from .base import Base, Piece, is_simple, numeric, plain, seconds

UNROUNDED = ("a quotient that is not rounded", "未舍入的商")
_MOST_FACTORS = 20


class Numbers(Base):
    """What the target knows about numbers."""

    def number(self, node: t.Node) -> Piece:
        """A node as exact numeric."""
        if node.type.kind not in ("number", "Null") or self.exactness.quotient(node):
            raise self.refuse_type(node) if node.type.kind != "number" else self.unrounded(node)
        return self.piece(node)

    def unrounded(self, node: t.Node) -> Exception:
        """The refusal of a quotient that is neither rounded nor compared."""
        return self.refuse(node, *UNROUNDED)

    def comparand(self, node: t.Node) -> Piece:
        """A number to compare: a column as it stands, so that whole numbers are compared as such."""
        if isinstance(node, t.Input) and node.type.kind == "number":
            text = self.column(node)
            if isinstance(text, str):
                return self.required(node, text)
        if isinstance(node, t.Constant) and isinstance(node.value, Decimal):
            return Piece(plain(node.value), simple=True, nullable=False)
        return self.number(node)

    def required(self, node: t.Input, text: str) -> Piece:
        """A column; a fact that must be there is a fault where it is not.

        Where a condition before has ruled a null out, the fact itself may still be one.
        """
        if ".".join(node.path) in self.filled:
            return Piece(text, simple=is_simple(text), nullable=False)
        nullable = node.type.nullable or node.narrowed
        return Piece(text, None if nullable else f"({text} IS NULL)", simple=is_simple(text), nullable=nullable)

    def arithmetic_numbers(self, node: t.Arithmetic) -> Piece:
        """left + - * / ** right over numbers"""
        if node.operator == "/":
            return self.divided(node)
        if node.operator == "**":
            return self._power(node)
        left, right = self.number(node.left), self.number(node.right)
        text = f"({left.text} {node.operator} {right.text})"
        return Piece(text, nullable=left.nullable or right.nullable).faulty(left.fault, right.fault)

    def divided(self, node: t.Arithmetic) -> Piece:
        """A division by a constant whose reciprocal ends, as a multiplication; others are not exact."""
        reciprocal = _reciprocal(node.right)
        if reciprocal is None or self.exactness.of(node) is None:
            raise self.unrounded(node)
        left = self.piece(node.left)
        return Piece(f"({left.text} * {numeric(reciprocal)})", left.fault, nullable=left.nullable)

    def _power(self, node: t.Arithmetic) -> Piece:
        exponent = node.right.value if isinstance(node.right, t.Constant) else None
        if not isinstance(exponent, Decimal) or exponent != int(exponent) or not 1 <= exponent <= _MOST_FACTORS:
            raise self.refuse(node, "a power that is not a small whole number", "指数不是较小正整数的乘方")
        left = self.number(node.left)
        count = int(exponent)
        return self.once((left,), lambda x: Piece(f"({' * '.join([x] * count)})", nullable=left.nullable))

    def plainly(self, operator: str, left: Piece, right: Piece) -> Piece:
        """Two pieces compared; equality knows null, order is null for it."""
        faults = (left.fault, right.fault)
        if operator not in ("=", "!="):
            text = f"({left.text} {operator} {right.text})"
            return Piece(text, nullable=left.nullable or right.nullable).faulty(*faults)
        if left.nullable and right.nullable:
            distinct = "IS NOT DISTINCT FROM" if operator == "=" else "IS DISTINCT FROM"
            text = f"({left.text} {distinct} {right.text})"
        else:
            text = f"({left.text} = {right.text})"
            if left.nullable or right.nullable:
                text = f"({text} IS TRUE)" if operator == "=" else f"({text} IS NOT TRUE)"
            elif operator == "!=":
                text = f"({left.text} <> {right.text})"
        return Piece(text, nullable=False).faulty(*faults)

    def modulo(self, node: t.Call) -> Piece:
        """The rest with the sign of the divisor; PostgreSQL's mod has that of the dividend."""
        first, second = node.arguments
        assert first is not None and second is not None
        above, below = self.number(first), self.number(second)
        nullable = above.nullable or below.nullable

        def build(a: str, b: str) -> Piece:
            divisor = f"nullif({b}, 0)"
            fault = None
            if not (isinstance(second, t.Constant) and second.value):
                fault = f"(({b} = 0) IS TRUE AND {a} IS NOT NULL)"
            return Piece(f"mod(mod({a}, {divisor}) + {b}, {divisor})", fault, nullable=nullable)

        return self.once((above, below), build)


def times(text: str, scale: int) -> str:
    """A number moved by so many places."""
    return text if scale == 0 else f"({text} * {numeric(Decimal(1).scaleb(scale))})"


def _reciprocal(node: t.Node) -> Decimal | None:
    """1 / constant, where that ends within the digits of a number."""
    value = node.value if isinstance(node, t.Constant) else None
    if isinstance(value, Months):
        value = Decimal(value.total)
    elif isinstance(value, dt.timedelta):
        value = seconds(value)
    if not isinstance(value, Decimal) or value == 0:
        return None
    found = Decimal(1) / value
    return found if found * value == 1 else None
