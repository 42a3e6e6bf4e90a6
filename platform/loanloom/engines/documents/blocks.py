"""What a document is before it has a format: titled blocks of plain text. PDF, DOCX and screen are drawn from the
same blocks.

Values only. No markup lives in any text: whoever draws escapes it for the format at hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside the document."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; a line break in it stays."""

    text: str


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause; the number counts through the document, 0 where the title brings its own."""

    number: int
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class FactList:
    """Labels with their values, two columns."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    title: str
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table of texts."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Signatures:
    """Places to sign: the party's role and its name."""

    parties: tuple[tuple[str, str], ...]


Block = Heading | Paragraph | Clause | FactList | TableBlock | Signatures


@dataclass(frozen=True, slots=True, kw_only=True)
class NeutralDocument:
    """One filled document."""

    title: str
    language: str
    blocks: tuple[Block, ...]
    paper: str = "a4"
    number: str = ""

    def texts(self) -> Iterator[str]:
        """Every text of it, for searches and for the fonts it needs."""
        yield self.title
        for block in self.blocks:
            yield from _texts(block)


def _texts(block: Block) -> Iterator[str]:
    match block:
        case Heading() | Paragraph():
            yield block.text
        case Clause():
            yield from (block.title, block.text)
        case FactList():
            yield from (part for row in block.rows for part in row)
        case TableBlock():
            yield from (column.title for column in block.columns)
            yield from (cell for row in block.rows for cell in row)
        case Signatures():
            yield from (part for row in block.parties for part in row)


def to_json(document: NeutralDocument) -> dict[str, Any]:
    """The document as plain JSON, as it is stored."""
    return {
        "title": document.title,
        "language": document.language,
        "paper": document.paper,
        "number": document.number,
        "blocks": [_block_to_json(block) for block in document.blocks],
    }


def _block_to_json(block: Block) -> dict[str, Any]:
    match block:
        case Heading():
            return {"heading": block.text}
        case Paragraph():
            return {"paragraph": block.text}
        case Clause():
            return {"clause": [block.number, block.title, block.text]}
        case FactList():
            return {"facts": [list(row) for row in block.rows]}
        case TableBlock():
            return {
                "columns": [[column.title, column.align] for column in block.columns],
                "rows": [list(row) for row in block.rows],
            }
        case Signatures():
            return {"signatures": [list(row) for row in block.parties]}


def from_json(stored: Mapping[str, Any]) -> NeutralDocument:
    """The document back from its stored form."""
    return NeutralDocument(
        title=stored["title"],
        language=stored["language"],
        paper=stored["paper"],
        number=stored["number"],
        blocks=tuple(_block_from_json(block) for block in stored["blocks"]),
    )


def _block_from_json(stored: Mapping[str, Any]) -> Block:
    if "heading" in stored:
        return Heading(stored["heading"])
    if "paragraph" in stored:
        return Paragraph(stored["paragraph"])
    if "clause" in stored:
        return Clause(*stored["clause"])
    if "facts" in stored:
        return FactList(tuple((label, value) for label, value in stored["facts"]))
    if "columns" in stored:
        return TableBlock(
            tuple(Column(title, align) for title, align in stored["columns"]),
            tuple(tuple(row) for row in stored["rows"]),
        )
    return Signatures(tuple((party, name) for party, name in stored["signatures"]))
