"""How wide words are before anybody has drawn them: widths of the page's typeface, and lines broken to fit.

The typeface is the one that the pages ship (Inter); Chinese characters are square. A little is added, since a reader's
own typeface may be wider.
"""

from __future__ import annotations

import re
import unicodedata

_THOUSANDTHS = {
    **dict.fromkeys("il|'.,:;!j", 290), **dict.fromkeys("ft()[]/ I·-", 380), **dict.fromkeys("rs\"", 500),
    **dict.fromkeys("mw%@", 890), **dict.fromkeys("MW", 970), **dict.fromkeys("OQGCDNHU", 770),
}  # fmt: skip
_SMALL, _CAPITAL, _DIGIT, _WIDE = 600, 690, 650, 1000
_PIECES = re.compile(r"\s+|[\u2e80-\uffff]|[^\s\u2e80-\uffff]+")
_NEVER_FIRST = "，。、；：！？）》”’)]},.;:!?%"


def width(words: str, size: int) -> int:
    """How many pixels a line of words takes at a size."""
    return -(-sum(_letter(letter) for letter in words) * size // 1000)


def _letter(letter: str) -> int:
    known = _THOUSANDTHS.get(letter)
    if known is not None:
        return known
    if unicodedata.east_asian_width(letter) in "WF":
        return _WIDE
    if letter.isdigit():
        return _DIGIT
    return _CAPITAL if letter.isupper() else _SMALL


def lines(words: str, size: int, widest: int, most: int) -> tuple[str, ...]:
    """The words in at most so many lines; what does not fit ends in three dots."""
    found: list[str] = []
    rest = " ".join(words.split())
    while rest and len(found) < most:
        line, left = _first_line(rest, size, widest)
        if left and len(found) == most - 1:
            line, left = shortened(rest, size, widest), ""
        found.append(line)
        rest = left
    return tuple(found)


def _first_line(words: str, size: int, widest: int) -> tuple[str, str]:
    """As many whole words (or Chinese characters) as fit, and the rest; a word too long by itself is cut."""
    line = ""
    pieces = _PIECES.findall(words)
    for at, piece in enumerate(pieces):
        if width((line + piece).rstrip(), size) <= widest:
            line += piece
            continue
        if not line.strip():
            fits = next((count for count in range(len(piece), 0, -1) if width(piece[:count], size) <= widest), 1)
            return piece[:fits], (piece[fits:] + "".join(pieces[at + 1 :])).strip()
        if piece in _NEVER_FIRST and len(line) > 1:
            return line[:-1].rstrip(), (line[-1] + "".join(pieces[at:])).strip()
        return line.rstrip(), "".join(pieces[at:]).strip()
    return line.strip(), ""


def shortened(words: str, size: int, widest: int) -> str:
    """One line of the words, cut with three dots where it is too long."""
    if width(words, size) <= widest:
        return words
    for count in range(len(words) - 1, 0, -1):
        if width(words[:count].rstrip() + "…", size) <= widest:
            return words[:count].rstrip() + "…"
    return "…"
