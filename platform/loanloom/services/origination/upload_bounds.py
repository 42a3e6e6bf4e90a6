"""How much one person may hand in for one record: so many files, and so many bytes together. Whoever fills this up
stands in nobody else's way."""

from __future__ import annotations

from sqlalchemy import Connection, String, bindparam, func, select

from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.store import tables

BOUNDED = ("application", "sanction")
"""Records for which files are handed in by and by."""
MOST_FILES = 100
MOST_MB = 300
"""What was taken away again counts too, for it is kept."""
_ALONE = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("whose", type_=String), 11)))
"""One person's files for a record come in one after the other: two at once would both find room for the last."""


def over(ctx: Context, connection: Connection, subject: tuple[str, int], size: int) -> Problem | None:
    """That somebody has handed in all that one person may for a record, with this file of `size` bytes."""
    if subject[0] not in BOUNDED:
        return None
    table = tables.upload
    whose = f"upload|{ctx.company.id}|{subject[0]}|{subject[1]}|{ctx.actor.user_id}"
    connection.execute(_ALONE, {"whose": whose})
    count, total = connection.execute(
        select(func.count().filter(table.c.state == "kept"), func.coalesce(func.sum(table.c.size), 0)).where(
            table.c.subject_kind == subject[0],
            table.c.subject_id == subject[1],
            table.c.created_by.is_not_distinct_from(ctx.actor.user_id),
        )
    ).one()
    if count >= MOST_FILES:
        return Problem(
            code="upload.too_many",
            message=text(
                f"{count} files have been handed in here; {MOST_FILES} are the most.",
                f"已提交 {count} 个文件，最多 {MOST_FILES} 个。",
            ),
            hint=text("Put several pages into one PDF.", "请将多页合并为一个 PDF 文件。"),
        )
    if total + size > MOST_MB * 1024 * 1024:
        used = total // (1024 * 1024)
        return Problem(
            code="upload.too_much",
            message=text(
                f"{used} MB have been handed in here, with what was taken away again; {MOST_MB} MB are the most.",
                f"已提交 {used}MB（含已删除的文件），合计最多 {MOST_MB}MB。",
            ),
            hint=text("Scan in a lower resolution.", "请降低扫描分辨率后上传。"),
        )
    return None
