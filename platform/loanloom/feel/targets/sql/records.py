"""Records in SQL: in a JSON value or in the row of a relation, read entry by entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ... import tree as t
from ...types import ANY, Type
from .base import SQL_TYPES, Base, Piece
from .dates import date_in, not_written

_NUMBER = "^[+-]?([0-9]{1,40}([.][0-9]{0,40})?|[.][0-9]{1,40})$"


@dataclass(frozen=True, slots=True)
class Json:
    """A record in a JSON value."""

    text: str
    type: Type


@dataclass(frozen=True, slots=True)
class Row:
    """A record in a row of a relation."""

    alias: str
    columns: Mapping[str, str]
    type: Type


Item = Piece | Json | Row


class Records(Base):
    """What the target knows about records."""

    def record(self, node: t.Node) -> Item:
        """A node that gives a record."""
        if isinstance(node, t.Local) and isinstance(self.bound.get(node.slot), Json | Row):
            found: Item = self.bound[node.slot]
            return found
        raise self.refuse(node, "a whole record", "整条记录")

    def entry(self, item: Item, name: str, node: t.Node) -> Piece:
        """An entry of a record."""
        if isinstance(item, Piece):
            raise self.refuse(node, f"`.{name}` of each item", f"各项的“{name}”")
        type_ = item.type.members.get(name, ANY)
        if type_.kind not in SQL_TYPES:
            raise self.refuse(node, f"the entry `{name}`", f"“{name}”项")
        if isinstance(item, Row):
            if name not in item.columns:
                raise self.refuse(node, f"`{name}`, which no column holds", f"“{name}”没有对应的列")
            return Piece(f"CAST({item.alias}.{item.columns[name]} AS {SQL_TYPES[type_.kind]})", simple=True)
        return self._json_entry(f"({item.text} ->> {self.bind(name)})", type_, node)

    def _json_entry(self, text: str, type_: Type, node: t.Node) -> Piece:
        """An entry of a JSON record; one that is no value of its type is a fault."""
        if type_.kind == "string":
            return Piece(text, simple=True)
        if type_.kind == "number":
            value = f"CASE WHEN {text} ~ '{_NUMBER}' THEN {text} END::numeric"
            return Piece(f"({value})", f"(({text} !~ '{_NUMBER}') IS TRUE)", simple=True)
        if type_.kind == "boolean":
            known = f"CASE {text} WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END"
            return Piece(f"({known})", f"(({text} NOT IN ('true', 'false')) IS TRUE)", simple=True)
        if type_.kind == "date":
            return Piece(date_in(text), not_written(text), simple=True)
        raise self.refuse(node, f"{type_.kind} inside a list", f"列表中的 {type_.kind}")
