"""What a plain word in YAML means: YAML 1.2 core booleans and null, JSON's numbers, everything else is text.

Stricter than YAML on purpose: `no` is text, `12:30` is text, `010` and `+86...` keep their zeros and signs as text,
a number with a fraction is a Decimal, and what is too long or not finite is refused rather than rounded.
"""

from __future__ import annotations

import re
from decimal import Decimal

from loanloom.problems import Problem, Text, text

Scalar = str | int | Decimal | bool | None

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?P<fraction>\.[0-9]+)?(?P<exponent>[eE][-+]?[0-9]+)?")
_NOT_FINITE = frozenset({".inf", "-.inf", ".nan", ".Inf", ".INF", "-.Inf", "-.INF", ".NaN", ".NAN"})
_WORDS: dict[str, Scalar] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
DIGITS = 34
EXPONENT = 60


def read_plain(word: str) -> tuple[Scalar, Problem | None]:
    """The value of a plain scalar, or the problem with it."""
    if word in _WORDS:
        return _WORDS[word], None
    if word in _NOT_FINITE:
        return None, _refuse(word, text("is not a finite number", "不是有限数值"))
    found = _NUMBER.fullmatch(word)
    if found is None:
        return word, None
    return _number(word, found)


def _number(word: str, found: re.Match[str]) -> tuple[Scalar, Problem | None]:
    digits = sum(character.isdigit() for character in word.lower().split("e")[0])
    exponent = found["exponent"]
    if digits > DIGITS or (exponent and (len(exponent) > 5 or abs(int(exponent[1:])) > EXPONENT)):
        long_number = text(f"has more than {DIGITS} digits", f"超过 {DIGITS} 位数字")
        return None, _refuse(word, long_number)
    if found["fraction"] or exponent:
        return Decimal(word), None
    return int(word), None


def _refuse(word: str, why: Text) -> Problem:
    shown = word if len(word) <= 40 else f"{word[:40]}…"
    return Problem(
        code="metadata.number_out_of_range",
        message=text(f"The number {shown} {why['en']}.", f"数值 {shown} {why['zh']}。"),
        hint=text("If it is an identifier, put it in quotes.", "若是编号，请加引号。"),
    )
