"""A form as one sees it while designing: its sections with their fields, each with its rules read as sentences and what
is wrong with it. Made from the document alone, so that a form that cannot be compiled yet is drawn too. Reads only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from loanloom.engines import expressions
from loanloom.engines.forms.compile import compile_form
from loanloom.engines.forms.fields import entity_title, field_at
from loanloom.engines.forms.model import ROW_ENTITIES
from loanloom.engines.forms.types import known
from loanloom.feel.help.rows import rows_of, sentence
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, Text, text
from loanloom.services.definitions.designing.palette import columns, type_names

Rule = bool | Text | None
"""A rule as it reads: yes, no, a sentence; None where nothing is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One field as it stands in the form."""

    pointer: str
    path: str
    title: Text
    type: Text
    required: Rule = None
    visible: Rule = None
    read_only: Rule = None
    computed: Text | None = None
    checked: bool = False
    wide: bool = False
    columns: tuple[Text, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A section: a step or a tab where the form is laid out so."""

    pointer: str
    key: str
    title: Text
    hint: Text | None
    columns: int
    visible: Rule
    tiles: tuple[Tile, ...]
    problems: tuple[Problem, ...] = ()

    def told(self) -> tuple[Problem, ...]:
        """What is wrong with it and with its fields."""
        return (*self.problems, *(problem for tile in self.tiles for problem in tile.problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """The whole form; `problems` are those that belong to no field and no section."""

    layout: str
    record: Text
    parts: tuple[Part, ...]
    problems: tuple[Problem, ...] = ()

    def part(self, pointer: str | None) -> Part | None:
        """The section at a place."""
        return next((one for one in self.parts if one.pointer == pointer), None)

    def tile(self, pointer: str | None) -> Tile | None:
        """The field at a place."""
        return next((tile for part in self.parts for tile in part.tiles if tile.pointer == pointer), None)


def canvas(document: Document, registry: Registry) -> Canvas:
    """The form as it stands."""
    found = compile_form(document, registry).problems
    drawing = _Drawing(document, registry, found, _labels(document, registry), type_names(registry))
    parts = tuple(drawing.part(at, one) for at, one in enumerate(document.spec["sections"]))
    shown = [problem for part in parts for problem in part.told()]
    return Canvas(
        layout=str(document.spec.get("layout", "sections")),
        record=entity_title(registry, str(document.spec["record"])),
        parts=parts,
        problems=tuple(one for one in found if one not in shown),
    )


def _labels(document: Document, registry: Registry) -> Mapping[str, Text]:
    place = expressions.place(document, "/sections/0/visible", registry)
    return place.labels if place is not None else {}


@dataclass(frozen=True, slots=True)
class _Drawing:
    document: Document
    registry: Registry
    found: tuple[Problem, ...]
    labels: Mapping[str, Text]
    types: Mapping[str, Text]

    def part(self, at: int, spec: Mapping[str, Any]) -> Part:
        pointer = f"/sections/{at}"
        return Part(
            pointer=pointer,
            key=spec["key"],
            title=spec["title"],
            hint=spec.get("hint"),
            columns=int(spec.get("columns", 2)),
            visible=self.rule(spec.get("visible")),
            tiles=tuple(self.tile(f"{pointer}/fields/{number}", one) for number, one in enumerate(spec["fields"])),
            problems=self.at((f"{pointer}/visible", f"{pointer}/key", f"{pointer}/title"), (f"{pointer}/fields",)),
        )

    def tile(self, pointer: str, spec: Mapping[str, Any]) -> Tile:
        path = str(spec["field"])
        declared = None if path in ROW_ENTITIES else field_at(self.registry, path)
        rows = path in ROW_ENTITIES or (declared is not None and declared.shape.rows)
        behaviour = known(self.registry).get(declared.type) if declared is not None else None
        kind = text("rows", "明细") if declared is None else self.types.get(declared.type, text("", ""))
        title = declared.title if declared is not None else text(path, path)
        return Tile(
            pointer=pointer,
            path=path,
            title=entity_title(self.registry, ROW_ENTITIES[path]) if path in ROW_ENTITIES else title,
            type=kind if rows or declared is not None else text("unknown", "未知字段"),
            required=self.rule(spec.get("required")),
            visible=self.rule(spec.get("visible")),
            read_only=self.rule(spec.get("read_only")),
            computed=self.words(spec["computed"]) if "computed" in spec else None,
            checked="check" in spec,
            wide=spec["width"] == "row" if "width" in spec else rows or bool(behaviour and behaviour.wide),
            columns=self.columns(path, spec) if rows else (),
            problems=self.at((pointer,), ()),
        )

    def columns(self, path: str, spec: Mapping[str, Any]) -> tuple[Text, ...]:
        titles = {one.key: one.title for one in columns(path, self.registry)}
        chosen = [str(one["field"]) for one in spec.get("fields", ())] or list(titles)
        return tuple(titles.get(key, text(key, key)) for key in chosen)

    def rule(self, value: Any) -> Rule:
        return value if value is None or isinstance(value, bool) else self.words(value)

    def words(self, source: Any) -> Text:
        """A condition as a sentence; what is more than lines as it stands."""
        rows = rows_of(str(source))
        return sentence(rows, self.labels) if rows is not None and rows.rows else text(str(source), str(source))

    def at(self, below: Iterable[str], exactly: Iterable[str]) -> tuple[Problem, ...]:
        wanted, same = tuple(f"/spec{one}" for one in below), {f"/spec{one}" for one in exactly}
        return tuple(
            one for one in self.found
            if one.pointer in same or any(one.pointer == each or (one.pointer or "").startswith(f"{each}/")
                                          for each in wanted)
        )  # fmt: skip
