"""How wide a text is on a screen of fixed columns: Chinese signs take two. Numbers only."""

from __future__ import annotations

import unicodedata


def columns(text: str) -> int:
    """Columns that a text on one line takes."""
    if text.isascii():
        return len(text)
    return sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1
