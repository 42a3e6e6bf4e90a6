"""An expression over a row as a column of a statement: translated SQL with the real columns put in their places.

The text comes from `loanloom.feel.targets.sql` alone, whose words are its own: facts stand in it by name, everything an
author wrote as a value is bound.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Date, Numeric, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from loanloom.feel.targets.sql.target import Sql

_PLACE = re.compile(r'"([a-z_]+\.[a-z0-9_.]+)"|(?<!:):([a-z]\w*)')
TYPES: dict[str, TypeEngine[Any]] = {
    "number": Numeric(),
    "string": Text(),
    "boolean": Boolean(),
    "date": Date(),
}


class Translated(ColumnElement[Any]):
    """A translated expression; `parts` are texts and the columns and bound values between them."""

    inherit_cache = False

    def __init__(self, parts: tuple[str | ColumnElement[Any], ...], type_: TypeEngine[Any]) -> None:
        self.parts = parts
        self.type = type_


@compiles(Translated)
def _translated(element: Translated, compiler: SQLCompiler, **options: Any) -> str:
    return "(" + "".join(_part(one, compiler, options) for one in element.parts) + ")"


def _part(part: str | ColumnElement[Any], compiler: SQLCompiler, options: dict[str, Any]) -> str:
    if isinstance(part, str):
        return str(compiler.post_process_text(part))  # type: ignore[no-untyped-call]  # SQLAlchemy says no types here
    return str(compiler.process(part, **{**options, "within_columns_clause": False}))


def element(sql: Sql, kind: str, column: Callable[[str], ColumnElement[Any]]) -> Translated:
    """The column of a translation; `column` gives what lies behind the name of a fact."""
    return Translated(tuple(_parts(sql, column)), TYPES[kind])


def _parts(sql: Sql, column: Callable[[str], ColumnElement[Any]]) -> Iterator[str | ColumnElement[Any]]:
    last = 0
    for found in _PLACE.finditer(sql.text):
        yield sql.text[last : found.start()]
        last = found.end()
        name, bind = found.groups()
        yield column(name) if name else bindparam(None, sql.parameters[bind], unique=True)
    yield sql.text[last:]
