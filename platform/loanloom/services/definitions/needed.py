"""The drafts that others cannot go live without: definitions that they name and that are not live yet, and the records
that declare fields their forms ask for; example cases about what changes; of what is taken out of use, whatever named
it and goes too. Reads only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import select

from loanloom.engines.forms.fields import field_at
from loanloom.engines.forms.model import ROW_ENTITIES
from loanloom.metadata.document import Document, Identity
from loanloom.metadata.fields import record_of
from loanloom.metadata.registry import Registry
from loanloom.metadata.uses import references_of
from loanloom.services.context import Context
from loanloom.services.definitions.releases import candidate
from loanloom.services.definitions.releases.impact import closure
from loanloom.store.tables import draft


def with_needed(ctx: Context, chosen: Iterable[Identity]) -> list[Identity]:
    """What was chosen, and every draft that it needs to be sound, one after the other."""
    ctx.require("definition.read", "definition.edit")
    with ctx.transaction() as connection:
        rows = connection.execute(select(draft).order_by(draft.c.kind, draft.c.key)).mappings().all()
    return together(ctx.registry, rows, chosen)


def together(
    live: Registry, rows: Iterable[Mapping[Any, Any]], chosen: Iterable[Identity], typed: Document | None = None
) -> list[Identity]:
    """The same among these rows of drafts; `typed` is not saved yet."""
    there: dict[Identity, Document] = {}
    retired: set[Identity] = set()
    for row in rows:
        identity = (row["kind"], row["key"])
        document, _ = candidate.read_draft(*identity, row["source"])
        if row["retire"]:
            retired.add(identity)
        elif document is not None:
            there[identity] = document
    if typed is not None:
        there[typed.identity] = typed
    found: dict[Identity, None] = {}
    waiting = list(chosen)
    while waiting:
        identity = waiting.pop(0)
        if identity in found:
            continue
        found[identity] = None
        if identity in there:
            waiting += _needs(there[identity], there, live)
        elif identity in retired:  # whatever names it goes too, where that is meant
            users = {(use.kind, use.key) for use in live.used_by(*identity)}
            waiting += sorted(users & retired)
    return [*found, *(one for one in _cases(there, live, found) if one not in found)]


def _cases(there: Mapping[Identity, Document], live: Registry, chosen: Iterable[Identity]) -> Iterator[Identity]:
    """The drafts of example cases about what is chosen: without them it would be held against what held before."""
    touched = closure(live, chosen)
    kind = live.kinds.get("case")
    cases = ((one, draft) for one, draft in there.items() if kind is not None and one[0] == kind.key)
    for identity, document in cases:
        assert kind is not None, "there are none otherwise"
        sound = not kind.compiled.faults(document.spec)
        if sound and any(target in touched for target, _ in references_of(document, kind)):
            yield identity


def _needs(document: Document, there: dict[Identity, Document], live: Registry) -> Iterator[Identity]:
    kind = live.kinds.get(document.kind)
    if kind is None or kind.compiled.faults(document.spec):
        return
    for target, _ in references_of(document, kind):
        if target in there and live.get(*target) is None:
            yield target
    if document.kind == "form":
        wanted = {path.partition(".")[0] for path in _unknown(document, live)}
        yield from (one for one, draft in there.items() if one[0] == "entity" and record_of(draft) in wanted)


def _unknown(document: Document, live: Registry) -> Iterator[str]:
    """The fields of a form that no live record declares."""
    for section in document.spec["sections"]:
        for one in section["fields"]:
            path = str(one["field"])
            if path not in ROW_ENTITIES and field_at(live, path) is None:
                yield path
