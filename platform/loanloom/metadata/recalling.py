"""Registries that recall: what was found out about one set of documents holds for the next one, wherever nothing that
it was read from has changed.

While a `kept` function works on such a registry, what it asks the registry for is noted, and which other kept functions
it asks. With the next set of documents a finding is taken over when all that it read is the same, and when those it
asked would answer the same; else it is made anew. So nobody has to say what depends on what, and nothing can be
forgotten. Only what reads documents through the registry's own questions may be kept; `documents` is not one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from loanloom.metadata.alike import alike
from loanloom.metadata.document import Document, Identity
from loanloom.metadata.fields import Field
from loanloom.metadata.findings import Compared, Finding, Going, Known, Memory, Notes, Question, Work, plain, resting
from loanloom.metadata.kinds import Kinds
from loanloom.metadata.registry import NARROW, WORDS, Registry
from loanloom.metadata.uses import Use


@dataclass(frozen=True, eq=False)
class Recalling(Registry):
    """A registry while it is being checked by one thread; once `settled`, it is like any other."""

    memory: Memory = field(default_factory=Memory)
    _going: Going = field(default_factory=Going)

    def settle(self) -> Memory:
        """Note nothing more; what was found out."""
        going = self._going
        for work in going.known.keys() & self.memory.findings.keys():
            self._still_known(work)
        going.over = True
        going.before, going.known = {}, {}
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
        if self._going.over:
            return answers[question] if question in answers else _PLAIN[question[0]](self, *question[1:])
        if question not in answers:
            answers[question] = self._plainly(question)
        if self._going.open:
            self._going.open[-1].read.add(question)
        return answers[question]

    def _plainly(self, question: Question) -> Any:
        if not self._going.open:
            return _PLAIN[question[0]](self, *question[1:])
        with self._going.noting(Notes()):  # what an answer itself is made of needs no note: the answer is compared
            return _PLAIN[question[0]](self, *question[1:])

    # -- what is kept -------------------------------------------------------------------------------------------------

    def remembered(self, function: Callable[..., Any], place: int, args: Any, kwargs: Mapping[str, Any]) -> Any:
        """What a kept function makes of this registry: as found before, or found out now."""
        others = tuple(plain(each) for each in (*args[:place], *args[place + 1 :]))
        work: Work = (function, place, others, tuple(sorted((name, plain(each)) for name, each in kwargs.items())))
        if self._going.over:
            known = self.memory.findings.get(work)
            return super().remembered(function, place, args, kwargs) if known is None else known.value
        value = self._found(work).value
        if not self._going.open:
            return value
        notes = self._going.open[-1]
        if notes.narrow and hasattr(value, "watched"):
            return value.watched(notes.parts_of(work).add, self._still_known(work))
        notes.asked[work] = None
        return value

    def _still_known(self, work: Work) -> Known:
        """What was made of parts of a value, as far as they are the same."""
        known = self.memory.known.get(work)
        if known is None:
            before = self._going.known.get(work, {})
            new, old = self._found(work), self._going.before.get(work)
            known = {asked: each for asked, each in before.items() if old and self._same(work, new, old, each[1])}
            self.memory.known[work] = known
        return known

    def _found(self, work: Work) -> Finding:
        found = self.memory.findings.get(work)
        if found is None:
            old = self._going.before.get(work)
            if old is not None and not old.rests & self._going.changed:
                return self._taken_over(work, old)
            found = None if old is None else self._still(old)
            found = self.memory.findings[work] = found or self._anew(work)
        return found

    def _taken_over(self, work: Work, old: Finding) -> Finding:
        """A finding that rests on nothing that has changed, and all that it was made of."""
        findings = self.memory.findings
        findings[work] = old
        for each in old.asked:
            if each not in findings:
                self._taken_over(each, self._going.before[each])
        return old

    def _still(self, old: Finding) -> Finding | None:
        """What was found before, if nothing that it came from makes a difference."""
        if self.memory.bits_of(old.read) & self._going.changed:
            return None
        findings, before, moved = self.memory.findings, self._going.before, False
        for each, parts in old.asked.items():
            new, was = findings.get(each) or self._found(each), before[each]
            if new is not was:
                moved = True
                if not self._same(each, new, was, parts) and (old.value != () or each[0] not in WORDS):
                    return None
        rests = resting(self.memory, old.read, old.asked) if moved else old.rests
        return old if rests == old.rests else replace(old, rests=rests)

    def _same(self, work: Work, new: Finding, old: Finding, parts: frozenset[Any] | None) -> bool:
        """Whether what a kept function gives now is as it was; or these parts of it are."""
        if new.value is old.value:
            return True
        compared = self._going.compared.get(work)
        if compared is None:
            compared = self._going.compared[work] = Compared(new.value, old.value)
        return compared.same(parts)

    def _anew(self, work: Work) -> Finding:
        function, place, args, kwargs = work
        with self._going.noting(Notes(function in NARROW)) as notes:
            try:
                value = function(*args[:place], self, *args[place:], **dict(kwargs))
            except Exception:
                if len(self._going.open) > 1:
                    self._going.open[-2].join(notes)  # whoever catches this has read what led to it
                raise
        return notes.finding(value, self.memory)


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
    going = Going(dict(before.findings), dict(before.known))
    made = Recalling(documents, kinds, quarantined, Memory(kinds, bits=dict(before.bits)), going)
    for question in before.still_asked():
        if not alike(made._answered(question), before.answers[question]):
            going.changed |= before.bits[question]
    return made
