"""The papers an application needs, by its product's materials list: which, whether required, which are there.
Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from loanloom import feel
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, Text, text
from loanloom.services.definitions import compiled as engines
from loanloom.services.origination import uploads
from loanloom.services.origination.uploads import Upload


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """One item of the list for one application."""

    key: str
    title: Text
    hint: Text | None
    required: bool
    accept: tuple[str, ...]
    max_size_mb: int
    files: tuple[Upload, ...]


def listing(
    connection: Connection,
    registry: Registry,
    application: Row[Any],
    known: Mapping[str, Any],
    by: int | None = None,
) -> list[Material]:
    """The materials of an application, with the files handed in for each; `by`: with those of one person only."""
    key = registry.require("product", application.product_key).spec.get("materials")
    document = registry.get("materials", key) if key else None
    if document is None:
        return []
    files = uploads.listing(connection, ("application", application.id), by)
    return [
        Material(
            key=item["key"],
            title=item["title"],
            hint=item.get("hint"),
            required=_required(registry, item["required"], known),
            accept=tuple(item["accept"]),
            max_size_mb=int(item["max_size_mb"]),
            files=tuple(one for one in files if one.material == item["key"]),
        )
        for item in document.spec["items"]
    ]


def missing(
    connection: Connection, registry: Registry, application: Row[Any], known: Mapping[str, Any]
) -> list[Problem]:
    """A problem for every required item without a file."""
    return [
        Problem(
            code="application.material_missing",
            message=text(f"Add “{one.title.get('en', one.key)}”.", f"请上传“{one.title.get('zh', one.key)}”。"),
            field=f"material.{one.key}",
        )
        for one in listing(connection, registry, application, known)
        if one.required and not one.files
    ]


def _required(registry: Registry, rule: bool | str, known: Mapping[str, Any]) -> bool:
    if isinstance(rule, bool):
        return rule
    program = engines.condition(registry, rule)
    try:
        return program is not None and program(known) is True
    except feel.EvaluationError:
        return False
