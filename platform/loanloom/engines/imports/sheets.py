"""The first sheet of an Excel workbook as lines of text cells, as if it were CSV. Formulas give their stored value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Context, Decimal, DecimalException

from loanloom.engines.imports.workbook import Listener, Opened, Unreadable, heard, opened

MOST_COLUMNS = 200
MOST_LINES = 1_048_576
HEAD = 1_000
"""Up to here empty lines count, as those do that stand above the headings; below they are left out."""
LONGEST_CELL = 32_767
LONGEST_NUMBER = 40
MILLISECONDS = 24 * 60 * 60 * 1000
SINCE_1900, SINCE_1904 = date(1899, 12, 30).toordinal(), date(1904, 1, 1).toordinal()
_SHOWN = Context(prec=15)
"""What a spreadsheet itself shows of a binary fraction."""
_LETTERS = re.compile(r"[A-Z]{1,3}")
_ESCAPED = re.compile(r"_x(0009|000A|000D|005F)_")

__all__ = ["Unreadable", "lines"]


def lines(content: bytes) -> Iterator[tuple[int, list[str]]] | None:
    """Each row with its number; None for what is no workbook."""
    try:
        book = opened(content)
        shared = _shared(book) if book.shared else []
    except Unreadable:
        return None
    return _lines(book, shared)


def _lines(book: Opened, shared: list[str]) -> Iterator[tuple[int, list[str]]]:
    sheet = _Sheet(book, shared)
    before = 0
    for _piece in heard(book.content, book.sheet, sheet):
        for number, cells in sheet.ready:
            for missing in range(before + 1, min(number, HEAD + 1)):
                yield missing, [""] * MOST_COLUMNS
            before = number
            yield number, cells
        sheet.ready.clear()


class _Texts(Listener):
    """Collects the text of elements, without that of readings beside Chinese or Japanese words."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.length = 0
        self.listens = self.reading = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "rPh":
            self.reading = True
        self.listens = name in ("t", "v") and not self.reading

    def end(self, name: str) -> None:
        self.listens = False
        if name == "rPh":
            self.reading = False

    def words(self, text: str) -> None:
        if self.listens:
            self.length += len(text)
            if self.length > LONGEST_CELL * 2:  # escaped, a letter takes more
                raise Unreadable
            self.text.append(text)

    def taken(self) -> str:
        """What was heard since; begins anew."""
        whole = "".join(self.text)
        self.text, self.length = [], 0
        return whole


class _SharedTexts(_Texts):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def end(self, name: str) -> None:
        super().end(name)
        if name == "si":
            self.found.append(_plain(self.taken()))


def _shared(book: Opened) -> list[str]:
    texts = _SharedTexts()
    for _piece in heard(book.content, book.shared or "", texts):
        pass
    return texts.found


class _Sheet(_Texts):
    """The cells of a sheet; `ready` are the rows that have ended."""

    def __init__(self, book: Opened, shared: list[str]) -> None:
        super().__init__()
        self.book, self.shared = book, shared
        self.ready: list[tuple[int, list[str]]] = []
        self.cells: list[str] | None = None
        self.row = self.column = 0
        self.kind = self.style = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        super().start(name, attributes)
        if name == "row":
            self._row(attributes.get("r", ""))
        elif name == "c" and self.cells is not None:
            self.column = _column(attributes.get("r", "")) or self.column + 1
            self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "")
        elif name == "v":
            self.taken()

    def _row(self, number: str) -> None:
        after = int(number) if number.isdecimal() and len(number) < 8 else 0 if number else self.row + 1
        if not self.row < after <= MOST_LINES:
            raise Unreadable
        self.row, self.column, self.cells = after, 0, [""] * MOST_COLUMNS

    def end(self, name: str) -> None:
        super().end(name)
        if name == "sheetData":
            self.done = True
        elif name == "row" and self.cells is not None:
            if self.row <= HEAD or any(self.cells):
                self.ready.append((self.row, self.cells))
            self.cells = None
        elif name == "c" and self.cells is not None:
            said = self.taken()
            if said and self.column <= MOST_COLUMNS:
                self.cells[self.column - 1] = self._written(said)

    def _written(self, said: str) -> str:
        """A cell as a person would have typed it."""
        if self.kind == "s":
            return self.shared[int(said)] if said.isdecimal() and len(said) < 10 else ""
        if self.kind in ("str", "inlineStr"):
            return _plain(said)
        if self.kind == "b":
            return "true" if said == "1" else "false"
        if self.kind == "d":
            return said.replace("T", " ").removesuffix(" 00:00:00")
        return said if self.kind == "e" else self._number(said)

    def _number(self, said: str) -> str:
        """Numbers without the dust of binary fractions; a day where the style says so."""
        if len(said) > LONGEST_NUMBER:
            raise Unreadable
        try:
            number = _SHOWN.create_decimal(said.strip())
        except DecimalException:
            raise Unreadable from None
        if not number.is_finite() or abs(number.adjusted()) > 308:
            raise Unreadable
        at = int(self.style) if self.style.isdecimal() and len(self.style) < 10 else -1
        meaning = self.book.meanings[at] if 0 <= at < len(self.book.meanings) else "number"
        if meaning != "number" and -1_000_000 < number < 3_000_000:
            return _passed(number) if meaning == "duration" else _moment(number, since_1904=self.book.since_1904)
        return f"{number.to_integral_value() if number == number.to_integral_value() else number.normalize():f}"


def _column(place: str) -> int:
    """The number of a column by its letters; 0 where none is said."""
    found = _LETTERS.match(place)
    number = 0
    for letter in found[0] if found else "":
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _passed(days: Decimal) -> str:
    return str(timedelta(milliseconds=round(days * MILLISECONDS)))


def _moment(days: Decimal, *, since_1904: bool) -> str:
    """A day, with the time where it is not midnight; spreadsheets count days."""
    whole, rest = divmod(round(days * MILLISECONDS), MILLISECONDS)
    seconds = rest // 1000
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if whole == 0 and rest:
        return clock
    if not since_1904 and whole < 60:
        whole += 1  # to them 1900 was a leap year
    try:
        day = date.fromordinal((SINCE_1904 if since_1904 else SINCE_1900) + whole)
    except (ValueError, OverflowError):
        raise Unreadable from None
    return f"{day} {clock}" if rest else str(day)


def _plain(text: str) -> str:
    """Without the marks for letters that XML has no sign for."""
    shown = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x0" in text else text
    return shown[:LONGEST_CELL]
