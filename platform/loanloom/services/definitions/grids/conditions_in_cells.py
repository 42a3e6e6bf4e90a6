"""Tests of a decision table as people type them in a spreadsheet: names for codes, 1-90 for a span, > 1 and <= 90 where
an end is left out, nothing for any.

What stands in the text is FEEL; here it is shown in names where that says the same, and everything that is FEEL already
is taken as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

from loanloom.feel.help import figures
from loanloom.metadata.pointers import MISSING
from loanloom.problems import Problem, say, text
from loanloom.services.definitions.grids import choices
from loanloom.services.definitions.grids.model import Column

ANY, UNKNOWN = "-", "null"
TRUTHS = {"true": {"zh": "是", "en": "yes"}, "false": {"zh": "否", "en": "no"}}
"""What yes and no are called."""
TRUE_OR_FALSE = {"是": "true", "yes": "true", "true": "true", "否": "false", "no": "false", "false": "false"}
"""The FEEL text of a yes or no that somebody typed."""
_MISSING = {"en": "not known", "zh": "缺失"}
_ANY_WORDS = frozenset({"", "-", "—", "–", "any", "任意", "不限", "*"})
_QUOTED = re.compile(r'"([^"\\]*)"')
_LIST = re.compile(r'\s*"[^"\\]*"\s*(?:,\s*"[^"\\]*"\s*)*')
_NOT = re.compile(r"\s*not\s*\((.*)\)\s*")
_FEEL = re.compile(r'["()\[\]]|^\s*(?:[<>=!]|not\s*\(|null\b|\?)|\?|\.\.')
_SIGNS = {
    "≤": "<=", "≥": ">=", "≠": "!=", "＜": "<", "＞": ">", "＝": "=", "不超过": "<=", "不高于": "<=", "不大于": "<=",
    "不低于": ">=", "不少于": ">=", "不小于": ">=", "大于": ">", "超过": ">", "高于": ">", "小于": "<", "低于": "<",
    "等于": "=", "at most": "<=", "up to": "<=", "at least": ">=", "more than": ">", "over": ">", "less than": "<",
    "under": "<", "below": "<",
}  # fmt: skip
_SIGN = rf"(<=|>=|!=|<|>|=|{'|'.join(_SIGNS)})"
_BOUND = r"(-?[0-9](?:[0-9,]*[0-9])?(?:\.[0-9]+)?\s*[%％]?\s*[万亿]{0,2})"
_DAY = r"([0-9]{4}-[0-9]{1,2}-[0-9]{1,2})"
_AND = r"\s*(?:,\s*|，\s*)?(?:and|but|且|并且|同时)\s*"
_TO = r"(?:-|–|—|~|～|至|到|to)"
_SPANS = {
    of: re.compile(rf"(?:between|介于|在)?\s*{of}\s*(?:{_TO}|and|与|和)\s*{of}\s*(?:之间)?", re.IGNORECASE)
    for of in (_BOUND, _DAY)
}
_BOTH = {of: re.compile(rf"{_SIGN}\s*{of}{_AND}{_SIGN}\s*{of}", re.IGNORECASE) for of in (_BOUND, _DAY)}
_ONE = {of: re.compile(rf"{_SIGN}?\s*{of}", re.IGNORECASE) for of in (_BOUND, _DAY)}
_NEGATED = ("not ", "非", "除")
_GROUPED = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")


def shown(column: Column, source: str, language: str) -> str:
    """A test as one would type it."""
    bare = source.strip()
    if bare == ANY:
        return ""
    if bare == UNKNOWN:
        return _MISSING["zh" if language == "zh" else "en"]
    if column.feel == "boolean" and bare in ("true", "false"):
        return TRUTHS[bare].get(language, bare)
    negated = _NOT.fullmatch(bare)
    inner = negated[1] if negated else bare
    if column.options and _LIST.fullmatch(inner):
        codes = _QUOTED.findall(inner)
        names = [say(column.options[code], language) for code in codes if code in column.options]
        mark, no = ("、", "非") if language == "zh" else (", ", "not ")
        said = f"{no if negated else ''}{mark.join(names)}"
        back, _ = read(column, said)
        if str(back).replace(" ", "") == bare.replace(" ", ""):
            return said
    return bare


def read(column: Column, typed: str) -> tuple[str | object, Problem | None]:
    """The FEEL text of what was typed."""
    if typed.lower() in _ANY_WORDS:
        return ANY, None
    if typed.lower() in _MISSING.values():
        return UNKNOWN, None
    if column.feel == "boolean" and not _FEEL.search(typed):
        return _boolean(typed)
    if column.feel == "number":
        return _number(typed)
    if column.feel == "date":
        return _date(typed), None
    if column.options and (not _FEEL.search(typed) or choices.key_of(column, typed) is not None):
        return _codes(column, typed)
    if column.feel == "string" and not _FEEL.search(typed):
        return ", ".join(f'"{one.strip()}"' for one in re.split("[,，、]", typed) if one.strip()), None
    return typed, None


def _boolean(typed: str) -> tuple[str | object, Problem | None]:
    word = TRUE_OR_FALSE.get(typed.lower())
    if word is not None:
        return word, None
    message = text(f"“{typed[:40]}” is neither yes nor no.", f"“{typed[:40]}”既不是“是”也不是“否”。")
    return MISSING, Problem(code="cell.not_yes_or_no", message=message)


def _codes(column: Column, typed: str) -> tuple[str | object, Problem | None]:
    """Names or codes, several parted by commas; all but them behind `not`."""
    whole = choices.key_of(column, typed) is not None
    negated = next((one for one in _NEGATED if typed.lower().startswith(one) and not whole), "")
    codes: list[str] = []
    for word in (one.strip() for one in re.split("[,，、;；]", typed[len(negated) :])):
        key = choices.key_of(column, word) if word else None
        if word and key is None:
            return MISSING, choices.unknown(column, word)
        codes += [key] if key is not None else []
    return _written(list(dict.fromkeys(codes)), bool(negated)), None


def _written(codes: Sequence[str], negated: bool) -> str:
    listed = ", ".join(f'"{one}"' for one in codes)
    return f"not({listed})" if negated else listed


def _number(typed: str) -> tuple[str | object, Problem | None]:
    matches = (_SPANS[_BOUND].fullmatch(typed), _BOTH[_BOUND].fullmatch(typed), _ONE[_BOUND].fullmatch(typed))
    groups = (one for match in matches if match for one in match.groups() if one)
    digits = [one.strip("%％万亿 ") for one in groups if one[0] in "-0123456789"]
    if any("," in one and not _GROUPED.fullmatch(one) for one in digits):
        return typed, None
    alone = matches[2]
    if alone and not alone[1] and alone[2] == typed and typed.count(",") == 1:
        return MISSING, _two_readings(typed)
    found = _bounds(typed, _BOUND, lambda bound: figures.plain(figures.read(bound) or 0))
    return found or typed.replace("≤", "<=").replace("≥", ">=").replace("，", ","), None


def _two_readings(typed: str) -> Problem:
    first, _, second = typed.partition(",")
    return Problem(
        code="cell.two_readings",
        message=text(f"“{typed}” can be read in two ways.", f"“{typed}”有两种读法。"),
        hint=text(
            f"Write {first}{second} for the one number, {first}, {second} for two.",
            f"一个数请写 {first}{second}，两个数请写 {first}, {second}。",
        ),
    )


def _bounds(typed: str, of: str, write: Callable[[str], str]) -> str | None:
    """A span, two bounds that hold together, or one, as FEEL; None where it is none of them."""
    if span := _SPANS[of].fullmatch(typed):
        return f"[{write(span[1])}..{write(span[2])}]"
    if both := _BOTH[of].fullmatch(typed):
        ends = {_sign(both[at]): write(both[at + 1]) for at in (1, 3)}
        low = next((sign for sign in (">", ">=") if sign in ends), None)
        high = next((sign for sign in ("<", "<=") if sign in ends), None)
        if low and high:
            return f"{'[' if '=' in low else '('}{ends[low]}..{ends[high]}{']' if '=' in high else ')'}"
    one = _ONE[of].fullmatch(typed)
    return f"{_sign(one[1])} {write(one[2])}".strip() if one else None


def _sign(word: str | None) -> str:
    return _SIGNS.get((word or "").lower(), word or "")


def _date(typed: str) -> str:
    try:
        return _bounds(typed, _DAY, _day) or typed
    except ValueError:
        return typed


def _day(typed: str) -> str:
    year, month, day = (int(part) for part in typed.split("-"))
    return f'date("{date(year, month, day).isoformat()}")'
