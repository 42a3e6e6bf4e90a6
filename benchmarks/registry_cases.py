"""A company of two thousand definitions: the model company, and copies of it that refer to one another as it does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from loanloom.metadata.bundle import read_bundle, source_text
from loanloom.metadata.document import Document
from loanloom.metadata.kinds import Kinds
from loanloom.metadata.reader import read_document

ROOT = Path(__file__).parent.parent
COPIED = frozenset(
    {
        "product", "form", "flow", "template", "report", "ruleset", "scorecard", "calculation", "code_list",
        "numbering", "materials", "page", "case", "notification", "import_mapping",
    }
)  # fmt: skip
"""Kinds of which a large company simply has more; entities, roles and the organisation grow in themselves."""


def documents(kinds: Kinds, wanted: int = 2000) -> tuple[Document, ...]:
    """The model company and as many whole copies of it as make `wanted` definitions."""
    own = read_bundle(ROOT, kinds).documents
    found = list(own)
    number = 1
    while len(found) < wanted:
        found += _copies(own, number, kinds)
        number += 1
    spare = len(found) - wanted  # nothing refers to a case
    kept = (at for at, one in enumerate(reversed(found)) if one.kind == "case")
    left_out = {len(found) - 1 - at for at, _ in zip(kept, range(spare), strict=False)}
    return tuple(one for at, one in enumerate(found) if at not in left_out)


def _copies(own: tuple[Document, ...], number: int, kinds: Kinds) -> Iterator[Document]:
    renamed = {one.identity: f"{one.key}-{number}" for one in own if one.kind in COPIED and _may(one, kinds)}
    for one in own:
        if one.identity in renamed:
            yield _copy(one, renamed, kinds)


def _may(document: Document, kinds: Kinds) -> bool:
    return kinds.require(document.kind).key_style != "name"


def _copy(document: Document, renamed: dict[tuple[str, str], str], kinds: Kinds) -> Document:
    """One document under its new key, with its references to other copied documents following."""
    kind = kinds.require(document.kind)
    text = re.sub(r"(?m)^key: .*$", f"key: {renamed[document.identity]}", source_text(document), count=1)
    for referred in {reference.kind for reference in kind.references}:
        for (of, key), new in renamed.items():
            if of == referred and of not in ("code_list",):
                text = re.sub(rf"(?<![\w-]){re.escape(key)}(?![\w.-])(?!\s*:)", new, text) if "-" in key else text
    read = read_document(text, kind.file_of(renamed[document.identity]))
    assert read.document is not None, (document.identity, read.problems)
    return read.document
