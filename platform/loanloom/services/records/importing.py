"""Bringing records in from a workbook: every line through the same form as on screen, as long work that can be left.

A sound line is written with its place in the run, in one transaction for a handful of lines, so that a run that was
broken off goes on where it stopped and no line comes in twice. The others are kept with what is wrong, and handed out
again as a file to mend.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from loanloom.metadata.registers import Register
from loanloom.problems import Problem, say, text
from loanloom.services.context import Context
from loanloom.services.errors import NotFound, Refused, ServiceError
from loanloom.services.papers import blobs
from loanloom.services.records import kept, sheets
from loanloom.services.records.sheets import Column, Line
from loanloom.services.running import work
from loanloom.services.running.work import Progress
from loanloom.store import audit, tables

RUN = tables.import_run
WORK = "records_import"
AT_ONCE = 50
MOST_BYTES = 10_000_000
MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IMPORT = text("import", "导入")


def begin(ctx: Context, entity: str, name: str, content: bytes) -> tuple[int, int]:
    """Take the file in, its headings checked, and ask for the work: the run and the long work."""
    register = kept.register(ctx, entity, "write")
    ctx.require("import.run")
    if len(content) > MOST_BYTES:
        raise Refused(
            Problem(code="records.too_big", message=text("The file is larger than 10 MB.", "文件超过 10 MB。"))
        )
    lines = sheets.read(content, sheets.columns(ctx, register))
    with ctx.transaction() as connection:
        blob = blobs.keep(ctx, connection, content, name=name[:200], media_type=MEDIA, by=ctx.actor.user_id)
        values = {
            "mapping_key": _key(entity),
            "file_name": name[:200],
            "file_digest": hashlib.sha256(content).hexdigest(),
            "rows": len(lines),
            "figures": {"blob": blob, "done": 0, "created": 0, "changed": 0},
            "created_by": ctx.actor.user_id,
            "started_at": ctx.now,
        }
        run_id = int(connection.execute(insert(RUN).values(values).returning(RUN.c.id)).scalar_one())
        title = {tag: f"{IMPORT[tag]}: {say(register.title, tag)}" for tag in ("en", "zh")}
        arguments = {"run": run_id, "entity": entity}
        url = f"/records/{entity}/import/{run_id}"
        job = work.begin(ctx, connection, WORK, title, arguments, key=f"{WORK}-{run_id}", url=url)
    return run_id, job


def go(ctx: Context, progress: Progress, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Bring in every line that is not in yet."""
    entity, run_id = str(arguments["entity"]), int(arguments["run"])
    register = kept.register(ctx, entity, "write")
    with ctx.transaction() as connection:
        content = blobs.content(ctx, connection, _row(connection, entity, run_id).figures["blob"])
    shown = sheets.columns(ctx, register)
    lines = sheets.read(content, shown)
    by_name = {one.name: one for one in shown}
    while True:
        with ctx.transaction() as connection:
            row = _row(connection, entity, run_id, lock=True)
            done = int(row.figures["done"])
            if done >= len(lines):
                return _finish(ctx, connection, register, row)
            _some(ctx, connection, register, row, lines[done : done + AT_ONCE], by_name)
        progress.report(min(done + AT_ONCE, len(lines)), len(lines))


def _some(
    ctx: Context, connection: Connection, register: Register, row: Row[Any], lines: Sequence[Line],
    by_name: Mapping[str, Column],
) -> None:  # fmt: skip
    """A handful of lines, and how far the run is now."""
    created = changed = 0
    problems = list(row.problems)
    for line in lines:
        try:
            with connection.begin_nested():
                is_new = _one(ctx, connection, register, line, by_name)
            created, changed = created + is_new, changed + (not is_new)
        except ServiceError as error:
            problems += [{"line": line.number, **_told(one, by_name)} for one in error.problems]
    figures = {
        **row.figures, "done": row.figures["done"] + len(lines),
        "created": row.figures["created"] + created, "changed": row.figures["changed"] + changed,
    }  # fmt: skip
    refused = len({one["line"] for one in problems})
    accepted = figures["created"] + figures["changed"]
    new = {"figures": figures, "problems": problems, "refused": refused, "accepted": accepted}
    connection.execute(update(RUN).where(RUN.c.id == row.id).values(new))


