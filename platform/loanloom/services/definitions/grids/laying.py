"""Definition -> grid: which list it is, its columns, its lines as a list or as a tree. Reads no database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from loanloom.metadata import schema_walk
from loanloom.metadata.document import Document
from loanloom.metadata.pointers import child, is_list, parent, resolve, split
from loanloom.metadata.registry import Registry
from loanloom.metadata.wording import Piece
from loanloom.problems import LANGUAGE_NAMES, text
from loanloom.services.definitions.grids import model_tables, posting_lines, reading, tables
from loanloom.services.definitions.grids.model import Cell, Column, Grid, Line, Nature
from loanloom.services.definitions.sheet import Layout

_KINDS: Mapping[str, str] = {"money": "number", "reference": "choice", "references": "choices"}


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of a kind that is a grid by nature: where it is, its columns, and the code lists of some of them."""

    lines_at: str
    paths: tuple[str, ...]
    nature: Nature = "list"
    codes: Mapping[str, str] = field(default_factory=dict)


LISTS: Mapping[str, Listed] = {
    "code_list": Listed("/items", ("/key", "/title/zh", "/title/en", "/parent", "/retired"), "parents"),
    "menu": Listed(
        "/items", ("/title/zh", "/title/en", "/page", "/entity", "/url", "/function", "/icon"), "nested"
    ),
    "authority": Listed(
        "/rows",
        ("/role", "/position", "/limit", "/products", "/guarantees", "/grades", "/from", "/to", "/unit", "/user"),
        codes={"/guarantees": "guarantee_mode"},
    ),
    "rate_table": Listed("/series", ("/from", "/value")),
    "calendar": Listed("/holidays", ("/on", "/title/zh", "/title/en")),
}  # fmt: skip


TABLES = ("ruleset", "decision_model")
"""Kinds whose grids are decision tables."""
SEVERAL = ("decision_model", "posting_rules")
"""Kinds with several grids."""


def table_at(document: Document, asked: str) -> str:
    """Which grid of several is meant: the one that is asked for, else the first table of a model. Nothing where there
    is none, and for kinds that are one grid.
    """
    if document.kind == "posting_rules":
        return asked if any(one.at == asked for one in posting_lines.events_in(document)) else ""
    known = [one.at for one in model_tables.tables_in(document)] if document.kind == "decision_model" else []
    return asked if asked in known else next(iter(known), "")


def grid_of(document: Document, registry: Registry, live: Document | None, language: str, at: str = "") -> Grid:
    """The grid of a definition whose text has the shape of its kind; `at` says which, where there are several."""
    layout = Layout(document, registry, registry.kinds.require(document.kind))
    nature: Nature = "list"
    if document.kind in SEVERAL and not at:
        return Grid(lines_at="", columns=(), lines=(), item=text("rule", "规则"), full=True)
    if document.kind in TABLES:
        lines_at, columns = tables.laid(document, registry, at)
    elif document.kind == "posting_rules":
        lines_at, columns = at, posting_lines.columns(document, registry, at)
    else:
        listed = LISTS[document.kind]
        columns = tuple(_column(layout, listed, path) for path in listed.paths)
        lines_at, nature = listed.lines_at, listed.nature
    piece = layout.piece(lines_at)
    own = _Lines(document, columns, lines_at, language, _fixed(document.kind, live))
    lines = tuple({"list": own.in_a_row, "parents": own.by_parents, "nested": own.nested}[nature]())
    most = piece.get("maxItems")
    return Grid(
        lines_at=lines_at, columns=columns, lines=lines, nature=nature, full=most is not None and len(lines) >= most,
        item=piece.get("x-item") or text("line", "行"),
    )  # fmt: skip


def _column(layout: Layout, listed: Listed, path: str) -> Column:
    """A column as the schema of its place has it."""
    root = layout.kind.schema
    piece = schema_walk.items_of(schema_walk.follow(_holder(layout, listed.lines_at), root), root)
    first, *rest = split(path)
    own = schema_walk.follow(piece["properties"][first], root)
    label = schema_walk.label(own) or text(first, first)
    if rest:
        language = LANGUAGE_NAMES[rest[0]]
        return Column(path=path, label=text(f"{label['en']} ({language['en']})", f"{label['zh']}（{language['zh']}）"),
                      kind="text")  # fmt: skip
    cell = layout.cell(f"{listed.lines_at}/{len(_items(layout, listed.lines_at))}{path}", label)
    kind, options = _KINDS.get(cell.kind, cell.kind), cell.options
    codes = layout.registry.get("code_list", listed.codes[path]) if path in listed.codes else None
    if codes is not None:
        kind, options = "choices", {str(one["key"]): one["title"] for one in codes.spec["items"]}
    return Column(path=path, label=label, kind=kind, options=options)


