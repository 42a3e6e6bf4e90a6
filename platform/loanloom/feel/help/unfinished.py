"""Reading a text that is still being written: what stands before the cursor, and what would close it.

Names are resolved from left to right, so the text before the cursor with everything open closed after it tells all
that can be told about the cursor's place. Knows tokens, no types.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from ..problems import Refused
from ..text.cursor import KEYWORDS
from ..text.lexer import Token, tokens

MARK: Final = "\u02d1cursor\u02d1"
"""A name that nobody writes: it stands at the cursor while the rest is looked at."""

Position = Literal["operand", "member", "operator", "type", "key", "text", "none"]
"""What may stand at the cursor: a value, a part behind a dot, an operator, a type, a new name, words, nothing."""

_OPEN: Final = {"(": ")", "[": "]", "{": "}"}
_CLOSE: Final = {")": "(", "]": "[", "}": "{"}
_PHASES: Final = {
    "if": " then null else null",
    "then": " else null",
    "for": " in [] return null",
    "for in": " return null",
    "some": " in [] satisfies null",
    "some in": " satisfies null",
    "between": " and null",
    "function": "() null",
}
_LEADS: Final = frozenset({"if", "then", "else", "return", "satisfies", "in", "between", "and", "or", "not"})
_NEW_NAME: Final = frozenset({"for", "some", "every", "function"})


@dataclass(frozen=True, slots=True)
class Opened:
    """A bracket or a worded form that is not closed; `at` is its token's place in the list."""

    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Unfinished:
    """The text up to the cursor: its tokens, what is open, and whether the cursor stands in words or a comment."""

    source: str
    tokens: tuple[Token, ...]
    opened: tuple[Opened, ...]
    inside: Literal["code", "string", "comment"]

    def closed(self, start: int, middle: str = MARK) -> str:
        """The text up to `start`, then `middle`, then whatever closes it."""
        kept = [one for one in self.tokens if one.end <= start]
        closers = []
        for one in reversed(_opened(kept)):
            closers.append(_OPEN.get(one.text) or _PHASES.get(one.text, ""))
        return self.source[:start] + middle + "".join(closers)

    def position(self, at: int) -> Position:
        """What may stand in place of the tokens from the one at `at` on."""
        if self.inside == "comment":
            return "none"
        if at == 0:
            return "operand"
        before = self.tokens[at - 1]
        if before.kind == "symbol":
            return self._after_symbol(before, at)
        if before.kind == "name" and before.text in _NEW_NAME:
            return "key"
        if before.kind == "name" and before.text == "of" and at > 1 and self.tokens[at - 2].text == "instance":
            return "type"
        return "operand" if before.kind == "name" and before.text in _LEADS else "operator"

    def _after_symbol(self, before: Token, at: int) -> Position:
        innermost = _opened(list(self.tokens[:at]))
        if before.text == ".":
            return "member"
        if before.text in (")", "]", "}", "?"):
            return "operator"
        if before.text == "{" or (before.text == "," and innermost and innermost[-1].text == "{"):
            return "key"
        if before.text == "," and innermost and innermost[-1].text in ("for in", "some in"):
            return "operand"
        return "operand"


def unfinished(source: str, offset: int) -> Unfinished:
    """What stands before the cursor; never raises."""
    text = source[:offset]
    try:
        found = tuple(tokens(text)[:-1])
        inside: Literal["code", "string", "comment"] = "comment" if _in_line_comment(text, found) else "code"
    except Refused as refused:
        start = refused.offset
        inside = "string" if refused.problem.code == "feel.string_not_closed" else "comment"
        if refused.problem.code == "feel.unknown_character" or refused.problem.code == "feel.too_long":
            return Unfinished(text, (), (), "comment")
        try:
            found = tuple(tokens(text[:start])[:-1])
        except Refused:
            return Unfinished(text, (), (), "comment")
        text = text if inside == "comment" else text[:start]
    return Unfinished(text, found, tuple(_opened(list(found))), inside)


def _in_line_comment(text: str, found: tuple[Token, ...]) -> bool:
    last = found[-1].end if found else 0
    line = max(text.rfind("\n") + 1, last)
    return "//" in text[line:]


def _opened(found: list[Token]) -> list[Opened]:
    """The brackets and worded forms that the tokens leave open, outermost first."""
    stack: list[Opened] = []
    for at, one in enumerate(found):
        if one.kind == "symbol":
            _bracket(stack, one.text, at)
        elif one.kind == "name" and one.text in KEYWORDS and not (at and found[at - 1].text == "."):
            _word(stack, one.text, at)
    return stack


def _bracket(stack: list[Opened], text: str, at: int) -> None:
    if text in _OPEN:
        if text == "(" and stack and stack[-1].text == "function":
            stack.pop()
        stack.append(Opened(text, at))
        return
    opening = _CLOSE.get(text)
    if opening is None:
        return
    for place in range(len(stack) - 1, -1, -1):
        if stack[place].text == opening or (stack[place].text in ("(", "[") and text in (")", "]")):
            del stack[place:]
            return


def _word(stack: list[Opened], word: str, at: int) -> None:
    if word in ("if", "for", "function", "between"):
        stack.append(Opened(word, at))
    elif word in ("some", "every"):
        stack.append(Opened("some", at))
    elif word == "and" and stack and stack[-1].text == "between":
        stack.pop()
    elif word == "in" and stack and stack[-1].text in ("for", "some"):
        stack[-1] = Opened(f"{stack[-1].text} in", stack[-1].at)
    elif word in ("then", "else", "return", "satisfies"):
        _step(stack, word, at)


def _step(stack: list[Opened], word: str, at: int) -> None:
    """`then` and its like end what is open inside, up to the form that they belong to."""
    belongs = {"then": ("if",), "else": ("then",), "return": ("for", "for in"), "satisfies": ("some", "some in")}[word]
    for place in range(len(stack) - 1, -1, -1):
        if stack[place].text in _OPEN:
            return
        if stack[place].text in belongs:
            del stack[place:]
            if word == "then":
                stack.append(Opened("then", at))
            return
