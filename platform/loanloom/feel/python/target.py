"""Typed tree to Python source: the fast back end for one record. Only our own code is generated and run.

Where types are settled the code is plain Python over Decimals; elsewhere it calls the shared operations. Failures carry
no place: the interpreter finds it afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from .. import tree as t
from ..types import BOOLEAN, fits
from .forms import Forms
from .names import GLOBALS
from .writer import PLAIN, is_simple

_NUMERIC = {"+": "_add", "-": "_subtract", "*": "_multiply", "/": "_divide"}
_PYTHON_COMPARE = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_MOST_DIGITS = 30
_MOST = 10**_MOST_DIGITS
"""Whole sums stay below this, far within 34 digits."""


class Generator(Forms):
    """Writes one function: values, operators and conditions."""

    def __init__(self) -> None:
        super().__init__()
        self._wholes: dict[int, int | None] = {}

    def expression(self, node: t.Node) -> str:
        """Python text of a node."""
        return _VISITS[type(node)](self, node)

    def constant(self, node: t.Constant) -> str:
        if node.value is None or isinstance(node.value, bool):
            return repr(node.value)
        return self.constant_named(node.value)

    def input(self, node: t.Input) -> str:
        known = self.inputs.get(node.path)
        name = known[0] if known else f"v{len(self.inputs)}"
        self.inputs[node.path] = (name, node.type.nullable or node.narrowed)
        return name

    def local(self, node: t.Local) -> str:
        return node.slot

    def negate(self, node: t.Negate) -> str:
        if node.operand.type.kind == "number":
            return self.null_safe((node.operand,), "_minus({})".format)
        return f"_negate({self.expression(node.operand)})"

    def arithmetic(self, node: t.Arithmetic) -> str:
        kinds = {node.left.type.kind, node.right.type.kind}
        if kinds == {"number"} and node.operator in _NUMERIC:
            if self.whole(node) is not None:
                return f"_Decimal({self.points(node)})"
            return self.null_safe((node.left, node.right), (_NUMERIC[node.operator] + "({}, {})").format)
        if kinds == {"string"}:
            return self.null_safe((node.left, node.right), f"_text({{}}, {{}}, {self.budget()})".format)
        operands = f"{self.expression(node.left)}, {self.expression(node.right)}"
        return f"_arithmetic({node.operator!r}, {operands}, {self.budget()})"

    def whole(self, node: t.Node) -> int | None:
        """A bound of a node that is surely a whole number without exponent: constants, ifs, + and - alone."""
        if id(node) not in self._wholes:
            self._wholes[id(node)] = self._bound(node)
        return self._wholes[id(node)]

    def _bound(self, node: t.Node) -> int | None:
        if isinstance(node, t.Constant):
            return _whole_constant(node.value)
        if isinstance(node, t.If):
            one, other = self.whole(node.then), self.whole(node.otherwise)
            return None if one is None or other is None else max(one, other)
        if isinstance(node, t.Arithmetic) and node.operator in ("+", "-"):
            one, other = self.whole(node.left), self.whole(node.right)
            return None if one is None or other is None or one + other > _MOST else one + other
        return None

    def points(self, node: t.Node) -> str:
        """A node that `whole` has bounded, as Python integers: a scorecard's sum costs next to nothing."""
        if isinstance(node, t.Constant):
            return str(node.value)
        if isinstance(node, t.If):
            return self.branches(node, self.points)
        assert isinstance(node, t.Arithmetic)
        right = self.points(node.right)
        return f"{self.points(node.left)} {node.operator} " + (f"({right})" if _is_sum(node.right) else right)

    def compare(self, node: t.Compare) -> str:
        asked = _asks_null(node)
        if asked is not None:
            return f"({self.expression(asked)} {'is' if node.operator == '=' else 'is not'} None)"
        left, right = node.left, node.right
        if left.type.kind == right.type.kind and left.type.kind in PLAIN:
            sign = _PYTHON_COMPARE[node.operator]
            if node.operator in ("=", "!="):
                return f"({self.expression(left)} {sign} {self.expression(right)})"
            return self.null_safe((left, right), lambda one, other: f"({one} {sign} {other})")
        return f"_compare({node.operator!r}, {self.expression(left)}, {self.expression(right)}, {self.budget()})"

    def within(self, node: t.Within) -> str:
        parts = (node.value, node.low, node.high)
        if _plain(parts) and all(is_simple(one) and not one.type.nullable for one in parts[1:]):
            low, high = "<=" if node.low_closed else "<", "<=" if node.high_closed else "<"
            return self.null_safe(parts, lambda value, one, other: f"({one} {low} {value} {high} {other})")
        texts = ", ".join(self.expression(one) for one in parts)
        return f"_within({texts}, {node.low_closed}, {node.high_closed})"

    def one_of(self, node: t.OneOf) -> str:
        return f"({self.expression(node.value)} in {self.constant_named(node.values)})"

    def condition(self, node: t.Node) -> str:
        """A node as a checked truth value."""
        text = self.expression(node)
        return text if fits(node.type, BOOLEAN) == "yes" else f"_truth({text})"

    def test(self, node: t.Node) -> str:
        """A condition of which only matters whether it is true; text that Python may take as it is."""
        if isinstance(node, t.Compare) and node.type.nullable and _cannot_fail(node):
            left, right = self.expression(node.left), self.expression(node.right)
            sides = ((left, node.left.type.nullable), (right, node.right.type.nullable))
            asked = [f"{text} is not None" for text, nullable in sides if nullable]
            return f"({' and '.join([*asked, f'{left} {_PYTHON_COMPARE[node.operator]} {right}'])})"
        if isinstance(node, t.Logic) and (node.operator == "or" or all(_cannot_fail(one) for one in node.operands[1:])):
            return "(" + f" {node.operator} ".join(self.test(one) for one in node.operands) + ")"
        return self.condition(node)

    def logic(self, node: t.Logic) -> str:
        """Three-valued, left to right, stopping at what decides."""
        word, deciding, neutral = ("and", "False", "True") if node.operator == "and" else ("or", "True", "False")
        if not any(one.type.nullable for one in node.operands):
            return "(" + f" {word} ".join(self.condition(one) for one in node.operands) + ")"
        text, unknown = "", []
        for one in node.operands:
            if not one.type.nullable:
                text += f"{deciding} if {self.condition(one)} is {deciding} else "
                continue
            name = self.temporary()
            text += f"{deciding} if ({name} := {self.condition(one)}) is {deciding} else "
            unknown.append(f"{name} is None")
        return f"({text}None if {' or '.join(unknown)} else {neutral})"

    def negation(self, node: t.Not) -> str:
        return (
            f"_not({self.expression(node.operand)})" if node.type.nullable else f"(not {self.condition(node.operand)})"
        )

    def conditional(self, node: t.If) -> str:
        return self.branches(node, self.expression)

    def branches(self, node: t.If, write: Callable[[t.Node], str]) -> str:
        """An if, its branches as `write` has them; a chain of cases about one fact asks once whether it is there."""
        fact = _banded(node)
        if fact is None or (last := _end_of_chain(node, fact)) is node.otherwise or not isinstance(last, t.Constant):
            return f"({write(node.then)} if {self.test(node.condition)} else {write(node.otherwise)})"
        name, end, text = self.expression(fact), write(last), ""
        case: t.Node = node
        while isinstance(case, t.If):
            test = case.condition
            assert isinstance(test, t.Compare)
            sides = f"{self.expression(test.left)} {_PYTHON_COMPARE[test.operator]} {self.expression(test.right)}"
            text += f"{write(case.then)} if {sides} else "
            case = case.otherwise
        return f"({end} if {name} is None else {text}{end})"


