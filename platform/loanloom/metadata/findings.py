"""What a check found out, with what it read for that: kept from one set of documents to the next.

A finding rests on the questions that it asked itself, and on those of every finding that it was made of. Where none of
these has another answer it holds as it is; that is one look at a number, in which each question is one bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from loanloom.metadata.alike import alike
from loanloom.metadata.kinds import Kinds

Question = tuple[Any, ...]
"""A question to a registry: the name of its method with what is asked for."""
Work = tuple[Callable[..., Any], int, tuple[Any, ...], tuple[tuple[str, Any], ...]]
"""A kept function, the place of the registry among its arguments, and the others."""
Known = dict[Any, tuple[Any, frozenset[Any]]]
"""What was made of parts of a value alone, with the parts."""


def plain(value: Any) -> Any:
    """A value as it is, whoever watches what is read of it.

    A value that can be looked at in parts is its `whole`, is `watched` by what notes each part that is read, and gives
    a `part` that was noted."""
    return value.whole if hasattr(value, "watched") else value


@dataclass(frozen=True, slots=True)
class Finding:
    """What a kept function gave, what it read for that, and which others it asked, in this order; with the parts that
    it read of what they gave, where it did not take the whole. `rests` are all questions it rests on, as bits."""

    value: Any
    read: frozenset[Question]
    asked: Mapping[Work, frozenset[Any] | None]
    rests: int


@dataclass(slots=True)
class Memory:
    """All findings about one set of documents. Holds no registry, so that it may outlive it."""

    kinds: Kinds | None = None
    answers: dict[Question, Any] = field(default_factory=dict)
    bits: dict[Question, int] = field(default_factory=dict)
    findings: dict[Work, Finding] = field(default_factory=dict)
    known: dict[Work, Known] = field(default_factory=dict)

    def bits_of(self, questions: Iterable[Question]) -> int:
        """Questions as bits of one number."""
        found, bits = 0, self.bits
        for question in questions:
            bit = bits.get(question)
            if bit is None:
                bit = bits[question] = 1 << len(bits)
            found |= bit
        return found

    def still_asked(self) -> Iterable[Question]:
        """The questions that some finding rests on."""
        rests = 0
        for one in self.findings.values():
            rests |= one.rests
        return (question for question, bit in self.bits.items() if rests & bit)


@dataclass(slots=True)
class Notes:
    """What a kept function has read and asked so far."""

    narrow: bool = False
    read: set[Question] = field(default_factory=set)
    asked: dict[Work, set[Any] | None] = field(default_factory=dict)

    def parts_of(self, work: Work) -> set[Any]:
        """Where the parts are noted that are read of what a function gave."""
        parts = self.asked.setdefault(work, set())
        return set() if parts is None else parts

    def join(self, inner: Notes) -> None:
        """What another function read counts as read here."""
        self.read |= inner.read
        self.asked |= dict.fromkeys(inner.asked)

    def finding(self, value: Any, memory: Memory) -> Finding:
        """What was found, with these notes."""
        asked = {each: None if parts is None else frozenset(parts) for each, parts in self.asked.items()}
        return Finding(value, frozenset(self.read), asked, self.rests(memory))

    def rests(self, memory: Memory) -> int:
        """Every question that the finding rests on."""
        return resting(memory, self.read, self.asked)


def resting(memory: Memory, read: Iterable[Question], asked: Iterable[Work]) -> int:
    """The questions that something rests on which read these, and was made of these findings."""
    found = memory.bits_of(read)
    for each in asked:
        found |= memory.findings[each].rests
    return found


class Compared:
    """Whether a value is as it was, and which of its parts are: each is looked at once."""

    def __init__(self, new: Any, old: Any) -> None:
        self.new, self.old = new, old
        self._same: set[Any] = set()
        self._other: set[Any] = set()

    @cached_property
    def whole(self) -> bool:
        """Whether nothing is different."""
        return alike(self.new, self.old)

    def same(self, parts: frozenset[Any] | None) -> bool:
        """Whether these parts are the same; without any, the whole."""
        if parts is None:
            return self.whole
        if not self._other.isdisjoint(parts):
            return False
        for one in parts - self._same:
            if not alike(self.new.part(one), self.old.part(one)):
                self._other.add(one)
                return False
            self._same.add(one)
        return True


@dataclass(slots=True)
class Going:
    """A check while it goes on: what was found before, which answers are others now, and who is at work."""

    before: dict[Work, Finding] = field(default_factory=dict)
    known: dict[Work, Known] = field(default_factory=dict)
    changed: int = 0
    compared: dict[Work, Compared] = field(default_factory=dict)
    open: list[Notes] = field(default_factory=list)
    over: bool = False

    @contextmanager
    def noting(self, notes: Notes) -> Iterator[Notes]:
        """What is read and asked meanwhile goes into these notes."""
        self.open.append(notes)
        try:
            yield notes
        finally:
            self.open.pop()
