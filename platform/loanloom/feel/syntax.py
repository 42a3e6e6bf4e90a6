"""The tree of an expression as written: immutable nodes with their place. No types, no meaning."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Any node; start and end are offsets in the source and take no part in equality."""

    start: int = field(compare=False, default=0)
    end: int = field(compare=False, default=0)


@dataclass(frozen=True, slots=True)
class Literal_(Node):
    """A constant number, text, truth value or null."""

    value: Decimal | str | bool | None


@dataclass(frozen=True, slots=True)
class AtLiteral(Node):
    """A constant date, time or duration: @"2026-01-31"."""

    text: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A name, its parts joined by one space."""

    name: str


@dataclass(frozen=True, slots=True)
class InputMark(Node):
    """`?`: the value a unary test is about."""


@dataclass(frozen=True, slots=True)
class Member(Node):
    """base.name"""

    base: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """base[condition] or base[index]"""

    base: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """function(arguments); `names` holds the parameter names of a call with named arguments."""

    function: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Negate(Node):
    """-operand"""

    operand: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """left + - * / ** right"""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """left = != < <= > >= right"""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """two or more operands joined by `and` or by `or`"""

    operator: Literal["and", "or"]
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Between(Node):
    """value between low and high, both included"""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class Test(Node):
    """A comparison with the tested value left out: < 5"""

    operator: str
    value: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    """value in (tests)"""

    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class UnaryTests(Node):
    """A whole cell of a decision table: `-`, tests, or not(tests)."""

    tests: tuple[Node, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Range(Node):
    """[low..high] with each side closed or open; a side left out is None (`(< 5)`)."""

    low: Node | None
    high: Node | None
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True, slots=True)
class ListOf(Node):
    """[items]"""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Context(Node):
    """{name: value, ...}; a later entry may use the earlier ones"""

    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class If(Node):
    """if condition then ... else ..."""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Iterator(Node):
    """name in source, or name in source..until"""

    name: str
    source: Node
    until: Node | None = None


@dataclass(frozen=True, slots=True)
class For(Node):
    """for iterators return body"""

    iterators: tuple[Iterator, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """some / every iterators satisfies condition"""

    quantifier: Literal["some", "every"]
    iterators: tuple[Iterator, ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class TypeName(Node):
    """The name of a type: number, list<number>, context<a: number>, function<number> -> string."""

    name: str
    arguments: tuple[tuple[str, TypeName], ...] = ()
    result: TypeName | None = None


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    """value instance of type"""

    value: Node
    type_name: TypeName


@dataclass(frozen=True, slots=True)
class Lambda(Node):
    """function(parameters) body"""

    parameters: tuple[tuple[str, TypeName | None], ...]
    body: Node
