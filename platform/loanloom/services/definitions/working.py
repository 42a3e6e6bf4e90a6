"""The registry that authors work on: what is live with every readable draft in it, kept while neither changes."""

from __future__ import annotations

from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import select

from loanloom.metadata.registry import Registry
from loanloom.services.context import Context
from loanloom.services.definitions import catalogue
from loanloom.services.definitions.releases import snapshots
from loanloom.store.tables import draft

_lock = Lock()
_kept: WeakKeyDictionary[Registry, tuple[Any, Registry]] = WeakKeyDictionary()
"""For each live registry the last one with drafts laid over it, and which versions of them."""


def registry_of(ctx: Context) -> Registry:
    """What is live, with all drafts."""
    with ctx.transaction() as connection:
        live = snapshots.of_release(ctx.database, connection, ctx.company.id, snapshots.live_id(connection))
        named = select(draft.c.id, draft.c.version, draft.c.retire).order_by(draft.c.id)
        versions = tuple(map(tuple, connection.execute(named)))
        if not versions:
            return live
        with _lock:
            known = _kept.get(live)
        if known is not None and known[0] == versions:
            return known[1]
        rows = connection.execute(select(draft)).mappings().all()
    made, _ = catalogue.with_drafts(live, rows)
    with _lock:
        _kept[live] = (versions, made)
    return made
