"""Values of a document in the words people use: choices by name, money and rates as they read them, titles for keys."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from loanloom.metadata import schema_walk
from loanloom.metadata.flow_text import write
from loanloom.metadata.pointers import is_list
from loanloom.metadata.registry import Registry
from loanloom.metadata.structure import written
from loanloom.metadata.units import as_percent
from loanloom.problems import LANGUAGES, Text, say, text

Piece = Mapping[str, Any]


def value_in_words(value: Any, piece: Piece, language: str, registry: Registry | None, kind: str | None = None) -> str:
    """A value as a reader of `language` expects it; `kind` when the value is the key of a document."""
    if value is None:
        return "无" if language == "zh" else "nothing"
    if isinstance(value, bool):
        return {"zh": "是" if value else "否"}.get(language, "yes" if value else "no")
    if kind and isinstance(value, str):
        return _reference(value, kind, language, registry)
    named = schema_walk.choices(piece).get(str(value))
    if named:
        return say(named, language)
    if isinstance(value, (int, Decimal)):
        return number_in_words(value, piece.get("x-display"))
    if isinstance(value, Mapping):
        return say(value, language) if piece.get("x-text") else _title_or_flow(value, language)
    if is_list(value):
        items = piece.get("items", {})
        separator = "、" if language == "zh" else ", "
        return separator.join(value_in_words(item, items, language, registry, kind) for item in value)
    if piece.get("x-picture"):
        return f"{'图片' if language == 'zh' else 'picture'} {value[:8]}"
    quotes = ("“", "”") if language == "zh" else ('"', '"')
    return f"{quotes[0]}{value}{quotes[1]}"


def _title_or_flow(value: Mapping[str, Any], language: str) -> str:
    title = value.get("title") or value.get("label")
    if isinstance(title, Mapping):
        return say(title, language)
    return say(value, language) if value and set(value) <= set(LANGUAGES) else write(value)


def _reference(key: str, kind: str, language: str, registry: Registry | None) -> str:
    return registry.label(kind, key, language) if registry else key


def number_in_words(value: int | Decimal, display: str | None) -> str:
    """12%, 50,000.00 or the plain number."""
    if display == "percent":
        return as_percent(Decimal(value))
    if display == "money":
        return f"{Decimal(value):,.2f}"
    return written(value)


def kind_in_words(registry: Registry, kind: str) -> Text:
    """What people call a kind."""
    found = registry.kinds.get(kind)
    return found.title if found else text(kind, kind)
