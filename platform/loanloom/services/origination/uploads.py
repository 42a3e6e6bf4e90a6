"""Files that people hand in: checked by what they are, not by what they say they are; kept as blobs beside their
record.

Type is told from the first bytes, size and name are bounded, and the file belongs to the record it was handed in
for: nobody reads it who may not see that record.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, bindparam, func, insert, literal, select, update

from loanloom.problems import Problem, text
from loanloom.services import subjects
from loanloom.services.context import Context
from loanloom.services.errors import Forbidden, NotFound, Refused
from loanloom.services.origination import upload_bounds
from loanloom.services.papers import blobs
from loanloom.services.papers.blobs import File
from loanloom.store import audit, tables

ACCEPTED = ("pdf", "jpg", "png")
LARGEST_MB = 10
LONGEST_NAME = 120
MEDIA_TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png"}
_BEGINNINGS = {"pdf": b"%PDF-", "jpg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n"}
_ENDINGS = {"pdf": ("pdf",), "jpg": ("jpg", "jpeg"), "png": ("png",)}
UPLOAD = text("file", "文件")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was handed in, without its bytes."""

    id: int
    name: str
    media_type: str
    size: int
    field: str | None
    material: str | None

    @property
    def is_image(self) -> bool:
        """Whether a page may show it in place."""
        return self.media_type.startswith("image/")


def keep(
    ctx: Context,
    connection: Connection,
    subject: tuple[str, int],
    name: str,
    content: bytes,
    *,
    field: str | None = None,
    material: str | None = None,
    accept: Sequence[str] = ACCEPTED,
    max_size_mb: int = LARGEST_MB,
) -> int:
    """Check and keep a file for a record; its id. Refused with the reason when it is not what is asked for."""
    tidy = tidy_name(name)
    problem = fault(tidy, content, accept=accept, max_size_mb=max_size_mb)
    problem = problem or upload_bounds.over(ctx, connection, subject, len(content))
    if problem is not None:
        raise Refused(problem.at(field=field or material))
    kind = kind_of(content)
    assert kind is not None
    blob_id = blobs.keep(ctx, connection, content, name=tidy, media_type=MEDIA_TYPES[kind], by=ctx.actor.user_id)
    values = {
        "subject_kind": subject[0],
        "subject_id": subject[1],
        "field": field,
        "material": material,
        "blob_id": blob_id,
        "name": tidy,
        "media_type": MEDIA_TYPES[kind],
        "size": len(content),
        "created_by": ctx.actor.user_id,
    }
    table = tables.upload
    made = int(connection.execute(insert(table).values(values).returning(table.c.id)).scalar_one())
    what = {"upload": made, "name": tidy, "field": field, "material": material, "size": len(content)}
    audit.write(connection, ctx.actor, f"{subject[0]}.file_added", subject, after=what, at=ctx.now)
    return made


def fault(name: str, content: bytes, *, accept: Sequence[str], max_size_mb: int) -> Problem | None:
    """What is wrong with a file, or None."""
    allowed = ", ".join(accept).upper()
    if not content:
        return Problem(code="upload.empty", message=text(f"“{name}” is empty.", f"“{name}”是空文件。"))
    if len(content) > max_size_mb * 1024 * 1024:
        return Problem(
            code="upload.too_large",
            message=text(f"“{name}” is larger than {max_size_mb} MB.", f"“{name}”超过{max_size_mb}MB。"),
            hint=text("Scan it in a lower resolution, or split it.", "请降低扫描分辨率或拆分后上传。"),
        )
    kind = kind_of(content)
    if kind is None or kind not in accept:
        return Problem(
            code="upload.wrong_type",
            message=text(f"“{name}” is none of {allowed}.", f"“{name}”不是{allowed}文件。"),
            hint=text("The content counts, not the name.", "以文件内容为准，与文件名无关。"),
        )
    if name.rpartition(".")[2].lower() not in _ENDINGS[kind]:
        return Problem(
            code="upload.wrong_name",
            message=text(
                f"“{name}” is a {kind.upper()} file by another name.", f"“{name}”的扩展名与内容（{kind.upper()}）不符。"
            ),
            hint=text(f"Name it .{kind}.", f"请将扩展名改为.{kind}。"),
        )
    return None


def kind_of(content: bytes) -> str | None:
    """pdf, jpg or png, by the first bytes."""
    return next((kind for kind, beginning in _BEGINNINGS.items() if content.startswith(beginning)), None)


def tidy_name(name: str) -> str:
    """The bare file name: no folders, no control or bidirectional marks, bounded."""
    bare = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    bare = "".join(letter for letter in bare if unicodedata.category(letter)[0] != "C").strip(" .")
    stem, dot, ending = bare.rpartition(".")
    if not dot:
        return bare[:LONGEST_NAME] or "file"
    return f"{stem[: LONGEST_NAME - len(ending) - 1] or 'file'}.{ending[:10]}"


_KEPT = (
    select(tables.upload)
    .where(
        tables.upload.c.subject_kind == bindparam("kind"),
        tables.upload.c.subject_id == bindparam("id"),
        tables.upload.c.state == "kept",
    )
    .order_by(tables.upload.c.id)
)


