"""Bytes kept once per content. Knows neither who may read them nor what they are for."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from loanloom.store import tables


@dataclass(frozen=True, slots=True)
class File:
    """A file as handed out."""

    name: str
    media_type: str
    content: bytes


def keep(connection: Connection, content: bytes, *, name: str, media_type: str, by: int | None) -> int:
    """The id of the blob with this content, made when it is new."""
    table, digest = tables.blob, hashlib.sha256(content).hexdigest()
    known = connection.execute(select(table.c.id).where(table.c.sha256 == digest).limit(1)).scalar_one_or_none()
    if known is not None:
        return int(known)
    values = {
        "sha256": digest,
        "bytes": content,
        "name": name,
        "media_type": media_type,
        "size": len(content),
        "created_by": by,
    }
    return int(connection.execute(insert(table).values(values).returning(table.c.id)).scalar_one())


def content(connection: Connection, blob_id: int) -> bytes:
    """The bytes of a blob."""
    table = tables.blob
    return bytes(connection.execute(select(table.c.bytes).where(table.c.id == blob_id)).scalar_one())
