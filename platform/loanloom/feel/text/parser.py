"""Tokens to tree: operators, names, calls and ranges. A hand-written precedence parser with an explicit depth limit.

Raises only `Refused`. Names with spaces are those that the scope, the library or the text itself declares.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Final

from ..limits import MAX_HEIGHT
from ..problems import Refused, too_large
from . import syntax as s
from .cursor import KEYWORDS, Cursor, NameTable
from .lexer import Token
from .parser_forms import Forms

COMPARISONS: Final = ("=", "!=", "<", "<=", ">", ">=")
_OR, _AND, _COMPARISON, _SUM, _PRODUCT, _POWER = range(1, 7)
_BINARY: Final = {
    "+": _SUM,
    "-": _SUM,
    "*": _PRODUCT,
    "/": _PRODUCT,
    "**": _POWER,
    **dict.fromkeys(COMPARISONS, _COMPARISON),
}
_STRENGTHS: Final = {**_BINARY, "or": _OR, "and": _AND, "between": _COMPARISON, "in": _COMPARISON}


class Parser(Forms):
    """One parse of one text."""

    def expression(self) -> s.Node:
        self.enter()
        bare, self.range_end = self.range_end, False
        node = self.operation(_OR)
        self.range_end = bare
        self.depth -= 1
        return node

    def operand(self) -> s.Node:
        return self.operation(_SUM)

    def operation(self, lowest: int) -> s.Node:
        """Operators that bind at least as strongly as `lowest`, left to right."""
        left = self._prefix()
        terms = 0
        while True:
            token = self.tokens[self.at]
            strength = _STRENGTHS.get(token.text, 0)
            if strength < lowest or token.kind not in ("symbol", "name"):
                return left
            self.at += 1
            terms += 1
            if terms > MAX_HEIGHT:
                raise too_large(token.start)
            if strength in (_OR, _AND):
                left = self._logic(left, token, strength)
            elif token.text == "between":
                low = self.operation(_SUM)
                self.expect_word("and")
                high = self.operation(_SUM)
                left = s.Between(left, low, high, start=left.start, end=high.end)
            elif token.text == "in":
                left = self._in(left)
            else:
                right = self.operation(strength + 1)
                build = s.Compare if strength == _COMPARISON else s.Arithmetic
                left = build(token.text, left, right, start=left.start, end=right.end)

    def _logic(self, first: s.Node, token: Token, strength: int) -> s.Node:
        operands = [first, self.operation(strength + 1)]
        while self.accept_word(token.text):
            operands.append(self.operation(strength + 1))
        return s.Logic("or" if token.text == "or" else "and", tuple(operands), start=first.start, end=operands[-1].end)

    def _in(self, value: s.Node) -> s.Node:
        if self.sees("("):
            tests = self._tests_in_brackets()
        else:
            tests = (self.test(inside=False),)
        return s.In(value, tests, start=value.start, end=self.last_end)

    def _tests_in_brackets(self) -> tuple[s.Node, ...]:
        opened = self.take()
        self.enter()
        bare, self.range_end = self.range_end, False
        tests = [self.test(inside=True)]
        if self.sees(".."):
            found: tuple[s.Node, ...] = (self.range_rest(opened, tests[0], low_closed=False),)
        else:
            while self.accept(","):
                tests.append(self.test(inside=True))
            self.expect(")", opened)
            found = tuple(tests)
        self.range_end = bare
        self.leave()
        return found

    def test(self, *, inside: bool) -> s.Node:
        """One positive unary test: `< 5`, a range, or an expression (inside brackets of any kind)."""
        if self.sees(*COMPARISONS):
            operator = self.take()
            value = self.operation(_SUM)
            return s.Test(operator.text, value, start=operator.start, end=value.end)
        return self.expression() if inside else self.operation(_SUM)

    def unary_tests(self) -> s.Node:
        """A whole cell: `-`, not(tests), or tests."""
        start = self.token.start
        if self.sees("-") and self.ahead().kind == "end":
            self.take()
            return s.UnaryTests((), start=start, end=self.last_end)
        if self.sees_word("not") and self.ahead().text == "(":
            mark = self.at
            self.take()
            tests = self._tests_in_brackets()
            if self.token.kind == "end":
                return s.UnaryTests(tests, negated=True, start=start, end=self.last_end)
            self.at = mark
        found = [self.test(inside=True)]
        while self.accept(","):
            found.append(self.test(inside=True))
        return s.UnaryTests(tuple(found), start=start, end=self.last_end)

    def _prefix(self) -> s.Node:
        sign = self.token
        if sign.text == "-" and sign.kind == "symbol":
            self.at += 1
            self.enter()
            operand = self._prefix()
            self.leave()
            return s.Negate(operand, start=sign.start, end=operand.end)
        node = self._postfix(self._atom())
        while self.token.text == "instance" and self.sees_word("instance") and self.ahead().text == "of":
            self.take()
            self.take()
            node = s.InstanceOf(node, self.type_name(), start=node.start, end=self.last_end)
        return node

    def _postfix(self, node: s.Node) -> s.Node:
        for _ in range(MAX_HEIGHT):
            token = self.token
            if token.kind != "symbol":
                return node
            if token.text == ".":
                self.at += 1
                name = self._member_name()
                node = s.Member(node, name, start=node.start, end=self.last_end)
            elif token.text == "[" and not self.range_end:
                opened = self.take()
                condition = self.expression()
                self.expect("]", opened)
                node = s.Filter(node, condition, start=node.start, end=self.last_end)
            elif token.text == "(":
                node = self._call(node)
            else:
                return node
        raise too_large(self.token.start)

    def _member_name(self) -> str:
        if self.token.kind != "name":
            raise self.unexpected("a name")
        match = self.names.match(self.tokens, self.at)
        if match:
            self.at += match[1]
            return match[0]
        return self.take().text

    def _call(self, function: s.Node) -> s.Node:
        opened = self.take()
        self.enter()
        arguments: list[s.Node] = []
        names: list[str] = []
        named = self._sees_named_argument()
        while not self.sees(")"):
            if named:
                names.append(self.name_until(":"))
                self.expect(":")
            arguments.append(self.expression())
            if not self.accept(","):
                break
        self.expect(")", opened)
        self.leave()
        return s.Call(
            function, tuple(arguments), tuple(names) if named else None, start=function.start, end=self.last_end
        )

    def _sees_named_argument(self) -> bool:
        ahead = 0
        while self.ahead(ahead).kind == "name" and ahead < 8:
            ahead += 1
        return ahead > 0 and self.ahead(ahead).text == ":" and self.ahead(ahead).kind == "symbol"

    def _atom(self) -> s.Node:
        token = self.token
        if token.kind == "number":
            self.at += 1
            return s.Literal_(_number(token), start=token.start, end=token.end)
        if token.kind == "string":
            self.at += 1
            return s.Literal_(token.text, start=token.start, end=token.end)
        if token.kind == "at":
            self.at += 1
            return s.AtLiteral(token.text, start=token.start, end=token.end)
        if token.kind == "name":
            return self._word(token)
        if token.text in ("(", "[", "]", "{", "?"):
            return self.bracketed(token)
        raise self.unexpected()

    def _word(self, token: Token) -> s.Node:
        match = self.names.match(self.tokens, self.at)
        if match:
            self.at += match[1]
            return s.Name(match[0], start=token.start, end=self.last_end)
        if token.text in KEYWORDS:
            return self.keyword(token)
        self.at += 1
        if self.tokens[self.at].kind != "name":
            return s.Name(token.text, start=token.start, end=token.end)
        parts = [token.text]
        while (
            self.token.kind == "name"
            and self.token.text not in KEYWORDS
            and len(parts) < 8
            and not self.names.match(self.tokens, self.at)
        ):
            parts.append(self.take().text)
        return s.Name(" ".join(parts), start=token.start, end=self.last_end)


def _number(token: Token) -> Decimal:
    try:
        return Decimal(token.text)
    except InvalidOperation:
        raise Refused("feel.out_of_range", "The number is out of range.", "数字超出范围。", token.start) from None


def parse(source: str, names: NameTable) -> s.Node:
    """The tree of a whole expression; raises Refused."""
    return _whole(source, names, unary=False)


def parse_unary(source: str, names: NameTable) -> s.Node:
    """The tree of a whole cell of unary tests; raises Refused."""
    return _whole(source, names, unary=True)


def _whole(source: str, names: NameTable, *, unary: bool) -> s.Node:
    parser = Parser(source, names.copy())
    if parser.token.kind == "end":
        raise Refused("feel.empty", "The expression is empty.", "表达式为空。", 0)
    node = parser.unary_tests() if unary else parser.expression()
    parser.close()
    return node


__all__ = ["COMPARISONS", "Cursor", "Parser", "parse", "parse_unary"]
