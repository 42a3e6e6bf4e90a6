"""Registries that recall: what was found out about one set of documents holds for the next one, wherever nothing that
it was read from has changed.

While a `kept` function works on such a registry, what it asks the registry for is noted, and which other kept functions
it asks. With the next set of documents a finding is taken over when all that it read is the same, and when those it
asked would answer the same; else it is made anew. So nobody has to say what depends on what, and nothing can be
forgotten. Only what reads documents through the registry's own questions may be kept; `documents` is not one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, is_dataclass
from decimal import Decimal
from typing import Any

from loanloom.metadata.document import Document, Identity
from loanloom.metadata.fields import Field
from loanloom.metadata.kinds import Kinds
from loanloom.metadata.pointers import is_list
from loanloom.metadata.registry import WORDS, Registry, Use

Question = tuple[Any, ...]
"""A question to a registry: the name of its method with what is asked for."""
Work = tuple[Callable[..., Any], int, tuple[Any, ...], tuple[tuple[str, Any], ...]]
"""A kept function, the place of the registry among its arguments, and the others."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a kept function gave, what it read for that, and which others it asked, in this order."""

    value: Any
    read: frozenset[Question]
    asked: tuple[Work, ...]


@dataclass(slots=True)
class Memory:
    """All findings about one set of documents. Holds no registry, so that it may outlive it."""

    kinds: Kinds | None = None
    answers: dict[Question, Any] = field(default_factory=dict)
    findings: dict[Work, Finding] = field(default_factory=dict)


@dataclass(slots=True)
class _Notes:
    read: set[Question] = field(default_factory=set)
    asked: dict[Work, None] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Recalling(Registry):
    """A registry while it is being checked by one thread; once `settled`, it is like any other."""

    memory: Memory = field(default_factory=Memory)
    _before: dict[Work, Finding] = field(default_factory=dict)
    _changed: set[Question] = field(default_factory=set)
    _open: list[_Notes] = field(default_factory=list)
    _settled: list[bool] = field(default_factory=list)

    def settle(self) -> Memory:
        """Note nothing more; what was found out."""
        self._settled.append(True)
        self._before.clear()
        return self.memory

    # -- what may be asked --------------------------------------------------------------------------------------------

    def get(self, kind: str, key: str) -> Document | None:
        """The document, or None."""
        found: Document | None = self._answered(("get", kind, key))
        return found

    def require(self, kind: str, key: str) -> Document:
        """The document, which must exist."""
        found = self.get(kind, key)
        if found is None:
            raise KeyError((kind, key))
        return found

    def knows(self, identity: Identity) -> bool:
        """Whether a document is there, sound or not."""
        return bool(self._answered(("knows", identity)))

    def all(self, kind: str) -> tuple[Document, ...]:
        """Every document of a kind, by key."""
        found: tuple[Document, ...] = self._answered(("all", kind))
        return found

    @property
    def own(self) -> tuple[Document, ...]:
        """The company's documents, without the built-in ones."""
        found: tuple[Document, ...] = self._answered(("own",))
        return found

    @property
    def entities(self) -> tuple[Document, ...]:
        """Every entity document."""
        found: tuple[Document, ...] = self._answered(("entities",))
        return found

    @property
    def records(self) -> tuple[str, ...]:
        """Every record that has fields."""
        found: tuple[str, ...] = self._answered(("records",))
        return found

    def entity_fields(self, record: str) -> tuple[Field, ...]:
        """The fields of a record."""
        found: tuple[Field, ...] = self._answered(("entity_fields", record))
        return found

    def used_by(self, kind: str, key: str) -> tuple[Use, ...]:
        """Where a document is used."""
        found: tuple[Use, ...] = self._answered(("used_by", kind, key))
        return found

    def mentions(self, path: str) -> tuple[Use, ...]:
        """The expressions that read a fact."""
        found: tuple[Use, ...] = self._answered(("mentions", path))
        return found

    def code_title(self, code_list: str, code: object, language: str) -> str:
        """The label of a code."""
        return str(self._answered(("code_title", code_list, code, language)))

    def _answered(self, question: Question) -> Any:
        answers = self.memory.answers
        if self._settled:
            return answers[question] if question in answers else _PLAIN[question[0]](self, *question[1:])
        if question not in answers:
            answers[question] = self._plainly(question)
        if self._open:
            self._open[-1].read.add(question)
        return answers[question]

    def _plainly(self, question: Question) -> Any:
        with self._noting(_Notes()):  # what an answer itself is made of needs no note: the answer is compared
            return _PLAIN[question[0]](self, *question[1:])

    # -- what is kept -------------------------------------------------------------------------------------------------

    def remembered(self, function: Callable[..., Any], place: int, args: Any, kwargs: Mapping[str, Any]) -> Any:
        """What a kept function makes of this registry: as found before, or found out now."""
        work: Work = (function, place, (*args[:place], *args[place + 1 :]), tuple(sorted(kwargs.items())))
        if self._settled:
            known = self.memory.findings.get(work)
            return super().remembered(function, place, args, kwargs) if known is None else known.value
        return self._found(work).value

    def _found(self, work: Work) -> Finding:
        findings = self.memory.findings
        found = findings.get(work)
        if found is None:
            found = findings[work] = self._still(work) or self._anew(work)
        if self._open:
            self._open[-1].asked[work] = None
        return found

    def _still(self, work: Work) -> Finding | None:
        """What was found before, if nothing that it came from has changed."""
        old = self._before.get(work)
        if old is None or not self._changed.isdisjoint(old.read):
            return None
        if not old.asked:
            return old
        with self._noting(_Notes()):
            same = all(self._same(each) for each in old.asked if old.value != () or each[0] not in WORDS)
        return old if same else None

    def _same(self, work: Work) -> bool:
        return alike(self._found(work).value, self._before[work].value)

    def _anew(self, work: Work) -> Finding:
        function, place, args, kwargs = work
        with self._noting(_Notes()) as notes:
            try:
                value = function(*args[:place], self, *args[place:], **dict(kwargs))
            except Exception:
                self._hand_up(notes)  # whoever catches this has read what led to it
                raise
        return Finding(value, frozenset(notes.read), tuple(notes.asked))

    def _hand_up(self, notes: _Notes) -> None:
        if len(self._open) > 1:
            self._open[-2].read |= notes.read
            self._open[-2].asked |= notes.asked

    @contextmanager
    def _noting(self, notes: _Notes) -> Iterator[_Notes]:
        self._open.append(notes)
        try:
            yield notes
        finally:
            self._open.pop()


