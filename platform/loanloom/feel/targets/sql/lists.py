"""Lists in SQL: a list is rows to read from, with what its items are; nothing is made of it but counts, sums, ends,
tests and single items.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from ... import tree as t
from ...limits import MAX_LIST
from ...types import ANY, Type
from .base import SQL_TYPES, Piece, Rows, both, either
from .numbers import Numbers
from .records import Item, Json, Records, Row

_MOST_STEPS = 1_000


@dataclass(frozen=True, slots=True)
class Many:
    """A list: rows after FROM, what each item is, which rows belong to it, and what can be wrong with a row.

    `fault` and `null` are about the list itself, `row_fault` about a row before `where` leaves it out. `order` is what
    the rows are ordered by; a list without it may be counted and summed, but has no first item.
    """

    source: str
    item: Item
    where: str | None = None
    order: str | None = None
    null: str | None = None
    fault: str | None = None
    row_fault: str | None = None

    def rows(self, value: str) -> str:
        """The rows as a subquery of one value each."""
        where = f" WHERE {self.where}" if self.where else ""
        return f"SELECT {value} FROM {self.source}{where}"

    def problem(self, row_fault: str | None = None) -> str | None:
        """Whether anything is wrong with the list or a row of it."""
        found = either(self.row_fault, row_fault)
        rows = None if found is None else f"EXISTS (SELECT FROM {self.source} WHERE {found})"
        return either(self.fault, rows)


class Lists(Records, Numbers):
    """What the target knows about lists."""

    def many(self, node: t.Node) -> Many:
        """A node as a list."""
        made = _MANY.get(type(node))
        if made is None or node.type.kind not in ("list", "Any"):
            raise self.refuse(node, "this list", "该列表")
        return made(self, node)

    def many_input(self, node: t.Input) -> Many:
        """A list that a column, a JSON column or a table of its own holds."""
        column, item = self.column(node), node.type.item or ANY
        name = self.fresh()
        if isinstance(column, Rows):
            order = None if column.order is None else f"{name}.{column.order}"
            return Many(f"{column.source} AS {name}", Row(name, column.columns, item), order=order)
        null = f"({column} IS NULL)"
        fault = None if node.type.nullable else null
        if item.kind == "context":
            return replace(self._json_rows(column, item, name), fault=fault)
        if item.kind not in SQL_TYPES:
            raise self.refuse(node, "a list of this kind", "此类列表")
        piece = Piece(f"CAST({name}.v AS {SQL_TYPES[item.kind]})", simple=True)
        return Many(f"unnest({column}) WITH ORDINALITY AS {name}(v, o)", piece, None, f"{name}.o", null, fault)

    def _json_rows(self, column: str, item: Type, name: str) -> Many:
        array = f"CASE jsonb_typeof({column}) WHEN 'array' THEN {column} END"
        source = f"jsonb_array_elements({array}) WITH ORDINALITY AS {name}(v, o)"
        null = f"(jsonb_typeof({column}) IS DISTINCT FROM 'array')"
        return Many(source, Json(f"{name}.v", item), None, f"{name}.o", null)

    def many_local(self, node: t.Local) -> Many:
        """A list that was bound."""
        found = self.bound.get(node.slot)
        if not isinstance(found, Many):
            raise self.refuse(node, "this list", "该列表")
        return found

    def many_member(self, node: t.Member) -> Many:
        """An entry of each record of a list, or a list inside a record."""
        if node.base.type.kind == "list":
            base = self.many(node.base)
            piece = self.entry(base.item, node.name, node)
            return replace(base, item=replace(piece, fault=None), row_fault=_later(base, piece.fault))
        record = self.record(node.base)
        if not isinstance(record, Json) or node.type.item is None or node.type.item.kind != "context":
            raise self.refuse(node, "a list inside a record", "记录中的列表")
        return self._json_rows(f"({record.text} -> {self.bind(node.name)})", node.type.item, self.fresh())

    def many_filter(self, node: t.Filter) -> Many:
        """The items for which the condition holds."""
        if node.condition.type.kind != "boolean":
            raise self.refuse(node, "a filter that may be a position", "可能表示位置的筛选")
        base = self.many(node.base)
        self.bound[node.item.slot] = base.item
        condition = self.piece(node.condition)
        return replace(base, where=both(base.where, condition.text), row_fault=_later(base, condition.fault))

    def many_of(self, node: t.ListOf) -> Many:
        """A list written out."""
        item = node.type.item or ANY
        if item.kind not in SQL_TYPES or not node.items:
            raise self.refuse(node, "a list of this kind", "此类列表")
        pieces = [self.piece(one) for one in node.items]
        name, kind = self.fresh(), SQL_TYPES[item.kind]
        rows = ", ".join(f"(CAST({one.text} AS {kind}), {place})" for place, one in enumerate(pieces, 1))
        fault = either(*(one.fault for one in pieces))
        return Many(f"(VALUES {rows}) AS {name}(v, o)", Piece(f"{name}.v", simple=True), None, f"{name}.o", None, fault)

    def many_for(self, node: t.For) -> Many:
        """The body for each item, or for each combination of items."""
        base = self.loop(node.loops, node)
        if any(isinstance(one, t.Local) and one.slot == node.partial.slot for one in t.walk(node.body)):
            raise self.refuse(node, "`partial`", "“partial”")
        body = self.piece(node.body)
        return replace(base, item=replace(body, fault=None, simple=False), row_fault=_later(base, body.fault))

    def loop(self, loops: tuple[t.Loop, ...], node: t.Node, *, lazily: bool = False) -> Many:
        """What a loop runs over, each of its items bound; a later list is asked for each item before it.

        Where a loop may end early (`lazily`), a later list that may fail might never have been asked.
        """
        base = self._bound_loop(loops[0], node)
        for one in loops[1:]:
            inner = self._bound_loop(one, node)
            if inner.null is not None:
                raise self.refuse(one, "a loop over a second list that may be null", "遍历可能为空的第二个列表")
            wrong = inner.problem()
            if wrong is not None and lazily:
                raise self.refuse(one, "a second list that may fail", "可能出错的第二个列表")
            if wrong is not None:
                wrong = f"EXISTS ({replace(base, where=both(base.where, wrong)).rows('1')})"
            source = f"{base.source} CROSS JOIN LATERAL {inner.source}"
            order = None if base.order is None or inner.order is None else f"{base.order}, {inner.order}"
            fault = either(base.problem(), wrong)
            base = Many(source, inner.item, both(base.where, inner.where), order, base.null, fault)
        return base

    def _bound_loop(self, loop: t.Loop, node: t.Node) -> Many:
        base = self._steps(loop, node) if loop.until is not None else self.many(loop.source)
        self.bound[loop.local.slot] = base.item
        return base

    def many_call(self, node: t.Call) -> Many:
        """A list from its end, or its values, each once."""
        listed, function = node.arguments[0], node.function.name
        if function not in ("distinct values", "reverse") or listed is None:
            raise self.refuse(node, f"`{function}`", f"“{function}”")
        base, name = self.many(listed), self.fresh()
        if function == "reverse":
            return replace(base, order=None if base.order is None or "," in base.order else _turned(base.order))
        kind = SQL_TYPES.get((listed.type.item or ANY).kind)
        if kind is None:
            raise self.refuse(node, "this list", "该列表")
        collated = ' COLLATE "C"' if kind == "text" else ""
        rows = base.rows(f"DISTINCT {self.scalar(base, node).text}{collated} AS v")
        return Many(f"({rows}) AS {name}", Piece(f"{name}.v", simple=True), None, None, base.null, base.problem())

    def _steps(self, loop: t.Loop, node: t.Node) -> Many:
        ends = [one.value if isinstance(one, t.Constant) else None for one in (loop.source, loop.until)]
        first, last = ends
        if not isinstance(first, Decimal) or not isinstance(last, Decimal) or abs(last - first) >= _MOST_STEPS:
            raise self.refuse(node, "a loop between ends that are not constant numbers", "两端不是固定数字的循环")
        if first != int(first) or last != int(last) or max(abs(first), abs(last)) > 2_000_000_000:
            raise self.refuse(node, "a loop between ends that are not whole numbers", "两端不是整数的循环")
        name, step = self.fresh(), 1 if first <= last else -1
        source = f"generate_series({int(first)}, {int(last)}, {step}) WITH ORDINALITY AS {name}(v, o)"
        return Many(source, Piece(f"{name}.v::numeric", simple=True, nullable=False), None, f"{name}.o")

    # -- what is made of a list ---------------------------------------------------------------------------------------

    def scalar(self, many: Many, node: t.Node) -> Piece:
        """What each item is, where that is one plain value."""
        if not isinstance(many.item, Piece):
            raise self.refuse(node, "whole records as values", "整条记录作为取值")
        return many.item

    def gathered(self, many: Many, value: str, made: str, *, nullable: bool = True, fault: str | None = None) -> Piece:
        """One value out of all items, null where the list is. `made` speaks of each item as `v`."""
        name = self.fresh()
        text = f"(SELECT {made} FROM ({many.rows(f'{value} AS v')}) AS {name})"
        if many.null is not None:
            text = f"(CASE WHEN {many.null} THEN NULL ELSE {text} END)"
        return Piece(text, many.problem(fault), nullable=nullable or many.null is not None)

    def count(self, many: Many) -> Piece:
        """How many there are."""
        return self.gathered(many, "1", "count(*)::numeric", nullable=False)

    def aggregate(self, many: Many, name: str, node: t.Node) -> Piece:
        """sum, min or max: null for an empty list and where an item is null."""
        value = self.scalar(many, node).text
        collated = ' COLLATE "C"' if (node.type.kind == "string") else ""
        return self.gathered(many, value, f"CASE WHEN count(v) = count(*) THEN {name}(v{collated}) END")

    def holds(self, many: Many, value: Piece, quantifier: str, *, lazily: bool = True) -> Piece:
        """Whether a condition holds for some or every row: three-valued, and done at the row that decides."""
        some = quantifier == "some"
        decides = "v" if some else "NOT v"
        found, otherwise = ("TRUE", "FALSE") if some else ("FALSE", "TRUE")
        made = f"CASE WHEN bool_or({decides}) THEN {found} "
        made += (
            f"WHEN count(v) < count(*) THEN NULL ELSE {otherwise} END" if value.nullable else f"ELSE {otherwise} END"
        )
        piece = self.gathered(many, value.text, made, nullable=value.nullable)
        if value.fault is None:
            return piece
        if not lazily:
            return piece.faulty(many.problem(value.fault))
        return piece.faulty(self._first_fault(many, value, decides))

    def _first_fault(self, many: Many, value: Piece, decides: str) -> str:
        """Whether a row without a value comes before the first that decides."""
        name = self.fresh()
        rows = many.rows(f"row_number() OVER (ORDER BY {many.order}) AS o, {value.text} AS v, {value.fault} AS f")
        first = f"min(o) FILTER (WHERE {decides} AND NOT f)"
        return f"(SELECT coalesce(min(o) FILTER (WHERE f) < {first}, bool_or(f), FALSE) FROM ({rows}) AS {name})"

    def has(self, many: Many, value: Piece, node: t.Node) -> Piece:
        """Whether a value is among the items."""
        item = self.scalar(many, node)
        made = self.once((value,), lambda text: self._among(many, item.text, text))
        return made.faulty(many.problem())

    def _among(self, many: Many, item: str, value: str) -> Piece:
        test = f"EXISTS ({replace(many, where=both(many.where, f'{item} IS NOT DISTINCT FROM {value}')).rows('1')})"
        if many.null is None:
            return Piece(test, nullable=False)
        return Piece(f"(CASE WHEN {many.null} THEN NULL ELSE {test} END)")

    def at(self, node: t.Index, read: Callable[[Item], Piece]) -> Piece:
        """What is read of the item at a place; null where there is none."""
        many = self.many(node.base)
        if many.order is None or "," in many.order:
            raise self.refuse(node, "an item by its place in a list without an order", "无序列表中按位置取项")
        piece = read(many.item)
        index = node.index.value if isinstance(node.index, t.Constant) else None
        if isinstance(index, Decimal) and index == int(index) and 0 < abs(index) <= MAX_LIST:
            order = many.order if index > 0 else _turned(many.order)
            end = f"ORDER BY {order} LIMIT 1 OFFSET {abs(int(index)) - 1}"
            wrong = f"coalesce(({many.rows(str(piece.fault))} {end}), FALSE)"
            fault = None if piece.fault is None else wrong
            return Piece(f"({many.rows(piece.text)} {end})", either(many.problem(), fault))
        asked = self.number(node.index)
        return self.once((asked,), lambda place: self._at_place(many, piece, place)).faulty(many.problem())

    def _at_place(self, many: Many, piece: Piece, place: str) -> Piece:
        """The item at a place that each row has its own of; from the end where it is negative."""
        name = self.fresh()
        counted = f"row_number() OVER (ORDER BY {many.order}) AS i, count(*) OVER () AS n"
        rows = many.rows(f"{piece.text} AS v, {piece.fault or 'FALSE'} AS f, {counted}")
        end = f"FROM ({rows}) AS {name} WHERE i = CASE WHEN {place} > 0 THEN {place} ELSE n + 1 + {place} END"
        fault = None if piece.fault is None else f"(SELECT coalesce(bool_or(f), FALSE) {end})"
        return Piece(f"(SELECT v {end})", fault)


def _turned(order: str) -> str:
    """The order from the end."""
    return order.removesuffix(" DESC") if order.endswith(" DESC") else f"{order} DESC"


def _later(many: Many, fault: str | None) -> str | None:
    """What was wrong with a row before, or is now with a row that still belongs to the list."""
    if fault is None:
        return many.row_fault
    now = fault if many.where is None else f"({many.where} IS TRUE AND {fault})"
    return either(many.row_fault, now)


_MANY: dict[type[t.Node], Callable[[Lists, Any], Many]] = {
    t.Input: Lists.many_input,
    t.Local: Lists.many_local,
    t.Member: Lists.many_member,
    t.Filter: Lists.many_filter,
    t.ListOf: Lists.many_of,
    t.For: Lists.many_for,
    t.Call: Lists.many_call,
}
