"""The registry: all documents of one company at one release, checked against each other, never changed afterwards.

Broken documents are left out and named in `quarantined`; the rest still serves. Nothing here knows a kind by name
except entities and code lists, which the built-in records bring with them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache, wraps
from importlib.resources import files
from inspect import signature
from types import MappingProxyType
from typing import Any, ParamSpec, TypeVar, cast

from loanloom.metadata import canonical
from loanloom.metadata.checking import check_document
from loanloom.metadata.document import Document, Identity
from loanloom.metadata.fields import Field, check_fields, fields_of, record_of
from loanloom.metadata.kinds import Kinds
from loanloom.metadata.nearest import hint as nearest_hint
from loanloom.metadata.reader import read_document
from loanloom.metadata.register_checks import check_registers, check_sight
from loanloom.metadata.uses import Use, mentions, references_of, uses
from loanloom.problems import LANGUAGES, Problem, errors, say, text

Asked = ParamSpec("Asked")
Made = TypeVar("Made")
_MOST_KEPT = 256


@dataclass(frozen=True, eq=False)
class Registry:
    """An immutable set of documents with one version of each."""

    documents: Mapping[Identity, Document]
    kinds: Kinds
    quarantined: tuple[Identity, ...] = ()

    def get(self, kind: str, key: str) -> Document | None:
        """The document, or None."""
        return self.documents.get((kind, key))

    def require(self, kind: str, key: str) -> Document:
        """The document, which must exist: a reference that the check has already resolved."""
        return self.documents[(kind, key)]

    def knows(self, identity: Identity) -> bool:
        """Whether a document is there, sound or not."""
        return identity in self.documents or identity in self._quarantined

    def all(self, kind: str) -> tuple[Document, ...]:
        """Every document of a kind, by key; built-in ones too."""
        return self._by_kind.get(kind, ())

    @cached_property
    def own(self) -> tuple[Document, ...]:
        """The company's documents, without the built-in ones."""
        return tuple(document for document in self.documents.values() if not document.builtin)

    def label(self, kind: str, key: str, language: str) -> str:
        """What people call a document, else its key."""
        document = self.get(kind, key)
        return say(document.title, language) if document else key

    @cached_property
    def digest(self) -> str:
        """sha256 over identity and digest of the company's documents: what a release binds."""
        return canonical.digest([[*document.identity, document.digest] for document in sorted_documents(self.own)])

    @cached_property
    def entities(self) -> tuple[Document, ...]:
        """Every entity document: the built-in records, and beside them what the company adds under the same key."""
        built_in = (document for document in builtin_documents() if document.kind == "entity")
        return (*built_in, *(document for document in self.own if document.kind == "entity"))

    def entity_fields(self, record: str) -> tuple[Field, ...]:
        """The fields of a record: built-in ones, then the company's."""
        return self._fields.get(record, ())

    def field(self, record: str, key: str) -> Field | None:
        """One field of a record, or None."""
        return self._field.get((record, key))

    @cached_property
    def records(self) -> tuple[str, ...]:
        """Every record that has fields."""
        return tuple(sorted(self._fields))

    def used_by(self, kind: str, key: str) -> tuple[Use, ...]:
        """Where a document is used: references, and for indicators the expressions that read them."""
        mentioned = self.mentions(f"indicators.{key}") if kind == "indicator" else ()
        return tuple(dict.fromkeys((*self._uses.get((kind, key), ()), *mentioned)))

    def using(self, use: Use) -> Document | None:
        """The document that a use stands in."""
        document = self.get(use.kind, use.key)
        if not use.builtin or (document is not None and document.builtin):
            return document
        return next((one for one in self.entities if one.builtin and one.identity == (use.kind, use.key)), None)

    def mentions(self, path: str) -> tuple[Use, ...]:
        """The expressions that read a fact such as application.amount."""
        return self._mentions.get(path, ())

    def code_title(self, code_list: str, code: object, language: str) -> str:
        """The label of a code, else the code itself."""
        return say(self._codes.get(code_list, {}).get(code), language) or str(code)

    @cached_property
    def made(self) -> dict[object, Any]:
        """What others have made of this registry (`kept`); it goes when the registry goes."""
        return {}

    def remembered(self, function: Callable[..., Any], place: int, args: Any, kwargs: Mapping[str, Any]) -> Any:
        """What a kept function makes of this registry."""
        answers = self.made.get(function)
        if answers is None:
            answers = self.made.setdefault(function, lru_cache(maxsize=_MOST_KEPT)(function))
        return answers(*args, **kwargs)

    # -- built once, on first use ---------------------------------------------------------------------------------

    @cached_property
    def _quarantined(self) -> frozenset[Identity]:
        return frozenset(self.quarantined)

    @cached_property
    def _every(self) -> tuple[Document, ...]:
        """Every document, and the built-in records that the company's own stand beside under the same key."""
        behind = (one for one in self.entities if one.builtin and self.documents.get(one.identity) is not one)
        return (*self.documents.values(), *behind)

    @cached_property
    def _by_kind(self) -> Mapping[str, tuple[Document, ...]]:
        found: dict[str, list[Document]] = {}
        for document in sorted_documents(self.documents.values()):
            found.setdefault(document.kind, []).append(document)
        return {kind: tuple(documents) for kind, documents in found.items()}

    @cached_property
    def _fields(self) -> Mapping[str, tuple[Field, ...]]:
        added = self.kinds.field_types
        return {record: fields_of(record, self.entities, added) for record in map(record_of, self.entities)}

    @cached_property
    def _field(self) -> Mapping[tuple[str, str], Field]:
        return {(record, one.key): one for record, listed in self._fields.items() for one in listed}

    @cached_property
    def _codes(self) -> Mapping[str, Mapping[object, Mapping[str, str]]]:
        return {
            document.key: {item["key"]: item["title"] for item in document.spec["items"]}
            for document in self.all("code_list")
        }

    @cached_property
    def _uses(self) -> Mapping[Identity, tuple[Use, ...]]:
        return uses(self._every, self.kinds)

    @cached_property
    def _mentions(self) -> Mapping[str, tuple[Use, ...]]:
        return mentions(self._every, self.kinds)


