"""Results of a decision model's table as people type them: names for codes, plain words and numbers, formulas behind =.

What stands in the text is FEEL; it is shown plainly where that says the same, and behind = where it is more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from loanloom.feel.help import figures
from loanloom.metadata.pointers import MISSING
from loanloom.problems import Problem, say, text
from loanloom.services.definitions.grids import choices
from loanloom.services.definitions.grids.conditions_in_cells import TRUE_OR_FALSE, TRUTHS
from loanloom.services.definitions.grids.model import Column

_QUOTED = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
_DAY = re.compile(r'(?:date\("|@")(\d{4}-\d{2}-\d{2})"\)?')
_Read = tuple[str | object, Problem | None]


def shown(column: Column, written: str, language: str) -> str:
    """A result as one would type it; `null` as nothing."""
    source = written.strip()
    if source in ("", "null"):
        return ""
    plain = _plainly(column, source, language)
    if plain is not None and read(column, plain)[0] == source:
        return plain
    return f"={source}" if column.feel else source


def _plainly(column: Column, source: str, language: str) -> str | None:
    if source in TRUTHS:
        return TRUTHS[source].get(language, source)
    if day := _DAY.fullmatch(source):
        return day[1]
    if quoted := _QUOTED.fullmatch(source):
        words = re.sub(r"\\(.)", r"\1", quoted[1])
        return say(column.options[words], language) if column.options and words in column.options else words
    try:
        return figures.grouped(Decimal(source))
    except InvalidOperation:
        return None


def read(column: Column, typed: str) -> _Read:
    """The FEEL text of what was typed."""
    if not typed:
        return "null", None
    if typed.startswith("="):
        return typed[1:].strip() or "null", None
    if column.options:
        key = choices.key_of(column, typed)
        return (_quoted(key), None) if key is not None else (MISSING, choices.unknown(column, typed))
    return _BY_TYPE.get(column.feel, _anything)(typed)


def _quoted(words: str) -> str:
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _number(typed: str) -> _Read:
    number = figures.read(typed)
    return (figures.plain(number), None) if number is not None else (MISSING, _wrong(typed, "number"))


def _boolean(typed: str) -> _Read:
    word = TRUE_OR_FALSE.get(typed.lower())
    return (word, None) if word is not None else (MISSING, _wrong(typed, "boolean"))


def _date(typed: str) -> _Read:
    try:
        return f'date("{date.fromisoformat(typed).isoformat()}")', None
    except ValueError:
        return MISSING, _wrong(typed, "date")


def _string(typed: str) -> _Read:
    return _quoted(typed), None


def _anything(typed: str) -> _Read:
    """Where the table does not say what its results are, numbers are numbers and all else is FEEL."""
    number = figures.read(typed)
    return typed if number is None else figures.plain(number), None


_BY_TYPE: Mapping[str, Callable[[str], _Read]] = {
    "number": _number, "boolean": _boolean, "date": _date, "string": _string,
}  # fmt: skip
_WRONG = {
    "number": ("cell.not_a_number", "a number", "数值"),
    "boolean": ("cell.not_yes_or_no", "yes or no", "“是”或“否”"),
    "date": ("cell.not_a_date", "a date", "日期"),
}


def _wrong(typed: str, of: str) -> Problem:
    code, en, zh = _WRONG[of]
    return Problem(
        code=code,
        message=text(f"“{typed[:40]}” is not {en}.", f"“{typed[:40]}”不是{zh}。"),
        hint=text("A formula begins with =.", "公式以 = 开头。"),
    )
