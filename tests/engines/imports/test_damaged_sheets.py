"""Workbooks that are damaged, or made to hurt, are a problem to read, never a stack trace."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import Workbook

from loanloom.engines.imports import read_rows, sheets

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
    monkeypatch.setattr(sheets, "MOST_BESIDE", 100_000)
    big = workbook(["x", 1], part="theme", change=lambda old: old + b" " * 200_000)
    assert codes(big) == ["import.not_a_sheet"]
