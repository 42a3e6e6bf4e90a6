"""Comparisons and tests in SQL: equality that knows null, order that is null for it, ranges, lists of values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from ... import tree as t
from .base import SQL_TYPES, Piece, either
from .calls import Calls


class Tests(Calls):
    """What the target knows about comparing."""

    def compare(self, node: t.Compare) -> Piece:
        left, right = node.left, node.right
        for one, other in ((left, right), (right, left)):
            if isinstance(other, t.Constant) and other.value is None:
                return self._with_null(node.operator, one)
        kinds = {left.type.kind, right.type.kind}
        if len(kinds) > 1 or not kinds <= SQL_TYPES.keys():
            raise self.refuse_type(left)
        if kinds == {"number"}:
            return self.compared(node)
        return self.plainly(node.operator, *(self.compared_piece(one) for one in (left, right)))

    def _with_null(self, operator: str, node: t.Node) -> Piece:
        if operator not in ("=", "!="):
            return Piece("NULL::boolean", self.piece(node).fault)
        test = "IS NULL" if operator == "=" else "IS NOT NULL"
        if node.type.kind == "list":
            many = self.many(node)
            text = f"({many.null or 'FALSE'})"
            return Piece(text if operator == "=" else f"(NOT {text})", many.problem(), nullable=False)
        value = self.piece(node)
        return Piece(f"({value.text} {test})", value.fault, nullable=False)

    def within(self, node: t.Within) -> Piece:
        kinds = {one.type.kind for one in (node.value, node.low, node.high)}
        if len(kinds) > 1 or not kinds <= SQL_TYPES.keys():
            raise self.refuse_type(node.value)
        if any(self.exactness.quotient(one) for one in (node.value, node.low, node.high)):
            return self._within_quotients(node)
        read = self.comparand if kinds == {"number"} else self.compared_piece
        pieces = (read(node.value), read(node.low), read(node.high))
        nullable = any(one.nullable for one in pieces)
        above, below = ">=" if node.low_closed else ">", "<=" if node.high_closed else "<"
        ends = (*pieces[:1], *(_once_only(one) for one in pieces[1:]))
        return self.once(
            ends, lambda x, low, high: Piece(f"({x} {above} {low} AND {x} {below} {high})", nullable=nullable)
        )

    def _within_quotients(self, node: t.Within) -> Piece:
        above = t.Compare(">=" if node.low_closed else ">", node.value, node.low, type=node.type, syntax=node.syntax)
        below = t.Compare("<=" if node.high_closed else "<", node.value, node.high, type=node.type, syntax=node.syntax)
        first, second = self.compared(above), self.compared(below)
        text = f"({first.text} AND {second.text})"
        return Piece(text, either(first.fault, second.fault), nullable=first.nullable or second.nullable)

    def passes(self, node: t.Passes) -> Piece:
        """value in a range or a list that is itself a value"""
        test = node.test
        if isinstance(test, t.Range):
            return self._in_range(node.value, test)
        if isinstance(test, t.ListOf):
            return self._in_written(node.value, test)
        if test.type.kind != "list" or node.value.type.kind not in SQL_TYPES:
            raise self.refuse_type(test)
        many, value = self.many(test), self.compared_piece(node.value)
        made = self.has(many, value, test)
        if many.null is None:
            return made
        return (
            made.faulty(None)
            if not made.nullable
            else Piece(f"coalesce({made.text}, {value.text} IS NULL)", made.fault, nullable=False)
        )

    def _in_written(self, value: t.Node, test: t.ListOf) -> Piece:
        """value in [a, b, [c..d]]: each item by itself"""
        made = self.compared_piece(value)
        known = [one.value for one in test.items if isinstance(one, t.Constant) and type(one.value) in _ARRAYS]
        if known and len(known) == len(test.items) and len({type(one) for one in known}) == 1:
            kind = _ARRAYS[type(known[0])]
            text = f"({made.text} = ANY({self.bind(known, f'{kind}[]')}))"
            return Piece(f"({text} IS TRUE)" if made.nullable else text, made.fault, nullable=False)

        def build(text: str) -> Piece:
            one = Piece(text, simple=True, nullable=made.nullable)
            found = [
                self._inside(one, item)
                if isinstance(item, t.Range)
                else self.plainly("=", one, self.same_kind(item, value))
                for item in test.items
            ]
            tests = [f"({each.text} IS TRUE)" if each.nullable else each.text for each in found]
            return Piece(f"({' OR '.join(tests)})" if tests else "FALSE", nullable=False).faulty(
                *(each.fault for each in found)
            )

        return self.once((made,), build)

    def same_kind(self, node: t.Node, like: t.Node) -> Piece:
        """A node that is compared with another of its kind."""
        if node.type.kind not in (like.type.kind, "Null"):
            raise self.refuse_type(node)
        return self.compared_piece(node)

    def _in_range(self, value: t.Node, test: t.Range) -> Piece:
        return self.once((self.compared_piece(value),), lambda text: self._inside(Piece(text, simple=True), test))

    def _inside(self, value: Piece, test: t.Range) -> Piece:
        """In a range as a value; with an end that is null it is null, and so is only a null."""
        signs = (">=" if test.low_closed else ">", "<=" if test.high_closed else "<")
        ends = [(self.compared_piece(one), sign) for one, sign in zip((test.low, test.high), signs, strict=True) if one]

        def build(*texts: str) -> Piece:
            inside = " AND ".join(f"{value.text} {sign} {text}" for text, (_, sign) in zip(texts, ends, strict=True))
            unknown = [f"{text} IS NULL" for text, (end, _) in zip(texts, ends, strict=True) if end.nullable]
            null = f"WHEN {' OR '.join(unknown)} THEN {value.text} IS NULL " if unknown else ""
            return Piece(f"(CASE {null}WHEN {value.text} IS NOT NULL THEN {inside} END)")

        return self.once(tuple(end for end, _ in ends), build)

    def one_of(self, node: t.OneOf) -> Piece:
        """One of some texts, bound as one array."""
        value = self.compared_piece(node.value)
        for one in node.values:
            self.check_text(one, node)
        text = f"({value.text} = ANY({self.bind(sorted(node.values), 'text[]')}))"
        return Piece(f"({text} IS TRUE)" if value.nullable else text, value.fault, nullable=False)


_ARRAYS: Mapping[type, str] = {Decimal: "numeric", dt.date: "date"}
"""Constants that are bound as one array."""


def _once_only(piece: Piece) -> Piece:
    """A piece that is written once and needs no row of its own."""
    return Piece(piece.text, piece.fault, True, piece.nullable)
