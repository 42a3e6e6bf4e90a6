"""Texts in SQL: compared code point by code point, counted and cut by characters; upper, lower and patterns are not
the same in PostgreSQL and refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from ... import tree as t
from .base import Base, Piece, either

_BLANKS = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
"""Every character that `trim` takes away; none lies beyond the ideographic space."""


class Texts(Base):
    """What the target knows about texts."""

    def _texts(self, node: t.Call) -> tuple[Piece, ...]:
        return tuple(self.piece(one) for one in node.arguments if one is not None)

    def added(self, node: t.Arithmetic) -> Piece:
        """left + right"""
        left, right = self.piece(node.left), self.piece(node.right)
        text = f"({left.text} || {right.text})"
        return Piece(text, either(left.fault, right.fault), nullable=left.nullable or right.nullable)

    def length(self, node: t.Call) -> Piece:
        """Characters of a text"""
        (text,) = self._texts(node)
        return Piece(f"char_length({text.text})::numeric", text.fault, nullable=text.nullable)

    def contains(self, node: t.Call) -> Piece:
        """Whether one text stands in another"""
        return self._about(node, "(strpos({0}, {1}) > 0)")

    def starts_with(self, node: t.Call) -> Piece:
        """Whether a text begins with another"""
        return self._about(node, "starts_with({0}, {1})")

    def ends_with(self, node: t.Call) -> Piece:
        """Whether a text ends with another"""
        return self._about(node, '(right({0}, char_length({1})) COLLATE "C" = {1})', again=True)

    def before(self, node: t.Call) -> Piece:
        """What stands before the first place of another text; nothing where there is none"""
        place = "strpos({0}, {1})"
        return self._about(node, f"(CASE {place} WHEN 0 THEN '' ELSE left({{0}}, {place} - 1) END)", again=True)

    def after(self, node: t.Call) -> Piece:
        """What stands after it"""
        place = "strpos({0}, {1})"
        rest = f"substr({{0}}, {place} + char_length({{1}}))"
        return self._about(node, f"(CASE {place} WHEN 0 THEN '' ELSE {rest} END)", again=True)

    def _about(self, node: t.Call, template: str, *, again: bool = False) -> Piece:
        pieces = self._texts(node)
        nullable = any(one.nullable for one in pieces)
        if not again:
            text = template.format(*(one.text for one in pieces))
            return Piece(text, either(*(one.fault for one in pieces)), nullable=nullable)
        return self.once(pieces, lambda *texts: Piece(template.format(*texts), nullable=nullable))

    def trim(self, node: t.Call) -> Piece:
        """A text without the blanks around it"""
        (text,) = self._texts(node)
        return Piece(f"btrim({text.text}, {self.bind(_BLANKS)})", text.fault, nullable=text.nullable)

    def substring(self, node: t.Call) -> Piece:
        """Part of a text, from a place counted from 1 or from the end; a place outside it is a fault"""
        start = self._whole(node, 1)
        length = self._whole(node, 2) if len(node.arguments) > 2 and node.arguments[2] is not None else None
        if start == 0 or start is None or (length is not None and length < 1):
            raise self.refuse(node, "a substring that never has a value", "恒无结果的 substring")
        assert node.arguments[0] is not None
        text = self.piece(node.arguments[0])
        count = "" if length is None else f", {length}"

        def build(of: str) -> Piece:
            cut = f"substr({of}, {start}{count})" if start > 0 else f"substr(right({of}, {-start}), 1{count})"
            return Piece(cut, f"((char_length({of}) < {abs(start)}) IS TRUE)", nullable=text.nullable)

        return self.once((text,), build)

    def _whole(self, node: t.Call, place: int) -> int | None:
        argument = node.arguments[place]
        value = argument.value if isinstance(argument, t.Constant) else None
        if not isinstance(value, Decimal) or value != int(value) or abs(value) > 100_000:
            raise self.refuse(node, "`substring` from a place that is not constant", "起始位置不固定的 substring")
        return int(value)

    def string(self, node: t.Call) -> Piece:
        """A value as text"""
        (argument,) = node.arguments
        assert argument is not None
        value = self.piece(argument)
        written = _WRITTEN.get(argument.type.kind)
        if written is None or (argument.type.kind == "number" and self.exactness.quotient(argument)):
            raise self.refuse_type(argument)
        return Piece(written.format(value.text), value.fault, nullable=value.nullable)


_WRITTEN: Mapping[str, str] = {
    "string": "{0}",
    "boolean": "({0})::text",
    "number": "trim_scale({0})::text",
    "date": "to_char({0}, 'YYYY-MM-DD')",
}
