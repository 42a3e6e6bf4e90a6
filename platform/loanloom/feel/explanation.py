"""Why an expression came out as it did: its tree with the value of every node, and that in words of both house languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from . import syntax, values
from . import tree as t
from .formatter import canonical

Labels = Mapping[str, Mapping[str, str]]
"""Titles of facts by dotted path, in several languages."""

_SIGNS = {"*": "×", "/": "÷", "!=": "≠", "<=": "≤", ">=": "≥"}
_UNSEEN = object()


@dataclass(frozen=True, slots=True)
class Explanation:
    """One node: its text, its value (`seen` is False where it was never needed) and the nodes below."""

    kind: str
    text: str
    value: Any
    seen: bool
    name: str = ""
    parts: tuple[Explanation, ...] = ()

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
        found: dict[str, Any] = {"kind": self.kind, "text": self.text, "value": plain(self.value), "seen": self.seen}
        if self.name:
            found["name"] = self.name
        if self.parts:
            found["parts"] = [one.as_json() for one in self.parts]
        return found


def explain(root: t.Node, recorded: Mapping[int, Any]) -> Explanation:
    """The explanation of a tree that the interpreter has recorded."""
    value = recorded.get(id(root), _UNSEEN)
    seen = value is not _UNSEEN
    kind, name, parts = _shape(root)
    return Explanation(kind, canonical_of(root), value if seen else None, seen, name,
                       tuple(explain(one, recorded) for one in parts))


def canonical_of(node: t.Node) -> str:
    """The canonical text of the syntax a node came from."""
    return canonical(node.syntax) if not isinstance(node.syntax, syntax.Iterator) else ""


def _shape(node: t.Node) -> tuple[str, str, tuple[t.Node, ...]]:
    match node:
        case t.Input():
            return "input", ".".join(node.path), ()
        case t.Constant():
            return "constant", "", ()
        case t.Arithmetic() | t.Compare():
            return ("arithmetic" if isinstance(node, t.Arithmetic) else "compare"), node.operator, (node.left, node.right)
        case t.Logic():
            return "logic", node.operator, node.operands
        case t.Not():
            return "not", "", (node.operand,)
        case t.If():
            return "if", "", (node.condition, node.then, node.otherwise)
        case t.Within():
            return "between", "", (node.value, node.low, node.high)
        case t.OneOf() | t.Passes():
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
        if isinstance(value, list | tuple) and len(value) > 5:
            return f"{len(value)} 项" if self.chinese else f"{len(value)} items"
        return values.to_text(value)

    def _label(self, path: str) -> str:
        label = self.labels.get(path)
        if label:
            return label.get(self.language) or label.get("en") or path
        return path

    def _phrase(self, node: Explanation) -> str:
        parts = node.parts
        if node.kind == "input":
            return f"{self._label(node.name)} {self.value(node.value)}"
        if node.kind == "constant":
            return self.value(node.value)
        if node.kind in ("arithmetic", "compare"):
            sign = _SIGNS.get(node.name, node.name)
            return f"{self._operand(parts[0], node)} {sign} {self._operand(parts[1], node)}"
        if node.kind == "logic":
            joined = ("；" if self.chinese else "; ").join(self.say(one) for one in parts if one.seen)
            if self.chinese:
                return f"{'须全部成立' if node.name == 'and' else '须至少一项成立'}（{joined}）"
            return f"{'all of' if node.name == 'and' else 'any of'} ({joined})"
        if node.kind == "not":
            return f"{'并非' if self.chinese else 'not'} ({self._phrase(parts[0])})"
        if node.kind == "call" and parts and all(one.seen for one in parts):
            return f"{node.name}({', '.join(self._phrase(one) for one in parts)})"
        if node.kind == "if":
            taken = parts[1] if parts[1].seen else parts[2]
            if taken.kind == "if" and taken is parts[2]:
                return self._phrase(taken)
            because = self.say(parts[0])
            return f"因 {because}，取 {self.say(taken)}" if self.chinese else f"since {because}, {self.say(taken)}"
        if node.kind == "between":
            value, low, high = (self._phrase(one) for one in parts)
            return f"{value} 在 {low} 与 {high} 之间" if self.chinese else f"{value} between {low} and {high}"
        if node.kind == "in":
            return f"{self._phrase(parts[0])} ({node.text})"
        return node.text

    def _operand(self, node: Explanation, parent: Explanation) -> str:
        text = self._phrase(node)
        bracketed = node.kind == "arithmetic" and parent.kind == "arithmetic" and \
            (parent.name in ("*", "/", "**") or parent.name == "-") and node.name in ("+", "-")
        if node.kind in ("call", "other") and node.seen:
            text += f" = {self.value(node.value)}"
            bracketed = True
        return f"({text})" if bracketed else text


def _grouped(text: str) -> str:
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, _, fraction = digits.partition(".")
    return f"{sign}{int(whole):,}" + (f".{fraction}" if fraction else "") if len(whole) < 40 else text
