"""What roles allow, read from their documents: functions together, the widest scope, which roles hold a function."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from loanloom.metadata import registers
from loanloom.metadata.registry import Registry
from loanloom.services.context import DataScope

WIDEST_FIRST: tuple[DataScope, ...] = ("all", "branch", "department", "own")


def roles_with(registry: Registry, function: str) -> list[str]:
    """The roles that hold a function."""
    return [role.key for role in registry.all("role") if function in functions_of(role.spec)]


def functions_of(role: Mapping[str, Any]) -> frozenset[str]:
    """The functions that a role document gives, those over records included."""
    return frozenset((*role.get("functions", ()), *registers.granted(role)))


def rights_of(roles: Iterable[str], registry: Registry) -> tuple[frozenset[str], DataScope]:
    """The functions that roles hold together, and the widest of their scopes."""
    functions: set[str] = set()
    scope: DataScope = "own"
    for key in roles:
        document = registry.get("role", key)
        if document is None:
            continue
        functions.update(functions_of(document.spec))
        wider = document.spec.get("data_scope", "own")
        if WIDEST_FIRST.index(wider) < WIDEST_FIRST.index(scope):
            scope = wider
    return frozenset(functions), scope
