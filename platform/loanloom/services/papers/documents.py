"""Documents made from templates: filled once from facts and kept as blocks; drawn as PDF and DOCX when first asked for.

What was filled never changes afterwards, so a file drawn later says what was agreed then. Files are kept as blobs
with their sha256. Drawing needs no lock beyond the document's row: whoever comes second gets the first one's file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, select, update

from loanloom.engines import documents as engine
from loanloom.metadata.registry import Registry
from loanloom.problems import Text, text
from loanloom.services import subjects
from loanloom.services.context import Context
from loanloom.services.definitions import compiled
from loanloom.services.errors import NotFound, Refused
from loanloom.services.papers import blobs
from loanloom.services.papers.blobs import File
from loanloom.services.papers.rendering import docx, pdf
from loanloom.store import audit, bulk, tables

Format = Literal["pdf", "docx"]
FORMATS: tuple[Format, ...] = ("pdf", "docx")
MEDIA_TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
DOCUMENT = text("document", "文书")


@dataclass(frozen=True, slots=True)
class Made:
    """A document without its content."""

    id: int
    number: str
    title: Text
    template: str


def make(
    ctx: Context,
    connection: Connection,
    registry: Registry,
    template_key: str,
    subject: tuple[str, int],
    facts: Mapping[str, Any],
    *,
    number: str = "",
) -> int | None:
    """Fill one document for a record; its id, or None when the template's own condition does not ask for it."""
    template = compiled.template(registry, template_key)
    if not engine.applies(template, facts):
        return None
    filled = engine.fill(template, facts, number=number)
    if filled.document is None:
        raise Refused(filled.problems)
    values = {
        "subject_kind": subject[0],
        "subject_id": subject[1],
        "template_key": template_key,
        "template_digest": registry.require("template", template_key).digest,
        "number": number or None,
        "title": dict(template.title),
        "language": template.language,
        "content": engine.to_json(filled.document),
        "created_by": ctx.actor.user_id,
    }
    table = tables.document
    made = int(bulk.insert(connection, table, [values], returning=["id"])[0]["id"])
    what = {"document": made, "template": template_key, "number": number}
    audit.write(connection, ctx.actor, "document.made", subject, after=what, at=ctx.now)
    return made


def listing(connection: Connection, subject: tuple[str, int]) -> list[Made]:
    """The documents of a record, oldest first. The caller has already checked that the record may be seen."""
    table = tables.document
    columns = (table.c.id, table.c.number, table.c.title, table.c.template_key)
    rows = connection.execute(
        select(*columns)
        .where(table.c.subject_kind == subject[0], table.c.subject_id == subject[1])
        .order_by(table.c.id)
    )
    return [Made(row.id, row.number or "", row.title, row.template_key) for row in rows]


def read(ctx: Context, document_id: int) -> engine.NeutralDocument:
    """The blocks of a document the actor may see, for showing it on a page."""
    with ctx.transaction() as connection:
        return engine.from_json(_find(ctx, connection, document_id).content)


def file(ctx: Context, document_id: int, wanted: Format) -> File:
    """The document as a file, drawn now if nobody asked before."""
    with ctx.transaction() as connection:
        return _file(ctx, connection, _find(ctx, connection, document_id), wanted)


def draw(ctx: Context, document_id: int) -> None:
    """Draw both files ahead of the first reader; harmless to repeat."""
    with ctx.transaction() as connection:
        row = _find(ctx, connection, document_id)
        for wanted in FORMATS:
            _file(ctx, connection, row, wanted)


def _file(ctx: Context, connection: Connection, row: Row[Any], wanted: Format) -> File:
    name = f"{row.number or row.template_key}.{wanted}"
    blob_id = row.pdf_blob_id if wanted == "pdf" else row.docx_blob_id
    if blob_id is not None:
        return File(name, MEDIA_TYPES[wanted], blobs.content(ctx, connection, blob_id))
    content = rendered(engine.from_json(row.content), wanted)
    blob_id = blobs.keep(ctx, connection, content, name=name, media_type=MEDIA_TYPES[wanted], by=ctx.actor.user_id)
    table = tables.document
    connection.execute(update(table).where(table.c.id == row.id).values({f"{wanted}_blob_id": blob_id}))
    return File(name, MEDIA_TYPES[wanted], content)


def rendered(document: engine.NeutralDocument, wanted: Format) -> bytes:
    """A neutral document as a file's bytes."""
    if wanted == "docx":
        return docx.render(document)
    problem = pdf.missing_font(document)
    if problem is not None:
        raise Refused(problem)
    return pdf.render(document)


def _find(ctx: Context, connection: Connection, document_id: int) -> Row[Any]:
    row = connection.execute(select(tables.document).where(tables.document.c.id == document_id)).one_or_none()
    if row is None:
        raise NotFound(DOCUMENT)
    subjects.check(ctx, connection, row.subject_kind, row.subject_id)
    return row
