"""The formulas of the model company as they stand in its files, and every name in them, found by search alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from loanloom.metadata.bundle import Bundle, read_bundle
from loanloom.metadata.document import Document, Identity
from loanloom.metadata.fields import record_of
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import Registry
from loanloom.metadata.uses import expressions_of
from loanloom.services.definitions.releases import checking
from loanloom.services.definitions.releases.known import kinds

ROOT = Path(__file__).resolve().parents[3]
ROWS = {"guarantor": "guarantors", "collateral": "collateral"}
"""Records that stand in lists, by the name of the list."""

Place = tuple[str, int, int]
"""File, line, column."""


@dataclass(frozen=True)
class Occurrence:
    """A name in a formula: where the formula is, the whole path's place and that of its last name."""

    identity: Identity
    pointer: str
    start: int
    path: str
    text: str
    place: Place
    member: Place


@dataclass(frozen=True)
class Mutant:
    """A document that differs, made when asked for; each `formula` (file, pointer) must have a problem, at one of the
    `places`.
    """

    name: str
    changed: Callable[[], Document | None]
    places: frozenset[Place]
    formulas: frozenset[tuple[str, str]]


class Company:
    """The model company: its documents, and every name in every formula."""

    def __init__(self) -> None:
        self.bundle: Bundle = read_bundle(ROOT, kinds())
        self.registry: Registry = checking.check_bundle(self.bundle).registry
        self.documents: Mapping[Identity, Document] = {one.identity: one for one in self.bundle.documents}

    @cached_property
    def formulas(self) -> list[tuple[Document, str, int, str]]:
        """Document, pointer, offset in the file and the text as it stands in the file; in prose, each placeholder."""
        found = []
        for document in self.bundle.documents:
            source = document.source
            assert source is not None
            if document.kind == "report":  # its columns name those of a data set and are no formulas
                continue
            for pointer, _ in expressions_of(document, self.registry.kinds.require(document.kind)):
                span = source.positions.values.get(f"/spec{pointer}")
                if span is None or span.shape == "alias":
                    continue
                found.append((document, f"/spec{pointer}", span.start, source.text[span.start : span.end]))
        return found

    def occurrences(self, path: str) -> list[Occurrence]:
        """Every place where a formula reads a path, as a whole word and not as part of a longer path or of a text."""
        found = []
        wanted = re.compile(rf"(?<![\w.\"]){re.escape(path)}(?![\w\"])")
        for document, pointer, start, text in self.formulas:
            inside = _without_texts(text)
            for match in wanted.finditer(inside):
                begin = start + match.start()
                last = begin + path.rfind(".") + 1
                found.append(
                    Occurrence(
                        document.identity,
                        pointer,
                        match.start(),
                        path,
                        text,
                        place(document, begin),
                        place(document, last),
                    )
                )
        return found

    def fields(self) -> Iterator[tuple[Document, int, Mapping[str, Any], str]]:
        """The company's own fields: document, index, declaration, and the path that formulas read."""
        for document in self.bundle.documents:
            if document.kind == "entity":
                record = record_of(document)
                for index, declared in enumerate(document.spec["fields"]):
                    yield document, index, declared, f"{ROWS.get(record, record)}.{declared['key']}"

    def with_text(self, document: Document, start: int, old: str, new: str) -> Document:
        """The document read again from a text in which `old` at an offset is `new`."""
        assert document.source is not None
        text = document.source.text
        assert text[start : start + len(old)] == old
        read = read_document(text[:start] + new + text[start + len(old) :], document.file)
        assert read.document is not None, read.problems
        return read.document

    def check(self, mutant: Mutant) -> checking.Checked:
        """What publication says of the company with the mutant's documents in it."""
        changed = mutant.changed()
        given = {**self.documents, changed.identity: changed} if changed is not None else self.documents
        return checking.check(given.values())


def place(document: Document, offset: int) -> Place:
    """Line and column of an offset in a document's file."""
    assert document.source is not None and document.file is not None
    before = document.source.text[:offset].split("\n")
    return document.file, len(before), len(before[-1]) + 1


def _without_texts(text: str) -> str:
    """The same length, with what stands between inner double quotes blanked."""
    outer = 1 if text[:1] in "\"'" else 0
    inner = re.sub(r'(?<!\\)"(?:[^"\\]|\\.)*"', lambda one: '"' + " " * (len(one[0]) - 2) + '"', text[outer:])
    return text[:outer] + inner
