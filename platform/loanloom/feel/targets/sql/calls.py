"""Library functions in SQL: by name, those that PostgreSQL gives exactly as Python does. Every other one is refused."""

from __future__ import annotations

from collections.abc import Callable

from ... import tree as t
from ...types import ANY
from .base import SQL_TYPES, Piece, either
from .dates import Dates
from .lists import Lists, Many
from .quotients import Fraction, Quotients
from .texts import Texts


class Calls(Quotients, Texts, Dates, Lists):
    """What the target knows about functions."""

    def call(self, node: t.Call) -> Piece:
        """A function of the library."""
        made = _CALLS.get(node.function.name)
        if made is None:
            raise self.refuse(node, f"`{node.function.name}`", f"“{node.function.name}”")
        if node.overload is None:
            raise self.refuse(
                node,
                f"`{node.function.name}` with values whose types show only when it runs",
                f"“{node.function.name}”的参数类型须在运行时才能确定",
            )
        return made(self, node)

    def compared_piece(self, node: t.Node) -> Piece:
        """A value to compare with another of its kind; texts by their code points."""
        if node.type.kind == "number":
            if self.exactness.quotient(node):
                raise self.unrounded(node)
            return self.comparand(node)
        if node.type.kind not in SQL_TYPES and node.type.kind != "Null":
            raise self.refuse_type(node)
        made = self.piece(node)
        if node.type.kind != "string":
            return made
        return Piece(f'({made.text} COLLATE "C")', made.fault, made.simple, made.nullable)

    def mean(self, node: t.Call) -> Fraction:
        many = self._listed(node)
        if many is None:
            pieces = [self.number(one) for one in node.arguments if one is not None]
            total = Piece(f"({' + '.join(one.text for one in pieces)})").faulty(*(one.fault for one in pieces))
            return total, Piece(f"{len(pieces)}::numeric", simple=True, nullable=False)
        count = self.count(many)
        return self.aggregate(many, "sum", node), Piece(f"nullif({count.text}, 0)", count.fault)

    def _listed(self, node: t.Call) -> Many | None:
        """The one list that a function is given; None where it is given values."""
        assert node.overload is not None
        if node.overload.variadic:
            return None
        assert node.arguments[0] is not None
        return self.many(node.arguments[0])

    def absolute(self, node: t.Call) -> Piece:
        """abs, of durations too: they are numbers here"""
        value = self.argument(node)
        return Piece(f"abs({value.text})", value.fault, nullable=value.nullable)

    def odd(self, node: t.Call) -> Piece:
        """Whether the rest by two is one"""
        value = self.argument(node)
        return Piece(f"(abs(mod({value.text}, 2)) = 1)", value.fault, nullable=value.nullable)

    def even(self, node: t.Call) -> Piece:
        """Whether the rest by two is nothing"""
        value = self.argument(node)
        return Piece(f"(mod({value.text}, 2) = 0)", value.fault, nullable=value.nullable)

    def counted(self, node: t.Call) -> Piece:
        """How many items a list has"""
        assert node.arguments[0] is not None
        return self.count(self.many(node.arguments[0]))

    def total(self, node: t.Call) -> Piece:
        """The sum of a list or of values"""
        many = self._listed(node)
        if many is not None:
            return self.aggregate(many, "sum", node)
        pieces = [self.piece(one) for one in node.arguments if one is not None]
        text = f"({' + '.join(one.text for one in pieces)})"
        return Piece(text, either(*(one.fault for one in pieces)), nullable=any(one.nullable for one in pieces))

    def smallest(self, node: t.Call) -> Piece:
        """The smallest item or value; null where one is null"""
        return self._extreme(node, "min", "least")

    def largest(self, node: t.Call) -> Piece:
        """The largest item or value; null where one is null"""
        return self._extreme(node, "max", "greatest")

    def _extreme(self, node: t.Call, of_rows: str, of_values: str) -> Piece:
        many = self._listed(node)
        if many is not None:
            return self.aggregate(many, of_rows, node)
        given = [one for one in node.arguments if one is not None]
        if node.type.kind not in SQL_TYPES or len({one.type.kind for one in given}) > 1:
            raise self.refuse_type(node)
        collated = ' COLLATE "C"' if node.type.kind == "string" else ""
        pieces = [self.piece(one) for one in given]
        nullable = [place for place, one in enumerate(pieces) if one.nullable]
        if not nullable:
            listed = ", ".join(f"{one.text}{collated}" for one in pieces)
            return Piece(f"{of_values}({listed})", either(*(one.fault for one in pieces)), nullable=False)

        def build(*texts: str) -> Piece:
            unknown = " OR ".join(f"{texts[place]} IS NULL" for place in nullable)
            listed = ", ".join(f"{one}{collated}" for one in texts)
            return Piece(f"(CASE WHEN {unknown} THEN NULL ELSE {of_values}({listed}) END)")

        return self.once(tuple(pieces), build)

    def defined(self, node: t.Call) -> Piece:
        """Whether a value is there"""
        argument = node.arguments[0]
        assert argument is not None
        if argument.type.kind == "list":
            many = self.many(argument)
            return Piece(f"(NOT ({many.null or 'FALSE'}))", many.problem(), nullable=False)
        value = self.compared_piece(argument)
        return Piece(f"({value.text} IS NOT NULL)", value.fault, nullable=False)

    def or_else(self, node: t.Call) -> Piece:
        """A value, or another where it is null; both are computed, so a fault of either is one"""
        first, second = node.arguments
        assert first is not None and second is not None
        kind = SQL_TYPES.get(node.type.kind)
        if kind is None or {first.type.kind, second.type.kind} > {node.type.kind, "Null"}:
            raise self.refuse_type(node)
        value, default = self.piece(first), self.piece(second)
        text = f"coalesce({value.text}, CAST({default.text} AS {kind}))"
        return Piece(text, either(value.fault, default.fault), nullable=value.nullable and default.nullable)

    def identical(self, node: t.Call) -> Piece:
        """Whether two values are the same; nulls are"""
        first, second = node.arguments
        assert first is not None and second is not None
        if first.type.kind != second.type.kind or first.type.kind not in ("number", "string", "boolean", "date"):
            raise self.refuse_type(node)
        return self.plainly("=", self.compared_piece(first), self.compared_piece(second))

    def has_item(self, node: t.Call) -> Piece:
        """Whether a list has an item"""
        first, second = node.arguments
        assert first is not None and second is not None
        many, item = self.many(first), (first.type.item or ANY).kind
        if second.type.kind not in (item, "Null") or item not in SQL_TYPES:
            raise self.refuse_type(second)
        return self.has(many, self.compared_piece(second), node)

    def all_hold(self, node: t.Call) -> Piece:
        """Whether every item is true"""
        return self._all_or_any(node, "every")

    def any_holds(self, node: t.Call) -> Piece:
        """Whether some item is true"""
        return self._all_or_any(node, "some")

    def _all_or_any(self, node: t.Call, quantifier: str) -> Piece:
        many = self._listed(node)
        if many is None:
            pieces = [self.piece(one) for one in node.arguments if one is not None]
            joined = (" AND " if quantifier == "every" else " OR ").join(one.text for one in pieces)
            return Piece(f"({joined})").faulty(*(one.fault for one in pieces))
        value = self.scalar(many, node)
        return self.holds(many, value, quantifier, lazily=False).faulty(many.problem())


