"""A definition as a tree made from its kind's schema alone: every part with what may be done to it.

Leaves are the cells of the sheet. A list says what may be added and each item where it may go; an object which of its
parts are not set; a place with several shapes which others it may take. `arranging` does what is offered here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from loanloom.metadata import schema_walk, shapes
from loanloom.metadata.document import Document
from loanloom.metadata.pointers import child, is_list
from loanloom.metadata.registry import Registry
from loanloom.metadata.wording import Piece
from loanloom.problems import Text, text
from loanloom.services.definitions import posting_words
from loanloom.services.definitions.sheet import Cell, Layout

_SHAPES: Mapping[str, Text] = {
    "object": text("several details", "分项设置"),
    "list": text("several, as a list", "多项列表"),
    "plain": text("one value", "单一取值"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that may be done at a place: add, part, member, shape or instead. `choice` says which."""

    do: str
    pointer: str
    label: Text
    choice: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item or a member stands among its neighbours, and what may be done to it."""

    index: int
    count: int
    in_list: bool
    removable: bool = True
    name: str = ""
    """What tells it from its neighbours, wherever it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A part of a definition: a cell, or a heading with what lies below it."""

    pointer: str
    label: Text
    depth: int
    cell: Cell | None = None
    children: tuple[Node, ...] = ()
    missing: tuple[Cell, ...] = ()
    offers: tuple[Offer, ...] = ()
    place: Place | None = None


def outline(document: Document, registry: Registry) -> tuple[Node, ...]:
    """The whole tree: the names, then every part in the order of the text."""
    layout = Layout(document, registry, registry.kinds.require(document.kind))
    names = tuple(Node(pointer=cell.pointer, label=cell.label, depth=0, cell=cell) for cell in layout.title_cells())
    whole = _Outline(layout).node("", document.spec, text("General", "基本信息"), 0, None)
    return (Node(pointer="/title", label=text("Name", "名称"), depth=0, children=names), *_parted(whole))


def _parted(whole: Node) -> Iterator[Node]:
    """The top of the tree as sections: the plain cells together, each larger part for itself."""
    plain = tuple(node for node in whole.children if node.cell is not None)
    yield Node(pointer="", label=whole.label, depth=0, children=plain, missing=whole.missing, offers=whole.offers)
    yield from (node for node in whole.children if node.cell is None)


@dataclass(frozen=True, slots=True)
class _Outline:
    layout: Layout

    @property
    def root(self) -> Piece:
        return self.layout.kind.schema

    def node(self, pointer: str, value: Any, label: Text, depth: int, place: Place | None) -> Node:
        """The part at a pointer."""
        raw = self.layout.piece(pointer) if pointer else schema_walk.follow(self.root, self.root)
        offers = tuple(self._shapes(pointer, value, raw))
        piece = shapes.resolved(raw, value, self.root)
        if self._is_cell(value, piece):
            cell = self.layout.cell(pointer, label, depth)
            return Node(pointer=pointer, label=label, depth=depth, cell=cell, offers=offers, place=place)
        below = self._items if is_list(value) else self._members
        children, missing, more = below(pointer, value, piece, depth)
        return Node(
            pointer=pointer, label=label, depth=depth, children=children, missing=missing,
            offers=(*more, *offers), place=place,
        )  # fmt: skip

    def _is_cell(self, value: Any, piece: Piece) -> bool:
        if isinstance(value, Mapping):
            return bool(piece.get("x-text"))
        if not is_list(value):
            return True
        items = schema_walk.items_of(piece, self.root)
        lines = any(isinstance(one, Mapping) or is_list(one) for one in value)
        return not lines and not items.get("x-expression") and self._is_plain(items)

    def _is_plain(self, piece: Piece) -> bool:
        """Whether a place is one cell: a plain value, a text in languages, a list of plain values."""
        piece = schema_walk.follow(piece, self.root)
        if piece.get("x-text"):
            return True
        if shapes.alternatives(piece, self.root) or shapes.shape(piece) == "object":
            return False
        if shapes.shape(piece) == "plain":
            return True
        items = schema_walk.items_of(piece, self.root)
        return (
            not items.get("x-expression")
            and not items.get("x-text")
            and shapes.shape(items) == "plain"
            and (not shapes.alternatives(items, self.root))
        )

    def _shapes(self, pointer: str, value: Any, piece: Piece) -> Iterator[Offer]:
        """The shapes that a place may take besides the one it has."""
        among = shapes.alternatives(piece, self.root)
        mine = shapes.chosen(value, among) if among else 0
        for number, one in enumerate(among):
            if number != mine:
                label = schema_walk.label(one) or self._named(one) or _SHAPES[shapes.shape(one)]
                yield Offer("shape", pointer, label, str(number))

    def _named(self, piece: Piece) -> Text | None:
        """A shape by the only thing it can say."""
        names = list(schema_walk.choices(piece).values())
        return names[0] if len(names) == 1 else None

    # -- lists --------------------------------------------------------------------------------------------------------

    def _items(
        self, pointer: str, value: Any, piece: Piece, depth: int
    ) -> tuple[tuple[Node, ...], tuple[Cell, ...], tuple[Offer, ...]]:
        fewest, most = piece.get("minItems", 0), piece.get("maxItems")
        children = []
        for index, item in enumerate(value):
            at = child(pointer, index)
            name = item.get(piece.get("x-key", "key")) if isinstance(item, Mapping) else None
            place = Place(index, len(value), True, len(value) > fewest, str(name or index))
            children.append(self.node(at, item, self.layout.item_label(pointer, at, item, index), depth + 1, place))
        word = piece.get("x-item") or text("item", "项")
        full = most is not None and len(value) >= most
        return tuple(children), (), () if full else (Offer("add", pointer, word),)

    # -- objects ------------------------------------------------------------------------------------------------------

    def _members(
        self, pointer: str, value: Any, piece: Piece, depth: int
    ) -> tuple[tuple[Node, ...], tuple[Cell, ...], tuple[Offer, ...]]:
        properties, required = piece.get("properties", {}), piece.get("required", ())
        free = isinstance(piece.get("additionalProperties"), Mapping)
        children = []
        for index, (name, item) in enumerate(value.items()):
            at = child(pointer, name)
            optional = name not in required and len(value) > piece.get("minProperties", 0)
            place = Place(index, len(value), False, optional, name)
            own = schema_walk.label(self.layout.piece(at)) if name in properties else None
            event = posting_words.event_at(self.layout.document, at)
            label = own or self._titled(item) or event or text(name, name)
            children.append(self.node(at, item, label, depth + bool(pointer), place))
        missing, offers = self._absent(pointer, value, piece)
        if free:
            offers = (*offers, Offer("member", pointer, piece.get("x-item") or text("entry", "条目")))
        return tuple(children), missing, offers

    @staticmethod
    def _titled(item: Any) -> Text | None:
        title = item.get("title") if isinstance(item, Mapping) else None
        return title if isinstance(title, Mapping) and any(title.values()) else None

    def _absent(self, pointer: str, value: Any, piece: Piece) -> tuple[tuple[Cell, ...], tuple[Offer, ...]]:
        """What an object does not say yet: plain places, larger parts, and parts that may stand instead of others."""
        rivals = shapes.rivals(piece, value)
        cells: list[Cell] = []
        offers: list[Offer] = []
        for name, raw in piece.get("properties", {}).items():
            at = child(pointer, name)
            if name in value:
                continue
            own = schema_walk.follow(raw, self.root)
            label = schema_walk.label(own) or text(name, name)
            if name in rivals:
                offers.append(Offer("instead", at, label, rivals[name]))
            elif self._is_plain(own):
                cells.append(self.layout.cell(at, label))
            else:
                offers.append(Offer("part", at, label))
        return tuple(cells), tuple(offers)
