"""The bracketed and worded forms of the grammar: lists, ranges, contexts, if, for, some, every, functions, type
names.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Literal

from ..limits import MAX_ITERATORS
from ..problems import Refused, too_large
from . import syntax as s
from .cursor import Cursor, NameTable
from .lexer import Token

_TYPE_WORDS = NameTable(
    ("date and time", "days and time duration", "years and months duration", "day time duration", "year month duration")
)


class Forms(Cursor):
    """What begins with a bracket or a keyword; `Parser` adds the operators."""

    def __init__(self, source: str, names: NameTable) -> None:
        super().__init__(source, names)
        self.range_end = False  # the right end of a range is being read, where `[` closes rather than filters

    @abstractmethod
    def expression(self) -> s.Node:
        """A whole expression."""

    @abstractmethod
    def operand(self) -> s.Node:
        """An expression without comparison or logic: the end of a range."""

    def keyword(self, token: Token) -> s.Node:
        """What begins with a keyword."""
        if token.text in ("true", "false", "null"):
            self.take()
            value = {"true": True, "false": False, "null": None}[token.text]
            return s.Literal_(value, start=token.start, end=token.end)
        self.enter()
        bare, self.range_end = self.range_end, False
        if token.text == "if":
            node = self._if()
        elif token.text == "for":
            node = self._for()
        elif token.text in ("some", "every"):
            node = self._quantified()
        elif token.text == "function":
            node = self._function()
        else:
            raise self.unexpected()
        self.range_end = bare
        self.leave()
        return node

    def _if(self) -> s.Node:
        start = self.take().start
        condition = self.expression()
        self.expect_word("then")
        then = self.expression()
        self.expect_word("else")
        otherwise = self.expression()
        return s.If(condition, then, otherwise, start=start, end=self.last_end)

    def _iterators(self) -> tuple[s.Iterator, ...]:
        found = []
        while True:
            start = self.token.start
            name = self.name_until("in")
            self.expect_word("in")
            source = self.expression()
            until = self.expression() if self.accept("..") else None
            found.append(s.Iterator(name, source, until, start=start, end=self.last_end))
            if not self.accept(","):
                return tuple(found)
            if len(found) == MAX_ITERATORS:
                raise too_large(start)

    def _for(self) -> s.Node:
        start = self.take().start
        self.names.add("partial")
        iterators = self._iterators()
        self.expect_word("return")
        return s.For(iterators, self.expression(), start=start, end=self.last_end)

    def _quantified(self) -> s.Node:
        word = self.take()
        iterators = self._iterators()
        self.expect_word("satisfies")
        quantifier: Literal["some", "every"] = "some" if word.text == "some" else "every"
        return s.Quantified(quantifier, iterators, self.expression(), start=word.start, end=self.last_end)

    def _function(self) -> s.Node:
        start = self.take().start
        opened = self.expect("(")
        parameters: list[tuple[str, s.TypeName | None]] = []
        while not self.sees(")"):
            name = self.name_until(":", ",", ")")
            parameters.append((name, self.type_name() if self.accept(":") else None))
            if not self.accept(","):
                break
        self.expect(")", opened)
        if self.sees_word("external"):
            raise Refused(
                "feel.external",
                "An expression calls no code outside of it.",
                "表达式不能调用外部代码。",
                self.token.start,
            )
        return s.Lambda(tuple(parameters), self.expression(), start=start, end=self.last_end)

    def bracketed(self, token: Token) -> s.Node:
        """What begins with ( [ ] { or is ?."""
        self.take()
        if token.text == "?":
            return s.InputMark(start=token.start, end=token.end)
        if token.text == "{":
            return self._context(token)
        if token.text == "]":
            return self.range_rest(token, self._end(), low_closed=False)
        if token.text == "(" and self.sees("<", "<=", ">", ">=", "=", "!="):
            return self._half_range(token)
        if token.text == "[" and self.sees("]"):
            self.take()
            return s.ListOf((), start=token.start, end=self.last_end)
        first = self.expression()
        if self.sees(".."):
            return self.range_rest(token, first, low_closed=token.text == "[")
        if token.text == "(":
            self.expect(")", token)
            return first
        items = [first]
        while self.accept(","):
            items.append(self.expression())
        self.expect("]", token)
        return s.ListOf(tuple(items), start=token.start, end=self.last_end)

    def _half_range(self, opened: Token) -> s.Node:
        operator = self.take().text
        value = self._end()
        self.expect(")", opened)
        place = {"start": opened.start, "end": self.last_end}
        if operator in ("<", "<="):
            return s.Range(None, value, False, operator == "<=", **place)
        if operator in (">", ">="):
            return s.Range(value, None, operator == ">=", False, **place)
        if operator == "=":
            return s.Range(value, value, True, True, **place)
        return s.Test(operator, value, **place)

    def range_rest(self, opened: Token, low: s.Node, *, low_closed: bool) -> s.Node:
        """The rest of a range after its low end."""
        self.expect("..", opened)
        high = self._end(right=True)
        if not self.sees("]", ")", "["):
            raise self.unexpected("]", opened)
        closing = self.take()
        return s.Range(low, high, low_closed, closing.text == "]", start=opened.start, end=closing.end)

    def _end(self, *, right: bool = False) -> s.Node:
        """An end of a range; behind the right one `[` closes the range rather than filters."""
        bare, self.range_end = self.range_end, right
        end = self.operand()
        self.range_end = bare
        return end

    def _context(self, opened: Token) -> s.Node:
        self.enter()
        entries: list[tuple[str, s.Node]] = []
        while not self.sees("}"):
            if self.token.kind == "string":
                name = self.take().text
                self.names.add(name)
            else:
                name = self.name_until(":")
            self.expect(":")
            entries.append((name, self.expression()))
            if not self.accept(","):
                break
        self.expect("}", opened)
        self.leave()
        return s.Context(tuple(entries), start=opened.start, end=self.last_end)

    def type_name(self) -> s.TypeName:
        """The name of a type."""
        self.enter()
        start = self.token.start
        match = _TYPE_WORDS.match(self.tokens, self.at) or self.names.match(self.tokens, self.at)
        if match:
            self.at += match[1]
            name = match[0]
        elif self.token.kind == "name":
            name = self.take().text
            while self.sees(".") and self.ahead().kind == "name":
                self.take()
                name += "." + self.take().text
        else:
            raise self.unexpected("a type")
        arguments: list[tuple[str, s.TypeName]] = []
        result = None
        if name in ("list", "range", "context", "function") and self.sees("<"):
            opened = self.take()
            while not self.sees(">"):
                label = ""
                if name == "context":
                    label = self.name_until(":")
                    self.expect(":")
                arguments.append((label, self.type_name()))
                if not self.accept(","):
                    break
            self.expect(">", opened)
            if name == "function":
                self.expect("->")
                result = self.type_name()
        self.leave()
        return s.TypeName(name, tuple(arguments), result, start=start, end=self.last_end)
