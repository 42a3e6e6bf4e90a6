"""What a cell of a grid says, and what somebody typed or pasted into it as a value. Reads no database.

Choices are typed by their names or their codes, yes and no in either language, percentages with their sign. A cell that
was left as it was shown changes nothing, whoever's language it was shown in.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from loanloom.feel.help import figures
from loanloom.metadata.pointers import MISSING, is_list
from loanloom.problems import Problem, Text, say, text
from loanloom.services.definitions.grids import answers_in_cells, choices, conditions_in_cells
from loanloom.services.definitions.grids.model import Column
from loanloom.services.definitions.sheet import Cell as SheetCell
from loanloom.services.definitions.typed import parsed

_PLAIN = Column(path="", label=text("", ""), kind="text")
YES: Text = text("yes", "是")
NO: Text = text("no", "否")
_TRUE = frozenset({"yes", "y", "true", "是", "对", "√", "1"})
_FALSE = frozenset({"no", "n", "false", "否", "不", "×", "0"})
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_NAME = re.compile(r"[a-z_]+")
_PARTS = re.compile(r"[,，、;；]")


def shown(column: Column, value: Any, language: str) -> str:
    """A value as one would type it."""
    if column.kind == "test" and value is not MISSING:
        return conditions_in_cells.shown(column, _source(value), language)
    if value is MISSING or value is None:
        return ""
    if column.kind == "answer":
        return answers_in_cells.shown(column, _source(value), language)
    if column.kind == "amount":
        return _parts_named(column, str(value), language)
    if isinstance(value, bool):
        return say(YES if value else NO, language)
    if column.kind == "percent" and isinstance(value, int | Decimal):
        return figures.percent(value)
    if is_list(value):
        mark = "、" if language == "zh" else ", "
        return mark.join(_named(column, one, language) for one in value)
    if isinstance(value, int | Decimal):
        return figures.grouped(value)
    if column.kind == "result" and column.feel == "string":
        return value if value.startswith("=") else _named(column, value, language)
    return _named(column, value, language)


def _parts_named(column: Column, source: str, language: str) -> str:
    """An amount with its parts by their names, where that is read back as the same."""
    if language == "en":  # what they are called in the text
        return source
    words = _NAME.sub(lambda name: say((column.options or {}).get(name[0]), language) or name[0], source)
    return words if _amount(column, words)[0] == source else source


def _amount(column: Column, bare: str) -> tuple[Any, Problem | None]:
    names = {word: key for key, title in (column.options or {}).items() for tag, word in title.items() if tag != "en"}
    for word in sorted(names, key=len, reverse=True):
        bare = bare.replace(word, names[word])
    return bare.replace("＋", "+").replace("－", "-"), None


def _source(value: Any) -> str:
    """A test or a result that may stand as a plain value of YAML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)


def answer_words(column: Column, value: Any, language: str) -> str:
    """A value that a table came to, in words."""
    return _named(column, value, language) if isinstance(value, str) else shown(_PLAIN, value, language)


def _named(column: Column, value: Any, language: str) -> str:
    title = (column.options or {}).get(str(value))
    words = say(title, language) if title else ""
    return words if words and not _PARTS.search(words) else str(value)


def read(column: Column, typed: str) -> tuple[Any, Problem | None]:
    """The value of what was typed; MISSING for nothing."""
    bare = typed.replace("\u00a0", " ").strip()
    if column.kind == "test":
        return conditions_in_cells.read(column, bare)
    if column.kind == "answer":
        return answers_in_cells.read(column, bare)
    if column.kind == "note":
        return bare, None
    if not bare:
        return MISSING, None
    if column.kind == "result":
        return _result(column, bare)
    return _BY_KIND.get(column.kind, _text)(column, bare)


def _result(column: Column, bare: str) -> tuple[Any, Problem | None]:
    """A result is a value, or a formula behind =."""
    if bare.startswith("="):
        return bare, None
    if column.options:
        return _choice(column, bare)
    return _BY_KIND.get({"number": "number", "boolean": "yes_no", "date": "date"}.get(column.feel, "text"), _text)(
        column, bare
    )


def _text(column: Column, bare: str) -> tuple[Any, Problem | None]:
    if column.kind == "expression" and bare in ("true", "false"):
        return bare == "true", None
    return bare, None


def _number(column: Column, bare: str) -> tuple[Any, Problem | None]:
    kind = "percent" if column.kind == "percent" else "number"
    return parsed(SheetCell(pointer="", label=column.label, words=column.label, kind=kind), [bare])


def _date(column: Column, bare: str) -> tuple[Any, Problem | None]:
    found = _DATE.fullmatch(bare)
    try:
        day = date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        day = None
    if day is not None:
        return day.isoformat(), None
    return MISSING, Problem(
        code="cell.not_a_date",
        message=text(f"“{bare[:40]}” is not a date.", f"“{bare[:40]}”不是日期。"),
        hint=text("Write it like 2026-01-31.", "日期写作 2026-01-31。"),
    )


def _yes_no(column: Column, bare: str) -> tuple[Any, Problem | None]:
    word = bare.lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE, None
    message = text(f"“{bare[:40]}” is neither yes nor no.", f"“{bare[:40]}”既不是“是”也不是“否”。")
    return MISSING, Problem(code="cell.not_yes_or_no", message=message)


def _choice(column: Column, bare: str) -> tuple[Any, Problem | None]:
    key = choices.key_of(column, bare)
    return (key, None) if key is not None else (MISSING, choices.unknown(column, bare))


def _choices(column: Column, bare: str) -> tuple[Any, Problem | None]:
    found: list[str] = []
    for word in (one.strip() for one in _PARTS.split(bare)):
        if word:
            key, wrong = _choice(column, word)
            if wrong is not None:
                return MISSING, wrong
            found.append(key)
    return list(dict.fromkeys(found)) or MISSING, None


def _account(column: Column, bare: str) -> tuple[Any, Problem | None]:
    """An account by its number, its name, or both."""
    key = choices.key_of(column, bare)
    low = bare.lower()
    named = [code for code, title in (column.options or {}).items()
             if any(words.partition(" ")[2].lower() == low for words in title.values())]  # fmt: skip
    key = key or (named[0] if len(named) == 1 else None)
    return (key, None) if key is not None else (MISSING, choices.unknown(column, bare))


def _codes(column: Column, bare: str) -> tuple[Any, Problem | None]:
    """Codes by their names; others as they are, for they come from outside this house too."""
    found = [choices.key_of(column, one) or one for one in (part.strip() for part in _PARTS.split(bare)) if one]
    return list(dict.fromkeys(found)) or MISSING, None


def _words(column: Column, bare: str) -> tuple[Any, Problem | None]:
    found = [one.strip() for one in _PARTS.split(bare) if one.strip()]
    return list(dict.fromkeys(found)) or MISSING, None


_BY_KIND = {
    "number": _number, "percent": _number, "money": _number, "date": _date, "yes_no": _yes_no, "choice": _choice,
    "choices": _choices, "words": _words, "codes": _codes, "account": _account, "amount": _amount,
}  # fmt: skip
