"""Typed tree to SQL for PostgreSQL: one expression over the columns of a row, exact and never raising. The front door.

A text that SQL cannot give exactly as Python does is a problem with its place here, at publication, never an error
of a statement. Nothing is run here and no driver is known: the text has named binds.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from ... import tree as t
from ...checking.front import Checked
from ...problems import FeelProblem, placed, words
from ...types import BOOLEAN, fits
from ..exactness import Exactness
from ..translation import Refusal, Translation
from .base import SQL_TYPES, Columns, Piece, Rows, Sql, Unavailable, either
from .comparisons import Tests
from .dates import DURATIONS
from .lists import Many
from .numbers import UNROUNDED
from .turns import MAX_STEPS, turns

MAX_TEXT = 60_000
"""Characters of SQL that one expression may become."""

_RESULTS = ("number", "string", "boolean", "date", "date and time")


def to_sql(
    checked: Checked,
    columns: Columns,
    *,
    dialect: str = "postgresql",
    prefix: str = "f",
    tested: str | None = None,
    filled: Collection[str] = (),
) -> Translation[Sql]:
    """An expression as SQL over `columns`, which say where each fact lies. `prefix` begins the names of its binds.

    `tested` is the name of the value that unary tests are about; `filled` are facts whose columns are never null.
    """
    if dialect != "postgresql":
        raise ValueError(f"no such dialect: {dialect}")
    if checked.program is None:
        return Translation(checked.problems)
    root = checked.program.tree
    exactness = Exactness(root, checked.source)
    writer = Writer(columns, exactness, prefix, filled)
    if checked.program.tested is not None and tested is not None:
        writer.bound[checked.program.tested] = Piece(tested, simple=True)
    try:
        if turns(root) > MAX_STEPS:  # the database keeps no budget
            raise writer.refuse(root, f"more than {MAX_STEPS} turns of its loops", f"循环次数超过 {MAX_STEPS}")
        made = writer.root(root)
    except Refusal as refusal:
        said_already = exactness.problems and UNROUNDED[0] in refusal.problem.message["en"]
        return Translation(exactness.problems if said_already else (*exactness.problems, refusal.at(checked.source)))
    except (RecursionError, MemoryError):
        problem = FeelProblem("feel.target.sql", words("The expression is nested too deeply.", "表达式嵌套过深。"))
        return Translation((placed(problem, checked.source, 0),))
    if exactness.problems:
        return Translation(exactness.problems)
    value = made.text if made.fault is None else f"(CASE WHEN {made.fault} THEN NULL ELSE {made.text} END)"
    fault = None if made.fault is None else Sql(made.fault, writer.parameters)
    return Translation((), Sql(value, writer.parameters), fault)


class Writer(Tests):
    """One translation."""

    def root(self, node: t.Node) -> Piece:
        """The whole expression."""
        if node.type.kind not in _RESULTS:
            if node.type.kind in DURATIONS:
                raise self.refuse(node, "a length of time as the result", "以时长作为结果")
            raise self.refuse_type(node)
        return self.number(node) if node.type.kind == "number" else self.piece(node)

    def piece(self, node: t.Node) -> Piece:
        visit = _VISITS.get(type(node))
        if visit is None:
            name = type(node).__name__.lower()
            raise self.refuse(node, f"`{name}`", f"“{name}”")
        made = visit(self, node)
        if len(made.text) + len(made.fault or "") > MAX_TEXT:
            raise self.refuse(node, "so large an expression", "如此庞大的表达式")
        return made

    def many(self, node: t.Node) -> Many:
        made = super().many(node)
        if len(made.source) + len(made.where or "") + len(made.row_fault or "") > MAX_TEXT:
            raise self.refuse(node, "so large an expression", "如此庞大的表达式")
        return made

    def input(self, node: t.Input) -> Piece:
        column, kind = self.column(node), SQL_TYPES.get(node.type.kind)
        if kind is None or node.type.kind in DURATIONS or isinstance(column, Rows):
            raise self.refuse_type(node)
        made = self.required(node, column)
        return Piece(f"CAST({column} AS {kind})", made.fault, made.simple, made.nullable)

    def local(self, node: t.Local) -> Piece:
        found = self.bound.get(node.slot)
        if not isinstance(found, Piece):
            raise self.refuse_type(node)
        return found

    def member(self, node: t.Member) -> Piece:
        base = node.base
        if isinstance(base, t.Index) and base.base.type.kind == "list" and base.type.kind == "context":
            return self.at(base, lambda item: self.entry(item, node.name, node))
        if isinstance(base, t.Context):
            return self._entries(base, node.name, 0)
        if base.type.kind == "context":
            return self.entry(self.record(base), node.name, node)
        return self.part(node, self.piece(base))

    def _entries(self, node: t.Context, name: str, place: int) -> Piece:
        """One entry of a record written out; the others are computed for their faults."""
        local, value = node.entries[place]
        last = place + 1 == len(node.entries)

        def body() -> Piece:
            if not last:
                return self._entries(node, name, place + 1)
            slots = {one.name: one.slot for one, _ in node.entries}
            found = self.bound[slots[name]]
            if not isinstance(found, Piece):
                raise self.unrounded(node)
            return found

        return self._with(local.slot, value, body)

    def index(self, node: t.Index) -> Piece:
        if node.base.type.kind != "list":
            raise self.refuse_type(node)

        def read(item: object) -> Piece:
            if not isinstance(item, Piece):
                raise self.refuse(node, "a whole record", "整条记录")
            return item

        return self.at(node, read)

    def negate(self, node: t.Negate) -> Piece:
        made = self.piece(node.operand)
        return Piece(f"(-{made.text})", made.fault, nullable=made.nullable)

    def arithmetic(self, node: t.Arithmetic) -> Piece:
        kinds = {node.left.type.kind, node.right.type.kind}
        if kinds == {"number"}:
            return self.arithmetic_numbers(node)
        if kinds == {"string"}:
            return self.added(node)
        if "Null" in kinds or "Any" in kinds:
            raise self.refuse_type(node)
        if node.type.kind == "number":
            return self.divided(node)
        return self.arithmetic_dates(node)

    def let_in(self, node: t.Let) -> Piece:
        return self._with(node.local.slot, node.value, lambda: self.piece(node.body))

    def _with(self, slot: str, value: t.Node, body: Callable[[], Piece]) -> Piece:
        """`body` with a value bound; a quotient as what stands above and below its line."""
        if not self.exactness.quotient(value):
            return self.let(slot, self.piece(value), body)
        above, below = self.fraction(value)

        def build(n: str, d: str) -> Piece:
            line = (Piece(n, simple=True, nullable=above.nullable), Piece(d, simple=True, nullable=below.nullable))
            self.bound[slot] = line
            return body()

        return self.once((above, below), build)

    def logic(self, node: t.Logic) -> Piece:
        """Three-valued; what comes after the operand that decides is not looked at, so neither are its faults."""
        pieces = [self.condition(one) for one in node.operands]
        goes_on = "IS NOT FALSE" if node.operator == "and" else "IS NOT TRUE"
        fault: str | None = None
        for one in reversed(pieces):
            later = None if fault is None else f"({one.text} {goes_on} AND {fault})"
            fault = either(one.fault, later)
        text = f" {node.operator.upper()} ".join(one.text for one in pieces)
        return Piece(f"({text})", fault, nullable=any(one.nullable for one in pieces))

    def condition(self, node: t.Node) -> Piece:
        """A node that is true, false or null."""
        if node.type.kind == "Null":
            return Piece("NULL::boolean", simple=True)
        if fits(node.type, BOOLEAN) != "yes":
            raise self.refuse_type(node)
        return self.piece(node)

    def negation(self, node: t.Not) -> Piece:
        made = self.condition(node.operand)
        return Piece(f"(NOT {made.text})", made.fault, nullable=made.nullable)

    def conditional(self, node: t.If) -> Piece:
        kind = SQL_TYPES.get(node.type.kind)
        if kind is None:
            raise self.refuse_type(node)
        condition, then, otherwise = self.condition(node.condition), self.piece(node.then), self.piece(node.otherwise)
        text = f"(CASE WHEN {condition.text} THEN {then.text} ELSE {_typed(otherwise.text, kind)} END)"
        fault = None
        if then.fault or otherwise.fault:
            fault = f"(CASE WHEN {condition.text} THEN {then.fault or 'FALSE'} ELSE {otherwise.fault or 'FALSE'} END)"
        return Piece(text, either(condition.fault, fault), nullable=then.nullable or otherwise.nullable)

    def quantified(self, node: t.Quantified) -> Piece:
        many = self.loop(node.loops, node, lazily=True)
        value = self.condition(node.condition)
        if value.fault is not None and many.order is None:
            raise self.refuse(node, "a test that may fail on a list without an order", "对无序列表执行可能出错的检验")
        return self.holds(many, value, node.quantifier)

    def instance_of(self, node: t.InstanceOf) -> Piece:
        if node.value.type.kind == "Any" or node.value.type.kind not in SQL_TYPES:
            raise self.refuse_type(node.value)
        value = self.piece(node.value)
        known = node.of.kind in (node.value.type.kind, "Any")
        return Piece(f"({value.text} IS NOT NULL)" if known else "FALSE", value.fault, nullable=False)


def _typed(text: str, kind: str) -> str:
    return f"CAST({text} AS {kind})" if text == "NULL" else text


_VISITS: dict[type[t.Node], Callable[[Writer, Any], Piece]] = {
    t.Constant: Writer.constant,
    t.Input: Writer.input,
    t.Local: Writer.local,
    t.Member: Writer.member,
    t.Index: Writer.index,
    t.Negate: Writer.negate,
    t.Arithmetic: Writer.arithmetic,
    t.Compare: Writer.compare,
    t.Within: Writer.within,
    t.Passes: Writer.passes,
    t.OneOf: Writer.one_of,
    t.Let: Writer.let_in,
    t.Logic: Writer.logic,
    t.Not: Writer.negation,
    t.If: Writer.conditional,
    t.Quantified: Writer.quantified,
    t.Call: Writer.call,
    t.InstanceOf: Writer.instance_of,
}

__all__ = ["Columns", "Rows", "Sql", "Unavailable", "to_sql"]
