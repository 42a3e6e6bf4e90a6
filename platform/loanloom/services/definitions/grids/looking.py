"""What is wrong with a grid as it stands, at its cells, lines and columns: gaps, overlaps, lines that never count.

Only the engine of the one definition is asked, which is quick; the full check of everything comes beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from loanloom.engines import decisions, posting, rules
from loanloom.engines.flows.resolving import checks as authorities
from loanloom.engines.forms import code_lists
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem
from loanloom.services.definitions.grids.model import Grid


@dataclass(frozen=True, slots=True)
class Found:
    """Problems by the pointer of a cell, of a line and of a column's head; `whole` are those of no line."""

    cells: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    lines: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    heads: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    whole: tuple[Problem, ...] = ()


def problems_of(document: Document, registry: Registry) -> tuple[Problem, ...]:
    """What the engine of this definition says to it."""
    if document.kind == "ruleset":
        return rules.compile_ruleset(document, registry).problems
    if document.kind == "decision_model":
        found: Iterable[Problem] = decisions.check(registry)
    elif document.kind == "posting_rules":
        found = posting.check(registry)
    elif document.kind == "authority":
        found = authorities.check(registry)
    elif document.kind == "code_list":
        found = code_lists.check(registry)
    else:
        return ()
    file = registry.kinds.require(document.kind).file_of(document.key)
    return tuple(one for one in found if one.file in (file, document.file))


def placed(grid: Grid, problems: Iterable[Problem]) -> Found:
    """Problems at the parts of a grid they belong to."""
    cells = [cell.pointer for cell in grid.cells()]
    lines = [line.pointer for line in grid.lines]
    heads = [column.head for column in grid.columns if column.head]
    by: list[dict[str, tuple[Problem, ...]]] = [{}, {}, {}]
    whole: list[Problem] = []
    for problem in problems:
        pointer = (problem.pointer or "").removeprefix("/spec")
        for places, found in zip((cells, lines, heads), by, strict=True):
            at = max((one for one in places if _at(pointer, one)), key=len, default=None)
            if at is not None:
                found[at] = (*found.get(at, ()), problem)
                break
        else:
            whole.append(problem)
    return Found(by[0], by[1], by[2], tuple(whole))


def _at(pointer: str, place: str) -> bool:
    place = place.removesuffix("/text")
    return pointer == place or pointer.startswith(f"{place}/")
