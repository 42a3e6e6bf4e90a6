"""Bringing records in from a workbook: every line through the same form as on screen, as long work that can be left.

A sound line is written with its place in the run, in one transaction for a handful of lines, so that a run that was
broken off goes on where it stopped and no line comes in twice. The others are kept with what is wrong, and handed out
again as a file to mend.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

from sqlalchemy import Connection, Row, insert, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB

from loanloom.metadata.registers import Register
from loanloom.problems import LANGUAGES, Problem, say, text
from loanloom.services.context import Context
from loanloom.services.errors import NotFound, Refused, ServiceError
from loanloom.services.papers import blobs
from loanloom.services.records import columns, kept, sheets
from loanloom.services.records.columns import NUMBER, OWNER, Column
from loanloom.services.records.sheets import Line
from loanloom.services.running import work
from loanloom.services.running.work import Progress
from loanloom.store import audit, tables

RUN = tables.import_run
WORK = "records_import"
AT_ONCE = 50
MOST_BYTES = 10_000_000
MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IMPORT = text("import", "导入")
Outcome = Literal["created", "changed", "same"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
"""What comes of a sound line; `same`: it said nothing that the record did not say already."""


def begin(ctx: Context, entity: str, name: str, content: bytes) -> tuple[int, int]:
    """Take the file in, its headings checked, and ask for the work: the run and the long work."""
    register = kept.register(ctx, entity, "write")
    ctx.require("import.run")
    if len(content) > MOST_BYTES:
        raise Refused(
            Problem(code="records.too_big", message=text("The file is larger than 10 MB.", "文件超过 10 MB。"))
        )
    lines = sheets.read(content, columns.columns(ctx, register))
    with ctx.transaction() as connection:
        blob = blobs.keep(ctx, connection, content, name=name[:200], media_type=MEDIA, by=ctx.actor.user_id)
        values = {
            "mapping_key": _key(entity),
            "file_name": name[:200],
            "file_digest": hashlib.sha256(content).hexdigest(),
            "rows": len(lines),
            "figures": {"blob": blob, "done": 0},
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
    shown = columns.columns(ctx, register)
    lines = sheets.read(content, shown)
    while True:
        with ctx.transaction() as connection:
            row = _row(connection, entity, run_id, lock=True, told=False)
            done = int(row.figures["done"])
            if done >= len(lines):
                return _finish(ctx, connection, register, row)
            _some(ctx, connection, register, row, lines[done : done + AT_ONCE], shown)
        progress.report(min(done + AT_ONCE, len(lines)), len(lines))


def _some(
    ctx: Context, connection: Connection, register: Register, row: Row[Any], lines: Sequence[Line],
    shown: Sequence[Column],
) -> None:  # fmt: skip
    """A handful of lines, and how far the run is now."""
    came: Counter[Outcome] = Counter()
    problems: list[dict[str, Any]] = []
    for line in lines:
        try:
            with connection.begin_nested():
                outcome = _one(ctx, connection, register, line, shown)
            came[outcome] += 1
        except ServiceError as error:
            problems += [{"line": line.number, **_told(one, shown)} for one in error.problems]
    counted = {name: row.figures.get(name, 0) + came[name] for name in OUTCOMES}
    figures = {**row.figures, "done": row.figures["done"] + len(lines), **counted}
    refused = row.refused + len({one["line"] for one in problems})
    accepted = sum(counted.values())
    new: dict[str, Any] = {"figures": figures, "refused": refused, "accepted": accepted}
    if problems:  # put behind those that are there: a file that is wrong throughout has tens of thousands
        new["problems"] = RUN.c.problems.op("||")(literal(problems, JSONB))
    connection.execute(update(RUN).where(RUN.c.id == row.id).values(new))


def _one(ctx: Context, connection: Connection, register: Register, line: Line, shown: Sequence[Column]) -> Outcome:
    """Write one line; what came of it."""
    number = line.cells.get(NUMBER)
    if number is None:
        owner = _owner(connection, register, line.cells.get(OWNER))
        values = kept.evaluated(ctx, connection, register, columns.raw_of(line.cells, shown), owner=owner)
        kept.add(ctx, connection, register, values, owner=owner)
        return "created"
    table = kept.TABLE
    query = select(table.c.id).where(table.c.entity == register.key, table.c.number == number)
    found = connection.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound(register.label)
    row = kept.read(ctx, connection, register.key, found, lock=True)
    before = columns.by_field({register.key: kept.values_of(ctx, register, row)})
    raw = columns.raw_of(_other(line.cells, before, shown), shown, before)
    if not raw:
        return "same"
    kept.rewrite(ctx, connection, register, row, raw)
    return "changed"


def _other(cells: Mapping[str, str], before: Mapping[str, Any], shown: Sequence[Column]) -> dict[str, str]:
    """The cells that say something else than the record does, in either language."""
    says = [columns.line_of(before, shown, language) for language in LANGUAGES]
    return {name: cell for name, cell in cells.items() if cell not in [one.get(name) for one in says]}


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


def _told(problem: Problem, shown: Sequence[Column]) -> dict[str, Any]:
    titles = {one.field: one.whole for one in shown if one.path}
    title = titles.get(problem.field or "")
    return {
        "code": problem.code,
        "message": dict(problem.message),
        "hint": dict(problem.hint) if problem.hint else None,
        "column": dict(title) if title else None,
    }


def _finish(ctx: Context, connection: Connection, register: Register, row: Row[Any]) -> Mapping[str, Any]:
    of_outcomes = {str(name): row.figures.get(name, 0) for name in OUTCOMES}
    figures = {
        "rows": row.rows,
        **of_outcomes,
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
    shown = columns.columns(ctx, register)
    wrong = [line for line in sheets.read(content, shown) if line.number in told]
    rows = [{**line.cells, sheets.PROBLEMS: "\n".join(told[line.number])} for line in wrong]
    return sheets.workbook(say(register.title, language), shown, language, rows, problems=True)


def _key(entity: str) -> str:
    return f"record:{entity}"


def _row(connection: Connection, entity: str, run_id: int, *, lock: bool = False, told: bool = True) -> Row[Any]:
    """A run; without its problems (`told`) where they are not read, for they may be very many."""
    shown = [one for one in RUN.c if told or one.name != "problems"]
    query = select(*shown).where(RUN.c.id == run_id, RUN.c.mapping_key == _key(entity))
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
