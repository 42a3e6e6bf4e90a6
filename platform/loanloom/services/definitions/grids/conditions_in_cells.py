"""Tests of a decision table as people type them in a spreadsheet: names for codes, 1-90 for a span, nothing for any.

What stands in the text is FEEL; here it is shown in names where that says the same, and everything that is FEEL already
is taken as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from loanloom.metadata.pointers import MISSING
from loanloom.problems import Problem, say, text
from loanloom.services.definitions.grids import choices
from loanloom.services.definitions.grids.model import Column

ANY = "-"
_ANY_WORDS = frozenset({"", "-", "—", "–", "any", "任意", "不限", "*"})
_QUOTED = re.compile(r'"([^"\\]*)"')
_LIST = re.compile(r'\s*"[^"\\]*"\s*(?:,\s*"[^"\\]*"\s*)*')
_NOT = re.compile(r"\s*not\s*\((.*)\)\s*")
_FEEL = re.compile(r'["()\[\]]|^\s*(?:[<>=!]|not\s*\(|null\b|\?)|\?|\.\.')
_BOUND = r"(-?[0-9][0-9,]*(?:\.[0-9]+)?)\s*([%％]?)\s*([万亿]?)"
_SPAN = re.compile(rf"{_BOUND}\s*(?:-|–|—|~|～|至|到|to)\s*{_BOUND}")
_ONE = re.compile(rf"(<=|>=|!=|<|>|=|≤|≥|≠|＜|＞|＝|不超过|不低于|不少于|大于|小于|等于|超过|低于)?\s*{_BOUND}")
_SIGNS = {
    "≤": "<=", "≥": ">=", "≠": "!=", "＜": "<", "＞": ">", "＝": "=", "不超过": "<=", "不低于": ">=", "不少于": ">=",
    "大于": ">", "超过": ">", "小于": "<", "低于": "<", "等于": "=",
}  # fmt: skip
_NEGATED = ("not ", "非", "除")
_DAY = re.compile(r"(<=|>=|<|>|≤|≥)?\s*(\d{4})-(\d{1,2})-(\d{1,2})")
_GROUPED = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")


def shown(column: Column, source: str, language: str) -> str:
    """A test as one would type it."""
    bare = source.strip()
    if bare == ANY:
        return ""
    if column.feel == "boolean" and bare in ("true", "false"):
        return {"true": {"zh": "是", "en": "yes"}, "false": {"zh": "否", "en": "no"}}[bare].get(language, bare)
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
    word = {"是": "true", "yes": "true", "true": "true", "否": "false", "no": "false", "false": "false"}.get(
        typed.lower()
    )
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
    span, one = _SPAN.fullmatch(typed), _ONE.fullmatch(typed)
    bounds = [found for match in (span, one) if match for found in match.groups() if found]
    if any("," in found and not _GROUPED.fullmatch(found) for found in bounds):
        return typed, None
    if one and "," in one[2] and not one[1] and one[2].count(",") == 1:
        first, _, second = one[2].partition(",")
        return MISSING, Problem(
            code="cell.two_readings",
            message=text(f"“{typed}” can be read in two ways.", f"“{typed}”有两种读法。"),
            hint=text(
                f"Write {first}{second} for the one number, {first}, {second} for two.",
                f"一个数请写 {first}{second}，两个数请写 {first}, {second}。",
            ),
        )
    if span:
        return f"[{_value(*span.groups()[:3])}..{_value(*span.groups()[3:])}]", None
    if one:
        sign = _SIGNS.get(one[1] or "", one[1] or "")
        return f"{sign} {_value(*one.groups()[1:])}".strip(), None
    return typed.replace("≤", "<=").replace("≥", ">=").replace("，", ","), None


def _value(number: str, percent: str, many: str) -> str:
    value = Decimal(number.replace(",", "")) * {"万": 10_000, "亿": 100_000_000}.get(many, 1)
    value = value / 100 if percent else value
    exact = value == value.to_integral_value()
    return format(value.quantize(Decimal(1)) if exact else value.normalize(), "f")


def _date(typed: str) -> str:
    found = _DAY.fullmatch(typed)
    if found is None:
        return typed
    try:
        day = date(int(found[2]), int(found[3]), int(found[4])).isoformat()
    except ValueError:
        return typed
    sign = _SIGNS.get(found[1] or "", found[1] or "")
    return f'{sign} date("{day}")'.strip()
