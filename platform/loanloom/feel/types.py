"""The types of expressions: small immutable values, with what fits where. Knows nothing of texts, trees or programs.

`NUMBER` is a number that is always there; `optional(NUMBER)` may be null. A type with `values` is an enumeration.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

Limit = Decimal | dt.date
"""A smallest or largest value."""

Fit = Literal["yes", "maybe", "no"]
"""Whether a value of one type may stand where another is expected; "maybe" is settled when the program runs."""


@dataclass(frozen=True, slots=True)
class Digits:
    """What every value of a number type fits in: digits before the point and digits behind it."""

    whole: int
    scale: int


@dataclass(frozen=True)
class Type:
    """One FEEL type. `kind` is its standard name without parameters.

    A number may have a `unit` (a currency code), `digits`, and the `least` and `most` it may be (dates too); what is
    None is not known. Any with `alternatives` is a value of one of these types; without, it shows only when run.
    """

    kind: str
    nullable: bool = False
    item: Type | None = None
    fields: tuple[tuple[str, Type], ...] = ()
    values: tuple[str, ...] | None = field(default=None)
    open: bool = False
    parameters: tuple[Type, ...] = ()
    result: Type | None = None
    unit: str | None = None
    digits: Digits | None = None
    least: Limit | None = None
    most: Limit | None = None
    alternatives: tuple[Type, ...] = ()

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """Made once: a scope is deep, and asked for often."""
        return hash(tuple(getattr(self, one.name) for one in fields(self)))

    @cached_property
    def members(self) -> Mapping[str, Type]:
        """The entries of a context by name."""
        return dict(self.fields)

    @cached_property
    def turned(self) -> Type:
        """The same type with nulls where it has none, without them where it has; made once."""
        return replace(self, nullable=not self.nullable)

    @cached_property
    def allowed(self) -> frozenset[str]:
        """The values of an enumeration."""
        return frozenset(self.values or ())

    @cached_property
    def spaced_names(self) -> tuple[str, ...]:
        """Names at any depth that are more than one token ("monthly income"): the parser joins them."""
        found = {name for name, _ in self.fields if not name.isidentifier()}
        inner = [one for _, one in self.fields] + [one for one in (self.item, self.result) if one is not None]
        for one in (*inner, *self.alternatives):
            found.update(one.spaced_names)
        return tuple(sorted(found))

    @cached_property
    def as_optional(self) -> Type:
        """The same type, or null."""
        return self if self.nullable else replace(self, nullable=True)

    @cached_property
    def as_required(self) -> Type:
        """The same type, never null."""
        return replace(self, nullable=False) if self.nullable and self.kind != "Null" else self

    @property
    def whole(self) -> Type:
        """The type itself, where somebody watches what is read of it."""
        return self

    def only(self, *names: str) -> Type:
        """The type, of which no entries but these are read."""
        return self

    def watched(self, note: Callable[[Any], None], known: dict[Any, Any] | None = None) -> Type:
        """The same type, which notes each part that is read of it; `known` keeps what was checked against it."""
        from .watched import watch

        return watch(self, note, known=known)

    def part(self, read: Any) -> Any:
        """A part that was noted, as it is in this type."""
        from .watched import part

        return part(self, read)

    def __str__(self) -> str:
        if self.kind in ("list", "range"):
            return f"{self.kind}<{self.item or ANY}>"
        if self.kind == "context" and self.fields:
            return "context<" + ", ".join(f"{name}: {type_}" for name, type_ in self.fields[:4]) + ">"
        if self.alternatives:
            return " | ".join(str(one) for one in self.alternatives)
        return self.kind


ANY = Type("Any", nullable=True)
NULL = Type("Null", nullable=True)
NOTHING = Type("Null")
"""The items of an empty list: there are none, not even nulls."""
NUMBER = Type("number")
STRING = Type("string")
BOOLEAN = Type("boolean")
DATE = Type("date")
TIME = Type("time")
DATE_TIME = Type("date and time")
DAYS = Type("days and time duration")
MONTHS = Type("years and months duration")
FUNCTION = Type("function")

SIMPLE: Mapping[str, Type] = {
    one.kind: one for one in (ANY, NUMBER, STRING, BOOLEAN, DATE, TIME, DATE_TIME, DAYS, MONTHS, NULL)
}
ORDERED = frozenset(
    {"number", "string", "date", "time", "date and time", "days and time duration", "years and months duration"}
)
"""Kinds whose values have an order."""

NAMES_ZH: Mapping[str, str] = {
    "Any": "任意类型",
    "Null": "空值",
    "number": "数字",
    "string": "文本",
    "boolean": "是否",
    "date": "日期",
    "time": "时间",
    "date and time": "日期时间",
    "days and time duration": "天数时长",
    "years and months duration": "年月时长",
    "list": "列表",
    "context": "记录",
    "range": "区间",
    "function": "函数",
}


def named(type_: Type) -> tuple[str, str]:
    """The type in English and Chinese words."""
    if type_.alternatives:
        found = [named(one) for one in type_.alternatives]
        return " or ".join(en for en, _ in found), "或".join(zh for _, zh in found)
    english = "a list" if type_.kind == "list" else "a context" if type_.kind == "context" else type_.kind
    if type_.kind in SIMPLE and type_.kind not in ("Any", "Null"):
        english = f"a {type_.kind}"
    return english, NAMES_ZH.get(type_.kind, type_.kind)


def optional(type_: Type) -> Type:
    """The same type, or null."""
    return type_ if type_.nullable else type_.turned


def required(type_: Type) -> Type:
    """The same type, never null."""
    return type_.turned if type_.nullable and type_.kind != "Null" else type_


def one_of(types: Iterable[Type]) -> Type:
    """A value of one of these types, of one kind each: the plain type where there is but one."""
    found = tuple(types)
    if len(found) == 1:
        return found[0]
    nullable = any(one.nullable for one in found)
    return Type("Any", nullable=nullable, alternatives=tuple(required(one) for one in found))


def dynamic(type_: Type) -> bool:
    """Whether nothing at all is known of the values before the run."""
    return type_.kind == "Any" and not type_.alternatives


def choices(type_: Type) -> tuple[Type, ...]:
    """The types that a value may have, each of one kind."""
    return type_.alternatives or (type_,)


def list_of(item: Type) -> Type:
    """A list of items."""
    return Type("list", item=item)


def range_of(item: Type) -> Type:
    """A range between two values."""
    return Type("range", item=item)


def context(fields: Mapping[str, Type], *, open: bool = False) -> Type:  # noqa: A002 - the word says it
    """A context with named entries; an open one may hold others that are not known beforehand."""
    return Type("context", fields=tuple(fields.items()), open=open)


def number(
    *,
    digits: Digits | None = None,
    unit: str | None = None,
    least: Decimal | None = None,
    most: Decimal | None = None,
) -> Type:
    """A number of which more is known: its digits, its currency, its smallest and largest value."""
    return replace(NUMBER, digits=digits, unit=unit, least=least, most=most)


def enumeration(values: Iterable[str]) -> Type:
    """A string that is one of `values`."""
    return Type("string", values=tuple(values))


def function_of(parameters: Iterable[Type], result: Type) -> Type:
    """A function written in an expression."""
    return Type("function", parameters=tuple(parameters), result=result)


def fits(type_: Type, expected: Type) -> Fit:
    """Whether a value of `type_` may stand where `expected` is asked for. Nulls fit everywhere: they flow through."""
    if expected.kind == "Any" or type_.kind == "Null":
        return "yes"
    if type_.alternatives:
        found = {fits(one, expected) for one in type_.alternatives}
        return "no" if "no" in found else "yes" if found == {"yes"} else "maybe"
    if type_.kind == "Any":
        return "maybe"
    if expected.alternatives:
        return _best(fits(type_, one) for one in expected.alternatives)
    if type_.kind != expected.kind:
        return "no"
    if type_.kind in ("list", "range"):
        return fits(type_.item or ANY, expected.item or ANY)
    if type_.kind == "context":
        return _context_fits(type_, expected)
    return "yes"


def _best(found: Iterable[Fit]) -> Fit:
    seen = set(found)
    return "yes" if "yes" in seen else "maybe" if "maybe" in seen else "no"


def _context_fits(type_: Type, expected: Type) -> Fit:
    result: Fit = "yes"
    for name, wanted in expected.fields:
        have = type_.members.get(name)
        if have is None:
            if not type_.open:
                return "no"
            result = "maybe"
            continue
        fit = fits(have, wanted)
        if fit == "no":
            return "no"
        result = "maybe" if fit == "maybe" else result
    return result


def dotted_names(scope: Type, depth: int = 3) -> tuple[str, ...]:
    """The full paths a text may use, for hints and completion."""
    found: list[str] = []

    def walk(type_: Type, prefix: str, left: int) -> None:
        for name, one in type_.fields:
            found.append(prefix + name)
            inner = one.item if one.kind == "list" and one.item else one
            if inner.kind == "context" and left > 1:
                walk(inner, f"{prefix}{name}.", left - 1)

    walk(scope, "", depth)
    return tuple(found)
