"""A compiled template: its texts cut into plain parts and placeholders, every expression a program. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from loanloom.engines.documents.blocks import Align
from loanloom.engines.documents.formatting import Codes
from loanloom.feel import Program
from loanloom.problems import Problem


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One value in a text: what it is, how it reads, the code list it comes from, and how it was written."""

    program: Program
    how: str | None
    codes: Codes | None
    source: str


@dataclass(frozen=True, slots=True)
class Prose:
    """A text with placeholders."""

    parts: tuple[str | Placeholder, ...]


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """A column of a table: title and value of a row."""

    title: Prose
    value: Placeholder
    align: Align


@dataclass(frozen=True, slots=True)
class TemplateTable:
    """A table over the rows an expression gives."""

    rows: Placeholder
    columns: tuple[TemplateColumn, ...]


@dataclass(frozen=True, slots=True)
class TemplateBlock:
    """One block: which sort, with its texts in order (and its table, or labelled values)."""

    kind: Literal["heading", "paragraph", "clause", "facts", "table", "signatures"]
    texts: tuple[Prose, ...] = ()
    pairs: tuple[tuple[Prose, Prose | Placeholder], ...] = ()
    table: TemplateTable | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A template ready to be filled."""

    key: str
    document: str
    title: dict[str, str]
    language: str
    paper: str
    blocks: tuple[TemplateBlock, ...]
    when: Program | bool = True
    each: str | None = None
    row_name: str | None = None


@dataclass(frozen=True, slots=True)
class CompiledTemplate:
    """A template, or None and the reasons."""

    template: Template | None
    problems: tuple[Problem, ...] = ()
