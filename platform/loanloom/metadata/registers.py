"""Registers: entities whose records are kept, listed and found by themselves, such as prospects or bank accounts.

An entity document says so by `register`. Everything else about such records (lists, forms, rights, imports) follows
from it and from the declared fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from loanloom.metadata.document import Document
from loanloom.metadata.fields import Field
from loanloom.metadata.registry import Registry, kept
from loanloom.problems import Text

About = Literal["customer", "party"]
RIGHTS = ("read", "write")


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidTo:
    """The records are accounts that borrowers pay to: those that `shown` says yes of, told by these fields."""

    shown: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The records of one entity. `title` names the list, `label` one record; fields are named by their keys."""

    key: str
    title: Text
    label: Text
    name: str
    fields: tuple[Field, ...]
    about: About | None = None
    required: frozenset[str] = frozenset()
    similar: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    numbering: str | None = None
    shared: bool = False
    becomes_customer: tuple[str, ...] = ()
    """The fields that a customer's form begins with, where a record may become a customer."""
    icon: str = "file-text"
    paid_to: PaidTo | None = None

    @property
    def indexed(self) -> tuple[Field, ...]:
        """The fields that records are found by."""
        return tuple(one for one in self.fields if one.indexed or one.unique)

    def right(self, what: str) -> str:
        """The function that somebody needs to `read` or to `write`."""
        return right(self.key, what)

    @property
    def prefix(self) -> str:
        """What numbers begin with where no numbering is named: bank_account -> BA."""
        return "".join(word[0] for word in self.key.split("_") if word).upper()


def right(entity: str, what: str) -> str:
    """The function to `read` or to `write` the records of an entity."""
    return f"record.{entity}.{what}"


def granted(role: Mapping[str, Any]) -> Iterator[str]:
    """The functions that a role document gives over records; who may change may see."""
    for one in role.get("records", ()):
        for what in RIGHTS[: RIGHTS.index(one["may"]) + 1]:
            yield right(str(one["entity"]), what)


@kept
def registers(registry: Registry) -> Mapping[str, Register]:
    """Every register of the company, by entity."""
    return {one.key: _read(one, registry) for one in registry.all("entity") if "register" in one.spec}


def register_of(registry: Registry, entity: str) -> Register | None:
    """The register of an entity; None where it keeps no records of its own."""
    return registers(registry).get(entity)


def about(registry: Registry, owner: About) -> tuple[Register, ...]:
    """The registers whose records belong to a customer or to a partner."""
    return tuple(one for one in registers(registry).values() if one.about == owner)


def _read(document: Document, registry: Registry) -> Register:
    said: Mapping[str, Any] = document.spec["register"]
    paid_to = said.get("paid_to")
    return Register(
        key=document.key,
        title=document.title,
        label=document.spec.get("label", document.title),
        name=said["name"],
        fields=registry.entity_fields(document.key),
        about=said.get("about"),
        required=frozenset((said["name"], *said.get("required", ()))),
        similar=tuple(said.get("similar", ())),
        columns=tuple(said.get("columns", ())),
        numbering=said.get("numbering"),
        shared=bool(said.get("shared", False)),
        becomes_customer=tuple(said.get("becomes_customer", ())),
        icon=said.get("icon", "file-text"),
        paid_to=PaidTo(shown=paid_to["shown"], fields=tuple(paid_to["fields"])) if paid_to else None,
    )
