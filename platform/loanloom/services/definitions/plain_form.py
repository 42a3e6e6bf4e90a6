"""A definition as one ordinary form: every place an input, every list rows of inputs, one button to save.

For documents that hold plain data (the company's profile, questions and answers, banners ...) and for the terms of a
product that people change first. What was typed becomes one step over the draft; nothing is kept that has not the shape
its kind asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from loanloom.metadata import schema_walk, steps
from loanloom.metadata.document import Document
from loanloom.metadata.pointers import child, is_list, resolve, slug
from loanloom.metadata.registry import Registry
from loanloom.metadata.steps import Step
from loanloom.metadata.wording import Piece
from loanloom.problems import LANGUAGES, Problem, Text, text
from loanloom.services.context import Context
from loanloom.services.definitions.arranging import check_shape
from loanloom.services.definitions.catalogue import Page
from loanloom.services.definitions.releases import drafts
from loanloom.services.definitions.releases.drafts import Draft
from loanloom.services.definitions.sheet import Cell, Layout
from loanloom.services.definitions.typed import EMPTY, parsed
from loanloom.services.errors import Refused

PREFIX = "v:"
"""Before the pointer in the name of an input; texts have .en and .zh behind it."""
TITLE = "/title"
EFFECTIVE = "/effective_from"
DATED = ("agreement",)
"""Kinds whose first day people read and so set here; of the others it is a date of the release."""
PLAIN = frozenset(("texts", "text", "date", "yes_no", "choice", "choices", "money", "percent", "number", "reference",
                   "references", "words"))  # fmt: skip


class Typed(Protocol):
    """What was posted: a form of werkzeug."""

    def __contains__(self, name: object, /) -> bool: ...
    def getlist(self, name: str, /) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Line:
    """One input. `required`: the place cannot be left empty; `long`: several lines of words; `picture`: the digest of
    one that is uploaded."""

    cell: Cell
    required: bool
    long: bool = False
    picture: bool = False

    @property
    def name(self) -> str:
        """The name of its input."""
        return PREFIX + self.cell.pointer


@dataclass(frozen=True, slots=True)
class Row:
    """One item of a list."""

    pointer: str
    label: Text
    lines: tuple[Line, ...]
    first: bool
    last: bool


@dataclass(frozen=True, slots=True)
class Rows:
    """A list: its rows, what one is called, whether there may be more."""

    pointer: str
    label: Text
    word: Text
    rows: tuple[Row, ...]
    full: bool


@dataclass(frozen=True, slots=True)
class Form:
    """The whole form."""

    lines: tuple[Line, ...]
    lists: tuple[Rows, ...]

    @property
    def inputs(self) -> tuple[Line, ...]:
        """Every input."""
        return (*self.lines, *(line for each in self.lists for row in each.rows for line in row.lines))


def form_of(document: Document, registry: Registry) -> Form:
    """The form of a document, in the order of its kind's schema."""
    layout = Layout(document, registry, registry.kinds.require(document.kind))
    root = layout.kind.schema
    lines, lists = [_title(document)], []
    for name, raw in root["properties"].items():
        pointer, piece = child("", name), schema_walk.follow(raw, root)
        if _is_rows(piece, root):
            lists.append(_rows(layout, pointer, piece))
        else:
            lines.extend(_line(layout, pointer, name in root.get("required", ()), raw))
    if document.kind in DATED:
        lines.insert(1, _effective(document))
    return Form(tuple(lines), tuple(lists))


def _title(document: Document) -> Line:
    return Line(Cell(pointer=TITLE, label=text("Name", "名称"), words=document.title, kind="texts",
                     value=document.title), required=True)  # fmt: skip


def _effective(document: Document) -> Line:
    label, day = text("In force from, and not before", "生效日期（不早于该日生效）"), document.effective_from
    return Line(Cell(pointer=EFFECTIVE, label=label, words=text(day or "", day or ""), kind="date", value=day), False)


def _is_rows(piece: Piece, root: Piece) -> bool:
    items = schema_walk.follow(piece.get("items", {}), root)
    return piece.get("type") == "array" and "properties" in items


def _line(layout: Layout, pointer: str, required: bool, raw: Piece) -> Iterator[Line]:
    cell = layout.cell(pointer, schema_walk.label(schema_walk.follow(raw, layout.kind.schema)))
    if cell.kind in PLAIN:
        piece = schema_walk.follow(raw, layout.kind.schema)
        yield Line(cell, required, long=bool(piece.get("x-long")), picture=bool(piece.get("x-picture")))


