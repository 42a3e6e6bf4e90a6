"""Types and functions in the words of people, for help while one writes. Both house languages; looks nothing up."""

from __future__ import annotations

from collections.abc import Mapping

from ..library import Builtin
from ..problems import Words, words
from ..running.values import to_text
from ..types import ANY, Type, named

Labels = Mapping[str, Mapping[str, str]]
"""Titles of facts by dotted path, in several languages; titles of codes as `path=code`."""

_MOST_VALUES = 8
_SHORT: Mapping[str, tuple[str, str]] = {
    "number": ("number", "数字"),
    "string": ("text", "文本"),
    "boolean": ("yes/no", "是/否"),
    "Any": ("any value", "任意值"),
    "Null": ("nothing", "空值"),
}


def type_in_words(type_: Type) -> Words:
    """A type as one line: "number, CNY, 2 decimals, from 0 to 1000000, may be missing"."""
    english, chinese = _SHORT.get(type_.kind) or (named(type_)[0].removeprefix("a "), named(type_)[1])
    en, zh = [english], [chinese]
    if type_.kind in ("list", "range"):
        item = type_in_words(type_.item or ANY)
        en, zh = [f"{type_.kind} of {item['en']}"], [f"{chinese}（{item['zh']}）"]
    if type_.kind == "context" and type_.fields:
        names = ", ".join(name for name, _ in type_.fields[:_MOST_VALUES]) + (
            " ..." if len(type_.fields) > _MOST_VALUES else ""
        )
        en, zh = [f"record: {names}"], [f"记录：{names}"]
    if type_.unit and type_.unit.isalpha():
        en.append(type_.unit)
        zh.append(type_.unit)
    _limits(type_, en, zh)
    if type_.nullable and type_.kind not in ("Any", "Null"):
        en.append("may be missing")
        zh.append("可为空")
    return words(", ".join(en), "，".join(zh))


def _limits(type_: Type, en: list[str], zh: list[str]) -> None:
    """Decimals and limits, where they are known."""
    if type_.digits is not None:
        scale = type_.digits.scale
        en.append("whole" if scale == 0 else f"{scale} decimal{'s' if scale > 1 else ''}")
        zh.append("整数" if scale == 0 else f"{scale} 位小数")
    least = None if type_.least is None else to_text(type_.least)
    most = None if type_.most is None else to_text(type_.most)
    if least is not None and most is not None:
        en.append(f"from {least} to {most}")
        zh.append(f"{least} 至 {most}")
    elif least is not None:
        en.append(f"at least {least}")
        zh.append(f"不小于 {least}")
    elif most is not None:
        en.append(f"at most {most}")
        zh.append(f"不大于 {most}")


def codes_in_words(type_: Type, origin: str | None, labels: Labels) -> Words | None:
    """The values of an enumeration with their titles; None for other types."""
    listed = type_.item if type_.kind == "list" and type_.item is not None else type_
    if listed.values is None:
        return None
    shown = listed.values[:_MOST_VALUES]
    more = " ..." if len(listed.values) > _MOST_VALUES else ""

    def title(code: str, language: str) -> str:
        found = labels.get(f"{origin}={code}", {}).get(language)
        return f'"{code}" {found}' if found else f'"{code}"'

    return words(
        ", ".join(title(one, "en") for one in shown) + more, "、".join(title(one, "zh") for one in shown) + more
    )


def about(builtin: Builtin) -> Words | None:
    """What a function is for."""
    found: Words | None = getattr(builtin, "about", None)
    return found


def result_of(builtin: Builtin) -> str:
    """The types that a function gives, as its signatures say."""
    return " | ".join(dict.fromkeys(str(one.result) for one in builtin.overloads))
