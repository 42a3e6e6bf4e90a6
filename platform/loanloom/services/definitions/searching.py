"""Search through everything that definitions say: names, texts in any language, codes by their words, figures as people
write them, formulas. Reads only.

What a document says is written out once for each document and goes with it; drafts are searched as they stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from weakref import WeakKeyDictionary

from loanloom.metadata import schema_walk
from loanloom.metadata.document import Document
from loanloom.metadata.kinds import Kind
from loanloom.metadata.pointers import parent, split
from loanloom.metadata.registry import Registry
from loanloom.metadata.structure import written
from loanloom.metadata.uses import Use
from loanloom.metadata.wording import value_in_words
from loanloom.problems import LANGUAGES, say
from loanloom.services.context import Context
from loanloom.services.definitions import working
from loanloom.services.definitions.catalogue import sounds
from loanloom.services.definitions.saying import said_at

MOST_DOCUMENTS: Final = 60
MOST_PLACES: Final = 5
_LONGEST: Final = 200
"""Characters of a text that is shown of a place."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place whose value has the words that were looked for."""

    use: Use
    value: str


@dataclass(frozen=True, slots=True)
class Found:
    """A definition with the first places that fit, and how many there are."""

    document: Document
    places: tuple[Place, ...]
    count: int


@dataclass(frozen=True, slots=True)
class _Said:
    """What stands at a place: as a reader of each language sees it, and all of it in small letters."""

    pointer: str
    shown: Mapping[str, str]
    all: str


_said: WeakKeyDictionary[Document, tuple[_Said, ...]] = WeakKeyDictionary()


def inside(ctx: Context, words: str, language: str) -> tuple[Found, ...]:
    """The definitions that say all of the words at one place, those with most such places first."""
    ctx.require("definition.read")
    wanted = words.lower().split()
    if not wanted:
        return ()
    registry = working.registry_of(ctx)
    found = [one for document in registry.own if (one := _found(document, registry, wanted, language)) is not None]
    found.sort(key=lambda one: -one.count)
    return tuple(found[:MOST_DOCUMENTS])


def _found(document: Document, registry: Registry, wanted: list[str], language: str) -> Found | None:
    kind = registry.kinds.get(document.kind)
    fitting = [one for one in _said_by(document, kind) if all(word in one.all for word in wanted)] if kind else []
    if not fitting:
        return None
    places = (_place(document, registry, one, language) for one in fitting[:MOST_PLACES])
    return Found(document, tuple(places), len(fitting))


def _place(document: Document, registry: Registry, one: _Said, language: str) -> Place:
    """A place as its sheet says it: a condition as a sentence, a field by its title."""
    called = said_at(document, registry, one.pointer)
    return Place(Use(*document.identity, one.pointer), _cut(say(called, language) if called else one.shown[language]))


def _cut(shown: str) -> str:
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"


def _said_by(document: Document, kind: Kind) -> tuple[_Said, ...]:
    said = _said.get(document)
    if said is None:
        said = _said[document] = tuple(_written_out(document, kind))
    return said


def _written_out(document: Document, kind: Kind) -> Iterator[_Said]:
    within: str | None = None
    for pointer, value, piece in schema_walk.walk(kind.schema, document.spec):
        if within is not None and pointer.startswith(within):
            continue
        if isinstance(value, Mapping) and piece.get("x-text"):
            within = f"{pointer}/"
            yield _text(pointer, value)
        elif isinstance(value, str | int | Decimal):
            yield _plain(
                parent(pointer) if split(pointer)[-1].isdigit() else pointer, value, piece
            )  # a list is one cell


def _text(pointer: str, value: Mapping[str, Any]) -> _Said:
    """A text in languages; a name by its sound too."""
    every = [str(one) for one in value.values()]
    heard = sounds(str(value.get("zh", ""))) if pointer.endswith("/title") else ()
    shown = {tag: str(value.get(tag) or (every[0] if every else "")) for tag in LANGUAGES}
    return _Said(pointer, shown, " ".join((*every, *heard)).lower())


def _plain(pointer: str, value: Any, piece: Mapping[str, Any]) -> _Said:
    """A plain value: as it is written, and as each language says it."""
    shown = {tag: value_in_words(value, piece, tag, None).strip('"“”') for tag in LANGUAGES}
    return _Said(pointer, shown, " ".join((written(value), *shown.values())).lower())