_CALLS: dict[str, Callable[[Calls, t.Call], Piece]] = {
    **dict.fromkeys(
        (
            "decimal",
            "round half even",
            "round half up",
            "round half down",
            "round up",
            "round down",
            "floor",
            "ceiling",
        ),
        Calls.rounded,
    ),
    "abs": Calls.absolute,
    "modulo": Calls.modulo,
    "odd": Calls.odd,
    "even": Calls.even,
    "count": Calls.counted,
    "sum": Calls.total,
    "min": Calls.smallest,
    "max": Calls.largest,
    "is defined": Calls.defined,
    "get or else": Calls.or_else,
    "is": Calls.identical,
    "list contains": Calls.has_item,
    "all": Calls.all_hold,
    "any": Calls.any_holds,
    "string length": Calls.length,
    "contains": Calls.contains,
    "starts with": Calls.starts_with,
    "ends with": Calls.ends_with,
    "substring": Calls.substring,
    "substring before": Calls.before,
    "substring after": Calls.after,
    "trim": Calls.trim,
    "string": Calls.string,
    "date": Calls.date_of,
    "years and months duration": Calls.months_between,
    "day of week": Calls.day_of_week,
    "day of year": Calls.day_of_year,
    "week of year": Calls.week_of_year,
    "month of year": Calls.month_of_year,
    "last day of month": Calls.last_day_of_month,
}