def _is_sum(node: t.Node) -> bool:
    return isinstance(node, t.Arithmetic)


def _end_of_chain(node: t.If, fact: t.Input) -> t.Node:
    """What is left when no case about the fact applies."""
    last: t.Node = node
    while isinstance(last, t.If) and (found := _banded(last)) is not None and found.path == fact.path:
        last = last.otherwise
    return last


def _whole_constant(value: Any) -> int | None:
    text = str(value)
    digits = text.removeprefix("-")
    known = isinstance(value, Decimal) and digits.isdecimal() and len(digits) <= _MOST_DIGITS and text != "-0"
    return int(digits) if known else None


def _asks_null(node: t.Compare) -> t.Node | None:
    """What `x = null` is asked about, or None for another comparison."""
    if node.operator not in ("=", "!="):
        return None
    for one, other in ((node.left, node.right), (node.right, node.left)):
        if other.type.kind == "Null" and isinstance(other, t.Constant):
            return one
    return None


def _banded(node: t.If) -> t.Input | None:
    """The fact that may be null and that the condition orders against a constant."""
    test = node.condition
    if isinstance(test, t.Compare) and test.operator not in ("=", "!=") and _cannot_fail(test):
        for one, other in ((test.left, test.right), (test.right, test.left)):
            if isinstance(one, t.Input) and one.type.nullable and isinstance(other, t.Constant):
                return one
    return None


