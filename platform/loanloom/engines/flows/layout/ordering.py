"""The order within layers: vertices go where their neighbours are, sweep after sweep; what crosses least wins."""

from __future__ import annotations

from loanloom.engines.flows.layout.layered import Layered, crossings

SWEEPS = 12


def order(graph: Layered) -> None:
    """Order the layers of a graph in place; ties stay as they were, which is the order of the document."""
    best, least = [list(layer) for layer in graph.layers], _all_crossings(graph)
    for sweep in range(SWEEPS):
        if least == 0:
            break
        _sweep(graph, down=sweep % 2 == 0)
        _swap_neighbours(graph)
        found = _all_crossings(graph)
        if found < least:
            best, least = [list(layer) for layer in graph.layers], found
    graph.layers = best


def _all_crossings(graph: Layered) -> int:
    places = graph.places()
    return sum(crossings(layer, graph.below, places) for layer in graph.layers[:-1])


def _sweep(graph: Layered, *, down: bool) -> None:
    neighbours = graph.above if down else graph.below
    layers = graph.layers[1:] if down else graph.layers[-2::-1]
    places = graph.places()
    for layer in layers:
        wanted = {vertex: _middle([places[other] for other in neighbours[vertex]]) for vertex in layer}
        free = iter(
            sorted((vertex for vertex in layer if wanted[vertex] is not None), key=lambda one: wanted[one] or 0)
        )
        layer[:] = [vertex if wanted[vertex] is None else next(free) for vertex in layer]
        for place, vertex in enumerate(layer):
            places[vertex] = place


def _middle(places: list[int]) -> int | None:
    """Twice the middle of the neighbours' places, whole."""
    if not places:
        return None
    places.sort()
    half = len(places) // 2
    return 2 * places[half] if len(places) % 2 else places[half - 1] + places[half]


def _swap_neighbours(graph: Layered) -> None:
    """Swap vertices next to each other as long as that saves crossings."""
    for layer in graph.layers:
        improved = True
        while improved:
            improved = False
            places = graph.places()
            for at in range(len(layer) - 1):
                one, other = layer[at], layer[at + 1]
                now = _between(graph, one, other, places)
                if now > _between(graph, other, one, places):
                    layer[at], layer[at + 1] = other, one
                    places[one], places[other] = places[other], places[one]
                    improved = True


def _between(graph: Layered, left: int, right: int, places: list[int]) -> int:
    """Crossings of the lines of two vertices when one stands left of the other."""
    return crossings((left, right), graph.above, places) + crossings((left, right), graph.below, places)
