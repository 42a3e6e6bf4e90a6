"""How often a statement would go round, as far as its text says: loops between constants and lists written out.

One evaluation stops at its budget of steps; a database would go on. Lists of a row's own are not counted here.
"""

from __future__ import annotations

from decimal import Decimal

from ... import tree as t
from ...limits import MAX_STEPS


def turns(node: t.Node) -> int:
    """The turns of all loops below a node, each multiplied by those around it."""
    if isinstance(node, t.For):
        return _loops(node.loops, node.body)
    if isinstance(node, t.Quantified):
        return _loops(node.loops, node.condition)
    if isinstance(node, t.Filter):
        return turns(node.base) + _length(node.base) * (1 + turns(node.condition))
    return sum(map(turns, t.children(node)))


def _loops(loops: tuple[t.Loop, ...], body: t.Node) -> int:
    found, around = 0, 1
    for one in loops:
        found += around * (turns(one.source) + (0 if one.until is None else turns(one.until)))
        around *= _length(one.source) if one.until is None else _steps(one.source, one.until)
    return found + around * (1 + turns(body))


def _steps(first: t.Node, last: t.Node) -> int:
    ends = [one.value for one in (first, last) if isinstance(one, t.Constant) and isinstance(one.value, Decimal)]
    if len(ends) < 2 or max(map(abs, ends)) > 10**15:
        return 1  # refused elsewhere, with its own reason
    return abs(int(ends[0]) - int(ends[1])) + 1


def _length(node: t.Node) -> int:
    """How many items a list has, as far as its text says."""
    if isinstance(node, t.ListOf):
        return len(node.items)
    if isinstance(node, t.Constant) and isinstance(node.value, list | tuple):
        return len(node.value)
    if isinstance(node, t.Filter):
        return _length(node.base)
    if isinstance(node, t.For):
        return max(1, _loops(node.loops, t.Constant(None, type=node.type, syntax=node.syntax)))
    if isinstance(node, t.Call):
        return sum(_length(one) for one in node.arguments if one is not None and one.type.kind == "list") or 1
    return 1


__all__ = ["MAX_STEPS", "turns"]
