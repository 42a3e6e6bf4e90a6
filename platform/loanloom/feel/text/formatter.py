"""A tree as canonical text: one spelling for each meaning, with only the brackets it needs. Parsing it gives the same
tree.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from ..running.values import to_text
from . import syntax as s

FORM, OR, AND, COMPARISON, SUM, PRODUCT, POWER, NEGATE, INSTANCE, POSTFIX = range(10)
"""How strongly a form binds, weakest first."""

OPERATORS: Final = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "**": POWER}


_BRACKETED: Final = (s.ListOf, s.Range, s.Literal_, s.AtLiteral)
"""What may be the right end of a range as it is: a `[` after anything else would be read as the range's end."""


def canonical(node: s.Node) -> str:
    """The text of a tree, on one line."""
    return _ONE_LINE.text(node)


def strength(node: s.Node) -> int:
    """How strongly a node binds."""
    if isinstance(node, s.Arithmetic):
        return OPERATORS[node.operator]
    if isinstance(node, s.Logic):
        return OR if node.operator == "or" else AND
    return _WRITERS[type(node)][1]


def quoted(text: str) -> str:
    """A text as a literal."""
    plain = (
        text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    )
    return f'"{plain}"'


class Writer:
    """Writes every form; `text` is where a subclass may decide otherwise for the parts of a form."""

    def text(self, node: s.Node, needed: int = FORM) -> str:
        """The text, in brackets where the surroundings bind more strongly than the node does."""
        text = self.bare(node)
        return f"({text})" if strength(node) < needed else text

    def bare(self, node: s.Node) -> str:
        """The text without brackets around it."""
        return _WRITERS[type(node)][0](self, node)

    def literal(self, node: s.Literal_) -> str:
        if isinstance(node.value, str):
            return quoted(node.value)
        if isinstance(node.value, Decimal):
            text = format(node.value, "f") if abs(node.value.adjusted()) < 60 else str(node.value)
            return text.rstrip("0").rstrip(".") if "." in text and "E" not in text else text
        return to_text(node.value)

    def at_literal(self, node: s.AtLiteral) -> str:
        return f"@{quoted(node.text)}"

    def name(self, node: s.Name) -> str:
        return node.name

    def input_mark(self, node: s.InputMark) -> str:
        return "?"

    def member(self, node: s.Member) -> str:
        return f"{self.text(node.base, POSTFIX)}.{node.name}"

    def filter(self, node: s.Filter) -> str:
        return f"{self.text(node.base, POSTFIX)}[{self.text(node.condition)}]"

    def call(self, node: s.Call) -> str:
        return f"{self.text(node.function, POSTFIX)}({', '.join(self.arguments(node))})"

    def arguments(self, node: s.Call) -> list[str]:
        """The arguments of a call, each with its name where they are named."""
        values = [self.text(one) for one in node.arguments]
        if node.names is None:
            return values
        return [f"{name}: {value}" for name, value in zip(node.names, values, strict=True)]

    def negate(self, node: s.Negate) -> str:
        return f"-{self.text(node.operand, NEGATE)}"

    def arithmetic(self, node: s.Arithmetic) -> str:
        mine = OPERATORS[node.operator]
        return f"{self.text(node.left, mine)} {node.operator} {self.text(node.right, mine + 1)}"

    def compare(self, node: s.Compare) -> str:
        return f"{self.text(node.left, COMPARISON)} {node.operator} {self.text(node.right, SUM)}"

    def logic(self, node: s.Logic) -> str:
        return f" {node.operator} ".join(self.text(one, strength(node) + 1) for one in node.operands)

    def between(self, node: s.Between) -> str:
        ends = f"{self.text(node.low, SUM)} and {self.text(node.high, SUM)}"
        return f"{self.text(node.value, COMPARISON)} between {ends}"

    def in_tests(self, node: s.In) -> str:
        return f"{self.text(node.value, COMPARISON)} in {self.tests_of(node)}"

    def tests_of(self, node: s.In) -> str:
        """What stands after `in`: brackets around several tests, and around one that begins with a bracket itself."""
        if len(node.tests) != 1:
            return f"({', '.join(self.tests(node.tests))})"
        only = node.tests[0]
        text = self.test(only)
        if isinstance(only, s.Test) or (isinstance(only, s.Range) and None not in (only.low, only.high)):
            return text
        return f"({text})" if strength(only) < SUM or text.startswith("(") else text

    def tests(self, tests: tuple[s.Node, ...]) -> list[str]:
        """Each of some tests."""
        return [self.test(one) for one in tests]

    def test(self, node: s.Node) -> str:
        """One test, where a test may stand: a comparison needs no brackets there."""
        return self.comparison(node) if isinstance(node, s.Test) else self.text(node)

    def comparison(self, node: s.Test) -> str:
        return f"{node.operator} {self.text(node.value, SUM)}"

    def lone_test(self, node: s.Test) -> str:
        return f"({self.comparison(node)})"

    def unary_tests(self, node: s.UnaryTests) -> str:
        tests = ", ".join(self.tests(node.tests)) or "-"
        if node.negated:
            return f"not({tests})"
        return f"({tests})" if _reads_as_negated(node) else tests

    def range(self, node: s.Range) -> str:
        if node.low is None and node.high is not None:
            return f"({'<=' if node.high_closed else '<'} {self.text(node.high, SUM)})"
        assert node.low is not None
        if node.high is None:
            return f"({'>=' if node.low_closed else '>'} {self.text(node.low, SUM)})"
        high = self.text(node.high, SUM)
        opening, closing = "[" if node.low_closed else "(", "]" if node.high_closed else ")"
        if "[" in high and strength(node.high) >= SUM and not isinstance(node.high, _BRACKETED):
            high = f"({high})"
        return f"{opening}{self.text(node.low, SUM)}..{high}{closing}"

    def list_of(self, node: s.ListOf) -> str:
        return f"[{', '.join(self.text(one) for one in node.items)}]"

    def context(self, node: s.Context) -> str:
        return "{" + ", ".join(f"{self.key(name)}{self.text(value)}" for name, value in node.entries) + "}"

    def key(self, name: str) -> str:
        """What leads to an entry of a context."""
        return f"{name if name.isidentifier() else quoted(name)}: "

    def conditional(self, node: s.If) -> str:
        return f"if {self.text(node.condition)} then {self.text(node.then)} else {self.text(node.otherwise)}"

    def for_each(self, node: s.For) -> str:
        return f"for {self.iterators(node.iterators)} return {self.text(node.body)}"

    def quantified(self, node: s.Quantified) -> str:
        return f"{node.quantifier} {self.iterators(node.iterators)} satisfies {self.text(node.condition)}"

    def iterators(self, iterators: tuple[s.Iterator, ...]) -> str:
        """What stands between `for` and `return`."""
        found = []
        for one in iterators:
            until = f"..{self.text(one.until, SUM)}" if one.until else ""
            found.append(f"{one.name} in {self.text(one.source, SUM if until else FORM)}{until}")
        return ", ".join(found)

    def instance_of(self, node: s.InstanceOf) -> str:
        return f"{self.text(node.value, INSTANCE)} instance of {self.type_name(node.type_name)}"

    def type_name(self, node: s.TypeName) -> str:
        """The name of a type."""
        if not node.arguments and node.result is None:
            return node.name
        inner = ", ".join(
            f"{label}: {self.type_name(one)}" if label else self.type_name(one) for label, one in node.arguments
        )
        return f"{node.name}<{inner}>" + (f" -> {self.type_name(node.result)}" if node.result else "")

    def function(self, node: s.Lambda) -> str:
        return f"{self.head(node)} {self.text(node.body)}"

    def head(self, node: s.Lambda) -> str:
        """function(parameters)"""
        names = ", ".join(f"{name}: {self.type_name(type_)}" if type_ else name for name, type_ in node.parameters)
        return f"function({names})"


