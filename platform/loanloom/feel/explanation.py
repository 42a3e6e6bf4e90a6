"""Why an expression came out as it did: its tree with the value of every node, and that in words of both house
languages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from . import syntax, values
from . import tree as t
from .formatter import canonical
from .types import STRING

Labels = Mapping[str, Mapping[str, str]]
"""Titles of facts by dotted path, in several languages; titles of codes as `path=code`; `path=*` hides every value."""

_SIGNS = {"*": "×", "/": "÷", "!=": "≠", "<=": "≤", ">=": "≥"}
_UNSEEN = object()


@dataclass(frozen=True, slots=True)
class Explanation:
    """One node: its text, its value (`seen` is False where it was never needed) and the nodes below."""

    kind: str
    source: syntax.Node = field(repr=False)
    value: Any
    seen: bool
    name: str = ""
    parts: tuple[Explanation, ...] = ()

    @property
    def text(self) -> str:
        """The canonical text of the node."""
        return "" if isinstance(self.source, syntax.Iterator) else canonical(self.source)

    def in_words(self, language: str = "en", labels: Labels | None = None) -> str:
        """The explanation as one line: "monthly income 8,000 ≥ 2 × instalment 3,210: true"."""
        return _Speaker(language, labels or {}).say(self)

    def inputs(self) -> dict[str, Any]:
        """The facts that were looked at, by path."""
        return {one.name: one.value for one in self.walk() if one.kind == "input" and one.seen}

    def walk(self) -> Iterator[Explanation]:
        """This node and all below."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def failed(self) -> tuple[Explanation, ...]:
        """The smallest conditions that did not hold: what to show as the reason of a refusal."""
        if self.kind == "logic" and self.value is not True:
            return tuple(one for part in self.parts if part.seen and part.value is not True for one in part.failed())
        return (self,) if self.seen and self.value is not True else ()

    def as_json(self) -> dict[str, Any]:
        """A form that can be stored with a decision."""
        found: dict[str, Any] = {"kind": self.kind, "text": self.text, "value": _kept(self.value), "seen": self.seen}
        if self.name:
            found["name"] = self.name
        if self.parts:
            found["parts"] = [one.as_json() for one in self.parts]
        return found


def explain(root: t.Node, recorded: Mapping[int, Any]) -> Explanation:
    """The explanation of a tree that the interpreter has recorded."""
    value = root.value if isinstance(root, t.Constant) else recorded.get(id(root), _UNSEEN)
    seen = value is not _UNSEEN
    kind, name, parts = _shape(root)
    return Explanation(
        kind, root.syntax, value if seen else None, seen, name, tuple(explain(one, recorded) for one in parts)
    )


def _shape(node: t.Node) -> tuple[str, str, tuple[t.Node, ...]]:
    match node:
        case t.Input():
            return "input", ".".join(node.path), ()
        case t.Constant():
            return "constant", "", ()
        case t.Arithmetic() | t.Compare():
            return (
                ("arithmetic" if isinstance(node, t.Arithmetic) else "compare"),
                node.operator,
                (node.left, node.right),
            )
        case t.Logic():
            return "logic", node.operator, node.operands
        case t.Not():
            return "not", "", (node.operand,)
        case t.If():
            return "if", "", (node.condition, node.then, node.otherwise)
        case t.Within():
            return "between", "", (node.value, node.low, node.high)
        case t.OneOf():
            texts = (t.Constant(one, type=STRING, syntax=syntax.Literal_(one)) for one in sorted(node.values))
            return "in", "one of", (node.value, *texts)
        case t.Passes():
            return "in", "", (node.value,)
        case t.Let():
            return "in", "", (node.value,)
        case t.Call():
            return "call", node.function.name, tuple(one for one in node.arguments if one is not None)
        case t.Negate():
            return "negate", "", (node.operand,)
        case t.Member() if node.origin:
            return "input", node.origin, ()
        case _:
            return "other", "", ()


def _kept(value: Any) -> Any:
    """A value as an explanation stores it: long lists only by their length."""
    return f"[{len(value)}]" if isinstance(value, list | tuple) and len(value) > 20 else plain(value)


