"""The first sheet of an Excel workbook as lines of text cells, as if it were CSV. Formulas give their stored value."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

MOST_UNPACKED = 400_000_000
"""A workbook is a zip file: one that swells beyond this was made to hurt."""
MOST_COLUMNS = 200


def lines(content: bytes) -> Iterator[tuple[int, list[str]]] | None:
    """Each row with its number; None for what is no workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(one.file_size for one in packed.infolist()) > MOST_UNPACKED:
                return None
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError):
        return None
    sheet = book.worksheets[0]
    return (
        (number, [_written(value) for value in row])
        for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), 1)
    )


def _written(value: Any) -> str:
    """A cell as a person would have typed it; numbers without the dust of binary fractions."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | date):
        plain = Decimal(f"{value:.15g}")  # what the spreadsheet itself shows of a binary fraction
        return f"{plain.to_integral_value() if plain == plain.to_integral_value() else plain:f}"
    if isinstance(value, datetime):
        return (
            value.isoformat(sep=" ", timespec="seconds") if value.time() != datetime.min.time() else f"{value:%Y-%m-%d}"
        )
    return value.isoformat() if isinstance(value, date) else str(value)
