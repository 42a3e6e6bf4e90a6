"""A tree as canonical text: one spelling for each meaning, with only the brackets it needs. Parsing it gives the same
tree.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from . import syntax as s
from .values import to_text

_FORM, _OR, _AND, _COMPARISON, _SUM, _PRODUCT, _POWER, _NEGATE, _INSTANCE, _POSTFIX = range(10)
_STRENGTH: Final = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "**": _POWER}


def canonical(node: s.Node) -> str:
    """The text of a tree."""
    return _text(node)


def _text(node: s.Node, needed: int = _FORM) -> str:
    """The text, in brackets where the surroundings bind more strongly than the node does."""
    write, strength = _WRITERS[type(node)]
    text = write(node)
    mine = _STRENGTH.get(node.operator, strength) if isinstance(node, s.Arithmetic) else strength
    if isinstance(node, s.Logic):
        mine = _OR if node.operator == "or" else _AND
    return f"({text})" if mine < needed else text


def _quoted(text: str) -> str:
    plain = (
        text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    )
    return f'"{plain}"'


def _literal(node: s.Literal_) -> str:
    if isinstance(node.value, str):
        return _quoted(node.value)
    if isinstance(node.value, Decimal):
        text = format(node.value, "f") if abs(node.value.adjusted()) < 60 else str(node.value)
        return text.rstrip("0").rstrip(".") if "." in text and "E" not in text else text
    return to_text(node.value)


def _call(node: s.Call) -> str:
    values = [_text(one) for one in node.arguments]
    if node.names is not None:
        values = [f"{name}: {value}" for name, value in zip(node.names, values, strict=True)]
    return f"{_text(node.function, _POSTFIX)}({', '.join(values)})"


def _binary(node: s.Arithmetic) -> str:
    strength = _STRENGTH[node.operator]
    return f"{_text(node.left, strength)} {node.operator} {_text(node.right, strength + 1)}"


def _logic(node: s.Logic) -> str:
    strength = _OR if node.operator == "or" else _AND
    return f" {node.operator} ".join(_text(one, strength + 1) for one in node.operands)


def _tests(tests: tuple[s.Node, ...]) -> str:
    return ", ".join(_text(one) for one in tests)


def _in(node: s.In) -> str:
    value = _text(node.value, _COMPARISON)
    if len(node.tests) == 1:
        only = node.tests[0]
        if isinstance(only, s.Test):
            return f"{value} in {_test(only)}"
        if isinstance(only, s.Range) and (only.low is None or only.high is None):
            return f"{value} in ({_half(only)})"
        return f"{value} in {_text(only, _SUM)}"
    return f"{value} in ({_tests(node.tests)})"


def _test(node: s.Test) -> str:
    return f"{node.operator} {_text(node.value, _SUM)}"


def _half(node: s.Range) -> str:
    if node.low is None and node.high is not None:
        return f"{'<=' if node.high_closed else '<'} {_text(node.high, _SUM)}"
    assert node.low is not None
    return f"{'>=' if node.low_closed else '>'} {_text(node.low, _SUM)}"


def _range(node: s.Range) -> str:
    if node.low is None or node.high is None:
        return f"({_half(node)})"
    high = _text(node.high, _SUM)
    opening, closing = "[" if node.low_closed else "(", "]" if node.high_closed else ")"
    if "[" in high and not high.startswith(("(", "[")):
        high = f"({high})"
    return f"{opening}{_text(node.low, _SUM)}..{high}{closing}"


def _key(name: str) -> str:
    return name if name.isidentifier() else _quoted(name)


def _context(node: s.Context) -> str:
    return "{" + ", ".join(f"{_key(name)}: {_text(value)}" for name, value in node.entries) + "}"


def _iterators(iterators: tuple[s.Iterator, ...]) -> str:
    found = []
    for one in iterators:
        until = f"..{_text(one.until, _SUM)}" if one.until else ""
        found.append(f"{one.name} in {_text(one.source, _SUM if until else _FORM)}{until}")
    return ", ".join(found)


def _type(node: s.TypeName) -> str:
    if not node.arguments and node.result is None:
        return node.name
    inner = ", ".join(f"{label}: {_type(one)}" if label else _type(one) for label, one in node.arguments)
    return f"{node.name}<{inner}>" + (f" -> {_type(node.result)}" if node.result else "")


def _function(node: s.Lambda) -> str:
    names = ", ".join(f"{name}: {_type(type_)}" if type_ else name for name, type_ in node.parameters)
    return f"function({names}) {_text(node.body)}"


def _unary(node: s.UnaryTests) -> str:
    tests = _tests(node.tests) or "-"
    return f"not({tests})" if node.negated else tests


def _at(node: s.AtLiteral) -> str:
    return f"@{_quoted(node.text)}"


_WRITERS: dict[type[s.Node], tuple[Callable[[Any], str], int]] = {
    s.Literal_: (_literal, _POSTFIX),
    s.AtLiteral: (_at, _POSTFIX),
    s.Name: (lambda node: node.name, _POSTFIX),
    s.InputMark: (lambda node: "?", _POSTFIX),
    s.Member: (lambda node: f"{_text(node.base, _POSTFIX)}.{node.name}", _POSTFIX),
    s.Filter: (lambda node: f"{_text(node.base, _POSTFIX)}[{_text(node.condition)}]", _POSTFIX),
    s.Call: (_call, _POSTFIX),
    s.Negate: (lambda node: f"-{_text(node.operand, _NEGATE)}", _NEGATE),
    s.Arithmetic: (_binary, _SUM),
    s.Compare: (lambda node: f"{_text(node.left, _COMPARISON)} {node.operator} {_text(node.right, _SUM)}", _COMPARISON),
    s.Logic: (_logic, _AND),
    s.Between: (
        lambda node: f"{_text(node.value, _COMPARISON)} between {_text(node.low, _SUM)} and {_text(node.high, _SUM)}",
        _COMPARISON,
    ),
    s.Test: (_test, _FORM),
    s.In: (_in, _COMPARISON),
    s.UnaryTests: (_unary, _FORM),
    s.Range: (_range, _POSTFIX),
    s.ListOf: (lambda node: f"[{_tests(node.items)}]", _POSTFIX),
    s.Context: (_context, _POSTFIX),
    s.If: (lambda node: f"if {_text(node.condition)} then {_text(node.then)} else {_text(node.otherwise)}", _FORM),
    s.For: (lambda node: f"for {_iterators(node.iterators)} return {_text(node.body)}", _FORM),
    s.Quantified: (
        lambda node: f"{node.quantifier} {_iterators(node.iterators)} satisfies {_text(node.condition)}",
        _FORM,
    ),
    s.InstanceOf: (lambda node: f"{_text(node.value, _INSTANCE)} instance of {_type(node.type_name)}", _INSTANCE),
    s.Lambda: (_function, _FORM),
}
