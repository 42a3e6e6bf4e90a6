"""Tables as Excel files. Text that a spreadsheet would take for a formula gets an apostrophe in front."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

Kind = Literal["text", "money", "number", "percent", "date"]
FORMATS: Mapping[str, str] = {"money": "#,##0.00", "number": "#,##0.######", "percent": "0.00##%", "date": "yyyy-mm-dd"}
WIDTHS: Mapping[str, int] = {"text": 22, "money": 18, "number": 12, "percent": 12, "date": 13}
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
LONGEST = 32_000


@dataclass(frozen=True, slots=True)
class Heading:
    """One column of the sheet."""

    title: str
    kind: Kind = "text"


def neutral(value: str) -> str:
    """Text that no spreadsheet runs: `=1+1` becomes `'=1+1`."""
    plain = FORBIDDEN.sub("", value)[:LONGEST]
    return f"'{plain}" if plain.lstrip(" \u3000\ufeff").startswith(FORMULA) else plain


def workbook(
    title: str,
    headings: Sequence[Heading],
    rows: Iterable[Sequence[Any]],
    *,
    notes: Sequence[str] = (),
    totals: Sequence[Sequence[Any]] = (),
) -> bytes:
    """A sheet with notes on top, one bold line of headings, the rows and the lines of totals."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31] or "Sheet")
    for index, heading in enumerate(headings, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = WIDTHS[heading.kind]
    sheet.freeze_panes = f"A{len(notes) + 3}" if notes else "A2"

    def cell(value: Any, heading: Heading | None = None, *, bold: bool = False) -> WriteOnlyCell:
        made = WriteOnlyCell(sheet, value=_value(value))
        if heading is not None and isinstance(value, int | Decimal | date) and heading.kind in FORMATS:
            made.number_format = FORMATS[heading.kind]
        if bold:
            made.font = Font(bold=True)
        return made

    if notes:
        sheet.append([cell(title, bold=True)])
    for note in notes:
        sheet.append([cell(note)])
    head = [cell(heading.title, bold=True) for heading in headings]
    for made, heading in zip(head, headings, strict=True):
        made.fill = PatternFill("solid", fgColor="E1EFF0")
        made.alignment = Alignment(horizontal="left" if heading.kind == "text" else "right")
    sheet.append(head)
    for row in rows:
        sheet.append([cell(value, heading) for value, heading in zip(row, headings, strict=True)])
    for total in totals:
        sheet.append([cell(value, heading, bold=True) for value, heading in zip(total, headings, strict=True)])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _value(value: Any) -> Any:
    if isinstance(value, str):
        return neutral(value)
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if value is None or isinstance(value, int | Decimal | date | bool):
        return value
    return neutral(str(value))
