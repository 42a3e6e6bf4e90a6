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
from dataclasses import dataclass, field
from typing import Any, Protocol

from loanloom.metadata.alike import alike
from loanloom.metadata.document import Document, Identity
from loanloom.metadata.fields import Field
from loanloom.metadata.kinds import Kinds
from loanloom.metadata.registry import NARROW, WORDS, Registry, Use

Question = tuple[Any, ...]
"""A question to a registry: the name of its method with what is asked for."""
Work = tuple[Callable[..., Any], int, tuple[Any, ...], tuple[tuple[str, Any], ...]]
"""A kept function, the place of the registry among its arguments, and the others."""


Known = dict[Any, tuple[Any, frozenset[Any]]]
"""What was made of parts of a value alone, with the parts."""


class InParts(Protocol):
    """A value that can be looked at in parts, and tells which of them are read."""

    @property
    def whole(self) -> Any:
        """The value itself."""

    def watched(self, note: Callable[[Any], None], known: Known) -> Any:
        """The same value, which notes each part that is read; what was made of parts alone, it may keep."""

    def part(self, read: Any) -> Any:
        """A part that was noted."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a kept function gave, what it read for that, and which others it asked, in this order; with the parts that
    it read of what they gave, where it did not take the whole."""

    value: Any
    read: frozenset[Question]
    asked: Mapping[Work, frozenset[Any] | None]


@dataclass(slots=True)
class Memory:
    """All findings about one set of documents. Holds no registry, so that it may outlive it."""

    kinds: Kinds | None = None
    answers: dict[Question, Any] = field(default_factory=dict)
    findings: dict[Work, Finding] = field(default_factory=dict)
    known: dict[Work, Known] = field(default_factory=dict)


@dataclass(slots=True)
class _Notes:
    narrow: bool = False
    read: set[Question] = field(default_factory=set)
    asked: dict[Work, set[Any] | None] = field(default_factory=dict)

    def parts_of(self, work: Work) -> set[Any]:
        """Where the parts are noted that are read of what a function gave."""
        parts = self.asked.setdefault(work, set())
        return set() if parts is None else parts


@dataclass(slots=True)
class _Compared:
    """Whether a value is as it was, and which of its parts are."""

    whole: bool
    same: set[Any] = field(default_factory=set)
    other: set[Any] = field(default_factory=set)


@dataclass(frozen=True, eq=False)
class Recalling(Registry):
    """A registry while it is being checked by one thread; once `settled`, it is like any other."""

    memory: Memory = field(default_factory=Memory)
    _before: dict[Work, Finding] = field(default_factory=dict)
    _known: dict[Work, Known] = field(default_factory=dict)
    _changed: set[Question] = field(default_factory=set)
    _compared: dict[Work, _Compared] = field(default_factory=dict)
    _open: list[_Notes] = field(default_factory=list)
    _settled: list[bool] = field(default_factory=list)

    def settle(self) -> Memory:
        """Note nothing more; what was found out."""
        for work in self._known.keys() & self.memory.findings.keys():
            self._still_known(work)
        self._settled.append(True)
        self._before.clear()
        self._known.clear()
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

    def field(self, record: str, key: str) -> Field | None:
        """One field of a record."""
        found: Field | None = self._answered(("field", record, key))
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
        others = tuple(_whole(each) for each in (*args[:place], *args[place + 1 :]))
        work: Work = (function, place, others, tuple(sorted((name, _whole(each)) for name, each in kwargs.items())))
        if self._settled:
            known = self.memory.findings.get(work)
            return super().remembered(function, place, args, kwargs) if known is None else known.value
        value = self._found(work).value
        if not self._open:
            return value
        notes = self._open[-1]
        if notes.narrow and hasattr(value, "watched"):
            return value.watched(notes.parts_of(work).add, self._still_known(work))
        notes.asked[work] = None
        return value

    def _still_known(self, work: Work) -> Known:
        """What was made of parts of a value, as far as they are the same."""
        known = self.memory.known.get(work)
        if known is None:
            before = self._known.get(work, {})
            known = {asked: each for asked, each in before.items() if self._same(work, each[1])}
            self.memory.known[work] = known
        return known

    def _found(self, work: Work) -> Finding:
        findings = self.memory.findings
        found = findings.get(work)
        if found is None:
            found = findings[work] = self._still(work) or self._anew(work)
        return found

    def _still(self, work: Work) -> Finding | None:
        """What was found before, if nothing that it came from has changed."""
        old = self._before.get(work)
        if old is None or not self._changed.isdisjoint(old.read):
            return None
        for each, parts in old.asked.items():
            if (old.value != () or each[0] not in WORDS) and not self._same(each, parts):
                return None
        return old

    def _same(self, work: Work, parts: frozenset[Any] | None) -> bool:
        """Whether what a kept function gives now is as it was; or these parts of it are."""
        new, old = self._found(work).value, self._before[work].value
        if new is old:
            return True
        compared = self._compared.get(work)
        if compared is None:
            compared = self._compared[work] = _Compared(alike(new, old))
        if compared.whole or parts is None:
            return compared.whole
        if not compared.other.isdisjoint(parts):
            return False
        for one in parts - compared.same:
            if not alike(new.part(one), old.part(one)):
                compared.other.add(one)
                return False
            compared.same.add(one)
        return True

    def _anew(self, work: Work) -> Finding:
        function, place, args, kwargs = work
        with self._noting(_Notes(function in NARROW)) as notes:
            try:
                value = function(*args[:place], self, *args[place:], **dict(kwargs))
            except Exception:
                self._hand_up(notes)  # whoever catches this has read what led to it
                raise
        asked = {each: None if parts is None else frozenset(parts) for each, parts in notes.asked.items()}
        return Finding(value, frozenset(notes.read), asked)

    def _hand_up(self, notes: _Notes) -> None:
        if len(self._open) > 1:
            self._open[-2].read |= notes.read
            self._open[-2].asked |= dict.fromkeys(notes.asked)

    @contextmanager
    def _noting(self, notes: _Notes) -> Iterator[_Notes]:
        self._open.append(notes)
        try:
            yield notes
        finally:
            self._open.pop()


def _whole(value: Any) -> Any:
    return value.whole if hasattr(value, "watched") else value


_PLAIN: Mapping[str, Callable[..., Any]] = {
    "get": Registry.get,
    "knows": Registry.knows,
    "all": Registry.all,
    "own": Registry.own.func,  # type: ignore[attr-defined]  # a cached property, asked of its class
    "entities": Registry.entities.func,  # type: ignore[attr-defined]  # likewise
    "records": Registry.records.func,  # type: ignore[attr-defined]  # likewise
    "entity_fields": Registry.entity_fields,
    "field": Registry.field,
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
    made = Recalling(documents, kinds, quarantined, Memory(kinds), dict(before.findings), dict(before.known))
    for question in frozenset().union(*(each.read for each in before.findings.values())):
        made.memory.answers[question] = answer = made._plainly(question)
        if not alike(answer, before.answers[question]):
            made._changed.add(question)
    return made