def _holder(layout: Layout, pointer: str) -> Piece:
    holder: Piece = schema_walk.follow(layout.kind.schema, layout.kind.schema)
    for token in split(pointer):
        holder = schema_walk.follow(holder["properties"][token], layout.kind.schema)
    return holder


def _items(layout: Layout, pointer: str) -> Any:
    found = resolve(layout.document.spec, pointer)
    return found if is_list(found) else ()


def _fixed(kind: str, live: Document | None) -> frozenset[str]:
    """Codes that records may hold already: they are retired, never renamed or taken out."""
    if kind != "code_list" or live is None:
        return frozenset()
    return frozenset(str(one["key"]) for one in live.spec["items"])


_MAY_BE_EMPTY = ("calendar", "posting_rules")


@dataclass(frozen=True, slots=True)
class _Lines:
    document: Document
    columns: tuple[Column, ...]
    lines_at: str
    language: str
    fixed: frozenset[str]

    def _at(self, pointer: str) -> Any:
        found = resolve(self.document.spec, pointer)
        return found if is_list(found) else ()

    def _line(self, pointer: str, number: int, depth: int, may: set[str]) -> Line:
        item = resolve(self.document.spec, pointer)
        held = item.get("key") in self.fixed
        cells = []
        for column in self.columns:
            value, inner = resolve(item, column.path), ""
            if isinstance(value, Mapping):  # with what other tools keep beside it
                value, inner = value.get("text", ""), "/text"
            shown = reading.shown(column, value, self.language)
            cells.append(Cell(pointer + column.path + inner, column, shown, held and column.path == "/key"))
        title = item.get("title") or {}
        name = title if any(title.values()) else text(str(item.get("key", number)), str(item.get("key", number)))
        allowed = frozenset(may - {"remove"} if held else may)
        return Line(pointer=pointer, number=number, name=name, cells=tuple(cells), depth=depth, may=allowed)

    def in_a_row(self) -> Iterator[Line]:
        """Lines in a row."""
        count = len(self._at(self.lines_at))
        for index in range(count):
            may = {"remove"} if count > 1 or self.document.kind in _MAY_BE_EMPTY else set()
            may |= {"up"} if index else set()
            may |= {"down"} if index + 1 < count else set()
            yield self._line(child(self.lines_at, index), index + 1, 0, may)

    def by_parents(self) -> Iterator[Line]:
        """A tree of lines that name the one above by its key; whoever names none that exists stands at the top."""
        items = self._at(self.lines_at)
        keys = {str(one["key"]): index for index, one in enumerate(items)}
        below: dict[str | None, list[int]] = {}
        for index, one in enumerate(items):
            above = one.get("parent")
            below.setdefault(above if above in keys else None, []).append(index)
        seen: set[int] = set()
        yield from self._tree(items, below, None, 0, seen)
        for index in range(len(items)):  # those in a circle
            if index not in seen:
                seen.add(index)
                yield self._line(child(self.lines_at, index), len(seen), 0, {"remove"})

    def _tree(
        self, items: Any, below: Mapping[str | None, list[int]], above: str | None, depth: int, seen: set[int]
    ) -> Iterator[Line]:
        mine = below.get(above, [])
        for place, index in enumerate(mine):
            seen.add(index)
            key = str(items[index]["key"])
            may = self._moves(place, len(mine), depth)
            if below.get(key) or len(items) == 1:
                may.discard("remove")
            yield self._line(child(self.lines_at, index), len(seen), depth, may)
            yield from self._tree(items, below, key, depth + 1, seen)

    @staticmethod
    def _moves(place: int, count: int, depth: int) -> set[str]:
        may = {"remove", "child"}
        may |= {"up", "in"} if place else set()
        may |= {"down"} if place + 1 < count else set()
        return may | ({"out"} if depth else set())

    def nested(self) -> Iterator[Line]:
        """A tree of lines that hold lines."""
        numbered = iter(range(1, 100_000))
        yield from self._nested(self.lines_at, 0, numbered)

    def _nested(self, pointer: str, depth: int, numbered: Iterator[int]) -> Iterator[Line]:
        items = self._at(pointer)
        for index in range(len(items)):
            at = child(pointer, index)
            may = self._moves(index, len(items), depth)
            if not depth and len(items) == 1:
                may.discard("remove")
            yield self._line(at, next(numbered), depth, may)
            yield from self._nested(child(at, "items"), depth + 1, numbered)


def above(pointer: str) -> str:
    """The line that holds a line, in a tree of lines that hold lines; nothing at the top."""
    holder = parent(parent(pointer))
    return holder if split(pointer)[-2:-1] == ("items",) and holder else ""