def plain(value: Any) -> Any:
    """A value as JSON can hold it: numbers and dates as text."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return values.to_text(value)


class _Speaker:
    def __init__(self, language: str, labels: Labels) -> None:
        self.chinese = language.startswith("zh")
        self.language = "zh" if self.chinese else "en"
        self.labels = labels

    def say(self, node: Explanation) -> str:
        text = self._phrase(node)
        if not node.seen:
            return text + ("（未用到）" if self.chinese else " (not needed)")
        if node.kind in ("compare", "logic", "between", "in", "not"):
            return text + ("：" if self.chinese else ": ") + self.verdict(node.value)
        if node.kind in ("arithmetic", "call", "other", "negate"):
            return f"{text} = {self.value(node.value)}"
        return text

    def verdict(self, value: Any) -> str:
        if value is None:
            return "无法判断" if self.chinese else "unknown"
        return ("成立" if value else "不成立") if self.chinese else ("true" if value else "false")

    def value(self, value: Any) -> str:
        if value is None:
            return "（空）" if self.chinese else "no value"
        if isinstance(value, bool):
            return ("是" if value else "否") if self.chinese else ("yes" if value else "no")
        if isinstance(value, Decimal | int):
            return _grouped(values.number_text(value))
        if isinstance(value, str):
            return f"“{value}”"
        if isinstance(value, list | tuple) and (len(value) > 5 or any(isinstance(one, list | tuple) for one in value)):
            return f"{len(value)} 项" if self.chinese else f"{len(value)} items"
        if isinstance(value, list | tuple):
            return ("、" if self.chinese else ", ").join(self.value(one) for one in value) or "[]"
        if isinstance(value, Mapping):
            return "{…}"
        return values.to_text(value)

    def _label(self, path: str, otherwise: str) -> str:
        label = self.labels.get(path)
        return (label.get(self.language) or label.get("en") or otherwise) if label else otherwise

    def _phrase(self, node: Explanation, about: str = "") -> str:
        """A node without its verdict. `about` is the path of the fact it is compared with, whose codes have titles."""
        if node.kind == "input":
            return f"{self._label(node.name, node.name)} {self._coded(node.value, node.name)}"
        if node.kind == "constant":
            return self._coded(node.value, about)
        write = _PHRASES.get(node.kind)
        return write(self, node) if write is not None and node.parts else node.text

    def _coded(self, value: Any, path: str) -> str:
        if path and f"{path}=*" in self.labels:
            return self._label(f"{path}=*", "***")
        if path and isinstance(value, str):
            return self._label(f"{path}={value}", self.value(value))
        return self.value(value)

    def arithmetic(self, node: Explanation) -> str:
        left, right = node.parts
        sign = _SIGNS.get(node.name, node.name)
        return f"{self._operand(left, node, _path(right))} {sign} {self._operand(right, node, _path(left))}"

    def logic(self, node: Explanation) -> str:
        joined = ("；" if self.chinese else "; ").join(self.say(one) for one in node.parts if one.seen)
        if self.chinese:
            return f"{'须全部成立' if node.name == 'and' else '须至少一项成立'}（{joined}）"
        return f"{'all of' if node.name == 'and' else 'any of'} ({joined})"

    def negation(self, node: Explanation) -> str:
        return f"{'并非' if self.chinese else 'not'} ({self._phrase(node.parts[0])})"

    def conditional(self, node: Explanation) -> str:
        condition, then, otherwise = node.parts
        taken = then if then.seen and condition.value is True else otherwise
        if taken.kind == "if" and taken is otherwise:
            return self._phrase(taken)
        because = self.say(condition)
        return f"因 {because}，取 {self.say(taken)}" if self.chinese else f"since {because}, {self.say(taken)}"

    def between(self, node: Explanation) -> str:
        value, low, high = (self._phrase(one) for one in node.parts)
        return f"{value} 在 {low} 与 {high} 之间" if self.chinese else f"{value} between {low} and {high}"

    def membership(self, node: Explanation) -> str:
        value, *tests = node.parts
        if not tests:
            return f"{self._phrase(value)} ({node.text})"
        shown = ("、" if self.chinese else ", ").join(self._phrase(one, _path(value)) for one in tests[:8])
        more = " ..." if len(tests) > 8 else ""
        return f"{self._phrase(value)} {'属于' if self.chinese else 'is one of'} ({shown}{more})"

    def call(self, node: Explanation) -> str:
        if not all(one.seen for one in node.parts):
            return node.text
        return f"{node.name}({', '.join(self._phrase(one) for one in node.parts)})"

    def negative(self, node: Explanation) -> str:
        return f"-{self._operand(node.parts[0], node)}"

    def _operand(self, node: Explanation, parent: Explanation, about: str = "") -> str:
        text = self._phrase(node, about)
        bracketed = (
            node.kind == "arithmetic"
            and node.name in ("+", "-")
            and parent.name not in ("+", "")
            and parent.kind in ("arithmetic", "negate")
        )
        if node.kind in ("call", "other") and node.seen and parent.kind != "arithmetic":
            text += f" = {self.value(node.value)}"
        return f"({text})" if bracketed else text


_PHRASES: Mapping[str, Callable[[_Speaker, Explanation], str]] = {
    "arithmetic": _Speaker.arithmetic,
    "compare": _Speaker.arithmetic,
    "logic": _Speaker.logic,
    "not": _Speaker.negation,
    "if": _Speaker.conditional,
    "between": _Speaker.between,
    "in": _Speaker.membership,
    "call": _Speaker.call,
    "negate": _Speaker.negative,
}


def _path(node: Explanation) -> str:
    return node.name if node.kind == "input" else ""


def _grouped(text: str) -> str:
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, _, fraction = digits.partition(".")
    return f"{sign}{int(whole):,}" + (f".{fraction}" if fraction else "") if len(whole) < 40 else text
