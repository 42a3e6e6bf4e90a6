"""Values in words of both house languages, as a credit officer reads them: grouped numbers with their currency, dates
and lengths of time spelt out, long lists by their length. Knows no expression.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from . import values
from .properties import PROPERTIES
from .temporal import MONTH_NAMES

CURRENCIES_ZH: Final[Mapping[str, str]] = {
    "CNY": "元",
    "HKD": "港元",
    "MOP": "澳门元",
    "TWD": "新台币",
    "USD": "美元",
    "EUR": "欧元",
    "GBP": "英镑",
    "JPY": "日元",
}
_LENGTHS: Final = (
    ("years", "year", "年"),
    ("months", "month", "个月"),
    ("days", "day", "天"),
    ("hours", "hour", "小时"),
    ("minutes", "minute", "分钟"),
    ("seconds", "second", "秒"),
)
_FRACTION: Final = 8
"""Digits behind the point that are shown; more are cut off with a mark, never rounded."""
_ITEMS: Final = 5
_TEXT: Final = 80


def value_in_words(value: Any, language: str = "en", unit: str | None = None) -> str:
    """A value as people write it; `unit` is the currency of a number."""
    chinese = language.startswith("zh")
    kind = values.kind_of(value)
    if value is None:
        return "（无值）" if chinese else "(no value)"
    if kind == "boolean":
        return ("是" if value else "否") if chinese else ("yes" if value else "no")
    if kind == "number":
        return _number(value, chinese, unit)
    if kind == "string":
        return f"“{shortened(value, _TEXT)}”"
    if kind == "list":
        return _list(value, language, unit)
    if kind in ("date", "date and time"):
        return _date(value, chinese, timed=kind == "date and time")
    if kind.endswith("duration"):
        return _length(value, kind, chinese)
    if kind == "range":
        return _range(value, language, unit)
    if isinstance(value, Mapping):
        return _record(value, language)
    return values.to_text(value) if kind != "unknown" else "?"


def shortened(text: str, most: int) -> str:
    """A text on one line, cut where it is too long."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _number(value: Any, chinese: bool, unit: str | None) -> str:
    text = values.number_text(value)
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, _, fraction = digits.partition(".")
    if len(whole) > 40:
        return f"{sign}{whole[0]}.{whole[1:9]}… × 10^{len(whole) - 1}"
    leading = len(fraction) - len(fraction.lstrip("0")) if whole == "0" else 0
    if unit is not None and len(fraction) == 1:
        fraction += "0"
    if len(fraction) > leading + _FRACTION:
        fraction = fraction[: leading + _FRACTION] + "…"
    shown = f"{sign}{int(whole):,}" + (f".{fraction}" if fraction else "")
    if unit is None:
        return shown
    return f"{shown} {CURRENCIES_ZH.get(unit, unit) if chinese else unit}"


def _list(value: Any, language: str, unit: str | None) -> str:
    chinese = language.startswith("zh")
    nested = any(values.kind_of(one) in ("list", "context") for one in value[:_ITEMS])
    if len(value) > _ITEMS or nested:
        return f"{len(value):,} 项" if chinese else "1 item" if len(value) == 1 else f"{len(value):,} items"
    if not value:
        return "空列表" if chinese else "an empty list"
    return ("、" if chinese else ", ").join(value_in_words(one, language, unit) for one in value)


def _date(value: Any, chinese: bool, *, timed: bool) -> str:
    day = (
        f"{value.year}年{value.month}月{value.day}日"
        if chinese
        else f"{value.day} {MONTH_NAMES[value.month - 1]} {value.year}"
    )
    if not timed:
        return day
    clock = values.to_text(value).partition("T")[2]
    return f"{day} {clock}"


def _length(value: Any, kind: str, chinese: bool) -> str:
    parts = [
        (PROPERTIES[(kind, name)](value), english, word)
        for name, english, word in _LENGTHS
        if (kind, name) in PROPERTIES
    ]
    negative = any(amount < 0 for amount, _, _ in parts)
    shown = [(abs(amount), english, word) for amount, english, word in parts if amount]
    if not shown:
        return "0 天" if chinese else "no time"
    if chinese:
        return ("负 " if negative else "") + " ".join(f"{amount:f} {word}" for amount, _, word in shown)
    texts = [f"{amount:f} {english}{'' if amount == 1 else 's'}" for amount, english, _ in shown]
    return ("minus " if negative else "") + " ".join(texts)


def _range(value: Any, language: str, unit: str | None) -> str:
    chinese = language.startswith("zh")
    low, high = (value_in_words(end, language, unit) for end in (value.low, value.high))
    if value.low is None:
        return f"{'≤' if value.high_closed else '<'} {high}"
    if value.high is None:
        return f"{'≥' if value.low_closed else '>'} {low}"
    without = [end for end, closed in ((low, value.low_closed), (high, value.high_closed)) if not closed]
    text = f"{low} 至 {high}" if chinese else f"{low} to {high}"
    if not without:
        return text
    joined = ("、" if chinese else " and ").join(without)
    return f"{text}（不含 {joined}）" if chinese else f"{text} (without {joined})"


def _record(value: Mapping[str, Any], language: str) -> str:
    chinese = language.startswith("zh")
    shown = [
        f"{name}{'：' if chinese else ': '}{value_in_words(one, language)}"
        for name, one in list(value.items())[:3]
        if values.kind_of(one) not in ("list", "context")
    ]
    more = ["…"] if len(value) > len(shown) else []
    return "{" + ("；" if chinese else "; ").join([*shown, *more]) + "}"
