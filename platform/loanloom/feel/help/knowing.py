"""What known facts say about the parts of an expression: their values, and which parts can never fail.

Writes no text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .. import tree as t
from ..limits import MAX_STEPS
from ..problems import EvaluationError, Fault
from ..running.budget import Budget, NearBudget
from ..running.interpreter import Interpreter, Located
from ..running.program import Program
from ..running.values import is_a

UNKNOWN: Final = object()
_SAFE_KINDS: Final = frozenset({"context", "date", "years and months duration", "days and time duration"})
"""Kinds whose named parts can always be read."""


class Knowing:
    """A program and the facts that are known. `env` holds the locals whose value is known."""

    def __init__(self, program: Program, known: Mapping[str, Any]) -> None:
        self.program = program
        self.known = known
        self.env: dict[str, Any] = {}
        # one for everything: many parts that each cost much cost no more together than one run
        self.budget = (Budget if program.quiet else NearBudget)(MAX_STEPS // 2)
        self._needs: dict[int, frozenset[object]] = {}

    def value(self, node: t.Node) -> Any:
        """The value of a node that reads only what is known; UNKNOWN where it does not, or has no value."""
        if not all(one in self.env if isinstance(one, str) else self._has(one) for one in self.needs(node)):
            return UNKNOWN
        if self.budget.left <= 0:
            return UNKNOWN
        interpreter = Interpreter(self.known, quiet=self.program.quiet)
        interpreter.budget = self.budget
        self.budget.depth = 0
        try:
            value = interpreter.run(node, dict(self.env))
        except (Located, Fault, EvaluationError, RecursionError):
            return UNKNOWN
        return UNKNOWN if interpreter.faults else value

    def needs(self, node: t.Node) -> frozenset[object]:
        """The inputs (nodes) and locals (slots) that a node reads from outside itself."""
        found = self._needs.get(id(node))
        if found is None:
            if isinstance(node, t.Input):
                found = frozenset({node})
            elif isinstance(node, t.Local):
                found = frozenset({node.slot})
            else:
                found = frozenset().union(*(self.needs(one) for one in t.children(node))) - _bound(node)
            self._needs[id(node)] = found
        return found

    def _has(self, node: Any) -> bool:
        """Whether the known facts say what an input is. What no run could read is left to the run."""
        value: Any = self.known
        for name in node.path:
            if value is None:
                break
            if not isinstance(value, Mapping) or name not in value:
                return False
            value = value[name]
        if value is None:
            return bool(node.type.nullable or self.program.quiet)
        if isinstance(value, Mapping) and not all(name in value for name, _ in node.type.fields):
            return False
        return is_a(value, node.type)

    def sure(self, node: t.Node) -> bool:
        """Whether a node has a value for all facts of the declared types, so that it may be left out."""
        if self.program.quiet or self.value(node) is not UNKNOWN:
            return True
        match node:
            case t.Constant() | t.Input() | t.Local():
                return True
            case t.Member():
                return node.base.type.kind in _SAFE_KINDS and self.sure(node.base)
            case t.Compare():
                kinds = {one.type.kind for one in (node.left, node.right)} - {"Null"}
                plain = len(kinds) <= 1 and not kinds & {"Any", "time", "date and time", "list", "context", "range"}
                return plain and self.sure(node.left) and self.sure(node.right)
            case t.Logic() | t.Not() | t.If() | t.OneOf() | t.InstanceOf() | t.ListOf() | t.Context():
                truths = _truths(node)
                return all(one.type.kind in ("boolean", "Null") for one in truths) and all(
                    self.sure(one) for one in t.children(node)
                )
        return False


def _bound(node: t.Node) -> frozenset[object]:
    """The slots that a node binds for its parts."""
    match node:
        case t.Filter():
            return frozenset({node.item.slot})
        case t.Let():
            return frozenset({node.local.slot})
        case t.Context():
            return frozenset(local.slot for local, _ in node.entries)
        case t.For():
            return frozenset({node.partial.slot, *(one.local.slot for one in node.loops)})
        case t.Quantified():
            return frozenset(one.local.slot for one in node.loops)
        case t.Lambda():
            return frozenset(one.slot for one in node.parameters)
    return frozenset()


def _truths(node: t.Node) -> tuple[t.Node, ...]:
    """The parts of a node that must be true, false or null."""
    match node:
        case t.Logic():
            return node.operands
        case t.Not():
            return (node.operand,)
        case t.If():
            return (node.condition,)
    return ()
