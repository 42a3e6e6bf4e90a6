"""One document against its kind: shape, style of keys, doubled list items, languages. References come later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from loanloom.metadata import schema_walk
from loanloom.metadata.document import Document
from loanloom.metadata.kinds import Kind, Kinds, problem_of, with_common
from loanloom.metadata.nearest import hint as nearest_hint
from loanloom.metadata.pointers import child, is_list
from loanloom.metadata.structure import Schema, shown
from loanloom.problems import LANGUAGE_NAMES, LANGUAGES, Problem, errors, text

_NAME = Schema(with_common({"$ref": "#/$defs/name"}))
_KNOWN: WeakKeyDictionary[Document, dict[tuple[Kinds, tuple[str, ...]], tuple[Problem, ...]]] = WeakKeyDictionary()


def check_document(document: Document, kinds: Kinds, languages: tuple[str, ...] = LANGUAGES) -> tuple[Problem, ...]:
    """Everything wrong with a document by itself; looked for once, since neither documents nor kinds ever change."""
    known = _KNOWN.setdefault(document, {})
    found = known.get((kinds, languages))
    if found is None:
        found = known[kinds, languages] = _checked(document, kinds, languages)
    return found


def _checked(document: Document, kinds: Kinds, languages: tuple[str, ...]) -> tuple[Problem, ...]:
    kind = kinds.get(document.kind)
    if kind is None:
        line, column = document.place("/kind")
        return (Problem(
            code="metadata.unknown_kind", file=document.file, line=line, column=column, pointer="/kind",
            message=text(f'There is no kind "{document.kind}".', f"没有类别“{document.kind}”。"),
            hint=nearest_hint(document.kind, kinds.by_key)),)  # fmt: skip
    problems = [problem_of(document, fault) for fault in kind.compiled.faults(document.spec)]
    problems.extend(_key_style(document, kind))
    if not errors(problems):
        problems.extend(_details(document, kind, languages))
    return tuple(problems)


def _key_style(document: Document, kind: Kind) -> Iterator[Problem]:
    if kind.key_style == "name":
        for fault in _NAME.faults(document.key):
            line, column = document.place("/key")
            yield Problem(
                code=fault.code,
                message=fault.message,
                hint=fault.hint,
                file=document.file,
                line=line,
                column=column,
                pointer="/key",
            )


def _details(document: Document, kind: Kind, languages: tuple[str, ...]) -> Iterator[Problem]:
    yield from _missing_languages(document, document.title, "/title", languages)
    for pointer, value, piece in schema_walk.walk(kind.schema, document.spec):
        if piece.get("x-text"):
            yield from _missing_languages(document, value, f"/spec{pointer}", languages)
        if "x-key" in piece and is_list(value) and not piece.get("x-repeats"):
            yield from _doubled(document, pointer, value, piece["x-key"])


def _missing_languages(document: Document, value: Any, pointer: str, languages: tuple[str, ...]) -> Iterator[Problem]:
    if not isinstance(value, Mapping):
        return
    if not any(words.strip() for words in value.values()):
        line, column = document.place(pointer)
        yield Problem(
            code="metadata.no_words", file=document.file, line=line, column=column, pointer=pointer,
            message=text("There are no words here yet.", "此处还没有文字。"),
            hint=text("Write them in Chinese, in English or in both.", "请填写中文或英文，也可两者都填。"),
        )  # fmt: skip
        return
    for language in languages:
        if not value.get(language):
            line, column = document.place(pointer)
            name = LANGUAGE_NAMES.get(language, text(f'"{language}"', f"“{language}”"))
            yield Problem(
                code="metadata.missing_language", severity="warning", file=document.file, line=line, column=column,
                pointer=pointer,
                message=text(f"The wording in {name['en']} is missing.", f"缺少{name['zh']}文字。"),
            )  # fmt: skip


def _doubled(document: Document, pointer: str, items: Any, key: str) -> Iterator[Problem]:
    seen: dict[Any, int] = {}
    for index, item in enumerate(items):
        name = item.get(key) if isinstance(item, Mapping) else None
        if name is None or isinstance(name, Mapping):
            continue
        if name in seen:
            line, _ = document.place(f"/spec{pointer}/{seen[name]}")
            yield document.problem(
                "metadata.duplicate_item",
                text(f"{shown(name)['en']} stands in the list twice.", f"{shown(name)['zh']}在列表中重复。"),
                child(child(pointer, index), key),
                hint=text(f"It is already on line {line}.", f"第 {line} 行已有。") if line else None,
            )
        seen.setdefault(name, index)
