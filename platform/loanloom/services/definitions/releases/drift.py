"""Exporting what is live, and how a bundle and a company have drifted apart: one answer per definition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from loanloom.metadata.bundle import Bundle, bundle_files, pictures_of, source_text
from loanloom.metadata.diff import Change, document_diff
from loanloom.metadata.registry import build
from loanloom.services.context import Context
from loanloom.services.definitions import pictures
from loanloom.services.definitions.releases.candidate import base_of
from loanloom.services.definitions.releases.known import kinds
from loanloom.services.definitions.saying import said_at

Side = Literal["only_live", "only_bundle", "differs"]


@dataclass(frozen=True, slots=True)
class Drift:
    """A definition that is not the same in the company and in the bundle; `changes` lead from bundle to live."""

    kind: str
    key: str
    side: Side
    changes: tuple[Change, ...]


def export(ctx: Context) -> dict[str, str | bytes]:
    """The live release as the files of a bundle, with the pictures that it shows."""
    ctx.require("definition.read")
    with ctx.transaction() as connection:
        base = base_of(ctx, connection)
        shown = pictures.contents(ctx, connection, pictures_of(base.documents, kinds()))
    return bundle_files(base.manifest, base.documents, base.retired, kinds(), shown)


def drift(ctx: Context, bundle: Bundle) -> tuple[Drift, ...]:
    """Where the live release and a bundle differ."""
    ctx.require("definition.read")
    with ctx.transaction() as connection:
        base = base_of(ctx, connection)
    theirs = build(bundle.documents, kinds(), bundle.manifest.languages, bundle.broken).registry
    live = {document.identity: document for document in base.documents}
    given = {document.identity: document for document in bundle.documents}
    found: list[Drift] = []
    for identity in sorted(live.keys() | given.keys()):
        mine, other = live.get(identity), given.get(identity)
        if mine and other and mine.digest == other.digest:
            if source_text(mine) != source_text(other):
                found.append(Drift(*identity, "differs", ()))
            continue
        side: Side = "differs" if mine and other else "only_live" if mine else "only_bundle"
        found.append(Drift(*identity, side, document_diff(other, mine, theirs, base.registry, said_at)))
    return tuple(found)
