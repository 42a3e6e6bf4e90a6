"""Where everything stands: the layout of the pages, from left to right, in the sizes that other modellers draw."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isqrt

from loanloom.engines.flows.bpmn.drawing import Arrow, Drawing, Element
from loanloom.engines.flows.layout import Box, Laid, Line, Placed, laid_out

Point = tuple[int, int]
Area = tuple[int, int, int, int]
"""Left, top, width, height."""
TASK, GATEWAY, EVENT = (120, 80), (50, 50), (36, 36)
LINE = 14
"""The height of a line of words."""


@dataclass(frozen=True, slots=True)
class Placing:
    """The area of each element and the points of each arrow, with those of their words."""

    shapes: dict[str, Area]
    edges: dict[str, tuple[Point, ...]]
    labels: dict[str, Area]


def placed(drawing: Drawing) -> Placing:
    """Place a drawing. Events on the edge of a step stand on its lower side."""
    boxes = tuple(Box(one.id, *size(one)) for one in _boxes(drawing))
    arrows = list(drawing.arrows.values())
    laid = laid_out(boxes, tuple(_line(one, drawing) for one in arrows), across=True)
    shapes = {key: _area(place) for key, place in laid.boxes.items()}
    for host in laid.boxes:
        left, top, _, height = shapes[host]
        for number, one in enumerate(drawing.attached_to(host)):
            shapes[one.id] = (left + 12 + 44 * number, top + height - EVENT[1] // 2, *EVENT)
    edges = {
        arrow.id: tuple(_docked(arrow, way.points, drawing, shapes))
        for arrow, way in zip(arrows, laid.lines, strict=True)
    }
    return Placing(shapes, edges, _labels(drawing, arrows, laid, shapes))


def size(element: Element) -> tuple[int, int]:
    """Width and height as other modellers draw it."""
    if element.kind.endswith("Event"):
        return EVENT
    return GATEWAY if element.kind.endswith("Gateway") else TASK


def _boxes(drawing: Drawing) -> Iterator[Element]:
    """Those that have a place of their own, the start first."""
    free = [one for one in drawing.elements.values() if one.attached is None]
    yield from sorted(free, key=lambda one: one.kind != "startEvent")


def _line(arrow: Arrow, drawing: Drawing) -> Line:
    source = drawing.elements[arrow.source]
    width = _width(arrow.name)
    return Line(source.attached or arrow.source, arrow.target, width, LINE if width else 0, arrow.side)


def _width(words: str) -> int:
    """About how wide a line of words is."""
    return min(sum(6 if ord(one) < 0x2000 else 12 for one in words), 240)


def _area(place: Placed) -> Area:
    return place.x - place.width // 2, place.y - place.height // 2, place.width, place.height


def _docked(arrow: Arrow, points: tuple[Point, ...], drawing: Drawing, shapes: dict[str, Area]) -> list[Point]:
    """The way from outline to outline: events are round, gateways stand on a corner."""
    way = list(points)
    source, target = drawing.elements[arrow.source], drawing.elements[arrow.target]
    if source.attached is not None:
        way = _from_below(way, shapes[source.id])
    else:
        way[0] = _on_outline(way[0], source, shapes[source.id])
    way[-1] = _on_outline(way[-1], target, shapes[target.id])
    return way


def _from_below(way: list[Point], area: Area) -> list[Point]:
    """A way that begins at the foot of an event on the edge of a step instead of at the step."""
    foot, bottom = area[0] + area[2] // 2, area[1] + area[3]
    bend = way[1][0] if len(way) > 2 else (way[0][0] + way[-1][0]) // 2
    return [(foot, bottom), (foot, bottom + 12), (bend, bottom + 12), *((bend, y) for _, y in way[-1:]), *way[-1:]]


def _on_outline(point: Point, element: Element, area: Area) -> Point:
    x, y = point
    left, top, width, height = area
    away = y - (top + height // 2)
    middle, half = left + width // 2, width // 2
    if element.kind.endswith("Gateway"):
        reach = half - abs(away)
    elif element.kind.endswith("Event"):
        reach = isqrt(max(half * half - away * away, 0))
    else:
        return point
    return middle + (reach if x >= middle else -reach), y


def _labels(drawing: Drawing, arrows: list[Arrow], laid: Laid, shapes: dict[str, Area]) -> dict[str, Area]:
    """Words stand beside arrows, and under events and gateways; those of tasks within."""
    found: dict[str, Area] = {}
    for arrow, way in zip(arrows, laid.lines, strict=True):
        if way.label is not None:
            width = _width(arrow.name)
            found[arrow.id] = (way.label[0] - width // 2, way.label[1] - LINE - 2, width, LINE)
    for one in drawing.elements.values():
        if one.name and size(one) != TASK:
            left, top, width, height = shapes[one.id]
            wide = _width(one.name)
            found[one.id] = (left + (width - wide) // 2, top + height + 4, wide, LINE)
    return found
