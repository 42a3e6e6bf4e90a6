"""What is wrong with an expression, as a value: code, words in both house languages, hint, line and column.

Imports nothing of Loanloom; `loanloom.engines.facts` turns these into the platform's Problem.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

Words = Mapping[str, str]


def words(en: str, zh: str) -> Words:
    """One sentence in both house languages."""
    return {"en": en, "zh": zh}


@dataclass(frozen=True, slots=True)
class FeelProblem:
    """One mistake in an expression. `line` and `column` count from 1 within the expression's own text; `start` and
    `end` are character offsets in it, where they are known.
    """

    code: str
    message: Words
    hint: Words | None = None
    line: int = 1
    column: int = 1
    start: int | None = field(default=None, compare=False)
    end: int | None = field(default=None, compare=False)

    def in_words(self, language: str = "en") -> str:
        """Message and hint as one line."""
        said = self.message.get(language) or self.message["en"]
        if self.hint:
            said += " " + (self.hint.get(language) or self.hint["en"])
        return said


class EvaluationError(Exception):
    """The only exception a program raises; it carries the problem."""

    def __init__(self, problem: FeelProblem) -> None:
        super().__init__(problem.in_words("en"))
        self.problem = problem


class Fault(Exception):
    """An operation that has no value (division by zero, a text that is no date). Becomes a problem or, in standard
    mode, null.
    """

    def __init__(self, code: str, en: str, zh: str, hint: Words | None = None) -> None:
        super().__init__(en)
        self.code = code
        self.words = words(en, zh)
        self.hint = hint

    def at(self, line: int, column: int) -> FeelProblem:
        """The same as a problem with its place."""
        return FeelProblem(self.code, self.words, self.hint, line, column)


class Located(Exception):
    """A fault with the node of the typed tree that it happened at."""

    def __init__(self, fault: Fault, node: Any) -> None:
        super().__init__(str(fault))
        self.fault = fault
        self.node = node


class Refused(Exception):
    """The text cannot be parsed; carries the problem and the offset it concerns."""

    def __init__(self, code: str, en: str, zh: str, offset: int, hint: Words | None = None) -> None:
        super().__init__(en)
        self.problem = FeelProblem(code, words(en, zh), hint)
        self.offset = offset


def too_large(offset: int) -> Refused:
    """The text is larger than an expression may be."""
    hint = words("Split it into several named steps.", "请拆分成几个有名字的步骤。")
    return Refused("feel.too_large", "The expression is too large.", "表达式过大。", offset, hint)


def place(source: str, offset: int) -> tuple[int, int]:
    """Line and column (from 1) of a character offset."""
    offset = min(max(offset, 0), len(source))
    before = source.count("\n", 0, offset)
    return before + 1, offset - (source.rfind("\n", 0, offset) + 1) + 1


def placed(problem: FeelProblem, source: str, offset: int, end: int | None = None) -> FeelProblem:
    """The problem with its line, column and range in `source`."""
    line, column = place(source, offset)
    return replace(problem, line=line, column=column, start=offset, end=end)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like `name`, if any is close: by its letters, or by its last part (`income` ->
    `customer.income`).
    """
    import difflib  # only for one who has made a mistake

    candidates = sorted(set(known))
    found = difflib.get_close_matches(name[:80], candidates, n=1, cutoff=0.6)
    if found:
        return found[0]
    tail = [one for one in candidates if one.rpartition(".")[2] == name.rpartition(".")[2]]
    return tail[0] if tail else None


def did_you_mean(name: str, known: Iterable[str]) -> Words | None:
    """A hint with the nearest name, or None."""
    found = nearest(name, known)
    return words(f"Did you mean `{found}`?", f"是否想写“{found}”？") if found else None
