"""What would be live after a change: the live documents with drafts, a bundle or an earlier release laid over them.

Nothing disappears by being absent: only what is retired by name is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Row, select

from loanloom.metadata import canonical
from loanloom.metadata.bundle import Bundle, Manifest, source_text
from loanloom.metadata.document import Document, Identity
from loanloom.metadata.findings import Memory
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem
from loanloom.services.context import Context
from loanloom.services.definitions.releases import snapshots, stored
from loanloom.services.definitions.releases.checking import Checked, check, problems_of
from loanloom.services.definitions.releases.known import kinds
from loanloom.store.tables import draft, release

_memories: WeakKeyDictionary[Registry, Memory] = WeakKeyDictionary()
"""What the last check of a change of each live registry found out: the next one looks only at what has moved since."""
_DRAFTS_READ = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What a change starts from: the live release, or nothing yet."""

    release_id: int | None
    digest: str | None
    registry: Registry
    documents: tuple[Document, ...]
    manifest: Manifest
    retired: tuple[Identity, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What would be live, checked, and what it would replace."""

    base: Base
    checked: Checked
    documents: tuple[Document, ...]
    manifest: Manifest
    retired: tuple[Identity, ...]
    editors: tuple[int, ...] = ()

    @property
    def registry(self) -> Registry:
        """The registry it would make."""
        return self.checked.registry

    @property
    def digest(self) -> str:
        """The digest of everything it holds."""
        return release_digest(self.documents, self.retired)


def release_digest(documents: Iterable[Document], retired: Iterable[Identity]) -> str:
    """The digest of a release: identity, content and source text of every document, and what is retired."""
    held = sorted([*document.identity, document.digest, stored.source_digest(source_text(document))]
                  for document in documents)  # fmt: skip
    return canonical.digest({"documents": held, "retired": sorted(map(list, retired))})


def base_of(ctx: Context, connection: Connection, row: Row[Any] | None = None) -> Base:
    """The live release (or the one of `row`) as the start of a change."""
    live = row or stored.live_row(connection)
    if live is None:
        manifest = stored.manifest_from({}, ctx.company.key)
        return Base(
            release_id=None,
            digest=None,
            registry=snapshots.of_release(ctx.database, connection, 0, None),
            documents=(),
            manifest=manifest,
            retired=(),
        )
    values = live._mapping
    registry = snapshots.of_release(ctx.database, connection, ctx.company.id, values["id"])
    documents = snapshots.documents_of(ctx.database, connection, ctx.company.id, values["id"])
    return Base(
        release_id=values["id"],
        digest=values["digest"],
        registry=registry,
        documents=documents,
        manifest=stored.manifest_from(values["manifest"], ctx.company.key),
        retired=tuple((kind, key) for kind, key in values["retired"]),
    )


def _laid_over(
    base: Base,
    changed: Iterable[Document],
    retire: Iterable[Identity],
    *,
    manifest: Manifest | None = None,
    known: Iterable[Problem] = (),
    unreadable: Iterable[Identity] = (),
    editors: Iterable[int] = (),
) -> Candidate:
    documents = {document.identity: document for document in base.documents}
    new = {document.identity: document for document in changed}
    gone = set(retire)
    kept = {identity: document for identity, document in {**documents, **new}.items() if identity not in gone}
    retired = tuple(sorted((set(base.retired) | gone) - kept.keys()))
    held = manifest or base.manifest
    before = _memories.get(base.registry)
    checked = check(kept.values(), languages=held.languages, unreadable=unreadable, known=known, before=before)
    _memories[base.registry] = checked.memory
    return Candidate(
        base=base,
        checked=checked,
        documents=tuple(kept.values()),
        manifest=held,
        retired=retired,
        editors=tuple(sorted(set(editors))),
    )


def of_drafts(ctx: Context, connection: Connection, chosen: Iterable[Identity] | None = None) -> Candidate:
    """The live release with drafts laid over it: all of them, or the chosen ones."""
    wanted = None if chosen is None else set(chosen)
    rows = connection.execute(select(draft).order_by(draft.c.kind, draft.c.key)).mappings().all()
    return of_rows(ctx, connection, [row for row in rows if wanted is None or (row["kind"], row["key"]) in wanted])


def of_rows(ctx: Context, connection: Connection, rows: Iterable[Mapping[Any, Any]]) -> Candidate:
    """The live release with these draft rows laid over it."""
    changed: list[Document] = []
    retire: list[Identity] = []
    problems: list[Problem] = []
    broken: list[Identity] = []
    editors: set[int] = set()
    for row in rows:
        identity = (row["kind"], row["key"])
        editors.update(row["editors"])
        if row["retire"]:
            retire.append(identity)
            continue
        read = read_draft(row["kind"], row["key"], row["source"])
        problems.extend(read[1])
        if read[0] is None:
            broken.append(identity)
        else:
            changed.append(read[0])
    base = base_of(ctx, connection)
    return _laid_over(base, changed, retire, known=problems, unreadable=broken, editors=editors)


@lru_cache(maxsize=_DRAFTS_READ)
def read_draft(kind: str, key: str, source: str) -> tuple[Document | None, tuple[Problem, ...]]:
    """A draft's text as a document, the same one for the same text; its kind and key must be those it is kept under."""
    from loanloom.problems import text

    known = kinds().get(kind)
    read = read_document(source, known.file_of(key) if known else f"{kind}/{key}.yaml")
    if read.document is not None and read.document.identity != (kind, key):
        line, column = read.document.place("/key")
        moved = Problem(
            code="draft.identity_changed", file=read.document.file, line=line, column=column, pointer="/key",
            message=text(f'This is {kind} "{key}"; its kind and key stay for ever.',
                         f"这是“{key}”，其类别与键不可更改。"),
            hint=text("Copy it under the new key instead.", "请改用“复制”建立新的键。"))  # fmt: skip
        return None, (*read.problems, moved)
    return read.document, read.problems


def of_bundle(ctx: Context, connection: Connection, bundle: Bundle) -> Candidate:
    """The live release with a bundle laid over it."""
    known = problems_of(bundle)
    return _laid_over(
        base_of(ctx, connection),
        bundle.documents,
        bundle.retired,
        manifest=bundle.manifest,
        known=known,
        unreadable=bundle.broken,
    )


def of_earlier(ctx: Context, connection: Connection, row: Row[Any]) -> Candidate:
    """Exactly what an earlier release held; what came since is retired by name."""
    base, earlier = base_of(ctx, connection), base_of(ctx, connection, row)
    held = {document.identity for document in earlier.documents}
    gone = {document.identity for document in base.documents} - held
    start = Base(
        release_id=base.release_id,
        digest=base.digest,
        registry=base.registry,
        documents=earlier.documents,
        manifest=earlier.manifest,
        retired=earlier.retired,
    )
    laid = _laid_over(start, (), gone, manifest=earlier.manifest)
    return Candidate(
        base=base, checked=laid.checked, documents=laid.documents, manifest=laid.manifest, retired=laid.retired
    )


def of_again(ctx: Context, connection: Connection, row: Row[Any]) -> Candidate:
    """The changes of a release that was planned against another live one, laid over what is live now."""
    values = row._mapping
    theirs = {document.identity: document for document in stored.load_documents(connection, values["id"]).documents}
    before: dict[Identity, Document] = {}
    retired_before: set[Identity] = set()
    if values["base_release_id"] is not None:
        basis = connection.execute(select(release).where(release.c.id == values["base_release_id"])).one()
        start = base_of(ctx, connection, basis)
        before = {document.identity: document for document in start.documents}
        retired_before = set(start.retired)
    changed = [document for identity, document in theirs.items()
               if identity not in before or not _same_text(before[identity], document)]  # fmt: skip
    retired = {(kind, key) for kind, key in values["retired"]} - retired_before
    manifest = stored.manifest_from(values["manifest"], ctx.company.key)
    return _laid_over(base_of(ctx, connection), changed, retired, manifest=manifest, editors=values["makers"])


def _same_text(one: Document, other: Document) -> bool:
    return one.digest == other.digest and source_text(one) == source_text(other)
