"""Records as an Excel sheet: an empty one to fill in with the choices as drop-downs, one filled with what is there, and
reading either again. A sheet has a line a record; an empty cell leaves a value as it is.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from loanloom.engines.imports import sheets as workbooks
from loanloom.problems import LANGUAGES, Problem, say, text
from loanloom.services.errors import Refused
from loanloom.services.reading.spreadsheets import neutral
from loanloom.services.records.columns import Column

PROBLEMS = "problems"
TOLD = text("Problems", "问题")
MOST_ROWS = 20_000
MOST_CHOICES = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file: its number there, and its filled cells by column."""

    number: int
    cells: Mapping[str, str]


# -- writing ------------------------------------------------------------------------------------------------------


def workbook(
    title: str,
    shown: Sequence[Column],
    language: str,
    rows: Iterable[Mapping[str, str]] = (),
    *,
    problems: bool = False,
) -> bytes:
    """A workbook with the headings, the rows and drop-downs of the choices; `problems` adds a last column for them."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "".join(" " if letter in "[]:*?/\\" else letter for letter in title)[:31]
    headings = [one.heading(language) for one in shown] + ([say(TOLD, language)] if problems else [])
    sheet.append([neutral(heading) for heading in headings])
    names = [*(one.name for one in shown), *([PROBLEMS] if problems else [])]
    for row in rows:
        sheet.append([neutral(row.get(name, "")) for name in names])
    for at in range(1, len(headings) + 1):
        head = sheet.cell(1, at)
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="E1EFF0")
        sheet.column_dimensions[get_column_letter(at)].width = 60 if problems and at == len(headings) else 20
        for line in range(2, sheet.max_row + 1):
            sheet.cell(line, at).number_format = "@"
    sheet.freeze_panes = "A2"
    _drop_downs(book, sheet, shown, language)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _drop_downs(book: Workbook, sheet: Any, shown: Sequence[Column], language: str) -> None:
    """The choices of each column on a sheet of their own, hidden, for the cells to choose from."""
    listed = [(at, one) for at, one in enumerate(shown, 1) if one.choices and not one.several]
    if not listed:
        return
    codes = book.create_sheet("codes")
    codes.sheet_state = "hidden"
    for place, (at, one) in enumerate(listed, 1):
        titles = [say(title, language) for title in one.choices.values()][:MOST_CHOICES]
        for line, words in enumerate(titles, 1):
            codes.cell(line, place, neutral(words))
        letter, column = get_column_letter(place), get_column_letter(at)
        choice = DataValidation(type="list", formula1=f"codes!${letter}$1:${letter}${len(titles)}", allow_blank=True)
        choice.add(f"{column}2:{column}{MOST_ROWS}")
        sheet.add_data_validation(choice)


# -- reading ------------------------------------------------------------------------------------------------------


def read(content: bytes, shown: Sequence[Column]) -> list[Line]:
    """The filled lines of a workbook; refused when it is none, or lacks or does not know a column."""
    found = workbooks.lines(content)
    if found is None:
        raise Refused(
            _problem(
                "records.not_a_sheet", "The file is no Excel workbook (.xlsx).", "文件不是 Excel 工作簿（.xlsx）。"
            )
        )
    try:
        return list(_lines(found, shown))
    except workbooks.Unreadable:
        raise Refused(_problem("records.not_a_sheet", "The workbook is damaged.", "工作簿已损坏。")) from None


def _lines(found: Iterator[tuple[int, list[str]]], shown: Sequence[Column]) -> Iterator[Line]:
    _, header = next(found, (1, []))
    names = _names(header, shown)
    count = 0
    for number, cells in found:
        filled_in = {name: cell.strip() for name, cell in zip(names, cells, strict=False) if name and cell.strip()}
        if not filled_in:
            continue
        count += 1
        if count > MOST_ROWS:
            words = (f"The file has more than {MOST_ROWS:,} lines.", f"文件超过 {MOST_ROWS:,} 行。")
            raise Refused(_problem("records.too_many", *words))
        yield Line(number, {name: _plain(cell) for name, cell in filled_in.items()})


def _plain(cell: str) -> str:
    """Without the apostrophe that keeps a text from being a formula."""
    return cell[1:] if cell.startswith("'") and neutral(cell[1:]) == cell else cell


def _names(header: Sequence[str], shown: Sequence[Column]) -> list[str | None]:
    """The column that each heading means, in either language, by its title or its name."""
    known = {one.heading(language).rstrip(" *"): one.name for one in shown for language in LANGUAGES}
    known |= {one.name: one.name for one in shown}
    ignored = set(TOLD.values())
    names: list[str | None] = []
    for heading in header:
        plain = _plain(heading.strip()).rstrip(" *")
        if plain and plain not in known and plain not in ignored:
            words = (f"The column “{plain[:40]}” is not known.", f"不认识列“{plain[:40]}”。")
            raise Refused(_problem("records.unknown_column", *words))
        names.append(known.get(plain))
    if not any(names):
        raise Refused(_problem("records.no_columns", "The first line names no column.", "首行没有列名。"))
    return names


def _problem(code: str, en: str, zh: str) -> Problem:
    hint = text("Download the empty sheet and fill that in.", "请下载空白模板填写。")
    return Problem(code=code, message=text(en, zh), hint=hint, field="file")