_PLAIN: Mapping[str, Callable[..., Any]] = {
    "get": Registry.get,
    "knows": Registry.knows,
    "all": Registry.all,
    "own": Registry.own.func,  # type: ignore[attr-defined]  # a cached property, asked of its class
    "entities": Registry.entities.func,  # type: ignore[attr-defined]  # likewise
    "records": Registry.records.func,  # type: ignore[attr-defined]  # likewise
    "entity_fields": Registry.entity_fields,
    "used_by": Registry.used_by,
    "mentions": Registry.mentions,
    "code_title": Registry.code_title,
}


def recalling(
    documents: Mapping[Identity, Document], kinds: Kinds, quarantined: tuple[Identity, ...], before: Memory
) -> Recalling:
    """A registry that recalls what was found out about the documents before."""
    if before.kinds is not kinds:
        before = Memory()
    made = Recalling(documents, kinds, quarantined, Memory(kinds), dict(before.findings))
    for question in frozenset().union(*(each.read for each in before.findings.values())):
        made.memory.answers[question] = answer = made._plainly(question)
        if not alike(answer, before.answers[question]):
            made._changed.add(question)
    return made


def alike(one: Any, other: Any) -> bool:
    """Whether two values are the same in every detail: 1.0 is not 1.00, and the order of keys counts."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, Decimal):
        return bool(one.as_tuple() == other.as_tuple())
    if isinstance(one, Mapping):
        return list(one) == list(other) and all(alike(value, other[name]) for name, value in one.items())
    if is_list(one):
        return len(one) == len(other) and all(map(alike, one, other))
    if is_dataclass(one) and type(one).__eq__ is not object.__eq__:
        return all(alike(getattr(one, each.name), getattr(other, each.name)) for each in fields(one) if each.compare)
    return bool(one == other)
