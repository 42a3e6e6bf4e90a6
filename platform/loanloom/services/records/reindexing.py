"""When a release changes by which fields records are found, their index is made anew: at once for as many as that takes
no time for, by long work for more. Values that were to be unique and are not refuse the release.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy.exc import IntegrityError

from loanloom.metadata.registers import Register, registers
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, say, text
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.records import indexing, kept
from loanloom.services.running import work
from loanloom.services.running.work import Progress
from loanloom.store import tables

WORK = "records_reindex"
AT_ONCE = 500
MOST_AT_ONCE = 5_000
"""Records that a release indexes itself."""


def after_release(ctx: Context, connection: Connection, before: Registry | None) -> None:
    """Bring the index in line with the release that just went live; `ctx` sees that one."""
    earlier = registers(before) if before is not None else {}
    for key, register in registers(ctx.registry).items():
        if _found_by(register) == (_found_by(earlier[key]) if key in earlier else frozenset()):
            continue
        count = _count(connection, key)
        if count <= MOST_AT_ONCE:
            _whole(ctx, connection, register)
        else:
            title = {tag: f"{WORDS[tag]}: {say(register.title, tag)}" for tag in ("en", "zh")}
            arguments = {"entity": key, "total": count}
            work.begin(ctx, connection, WORK, title, arguments, key=f"{key}-{ctx.company.release_id}")


WORDS = text("Index of records", "档案索引")


def _found_by(register: Register) -> frozenset[tuple[str, str, bool, bool]]:
    return frozenset((one.key, one.type, one.encrypted, one.unique) for one in register.indexed)


def _count(connection: Connection, entity: str) -> int:
    table = kept.TABLE
    return int(connection.execute(select(func.count()).where(table.c.entity == entity)).scalar_one())


def _whole(ctx: Context, connection: Connection, register: Register) -> None:
    _forget(connection, register)
    last: int | None = 0
    while last is not None:
        last = _some(ctx, connection, register, last)


def go(ctx: Context, progress: Progress, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """The index of one register, a few hundred records a transaction; done again from the start it changes nothing."""
    register = registers(ctx.registry)[str(arguments["entity"])]
    with ctx.transaction() as connection:
        _forget(connection, register)
    last: int | None = 0
    done = 0
    while last is not None:
        with ctx.transaction() as connection:
            last = _some(ctx, connection, register, last)
        done += AT_ONCE
        progress.report(min(done, int(arguments["total"])), int(arguments["total"]))
    return {"entity": register.key}


def _forget(connection: Connection, register: Register) -> None:
    """Fields that records are no longer found by."""
    table = tables.record_index
    gone = table.c.field.not_in([one.key for one in register.indexed])
    empty = {"unique": 0, "text_value": None, "number_value": None, "date_value": None, "hash_value": None}
    connection.execute(update(table).where(table.c.entity == register.key, gone).values(empty))


def _some(ctx: Context, connection: Connection, register: Register, after: int) -> int | None:
    """The index of the next records; the last of them, or None at the end."""
    table = kept.TABLE
    query = select(table).where(table.c.entity == register.key, table.c.id > after).order_by(table.c.id).limit(AT_ONCE)
    rows = connection.execute(query.with_for_update()).all()
    try:
        with connection.begin_nested():
            for row in rows:
                values = kept.values_of(ctx, register, row)
                indexing.write(ctx, connection, register, row.id, values, in_use=row.state == kept.ACTIVE)
    except IntegrityError as error:
        raise Refused(_not_unique(register)) from error
    return rows[-1].id if len(rows) == AT_ONCE else None


def _not_unique(register: Register) -> Problem:
    en, zh = say(register.title, "en"), say(register.title, "zh")
    return Problem(
        code="records.not_unique",
        message=text(
            f"{en}: a field cannot become unique, for records in use share a value.",
            f"{zh}：存在取值相同的在用档案，字段不能设为唯一。",
        ),
        hint=text("Archive or change one of each pair first.", "请先归档或修改重复的档案。"),
    )
