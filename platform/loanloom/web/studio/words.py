"""What the studio's templates say about kinds, places and problems. Text only."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import url_for

from loanloom.feel.help import figures
from loanloom.metadata import schema_walk
from loanloom.metadata.document import Document
from loanloom.metadata.kinds import Kind
from loanloom.metadata.pointers import MISSING, resolve, slug, split
from loanloom.metadata.registry import Registry
from loanloom.metadata.uses import Use
from loanloom.problems import Problem, Text, say
from loanloom.services.definitions.catalogue import Page, sounds
from loanloom.services.definitions.releases import kinds
from loanloom.services.definitions.typed import as_typed
from loanloom.web.language import language


def plain_number(value: Any) -> str:
    """A number as one types it: no separators, no trailing zeros."""
    if value is None or isinstance(value, bool):
        return ""
    return figures.plain(value)


def kind_title(key: str) -> str:
    """What people call a kind."""
    kind = kinds().get(key)
    return say(kind.title, language()) if kind else key


def where(problem: Problem) -> str:
    """The file and line of a problem."""
    place = problem.file or ""
    return f"{place}:{problem.line}" if problem.line else place


def cell_of(problem: Problem, page: Page | None = None) -> str | None:
    """The address of the cell a problem belongs to: on this sheet, or on another definition's."""
    found = _definition_of(problem)
    if found is None:
        return None
    kind, key = found
    place = slug((problem.pointer or "").removeprefix("/spec"))
    anchor = f"#c-{place}" if place else ""
    if page is not None and problem.file == page.kind.file_of(page.key):
        return anchor or None
    return url_for("studio.definition", kind=kind.key, key=key, view="sheet") + anchor


def whose(problem: Problem, registry: Registry) -> str:
    """The definition a problem belongs to, as people call it; `registry` has the drafts too."""
    found = _definition_of(problem)
    if found is None:
        return problem.file or ""
    kind, key = found
    return f"{say(kind.title, language())} · {registry.label(kind.key, key, language())}"


def _definition_of(problem: Problem) -> tuple[Kind, str] | None:
    file = problem.file or ""
    kind = next((one for one in kinds() if file.startswith(f"{one.path}/")), None)
    return (kind, file.rpartition("/")[2].rpartition(".")[0]) if kind is not None else None


def of_case(words: Text, key: str) -> str:
    """What a case says is otherwise, where the case itself is named beside it."""
    said = say(words, language())
    return said.removeprefix(f'Case "{key}": ').removeprefix(f"案例“{key}”：")


def marks(found: Iterable[Problem], page: Page, source: str) -> list[dict[str, Any]]:
    """Problems of a definition as the editor marks them in its text. Columns count UTF-16 units, as browsers do."""
    return marks_of(found, page.kind.file_of(page.key), source)


def marks_of(found: Iterable[Problem], file: str, source: str) -> list[dict[str, Any]]:
    """The problems of one file as marks."""
    lines, spoken = source.split("\n"), language()
    shown = []
    for problem in found:
        if problem.file == file:
            end_line, end_column = problem.end or (None, None)
            shown.append({
                "line": problem.line, "column": _in_units(lines, problem.line, problem.column),
                "end_line": end_line, "end_column": _in_units(lines, end_line, end_column),
                "severity": problem.severity, "message": problem.in_words(spoken),
            })  # fmt: skip
    return shown


def _in_units(lines: list[str], line: int | None, column: int | None) -> int | None:
    if line is None or column is None or not 0 < line <= len(lines):
        return column
    return column + sum(one > "\uffff" for one in lines[line - 1][: column - 1])


def place_in_words(use: Use, document: Document | None) -> str:
    """A pointer in a definition as titles: items by their own names."""
    kind = kinds().get(use.kind)
    if kind is None or document is None:
        return use.pointer
    names, pointer, spoken = [], "", language()
    for token in split(use.pointer):
        pointer = f"{pointer}/{token}"
        piece = schema_walk.at(kind.schema, document.spec, pointer)
        value = resolve(document.spec, pointer)
        title = value.get("title") if value is not MISSING and hasattr(value, "get") else None
        label = title if hasattr(title, "get") else schema_walk.label(piece)
        if label:
            names.append(say(label, spoken))
    return " › ".join(names) or use.pointer


def place_address(use: Use) -> str:
    """The address of a place of a definition: its sheet, at the cell. The cells shown are the company's own."""
    anchor = f"c-{slug(use.pointer)}" if use.pointer and not use.builtin else None
    return url_for("studio.definition", kind=use.kind, key=use.key, view="sheet", _anchor=anchor)


def as_label(words: str) -> str:
    """Words that begin as a label does, the rest as it is written."""
    return words[:1].upper() + words[1:]


def pinyin(title: Text) -> str:
    """How a title sounds, in full and by its first letters, for who types Latin letters to find it."""
    return " ".join(sounds(title.get("zh", "")))


FILTERS: dict[str, Callable[..., Any]] = {
    "as_label": as_label,
    "pinyin": pinyin,
    "plain_number": plain_number,
    "kind_title": kind_title,
    "where": where,
    "cell_of": cell_of,
    "whose": whose,
    "of_case": of_case,
    "marks": marks,
    "place_in_words": place_in_words,
    "place_address": place_address,
    "as_typed": as_typed,
    "slug": slug,
}