def _rows(layout: Layout, pointer: str, piece: Piece) -> Rows:
    root = layout.kind.schema
    items = schema_walk.items_of(piece, root)
    value = resolve(layout.document.spec, pointer)
    found = value if is_list(value) else ()
    rows = []
    for index, item in enumerate(found):
        at = child(pointer, index)
        lines = [
            line
            for name, raw in items["properties"].items()
            if name != piece.get("x-key")
            for line in _line(layout, child(at, name), name in items.get("required", ()), raw)
        ]
        label = _row_label(layout, pointer, at, item, index)
        rows.append(Row(at, label, tuple(lines), first=index == 0, last=index + 1 == len(found)))
    full = len(rows) >= piece.get("maxItems", len(rows) + 1)
    label = schema_walk.label(piece) or text(pointer, pointer)
    return Rows(pointer, label, piece.get("x-item") or text("item", "项"), tuple(rows), full)


def _row_label(layout: Layout, pointer: str, at: str, item: Mapping[str, Any], index: int) -> Text:
    """An item by its first words in languages, else by its number."""
    words = next((one for one in item.values() if isinstance(one, Mapping) and any(one.values())), None)
    return words if words is not None else layout.item_label(pointer, at, item, index)


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be set, what emptied, and what cannot be read."""

    values: Mapping[str, Any]
    removed: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def step(self) -> Step:
        """As one step."""
        return steps.set_values(self.values, self.removed)

    def __bool__(self) -> bool:
        return bool(self.values or self.removed)


def changes(lines: Iterable[Line], typed: Typed) -> Changes:
    """What was typed that differs from what stands there."""
    values: dict[str, Any] = {}
    removed: list[str] = []
    problems: list[Problem] = []
    for line in lines:
        read = _texts(line, typed) if line.cell.kind == "texts" else _plain(line, typed)
        if isinstance(read, Problem):
            problems.append(read.at(field=slug(line.cell.pointer)))
            continue
        values.update(read[0])
        removed.extend(read[1])
    return Changes(values, tuple(removed), tuple(problems))


_Read = tuple[dict[str, Any], list[str]] | Problem
_NOTHING: tuple[dict[str, Any], list[str]] = ({}, [])


def _texts(line: Line, typed: Typed) -> _Read:
    place, here = _place(line.cell.pointer), line.cell.value or {}
    tags = [tag for tag in LANGUAGES if f"{line.name}.{tag}" in typed]
    if not tags:
        return _NOTHING
    given = {tag: _clean(typed.getlist(f"{line.name}.{tag}")) for tag in tags}
    if here and not any((*given.values(), *here.values())):
        return _NOTHING  # added, and not written yet: the check tells it
    if not any(given.values()) and not set(here) - set(tags):
        return EMPTY if line.required else ({}, [place] if here else [])
    values = {f"{place}/{tag}": words for tag, words in given.items() if words and words != here.get(tag)}
    return values, [f"{place}/{tag}" for tag, words in given.items() if not words and tag in here]


def _plain(line: Line, typed: Typed) -> _Read:
    cell, place = line.cell, _place(line.cell.pointer)
    if line.name not in typed:
        return _NOTHING
    given = [one for one in typed.getlist(line.name) if one.strip()]  # beside an empty one that marks the place
    if not given and cell.kind == "yes_no":
        return _not_ticked(line, place)
    if not given:
        if line.required:
            return EMPTY
        return {}, [place] if cell.value is not None else []
    value, wrong = parsed(cell, given)
    if wrong is not None:
        return wrong
    held = list(cell.value) if is_list(cell.value) else cell.value
    return ({}, []) if value == held else ({place: value}, [])


def _not_ticked(line: Line, place: str) -> _Read:
    """No: said where it must be said, else by silence."""
    if line.required:
        return ({place: False}, []) if line.cell.value is not False else _NOTHING
    return {}, [place] if line.cell.value else []


def _clean(typed: list[str]) -> str:
    return typed[0].replace("\r\n", "\n").strip() if typed else ""


def _place(pointer: str) -> str:
    return pointer if pointer in (TITLE, EFFECTIVE) else f"/spec{pointer}"


def save(ctx: Context, page: Page, lines: Iterable[Line], typed: Typed, version: int | None) -> Draft | None:
    """Keep what was typed; None where nothing differs. Refused with every problem at its input."""
    assert page.shown is not None, "asked only where it can be read"
    asked = tuple(lines)
    found = changes(asked, typed)
    if found.problems:
        raise Refused(found.problems)
    if not found:
        return None
    try:
        check_shape(ctx, page, page.shown, found.step)
    except Refused as refused:
        raise Refused([_at_input(one, asked) for one in refused.problems]) from None
    return drafts.change(ctx, page.kind.key, page.key, found.step, version)


def _at_input(problem: Problem, lines: Iterable[Line]) -> Problem:
    """A problem at the input that governs its place."""
    pointer = (problem.pointer or "").removeprefix("/spec")
    fitting = [line.cell.pointer for line in lines
               if pointer == line.cell.pointer or pointer.startswith(line.cell.pointer + "/")]  # fmt: skip
    return problem.at(field=slug(max(fitting, key=len))) if fitting else problem
