"""The kinds of changes: every command of the core that has words, with its parameters. Made from the dataclasses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from loanloom.core.lending.decisions import COMMANDS, Command
from loanloom.core.lending.history import Undo
from loanloom.problems import text
from loanloom.services.errors import NotFound
from loanloom.services.money.changes import draws
from loanloom.services.money.changes.parameters import Field, fields_of
from loanloom.services.money.changes.words import KINDS, KindWords


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of change: its key, its words, the command it becomes, the parameters it takes."""

    key: str
    words: KindWords
    command: type[Command]
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field | None:
        """A parameter by name."""
        return next((one for one in self.fields if one.name == name), None)


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind of change by key, in the order of the buttons."""
    commands = {**COMMANDS, "undo": Undo}
    return {
        key: Kind(key, words, commands[key], _fields(key, commands[key]))
        for key, words in KINDS.items()
        if key in commands
    }  # fmt: skip


def _fields(key: str, command: type[Command]) -> tuple[Field, ...]:
    """The command's parameters, and what the house asks beside them."""
    return fields_of(command) + (fields_of(draws.Extra) if key == draws.KIND else ())


def kind_of(key: str) -> Kind:
    """A kind of change; NotFound for one that does not exist."""
    found = kinds().get(key)
    if found is None:
        raise NotFound(text("kind of change", "变更类型"))
    return found


def described(kind: Kind) -> dict[str, Any]:
    """A kind as JSON: its words and the schema of its parameters."""
    return {
        "kind": kind.key,
        "title": kind.words.title,
        "about": kind.words.about,
        "group": kind.words.group,
        "parameters": [_described(field) for field in kind.fields],
    }


def _described(field: Field) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": field.name,
        "title": field.title,
        "type": field.type,
        "required": field.required,
    }
    if field.options:
        made["options"] = [{"key": key, "title": title} for key, title in field.options]
    if field.fields:
        made["fields"] = [_described(one) for one in field.fields]
    return made
