"""A model made ready for other tools: every element gets an id, every reference leads to one, and there is a drawing.

What is there already stays as it is. Values only.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from loanloom.xml_tree import Xml

from .elements import Element
from .model import (
    AuthorityRequirement,
    Decision,
    Definitions,
    Drg,
    InformationRequirement,
    InputData,
    KnowledgeRequirement,
    KnowledgeSource,
)
from .namespaces import DIAGRAMS, DRAWING, INTERCHANGE
from .plain_names import OWN

_WIDE, _HIGH, _ACROSS, _DOWN = 180, 80, 220, 160
_REQUIREMENTS = (InformationRequirement, KnowledgeRequirement, AuthorityRequirement)


def handed_over(definitions: Definitions) -> Definitions:
    """The model with ids everywhere and, where it has none, a drawing of its requirements."""
    prefixes = tuple(sorted({"loanloom": OWN, **dict(definitions.prefixes)}.items()))
    whole = with_ids(dataclasses.replace(definitions, prefixes=prefixes))
    return whole if whole.diagrams else dataclasses.replace(whole, diagrams=(drawing(whole),))


def with_ids(definitions: Definitions) -> Definitions:
    """Every element with an id; references by name become references by id."""
    used = {one.id for one in _all(definitions) if one.id}
    numbers = (f"_{number}" for number in range(1, 10**9) if f"_{number}" not in used)
    named: dict[str, str] = {}
    elements = []
    for one in definitions.elements:
        identity = one.id or next(numbers)
        if not one.id:
            named[f"#{one.name}"] = f"#{identity}"
        elements.append(dataclasses.replace(one, id=identity))
    whole = dataclasses.replace(definitions, elements=tuple(elements))
    found = _identified(whole, numbers, named)
    assert isinstance(found, Definitions)
    return found


def _all(value: Any) -> Iterator[Element]:
    if isinstance(value, Element):
        yield value
        for one in dataclasses.fields(value):
            yield from _all(getattr(value, one.name))
    elif isinstance(value, tuple):
        for one in value:
            yield from _all(one)


def _identified(value: Any, numbers: Iterator[str], named: Mapping[str, str]) -> Any:
    if isinstance(value, tuple):
        return tuple(_identified(one, numbers, named) for one in value)
    if isinstance(value, str):
        return named.get(value, value) if value.startswith("#") else value
    if not isinstance(value, Element):
        return value
    changed: dict[str, Any] = {} if value.id else {"id": next(numbers)}
    for one in dataclasses.fields(value):
        before = getattr(value, one.name)
        if one.name in _REFERENCES or not isinstance(before, str):
            after = _identified(before, numbers, named)
            if after is not before:
                changed[one.name] = after
    return dataclasses.replace(value, **changed)


_REFERENCES = frozenset({"decision", "input", "knowledge", "authority"})


def drawing(definitions: Definitions) -> Xml:
    """A plain drawing: inputs and sources at the bottom, each decision above what it requires."""
    level = _levels(definitions)
    rows: dict[int, int] = {}
    boxes: dict[str, tuple[int, int]] = {}
    shapes: list[Xml] = []
    top = max(level.values(), default=0)
    for one in definitions.elements:
        if isinstance(one, Decision | InputData | KnowledgeSource) or hasattr(one, "logic"):
            row = level[one.id or ""]
            column = rows[row] = rows.get(row, -1) + 1
            x, y = 100 + column * _ACROSS, 60 + (top - row) * _DOWN
            boxes[one.id or ""] = (x, y)
            shapes.append(_shape(one, x, y))
    edges = [
        _edge(requirement.id or "", boxes[source], boxes[one.id or ""])
        for one in definitions.elements
        for requirement, source in _needs(one)
        if source in boxes and one.id in boxes
    ]
    diagram = Xml(f"{{{DIAGRAMS}}}DMNDiagram", (("id", "_drawing"),), (*shapes, *edges))
    return Xml(f"{{{DIAGRAMS}}}DMNDI", (), (diagram,))


def _needs(one: Drg) -> list[tuple[Element, str]]:
    """The requirements of an element with the ids of what they mean."""
    found: list[tuple[Element, str]] = []
    for requirement in (one_ for name in _REFERENCE_LISTS for one_ in getattr(one, name, ())):
        hrefs = [str(getattr(requirement, name)) for name in _REFERENCES if getattr(requirement, name, None)]
        found.extend((requirement, href.removeprefix("#")) for href in hrefs[:1])
    return found


_REFERENCE_LISTS = ("information", "knowledge", "authority")


def _levels(definitions: Definitions) -> dict[str, int]:
    """How far each element stands from what is given. A circle ends where it began."""
    needs = {one.id or "": [source for _, source in _needs(one)] for one in definitions.elements}
    level = dict.fromkeys(needs, 0)
    for _ in needs:
        before = dict(level)
        for one, sources in needs.items():
            level[one] = max((level[source] + 1 for source in sources if source in level), default=0)
        if level == before:
            break
        level = {one: min(depth, len(needs)) for one, depth in level.items()}
    return level


def _shape(one: Drg, x: int, y: int) -> Xml:
    bounds = _numbers("Bounds", DRAWING, {"x": x, "y": y, "width": _WIDE, "height": _HIGH})
    return Xml(f"{{{DIAGRAMS}}}DMNShape", (("dmnElementRef", one.id or ""), ("id", f"_shape{one.id}")), (bounds,))


def _edge(identity: str, source: tuple[int, int], target: tuple[int, int]) -> Xml:
    points: Iterable[tuple[int, int]] = (
        (source[0] + _WIDE // 2, source[1]),
        (target[0] + _WIDE // 2, target[1] + _HIGH),
    )
    ways = tuple(_numbers("waypoint", INTERCHANGE, {"x": x, "y": y}) for x, y in points)
    return Xml(f"{{{DIAGRAMS}}}DMNEdge", (("dmnElementRef", identity), ("id", f"_edge{identity}")), ways)


def _numbers(name: str, space: str, values: Mapping[str, int]) -> Xml:
    return Xml(f"{{{space}}}{name}", tuple(sorted((key, str(value)) for key, value in values.items())))
