"""What documents use of one another: references to other documents, and the facts that their expressions read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from loanloom.metadata import pointers
from loanloom.metadata.document import Document, Identity
from loanloom.metadata.kinds import Kind, Kinds

_PATH = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+")
_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True, slots=True)
class Use:
    """A place that uses a document or a fact: which document, where in its spec. A `builtin` one stands in the record
    that every company has; the company's own document of that key may stand beside it.
    """

    kind: str
    key: str
    pointer: str
    builtin: bool = False


def references_of(document: Document, kind: Kind) -> Iterator[tuple[Identity, str]]:
    """What a document refers to: ((kind, key), pointer)."""
    for reference in kind.references:
        for pointer, key in pointers.match(document.spec, reference.pointer):
            if isinstance(key, str):
                yield (reference.kind, key), pointer


def expressions_of(document: Document, kind: Kind) -> Iterator[tuple[str, str]]:
    """The FEEL texts of a document: (pointer, text)."""
    for expression in kind.expressions:
        for pointer, written in pointers.match(document.spec, expression.pointer):
            text = expression.text_of(written)
            if text is not None:
                yield pointer, text


def uses(documents: Iterable[Document], kinds: Kinds) -> Mapping[Identity, tuple[Use, ...]]:
    """Where each document is referred to."""
    found: dict[Identity, list[Use]] = {}
    for document in documents:
        for target, pointer in references_of(document, kinds.require(document.kind)):
            found.setdefault(target, []).append(Use(*document.identity, pointer, document.builtin))
    return {target: tuple(places) for target, places in found.items()}


def mentions(documents: Iterable[Document], kinds: Kinds) -> Mapping[str, tuple[Use, ...]]:
    """The expressions that read each fact, by its full path."""
    found: dict[str, list[Use]] = {}
    for document in documents:
        for pointer, written in expressions_of(document, kinds.require(document.kind)):
            for path in set(_PATH.findall(_LITERAL.sub('""', written))):
                found.setdefault(path, []).append(Use(*document.identity, pointer, document.builtin))
    return {path: tuple(places) for path, places in found.items()}
