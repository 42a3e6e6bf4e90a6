"""An explanation as one line for people, in both house languages: the parts that decided first, the rest by its count.

Never says more than was seen: what was not evaluated is called not needed, what failed has no result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from ..text import syntax
from ..text.formatter import canonical
from .value_words import shortened, value_in_words

if TYPE_CHECKING:
    from .explanation import Explanation

Labels = Mapping[str, Mapping[str, str]]
"""Titles of facts by dotted path, in several languages; titles of codes as `path=code`; `path=*` hides every value."""

_SIGNS: Final = {"*": "×", "/": "÷", "**": "^", "!=": "≠", "<=": "≤", ">=": "≥"}
_STRENGTH: Final = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 3}
_CONDITIONS: Final = frozenset({"compare", "logic", "between", "in", "one of", "not", "quantified"})
_COMPUTED: Final = frozenset({"arithmetic", "call", "other", "negate", "member"})
_DEPTH, _PARTS, _LISTED, _LINE, _TEXT = 6, 6, 8, 2_000, 80


class Speaker:
    """Tells one explanation."""

    def __init__(self, language: str, labels: Labels) -> None:
        self.chinese = language.startswith("zh")
        self.language = "zh" if self.chinese else "en"
        self.labels = labels
        self.depth = 0

    def line(self, node: Explanation) -> str:
        """The whole as one line."""
        text = shortened(self.say(node), _LINE)
        return text.replace("） ", "）").replace(" （", "（") if self.chinese else text

    def choose(self, english: str, chinese: str) -> str:
        """One of two texts."""
        return chinese if self.chinese else english

    def say(self, node: Explanation) -> str:
        """A node with its verdict or value."""
        text = self.conditional(node) if node.kind == "if" else self.phrase(node)
        if not node.seen:
            reason = next((one.problem for one in node.walk() if one.problem is not None), None)
            if reason is None:
                return text + self.choose(" (not needed)", "（未用到）")
            return text + self.choose(f": no result ({reason['en']})", f"：无结果（{reason['zh']}）")
        if node.kind in _CONDITIONS:
            text += self.choose(": ", "：") + self.verdict(node.value)
            if node.item is not None:
                text += self.choose(f" (item {node.item})", f"（第 {node.item} 项）")
        elif node.kind in _COMPUTED:
            text += f" = {self.value(node)}"
        if node.problem is not None:
            text += self.choose(f" ({node.problem['en']})", f"（{node.problem['zh']}）")
        return text

    def phrase(self, node: Explanation, about: str = "") -> str:
        """A node without its verdict. `about` is the path of the fact it is compared with, whose codes have titles."""
        if node.kind in ("input", "local"):
            return self.fact(node)
        if node.kind == "constant":
            return self.coded(node, about)
        write = _PHRASES.get(node.kind)
        if write is None or self.depth >= _DEPTH:
            return shortened(canonical(node.source), _TEXT)
        self.depth += 1
        try:
            return write(self, node)
        finally:
            self.depth -= 1

    def verdict(self, value: Any) -> str:
        """true, false or unknown"""
        if value is None:
            return self.choose("unknown", "无法判断")
        return self.choose("true", "成立") if value else self.choose("false", "不成立")

    def fact(self, node: Explanation) -> str:
        """A fact's title, value and origin."""
        title = self.label(node.name, node.name)
        if not node.seen:
            return title
        value = self.coded(node, node.name)
        text = f"{title} {value}"
        if node.origin is not None:
            origin = node.origin.get(self.language) or node.origin.get("en", "")
            text += self.choose(f" ({origin})", f"（{origin}）")
        return text

    def label(self, path: str, otherwise: str) -> str:
        """The title of a fact or a code."""
        label = self.labels.get(path, {})
        return label.get(self.language) or label.get("en") or otherwise

    def coded(self, node: Explanation, path: str) -> str:
        """A value, a code by its title."""
        if path and f"{path}=*" in self.labels:
            return self.hidden(path)
        if path and isinstance(node.value, str):
            return self.label(f"{path}={node.value}", self.value(node))
        return self.value(node)

    def hidden(self, path: str) -> str:
        """What stands for the value of a fact that is kept secret."""
        return self.label(f"{path}=*", "***")

    def value(self, node: Explanation) -> str:
        """A node's value, unless it comes from a secret fact."""
        path = self.secret(node)
        return value_in_words(node.value, self.language, node.unit) if path is None else self.hidden(path)

    def secret(self, node: Explanation) -> str | None:
        """The path of a secret fact that the node comes from."""
        return next((one.name for one in node.walk() if f"{one.name}=*" in self.labels), None)

    def arithmetic(self, node: Explanation) -> str:
        terms = _terms(node)
        shown = terms if len(terms) <= _PARTS else terms[: _PARTS - 1]
        text = ""
        for sign, one in shown:
            operand = self.operand(one, node, right=bool(text))
            text += f" {_SIGNS.get(sign, sign)} {operand}" if text else operand
        more = len(terms) - len(shown)
        return text + self.choose(f" … ({more} more)", f" …（另 {more} 项）") if more else text

    def compare(self, node: Explanation) -> str:
        left, right = node.parts
        for one, other in ((left, right), (right, left)):
            if other.kind == "constant" and other.value is None and node.name in ("=", "!="):
                empty = ("is empty", "为空") if node.name == "=" else ("is not empty", "不为空")
                return f"{self.side(one)} {self.choose(*empty)}"
        sign = _SIGNS.get(node.name, node.name)
        return f"{self.against(left, right)} {sign} {self.against(right, left)}"

    def against(self, node: Explanation, other: Explanation) -> str:
        """A side of a comparison with another; a constant beside a secret would tell it."""
        secret = self.secret(other) if node.kind == "constant" else None
        return self.side(node, _path(other)) if secret is None else self.hidden(secret)

    def side(self, node: Explanation, about: str = "") -> str:
        """A side of a comparison: with its result where that is not seen at a glance."""
        text = self.phrase(node, about)
        return f"{text} = {self.value(node)}" if node.seen and _is_long(node) else text

    def operand(self, node: Explanation, parent: Explanation, *, right: bool) -> str:
        """An operand of arithmetic, in brackets where it would bind wrongly."""
        text = self.phrase(node)
        if node.kind != "arithmetic":
            return text
        own, outer = _STRENGTH[node.name], _STRENGTH.get(parent.name, 4)
        swapped = node.name == parent.name and node.name in ("+", "*")
        return f"({text})" if own < outer or (own == outer and right and not swapped) else text

    def logic(self, node: Explanation) -> str:
        deciding = node.name == "or"
        seen = [one for one in node.parts if one.seen]
        broken = [one for one in node.parts if not one.seen and any(part.problem for part in one.walk())]
        decisive = broken or [one for one in seen if one.value is (None if node.value is None else deciding)]
        shown = decisive or seen
        texts = [self.say(one) if decisive else self.phrase(one) for one in shown[:_PARTS]]
        if len(shown) > _PARTS:
            more = len(shown) - _PARTS
            texts.append(self.choose(f"{more} more", f"另 {more} 项"))
        told = {id(one) for one in shown}
        rest = [one for one in seen if id(one) not in told]
        for value in (True, False, None):
            count = sum(one.value is value for one in rest)
            if count:
                texts.append(self.choose(f"{count} {self.verdict(value)}", f"另 {count} 项{self.verdict(value)}"))
        unseen = len(node.parts) - len(seen) - len(broken)
        if unseen:
            texts.append(self.choose(f"{unseen} not needed", f"{unseen} 项未用到"))
        inside = self.choose("; ", "；").join(texts)
        words = ("any of", "至少一项成立") if deciding else ("all of", "须全部成立")
        return self.choose(f"{words[0]} ({inside})", f"{words[1]}（{inside}）")

    def negation(self, node: Explanation) -> str:
        return self.choose("not ({})", "并非（{}）").format(self.phrase(node.parts[0]))

    def conditional(self, node: Explanation) -> str:
        because, taken = self.because(node)
        given = "" if taken is None else self.say(taken)
        return self.choose(f"since {because}, {given}", f"因 {because}，取 {given}") if given else because

    def because(self, node: Explanation) -> tuple[str, Explanation | None]:
        """Why which branch of a chain of ifs was taken."""
        passed: list[Explanation] = []
        while True:
            condition, then, otherwise = node.parts
            if not condition.seen:
                return self.say(condition), None
            if condition.value is True:
                case = len(passed) + 1
                text = self.say(condition)
                if passed:
                    text += self.choose(f" (case {case})", f"（第 {case} 种情形）")
                return text, then
            passed.append(condition)
            if otherwise.kind != "if":
                break
            node = otherwise
        last = self.say(passed[-1])
        if len(passed) > 1:
            count = len(passed)
            last = self.choose(
                f"none of {count} cases applies (last: {last})", f"{count} 种情形均不适用（最后：{last}）"
            )
        return last, otherwise

    def chosen(self, node: Explanation) -> str:
        """An if inside a larger expression: what it gave, and why in brackets."""
        because, taken = self.because(node)
        given = "" if taken is None else self.side(taken)
        return self.choose(f"{given} (as {because})", f"{given}（因 {because}）") if given else because

    def between(self, node: Explanation) -> str:
        value, low, high = (self.side(one) for one in node.parts)
        if node.name:
            signs = ["≤" if one == "c" else "<" for one in node.name]
            return f"{low} {signs[0]} {value} {signs[1]} {high}"
        return self.choose(f"{value} between {low} and {high}", f"{value} 在 {low} 与 {high} 之间")

    def membership(self, node: Explanation) -> str:
        value, *tests = node.parts
        return self._among(value, [self.phrase(one, _path(value)) for one in _matching_first(value, tests)])

    def tests(self, node: Explanation) -> str:
        if not isinstance(node.source, syntax.In | syntax.UnaryTests):
            return shortened(canonical(node.source), _TEXT)
        return self._among(node.parts[0], [shortened(canonical(one), _TEXT) for one in node.source.tests])

    def _among(self, value: Explanation, texts: Sequence[str]) -> str:
        more = len(texts) - _LISTED
        listed = [*texts[:_LISTED], *([self.choose(f"{more} more", f"另 {more} 项")] if more > 0 else [])]
        inside = self.choose(", ", "、").join(listed)
        return self.choose(f"{self.side(value)} is one of ({inside})", f"{self.side(value)} 属于（{inside}）")

    def call(self, node: Explanation) -> str:
        if not all(one.seen for one in node.parts):
            return shortened(canonical(node.source), _TEXT)
        return f"{node.name}({', '.join(self.phrase(one) for one in node.parts)})"

    def negative(self, node: Explanation) -> str:
        return f"-{self.operand(node.parts[0], node, right=True)}"

    def member(self, node: Explanation) -> str:
        text = self.phrase(node.parts[0])
        return f"({text}).{node.name}" if node.parts[0].kind in ("arithmetic", "input") else f"{text}.{node.name}"


