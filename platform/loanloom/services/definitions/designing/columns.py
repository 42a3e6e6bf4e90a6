"""The columns of a repeat group on a form: which of those declared it shows, in which order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from loanloom.metadata import steps
from loanloom.metadata.document import Document
from loanloom.metadata.fields import Field
from loanloom.metadata.registry import Registry
from loanloom.metadata.steps import Step
from loanloom.problems import Problem, Text, text
from loanloom.services.definitions.arranging import GONE
from loanloom.services.definitions.designing import palette
from loanloom.services.errors import Refused


@dataclass(frozen=True, slots=True)
class Column:
    """A column that may be shown: `number` is where it stands, None where it is left out."""

    key: str
    title: Text
    number: int | None
    required: bool | None = None


def declared(document: Document, registry: Registry, at: str) -> tuple[Field, ...]:
    """What the rows of the field at a place may have; nothing where it has no rows."""
    return tuple(one for one in palette.columns(str(document.at(f"{at}/field")), registry) if not one.shape.rows)


def of(document: Document, registry: Registry, at: str) -> tuple[Column, ...]:
    """The columns as they stand, then those left out."""
    known = {one.key: one for one in declared(document, registry, at)}
    chosen = _chosen(document, at, known)
    shown = tuple(
        Column(str(one["field"]), known[one["field"]].title, number, _plain(one.get("required")))
        for number, one in enumerate(chosen)
        if one["field"] in known
    )
    stand = {one.key for one in shown}
    return (*shown, *(Column(key, one.title, None) for key, one in known.items() if key not in stand))


def _chosen(document: Document, at: str, known: dict[str, Field]) -> list[Any]:
    return list(document.at(f"{at}/fields") or ({"field": key} for key in known))


def _plain(value: Any) -> bool | None:
    """Required or not, where it is said plainly; None where an expression says it."""
    return bool(value) if value is None or isinstance(value, bool) else None


def step(document: Document, registry: Registry, at: str, do: str, key: str) -> Step:
    """Show a column, leave it out, move it up or down, ask for it in every row or no longer."""
    known = {one.key: one for one in declared(document, registry, at)}
    if key not in known:
        raise Refused(GONE)
    place, said = f"/spec{at}/fields", document.at(f"{at}/fields")
    spelt = [] if said is not None else [steps.set_values({place: [{"field": one} for one in known]})]
    keys = [str(one["field"]) for one in _chosen(document, at, known)]
    return steps.in_turn(*spelt, _done(place, keys, do, key, document, at))


def _done(place: str, keys: list[str], do: str, key: str, document: Document, at: str) -> Step:
    if do == "show" and key not in keys:
        return steps.add_item(f"{place}/-", {"field": key})
    if key not in keys:
        raise Refused(GONE)
    index = keys.index(key)
    if do == "hide":
        if len(keys) == 1:
            message = text("A table shows at least one column.", "明细表至少显示一列。")
            raise Refused(Problem(code="form.last_column", message=message))
        return steps.remove(f"{place}/{index}")
    if do in ("up", "down"):
        to = min(max(index + (-1 if do == "up" else 1), 0), len(keys) - 1)
        return steps.move_item(f"{place}/{index}", to)
    asked = document.at(f"{at}/fields/{index}/required")
    if do == "require" and asked is not True:
        return steps.set_values({f"{place}/{index}/required": True})
    if do == "free" and asked is not None:
        return steps.remove(f"{place}/{index}/required")
    raise Refused(GONE)
