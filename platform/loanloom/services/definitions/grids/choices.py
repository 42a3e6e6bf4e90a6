"""The choices of a column: the code that somebody means, and what is said where it is none of them."""

from __future__ import annotations

from loanloom.problems import Problem, say, text
from loanloom.services.definitions.grids.model import Column

_TOLD = 12


def key_of(column: Column, word: str) -> str | None:
    """The code that somebody means by a code or by a name, in any language."""
    options = column.options or {}
    if word in options:
        return word
    low = word.lower()
    found = [key for key, title in options.items() if low in (one.lower() for one in title.values())]
    return found[0] if len(found) == 1 else None


def unknown(column: Column, word: str) -> Problem:
    """That a word is none of the choices, and which there are."""
    known = list((column.options or {}).values())[:_TOLD]
    return Problem(
        code="cell.not_a_choice",
        message=text(f"“{word[:60]}” is not one of the choices.", f"“{word[:60]}”不在可选范围内。"),
        hint=text(
            f"Choices: {', '.join(say(one, 'en') for one in known)}.",
            f"可选：{'、'.join(say(one, 'zh') for one in known)}。",
        ),
    )
