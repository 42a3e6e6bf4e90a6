"""Values and typed trees as they are written: the way back from meaning to text. Runs nothing."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from ..nodes import below
from ..problems import Fault
from ..running import iso
from ..running.values import Function, Interval, kind_of
from . import syntax as s

MOST_PARTS: Final = 200
"""Parts of a value that is still written out."""

_TEMPORAL: Final = frozenset({"date", "time", "date and time", "days and time duration", "years and months duration"})


class Unwritable(Exception):
    """A value that has no literal, or one too large to be read."""


def literal(value: Any) -> s.Node:
    """The value as it would be written; raises Unwritable."""
    parts = [0]
    return _literal(value, parts)


def hidden(node: s.Node) -> s.Node:
    """The same value, written so that it is a value when it runs and no constant when it is checked."""
    return s.Member(s.Context((("known", node),)), "known")


def _literal(value: Any, parts: list[int]) -> s.Node:
    parts[0] += 1
    if parts[0] > MOST_PARTS:
        raise Unwritable
    kind = kind_of(value)
    if kind == "number":
        return _number(Decimal(value))
    if kind in ("string", "boolean", "Null"):
        if kind == "string" and any("\ud800" <= one <= "\udfff" for one in value):
            raise Unwritable
        return s.Literal_(value)
    if kind in _TEMPORAL:
        return _at(value)
    if kind == "list":
        return s.ListOf(tuple(_literal(one, parts) for one in value))
    if isinstance(value, Interval):
        low = None if value.low is None else _literal(value.low, parts)
        high = None if value.high is None else _literal(value.high, parts)
        return s.Range(low, high, value.low_closed, value.high_closed)
    if isinstance(value, Mapping):
        return s.Context(tuple((str(name), _literal(one, parts)) for name, one in value.items()))
    raise Unwritable


def _number(value: Decimal) -> s.Node:
    if not value.is_finite() or abs(value.adjusted()) >= 60:
        raise Unwritable
    positive = s.Literal_(abs(value).normalize() if value == value.to_integral() else abs(value))
    return s.Negate(positive) if value < 0 else positive


def _at(value: Any) -> s.Node:
    try:
        text = iso.to_text(value)
        if iso.parse_any(text) != value:
            raise Unwritable
    except (Fault, ValueError, OverflowError):
        raise Unwritable from None
    return s.AtLiteral(text)


def path(names: tuple[str, ...]) -> s.Node:
    """A fact by its path."""
    node: s.Node = s.Name(names[0])
    for name in names[1:]:
        node = s.Member(node, name)
    return node


def mentions_input(node: s.Node) -> bool:
    """Whether `?` stands anywhere in a text."""
    todo = [node]
    while todo:
        one = todo.pop()
        if isinstance(one, s.InputMark):
            return True
        todo.extend(below(one, s.Node))
    return False


__all__ = ["Function", "Unwritable", "hidden", "literal", "mentions_input", "path"]