def kept(function: Callable[Asked, Made]) -> Callable[Asked, Made]:
    """Remembers what a function makes of its `registry`, in the registry itself: a cache of the process would keep
    alive every registry that was ever asked for."""
    place = list(signature(function).parameters).index("registry")

    @wraps(function)
    def remembered(*args: Asked.args, **kwargs: Asked.kwargs) -> Made:
        return cast(Made, cast(Registry, args[place]).remembered(function, place, args, kwargs))

    return remembered


WORDS: set[Callable[..., Any]] = set()
"""Kept functions that only say how a problem is worded."""


def kept_words(function: Callable[Asked, Made]) -> Callable[Asked, Made]:
    """Kept like others; but where nothing was found wrong, other words make no difference."""
    WORDS.add(function)
    return kept(function)


NARROW: set[Callable[..., Any]] = set()
"""Kept functions that hold on to nothing of what they read."""


def kept_narrowly(function: Callable[Asked, Made]) -> Callable[Asked, Made]:
    """Kept like others; and of what it asks other kept functions only the parts that it reads count, where a value can
    tell them (`watched`). What it gives must not hold such a value or a piece of it: problems do not."""
    NARROW.add(function)
    return kept(function)


@dataclass(frozen=True, slots=True)
class Built:
    """A registry and what was wrong with the documents given."""

    registry: Registry
    problems: tuple[Problem, ...]


def sorted_documents(documents: Iterable[Document]) -> list[Document]:
    """By kind and key: the one order for digests, exports and lists."""
    return sorted(documents, key=lambda document: document.identity)


@lru_cache(maxsize=1)
def builtin_documents() -> tuple[Document, ...]:
    """The records and code lists that every company has."""
    found: list[Document] = []
    for folder in sorted(files("loanloom.metadata").joinpath("builtin").iterdir(), key=lambda path: path.name):
        for path in sorted(folder.iterdir(), key=lambda path: path.name):
            if path.name.endswith(".yaml"):
                read = read_document(path.read_text("utf-8"), f"builtin/{folder.name}/{path.name}", builtin=True)
                assert read.document is not None and not read.problems, (path.name, read.problems)
                found.append(read.document)
    return tuple(found)


def build(
    documents: Iterable[Document],
    kinds: Kinds,
    languages: tuple[str, ...] = LANGUAGES,
    unreadable: Iterable[Identity] = (),
    make: Callable[[Mapping[Identity, Document], Kinds, tuple[Identity, ...]], Registry] = Registry,
) -> Built:
    """Check every document by itself, then all of them together, and make the registry of the sound ones."""
    problems: list[Problem] = []
    sound: dict[Identity, Document] = {}
    broken: list[Identity] = list(unreadable)
    for document in documents:
        found = list(check_document(document, kinds, languages))
        if document.identity in sound:
            found.append(_twice(document, sound[document.identity]))
        elif errors(found):
            broken.append(document.identity)
        else:
            sound[document.identity] = document
        problems.extend(found)
    sound = {**{builtin.identity: builtin for builtin in builtin_documents()}, **sound}
    registry = make(MappingProxyType(sound), kinds, tuple(broken))
    problems.extend(_of_entities(registry))
    problems.extend(_of_sight(registry))
    for document in registry.own:
        if kinds.require(document.kind).references:
            problems.extend(_missing_references(document, registry))
    return Built(registry, tuple(problems))


def empty(kinds: Kinds) -> Registry:
    """The registry of a company that has no documents of its own yet."""
    return build((), kinds).registry


def _twice(document: Document, first: Document) -> Problem:
    line, column = document.place("/key")
    where = f" ({first.file})" if first.file else ""
    return Problem(
        code="metadata.duplicate_document", file=document.file, line=line, column=column, pointer="/key",
        message=text(f'The {document.kind} "{document.key}" exists twice{where}.',
                     f"{document.kind}“{document.key}”重复{where}。"))  # fmt: skip


@kept
def _of_entities(registry: Registry) -> tuple[Problem, ...]:
    return (*check_fields(registry.entities), *check_registers(registry.entities))


@kept
def _of_sight(registry: Registry) -> tuple[Problem, ...]:
    return tuple(check_sight(registry.entities, registry.all("role"), registry.all("menu")))


@kept
def _missing_references(document: Document, registry: Registry) -> tuple[Problem, ...]:
    used = references_of(document, registry.kinds.require(document.kind))
    # a broken target has its own problems; repeating them at every use would hide them
    return tuple(_missing(document, *each, registry) for each in used if not registry.knows(each[0]))


def _missing(document: Document, target: Identity, pointer: str, registry: Registry) -> Problem:
    kind = registry.kinds.get(target[0])
    name = kind.title if kind else text(*target)
    known = [other.key for other in registry.all(target[0])]
    nothing = text(f"No {say(name, 'en').lower()} exists yet.", f"尚无任何{say(name, 'zh')}。")
    return document.problem(
        "metadata.missing_reference",
        text(f'There is no {say(name, "en").lower()} "{target[1]}".', f"没有{say(name, 'zh')}“{target[1]}”。"),
        pointer, hint=nearest_hint(target[1], known) if known else nothing)  # fmt: skip
