"""The amount of a posting line as whole multiples of the event's amounts: principal + interest, amount - fee.

Nothing else may stand there. So whether a rule balances is a matter of adding up whole numbers, true for every amount
there will ever be, and no line can come out finer than the amounts that go in, whatever the currency.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from loanloom.feel import tree

Weights = Mapping[str, int]


def weights(node: tree.Node | None) -> Weights | None:
    """Name -> how often it counts; None where an expression is not such a sum."""
    found = _sum(node)
    if found is None or any(value != value.to_integral_value() for value in found.values()):
        return None
    return {name: int(value) for name, value in found.items() if value}


def _sum(node: tree.Node | None) -> dict[str, Decimal] | None:
    match node:
        case tree.Input(path=path):
            return {".".join(path): Decimal(1)}
        case tree.Negate(operand=operand):
            return _times(_sum(operand), Decimal(-1))
        case tree.Arithmetic(operator="+" | "-" as operator, left=left, right=right):
            return _added(_sum(left), _times(_sum(right), Decimal(1 if operator == "+" else -1)))
        case tree.Arithmetic(operator="*", left=left, right=right):
            factor, other = (_number(left), right) if _number(left) is not None else (_number(right), left)
            return _times(_sum(other), factor)
    return None


def _number(node: tree.Node) -> Decimal | None:
    value = getattr(node, "value", None) if isinstance(node, tree.Constant) else None
    return Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


def _times(found: Mapping[str, Decimal] | None, factor: Decimal | None) -> dict[str, Decimal] | None:
    if found is None or factor is None:
        return None
    return {name: value * factor for name, value in found.items()}


def _added(left: Mapping[str, Decimal] | None, right: Mapping[str, Decimal] | None) -> dict[str, Decimal] | None:
    if left is None or right is None:
        return None
    return {name: left.get(name, Decimal(0)) + right.get(name, Decimal(0)) for name in (*left, *right)}
