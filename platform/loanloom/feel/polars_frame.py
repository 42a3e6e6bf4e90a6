"""Facts as columns: the dtypes that translations read, and records made into a frame of them, every value checked.

What a target proves holds for facts within their declared digits and limits; a fact outside is refused here, by row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import polars as pl

from . import tree as t
from .bounds import Bound, of_decimal
from .checking import Checked
from .limits import MAX_LIST, MAX_STRING
from .polars_views import NoColumn, column_type
from .problems import EvaluationError, FeelProblem, words
from .runtime import look_up
from .shapes import of_type
from .types import ANY, BOOLEAN, Type
from .values import kind_of


def schema(*checked: Checked) -> dict[str, Type]:
    """The facts that expressions read, by dotted path, with their types."""
    return schema_of(one.program.tree for one in checked if one.program is not None)


def schema_of(roots: Iterable[t.Node]) -> dict[str, Type]:
    """The same of typed trees."""
    found: dict[str, Type] = {}
    for root in roots:
        for path, type_ in _facts_of(root).items():
            found[path] = _both(found[path], type_) if path in found else type_
    return found


def _facts_of(root: t.Node) -> dict[str, Type]:
    """The facts that a tree reads, by dotted path; of lists of records only the entries that are read."""
    nodes = list(t.walk(root))
    names = None if _holds_records(root.type) else {one.name for one in nodes if isinstance(one, t.Member)}
    return {".".join(one.path): _part(one.type, names) for one in nodes if isinstance(one, t.Input)}


def _holds_records(type_: Type) -> bool:
    return type_.kind == "context" or (type_.item is not None and _holds_records(type_.item))


def _part(type_: Type, names: set[str] | None) -> Type:
    """A type without the entries that nobody reads."""
    if type_.kind == "list" and type_.item is not None:
        return replace(type_, item=_part(type_.item, names))
    if type_.kind != "context" or names is None:
        return type_
    kept = tuple((name, _part(one, names)) for name, one in type_.fields if name in names)
    return replace(type_, fields=kept or (("item", BOOLEAN),))  # a record that is only counted still needs an entry


def _both(first: Type, second: Type) -> Type:
    """A fact that two expressions read different entries of."""
    if first.kind == "list" and second.kind == "list" and first.item is not None and second.item is not None:
        return replace(first, item=_both(first.item, second.item))
    if first.kind == "context" and second.kind == "context":
        return replace(first, fields=tuple({**dict(first.fields), **dict(second.fields)}.items()))
    return first


def dtypes(types: Mapping[str, Type]) -> dict[str, Any]:
    """The dtype of each column; facts that no column holds are left out."""
    found = {}
    for path, type_ in types.items():
        try:
            found[path] = column_type(type_)
        except NoColumn:
            continue
    return found


def frame(types: Mapping[str, Type] | Checked, rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Records as a frame with a column for each fact; raises EvaluationError for a fact outside its type, naming its
    row. A fact that is missing is null.
    """
    if isinstance(types, Checked):
        types = schema(types)
    records: dict[str, list[Mapping[str, Any]]] = {"": list(rows)}
    found = [_column(path, types[path], dtype, records) for path, dtype in dtypes(types).items()]
    return pl.DataFrame(found, height=len(rows))


def unfit(types: Mapping[str, Type], row: Mapping[str, Any]) -> FeelProblem | None:
    """Why a record does not go into a frame; None where it does."""
    for path in dtypes(types):
        if not _fits(look_up(row, path.split(".")), types[path]):
            return _problem(path, None)
    return None


def _column(path: str, type_: Type, dtype: Any, records: dict[str, list[Mapping[str, Any]]]) -> pl.Series:
    values = _values(path, records)
    try:
        if type_.kind == "number":
            return _numbers(path, type_, dtype, values)
        if type_.kind in _PYTHON:
            good = set(map(type, values)) <= {_PYTHON[type_.kind], type(None)}
            good = good and (type_.kind != "string" or max(map(len, filter(None, values)), default=0) <= MAX_STRING)
        else:
            good = all(_fits(one, type_) for one in values)
        if good:
            return pl.Series(path, values, dtype=dtype, strict=True)
    except (RuntimeError, TypeError, ValueError, ArithmeticError, pl.exceptions.PolarsError):
        pass
    row = next((place for place, one in enumerate(values) if not _fits(one, type_)), None)
    raise EvaluationError(_problem(path, row))


_PYTHON: Mapping[str, type] = {"string": str, "boolean": bool, "date": dt.date}
_NONE: Mapping[str, Any] = {}


def _values(path: str, records: dict[str, list[Mapping[str, Any]]]) -> list[Any]:
    """One fact of every record."""
    above, _, name = path.rpartition(".")
    if above not in records:
        records[above] = [one or _NONE for one in _values(above, records)]
    return [one.get(name) for one in records[above]]


def _numbers(path: str, type_: Type, dtype: Any, values: list[Any]) -> pl.Series:
    bound = of_type(type_)
    assert isinstance(bound, Bound)
    kinds = set(map(type, values))
    if not kinds <= {Decimal, int, type(None)}:
        raise TypeError
    texts = pl.Series(path, list(map(str, values)), dtype=pl.String)  # three times as fast as from Decimals
    finer = texts.str.contains(rf"\.\d{{{bound.scale + 1}}}|E")
    exact = texts.str.to_decimal(scale=bound.scale).cast(pl.Decimal(38, bound.scale))
    if finer.any():
        places = [place for place, one in enumerate(finer) if one]
        if not all(_fits(values[place], type_) for place in places):
            raise ValueError
        exact = exact.scatter(places, [values[place] for place in places])
    whole = exact.to_physical()
    low, high = whole.min(), whole.max()
    if exact.null_count() != (texts == "None").sum():
        raise ValueError
    if isinstance(low, int) and isinstance(high, int) and not bound.low <= low <= high <= bound.high:
        raise ValueError
    return whole.cast(pl.Int64) if dtype == pl.Int64 else exact


def _fits(value: Any, type_: Type) -> bool:
    """Whether a fact is of its type, digits and limits included."""
    if value is None:
        return True
    kind = kind_of(value)
    if kind != type_.kind:
        return False
    if kind == "number":
        limits, bound = of_type(type_), of_decimal(value)
        if not isinstance(limits, Bound) or bound is None or bound.scale > limits.scale:
            return False
        bound = bound.at(limits.scale)
        return limits.low <= bound.low <= limits.high
    if kind == "string":
        return (len(value) <= MAX_STRING and value.isprintable()) or _encodes(value)
    if kind == "list":
        return len(value) <= MAX_LIST and _all_fit(value, type_.item or ANY)
    if kind == "context":
        return all(_fits(value.get(name), one) for name, one in type_.fields)
    return True


def _all_fit(values: Iterable[Any], type_: Type) -> bool:
    return all(_fits(one, type_) for one in values)


def _encodes(text: str) -> bool:
    """Whether a text is one: half a surrogate pair is not."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return len(text) <= MAX_STRING


def _problem(path: str, row: int | None) -> FeelProblem:
    en = f"`{path}`" + (f" of row {row + 1}" if row is not None else "")
    zh = (f"第 {row + 1} 行的" if row is not None else "") + f"“{path}”"
    return FeelProblem(
        "feel.target.unfit",
        words(f"{en} is outside its declared type, digits or limits.", f"{zh}超出其声明的类型、位数或范围。"),
    )
