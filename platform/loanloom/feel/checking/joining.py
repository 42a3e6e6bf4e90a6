"""The narrowest type for values of several types: branches of an `if`, items of a list. Pure; reports nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from ..types import ANY, FUNCTION, Digits, Limit, Type, choices, dynamic, one_of, optional, required


def joined(first: Type, second: Type) -> Type:
    """The narrowest type that holds values of both."""
    if first is second or first == second:
        return first
    if first.kind == "Null":
        return optional(second) if first.nullable else second
    if second.kind == "Null":
        return optional(first) if second.nullable else first
    nullable = first.nullable or second.nullable
    if first.kind == "Any" or first.kind != second.kind:
        return _joined_kinds(first, second)
    if first.kind == "string":
        values = None
        if first.values is not None and second.values is not None:
            values = tuple(dict.fromkeys(first.values + second.values))
        return Type("string", nullable=nullable, values=values)
    if first.kind in ("list", "range"):
        return Type(first.kind, nullable=nullable, item=joined(first.item or ANY, second.item or ANY))
    if first.kind == "context":
        return _joined_contexts(first, second, nullable)
    if first.kind == "function":
        return replace(FUNCTION, nullable=nullable)
    return _joined_plain(first, second, nullable)


def _joined_kinds(first: Type, second: Type) -> Type:
    """Values of several kinds: one alternative for each kind; nothing is known where nothing is known of one."""
    if dynamic(first) or dynamic(second):
        return optional(ANY) if first.nullable or second.nullable else required(ANY)
    kinds: dict[str, Type] = {}
    for one in (*choices(first), *choices(second)):
        known = kinds.get(one.kind)
        kinds[one.kind] = one if known is None else joined(known, one)
    found = one_of(kinds.values())
    return optional(found) if first.nullable or second.nullable else found


def _joined_plain(first: Type, second: Type, nullable: bool) -> Type:
    """Both as one plain type: the wider digits and limits; a bare number takes the other's unit, and where the units
    differ (which the checker reports) nothing is claimed.
    """
    if first.unit and second.unit and first.unit != second.unit:
        return replace(ANY, nullable=nullable)
    digits = None
    if first.digits is not None and second.digits is not None:
        digits = Digits(max(first.digits.whole, second.digits.whole), max(first.digits.scale, second.digits.scale))
    least = _outer(min, first.least, second.least)
    most = _outer(max, first.most, second.most)
    unit = first.unit or second.unit
    return replace(first, nullable=nullable, unit=unit, digits=digits, least=least, most=most)


def _outer(choose: Callable[..., Limit], first: Limit | None, second: Limit | None) -> Limit | None:
    return None if first is None or second is None else choose(first, second)


def _joined_contexts(first: Type, second: Type, nullable: bool) -> Type:
    fields: dict[str, Type] = {}
    for name, one in first.fields:
        other = second.members.get(name)
        fields[name] = joined(one, other) if other is not None else (ANY if second.open else optional(one))
    for name, other in second.fields:
        if name not in fields:
            fields[name] = ANY if first.open else optional(other)
    return Type("context", nullable=nullable, fields=tuple(fields.items()), open=first.open or second.open)


def joined_all(types: Iterable[Type]) -> Type:
    """The narrowest type that holds values of all; ANY for none."""
    result: Type | None = None
    for one in types:
        result = one if result is None else joined(result, one)
    return ANY if result is None else result
