"""What people call those whom a flow names by key: roles, positions, limits of authority, branches and departments."""

from __future__ import annotations

from loanloom.engines import flows
from loanloom.metadata.registry import Registry
from loanloom.problems import Text


def titles(registry: Registry) -> flows.Titles:
    """The titles of a release, by kind and key."""

    def titled(kind: str, key: str) -> Text | None:
        if kind == "unit":
            return _unit(registry, key)
        document = registry.get(kind, key)
        return document.title if document is not None else None

    return titled


def _unit(registry: Registry, key: str) -> Text | None:
    for document in registry.all("organisation"):
        for unit in document.spec.get("units", ()):
            if unit.get("key") == key:
                title: Text = unit.get("title")
                return title
    return None