def _reads_as_negated(node: s.UnaryTests) -> bool:
    """A cell of the one condition `not(x)`: without brackets it would be the test that is none of x."""
    only = node.tests[0] if len(node.tests) == 1 else None
    return isinstance(only, s.Call) and only.function == s.Name("not")


_WRITERS: dict[type[s.Node], tuple[Callable[[Writer, Any], str], int]] = {
    s.Literal_: (Writer.literal, POSTFIX),
    s.AtLiteral: (Writer.at_literal, POSTFIX),
    s.Name: (Writer.name, POSTFIX),
    s.InputMark: (Writer.input_mark, POSTFIX),
    s.Member: (Writer.member, POSTFIX),
    s.Filter: (Writer.filter, POSTFIX),
    s.Call: (Writer.call, POSTFIX),
    s.Negate: (Writer.negate, NEGATE),
    s.Arithmetic: (Writer.arithmetic, SUM),
    s.Compare: (Writer.compare, COMPARISON),
    s.Logic: (Writer.logic, AND),
    s.Between: (Writer.between, COMPARISON),
    s.Test: (Writer.lone_test, POSTFIX),
    s.In: (Writer.in_tests, COMPARISON),
    s.UnaryTests: (Writer.unary_tests, FORM),
    s.Range: (Writer.range, POSTFIX),
    s.ListOf: (Writer.list_of, POSTFIX),
    s.Context: (Writer.context, POSTFIX),
    s.If: (Writer.conditional, FORM),
    s.For: (Writer.for_each, FORM),
    s.Quantified: (Writer.quantified, FORM),
    s.InstanceOf: (Writer.instance_of, INSTANCE),
    s.Lambda: (Writer.function, FORM),
}
_ONE_LINE: Final = Writer()
