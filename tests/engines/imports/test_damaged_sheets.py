"""Workbooks that are damaged, or made to hurt, are a problem to read, never a stack trace."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as clock
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook

from loanloom.engines.imports import read_rows, sheets
from loanloom.engines.imports import workbook as opening

COLUMNS = {"name": "text", "amount": "number"}


def workbook(*rows: list[Any], part: str = "", change: Callable[[bytes], bytes | None] = bytes) -> bytes:
    """A workbook of these rows, one of its parts changed (or left out)."""
    book, written, changed = Workbook(), io.BytesIO(), io.BytesIO()
    for row in (["name", "amount"], *rows):
        book.active.append(row)
    book.save(written)
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content: bytes | None = old.read(name)
            if part and part in name:
                content = change(old.read(name))
            if content is not None:
                new.writestr(name, content)
    return changed.getvalue()


def codes(content: bytes) -> list[str]:
    found = read_rows(content, COLUMNS, "f.xlsx", sheet=True)
    assert not found.rows
    return [problem.code for problem in found.problems]


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("sheet1", lambda _: b"<worksheet><sheetData><row><c"),
        ("sheet1", lambda _: None),
        ("sheet1", lambda old: old.replace(b"<v>1</v>", b"<v>abc</v>")),
        ("sheet1", lambda old: old.replace(b"<v>1</v>", b"<v>" + b"9" * 5000 + b"</v>")),
        ("workbook.xml", lambda _: b"<<<"),
        ("Content_Types", lambda _: b"<<<"),
    ],
)
def test_a_damaged_workbook_is_told(part: str, change: Callable[[bytes], bytes | None]) -> None:
    assert codes(workbook(["x", 1], part=part, change=change)) == ["import.not_a_sheet"]


def test_a_cell_of_another_kind_is_told_in_its_place() -> None:
    assert codes(workbook(["x", timedelta(hours=3)])) == ["import.wrong_type"]


def test_a_part_that_swells_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "MOST_BESIDE", 100_000)
    big = workbook(["x", 1], part="theme", change=lambda old: old + b" " * 200_000)
    assert codes(big) == ["import.not_a_sheet"]


def undimensioned(old: bytes) -> bytes:
    return re.sub(rb"<dimension[^>]*/>", b"", old)


MANY = 250_000
ENTITIES = b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10 if n else b"aaaaaaaaaa") for n in range(9))
HURTS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "a row far below": ("sheet1", lambda old: undimensioned(old).replace(b'<row r="2"', b'<row r="900000000000"')),
    "a row that comes twice": ("sheet1", lambda old: old.replace(b'<row r="2"', b'<row r="1"')),
    "styles": ("styles", lambda old: old.replace(b"</cellXfs>", b"<xf/>" * MANY + b"</cellXfs>")),
    "sheets": ("workbook.xml", lambda old: old.replace(b"</sheets>", b'<sheet name="x"/>' * MANY + b"</sheets>")),
    "a tag without end": ("sheet1", lambda old: old.replace(b"<row ", b'<row x="' + b"x" * 20_000_000 + b'" ', 1)),
    "a cell longer than any": ("sheet1", lambda old: old.replace(b">x<", b">" + b"x" * 2_000_000 + b"<")),
    "entities": ("sheet1", lambda old: b"<!DOCTYPE l [" + ENTITIES + b"]>" + old.replace(b">x<", b">&a8;<")),
}


@pytest.mark.parametrize("name", HURTS)
def test_what_was_made_to_hurt_is_told_quickly(name: str) -> None:
    part, change = HURTS[name]
    content = workbook(["x", 1], part=part, change=change)
    began = time.process_time()
    assert codes(content)[-1:] == ["import.not_a_sheet"]
    assert time.process_time() - began < 8


def test_the_size_that_a_sheet_says_of_itself_is_not_believed() -> None:
    far = workbook(["x", 1], part="sheet1", change=lambda old: old.replace(b'ref="A1:B2"', b'ref="A1:XFD99999999"'))
    found = read_rows(far, COLUMNS, "f.xlsx", sheet=True)
    assert [(row.line, row.values) for row in found.rows] == [(2, {"name": "x", "amount": 1})]


def lines(*rows: list[Any], change: Callable[[bytes], bytes] = bytes) -> list[list[str]]:
    found = sheets.lines(workbook(*rows, part="sheet1", change=change))
    assert found is not None
    return [[cell for cell in cells if cell] for _number, cells in found][1:]


def test_cells_read_as_they_are_typed() -> None:
    day, moment = date(2026, 2, 28), datetime(2026, 2, 28, 13, 5)
    cells = [
        0.1 + 0.2,
        1e3,
        -2,
        True,
        day,
        moment,
        clock(8, 30),
        timedelta(hours=30),
        "2026 年",
        "_x000D_",
        Decimal("0.00001"),
    ]
    shown = ["0.3", "1000", "-2", "true", "2026-02-28", "2026-02-28 13:05:00", "08:30:00", "1 day, 6:00:00"]
    assert lines(cells) == [[*shown, "2026 年", "\r", "0.00001"]]


def test_a_day_before_the_leap_day_that_never_was() -> None:
    assert lines([date(1900, 1, 1), date(1900, 3, 1)]) == [["1900-01-01", "1900-03-01"]]


def test_texts_shared_and_in_pieces_are_read_without_their_readings() -> None:
    shared = b'<c r="A2" t="s"><v>0</v></c>'
    content = workbook(["x"], part="sheet1", change=lambda old: re.sub(rb'<c r="A2".*?</c>', shared, old))
    spoken = b"<rPh sb='0' eb='1'><t>zhang</t></rPh>"
    texts = "<sst><si><r><t>张</t></r><r><t>三</t></r>".encode() + spoken + b"</si></sst>"
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name.endswith("workbook.xml.rels"):
                link = (
                    b'<Relationship Id="rX" Type="http://x/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
                )
                part = part.replace(b"</Relationships>", link)
            new.writestr(name, part)
        new.writestr("xl/sharedStrings.xml", texts)
    found = sheets.lines(changed.getvalue())
    assert found is not None
    assert [cells[0] for _number, cells in found] == ["name", "张三"]
