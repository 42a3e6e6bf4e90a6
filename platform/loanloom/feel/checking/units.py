"""Currency as the unit of numbers: which amounts go together and what comes out. Pure rules over types.

A bare number (unit None) takes the unit of the amount beside it. So `amount + 100` is money, and so is `50000 / amount`
a ratio: the 50,000 is read as an amount. What has no reading at all, money times money or a power of money, is refused.
"""

from __future__ import annotations

from ..problems import Fault, words
from ..types import Type

VARIABLE = "*"
"""The unit of a parameter declared `money`: any unit, the same wherever it stands in one declaration."""

BARE = ""
"""The unit of a parameter declared `bare`: a number without a currency."""

_TOGETHER = ("+", "-")
_CONVERT = words(
    "Convert one of them first; `without currency` gives the bare number.",
    "请先换算币种；without currency 可取得不带币种的数字。",
)


def clash(first: Type, second: Type) -> tuple[str, str] | None:
    """Two different currencies that would meet if values of both types were put together, at any depth."""
    if first is second:
        return None
    if first.alternatives or second.alternatives:
        pairs = [(one, other) for one in first.alternatives or (first,) for other in second.alternatives or (second,)]
        return next((found for one, other in pairs if (found := clash(one, other))), None)
    if first.kind != second.kind:
        return None
    if first.kind == "number":
        return (first.unit, second.unit) if first.unit and second.unit and first.unit != second.unit else None
    if first.item is not None and second.item is not None:
        return clash(first.item, second.item)
    for name, one in first.fields:
        other = second.members.get(name)
        if other is not None and (found := clash(one, other)):
            return found
    return None


def together(one: str, other: str) -> Fault:
    """The fault of amounts in two currencies that are added, compared or given as alternatives."""
    return Fault(
        "feel.currencies",
        f"An amount in {one} and an amount in {other} do not go together.",
        f"{one} 金额与 {other} 金额不能混用。",
        _CONVERT,
    )


def arithmetic_fault(operator: str, left: Type, right: Type) -> Fault | None:
    """Why two numbers cannot be calculated with, or None."""
    found = clash(left, right)
    if found is not None and operator in (*_TOGETHER, "/"):
        return together(*found)
    one, other = left.unit, right.unit
    if operator == "*" and one and other:
        return Fault(
            "feel.currencies",
            f"An amount in {one} times an amount in {other} has no meaning.",
            f"{one} 金额与 {other} 金额相乘没有意义。",
            words("Multiply an amount by a bare number.", "金额只能乘以不带币种的数字。"),
        )
    if operator == "**" and (one or other):
        unit = one or other
        return Fault(
            "feel.currencies",
            f"A power of or by an amount in {unit} has no meaning.",
            f"{unit} 金额不能用于乘方。",
            words("Divide it by another amount first.", "请先除以另一金额得到比率。"),
        )
    return None


def arithmetic_unit(operator: str, left: Type, right: Type) -> str | None:
    """The unit of the result; of a quotient only where an amount is divided by a bare number."""
    if operator == "/":
        return None if right.unit else left.unit
    return None if operator == "**" else left.unit or right.unit
