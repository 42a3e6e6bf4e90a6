"""What a document says at a place, with all that stands below it: entries as "what: how much", references, fields and
steps by the titles that people know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from loanloom.metadata import schema_walk
from loanloom.metadata.document import Document
from loanloom.metadata.fields import record_of
from loanloom.metadata.kinds import Kind
from loanloom.metadata.pointers import child, is_list
from loanloom.metadata.registry import Registry
from loanloom.metadata.wording import Piece, value_in_words
from loanloom.problems import LANGUAGES, Text, say, text

SayAt = Callable[[Document, Registry, str], Text | None]
"""The words for what a document has at a place, where somebody knows better ones than the schema."""
_BETWEEN: Final = {"zh": ("：", "；", "、", "（{}）")}
_ELSE: Final = (": ", "; ", ", ", "({})")


@dataclass(frozen=True, slots=True)
class Said:
    """The words of one document among the definitions it stands with."""

    document: Document
    registry: Registry
    say_at: SayAt | None = None

    @property
    def kind(self) -> Kind:
        """The kind of the document."""
        return self.registry.kinds.require(self.document.kind)

    def value(self, pointer: str, value: Any, piece: Piece, language: str) -> str:
        """A value of the document, and all of it where it holds others."""
        if isinstance(value, Mapping) and not _titled(value, piece):
            return self._entries(pointer, value, piece, language)
        if is_list(value):
            items = schema_walk.items_of(piece, self.kind.schema)
            found = [self.value(child(pointer, index), item, items, language) for index, item in enumerate(value)]
            marks = _BETWEEN.get(language, _ELSE)
            plain = not any(isinstance(item, Mapping) and not _titled(item, items) for item in value)
            if plain or len(found) == 1:
                return marks[2].join(found)
            return marks[1].join(marks[3].format(one) for one in found)
        called = self._called(pointer, value, piece)
        if called is not None:
            return say(called, language)
        return value_in_words(value, piece, language, self.registry, self.kind.target(pointer))

    def _entries(self, pointer: str, value: Mapping[str, Any], piece: Piece, language: str) -> str:
        colon, semicolon, _, bracket = _BETWEEN.get(language, _ELSE)
        parts = []
        for name, item in value.items():
            below = schema_walk.step(piece, name, value, self.kind.schema)
            label = schema_walk.label(below) or self.field_title(name) or text(name, name)
            words = self.value(child(pointer, name), item, below, language)
            nested = isinstance(item, Mapping) and not _titled(item, below)
            parts.append(f"{say(label, language)}{colon}{bracket.format(words) if nested else words}")
        return semicolon.join(parts)

    def _called(self, pointer: str, value: Any, piece: Piece) -> Text | None:
        if piece.get("x-fact") and isinstance(value, str):
            return self.field_title(value)
        return self.say_at(self.document, self.registry, pointer) if self.say_at else None

    def field_title(self, path: str) -> Text | None:
        """What people call a field, by its path; by its bare key in the document of its own record."""
        record, _, key = path.rpartition(".")
        if not record and self.document.kind == "entity":
            record = record_of(self.document)
        field = self.registry.field(record, key) if record else None
        return field.title if field else None

    def item_name(self, pointer: str, piece: Piece, item: Any, index: int) -> Text:
        """What an item of the list at `pointer` is called: by its title, by what its key names, by its number."""
        word = piece.get("x-item") or text("item", "项")
        if isinstance(item, Mapping):
            title = item.get("title") or item.get("label")
            if isinstance(title, Mapping):
                return {language: say(title, language) for language in LANGUAGES}
            own = piece.get("x-key", "key")
            named = item.get(own)
            if isinstance(named, str):
                kind = "indicator" if own == "indicator" else self.kind.target(child(child(pointer, index), own))
                if kind:
                    return {language: self.registry.label(kind, named, language) for language in LANGUAGES}
                return self.field_title(named) or text(named, named)
        return text(f"{word['en']} {index + 1}", f"{word['zh']} {index + 1}")


def _titled(value: Mapping[str, Any], piece: Piece) -> bool:
    """Whether a mapping is one thing to say: a text in languages, something with a title."""
    named = isinstance(value.get("title") or value.get("label"), Mapping)
    return bool(piece.get("x-text")) or named or (bool(value) and set(value) <= set(LANGUAGES))
