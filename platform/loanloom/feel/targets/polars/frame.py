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

from ... import tree as t
from ...checking.front import Checked
from ...limits import MAX_LIST, MAX_STRING
from ...problems import EvaluationError, FeelProblem, words
from ...running.runtime import look_up
from ...running.values import kind_of
from ...types import ANY, BOOLEAN, Type
from ..bounds import Bound, of_decimal
from ..shapes import of_type
from .views import NoColumn, column_type


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
    """The dtype of each column; facts, and entries of records, that no column holds are left out."""
    return {path: column_type(type_) for path, type_ in held(types).items()}


def held(types: Mapping[str, Type]) -> dict[str, Type]:
    """The facts, and what of them, that columns can hold."""
    found = {path: _held(type_) for path, type_ in types.items()}
    return {path: type_ for path, type_ in found.items() if type_ is not None}


def _held(type_: Type) -> Type | None:
    if type_.kind == "list":
        item = _held(type_.item or ANY)
        return None if item is None else replace(type_, item=item)
    if type_.kind == "context":
        entries = ((name, _held(one)) for name, one in type_.fields)
        kept = tuple((name, one) for name, one in entries if one is not None)
        return replace(type_, fields=kept, open=False) if kept else None
    try:
        column_type(type_)
    except NoColumn:
        return None
    return type_


def frame(types: Mapping[str, Type] | Checked, rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Records as a frame with a column for each fact; raises EvaluationError for a fact outside its type, naming its
    row. A fact that is missing is null.
    """
    if isinstance(types, Checked):
        types = schema(types)
    records: dict[str, list[Mapping[str, Any]]] = {"": list(rows)}
    found = [_column(path, type_, column_type(type_), records) for path, type_ in held(types).items()]
    return pl.DataFrame(found, height=len(rows))


def unfit(types: Mapping[str, Type], row: Mapping[str, Any]) -> FeelProblem | None:
    """Why a record does not go into a frame; None where it does."""
    for path, type_ in held(types).items():
        if not _fits(look_up(row, path.split(".")), type_):
            return _problem(path, None)
    return None


def _column(path: str, type_: Type, dtype: Any, records: dict[str, list[Mapping[str, Any]]]) -> pl.Series:
    values = _values(path, records)
    try:
        return _series(path, type_, dtype, values)
    except (RuntimeError, TypeError, ValueError, ArithmeticError, AttributeError, pl.exceptions.PolarsError):
        row = next((place for place, one in enumerate(values) if not _fits(one, type_)), None)
        raise EvaluationError(_problem(path, row)) from None


def _series(name: str, type_: Type, dtype: Any, values: list[Any]) -> pl.Series:
    """Values as a column; raises any of the errors above where one is not of the type."""
    if type_.kind == "number":
        return _numbers(name, type_, dtype, values)
    if type_.kind == "list":
        return _lists(name, type_.item or ANY, dtype, values)
    if type_.kind == "context":
        return _records(name, type_, dtype, values)
    if not set(map(type, values)) <= {_PYTHON[type_.kind], type(None)}:
        raise TypeError
    if type_.kind == "string" and max(map(len, filter(None, values)), default=0) > MAX_STRING:
        raise ValueError
    return pl.Series(name, values, dtype=dtype, strict=True)


def _records(name: str, type_: Type, dtype: Any, values: list[Any]) -> pl.Series:
    known = [_NONE if one is None else one for one in values]
    inner = dict(zip([field.name for field in dtype.fields], [field.dtype for field in dtype.fields], strict=True))
    columns = [_series(key, one, inner[key], [each.get(key) for each in known]) for key, one in type_.fields]
    found = pl.DataFrame(columns).to_struct(name)
    if None not in values:
        return found
    there = pl.Series([one is not None for one in values])
    return pl.select(pl.when(there).then(found).alias(name)).to_series()


def _lists(name: str, item: Type, dtype: Any, values: list[Any]) -> pl.Series:
    """All items as one column, then cut where the lists end."""
    sizes = [None if one is None else len(one) for one in values]
    if max(filter(None, sizes), default=0) > MAX_LIST:
        raise ValueError
    flat = [each for one in values if one for each in one]
    places = [place for place, size in enumerate(sizes) if size for _ in range(size)]
    items = _series("items", item, dtype.inner, flat)
    cut = pl.DataFrame({"place": pl.Series(places, dtype=pl.Int64), "items": items})
    lists = cut.group_by("place", maintain_order=True).agg("items")
    rows = pl.DataFrame({"place": pl.int_range(len(values), eager=True), "size": pl.Series(sizes, dtype=pl.Int64)})
    whole = rows.join(lists, on="place", how="left", maintain_order="left")
    empty = pl.lit([], dtype=dtype)
    return whole.select(pl.when(pl.col("size") == 0).then(empty).otherwise("items").alias(name)).to_series()


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