def _plain(nodes: tuple[t.Node, ...]) -> bool:
    """Whether all are of one kind that Python compares as FEEL does."""
    return nodes[0].type.kind in PLAIN and len({one.type.kind for one in nodes}) == 1


def _cannot_fail(node: t.Node) -> bool:
    """Whether it may be left out without hiding a fault."""
    if isinstance(node, t.Compare):
        return all(map(is_simple, (node.left, node.right))) and (
            _plain((node.left, node.right)) or _asks_null(node) is not None
        )
    if isinstance(node, t.OneOf):
        return is_simple(node.value)
    if isinstance(node, t.Logic):
        return all(map(_cannot_fail, node.operands))
    if isinstance(node, t.Not):
        return _cannot_fail(node.operand)
    return is_simple(node) and node.type.kind == "boolean"


_VISITS: dict[type[t.Node], Callable[[Generator, Any], str]] = {
    t.Constant: Generator.constant,
    t.Input: Generator.input,
    t.Local: Generator.local,
    t.Member: Generator.member,
    t.Index: Generator.index,
    t.Filter: Generator.filter,
    t.Negate: Generator.negate,
    t.Arithmetic: Generator.arithmetic,
    t.Compare: Generator.compare,
    t.Within: Generator.within,
    t.Passes: Generator.passes,
    t.OneOf: Generator.one_of,
    t.Let: Generator.let,
    t.Logic: Generator.logic,
    t.Not: Generator.negation,
    t.If: Generator.conditional,
    t.ListOf: Generator.list_of,
    t.Context: Generator.context,
    t.Range: Generator.range,
    t.For: Generator.for_each,
    t.Quantified: Generator.quantified,
    t.Call: Generator.call,
    t.Invoke: Generator.invoke,
    t.Lambda: Generator.function,
    t.InstanceOf: Generator.instance_of,
}


def generate(root: t.Node, parameters: tuple[t.Local, ...] = ()) -> tuple[str, Mapping[str, Any]]:
    """The Python source of a tree, and the objects its names refer to."""
    generator = Generator()
    source = generator.source(root, parameters)
    return source, {**GLOBALS, **generator.constants}


def compile_tree(
    root: t.Node, parameters: tuple[t.Local, ...] = (), *, again: Callable[..., Any] | None = None
) -> Callable[..., Any]:
    """The function of a tree: takes the facts (and the tested value of unary tests). `again` is called with what went
    wrong and the same arguments.
    """
    source, names = generate(root, parameters)
    namespace = {**names, "_again": again or _raise}
    exec(compile(source, "<feel>", "exec"), namespace)  # noqa: S102 - source is generated above from a checked tree
    function: Callable[..., Any] = namespace["program"]
    return function


def _raise(error: Exception, *_: Any) -> Any:
    raise error
