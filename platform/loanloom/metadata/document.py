"""One metadata document: the envelope every kind shares and the frozen `spec` inside it. A value; it checks nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from loanloom.metadata import canonical
from loanloom.metadata.pointers import MISSING, resolve
from loanloom.metadata.source import Source
from loanloom.problems import Problem, Text

API_VERSION = "loanloom/v1"
Identity = tuple[str, str]
"""(kind, key): what a document is called for ever, within one company."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Document:
    """A document as read. `spec` holds read-only mappings, tuples, text, int, Decimal, bool, None; dates are text."""

    kind: str
    key: str
    title: Text
    spec: Mapping[str, Any]
    effective_from: str | None = None
    renamed_from: str | None = None
    builtin: bool = False
    source: Source | None = field(default=None, repr=False)

    @property
    def identity(self) -> Identity:
        """(kind, key)."""
        return self.kind, self.key

    @property
    def file(self) -> str | None:
        """The file it was read from."""
        return self.source.file if self.source else None

    @cached_property
    def digest(self) -> str:
        """sha256 over the canonical JSON of everything but the source text."""
        return canonical.digest(self.as_mapping())

    def as_mapping(self) -> dict[str, Any]:
        """The whole document as changeable values, in the order of the envelope."""
        whole: dict[str, Any] = {"apiVersion": API_VERSION, "kind": self.kind, "key": self.key}
        whole["title"] = dict(self.title)
        if self.effective_from is not None:
            whole["effective_from"] = self.effective_from
        if self.renamed_from is not None:
            whole["renamed_from"] = self.renamed_from
        whole["spec"] = canonical.thaw(self.spec)
        return whole

    def at(self, pointer: str) -> Any:
        """The value at a pointer into `spec` (such as /amount/max), or None."""
        found = resolve(self.spec, pointer)
        return None if found is MISSING else found

    def problem(
        self,
        code: str,
        message: Text,
        pointer: str = "",
        *,
        hint: Text | None = None,
        at_key: bool = False,
        inside: tuple[int, int] | None = None,
        length: int | None = None,
        severity: Literal["error", "warning"] = "error",
    ) -> Problem:
        """A problem with this document; `pointer` counts from `spec`, `inside` is (line, column) in the text there and
        `length` the number of characters that are wrong, where known.
        """
        whole = f"/spec{pointer}"
        line, column = self.place(whole, at_key=at_key, inside=inside)
        return Problem(
            code=code, message=message, hint=hint, severity=severity,
            file=self.file, line=line, column=column, pointer=whole, end=self._end(whole, at_key, inside, length),
        )  # fmt: skip

    def _end(
        self, pointer: str, at_key: bool, inside: tuple[int, int] | None, length: int | None
    ) -> tuple[int, int] | None:
        """Line and column just behind what is wrong, where it is one word or one value."""
        if self.source is None:
            return None
        positions, written = self.source.positions, self.source.text
        value = self.at(pointer.removeprefix("/spec")) if inside else None
        if inside and isinstance(value, str):
            return positions.end_inside(pointer, *inside, written, value, length)
        return positions.end(pointer, written, key=at_key)

    def place(
        self, pointer: str, *, at_key: bool = False, inside: tuple[int, int] | None = None
    ) -> tuple[int | None, int | None]:
        """Line and column of a pointer that counts from the whole document."""
        if self.source is None:
            return None, None
        positions = self.source.positions
        found = positions.inside(pointer, *inside, self.source.text) if inside else None
        return found or positions.place(pointer, key=at_key) or (None, None)


def document_from(mapping: Mapping[str, Any], source: Source | None = None, *, builtin: bool = False) -> Document:
    """A document from values that have the envelope's shape."""
    return Document(
        kind=mapping["kind"],
        key=mapping["key"],
        title=canonical.freeze(mapping["title"]),
        spec=canonical.freeze(mapping["spec"]),
        effective_from=mapping.get("effective_from"),
        renamed_from=mapping.get("renamed_from"),
        builtin=builtin,
        source=source,
    )
