"""The index of records: what each is found by, and that nobody is entered twice.

A row for every searchable field of a record: text by its one spelling, numbers and days as such, closed fields by a
keyed hash.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from loanloom.metadata.fields import Field
from loanloom.metadata.registers import Register
from loanloom.problems import Problem, Text, text
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.reading.data_sets.registers import written
from loanloom.store import bulk, tables

TABLE = tables.record_index
MOST_ALIKE = 3


def write(
    ctx: Context,
    connection: Connection,
    kept: Register,
    record_id: int,
    values: Mapping[str, Any],
    *,
    in_use: bool = True,
) -> None:
    """Bring the index of one record in line with its values."""
    rows = [_row(ctx, kept, record_id, field, values.get(field.key), in_use) for field in kept.indexed]
    bulk.upsert(connection, TABLE, rows, ("record_id", "field"))


def _row(ctx: Context, kept: Register, record_id: int, field: Field, value: Any, in_use: bool) -> dict[str, Any]:
    found = None if value in (None, "") else value
    closed = field.encrypted and found is not None
    return {
        "record_id": record_id,
        "entity": kept.key,
        "field": field.key,
        "unique": int(field.unique and in_use),
        "text_value": None if found is None or field.encrypted else written(found),
        "number_value": found if isinstance(found, Decimal) and not field.encrypted else None,
        "date_value": found if isinstance(found, date) and not field.encrypted else None,
        "hash_value": _hash(ctx, kept, field, found) if closed else None,
    }


def _hash(ctx: Context, kept: Register, field: Field, value: Any) -> bytes:
    return ctx.database.vault.search_hash(ctx.company.id, f"{kept.key}.{field.key}", str(value))


def _same(ctx: Context, kept: Register, field: Field, value: Any) -> ColumnElement[bool]:
    """The rows of the index that hold this very value."""
    is_same = (
        TABLE.c.hash_value == _hash(ctx, kept, field, value)
        if field.encrypted
        else TABLE.c.text_value == written(value)
    )
    return and_(TABLE.c.entity == kept.key, TABLE.c.field == field.key, is_same)


def refuse_same(
    ctx: Context,
    connection: Connection,
    kept: Register,
    values: Mapping[str, Any],
    *,
    own: int | None = None,
    although_similar: bool = False,
) -> None:
    """Refuse values that another record in use holds as its own, and point out records that look the same."""
    given = [one for one in kept.indexed if values.get(one.key) not in (None, "")]
    unique = [one for one in given if one.unique]
    alike = [] if although_similar else [one for one in given if one.key in kept.similar and not one.unique]
    for fields, code, hint in ((unique, "record.duplicate", _USE_THAT), (alike, "record.similar", _IF_ANOTHER)):
        held = _held(ctx, connection, kept, fields, values, own)
        problems = [_holds_the_same(kept, field, number, code, hint) for field, number in held]
        if problems:
            raise Refused(problems)


def _held(
    ctx: Context, connection: Connection, kept: Register, fields: Sequence[Field], values: Mapping[str, Any],
    own: int | None,
) -> Iterator[tuple[Field, str]]:  # fmt: skip
    """The fields whose value another record in use holds too, each with that record's number."""
    if not fields:
        return
    record = tables.record
    query = (
        select(TABLE.c.field, record.c.number)
        .join(record, and_(record.c.id == TABLE.c.record_id, record.c.company_id == TABLE.c.company_id))
        .where(or_(*(_same(ctx, kept, one, values[one.key]) for one in fields)), record.c.state == "active")
        .order_by(TABLE.c.record_id)
        .limit(MOST_ALIKE)
    )
    if own is not None:
        query = query.where(TABLE.c.record_id != own)
    by_key = {one.key: one for one in fields}
    for row in connection.execute(query):
        yield by_key[row.field], row.number


_USE_THAT = text("Use that record instead of entering it again.", "请使用已有档案，勿重复录入。")
_IF_ANOTHER = text("If it is another one, say so and save again.", "如确为不同档案，请勾选确认后再保存。")


def _holds_the_same(kept: Register, field: Field, number: str, code: str, hint: Text) -> Problem:
    en, zh = kept.label.get("en", kept.key), kept.label.get("zh", kept.key)
    name = field.title
    return Problem(
        code=code,
        field=f"{kept.key}.{field.key}",
        message=text(
            f"{en} {number} has the same {name.get('en', field.key)}.",
            f"{zh}{number}的“{name.get('zh', field.key)}”与此相同。",
        ),
        hint=hint,
    )


def taken(label: Text) -> Problem:
    """Somebody was quicker with the same value."""
    return Problem(
        code="record.duplicate",
        message=text(
            f"A record ({label.get('en', '')}) with the same values was just entered.",
            f"具有相同唯一值的{label.get('zh', '')}刚刚被录入。",
        ),
    )
