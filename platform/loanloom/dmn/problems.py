"""What is wrong with a decision model, as a value: code, both house languages, the element it concerns and its place.

A mistake in an expression is FEEL's own problem with the element's name put before it. Never raised.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from loanloom.feel import FeelProblem
from loanloom.feel.problems import Words, words


@dataclass(frozen=True, slots=True)
class Place:
    """Where an element stands: the line of an XML text, or the pointer into a document. Takes no part in equality."""

    line: int | None = None
    pointer: str | None = None


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class DmnProblem:
    """One mistake in a model. `line` and `column` are those of the expression where there is one in `text`."""

    code: str
    message: Words
    hint: Words | None = None
    element: str = ""
    place: Place = NOWHERE
    line: int = 1
    column: int = 1
    serious: bool = True

    def in_words(self, language: str = "en") -> str:
        """Element, message and hint as one line."""
        said = self.message.get(language) or self.message["en"]
        if self.hint:
            said += " " + (self.hint.get(language) or self.hint["en"])
        return f"{self.element}: {said}" if self.element else said


def problem(
    code: str, en: str, zh: str, *, element: str = "", place: Place = NOWHERE, hint: Mapping[str, str] | None = None
) -> DmnProblem:
    """A problem in both languages."""
    return DmnProblem(code, words(en, zh), hint, element, place)


def of_expression(found: FeelProblem, element: str, place: Place) -> DmnProblem:
    """A mistake in an expression, said of the element that holds it."""
    return DmnProblem(found.code, found.message, found.hint, element, place, found.line, found.column)


__all__ = ["NOWHERE", "DmnProblem", "Place", "Words", "of_expression", "problem", "words"]
