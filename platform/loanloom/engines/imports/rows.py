"""A CSV or Excel file -> typed rows, with a problem for every cell that cannot be read. Pure: bytes in, values out.

Columns that the mapping does not name are not read at all: what must not be known does not get in.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from loanloom.core.dates import written_day
from loanloom.engines.imports import sheets
from loanloom.problems import Problem, text

MOST_BYTES = 50_000_000
MOST_ROWS = 200_000
MOST_CELL = 10_000
NO_HEADINGS: Mapping[str, str] = {}
NOT_TEXT = ("The file is not UTF-8 or GB 18030.", "文件不是 UTF-8 或 GB 18030 文本。")
NOT_SHEET = ("The file is no Excel workbook (.xlsx).", "文件不是 Excel 工作簿（.xlsx）。")
_DAY = re.compile(r"(\d{8}|\d{4}\D\d{1,2}\D\d{1,2}日?)(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?|[ ]?\d{6})?")
YES = frozenset({"1", "true", "yes", "y", "是"})
NO = frozenset({"0", "false", "no", "n", "否"})


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file: the line it stands on and the values of the columns that are read; empty cells are None."""

    line: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that could be read, and what is wrong with the others."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    count: int


def read_rows(
    content: bytes,
    columns: Mapping[str, str],
    file: str = "",
    *,
    headings: Mapping[str, str] = NO_HEADINGS,
    skip: int = 0,
    sheet: bool = False,
) -> Rows:
    """Read `columns` (name -> type) of a CSV file or Excel sheet; without one of them no rows, and a word on which.

    `headings` says what a column is called in the file where it is not its name; `skip` lines stand above them.
    """
    if len(content) > MOST_BYTES:
        return _nothing(file, "import.too_big", "The file is larger than 50 MB.", "文件超过 50 MB。")
    found = sheets.lines(content) if sheet else _lines(content)
    if found is None:
        english, chinese = NOT_SHEET if sheet else NOT_TEXT
        return _nothing(file, "import.not_a_sheet" if sheet else "import.not_text", english, chinese)
    lines = iter(found)
    try:
        above = list(itertools.islice(lines, skip + 1))
    except csv.Error:
        return _nothing(file, "import.not_csv", "The first line is not a row of CSV.", "首行不是有效的 CSV。")
    except sheets.Unreadable:
        return _nothing(file, "import.not_a_sheet", *NOT_SHEET)
    header = [name.strip() for name in above[skip][1]] if len(above) > skip else []
    wanted = {name: headings.get(name, name) for name in columns}
    if problem := _header_problem(header, wanted.values(), file):
        return Rows((), (problem,), 0)
    return _Reader(header, columns, wanted, file).read(lines)


def _lines(content: bytes) -> Iterator[tuple[int, list[str]]] | None:
    """The lines of a CSV file with their numbers; None where it is no text."""
    written = _decoded(content)
    if written is None:
        return None
    reader = csv.reader(io.StringIO(written, newline=""), strict=True)
    return ((reader.line_num, cells) for cells in reader)


class _Reader:
    def __init__(self, header: list[str], columns: Mapping[str, str], wanted: Mapping[str, str], file: str) -> None:
        self.width = len(header)
        self.places = [(name, header.index(wanted[name]), READERS[kind], kind) for name, kind in columns.items()]
        self.file = file
        self.rows: list[Row] = []
        self.problems: list[Problem] = []
        self.count = 0

    def read(self, lines: Iterator[tuple[int, list[str]]]) -> Rows:
        line = 1
        try:
            for line, cells in lines:
                if not any(cell.strip() for cell in cells):
                    continue
                self.count += 1
                if self.count > MOST_ROWS:
                    words = (f"More than {MOST_ROWS} rows.", f"超过{MOST_ROWS}行。")
                    self._say(line, "import.too_many_rows", *words)
                    break
                self._row(cells, line)
        except csv.Error:
            self._say(line + 1, "import.not_csv", "This line is not a row of CSV.", "该行不是有效的 CSV。")
        except sheets.Unreadable:
            self._say(line + 1, "import.not_a_sheet", "This row of the sheet cannot be read.", "该行无法读取。")
        return Rows(tuple(self.rows), tuple(self.problems), self.count)

    def _row(self, cells: list[str], line: int) -> None:
        if len(cells) != self.width:
            self._say(
                line,
                "import.wrong_width",
                f"The row has {len(cells)} cells, the header {self.width}.",
                f"该行有{len(cells)}列，表头为{self.width}列。",
            )
            return
        values: dict[str, Any] = {}
        sound = True
        for name, at, read, kind in self.places:
            cell = cells[at].strip()
            try:
                values[name] = read(cell) if cell else None
            except ValueError:
                english, chinese = WORDS[kind]
                shown = cell if len(cell) <= 40 else f"{cell[:40]}..."
                words = (f"{name}: “{shown}” is not {english}.", f"{name}：“{shown}”不是{chinese}。")
                self._say(line, "import.wrong_type", *words, field=name)
                sound = False
        if sound:
            self.rows.append(Row(line, values))

    def _say(self, line: int, code: str, english: str, chinese: str, field: str | None = None) -> None:
        self.problems.append(Problem(code=code, message=text(english, chinese), file=self.file, line=line, field=field))


def _decoded(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):  # spreadsheets of Chinese Windows save the second
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _header_problem(header: list[str], columns: Collection[str], file: str) -> Problem | None:
    missing = [name for name in columns if name not in header]
    twice = [name for name in columns if header.count(name) > 1]
    if not missing and not twice:
        return None
    english, chinese = ("is missing", "缺少") if missing else ("stands twice", "重复出现")
    names = ", ".join(missing or twice)
    return Problem(
        code="import.missing_column" if missing else "import.column_twice",
        message=text(f"A column {english}: {names}.", f"{chinese}列：{names}。"),
        hint=text("The first line of the file names the columns.", "文件首行应为列名。"),
        file=file,
        line=1,
    )


def _nothing(file: str, code: str, english: str, chinese: str) -> Rows:
    return Rows((), (Problem(code=code, message=text(english, chinese), file=file),), 0)


def _text(cell: str) -> str:
    if len(cell) > MOST_CELL or "\x00" in cell:
        raise ValueError
    return cell


def _number(cell: str) -> Decimal:
    try:
        value = Decimal(cell.replace(",", ""))
    except InvalidOperation as error:
        raise ValueError from error
    if not value.is_finite() or abs(value.adjusted()) > 30:
        raise ValueError
    return value


def _integer(cell: str) -> Decimal:
    value = _number(cell)
    if value != value.to_integral_value():
        raise ValueError
    return value


def _date(cell: str) -> date:
    """2026-01-05, 2026/1/5, 20260105 or 2026年1月5日, perhaps with a time behind it, as banks write it."""
    found = _DAY.fullmatch(cell)
    day = written_day(found[1]) if found else None
    if day is None:
        raise ValueError(cell)
    return day


def _yes_no(cell: str) -> bool:
    word = cell.lower()
    if word in YES:
        return True
    if word in NO:
        return False
    raise ValueError


READERS: Mapping[str, Callable[[str], Any]] = {
    "text": _text,
    "number": _number,
    "integer": _integer,
    "date": _date,
    "yes_no": _yes_no,
}
WORDS: Mapping[str, tuple[str, str]] = {
    "text": ("a text", "文本"),
    "number": ("a number", "数值"),
    "integer": ("a whole number", "整数"),
    "date": ("a date such as 2026-03-01", "日期（如 2026-03-01）"),
    "yes_no": ("yes or no", "是或否"),
}
