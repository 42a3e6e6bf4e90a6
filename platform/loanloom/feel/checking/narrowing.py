"""What a condition says about nulls: in the branches it guards, some facts are certainly there. Pure, over typed trees.

`if x != null then x + 1 else 0` adds to a number that is always there. An outcome is what is known of the condition:
that it is true, that it is false, or that it is not the one or not the other (and may then be null).
"""

from __future__ import annotations

from typing import Literal

from .. import tree as t

Outcome = Literal["true", "false", "not true", "not false"]
Key = tuple[str, ...]
"""A fact (with "" in front) or a local (its slot), and the entries on the way."""

_INVERSE: dict[Outcome, Outcome] = {"true": "false", "false": "true", "not true": "not false", "not false": "not true"}
_NOTHING: frozenset[Key] = frozenset()


def key_of(node: t.Node) -> Key | None:
    """The key of a fact, a local or an entry of one; None for what is computed."""
    if isinstance(node, t.Input):
        return ("", *node.path)
    if isinstance(node, t.Local):
        return (node.slot,)
    if isinstance(node, t.Member) and node.base.type.kind == "context":
        base = key_of(node.base)
        return (*base, node.name) if base else None
    return None


def certain(condition: t.Node, outcome: Outcome) -> frozenset[Key]:
    """What is certainly not null where the condition has this outcome."""
    if not condition.type.nullable and outcome.startswith("not "):
        outcome = "false" if outcome == "not true" else "true"
    if isinstance(condition, t.Not):
        return certain(condition.operand, _INVERSE[outcome])
    if isinstance(condition, t.Logic):
        return _logic(condition, outcome)
    if outcome in ("not true", "not false"):
        return _NOTHING
    if isinstance(condition, t.Compare):
        return _compare(condition, outcome == "true")
    if isinstance(condition, t.Call):
        return _call(condition, outcome == "true")
    if isinstance(condition, t.InstanceOf) and outcome == "true" and condition.of.kind not in ("Any", "Null"):
        return needed(condition.value)
    if isinstance(condition, t.OneOf) and outcome == "true":
        return needed(condition.value)
    if isinstance(condition, t.Within) and outcome == "true":
        return needed(condition.value) | needed(condition.low) | needed(condition.high)
    return needed(condition)


def _logic(node: t.Logic, outcome: Outcome) -> frozenset[Key]:
    """All operands agree with the outcome where the operator asks for all; else only what each of them says."""
    found = [certain(one, outcome) for one in node.operands]
    every = outcome in (("true", "not false") if node.operator == "and" else ("false", "not true"))
    return _NOTHING.union(*found) if every else found[0].intersection(*found[1:])


def _compare(node: t.Compare, holds: bool) -> frozenset[Key]:
    if node.operator not in ("=", "!="):
        return needed(node.left) | needed(node.right)
    same = holds == (node.operator == "=")
    for one, other in ((node.left, node.right), (node.right, node.left)):
        if other.type.kind == "Null":
            return _NOTHING if same else needed(one)
    if not same:
        return _NOTHING
    found = needed(node.left) if not node.right.type.nullable else _NOTHING
    return found | needed(node.right) if not node.left.type.nullable else found


def _call(node: t.Call, holds: bool) -> frozenset[Key]:
    if node.function.name == "is defined":
        value = node.arguments[0] if len(node.arguments) == 1 else None
        return needed(value) if holds and value is not None else _NOTHING
    return needed(node)


def needed(node: t.Node) -> frozenset[Key]:
    """What is certainly not null where the node's value is not: itself, its records, operands that nulls go through."""
    key = key_of(node)
    if key is not None:
        return frozenset(key[:length] for length in range(1, len(key) + 1) if key[:length] != ("",))
    if isinstance(node, t.Negate):
        return needed(node.operand)
    if isinstance(node, t.Arithmetic):
        return needed(node.left) | needed(node.right)
    if isinstance(node, t.Call) and node.overload is not None and not node.overload.variadic:
        asked = zip(node.arguments, node.overload.parameters, strict=False)
        return _NOTHING.union(*(needed(one) for one, taken in asked if one is not None and not taken.takes_null))
    return _NOTHING
