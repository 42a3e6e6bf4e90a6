"""A definition as a sheet of cells, made from its kind's schema: what each is called, what it says, how it is changed.

A product is its term sheet (engines.products); every other kind is laid out in the order of its schema.
What somebody types into a cell is read in `typed`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from loanloom.engines import products
from loanloom.engines.expressions import fits
from loanloom.feel.help.rows import rows_of, sentence
from loanloom.metadata import schema_walk
from loanloom.metadata.document import Document
from loanloom.metadata.kinds import Kind
from loanloom.metadata.pointers import MISSING, child, is_list, resolve, split
from loanloom.metadata.registry import Registry
from loanloom.metadata.structure import written
from loanloom.metadata.wording import Piece, value_in_words
from loanloom.problems import LANGUAGES, Text, say, text
from loanloom.services.definitions import own_names
from loanloom.services.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One place of a definition. `kind` says how it is changed; `depth` how far it is set in below its heading."""

    pointer: str
    label: Text
    words: Text
    kind: str  # money percent number text date choice choices yes_no reference references expression texts words fixed
    # value, values: plain ones of any type
    value: Any = None
    options: Mapping[str, Text] | None = None
    depth: int = 0
    removable: bool = False
    heading: bool = False
    condition: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Cells under a heading; `missing` are places that may be filled but are not."""

    title: Text
    cells: tuple[Cell, ...]
    missing: tuple[Cell, ...] = ()


def sheet(document: Document, registry: Registry) -> tuple[Section, ...]:
    """The whole sheet."""
    kind = registry.kinds.require(document.kind)
    layout = Layout(document, registry, kind)
    names = Section(text("Name", "名称"), tuple(layout.title_cells()))
    if document.kind != "product":
        return (names, *layout.sections())
    sections = []
    for section in products.term_sheet(document, registry):
        cells = tuple(layout.cell(row.pointer, row.label) for row in section.rows)
        tops = {split(row.pointer)[0] for row in section.rows}
        sections.append(Section(section.title, cells, tuple(layout.missing(tops))))
    shown = {split(cell.pointer)[0] for section in sections for cell in section.cells}
    rest = tuple(layout.missing(set(kind.schema["properties"]) - shown))
    return (names, *sections, *((Section(text("Not set", "未设置"), (), rest),) if rest else ()))


def cell_at(document: Document, registry: Registry, pointer: str) -> Cell:
    """The cell of one place, filled or not. A pointer that begins with /title is the name in a language."""
    if not pointer.startswith("/"):
        raise NotFound(text("field", "字段"))
    layout = Layout(document, registry, registry.kinds.require(document.kind))
    named = next((cell for cell in layout.title_cells() if cell.pointer == pointer), None)
    return named or layout.cell(pointer)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the places of one document are shown: what they are called and how each is changed."""

    document: Document
    registry: Registry
    kind: Kind

    def title_cells(self) -> Iterator[Cell]:
        for language in dict.fromkeys((*LANGUAGES, *self.document.title)):
            words = self.document.title.get(language, "")
            label = {"en": text("in English", "英文名称"), "zh": text("in Chinese", "中文名称")}.get(
                language, text(language, language)
            )
            yield Cell(pointer=f"/title/{language}", label=label, words=text(words, words), kind="text", value=words)

    def sections(self) -> Iterator[Section]:
        plain = [name for name, value in self.document.spec.items() if not _collection(value)]
        if plain:
            yield Section(
                text("General", "基本信息"),
                tuple(self.cell(f"/{name}") for name in plain),
                tuple(self.missing(set(self.kind.schema.get("properties", ())) - set(self.document.spec))),
            )
        for name, value in self.document.spec.items():
            if _collection(value):
                piece = self.piece(f"/{name}")
                title = schema_walk.label(piece) or text(name, name)
                yield Section(title, tuple(self.below(f"/{name}", value, 0)))

    def below(self, pointer: str, value: Any, depth: int) -> Iterator[Cell]:
        """The cells of a collection: items with a heading, scalars by themselves."""
        if self._at_once(value):
            yield self.cell(pointer, depth=depth)
            return
        keys = list(value) if isinstance(value, Mapping) else range(len(value))
        for key in keys:
            item, at = value[key], child(pointer, key)
            if self._at_once(item) or not _collection(item):
                yield self.cell(at, depth=depth)
                continue
            label = self.item_label(pointer, at, item, key)
            yield Cell(pointer=at, label=label, words=text("", ""), kind="fixed", depth=depth, heading=True)
            yield from self.below(at, item, depth + 1)

    def _at_once(self, value: Any) -> bool:
        """Whether a value is shown as one cell: texts in languages, lists of plain values."""
        if isinstance(value, Mapping):
            return bool(value) and all(isinstance(item, str) for item in value.values()) and set(value) <= {
                *LANGUAGES, *self.document.title}  # fmt: skip
        return is_list(value) and not any(_collection(item) for item in value)

    def item_label(self, holder: str, pointer: str, item: Any, key: str | int) -> Text:
        if isinstance(item, Mapping):
            title = item.get("title") or item.get("label")
            if isinstance(title, Mapping) and any(title.values()):
                return title
            piece = self.piece(holder)
            named = item.get(piece.get("x-key", "key"))
            if isinstance(named, str):
                indicator = self.registry.get("indicator", named) if piece.get("x-key") == "indicator" else None
                return indicator.title if indicator else self._field_title(named, named)
        own = schema_walk.label(self.piece(pointer))
        word = self.piece(holder).get("x-item") or text("item", "项")
        if isinstance(key, int):
            return text(f"{word['en']} {key + 1}", f"{word['zh']} {key + 1}")
        return own or text(key, key)

    def _labels(self) -> Mapping[str, Text]:
        return own_names.labels_of(self.document, self.registry)

    def _field_title(self, path: str, otherwise: str) -> Text:
        """What people call a field or another fact, by its path."""
        record, _, name = path.rpartition(".")
        fields = {field.key: field.title for field in self.registry.entity_fields(record)} if record else {}
        return fields.get(name) or (self._labels().get(path) if record else None) or text(otherwise, otherwise)

    def piece(self, pointer: str) -> Piece:
        return schema_walk.at(self.kind.schema, self.document.spec, pointer)

    def cell(self, pointer: str, label: Text | None = None, depth: int = 0) -> Cell:
        """The cell at a pointer; an empty one where nothing stands."""
        value = resolve(self.document.spec, pointer)
        piece = self.piece(pointer)
        target = self.target(pointer)
        named = own_names.named_at(self.document, self.registry, pointer)
        options = named or self.options(piece, target)
        items = schema_walk.follow(piece.get("items", {}), self.kind.schema)
        kind = _kind(value, piece, target or ("own" if named else None), options, items)
        last = split(pointer)[-1]
        fact = ".".join([token for token in split(pointer) if not token.isdigit()][-2:])
        own = label or schema_walk.label(piece) or text(last, last)
        own = self._field_title(fact, last) if own == text(last, last) else own
        shown = None if value is MISSING else value
        words: Text = {
            language: "" if value is MISSING else value_in_words(shown, piece, language, self.registry, target)
            for language in LANGUAGES
        }
        condition = kind == "expression" and self.is_condition(pointer)
        rows = rows_of(value) if condition and isinstance(value, str) else None
        if rows is not None:
            words = sentence(rows, self._labels())
        elif kind in ("expression", "text", "value") and isinstance(value, str):
            words = self._labels().get(f"{fact}={value}") or self._field_title(value, value)
        elif (named or kind in ("choice", "date")) and isinstance(value, str):
            words = (options or {}).get(value) or text(value, value)
        elif (named or kind in ("words", "choices", "values")) and is_list(value):
            way = own_names.way_at(self.document, self.registry, pointer)
            words = _listed(value, options or way or {str(one): self._field_title(str(one), str(one)) for one in value})
        return Cell(
            pointer=pointer, label=own, words=words, kind=kind, value=None if value is MISSING else value,
            options=options, depth=depth, removable=self.removable(pointer, value), condition=condition,
        )  # fmt: skip

    def is_condition(self, pointer: str) -> bool:
        """Whether an expression stands here that says yes or no."""
        return any(one.type == "boolean" and fits(pointer, one.pointer) for one in self.kind.expressions)

    def target(self, pointer: str) -> str | None:
        """The kind of definition that a place refers to."""
        return self.kind.target(pointer)

    def options(self, piece: Piece, target: str | None) -> Mapping[str, Text] | None:
        if piece.get("x-kinds"):
            return {kind.key: kind.title for kind in self.registry.kinds}
        if target is not None:
            return {document.key: document.title for document in self.registry.all(target)}
        items = schema_walk.follow(piece.get("items", {}), self.kind.schema)
        found: dict[str, Text] = dict(schema_walk.choices(piece) or schema_walk.choices(items))
        for value in piece.get("enum", items.get("enum", ())):
            found.setdefault(written(value), text(written(value), written(value)))
        for branch in piece.get("anyOf", ()):
            if branch.get("type") == "integer":
                numbers = range(branch.get("minimum", 1), branch.get("maximum", 31) + 1)
                found.update({str(number): text(str(number), str(number)) for number in numbers})
        return found or None

    def removable(self, pointer: str, value: Any) -> bool:
        """Whether a filled place may be emptied: it is optional where it stands."""
        if value is MISSING:
            return False
        *above, own = split(pointer)
        holder = (
            self.piece("".join(f"/{token}" for token in above))
            if above
            else schema_walk.follow(self.kind.schema, self.kind.schema)
        )
        return own in holder.get("properties", {}) and own not in holder.get("required", ())

    def missing(self, names: set[str]) -> Iterator[Cell]:
        """Optional places below these members that are empty."""
        properties = self.kind.schema.get("properties", {})
        for name in properties:
            if name in names:
                yield from self._missing(f"/{name}", properties[name], None)

    def _missing(self, pointer: str, raw: Piece, above: Text | None) -> Iterator[Cell]:
        piece = schema_walk.follow(raw, self.kind.schema)
        own = schema_walk.label(piece) or text(*[split(pointer)[-1]] * 2)
        label = (
            own
            if above is None
            else {language: f"{say(above, language)} · {say(own, language)}" for language in LANGUAGES}
        )
        value = resolve(self.document.spec, pointer)
        if piece.get("x-text"):
            return
        if piece.get("type") == "object":
            taken = piece.get("maxProperties") == 1 and value is not MISSING
            for name, below in () if taken else piece.get("properties", {}).items():
                yield from self._missing(f"{pointer}/{name}", below, label)
        elif value is MISSING and not _nested_list(piece, self.kind.schema):
            yield self.cell(pointer, label)


