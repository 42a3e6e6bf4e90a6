"""Pictures that definitions show, such as those of banners: checked by what they are, kept once, named by their digest.

A definition holds the digest alone. A bundle carries the bytes along, checked again where it comes to; a picture that
did not come is uploaded there, and until then the plain background is shown.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Row, select

from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.errors import NotFound, Refused
from loanloom.services.origination import uploads
from loanloom.services.papers import blobs
from loanloom.services.papers.blobs import File
from loanloom.store import tables

ACCEPTED = ("jpg", "png")
LARGEST_MB = 1
MOST_PIXELS = 4000
SUBJECT = "picture"
PICTURE = text("picture", "图片")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_FRAMES = frozenset((*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)))
"""The markers of a JPEG behind which its height and width stand."""


def keep(ctx: Context, name: str, content: bytes, *, field: str | None = None) -> str:
    """Keep a picture that somebody who may change definitions has chosen; its digest. Refused with the reason."""
    ctx.require("definition.edit")
    problem = uploads.fault(uploads.tidy_name(name), content, accept=ACCEPTED, max_size_mb=LARGEST_MB) or _fault(
        content
    )
    if problem is not None:
        raise Refused(problem.at(field=field))
    with ctx.transaction() as connection:
        kind = uploads.MEDIA_TYPES[uploads.kind_of(content) or "png"]
        blob_id = blobs.keep(ctx, connection, content, name="picture", media_type=kind, by=ctx.actor.user_id)
        digest = connection.execute(select(tables.blob.c.sha256).where(tables.blob.c.id == blob_id)).scalar_one()
        if _find(connection, digest) is None:
            uploads.keep(ctx, connection, (SUBJECT, blob_id), name, content, accept=ACCEPTED, max_size_mb=LARGEST_MB)
        return str(digest)


def open_file(ctx: Context, digest: str) -> File:
    """A picture by its digest. Nothing else that is kept is handed out by this way."""
    if not _DIGEST.fullmatch(digest):
        raise NotFound(PICTURE)
    with ctx.transaction() as connection:
        row = _find(connection, digest)
        if row is None:
            raise NotFound(PICTURE)
        ending = "png" if row.media_type == "image/png" else "jpg"
        return File(f"picture.{ending}", row.media_type, blobs.content(ctx, connection, row.blob_id))


def lost(ctx: Context, digests: Iterable[str]) -> frozenset[str]:
    """Those of these pictures that this installation does not hold, as after a bundle came from another one."""
    asked = frozenset(digests)
    if not asked:
        return asked
    upload, blob = tables.upload, tables.blob
    query = select(blob.c.sha256).join(upload, upload.c.blob_id == blob.c.id)
    with ctx.transaction() as connection:
        held = connection.execute(query.where(blob.c.sha256.in_(asked), upload.c.subject_kind == SUBJECT)).scalars()
        return asked - frozenset(held)


def contents(ctx: Context, connection: Connection, digests: Iterable[str]) -> dict[str, bytes]:
    """Those of these pictures that are here, in the order of their digests."""
    rows = ((digest, _find(connection, digest)) for digest in sorted(digests))
    return {digest: blobs.content(ctx, connection, row.blob_id) for digest, row in rows if row is not None}


def take_in(ctx: Context, connection: Connection, brought: Mapping[str, bytes]) -> None:
    """Keep the pictures that came with a bundle; Refused with everything that is wrong with them."""
    problems = doubts(brought)
    if problems:
        raise Refused(problems)
    for digest, content in sorted(brought.items()):
        if _find(connection, digest) is None:
            name = _called(digest, content)
            kind = uploads.MEDIA_TYPES[name.rpartition(".")[2]]
            blob_id = blobs.keep(ctx, connection, content, name="picture", media_type=kind, by=ctx.actor.user_id)
            uploads.keep(ctx, connection, (SUBJECT, blob_id), name, content, accept=ACCEPTED, max_size_mb=LARGEST_MB)


def doubts(brought: Mapping[str, bytes]) -> list[Problem]:
    """Everything wrong with the pictures of a bundle, each at its file. Needs no database."""
    return [one for digest, content in brought.items() if (one := _doubt(digest, content)) is not None]


def _doubt(digest: str, content: bytes) -> Problem | None:
    name = _called(digest, content)
    problem = uploads.fault(name, content, accept=ACCEPTED, max_size_mb=LARGEST_MB) or _fault(content)
    return problem.at(file=f"metadata/pictures/{name}") if problem is not None else None


def _called(digest: str, content: bytes) -> str:
    return f"{digest}.{uploads.kind_of(content) or 'png'}"


def _find(connection: Connection, digest: str) -> Row[Any, Any] | None:
    upload, blob = tables.upload, tables.blob
    query = select(upload.c.blob_id, upload.c.media_type).join(blob, blob.c.id == upload.c.blob_id)
    kept = query.where(blob.c.sha256 == digest, upload.c.subject_kind == SUBJECT, upload.c.state == "kept")
    return connection.execute(kept.limit(1)).one_or_none()


def _fault(content: bytes) -> Problem | None:
    """What is wrong with the picture itself."""
    found = size(content)
    if found is None:
        return Problem(
            code="picture.broken",
            message=text("This picture cannot be read.", "无法读取该图片。"),
            hint=text("Save it again as PNG or JPG.", "请另存为PNG或JPG后重新上传。"),
        )
    if max(found) > MOST_PIXELS:
        return Problem(
            code="picture.too_many_pixels",
            message=text(
                f"The picture is {found[0]} × {found[1]} pixels; at most {MOST_PIXELS} each way.",
                f"图片为{found[0]}×{found[1]}像素，每边最多{MOST_PIXELS}像素。",
            ),
            hint=text("1600 × 600 is plenty for a banner.", "轮播图1600×600像素即可。"),
        )
    return None


def size(content: bytes) -> tuple[int, int] | None:
    """Width and height as the picture itself states them; None where it states none."""
    try:
        if content.startswith(b"\x89PNG\r\n\x1a\n"):
            found = struct.unpack(">II", content[16:24]) if content[12:16] == b"IHDR" else (0, 0)
        else:
            found = next(_frames(content), (0, 0))
    except (struct.error, IndexError):
        return None
    return (found[0], found[1]) if min(found) > 0 else None


def _frames(content: bytes) -> Iterator[tuple[int, int]]:
    """Width and height of each frame of a JPEG, by walking its segments."""
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        (length,) = struct.unpack(">H", content[at + 2 : at + 4])
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            yield width, height
        if length < 2 or marker == 0xDA:
            return
        at += 2 + length
