"""What is wrong, said as a value: the one shape in which every room reports a user's mistake.

A Problem names a stable dotted code, a sentence in every house language, a hint where one helps, and the place:
file, line, column and JSON pointer for metadata; `field` for a form. It is never raised; functions return it.
`loanloom.feel` does not import this module (it could be a package of its own) and has a smaller shape of its own.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

Text = Mapping[str, str]
"""One sentence or label in several languages, keyed by BCP 47 tag: {"en": "Loan", "zh": "借款"}."""

LANGUAGES = ("en", "zh")


def text(en: str, zh: str) -> Text:
    """The two house languages as a Text."""
    return {"en": en, "zh": zh}


LANGUAGE_NAMES: Mapping[str, Text] = {"en": text("English", "英文"), "zh": text("Chinese", "中文")}
"""What the house languages are called."""


def say(value: Text | str | None, language: str) -> str:
    """The wording of `value` in `language`, else in its base language, else in English, else any; "" for none."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    for tag in (language, language.split("-", maxsplit=1)[0], "en"):
        if value.get(tag):
            return value[tag]
    return next((words for words in value.values() if words), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake or warning, with its place. `code` is stable and dotted, e.g. `metadata.unknown_key`; `end` is the
    line and column just behind what is wrong, where that is known. `written` is what the hint means in the text of a
    document: said where people read that text, left out on screens for those who never see it.
    """

    code: str
    message: Text
    hint: Text | None = None
    written: str | None = None
    severity: Literal["error", "warning"] = "error"
    file: str | None = None
    line: int | None = None
    column: int | None = None
    end: tuple[int, int] | None = dataclasses.field(default=None, compare=False)
    pointer: str | None = None
    field: str | None = None

    def at(self, **place: Any) -> Problem:
        """The same problem at another place; arguments that are None leave what is known."""
        known = {name: value for name, value in place.items() if value is not None}
        if known.keys() & {"line", "column"}:
            known.setdefault("end", None)
        return replace(self, **known)

    def in_words(self, language: str = "en") -> str:
        """Message and hint as one line of text, with what is to be written."""
        said = [say(self.message, language), say(self.hint, language), f"({self.written})" if self.written else ""]
        return " ".join(one for one in said if one)


def errors(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Only those that stop the work; warnings are left out."""
    return tuple(problem for problem in problems if problem.severity == "error")