def _any_plain(piece: Piece) -> bool:
    """Whether a place holds numbers, or plain values of several types, which are read as YAML reads them."""
    types = piece.get("type")
    return types in ("number", "integer") or (not isinstance(types, str) and types is not None and "number" in types)


def _collection(value: Any) -> bool:
    return isinstance(value, Mapping) or is_list(value)


def _nested_list(piece: Piece, root: Piece) -> bool:
    items = schema_walk.follow(piece.get("items", {}), root)
    return piece.get("type") == "array" and ("properties" in items or items.get("x-text", False))


def _listed(values: Any, options: Mapping[str, Text] | None) -> Text:
    """Plain values of a list, by their names where they have any."""
    named = [(options or {}).get(written(value)) or text(written(value), written(value)) for value in values]
    return text(", ".join(name["en"] for name in named), "、".join(name["zh"] for name in named))


def _kind(
    value: Any, piece: Piece, target: str | None, options: Mapping[str, Text] | None, items: Piece = schema_walk.NOTHING
) -> str:
    plural = is_list(value) or piece.get("type") == "array"
    if target is not None:
        return "references" if plural else "reference"
    if piece.get("x-text"):
        return "texts"
    if plural:
        return "choices" if options else "values" if _any_plain(items) else "words"
    if piece.get("x-expression"):
        return "expression"
    if "enum" in piece or any("enum" in branch for branch in piece.get("anyOf", ())):
        return "choice"
    if piece.get("type") == "boolean":
        return "yes_no"
    if piece.get("type") in ("number", "integer"):
        return str(piece.get("x-display", "number"))
    if piece.get("format") == "date":
        return "date"
    if _any_plain(piece):
        return "value"
    return "fixed" if piece.get("type") not in ("string", None, ["string", "number"]) and value is None else "text"
