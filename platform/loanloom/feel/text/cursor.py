"""Walks over tokens and joins those that make one known name ("monthly income", "date and time"). No grammar here."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from ..limits import MAX_NESTING
from ..problems import Refused, words
from .lexer import Kind, Token, tokens

KEYWORDS = frozenset(
    {
        "true",
        "false",
        "null",
        "if",
        "then",
        "else",
        "for",
        "in",
        "return",
        "some",
        "every",
        "satisfies",
        "between",
        "and",
        "or",
        "instance",
        "function",
        "external",
    }
)


class NameTable:
    """Names of more than one token, found longest first."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name in names:
            self.add(name)

    def copy(self) -> NameTable:
        """A table that can grow without touching this one."""
        table = NameTable()
        table._by_first = {first: list(rest) for first, rest in self._by_first.items()}
        return table

    def add(self, name: str) -> None:
        """Take a name in; one of a single token needs no entry."""
        if name.isidentifier():
            return
        try:
            parts = tuple(token.text for token in tokens(name)[:-1])
        except Refused:
            return
        if len(parts) > 1:
            entries = self._by_first.setdefault(parts[0], [])
            if (parts, name) not in entries:
                entries.append((parts, name))
                entries.sort(key=lambda entry: -len(entry[0]))

    def match(self, found: list[Token], at: int) -> tuple[str, int] | None:
        """The longest known name that begins at token `at`, with the number of its tokens."""
        for parts, name in self._by_first.get(found[at].text, ()):
            window = found[at : at + len(parts)]
            if len(window) == len(parts) and all(
                token.text == part and token.kind in ("name", "symbol", "number")
                for token, part in zip(window, parts, strict=True)
            ):
                return name, len(parts)
        return None


class Cursor:
    """The parser's place in the tokens, with its depth."""

    def __init__(self, source: str, names: NameTable) -> None:
        self.source = source
        self.tokens = tokens(source)
        self.names = names
        self.at = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        """The token not yet taken."""
        return self.tokens[self.at]

    @property
    def last_end(self) -> int:
        """Offset after the token taken last."""
        return self.tokens[self.at - 1].end if self.at else 0

    def ahead(self, count: int = 1) -> Token:
        """A later token."""
        return self.tokens[min(self.at + count, len(self.tokens) - 1)]

    def take(self) -> Token:
        """Move on by one token."""
        token = self.token
        if token.kind != "end":
            self.at += 1
        return token

    def sees(self, *texts: str, kind: Kind = "symbol") -> bool:
        """Whether the next token is one of these symbols."""
        return self.token.kind == kind and self.token.text in texts

    def sees_word(self, word: str) -> bool:
        """Whether the next token is this keyword."""
        return self.token.kind == "name" and self.token.text == word

    def accept(self, text: str) -> bool:
        """Take the symbol if it is next."""
        if self.sees(text):
            self.at += 1
            return True
        return False

    def accept_word(self, word: str) -> bool:
        """Take the keyword if it is next."""
        if self.sees_word(word):
            self.at += 1
            return True
        return False

    def expect(self, text: str, opened: Token | None = None) -> Token:
        """Take a symbol that must come now."""
        if not self.sees(text):
            raise self.unexpected(text, opened)
        return self.take()

    def expect_word(self, word: str) -> Token:
        """Take a keyword that must come now."""
        if not self.sees_word(word):
            raise self.unexpected(word)
        return self.take()

    def unexpected(self, wanted: str | None = None, opened: Token | None = None) -> Refused:
        """The problem that the next token cannot stand here."""
        token = self.token
        hint = words(f"Expected `{wanted}`.", f"此处应为“{wanted}”。") if wanted else None
        if opened is not None and token.kind == "end":
            return Refused(
                "feel.bracket_not_closed",
                f"The `{opened.text}` is never closed.",
                f"“{opened.text}”没有配对的结束括号。",
                opened.start,
                hint,
            )
        if token.kind == "end":
            return Refused("feel.unexpected_end", "The expression ends too early.", "表达式不完整。", token.start, hint)
        shown = self.source[token.start : token.end][:40]
        if shown in ("==", "=") and self.tokens[max(self.at - 1, 0)].text == "=":
            hint = words("Equality is a single `=`.", "相等用一个“=”。")
        elif shown == "'":
            hint = words('Texts stand in double quotes: "...".', '文本请用半角双引号："..."。')
        elif shown != shown.lower() and shown.lower() in KEYWORDS:
            hint = words("Words of the language are small: if, then, and.", "关键字请用小写：if、then、and。")
        return Refused("feel.syntax", f"Unexpected `{shown}`.", f"此处不应出现“{shown}”。", token.start, hint)

    def close(self) -> None:
        """Nothing may follow."""
        if self.token.kind != "end":
            raise self.unexpected()

    def enter(self) -> None:
        """One level deeper; refuses what is too deep."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise Refused(
                "feel.too_deep",
                f"The expression is nested more than {MAX_NESTING} levels deep.",
                f"表达式嵌套超过 {MAX_NESTING} 层。",
                self.token.start,
                words("Split it into several named steps.", "请拆分成几个有名字的步骤。"),
            )

    def leave(self) -> None:
        """One level up."""
        self.depth -= 1

    def name_until(self, *stops: str) -> str:
        """A name that is being declared: all tokens up to one of the stops, joined by one space."""
        parts: list[Token] = []
        while self.token.kind in ("name", "number", "symbol") and self.token.text not in stops and len(parts) < 20:
            if self.token.kind == "symbol" and self.token.text not in ("+", "-", "*", "/", "'", ".", "**", "?"):
                break
            parts.append(self.take())
        if not parts or parts[0].kind != "name":
            raise self.unexpected("a name" if not parts else None)
        text = parts[0].text
        for before, part in itertools.pairwise(parts):
            text += part.text if before.end == part.start else f" {part.text}"
        self.names.add(text)
        return text
