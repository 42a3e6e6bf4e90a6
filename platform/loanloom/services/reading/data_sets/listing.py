"""Runs a question against a data set: one page of rows by key, the count and the sums; or every row for an export.

Paging goes by the values of the sort columns and the row's key, never by offset, so that page 1,000 costs what page 1
does. Empty values come last in either direction.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, select

from loanloom.services.context import Context
from loanloom.services.reading.data_sets.asking import Asked, Range
from loanloom.services.reading.data_sets.model import Column, DataSet

PAGE = 50
MOST_EXPORTED = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One page: rows as path -> value (and "id"), the count of all and the sums of money columns.

    `more`: there are more than were counted; sums of a part are not shown. `apart`: the sums for each value of the
    column that the data set keeps apart, where there are several; `sums` is empty then.
    """

    rows: tuple[Mapping[str, Any], ...]
    count: int
    more: bool
    sums: Mapping[str, Decimal]
    apart: tuple[tuple[Any, Mapping[str, Decimal]], ...] = ()
    next: str | None
    previous: str | None


def rows(
    ctx: Context, data_set: DataSet, asked: Asked, *, where: Mapping[str, Any] | None = None, limit: int = PAGE
) -> Listed:
    """One page of what was asked."""
    ctx.require(data_set.function)
    fitting = condition(ctx, data_set, asked, where)
    keys = _order(data_set, asked)
    place = _read_place(asked.after or asked.before, _kinds(data_set, asked))
    backwards = asked.before is not None and place is not None
    statement = _selected(data_set, asked).where(fitting)
    if place is not None:
        statement = statement.where(_beyond(keys, place, backwards))
    statement = statement.order_by(*_ordering(keys, backwards)).limit(limit + 1)
    with ctx.transaction(by_values=data_set.counted_to is not None) as connection:
        found = connection.execute(statement).all()
        totals = connection.execute(_totals(data_set, asked, fitting)).all()
    more = len(found) > limit
    shown = found[:limit][::-1] if backwards else found[:limit]
    has_next = more if not backwards else True
    has_previous = more if backwards else asked.after is not None and place is not None
    count = sum(one[0] for one in totals)
    uncounted = data_set.counted_to is not None and count > data_set.counted_to
    added = [] if uncounted else [(one[-1], _sums(data_set, asked, one)) for one in totals]
    return Listed(
        rows=tuple(_row(asked, row) for row in shown),
        count=count - int(uncounted),
        more=uncounted,
        sums=added[0][1] if len(added) == 1 else {},
        apart=tuple(added) if len(added) > 1 else (),
        next=_place(shown[-1], len(keys)) if shown and has_next else None,
        previous=_place(shown[0], len(keys)) if shown and has_previous else None,
    )


def every_row(
    ctx: Context, data_set: DataSet, asked: Asked, *, where: Mapping[str, Any] | None = None
) -> Iterator[Mapping[str, Any]]:
    """All rows in order, for an export; at most `MOST_EXPORTED`."""
    ctx.require(data_set.function)
    keys = _order(data_set, asked)
    statement = (
        _selected(data_set, asked)
        .where(condition(ctx, data_set, asked, where))
        .order_by(*_ordering(keys, False))
        .limit(MOST_EXPORTED)
    )
    with ctx.transaction() as connection:
        for row in connection.execution_options(yield_per=1000).execute(statement):
            yield _row(asked, row)


# -- the statement ----------------------------------------------------------------------------------------------------


def _selected(data_set: DataSet, asked: Asked) -> Select[Any]:
    columns = [data_set.columns[path].value.label(f"c{index}") for index, path in enumerate(asked.columns)]
    keys = [value.label(f"k{index}") for index, (value, _) in enumerate(_order(data_set, asked))]
    return select(data_set.key.label("id"), *columns, *keys).select_from(data_set.source)


def _summed(data_set: DataSet, asked: Asked) -> list[str]:
    return [path for path in asked.columns if data_set.columns[path].field.type == "money"]


def _sums(data_set: DataSet, asked: Asked, totals: Any) -> Mapping[str, Decimal]:
    return {path: totals[index + 1] for index, path in enumerate(_summed(data_set, asked))}


def _totals(data_set: DataSet, asked: Asked, fitting: ColumnElement[bool]) -> Select[Any]:
    """The count and the sums; a row for each value of the column that is kept apart, which comes last."""
    values = [data_set.columns[path].value for path in _summed(data_set, asked)]
    if data_set.counted_to is None:
        sums = [func.coalesce(func.sum(value), 0) for value in values]
        apart = [] if data_set.apart is None else [data_set.columns[data_set.apart].value]
        counted = select(func.count(), *sums, *apart).select_from(data_set.source).where(fitting)
        return counted.group_by(*apart).order_by(*apart) if apart else counted
    named = [value.label(f"v{at}") for at, value in enumerate(values)]
    first = select(literal(1), *named).select_from(data_set.source).where(fitting).limit(data_set.counted_to + 1)
    part = first.subquery()
    return select(func.count(), *(func.coalesce(func.sum(part.c[one.name]), 0) for one in named)).select_from(part)


def _row(asked: Asked, row: Any) -> Mapping[str, Any]:
    return {"id": row[0], **{path: row[index + 1] for index, path in enumerate(asked.columns)}}


