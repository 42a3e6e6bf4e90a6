"""The typed tree: what every back end (Python, interpreter, polars, SQL) visits. Names are resolved, forms are few.

The checker makes it from the syntax tree; `type` is the static type, `syntax` the text it came from.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from .library import Builtin, Overload
from .limits import NODES_A_STEP
from .nodes import Shown, below, node
from .text import syntax
from .types import Type


@node(kw_only=True)
class Node(Shown):
    """Any typed node."""

    type: Type
    syntax: syntax.Node


@node()
class Constant(Node):
    """A value known now."""

    value: Any


@node()
class Input(Node):
    """A fact, by its path from the root. `narrowed`: it may be null, but not here, where a condition rules that out."""

    path: tuple[str, ...]
    narrowed: bool = False


@node()
class Local(Node):
    """A value bound by a loop, filter, function or test. `slot` is unique in the tree, `origin` the facts' path."""

    slot: str
    name: str
    origin: str | None = None


@node()
class Member(Node):
    """base.name"""

    base: Node
    name: str
    origin: str | None = None


@node()
class Index(Node):
    """base[index]"""

    base: Node
    index: Node


@node()
class Filter(Node):
    """The items of base for which the condition holds; a number as condition is an index."""

    base: Node
    item: Local
    condition: Node


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
class Within(Node):
    """value between low and high"""

    value: Node
    low: Node
    high: Node
    low_closed: bool = True
    high_closed: bool = True


@node()
class Passes(Node):
    """value passes a test that is a value: equal, in the range, in the list"""

    value: Node
    test: Node


@node()
class OneOf(Node):
    """value is one of some constant texts"""

    value: Node
    values: frozenset[str]


@node()
class Let(Node):
    """body, with a value bound that several of its parts use"""

    local: Local
    value: Node
    body: Node


@node()
class Logic(Node):
    """operands joined by three-valued and / or"""

    operator: Literal["and", "or"]
    operands: tuple[Node, ...]


@node()
class Not(Node):
    """three-valued negation"""

    operand: Node


@node()
class If(Node):
    """then where the condition is true, otherwise where it is false or null"""

    condition: Node
    then: Node
    otherwise: Node


@node()
class ListOf(Node):
    """[items]"""

    items: tuple[Node, ...]


@node()
class Context(Node):
    """{entries}; each entry is bound for the later ones"""

    entries: tuple[tuple[Local, Node], ...]


@node()
class Range(Node):
    """a range as a value"""

    low: Node | None
    high: Node | None
    low_closed: bool
    high_closed: bool


@node()
class Loop(Node):
    """One iterator: each item of source (or each step from source to until) bound to local."""

    local: Local
    source: Node
    until: Node | None


@node()
class For(Node):
    """the body for each combination of the loops' items"""

    loops: tuple[Loop, ...]
    body: Node
    partial: Local


@node()
class Quantified(Node):
    """some / every combination satisfies the condition"""

    quantifier: Literal["some", "every"]
    loops: tuple[Loop, ...]
    condition: Node


@node()
class Call(Node):
    """A library function. With an overload the types are settled; without one, it is chosen by the values."""

    function: Builtin
    arguments: tuple[Node | None, ...]
    names: tuple[str, ...] | None
    overload: Overload | None


@node()
class Invoke(Node):
    """A function value called"""

    function: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...] | None


@node()
class Lambda(Node):
    """a function written in the expression; `types` are those that its parameters declare, empty where none does"""

    parameters: tuple[Local, ...]
    body: Node
    types: tuple[Type | None, ...] = ()


@node()
class InstanceOf(Node):
    """value instance of type"""

    value: Node
    of: Type


@node()
class Wrong(Node):
    """What could not be understood; always a fault when run (null in standard mode)."""

    code: str
    en: str
    zh: str


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below."""
    return below(node, Node)


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it."""
    todo = [node]
    while todo:
        one = todo.pop()
        yield one
        todo.extend(children(one))


def inputs(node: Node) -> frozenset[str]:
    """The dotted paths of the facts that the tree reads; the longest known path of each use."""
    found: set[str] = set()
    todo = [node]
    while todo:
        one = todo.pop()
        if isinstance(one, Input):
            found.add(".".join(one.path))
        elif isinstance(one, Member) and one.origin is not None:
            found.add(one.origin)
            todo.extend(_below_path(one.base))
        else:
            todo.extend(children(one))
    return frozenset(found)


def _below_path(node: Node) -> Iterator[Node]:
    """What else a path reads on its way: the conditions of its filters."""
    while isinstance(node, Filter | Index | Member):
        if not isinstance(node, Member):
            yield node.condition if isinstance(node, Filter) else node.index
        node = node.base
    if not isinstance(node, Input | Local):
        yield node


def weight(node: Node) -> int:
    """Steps that one turn of a loop with this body costs."""
    return 1 + sum(1 for _ in walk(node)) // NODES_A_STEP
