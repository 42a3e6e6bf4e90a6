"""Functions over texts, and between texts and other values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ..limits import MAX_DIGITS, MAX_STRING
from ..patterns import Pattern, compile_pattern
from ..problems import Fault
from ..running.budget import Budget, checked_text, exact, pay_all, text_too_long
from ..running.values import CONTEXT, to_text
from .signatures import Library

STRINGS = Library()
declare = STRINGS.declare
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,5})?", re.ASCII)


@declare("string", "from: Any -> string", budget=True)
def _string(budget: Budget | None, value: Any) -> str:
    if budget is not None:
        pay_all(budget, value)
    return checked_text(to_text(value))


def _not_a_number(text: str) -> Fault:
    return Fault("feel.not_a_number", f"{text[:40]!r} is not a number.", f"“{text[:40]}”不是数字。")


@declare("number", "from: string, grouping separator?: string?, decimal separator?: string? -> number")
def _number(text: str, grouping: str | None = None, point: str | None = None) -> Decimal:
    if grouping not in (None, " ", ",", ".") or point not in (None, ",", ".") or (grouping and grouping == point):
        raise Fault(
            "feel.arguments",
            "The separators of a number are a space, a comma or a point, and differ.",
            "数字分隔符只能是空格、逗号或句点，且不能相同。",
        )
    plain = text.replace(grouping, "") if grouping else text
    if point == ",":
        plain = plain.replace(".", "x").replace(",", ".")
    if len(plain) > MAX_DIGITS or not _NUMBER.fullmatch(plain):
        raise _not_a_number(text)
    return exact(CONTEXT.create_decimal, plain)


@declare("string length", "string: string -> number")
def _length(text: str) -> Decimal:
    return Decimal(len(text))


@declare("substring", "string: string, start position: number, length?: number -> string")
def _substring(text: str, start: Decimal, length: Decimal | None = None) -> str:
    if start == 0 or abs(start) > len(text) or (length is not None and length < 1):
        raise Fault(
            "feel.arguments",
            "The start lies outside the text, or the length is below 1.",
            "起始位置超出文本，或长度小于 1。",
        )
    begin = int(start) - 1 if start > 0 else len(text) + int(start)
    return text[begin:] if length is None else text[begin : begin + min(int(length), len(text))]


declare("upper case", "string: string -> string")(lambda text: checked_text(text.upper()))
declare("lower case", "string: string -> string")(lambda text: checked_text(text.lower()))
declare("trim", "string: string -> string")(str.strip)
declare("contains", "string: string, match: string -> boolean")(lambda text, match: match in text)
declare("starts with", "string: string, match: string -> boolean")(lambda text, match: text.startswith(match))
declare("ends with", "string: string, match: string -> boolean")(lambda text, match: text.endswith(match))


@declare("substring before", "string: string, match: string -> string")
def _before(text: str, match: str) -> str:
    return text[: max(text.find(match), 0)]


@declare("substring after", "string: string, match: string -> string")
def _after(text: str, match: str) -> str:
    place = text.find(match)
    return "" if place < 0 else text[place + len(match) :]


@declare("string join", "list: list<string>, delimiter?: string? -> string")
@declare("string join", "list: list<string>, delimiter: string?, prefix: string?, suffix: string? -> string")
def _join(
    items: Sequence[str | None], delimiter: str | None = None, prefix: str | None = None, suffix: str | None = None
) -> str:
    found = [one for one in items if one is not None]
    checked_text("" if sum(map(len, found)) < 100_000 else "x" * 100_001)
    delimiter = delimiter or ""
    if len(delimiter) * len(found) > 100_000:
        checked_text("x" * 100_001)
    return checked_text((prefix or "") + delimiter.join(found) + (suffix or ""))


@declare("matches", "input: string, pattern: string, flags?: string? -> boolean", budget=True)
def _matches(budget: Budget, text: str, pattern: str, flags: str | None = None) -> bool:
    return compile_pattern(pattern, flags or "").holds(text, budget.spend)


@declare("replace", "input: string, pattern: string, replacement: string, flags?: string? -> string", budget=True)
def _replace(budget: Budget, text: str, pattern: str, replacement: str, flags: str | None = None) -> str:
    compiled = compile_pattern(pattern, flags or "")
    _never_empty(compiled, budget)
    pieces: list[str | int] = [replacement] if "q" in (flags or "") else _pieces(replacement, compiled.groups)
    parts: list[str] = []
    size = last = 0
    for found in compiled.all(text, budget.spend):
        parts.append(text[last : found[0]])
        parts += [one if isinstance(one, str) else text[found[2 * one] : found[2 * one + 1]] for one in pieces]
        size += sum(map(len, parts[-1 - len(pieces) :]))
        budget.spend(3 + len(pieces))
        if size > MAX_STRING:
            raise text_too_long()
        last = found[1]
    return checked_text("".join(parts) + text[last:])


@declare("split", "string: string, delimiter: string -> list<string>", budget=True)
def _split(budget: Budget, text: str, delimiter: str) -> list[str]:
    compiled = compile_pattern(delimiter, "")
    _never_empty(compiled, budget)
    parts, last = [], 0
    for found in compiled.all(text, budget.spend):
        budget.spend(3)
        parts.append(text[last : found[0]])
        last = found[1]
    return [*parts, text[last:]]


def _never_empty(pattern: Pattern, budget: Budget) -> None:
    if pattern.holds("", budget.spend):
        raise Fault("feel.pattern", "The pattern matches an empty text.", "正则表达式不能匹配空文本。")


def _pieces(replacement: str, groups: int) -> list[str | int]:
    """A replacement as texts and numbers of groups: $1, and $0 for the whole; \\$ and \\\\ stand for themselves."""
    found: list[str | int] = []
    at = 0
    while at < len(replacement):
        char = replacement[at]
        if char == "\\" and replacement[at + 1 : at + 2] in ("\\", "$"):
            found.append(replacement[at + 1])
            at += 2
        elif char == "$" and replacement[at + 1 : at + 2] in set("0123456789"):
            at, group = at + 2, int(replacement[at + 1])
            while replacement[at : at + 1] in set("0123456789") and group * 10 + int(replacement[at]) <= groups:
                at, group = at + 1, group * 10 + int(replacement[at])
            found.append(group if group <= groups else "")
        elif char in "\\$":
            raise Fault(
                "feel.pattern",
                "In a replacement, $ needs a group's number behind it and \\ a $ or \\.",
                "替换文本中，$ 之后须为分组编号，\\ 之后须为 $ 或 \\。",
            )
        else:
            end = min(
                (one for one in (replacement.find(mark, at) for mark in "\\$") if one >= 0), default=len(replacement)
            )
            found.append(replacement[at:end])
            at = end
    return found
