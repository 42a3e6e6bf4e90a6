"""What the playground offers to begin with: expressions that the company uses, and all functions. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Final

from loanloom import feel
from loanloom.engines import expressions
from loanloom.engines.expressions import SUBJECTS, Place
from loanloom.metadata.registry import Registry, kept
from loanloom.problems import Text
from loanloom.services.context import Context
from loanloom.services.definitions.expressions import about as place_about

SHOWN: Final = 12
"""Expressions of the company that are offered as examples."""


@dataclass(frozen=True, slots=True)
class Example:
    """An expression that the company uses, and where."""

    kind: str
    key: str
    title: Text
    subject: str
    source: str


def examples(ctx: Context) -> tuple[Example, ...]:
    """Short expressions of rules, indicators and limits that are live, a few of each, for people to start from."""
    return _examples(ctx.registry)


@kept
def _examples(registry: Registry) -> tuple[Example, ...]:
    kinds = ("ruleset", "indicator", "calculation")
    found: dict[str, Example] = {}
    for kind in kinds:
        fresh = (one for one in _examples_of(registry, kind) if one.source not in found)
        found |= {one.source: one for one in islice(fresh, SHOWN // len(kinds))}
    return tuple(found.values())


def _examples_of(registry: Registry, kind: str) -> Iterator[Example]:
    """One expression of each document that has a fitting one."""
    for document in registry.all(kind):
        subject = str(document.spec.get("subject", "application"))
        if subject not in SUBJECTS:
            continue
        subject_place = place_about(registry, subject, None)
        usable = [one.source for one in expressions.written(document, registry) if _worth_showing(one, subject_place)]
        if usable:
            yield Example(kind, document.key, document.title, subject, max(usable, key=len))


def _worth_showing(one: expressions.Written, place: Place) -> bool:
    """Whether it computes something, is short, and means the same without its surroundings."""
    words = one.source.strip()
    if one.place.tested is not None or not 20 <= len(words) <= 100 or "\n" in words:
        return False
    return place.check(words).ok


@dataclass(frozen=True, slots=True)
class Described:
    """A function of the language: how it is called and what it does."""

    name: str
    usages: tuple[str, ...]
    about: Text


@lru_cache(maxsize=1)
def functions() -> list[tuple[Text, list[Described]]]:
    """All functions by subject."""
    from loanloom.feel.library.descriptions import SUBJECTS as BY_SUBJECT
    from loanloom.feel.library.manual import signatures

    found = []
    for subject in BY_SUBJECT:
        rows = []
        for name, about in subject.rows():
            builtin = feel.LENDING.get(name)
            usages = tuple(signatures(builtin)) if builtin is not None else (f"{name}()",)
            rows.append(Described(name, usages, about))
        found.append((subject.title, rows))
    return found