_PHRASES: Final[Mapping[str, Callable[[Speaker, Explanation], str]]] = {
    "arithmetic": Speaker.arithmetic,
    "compare": Speaker.compare,
    "logic": Speaker.logic,
    "not": Speaker.negation,
    "if": Speaker.chosen,
    "between": Speaker.between,
    "in": Speaker.tests,
    "one of": Speaker.membership,
    "call": Speaker.call,
    "negate": Speaker.negative,
    "member": Speaker.member,
}


def _path(node: Explanation) -> str:
    return node.name if node.kind == "input" else ""


def _is_long(node: Explanation) -> bool:
    """Whether a reader would have to reckon to know the value."""
    if node.kind in ("call", "other", "member"):
        return True
    inner = any(one.kind in (*_COMPUTED, "if") for part in node.parts for one in part.walk())
    return node.kind == "arithmetic" and (inner or node.name in ("/", "**"))


def _terms(node: Explanation) -> list[tuple[str, Explanation]]:
    """A sum as its terms with their signs; anything else as two operands."""
    if node.name not in ("+", "-"):
        return [("", node.parts[0]), (node.name, node.parts[1])]
    found: list[tuple[str, Explanation]] = []
    while node.kind == "arithmetic" and node.name in ("+", "-"):
        found.append((node.name, node.parts[1]))
        node = node.parts[0]
    return [("", node), *reversed(found)]


def _matching_first(value: Explanation, tests: list[Explanation]) -> list[Explanation]:
    """The tests with the one that matched in front, so that shortening never hides it."""
    return sorted(tests, key=lambda one: one.value != value.value)
