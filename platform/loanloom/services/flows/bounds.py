"""How large what comes from outside may be, and of what: answers of calls, data of events and of commands.

Whatever passes can be kept as it is; a walk of its own, so that no depth is too deep to be refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from loanloom.problems import Problem, Text, text

FURTHEST = 99
"""Digits before or behind the point of a number."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Single values in all, levels, characters in all."""

    values: int
    levels: int
    letters: int


ANSWER = Bounds(10_000, 20, 200_000)
COMMAND = Bounds(50_000, 60, 1_000_000)
"""More than any answer: what a sub-flow found holds those of its own."""

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def problem(name: str, value: Any, within: Bounds = ANSWER) -> Problem | None:
    """Why this value cannot be taken; None when it can."""
    found = _fault(value, within)
    return None if found is None else Problem(code="flow.data", field=name, message=found)


def cleaned(words: str, most: int = 2_000) -> str:
    """Foreign words as they can be kept and shown: one line, no control characters, not endless."""
    return " ".join("".join(one if one.isprintable() else " " for one in words[: 4 * most]).split())[:most]


def _fault(value: Any, within: Bounds) -> Text | None:
    waiting, seen, letters = [(value, 1)], 0, 0
    while waiting:
        one, level = waiting.pop()
        seen += 1
        letters += len(one) if isinstance(one, str) else 0
        if seen > within.values or letters > within.letters:
            return text("This is more data than can be kept.", "数据过大，无法保存。")
        if level > within.levels:
            return text(f"More than {within.levels} levels deep.", f"数据嵌套超过 {within.levels} 层。")
        if isinstance(one, Mapping):
            if not all(isinstance(name, str) for name in one):
                return text("Names must be text.", "字段名须为文本。")
            waiting += [(part, level + 1) for pair in one.items() for part in pair]
        elif isinstance(one, list | tuple | set | frozenset):
            waiting += [(part, level + 1) for part in one]
        elif not _keeps(one):
            return text("It holds something that cannot be kept.", "数据中包含无法保存的内容。")
    return None


def _keeps(value: Any) -> bool:
    if isinstance(value, str):
        return _UNSTORABLE.search(value) is None
    if isinstance(value, Decimal):
        return value.is_finite() and abs(value.adjusted()) <= FURTHEST
    if isinstance(value, int):
        return abs(value) < Decimal(10) ** FURTHEST
    return bool(value is None or isinstance(value, date))
