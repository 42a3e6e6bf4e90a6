"""The graph in layers that the phases hand on: vertices are numbers, first those of boxes, then bends and labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Layered:
    """Vertices by layer, in their order. `above` and `below` are neighbours in the layers next to one's own; `across`
    and `along` the extent of a vertex across the layers' direction and along it. `chains` are the vertices that each
    line passes, downwards; `reversed` the lines that lead up."""

    boxes: int
    layers: list[list[int]] = field(default_factory=list)
    above: list[list[int]] = field(default_factory=list)
    below: list[list[int]] = field(default_factory=list)
    led_above: list[list[int]] = field(default_factory=list)
    led_below: list[list[int]] = field(default_factory=list)
    """The neighbours with which a vertex may line up: lines that lead back or aside do not pull boxes out of line."""
    across: list[int] = field(default_factory=list)
    along: list[int] = field(default_factory=list)
    chains: list[list[int]] = field(default_factory=list)
    reversed: frozenset[int] = frozenset()
    labels: dict[int, int] = field(default_factory=dict)
    """The vertex that keeps room for a line's label, by line."""

    def bend(self, vertex: int) -> bool:
        """Whether a vertex is only a bend of a line (or the place of its label)."""
        return vertex >= self.boxes

    def places(self) -> list[int]:
        """The place of each vertex in its layer."""
        found = [0] * len(self.above)
        for layer in self.layers:
            for place, vertex in enumerate(layer):
                found[vertex] = place
        return found


def crossings(order: Sequence[int], neighbours: Sequence[Sequence[int]], places: Sequence[int]) -> int:
    """How often the lines between a layer in this order and the layer of its neighbours cross."""
    seen: list[int] = []
    count = 0
    for vertex in order:
        ends = sorted(places[other] for other in neighbours[vertex])
        for end in ends:
            count += sum(1 for before in seen if before > end)
        seen.extend(ends)
    return count