def condition(
    ctx: Context, data_set: DataSet, asked: Asked, where: Mapping[str, Any] | None = None
) -> ColumnElement[bool]:
    """Who sees which rows, and what was asked for."""
    parts = [] if data_set.shared else [data_set.sight(ctx, data_set.scoped)]
    if data_set.where is not None:
        parts.append(data_set.where)
    for path, value in data_set.usually.items():
        if path not in asked.filters:
            parts.append(data_set.columns[path].value == value)
    for path, value in (where or {}).items():
        parts.append(_fixed(data_set, path) == value)
    for path, wanted in asked.filters.items():
        parts.append(_filtered(data_set.columns[path], wanted))
    if asked.words:
        parts.append(data_set.search(asked.words))
    return and_(*parts)


def _fixed(data_set: DataSet, path: str) -> ColumnElement[Any]:
    """A column of the page's own choosing: a listed one, or the scoped table's own, such as customer_id."""
    if path in data_set.columns:
        return data_set.columns[path].value
    return data_set.scoped.c[path]


def _filtered(column: Column, wanted: tuple[Any, ...] | Range) -> ColumnElement[bool]:
    if column.fits is not None:
        return column.fits(wanted)
    if isinstance(wanted, Range):
        last = wanted.last
        parts = [column.value >= wanted.first] if wanted.first is not None else []
        if last is not None and column.field.type == "moment":
            parts.append(column.value < last + timedelta(days=1))
        elif last is not None:
            parts.append(column.value <= last)
        return and_(*parts)
    if column.field.type == "text":
        return or_(*(func.lower(column.value).contains(str(one).lower(), autoescape=True) for one in wanted))
    return column.value.in_(wanted)


# -- paging by key ----------------------------------------------------------------------------------------------------


def _order(data_set: DataSet, asked: Asked) -> list[tuple[ColumnElement[Any], bool]]:
    keys = [(data_set.columns[path].value, descending) for path, descending in asked.order]
    return [*keys, (data_set.key, keys[0][1] if keys else True)]


def _ordering(keys: list[tuple[ColumnElement[Any], bool]], backwards: bool) -> list[ColumnElement[Any]]:
    """The order of the keys; the last is the row's own, never empty, and an index serves it either way."""
    made: list[ColumnElement[Any]] = []
    for at, (value, descending) in enumerate(keys, 1):
        if at == len(keys):
            made.append(value.desc() if descending != backwards else value.asc())
        elif backwards:
            made.append(value.asc().nulls_first() if descending else value.desc().nulls_first())
        else:
            made.append(value.desc().nulls_last() if descending else value.asc().nulls_last())
    return made


def _beyond(keys: list[tuple[ColumnElement[Any], bool]], place: list[Any], backwards: bool) -> ColumnElement[bool]:
    """Rows after (or before) a place: equal in the first keys and further in the next, for each length."""
    choices = []
    for index, (value, descending) in enumerate(keys):
        same = [_same(keys[earlier][0], place[earlier]) for earlier in range(index)]
        choices.append(and_(*same, _further(value, place[index], descending, backwards)))
    return or_(*choices)


def _same(value: ColumnElement[Any], at: Any) -> ColumnElement[bool]:
    return value.is_(None) if at is None else value == at


def _further(value: ColumnElement[Any], at: Any, descending: bool, backwards: bool) -> ColumnElement[bool]:
    if at is None:
        return value.is_not(None) if backwards else false()
    larger = descending == backwards
    beyond: ColumnElement[bool] = value > literal(at) if larger else value < literal(at)
    return beyond if backwards else or_(beyond, value.is_(None))


def _place(row: Any, length: int) -> str:
    plain = [_plain(value) for value in tuple(row)[-length:]]
    return base64.urlsafe_b64encode(json.dumps(plain, ensure_ascii=False).encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return ["n", str(value)]
    if isinstance(value, datetime):
        return ["t", value.isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    return value


PYTHON: Mapping[str, tuple[type, ...]] = {
    "money": (int, Decimal),
    "number": (int, Decimal),
    "percent": (int, Decimal),
    "date": (date,),
    "moment": (datetime,),
    "yes_no": (bool,),
}


def _kinds(data_set: DataSet, asked: Asked) -> list[tuple[type, ...]]:
    """What the values of a place must be, so that an invented one cannot reach the database."""
    return [*(PYTHON.get(data_set.columns[path].field.type, (str,)) for path, _ in asked.order), (int,)]


def _read_place(token: str | None, kinds: list[tuple[type, ...]]) -> list[Any] | None:
    """The values of a place; None for anything that is not one of ours."""
    if not token or len(token) > 2000:
        return None
    try:
        values = [_back(one) for one in json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))]
    except (ValueError, binascii.Error, TypeError, KeyError, ArithmeticError):
        return None
    if len(values) != len(kinds) or values[-1] is None:
        return None
    fits = all(value is None or isinstance(value, kind) for value, kind in zip(values, kinds, strict=True))
    return values if fits and all(abs(value) < 1 << 62 for value in values if isinstance(value, int)) else None


READERS: Mapping[str, Callable[[str], Any]] = {
    "n": Decimal,
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
}


def _back(plain: Any) -> Any:
    if isinstance(plain, list):
        kind, written = plain
        return READERS[kind](written)
    return plain
