"""The definitions of a company as people configure them: lists with their states, one definition with all around it.

States: draft, review (proposed), approved (also scheduled), live, stopped (retired, or a product that takes no
applications). Reads only; drafts, proposals and stops are changed in services.releases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, select

from loanloom.metadata.document import Document, Identity
from loanloom.metadata.kinds import Group, Kind
from loanloom.metadata.registry import Registry
from loanloom.metadata.uses import Use
from loanloom.problems import Problem, Text, say, text
from loanloom.services.context import Context
from loanloom.services.definitions import needed, uses
from loanloom.services.definitions.releases import candidate as candidates
from loanloom.services.definitions.releases import drafts, known, snapshots, stops
from loanloom.services.definitions.releases.drafts import Draft
from loanloom.services.definitions.releases.put_up import put_up
from loanloom.services.errors import NotFound
from loanloom.services.flows import manning
from loanloom.store import names
from loanloom.store.tables import definition, draft, release, release_item

STATES = ("draft", "review", "approved", "live", "stopped")
_OF_RELEASE = {"proposed": "review", "approved": "approved", "scheduled": "approved"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One definition in a list."""

    kind: Kind
    key: str
    title: Text
    states: tuple[str, ...]
    builtin: bool
    editor: str | None


@dataclass(frozen=True, slots=True)
class Shelf:
    """A kind with how many definitions it has, and how many of them are being changed."""

    kind: Kind
    count: int
    changing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One definition: what is live, the draft, what they say together, and what is around it."""

    kind: Kind
    key: str
    title: Text
    live: Document | None
    draft: Draft | None
    shown: Document | None
    registry: Registry
    states: tuple[str, ...]
    problems: tuple[Problem, ...]
    uses: tuple[Use, ...]
    change_id: int | None
    stop: stops.Stop | None

    @property
    def version(self) -> int | None:
        """The version a change is made against."""
        return self.draft.version if self.draft else None

    @property
    def leaned_on(self) -> bool:
        """Whether something names it that does not go with it, as its example cases do."""
        return any(use.kind != "case" for use in self.uses)

    @property
    def builtin(self) -> bool:
        """Whether the system brings it along, so that it cannot be changed here."""
        return self.live is not None and self.live.builtin and self.draft is None


def kind_of(key: str) -> Kind:
    """A kind that exists."""
    found = known.kinds().get(key)
    if found is None:
        raise NotFound(text("kind of definition", "配置类别"))
    return found


def shelves(ctx: Context) -> tuple[tuple[Group, tuple[Shelf, ...]], ...]:
    """Every kind by group, with counts."""
    ctx.require("definition.read")
    found: dict[str, list[Entry]] = {}
    for entry in listing(ctx):
        found.setdefault(entry.kind.key, []).append(entry)
    kinds = known.kinds()

    def shelf(kind: Kind) -> Shelf:
        mine = [entry for entry in found.get(kind.key, ()) if not entry.builtin]
        return Shelf(kind, len(mine), sum(bool({"draft", "review", "approved"} & set(entry.states)) for entry in mine))

    return tuple((group, tuple(shelf(kind) for kind in kinds.in_group(group.key))) for group in kinds.groups)


def listing(
    ctx: Context, *, kind: str | None = None, state: str | None = None, words: str = "", language: str = "zh"
) -> tuple[Entry, ...]:
    """Definitions by kind and title; `words` are looked for in keys, titles and their pinyin."""
    ctx.require("definition.read")
    with ctx.transaction() as connection:
        live = snapshots.of_release(ctx.database, connection, ctx.company.id, snapshots.live_id(connection))
        states = _states(connection, live)
        rows = connection.execute(select(draft)).mappings().all()
    titles: dict[Identity, Text] = {identity: document.title for identity, document in live.documents.items()}
    editors: dict[Identity, str | None] = {}
    for row in rows:
        identity = (row["kind"], row["key"])
        titles[identity] = row["title"] or titles.get(identity) or text(row["key"], row["key"])
    found = [
        _entry(identity, titles.get(identity) or text(*identity), states.get(identity, ("live",)), live, editors)
        for identity in titles.keys() | states.keys()
        if identity[0] in live.kinds and kind in (None, identity[0])
    ]
    chosen = (entry for entry in found if state in (None, *entry.states) and fits(entry, words))
    rank = {each.key: number for number, each in enumerate(live.kinds)}
    return tuple(sorted(chosen, key=lambda entry: (rank[entry.kind.key], entry.builtin, say(entry.title, language))))


def _entry(
    identity: Identity, title: Text, states: tuple[str, ...], live: Registry, editors: Mapping[Identity, str | None]
) -> Entry:
    document = live.documents.get(identity)
    builtin = document is not None and document.builtin and states == ("live",)
    return Entry(
        kind=live.kinds.require(identity[0]),
        key=identity[1],
        title=title,
        states=states,
        builtin=builtin,
        editor=editors.get(identity),
    )


def _states(connection: Connection, live: Registry) -> dict[Identity, tuple[str, ...]]:
    """The states of every definition that is not simply live."""
    found: dict[Identity, set[str]] = {identity: {"live"} for identity in live.documents}
    waiting = put_up(connection)
    for row in connection.execute(select(draft.c.kind, draft.c.key)):
        found.setdefault((row.kind, row.key), set()).update({"draft"} if (row.kind, row.key) not in waiting else ())
    open_ones = select(release.c.id, release.c.state, release.c.base_release_id).where(
        release.c.state.in_(tuple(_OF_RELEASE))
    )
    for proposed in connection.execute(open_ones).all():
        for identity in _changed_in(connection, proposed.id, proposed.base_release_id):
            found.setdefault(identity, set()).add(_OF_RELEASE[proposed.state])
    retired = connection.execute(select(release.c.retired).where(release.c.state == "live")).scalar_one_or_none()
    for kind, key in retired or ():
        found.setdefault((kind, key), set()).add("stopped")
    for product in stops.stopped(connection):
        found.setdefault(("product", product), set()).add("stopped")
    return {identity: tuple(state for state in STATES if state in states) for identity, states in found.items()}


def _changed_in(connection: Connection, release_id: int, base_id: int | None) -> Iterable[Identity]:
    """What a proposed release holds otherwise than the one it started from."""
    held = select(release_item.c.kind, release_item.c.key, release_item.c.definition_id)
    mine = {(row.kind, row.key): row.definition_id
            for row in connection.execute(held.where(release_item.c.release_id == release_id))}  # fmt: skip
    base = {(row.kind, row.key): row.definition_id
            for row in connection.execute(held.where(release_item.c.release_id == base_id))}  # fmt: skip
    return {identity for identity in mine.keys() | base.keys() if mine.get(identity) != base.get(identity)}


@lru_cache(maxsize=4096)
def sounds(words: str) -> tuple[str, str]:
    """The pinyin of a title: in full, and its initials."""
    return "".join(names.syllables(words)).lower(), "".join(names.first_letters(words)).lower()


def fits(entry: Entry, words: str) -> bool:
    """Whether every word is found in key, titles or pinyin."""
    haystack = found_by(entry.key, entry.title)
    return all(word in haystack for word in words.lower().split())


def found_by(key: str, title: Text, *more: Text) -> str:
    """What something is searched by: its key, its title with the pinyin, and other words beside it."""
    said = [word for one in (title, *more) for word in one.values()]
    return " ".join([key, *said, *sounds(title.get("zh", ""))]).lower()


def page(ctx: Context, kind: str, key: str) -> Page:
    """One definition as it is and as its draft would make it."""
    ctx.require("definition.read")
    known_kind = kind_of(kind)
    own = drafts.find(ctx, kind, key)
    with ctx.transaction() as connection:
        live = snapshots.of_release(ctx.database, connection, ctx.company.id, snapshots.live_id(connection))
        states = _states(connection, live).get((kind, key), ())
        change_id = _open_change(connection, kind, key)
        stop = stops.current(connection, key) if kind == "product" else None
        rows = connection.execute(select(draft)).mappings().all()
        retired = None if (kind, key) in live.documents else _last_version(connection, kind, key)
    registry, problems = with_drafts(live, rows)
    document = live.get(kind, key) or retired
    shown = registry.get(kind, key) if own and not own.retire else document
    if own is not None:
        shown, own_problems = candidates.read_draft(kind, key, own.source)
        problems = own_problems
    if document is None and own is None:
        raise NotFound(drafts.DEFINITION)
    title = shown.title if shown else document.title if document else text(key, key)
    return Page(
        kind=known_kind, key=key, title=title, live=live.get(kind, key), draft=own, shown=shown or document,
        registry=registry, states=states, problems=problems if own else (), uses=_uses(registry, kind, key),
        change_id=change_id, stop=stop,
    )  # fmt: skip


def _uses(registry: Registry, kind: str, key: str) -> tuple[Use, ...]:
    """References to a document and, for what expressions read by name, the expressions."""
    read = uses.of_fact(registry, f"indicators.{key}") if kind == "indicator" else ()
    return tuple(dict.fromkeys((*registry.used_by(kind, key), *read)))


def with_drafts(live: Registry, rows: Iterable[Mapping[Any, Any]]) -> tuple[Registry, tuple[Problem, ...]]:
    """The live registry with every readable draft in it: quick, for looking; the full check comes with a proposal."""
    documents = dict(live.documents)
    for row in rows:
        if row["retire"]:
            documents.pop((row["kind"], row["key"]), None)
            continue
        document, _ = candidates.read_draft(row["kind"], row["key"], row["source"])
        kind = known.kinds().get(row["kind"])
        if document is not None and kind is not None and not kind.compiled.faults(document.spec):
            documents[document.identity] = document
    return Registry(MappingProxyType(documents), live.kinds), ()


def _open_change(connection: Connection, kind: str, key: str) -> int | None:
    """The newest open proposal that changes a definition."""
    query = select(release.c.id, release.c.base_release_id).where(release.c.state.in_(tuple(_OF_RELEASE)))
    for row in connection.execute(query.order_by(release.c.number.desc())).all():
        if (kind, key) in _changed_in(connection, row.id, row.base_release_id):
            return int(row.id)
    return None


def _last_version(connection: Connection, kind: str, key: str) -> Document | None:
    """The last text of a definition that is no longer in use."""
    query = select(definition.c.source).where(definition.c.kind == kind, definition.c.key == key)
    source = connection.execute(query.order_by(definition.c.id.desc()).limit(1)).scalar_one_or_none()
    return candidates.read_draft(kind, key, source)[0] if source is not None else None


def added_in(ctx: Context, release_id: int, added: Iterable[Identity]) -> tuple[tuple[Document, Registry], ...]:
    """The new documents of a release as it holds them, for whoever reviews it."""
    ctx.require("definition.read")
    with ctx.transaction() as connection:
        registry = snapshots.of_release(ctx.database, connection, ctx.company.id, release_id)
    found = (registry.get(*identity) for identity in added)
    return tuple((document, registry) for document in found if document is not None)


def check(ctx: Context, kind: str, key: str, source: str | None = None) -> tuple[Problem, ...]:
    """The full check of everything with this draft (or this text, when given) and the drafts that it needs; the
    problems of this definition first.

    Problems elsewhere are only those that these drafts cause: what others left behind, live or in drafts that do not go
    up with this one, is not the author's business.
    """
    ctx.require("definition.read")
    file = kind_of(kind).file_of(key)
    typed = candidates.read_draft(kind, key, source)[0] if source is not None else None
    with ctx.transaction() as connection:
        every: list[Mapping[Any, Any]] = list(connection.execute(select(draft)).mappings())
        together = set(needed.together(ctx.registry, every, [(kind, key)], typed))
        rows = [row for row in every if (row["kind"], row["key"]) in together]
        if source is not None:
            rows = [row for row in rows if (row["kind"], row["key"]) != (kind, key)]
            rows.append({"kind": kind, "key": key, "source": source, "retire": False, "editors": []})
        checked = candidates.of_rows(ctx, connection, rows).checked
        flows = [row["key"] for row in rows if row["kind"] == "flow" and not row["retire"]]
        found = (*checked.problems, *manning.of_flows(ctx, connection, checked.registry, flows))
    touched = {known.kinds().require(row["kind"]).file_of(row["key"]) for row in rows if row["kind"] in known.kinds()}
    mine = [problem for problem in found if problem.file == file]
    others = [problem for problem in found
              if problem.file != file and (problem.file in touched or problem.severity == "error")]  # fmt: skip
    return (*mine, *others)
