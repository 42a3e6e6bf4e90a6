"""An Excel workbook opened without trusting it: the parts that say what its first sheet means, and its XML as a stream.

A workbook is a zip file of XML: small and quick to make, and made to hurt it swells to gigabytes or keeps a reader busy
for hours. So every part is bounded before it is read, and nothing is built that is not a cell.

openpyxl writes our workbooks; as a reader it builds every style and sheet there is and every empty row above a cell far
below, and lets nobody bound that: files of 5 kB kept it busy for a minute. So it lends its formats of numbers alone.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

from loanloom.xml_tree import Refusal, Xml, read_tree

MOST_UNPACKED = 400_000_000
"""A workbook is a zip file: one that swells beyond this was made to hurt."""
MOST_BESIDE = 100_000_000
"""The same for the texts that the sheets share."""
MOST_ELEMENTS = 12_000_000
"""Elements of one part: some for each cell of the largest table that is taken."""
LONGEST_TAG = 1_000_000
CHUNK = 1 << 16
LONGEST_FORMAT = 255
DAYS_OF_THE_EAST = frozenset({*range(27, 37), *range(50, 59)})
"""Formats by number that are days where Excel speaks Chinese, Japanese or Korean."""
BOOKS = ("sheet.main+xml", "sheet.macroEnabled.main+xml", "spreadsheetml.template.main+xml")
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
BROKEN = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError, LookupError, ValueError, OSError, EOFError, RuntimeError,
    StopIteration,
)  # fmt: skip
"""What the reading of a damaged workbook ends in."""
Meaning = Literal["number", "day", "duration"]


class Unreadable(ValueError):
    """A workbook that breaks off, holds what no cell can hold, or was made to hurt."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Where the first sheet and the shared texts lie, and what its numbers mean by their style."""

    content: bytes
    sheet: str
    shared: str | None
    meanings: Sequence[Meaning]
    since_1904: bool


def opened(content: bytes) -> Opened:
    """Open a workbook; Unreadable when it is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            _bounded(packed)
            return _opened(packed, content)
    except BROKEN as error:
        raise Unreadable from error


def _bounded(packed: zipfile.ZipFile) -> None:
    parts = packed.infolist()
    beside = [one.file_size for one in parts if "/worksheets/" not in one.filename]
    if sum(one.file_size for one in parts) > MOST_UNPACKED or max(beside, default=0) > MOST_BESIDE:
        raise Unreadable
    if any(one.compress_type not in PACKED for one in parts):
        raise Unreadable


def _opened(packed: zipfile.ZipFile, content: bytes) -> Opened:
    listed = _tree(packed, "[Content_Types].xml").children
    book = next(one for one in listed if str(one.get("ContentType")).endswith(BOOKS))
    name = str(book.get("PartName")).lstrip("/")
    folder, base = posixpath.split(name)
    related = {
        str(one.get("Id")): (str(one.get("Type")).rpartition("/")[2], _place(folder, str(one.get("Target"))))
        for one in _tree(packed, f"{folder}/_rels/{base}.rels").children
    }
    root = _tree(packed, name)
    parts = dict(reversed(related.values()))
    sheets = (related.get(_link(one), ("", "")) for one in _inside(root, "sheets"))
    sheet = next(place for kind, place in sheets if kind == "worksheet")
    said = next((one for one in root.children if one.local == "workbookPr"), Xml("workbookPr"))
    return Opened(
        content=content,
        sheet=sheet,
        shared=parts.get("sharedStrings"),
        meanings=_meanings(_tree(packed, parts["styles"])) if "styles" in parts else (),
        since_1904=said.get("date1904") in ("1", "true", "on"),
    )


def _link(sheet: Xml) -> str:
    return next((value for name, value in sheet.attributes if name.endswith("}id")), "")


def _place(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))


def _tree(packed: zipfile.ZipFile, name: str) -> Xml:
    found = read_tree(packed.read(name))
    if isinstance(found, Refusal):
        raise Unreadable
    return found.root


def _inside(root: Xml, name: str) -> Iterator[Xml]:
    return (one for group in root.children if group.local == name for one in group.children)


def _meanings(styles: Xml) -> list[Meaning]:
    """What a number means, by the style of its cell."""
    own = {str(one.get("numFmtId")): str(one.get("formatCode"))[:LONGEST_FORMAT] for one in _inside(styles, "numFmts")}
    known: dict[str, Meaning] = {}
    found: list[Meaning] = []
    for one in _inside(styles, "cellXfs"):
        number = str(one.get("numFmtId"))
        if number not in known:
            known[number] = _meaning(number, own)
        found.append(known[number])
    return found


def _meaning(number: str, own: Mapping[str, str]) -> Meaning:
    at = int(number) if number.isdecimal() and len(number) < 10 else 0
    written = own.get(number) or BUILTIN_FORMATS.get(at, "")
    if is_timedelta_format(written):
        return "duration"
    return "day" if is_date_format(written) or (number not in own and at in DAYS_OF_THE_EAST) else "number"


class Listener:
    """Hears the XML of a part; one that wants no more sets `done`."""

    done = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """It ends."""

    def words(self, text: str) -> None:
        """Text within it."""


def heard(content: bytes, part: str, listener: Listener) -> Iterator[None]:
    """Read a part piece by piece, so that whoever has heard enough may stop in between."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > MOST_ELEMENTS:
            raise Unreadable
        listener.start(name.rpartition(":")[2], attributes)

    def refuse(*_said: Any) -> None:
        raise Unreadable  # a document type, with entities that swell

    parser.StartElementHandler, parser.CharacterDataHandler = start, listener.words
    parser.EndElementHandler = lambda name: listener.end(name.rpartition(":")[2])
    parser.StartDoctypeDeclHandler = refuse
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed, packed.open(part) as stream:
            fed = 0
            while not listener.done and (piece := stream.read(CHUNK)):
                parser.Parse(piece, False)
                fed += len(piece)
                if fed - max(parser.CurrentByteIndex, 0) > LONGEST_TAG:
                    raise Unreadable  # one tag without an end is read again with every piece
                yield
            if not listener.done:
                parser.Parse(b"", True)
                yield
    except BROKEN as error:
        raise Unreadable from error
