"""Documents and releases as rows: writing published definitions, reading the documents a release holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from loanloom.metadata import canonical
from loanloom.metadata.bundle import Manifest, source_text
from loanloom.metadata.document import Document, Identity, document_from
from loanloom.metadata.source import Source
from loanloom.services.definitions.releases.known import kinds
from loanloom.store.tables import definition, release, release_item


@dataclass(frozen=True, slots=True)
class Loaded:
    """The documents of a release, and the identities of those whose stored form cannot be read."""

    documents: tuple[Document, ...]
    broken: tuple[Identity, ...]


def source_digest(source: str) -> str:
    """sha256 of a source text: tells comments and layout apart, which the document's digest does not."""
    return hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()


def load_documents(connection: Connection, release_id: int) -> Loaded:
    """Everything a release holds, from the JSON in the database."""
    query = (
        select(*definition.c["kind", "key", "content", "source"])
        .join(release_item, release_item.c.definition_id == definition.c.id)
        .where(release_item.c.release_id == release_id)
        .order_by(definition.c.kind, definition.c.key)
    )
    documents: list[Document] = []
    broken: list[Identity] = []
    for row in connection.execute(query):
        try:
            documents.append(_document(row))
        except (KeyError, TypeError, ValueError, ArithmeticError):
            broken.append((row.kind, row.key))
    return Loaded(tuple(documents), tuple(broken))


def _document(row: Row[Any]) -> Document:
    kind = kinds().get(row.kind)
    file = kind.file_of(row.key) if kind else None
    return document_from(canonical.unplain(row.content), Source(row.source, file))


def by_digest(connection: Connection, kind: str, key: str, digest: str) -> Document | None:
    """One version of a definition as it was published."""
    query = select(*definition.c["kind", "key", "content", "source"]).where(
        definition.c.kind == kind, definition.c.key == key, definition.c.digest == digest
    )
    row = connection.execute(query.order_by(definition.c.id).limit(1)).one_or_none()
    return _document(row) if row is not None else None


def keep(connection: Connection, documents: Iterable[Document], user_id: int | None) -> dict[Identity, int]:
    """Write what is not yet written; the row of every document. A definition once written never changes."""
    rows = {document.identity: _row(document, user_id) for document in documents}
    if not rows:
        return {}
    connection.execute(insert(definition).on_conflict_do_nothing(), list(rows.values()))
    wanted = [(row["kind"], row["key"], row["digest"], row["source_digest"]) for row in rows.values()]
    columns = definition.c["kind", "key", "digest", "source_digest"]
    query = select(*definition.c["id", "kind", "key"]).where(tuple_(*columns).in_(wanted))
    return {(row.kind, row.key): row.id for row in connection.execute(query)}


def _row(document: Document, user_id: int | None) -> dict[str, Any]:
    source = source_text(document)
    effective = date.fromisoformat(document.effective_from) if document.effective_from else None
    return {
        "kind": document.kind,
        "key": document.key,
        "digest": document.digest,
        "source_digest": source_digest(source),
        "title": dict(document.title),
        "effective_from": effective,
        "file": kinds().require(document.kind).file_of(document.key),
        "source": source,
        "content": canonical.plain(document.as_mapping()),
        "created_by": user_id,
    }


def add_items(connection: Connection, release_id: int, definitions: Mapping[Identity, int]) -> None:
    """Say what a release holds."""
    rows = [
        {"release_id": release_id, "definition_id": row, "kind": kind, "key": key}
        for (kind, key), row in sorted(definitions.items())
    ]
    if rows:
        connection.execute(release_item.insert(), rows)


def next_number(connection: Connection) -> int:
    """The number of the next release; taken under the company's lock."""
    return int(connection.execute(select(func.coalesce(func.max(release.c.number), 0) + 1)).scalar_one())


def live_row(connection: Connection) -> Row[Any] | None:
    """The live release."""
    return connection.execute(select(release).where(release.c.state == "live")).one_or_none()


def lock_company(connection: Connection, company_id: int) -> None:
    """One at a time for everything that adds or moves releases of a company; held to the end of the transaction."""
    connection.execute(select(func.pg_advisory_xact_lock(_LOCK, company_id)))


_LOCK = 0x4C4F4F4D  # "LOOM": our class of advisory locks


def called(manifest: Manifest) -> str:
    """What a change that brings in a whole bundle is called: the title of the bundle (else its name) and version."""
    return f"{(manifest.title or {}).get('zh') or manifest.name} {manifest.version}"


def manifest_values(manifest: Manifest) -> dict[str, Any]:
    """A manifest as the release keeps it."""
    return {
        "name": manifest.name,
        "version": manifest.version,
        "languages": list(manifest.languages),
        "plugins": dict(manifest.plugins),
        "title": dict(manifest.title) if manifest.title else None,
    }


def manifest_from(values: Mapping[str, Any], company_key: str) -> Manifest:
    """The manifest a release keeps; a company that began without one gets its own name."""
    if not values:
        return Manifest(company_key, "0.1.0")
    languages = tuple(values["languages"])
    return Manifest(values["name"], values["version"], languages, values["plugins"], values.get("title"))
