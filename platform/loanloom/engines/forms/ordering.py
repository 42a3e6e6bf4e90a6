"""In which order the fields of a form settle, so that one pass is enough; circles are named. Pure, over names and
what they read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    """One thing to settle and the paths it reads; `after` are nodes that come first whatever is read."""

    name: str
    reads: frozenset[str]
    after: frozenset[str] = frozenset()


class Touched:
    """Which of many paths are seen by reading one: the same, a part of it or the record around it."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._within: dict[str, list[str]] = {}
        self._paths = frozenset(paths)
        for path in self._paths:
            for around in _around(path):
                self._within.setdefault(around, []).append(path)

    def by(self, reads: Iterable[str]) -> set[str]:
        """The paths that these see."""
        found: set[str] = set()
        for read in reads:
            found.update(self._within.get(read, ()), self._paths.intersection(_around(read)))
        return found


def _around(path: str) -> Iterator[str]:
    """A path and everything that it is a part of."""
    yield path
    at = path.rfind(".")
    while at > 0:
        yield path[:at]
        at = path.rfind(".", 0, at)


def arrange(nodes: Sequence[Node]) -> tuple[list[str], list[list[str]]]:
    """Names in an order in which everything read comes first (else as given), and the circles found."""
    place = {node.name: at for at, node in enumerate(nodes)}
    touched = Touched(place)
    needs = {
        node.name: sorted(touched.by(node.reads) | node.after & place.keys(), key=place.__getitem__) for node in nodes
    }
    done: list[str] = []
    settled: set[str] = set()
    circles: list[list[str]] = []
    for node in nodes:
        _visit(node.name, needs, done, settled, circles.append)
    return done, circles


def _visit(
    start: str,
    needs: Mapping[str, list[str]],
    done: list[str],
    settled: set[str],
    report: Callable[[list[str]], None],
) -> None:
    """Depth first without recursion; a name met again on its own path is a circle."""
    path: list[str] = []
    todo: list[tuple[str, bool]] = [(start, False)]
    while todo:
        name, leaving = todo.pop()
        if leaving:
            path.pop()
            if name not in settled:
                settled.add(name)
                done.append(name)
            continue
        if name in settled:
            continue
        if name in path:
            report([*path[path.index(name) :], name])
            continue
        path.append(name)
        todo.append((name, True))
        todo.extend((need, False) for need in reversed(needs[name]))