def _one(ctx: Context, connection: Connection, register: Register, line: Line, by_name: Mapping[str, Column]) -> bool:
    """Write one line; whether it made a record."""
    about = (sheets.NUMBER, sheets.OWNER)
    raw = {name: by_name[name].raw(cell) for name, cell in line.cells.items() if name not in about}
    number = line.cells.get(sheets.NUMBER)
    if number is None:
        owner = _owner(connection, register, line.cells.get(sheets.OWNER))
        values = kept.evaluated(ctx, connection, register, raw, owner=owner)
        kept.add(ctx, connection, register, values, owner=owner)
        return True
    table = kept.TABLE
    query = select(table.c.id).where(table.c.entity == register.key, table.c.number == number)
    found = connection.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound(register.label)
    row = kept.read(ctx, connection, register.key, found, lock=True)
    kept.rewrite(ctx, connection, register, row, raw)
    return False


def _owner(connection: Connection, register: Register, number: str | None) -> int | None:
    """The customer or partner of this number; whether the actor sees them is asked where the record is written."""
    if register.about is None:
        return None
    table, words = kept.OWNERS[register.about]
    query = select(table.c.id).where(table.c.number == number)
    found = connection.execute(query).scalar_one_or_none() if number else None
    if found is None:
        raise NotFound(words)
    return int(found)


def _told(problem: Problem, by_name: Mapping[str, Column]) -> dict[str, Any]:
    column = by_name.get(problem.field or "")
    return {
        "code": problem.code,
        "message": dict(problem.message),
        "hint": dict(problem.hint) if problem.hint else None,
        "column": dict(column.title) if column else None,
    }


def _finish(ctx: Context, connection: Connection, register: Register, row: Row[Any]) -> Mapping[str, Any]:
    figures = {
        "rows": row.rows,
        "created": row.figures["created"],
        "changed": row.figures["changed"],
        "refused": row.refused,
    }
    if row.state == "running":
        connection.execute(update(RUN).where(RUN.c.id == row.id).values(state="done", finished_at=ctx.now))
        told = {**figures, "entity": register.key, "file": row.file_name}
        audit.write(connection, ctx.actor, "record.imported", ("import_run", row.id), after=told, at=ctx.now)
    return figures


# -- reading ------------------------------------------------------------------------------------------------------


def read(ctx: Context, entity: str, run_id: int) -> Row[Any]:
    """How far a run is and what came of it: rows, accepted, refused, figures, problems."""
    kept.register(ctx, entity, "write")
    ctx.require("import.run")
    with ctx.transaction() as connection:
        return _own(ctx, _row(connection, entity, run_id))


def recent(ctx: Context, entity: str, limit: int = 10) -> Sequence[Row[Any]]:
    """My latest runs of this register, the newest first."""
    query = select(RUN).where(RUN.c.mapping_key == _key(entity), RUN.c.created_by == ctx.actor.user_id)
    with ctx.transaction() as connection:
        return connection.execute(query.order_by(RUN.c.id.desc()).limit(limit)).all()


def errors_file(ctx: Context, entity: str, run_id: int, language: str) -> bytes:
    """The lines that did not come in, as they were, with what is wrong behind them: to mend and bring again."""
    register = kept.register(ctx, entity, "write")
    with ctx.transaction() as connection:
        row = _own(ctx, _row(connection, entity, run_id))
        content = blobs.content(ctx, connection, row.figures["blob"])
    told: dict[int, list[str]] = {}
    for one in row.problems:
        place = f"{say(one['column'], language)}: " if one["column"] else ""
        told.setdefault(one["line"], []).append(place + say(one["message"], language))
    shown = sheets.columns(ctx, register)
    wrong = [line for line in sheets.read(content, shown) if line.number in told]
    rows = [{**line.cells, sheets.PROBLEMS: "\n".join(told[line.number])} for line in wrong]
    return sheets.workbook(say(register.title, language), shown, language, rows, problems=True)


def _key(entity: str) -> str:
    return f"record:{entity}"


def _row(connection: Connection, entity: str, run_id: int, *, lock: bool = False) -> Row[Any]:
    query = select(RUN).where(RUN.c.id == run_id, RUN.c.mapping_key == _key(entity))
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound(IMPORT)
    return row


def _own(ctx: Context, row: Row[Any]) -> Row[Any]:
    """A run shows what its file held: its owner's alone."""
    if row.created_by != ctx.actor.user_id:
        raise NotFound(IMPORT)
    return row


__all__ = ["WORK", "begin", "errors_file", "go", "read", "recent"]
