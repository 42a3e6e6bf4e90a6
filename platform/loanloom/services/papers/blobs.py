"""Bytes kept once per content, closed by the vault: files name people. Knows neither who may read them nor what for."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from loanloom.services.context import Context
from loanloom.store import tables

FIELD = "blob.bytes"


@dataclass(frozen=True, slots=True)
class File:
    """A file as handed out."""

    name: str
    media_type: str
    content: bytes


def keep(ctx: Context, connection: Connection, content: bytes, *, name: str, media_type: str, by: int | None) -> int:
    """The id of the blob with this content, made when it is new."""
    table, digest = tables.blob, hashlib.sha256(content).hexdigest()
    known = connection.execute(select(table.c.id).where(table.c.sha256 == digest).limit(1)).scalar_one_or_none()
    if known is not None:
        return int(known)
    values = {
        "sha256": digest,
        "bytes": ctx.database.vault.encrypt_bytes(ctx.company.id, FIELD, content),
        "name": name,
        "media_type": media_type,
        "size": len(content),
        "created_by": by,
    }
    return int(connection.execute(insert(table).values(values).returning(table.c.id)).scalar_one())


def content(ctx: Context, connection: Connection, blob_id: int) -> bytes:
    """The bytes of a blob. One that was kept before files were closed is known by its digest."""
    table = tables.blob
    row = connection.execute(select(table.c.bytes, table.c.sha256).where(table.c.id == blob_id)).one()
    kept = bytes(row.bytes)
    if hashlib.sha256(kept).hexdigest() == row.sha256:
        return kept
    return ctx.database.vault.decrypt_bytes(ctx.company.id, FIELD, kept)
