"""In which order the fields of a form settle, so that one pass is enough; circles are named. Pure, over names and
what they read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    """One thing to settle and the paths it reads; `after` are nodes that come first whatever is read."""

    name: str
    reads: frozenset[str]
    after: frozenset[str] = frozenset()


def touches(read: str, path: str) -> bool:
    """Whether reading `read` sees the value at `path`: the same, a part of it or the record around it."""
    return read == path or read.startswith(path + ".") or path.startswith(read + ".")


def arrange(nodes: Sequence[Node]) -> tuple[list[str], list[list[str]]]:
    """Names in an order in which everything read comes first (else as given), and the circles found."""
    needs = {node.name: _needs(node, nodes) for node in nodes}
    done: list[str] = []
    settled: set[str] = set()
    circles: list[list[str]] = []
    for node in nodes:
        _visit(node.name, needs, done, settled, circles.append)
    return done, circles


def _needs(node: Node, nodes: Iterable[Node]) -> list[str]:
    return [
        other.name
        for other in nodes
        if other.name in node.after or any(touches(read, other.name) for read in node.reads)
    ]


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
