"""Which part of an expression a mistake of type is about, so that the report points at it and not at the whole.

Where two sides do not go together, a fact is suspected before a constant, a value without any place beside the operator
before one that has a place, a text before other values and those before a number, and the currency that is rarer among
the facts before the common one. Pure, over typed trees.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from .. import tree as t
from ..types import Type, choices, fits
from .rules import takes


def part(node: t.Node, wrong: Callable[[Type], bool]) -> t.Node:
    """The smallest part that gives a value of the wrong type: a branch, an operand, an argument."""
    while True:
        inner = next((one for one in _givers(node) if wrong(one.type)), None)
        if inner is None:
            return node
        node = inner


def _givers(node: t.Node) -> tuple[t.Node, ...]:
    """The parts whose types make the node's."""
    if isinstance(node, t.If):
        return node.then, node.otherwise
    if isinstance(node, t.Arithmetic):
        return node.left, node.right
    if isinstance(node, t.Negate):
        return (node.operand,)
    if isinstance(node, t.ListOf):
        return node.items
    if isinstance(node, t.Let):
        return (node.body,)
    if isinstance(node, t.Call):
        return tuple(one for one in node.arguments if one is not None)
    return ()


def unfit(node: t.Node, expected: Type) -> t.Node:
    """The part that does not give what is expected."""
    return part(node, lambda one: fits(one, expected) == "no")


def between(operator: str, left: t.Node, right: t.Node) -> t.Node:
    """The side to point at where two kinds of value do not go together."""
    lonely = [one for one in (left, right) if not takes(operator, one.type)] if operator else []
    if len(lonely) == 1:
        return _of_its_kind(lonely[0])
    for suspicious in (_fixed, _ready, _plain_kind, _numeric):
        suspects = [one for one in (left, right) if not suspicious(one)]
        if len(suspects) == 1:
            return _of_its_kind(suspects[0])
    return _of_its_kind(left if _own(left) and not _own(right) else right)


def _of_its_kind(node: t.Node) -> t.Node:
    kind = node.type.kind
    return part(node, lambda one: one.kind == kind)


def _fixed(node: t.Node) -> bool:
    """A constant, or the tested value of a cell, which has no text of its own."""
    return isinstance(node, t.Constant) or (isinstance(node, t.Local) and node.name == "?")


def _ready(node: t.Node) -> bool:
    """What is not a fact of the case at all: computed from constants and the business date."""
    return not _own(node)


def _plain_kind(node: t.Node) -> bool:
    return "string" not in {one.kind for one in choices(node.type)}


def _numeric(node: t.Node) -> bool:
    return node.type.kind == "number"


def _own(node: t.Node) -> bool:
    return any(
        isinstance(one, t.Local) or (isinstance(one, t.Input) and one.path != ("as_of",)) for one in t.walk(node)
    )


def odd_currency(left: t.Node, right: t.Node, facts: Type) -> t.Node:
    """The part in the currency that fewer facts have; the right side where both are as many."""
    one, other = _unit(left.type), _unit(right.type)
    if one and other and one != other:
        counted = _currencies(facts)
        side, unit = (left, one) if counted[one] < counted[other] else (right, other)
        return part(side, lambda type_: _unit(type_) == unit)
    return right


def _unit(type_: Type) -> str | None:
    while type_.item is not None:
        type_ = type_.item
    return type_.unit


def _currencies(facts: Type) -> Counter[str]:
    found: Counter[str] = Counter()
    todo = [facts]
    while todo:
        one = todo.pop()
        if one.unit:
            found[one.unit] += 1
        todo.extend(inner for _, inner in one.fields)
        if one.item is not None:
            todo.append(one.item)
    return found