def listing(connection: Connection, subject: tuple[str, int], by: int | None = None) -> list[Upload]:
    """The files of a record, oldest first; of one person only with `by`. The caller has already checked that the record
    may be seen."""
    rows = connection.execute(_KEPT, {"kind": subject[0], "id": subject[1]})
    return [_upload(row) for row in rows if by is None or row.created_by == by]


def seen(ctx: Context, connection: Connection, numbers: Iterable[int]) -> dict[int, Upload]:
    """Those of these files that the actor may see, by their numbers; of others, not even the name is told."""
    table, found, answered = tables.upload, dict[int, Upload](), dict[tuple[str, int], bool]()
    asked = select(table).where(table.c.id.in_(sorted(set(numbers))), table.c.state == "kept").order_by(table.c.id)
    for row in connection.execute(asked).all():
        subject = (row.subject_kind, row.subject_id)
        if subject not in answered:
            answered[subject] = _is_seen(ctx, connection, subject)
        if answered[subject] and _is_for(ctx, row):
            found[row.id] = _upload(row)
    return found


def _is_seen(ctx: Context, connection: Connection, subject: tuple[str, int]) -> bool:
    try:
        subjects.check(ctx, connection, *subject)
    except (NotFound, Forbidden):
        return False
    return True


def open_file(ctx: Context, upload_id: int) -> File:
    """A file that the actor may see, with its bytes."""
    with ctx.transaction() as connection:
        row = _find(ctx, connection, upload_id)
        return File(row.name, row.media_type, blobs.content(ctx, connection, row.blob_id))


def remove(ctx: Context, upload_id: int, subject: tuple[str, int]) -> None:
    """Take a file of this record away; the bytes stay for the audit."""
    with ctx.transaction() as connection:
        row = _find(ctx, connection, upload_id)
        if (row.subject_kind, row.subject_id) != subject:
            raise NotFound(UPLOAD)
        table = tables.upload
        connection.execute(
            update(table).where(table.c.id == upload_id).values(state="removed", version=row.version + 1)
        )
        audit.write(
            connection, ctx.actor, f"{subject[0]}.file_removed", subject,
            before={"upload": upload_id, "name": row.name}, at=ctx.now,
        )  # fmt: skip


def number_of(value: str) -> int:
    """The number of an upload as a form holds it; 0, which no upload has, for anything else."""
    return int(value) if value.isdecimal() and len(value) < 19 else 0


def belongs(connection: Connection, upload_id: int, subject: tuple[str, int]) -> bool:
    """Whether this upload was handed in for this record and is still there."""
    table = tables.upload
    return (
        connection.execute(
            select(table.c.id).where(
                table.c.id == upload_id,
                table.c.subject_kind == subject[0],
                table.c.subject_id == subject[1],
                table.c.state == "kept",
            )
        ).scalar_one_or_none()
        is not None
    )


def adopt(connection: Connection, upload_id: int, kept_for: tuple[str, int], subject: tuple[str, int]) -> bool:
    """Hand a file over to the record it was chosen for, made only after the file came in; whether it was there."""
    table = tables.upload
    done = connection.execute(
        update(table)
        .where(
            table.c.id == upload_id,
            table.c.subject_kind == kept_for[0],
            table.c.subject_id == kept_for[1],
            table.c.state == "kept",
        )
        .values(subject_kind=subject[0], subject_id=subject[1], version=table.c.version + 1)
    )
    return done.rowcount == 1


def _find(ctx: Context, connection: Connection, upload_id: int) -> Row[tuple[object, ...]]:
    table = tables.upload
    row = connection.execute(select(table).where(table.c.id == upload_id, table.c.state == "kept")).one_or_none()
    if row is None:
        raise NotFound(UPLOAD)
    try:
        subjects.check(ctx, connection, row.subject_kind, row.subject_id)
    except (NotFound, Forbidden):
        if not _of_own_visit(ctx, connection, row) and not _of_own_work(ctx, connection, row):
            raise
    if not _is_for(ctx, row):
        raise NotFound(UPLOAD)
    return row


def _is_for(ctx: Context, row: Row[tuple[object, ...]]) -> bool:
    """What staff or a guarantor handed in for the case is not the borrower's to read."""
    return ctx.actor.customer_id is None or row.created_by == ctx.actor.user_id


def _of_own_visit(ctx: Context, connection: Connection, row: Row[tuple[object, ...]]) -> bool:
    """Whether it is a photo of a site visit at which the actor was the second investigator."""
    table = tables.site_visit
    asked = select(table.c.id).where(
        table.c.application_id == row.subject_id,
        table.c.investigator_b == ctx.actor.user_id,
        table.c.state != "withdrawn",
        literal(row.field) == func.concat("visit-", table.c.id),
    )
    return row.subject_kind == "application" and connection.execute(asked).first() is not None


def _of_own_work(ctx: Context, connection: Connection, row: Row[tuple[object, ...]]) -> bool:
    """Whether it stands on the approval sheet of an application that the actor has work on."""
    from loanloom.services.approval import sheet  # sheets list files, which ask here

    return row.subject_kind == "application" and sheet.is_seen(ctx, connection, int(str(row.subject_id)))


def _upload(row: Row[tuple[object, ...]]) -> Upload:
    return Upload(row.id, row.name, row.media_type, row.size, row.field, row.material)
