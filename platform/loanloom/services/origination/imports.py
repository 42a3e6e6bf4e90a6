"""Bringing applicants in from a file: read, map, hand over to origination in bulk, and report what the score was worth.

A row that cannot be read, mapped or accepted is left out and reported with its line; the others come in. Bringing the
same file again changes nothing: a row is known by the key that its mapping gives it.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from loanloom.engines import imports
from loanloom.metadata.registry import Registry, kept
from loanloom.problems import Problem, say, text
from loanloom.services.context import Context
from loanloom.services.errors import NotFound, Refused
from loanloom.services.origination import bulk as origination
from loanloom.store import audit
from loanloom.store.tables import application, import_run

MOST_KEPT = 200
"""Problems kept with the run; the file of problems that the caller gets holds all of them."""
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
DECISIONS = {"approved": "approve", "refused": "refuse"}
"""How an application's state reads as a decision; everything else waits for people."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What one file brought."""

    run_id: int
    rows: int
    created: int
    already_there: int
    refused: int
    problems: tuple[Problem, ...]
    figures: imports.Figures


def bring(
    ctx: Context, mapping_key: str, content: bytes, file_name: str, on_progress: Progress | None = None
) -> Imported:
    """Bring every row of a file in as an application of the mapping's product."""
    ctx.require("import.run")
    mapping = mapping_of(ctx.registry, mapping_key)
    read = mapping.read(content, file_name)
    mapped, problems = _map(mapping, read)
    if not mapped and problems:
        raise Refused(problems[:MOST_KEPT])
    run_id = _begin(ctx, mapping_key, content, file_name, read.count)
    brought = origination.bring_in(
        ctx,
        mapping.product or "",
        [origination.Applicant(key=one.key, facts=one.facts, outcome=one.outcome) for one in mapped],
        on_progress=on_progress,
    )
    lines = {one.key: one.line for one in mapped}
    for key, found in brought.problems.items():
        problems.extend(problem.at(line=lines[key], file=file_name) for problem in found)
    done = Imported(
        run_id=run_id,
        rows=read.count,
        created=brought.created,
        already_there=brought.already_there,
        refused=read.count - brought.created - brought.already_there,
        problems=tuple(problems),
        figures=figures(ctx, [one.key for one in mapped]),
    )
    _finish(ctx, done)
    return done


@kept
def mapping_of(registry: Registry, key: str) -> imports.ImportMapping:
    """The compiled mapping."""
    document = registry.get("import_mapping", key)
    if document is None:
        raise NotFound(text("import mapping", "导入映射"))
    compiled = imports.compile_mapping(document, registry)
    if compiled.mapping is None:
        raise Refused(compiled.problems)
    return compiled.mapping


def figures(ctx: Context, keys: Sequence[str]) -> imports.Figures:
    """Approval rate, bad rates and Gini over the imported applications with these keys, as they stand now."""
    query = select(application.c.state, application.c.score_points, application.c.recorded_outcome)
    with ctx.transaction() as connection:
        rows = connection.execute(query.where(application.c.imported_key.in_(keys))).all()
    return imports.figures(
        (DECISIONS.get(row.state, "refer"), row.score_points, _bad(row.recorded_outcome)) for row in rows
    )


def problems_file(problems: Sequence[Problem], language: str = "zh") -> str:
    """The problems as CSV text for a spreadsheet; no cell of it can start a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["line", "field", "code", "message"])
    for problem in problems:
        row = (str(problem.line or ""), problem.field or "", problem.code, say(problem.message, language))
        writer.writerow([_harmless(cell) for cell in row])
    return out.getvalue()


def _map(mapping: imports.ImportMapping, read: imports.Rows) -> tuple[list[imports.Mapped], list[Problem]]:
    problems = list(read.problems)
    mapped: list[imports.Mapped] = []
    seen: dict[str, int] = {}
    for row in read.rows:
        one, found = mapping.map(row)
        problems.extend(found)
        if one is None:
            continue
        if (first := seen.setdefault(one.key, one.line)) != one.line:
            problems.append(_twice(one, first))
            continue
        mapped.append(one)
    return mapped, problems


def _begin(ctx: Context, mapping_key: str, content: bytes, file_name: str, rows: int) -> int:
    values = {
        "mapping_key": mapping_key,
        "file_name": file_name[:200],
        "file_digest": hashlib.sha256(content).hexdigest(),
        "rows": rows,
        "created_by": ctx.actor.user_id,
        "started_at": ctx.now,
    }
    with ctx.transaction() as connection:
        run_id = connection.execute(insert(import_run).values(values).returning(import_run.c.id)).scalar_one()
        _audit(ctx, connection, "import.started", run_id, {"mapping": mapping_key, "file": file_name, "rows": rows})
    return int(run_id)


def _finish(ctx: Context, done: Imported) -> None:
    kept = [
        {"line": one.line, "field": one.field, "code": one.code, "message": dict(one.message)}
        for one in done.problems[:MOST_KEPT]
    ]
    values = {
        "state": "done",
        "accepted": done.created,
        "skipped": done.already_there,
        "refused": done.refused,
        "problems": kept,
        "figures": {name: value for name, value in asdict(done.figures).items() if value is not None},
        "finished_at": ctx.now,
    }
    after = {"created": done.created, "already_there": done.already_there, "refused": done.refused}
    with ctx.transaction() as connection:
        connection.execute(update(import_run).where(import_run.c.id == done.run_id).values(values))
        _audit(ctx, connection, "import.finished", done.run_id, after)


def _audit(ctx: Context, connection: Connection, action: str, run_id: int, after: dict[str, Any]) -> None:
    audit.write(connection, ctx.actor, action, ("import", run_id), after=after)


def _bad(outcome: str | None) -> bool | None:
    return None if outcome is None else outcome == "bad"


def _twice(one: imports.Mapped, first: int) -> Problem:
    return Problem(
        code="import.key_twice",
        message=text(
            f"The key {one.key} was already on line {first}.",
            f"键 {one.key} 与第{first}行重复。",
        ),
        line=one.line,
    )


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell
