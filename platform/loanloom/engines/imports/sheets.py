"""The first sheet of an Excel workbook as lines of text cells, as if it were CSV. Formulas give their stored value."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

MOST_UNPACKED = 400_000_000
"""A workbook is a zip file: one that swells beyond this was made to hurt."""
MOST_BESIDE = 100_000_000
"""The same for a part of it that is no sheet, and is read as a whole."""
MOST_COLUMNS = 200
BROKEN = (
    zipfile.BadZipFile, zlib.error, InvalidFileException, SyntaxError, LookupError, ValueError, TypeError,
    AttributeError, OSError, EOFError, RuntimeError,
)  # fmt: skip
"""What the reading of a damaged workbook ends in: as a zip file, as XML (a SyntaxError), as cells."""


class Unreadable(ValueError):
    """A workbook that breaks off or holds what no cell can hold."""


def lines(content: bytes) -> Iterator[tuple[int, list[str]]] | None:
    """Each row with its number; None for what is no workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
        beside = [one.file_size for one in parts if not one.filename.startswith("xl/worksheets/")]
        if sum(one.file_size for one in parts) > MOST_UNPACKED or max(beside, default=0) > MOST_BESIDE:
            return None
        sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
    except BROKEN:
        return None
    return _rows(sheet)


def _rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    try:
        for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), 1):
            yield number, [_written(value) for value in row]
    except BROKEN as error:
        raise Unreadable from error


def _written(value: Any) -> str:
    """A cell as a person would have typed it; numbers without the dust of binary fractions."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        plain = Decimal(f"{value:.15g}")  # what the spreadsheet itself shows of a binary fraction
        return f"{plain.to_integral_value() if plain == plain.to_integral_value() else plain:f}"
    if isinstance(value, datetime):
        return (
            value.isoformat(sep=" ", timespec="seconds") if value.time() != datetime.min.time() else f"{value:%Y-%m-%d}"
        )
    return value.isoformat() if isinstance(value, date) else str(value)
