"""Layers: circles are broken where a way leads back, every line leads down as far as it needs, lines are short."""

from __future__ import annotations

from collections.abc import Sequence

Ends = Sequence[tuple[int, int]]


def leading_up(count: int, ends: Ends, side: Sequence[bool]) -> frozenset[int]:
    """The lines that lead back: those that close a circle on the way from the first vertex on. Lines of the side (a
    return, a jump) yield to the others, whatever their order."""
    order = _downwards(count, ends, side)
    place = {vertex: at for at, vertex in enumerate(order)}
    up = {at for at, (source, target) in enumerate(ends) if not side[at] and place[target] < place[source]}
    out: list[list[int]] = [[] for _ in range(count)]
    for at, (source, target) in enumerate(ends):
        if not side[at]:
            out[target if at in up else source].append(source if at in up else target)
    for at, (source, target) in enumerate(ends):
        if side[at] and source != target:
            if _reaches(out, target, source):
                up.add(at)
            out[target if at in up else source].append(source if at in up else target)
    return frozenset(up)


def _reaches(out: list[list[int]], source: int, target: int) -> bool:
    seen, waiting = {source}, [source]
    while waiting:
        vertex = waiting.pop()
        if vertex == target:
            return True
        fresh = [other for other in out[vertex] if other not in seen]
        seen.update(fresh)
        waiting.extend(fresh)
    return False


def _downwards(count: int, ends: Ends, side: Sequence[bool]) -> list[int]:
    """All vertices so that the lines that are not of the side lead forward, but for those that close circles."""
    out: list[list[int]] = [[] for _ in range(count)]
    for (source, target), aside in zip(ends, side, strict=True):
        if not aside and source != target:
            out[source].append(target)
    finished: list[int] = []
    seen = [False] * count
    for root in range(count):
        if seen[root]:
            continue
        seen[root] = True
        path = [(root, iter(reversed(out[root])))]
        while path:
            vertex, ways = path[-1]
            for target in ways:
                if not seen[target]:
                    seen[target] = True
                    path.append((target, iter(reversed(out[target]))))
                    break
            else:
                finished.append(vertex)
                path.pop()
    return finished[::-1]


def ranked(count: int, ends: Ends, lengths: Sequence[int]) -> list[int]:
    """The layer of each vertex; `ends` lead down without circles, each at least its length. What no line touches, such
    as an end that only decisions lead to, stands at the bottom."""
    out: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    into: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    for (source, target), length in zip(ends, lengths, strict=True):
        if source != target:
            out[source].append((target, length))
            into[target].append((source, length))
    order = _downwards(count, ends, [False] * len(ends))
    ranks = [0] * count
    for vertex in order:
        for target, length in out[vertex]:
            ranks[target] = max(ranks[target], ranks[vertex] + length)
    _shorten(order, out, into, ranks)
    deepest = max(ranks, default=0)
    ranks = [rank if out[vertex] or into[vertex] else deepest for vertex, rank in enumerate(ranks)]
    lowest = min(ranks, default=0)
    return [rank - lowest for rank in ranks]


def _shorten(
    order: list[int], out: list[list[tuple[int, int]]], into: list[list[tuple[int, int]]], ranks: list[int]
) -> None:
    """Move down what has more ways out than in: lines get shorter, none turns round."""
    for _ in range(4):
        moved = False
        for vertex in reversed(order):
            if not out[vertex] or len(out[vertex]) <= len(into[vertex]):
                continue
            lowest = min(ranks[target] - length for target, length in out[vertex])
            if lowest > ranks[vertex]:
                ranks[vertex], moved = lowest, True
        if not moved:
            return
