"""The drafts that an open change says as they stand: they wait for others, and nothing is to be done about them."""

from __future__ import annotations

from sqlalchemy import Connection, and_, exists, select

from loanloom.metadata.document import Identity
from loanloom.store.tables import definition, draft, release, release_item

OPEN = ("proposed", "approved", "scheduled")


def put_up(connection: Connection) -> frozenset[Identity]:
    """The drafts whose text, or whose end, is in a change that waits for its review or its day."""
    base = release_item.alias("base")
    known = exists().where(
        base.c.release_id == release.c.base_release_id, base.c.definition_id == release_item.c.definition_id
    )
    same = (
        select(draft.c.kind, draft.c.key)
        .join(release_item, and_(release_item.c.kind == draft.c.kind, release_item.c.key == draft.c.key))
        .join(release, release.c.id == release_item.c.release_id)
        .join(definition, definition.c.id == release_item.c.definition_id)
        .where(release.c.state.in_(OPEN), ~draft.c.retire, definition.c.source == draft.c.source, ~known)
    )
    found = {(row.kind, row.key) for row in connection.execute(same)}
    ended = {(row.kind, row.key) for row in connection.execute(select(draft.c.kind, draft.c.key).where(draft.c.retire))}
    if ended:
        retired = connection.execute(select(release.c.retired).where(release.c.state.in_(OPEN))).scalars()
        found |= ended & {(kind, key) for pairs in retired for kind, key in pairs or ()}
    return frozenset(found)
