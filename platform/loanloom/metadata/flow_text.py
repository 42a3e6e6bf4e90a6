"""Values as YAML text that our own reader gives back unchanged: words plain where safe, else in double quotes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from loanloom.metadata.pointers import is_list
from loanloom.metadata.scalars import read_plain

_SAFE = re.compile(r"[^\W_\-]([\w \-./（）、，。：；%+()]*[\w\-./（）、，。：；%+()])?")


def scalar(value: Any) -> str:
    """A scalar as YAML."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, int):
        return str(value)
    return word(str(value))


def word(value: str) -> str:
    """A text, plain when nothing can misread it (not even YAML 1.1 readers), else quoted."""
    plain = _SAFE.fullmatch(value) and read_plain(value) == (value, None)
    if (
        plain
        and value.isprintable()
        and value.lower() not in ("yes", "no", "on", "off", "y", "n")
        and (not value[0].isdigit())
    ):
        return value
    return quoted(value)


def quoted(value: str) -> str:
    """A text in double quotes."""
    written = json.dumps(value, ensure_ascii=False)
    return "".join(c if c.isprintable() or c == " " else _escape(c) for c in written)


def _escape(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def write(value: Any) -> str:
    """Any value on one line, in flow style."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{word(str(key))}: {write(item)}" for key, item in value.items()) + "}"
    if is_list(value):
        return "[" + ", ".join(write(item) for item in value) + "]"
    return scalar(value)


def write_block(value: Any, indent: int = 0) -> str:
    """A value in block style, each line indented, ending with a line break; short collections stay on one line."""
    pad = " " * indent
    lines: list[str] = []
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            lines.append(f"{pad}{word(str(key))}:{_below(item, indent)}")
    elif is_list(value) and value:
        for item in value:
            if isinstance(item, Mapping) and not _short(item):
                lines.append(f"{pad}- {write_block(item, indent + 2).lstrip(' ')}")
            else:
                lines.append(f"{pad}- {write(item)}\n")
    else:
        lines.append(f"{pad}{write(value)}\n")
    return "".join(lines)


def _below(item: Any, indent: int) -> str:
    if _short(item):
        return f" {write(item)}\n"
    return "\n" + write_block(item, indent + 2)


def _short(item: Any) -> bool:
    if isinstance(item, Mapping) or is_list(item):
        return not item or (len(write(item)) <= 90 and not any(_nested(each) for each in _items(item)))
    return True


def _items(item: Any) -> list[Any]:
    return list(item.values()) if isinstance(item, Mapping) else list(item)


def _nested(each: Any) -> bool:
    return isinstance(each, Mapping) or is_list(each)


def write_document(mapping: Mapping[str, Any]) -> str:
    """A whole document, for one that has no text of its own yet."""
    return write_block(mapping)
