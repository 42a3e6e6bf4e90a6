"""Coordinates across the layers, after Brandes and Köpf (2001): vertices line up with the middle of their neighbours in
four ways (towards each corner); the mean of the two middle ones counts. Long lines stay straight."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from loanloom.engines.flows.layout.layered import Layered

GAP = 26
"""Between boxes of one layer."""
LINE_GAP = 18
"""Beside a bend of a line."""

Layers = list[list[int]]
Conflicts = set[tuple[int, int]]


def centres(graph: Layered) -> list[int]:
    """The middle of each vertex across the layers, from 0 up."""
    conflicts = _conflicts(graph)
    found = []
    for upwards in (False, True):
        for rightwards in (False, True):
            layers = graph.layers[::-1] if upwards else graph.layers
            neighbours = graph.led_below if upwards else graph.led_above
            if rightwards:
                layers = [layer[::-1] for layer in layers]
            root, align = _aligned(layers, neighbours, conflicts)
            xs = _compacted(graph, layers, root, align)
            found.append([-x for x in xs] if rightwards else xs)
    _line_up(graph, found)
    middle = [sorted(xs[vertex] for xs in found) for vertex in range(len(graph.above))]
    merged = [(each[1] + each[2]) // 2 for each in middle]
    least = min((x - graph.across[vertex] // 2 for vertex, x in enumerate(merged)), default=0)
    return [x - least for x in merged]


def _conflicts(graph: Layered) -> Conflicts:
    """Short lines that cross the inside of long ones: they give way."""
    found: Conflicts = set()
    places = graph.places()
    for upper in graph.layers[:-1]:
        inner = [(places[one], places[two]) for one in upper for two in graph.below[one] if _inside(graph, one, two)]
        if not inner:
            continue
        for one in upper:
            for two in graph.below[one]:
                if _inside(graph, one, two):
                    continue
                a, b = places[one], places[two]
                if any((a < c) != (b < d) and a != c and b != d for c, d in inner):
                    found.add((one, two))
                    found.add((two, one))
    return found


def _inside(graph: Layered, one: int, two: int) -> bool:
    return graph.bend(one) and graph.bend(two)


def _aligned(layers: Layers, neighbours: Sequence[Sequence[int]], conflicts: Conflicts) -> tuple[list[int], list[int]]:
    """Blocks of vertices that stand in one line: the root of each, and the next one in its block."""
    root, align = list(range(len(neighbours))), list(range(len(neighbours)))
    place = {vertex: at for layer in layers for at, vertex in enumerate(layer)}
    for layer in layers:
        taken = -1
        for vertex in layer:
            around = sorted(neighbours[vertex], key=lambda one: place[one])
            if not around:
                continue
            for at in dict.fromkeys(((len(around) - 1) // 2, len(around) // 2)):
                other = around[at]
                if align[vertex] == vertex and taken < place[other] and (vertex, other) not in conflicts:
                    align[other] = vertex
                    align[vertex] = root[vertex] = root[other]
                    taken = place[other]
    return root, align


def _compacted(graph: Layered, layers: Layers, root: list[int], align: list[int]) -> list[int]:
    """Every block as far to the left as its neighbours let it, then pulled towards those on its right."""
    after: dict[int, dict[int, int]] = {}
    before: dict[int, dict[int, int]] = {}
    for layer in layers:
        for left, right in pairwise(layer):
            one, two, apart = root[left], root[right], _apart(graph, left, right)
            after.setdefault(one, {})[two] = max(apart, after.get(one, {}).get(two, 0))
            before.setdefault(two, {})[one] = max(apart, before.get(two, {}).get(one, 0))
    xs: dict[int, int] = {}
    _visit(set(root), before, lambda block: _set(xs, block, before))
    _visit(set(root), after, lambda block: _pull(xs, block, after, before))
    return [xs[root[vertex]] for vertex in range(len(root))]


def _set(xs: dict[int, int], block: int, before: dict[int, dict[int, int]]) -> None:
    xs[block] = max((xs[other] + apart for other, apart in before.get(block, {}).items()), default=0)


def _pull(xs: dict[int, int], block: int, after: dict[int, dict[int, int]], before: dict[int, dict[int, int]]) -> None:
    rightmost = min((xs[other] - apart for other, apart in after.get(block, {}).items()), default=None)
    if rightmost is not None and rightmost > xs[block]:
        xs[block] = rightmost


def _visit(blocks: set[int], needs: dict[int, dict[int, int]], act: Callable[[int], None]) -> None:
    """Each block after those it needs."""
    done: set[int] = set()
    for first in sorted(blocks):
        waiting = [first]
        while waiting:
            block = waiting[-1]
            if block in done:
                waiting.pop()
                continue
            missing = [other for other in needs.get(block, {}) if other not in done]
            if missing:
                waiting.extend(missing)
                continue
            act(block)
            done.add(block)
            waiting.pop()


def _apart(graph: Layered, left: int, right: int) -> int:
    gap = LINE_GAP if graph.bend(left) or graph.bend(right) else GAP
    return (graph.across[left] + graph.across[right] + 1) // 2 + gap


def _line_up(graph: Layered, found: list[list[int]]) -> None:
    """Shift the four so that they begin (or end) where the narrowest does."""
    halves = [width // 2 for width in graph.across]

    def edges(xs: list[int]) -> tuple[int, int]:
        return (
            min((x - half for x, half in zip(xs, halves, strict=True)), default=0),
            max((x + half for x, half in zip(xs, halves, strict=True)), default=0),
        )

    left, right = min((edges(xs) for xs in found), key=lambda pair: pair[1] - pair[0])
    for number, xs in enumerate(found):
        rightwards = number % 2 == 1
        shift = right - edges(xs)[1] if rightwards else left - edges(xs)[0]
        found[number] = [x + shift for x in xs]
