"""Putting other words into a source text at exact places: parts of text values, and keys of mappings.

Every other character stays, whatever the style of the value. The result is read back and compared with what it should
say; one that would say something else is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from loanloom.metadata import canonical
from loanloom.metadata.editing import Edited
from loanloom.metadata.inside import offset_of
from loanloom.metadata.pointers import child, is_list, resolve
from loanloom.metadata.tree import Tree, read_tree
from loanloom.problems import Problem, text


@dataclass(frozen=True, slots=True, order=True)
class Words:
    """Other words for a part of the text value at a pointer: from `start` to `end`, counted in the value."""

    pointer: str
    start: int
    end: int
    new: str


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """Another name for the key that a pointer ends in."""

    pointer: str
    new: str


Change = Words | Key


def rewrite(source: str, changes: Iterable[Change]) -> Edited:
    """The text with every change made; as it was where that cannot be done exactly."""
    listed = list(dict.fromkeys(changes))
    if not listed:
        return Edited(source)
    source = source.removeprefix("\ufeff")
    tree = read_tree(source)
    if tree.problems:
        return Edited(source, tree.problems)
    spans = [_span(source, tree, one) for one in listed]
    edited = source
    for place, change in sorted(zip(spans, listed, strict=True), key=lambda one: one[0] or (0, 0), reverse=True):
        if place is None:
            return Edited(source, (_refused(change.pointer),))
        edited = edited[: place[0]] + change.new + edited[place[1] :]
    after = read_tree(edited)
    if after.problems or canonical.to_json(after.value) != canonical.to_json(_wanted(tree.value, listed)):
        return Edited(source, (_refused(listed[0].pointer),))
    return Edited(edited)


def _span(source: str, tree: Tree, change: Change) -> tuple[int, int] | None:
    """The characters of the file that a change replaces."""
    positions = tree.source.positions
    if isinstance(change, Key):
        key = positions.keys.get(change.pointer)
        if key is None:
            return None
        quotes = 1 if key.shape == "quoted" else 0
        return key.start + quotes, key.end - quotes
    span, value = positions.values.get(change.pointer), resolve(tree.value, change.pointer)
    if span is None or not isinstance(value, str) or span.shape == "alias" or change.end <= change.start:
        return None

    def at(offset: int) -> int | None:
        line, column = value.count("\n", 0, offset) + 1, offset - value.rfind("\n", 0, offset)
        return offset_of(source, span.start, span.end, span.shape, line, column)

    first, last = at(change.start), at(change.end - 1)
    return None if first is None or last is None else (first, last + 1)


def _wanted(value: Any, changes: Iterable[Change]) -> Any:
    """The whole value with the changes made."""
    words: dict[str, list[Words]] = {}
    keys: dict[str, str] = {}
    for one in changes:
        if isinstance(one, Key):
            keys[one.pointer] = one.new
        else:
            words.setdefault(one.pointer, []).append(one)
    return _changed(value, "", words, keys)


def _changed(value: Any, pointer: str, words: Mapping[str, list[Words]], keys: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {
            keys.get(child(pointer, name), name): _changed(one, child(pointer, name), words, keys)
            for name, one in value.items()
        }
    if is_list(value):
        return [_changed(one, child(pointer, at), words, keys) for at, one in enumerate(value)]
    for one in sorted(words.get(pointer, ()), reverse=True):
        value = value[: one.start] + one.new + value[one.end :]
    return value


def _refused(pointer: str) -> Problem:
    return Problem(
        code="metadata.edit_refused",
        pointer=pointer,
        message=text("This place cannot be changed here.", "此处无法直接修改。"),
        hint=text("Change it in the text view.", "请在文本视图中修改。"),
    )


__all__ = ["Change", "Key", "Words", "rewrite"]
