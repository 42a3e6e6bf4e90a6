"""What a form may ask for: the declared fields of its records, found by name, key or pinyin. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from loanloom.engines.forms.fields import entity_title, records_of
from loanloom.engines.forms.model import ROW_ENTITIES
from loanloom.engines.forms.types import known
from loanloom.metadata import schema_walk
from loanloom.metadata.document import Document
from loanloom.metadata.fields import Field
from loanloom.metadata.registry import Registry
from loanloom.problems import Text, text
from loanloom.services.definitions.catalogue import found_by


@dataclass(frozen=True, slots=True)
class Offered:
    """A field that a form may ask for; `placed` is where it stands in the form already."""

    path: str
    title: Text
    type: Text
    placed: str | None


@dataclass(frozen=True, slots=True)
class Drawer:
    """The fields of one record."""

    record: str
    title: Text
    fields: tuple[Offered, ...]

    @property
    def free(self) -> int:
        """How many of them the form does not ask for yet."""
        return sum(one.placed is None for one in self.fields)


def palette(document: Document, registry: Registry, words: str = "") -> tuple[Drawer, ...]:
    """Every field that a form may name, by record, in the order in which they were declared."""
    about, placed = str(document.spec["record"]), places(document)
    names = type_names(registry)
    found = []
    for record in records_of(about):
        fields = [
            Offered(f"{record}.{one.key}", one.title, names.get(one.type, text(one.type, one.type)),
                    placed.get(f"{record}.{one.key}"))
            for one in registry.entity_fields(record)
        ]  # fmt: skip
        if record == "application":
            rows = text("rows, one for each", "明细，每项一行")
            fields += [Offered(path, entity_title(registry, entity), rows, placed.get(path))
                       for path, entity in ROW_ENTITIES.items()]  # fmt: skip
        fitting = tuple(one for one in fields if _fits(one, words))
        found.append(Drawer(record, entity_title(registry, record), fitting))
    return tuple(drawer for drawer in found if drawer.fields)


def _fits(one: Offered, words: str) -> bool:
    haystack = found_by(one.path, one.title)
    return all(word in haystack for word in words.lower().split())


def places(document: Document) -> Mapping[str, str]:
    """Where each field of a form stands, by its path."""
    return {
        str(one["field"]): f"/sections/{at}/fields/{number}"
        for at, section in enumerate(document.spec["sections"])
        for number, one in enumerate(section["fields"])
    }


def type_names(registry: Registry) -> Mapping[str, Text]:
    """What people call each field type, those of plugins too."""
    schema = registry.kinds.require("entity").schema
    names = dict(schema_walk.choices(schema["$defs"]["field"]["properties"]["type"]))
    return names | {key: one.title for key, one in known(registry).items() if key not in names}


def columns(path: str, registry: Registry) -> Iterator[Field]:
    """The declared columns of a repeat group."""
    record, _, key = path.partition(".")
    if path in ROW_ENTITIES:
        yield from registry.entity_fields(ROW_ENTITIES[path])
        return
    yield from next((one.fields for one in registry.entity_fields(record) if one.key == key), ())
