"""The units of a company as flows see them: what is above and below, which branch, which department, who heads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from loanloom.metadata.registry import Registry, kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A branch or department. `head` is the position whose holder heads it; `regions` and `products` are what it looks
    after where work is handed out by them."""

    key: str
    type: str = "department"
    parent: str | None = None
    head: str | None = None
    regions: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Organisation:
    """All units by key."""

    units: Mapping[str, Unit] = field(default_factory=dict)

    def upwards(self, unit: str | None) -> Iterator[Unit]:
        """A unit and those above it, nearest first; nothing for one that nobody knows."""
        seen: set[str] = set()
        while unit is not None and unit in self.units and unit not in seen:
            seen.add(unit)
            yield self.units[unit]
            unit = self.units[unit].parent

    def branch_of(self, unit: str | None) -> str | None:
        """The nearest branch (or the company) at or above; the unit itself where it is not known."""
        return next((one.key for one in self.upwards(unit) if one.type in ("branch", "company")), unit)

    def within(self, unit: str | None, top: str | None) -> bool:
        """Whether a unit is `top` or below it."""
        return top is not None and (unit == top or any(one.key == top for one in self.upwards(unit)))

    def over(self, unit: str | None, case: str | None) -> bool:
        """Whether people of a unit belong to the branch of the case, or to one above it: head office and the like."""
        branch = self.branch_of(unit)
        return branch is not None and any(one.key == branch for one in self.upwards(self.branch_of(case)))

    def headed(self, unit: str | None) -> Unit | None:
        """The nearest unit at or above that says who heads it."""
        return next((one for one in self.upwards(unit) if one.head is not None), None)


@kept
def organisation(registry: Registry) -> Organisation:
    """The units that the live documents name."""
    found = (raw for document in registry.all("organisation") for raw in document.spec.get("units", ()))
    return Organisation({str(raw["key"]): _unit(raw) for raw in found})


def _unit(raw: Mapping[str, Any]) -> Unit:
    return Unit(
        key=str(raw["key"]),
        type=str(raw.get("type", "department")),
        parent=raw.get("parent"),
        head=raw.get("head"),
        regions=frozenset(raw.get("regions", ())),
        products=frozenset(raw.get("products", ())),
    )
