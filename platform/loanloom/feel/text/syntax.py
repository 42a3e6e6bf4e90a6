"""The tree of an expression as written: immutable nodes with their place. No types, no meaning."""

from __future__ import annotations

from dataclasses import field
from decimal import Decimal
from typing import Literal

from ..nodes import Compared, node


@node(kw_only=True)
class Node(Compared):
    """Any node; start and end are offsets in the source and take no part in equality."""

    start: int = field(compare=False, default=0)
    end: int = field(compare=False, default=0)


@node()
class Literal_(Node):
    """A constant number, text, truth value or null."""

    value: Decimal | str | bool | None


@node()
class AtLiteral(Node):
    """A constant date, time or duration: @"2026-01-31"."""

    text: str


@node()
class Name(Node):
    """A name, its parts joined by one space."""

    name: str


@node()
class InputMark(Node):
    """`?`: the value a unary test is about."""


@node()
class Member(Node):
    """base.name"""

    base: Node
    name: str


@node()
class Filter(Node):
    """base[condition] or base[index]"""

    base: Node
    condition: Node


@node()
class Call(Node):
    """function(arguments); `names` holds the parameter names of a call with named arguments."""

    function: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...] | None = None


@node()
class Negate(Node):
    """-operand"""

    operand: Node


@node()
class Arithmetic(Node):
    """left + - * / ** right"""

    operator: str
    left: Node
    right: Node


@node()
class Compare(Node):
    """left = != < <= > >= right"""

    operator: str
    left: Node
    right: Node


@node()
class Logic(Node):
    """two or more operands joined by `and` or by `or`"""

    operator: Literal["and", "or"]
    operands: tuple[Node, ...]


@node()
class Between(Node):
    """value between low and high, both included"""

    value: Node
    low: Node
    high: Node


@node()
class Test(Node):
    """A comparison with the tested value left out: < 5"""

    operator: str
    value: Node


@node()
class In(Node):
    """value in (tests)"""

    value: Node
    tests: tuple[Node, ...]


@node()
class UnaryTests(Node):
    """A whole cell of a decision table: `-`, tests, or not(tests)."""

    tests: tuple[Node, ...]
    negated: bool = False


@node()
class Range(Node):
    """[low..high] with each side closed or open; a side left out is None (`(< 5)`)."""

    low: Node | None
    high: Node | None
    low_closed: bool
    high_closed: bool


@node()
class ListOf(Node):
    """[items]"""

    items: tuple[Node, ...]


@node()
class Context(Node):
    """{name: value, ...}; a later entry may use the earlier ones"""

    entries: tuple[tuple[str, Node], ...]


@node()
class If(Node):
    """if condition then ... else ..."""

    condition: Node
    then: Node
    otherwise: Node


@node()
class Iterator(Node):
    """name in source, or name in source..until"""

    name: str
    source: Node
    until: Node | None = None


@node()
class For(Node):
    """for iterators return body"""

    iterators: tuple[Iterator, ...]
    body: Node


@node()
class Quantified(Node):
    """some / every iterators satisfies condition"""

    quantifier: Literal["some", "every"]
    iterators: tuple[Iterator, ...]
    condition: Node


@node()
class TypeName(Node):
    """The name of a type: number, list<number>, context<a: number>, function<number> -> string."""

    name: str
    arguments: tuple[tuple[str, TypeName], ...] = ()
    result: TypeName | None = None


@node()
class InstanceOf(Node):
    """value instance of type"""

    value: Node
    type_name: TypeName


@node()
class Lambda(Node):
    """function(parameters) body"""

    parameters: tuple[tuple[str, TypeName | None], ...]
    body: Node
