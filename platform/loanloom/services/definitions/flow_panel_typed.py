"""What somebody filled in about a step of a flow, as a step of `metadata.steps`: only what differs is touched."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from loanloom.engines.flows.reading import usual_actions, usual_exclusions
from loanloom.metadata import canonical
from loanloom.metadata.document import Document
from loanloom.metadata.pointers import MISSING, parent, resolve
from loanloom.metadata.registry import Registry
from loanloom.metadata.steps import Step, set_values
from loanloom.problems import LANGUAGES, Problem, text
from loanloom.services.definitions import flow_people
from loanloom.services.definitions.flow_panel import AWAITED, Panel, WayOn, panel
from loanloom.services.definitions.sheet import Cell
from loanloom.services.definitions.typed import parsed
from loanloom.services.errors import Refused

MOST_PEOPLE = 50
Posted = Callable[[str], Sequence[str]]
"""What was posted under a name; nothing where the name was not there."""


@dataclass(slots=True)
class _Filled:
    spec: Mapping[str, Any]
    values: dict[str, Any] = field(default_factory=dict)
    emptied: list[str] = field(default_factory=list)

    def say(self, pointer: str, value: Any) -> None:
        """Let a place say this; MISSING empties it."""
        now = resolve(self.spec, pointer)
        if value is MISSING and now is not MISSING:
            self.emptied.append(pointer)
        elif value is not MISSING and canonical.thaw(now) != canonical.thaw(value):
            self.values[pointer] = value

    def step(self) -> Step | None:
        """The step; None where nothing is different."""
        values = {f"/spec{pointer}": value for pointer, value in self.values.items()}
        return set_values(values, [f"/spec{one}" for one in self._gone()]) if values or self.emptied else None

    def _gone(self) -> list[str]:
        """The places that are emptied: what holds them too, where nothing else is left in it."""
        holders = dict.fromkeys(parent(one) for one in self.emptied)
        found: list[str] = []
        for holder in holders:
            mine = [one for one in self.emptied if parent(one) == holder]
            held = resolve(self.spec, holder)
            filled = any(parent(one) == holder for one in self.values)
            lonely = isinstance(held, Mapping) and len(held) == len(mine) and not filled
            found += [holder] if lonely else mine
        return found


def described(document: Document, registry: Registry, key: str, posted: Posted) -> Step | None:
    """The step that makes a panel say what was posted; None where it says it already. Only fields that were shown
    (`shown`) are read, so that what a page does not offer stays."""
    shown = panel(document, registry, key)
    if shown is None:
        return None
    filled, problems = _Filled(document.spec), list[Problem]()
    for language in LANGUAGES:
        for words in posted(f"title.{language}")[:1]:
            filled.say(f"{shown.pointer}/title/{language}", words.strip() or MISSING)
    offered = set(posted("shown"))
    for cell in (*shown.cells, *shown.rarer):
        name = cell.pointer.removeprefix(f"{shown.pointer}/")
        if name in offered:
            problems += _cell(filled, shown, cell, name, posted)
    if problems:
        raise Refused(problems)
    if shown.who_at is not None and "who" in offered:
        lines = [(one, _first(posted(f"scope.{number}"))) for number, one in enumerate(_lines(posted))]
        raw = document.spec["nodes"][shown.index]
        filled.say(f"{shown.pointer}/{shown.who_at}", flow_people.typed(raw, shown.who_at, lines))
    problems = [wrong for one in shown.ways for wrong in _way(filled, shown, one, posted)]
    if problems:
        raise Refused(problems)
    for one in shown.ways:
        target = _first(posted(f"way.{one.way.place}"))
        if target:
            filled.say(f"{shown.pointer}/{one.way.target}", target)
    return filled.step()


def _way(filled: _Filled, shown: Panel, one: WayOn, posted: Posted) -> list[Problem]:
    """What a way is called in the drawing, and what a wait waits for."""
    place = f"{shown.pointer}/{one.way.place}"
    if one.title is not None:
        for language in LANGUAGES:
            for words in posted(f"name.{one.way.place}.{language}")[:1]:
                filled.say(f"{place}/title/{language}", words.strip() or MISSING)
    said = _first(posted(f"awaits.{one.way.place}"))
    if one.awaits is None or said not in AWAITED:
        return []
    value = _first(posted(f"awaited.{one.way.place}")).strip()
    counted = said in ("hours", "working_hours")
    if counted and not (value.isdecimal() and len(value) < 8):
        message = text(f'"{value[:40]}" is not a number of hours.', f"“{value[:40]}”不是小时数。")
        return [Problem(code="flow_edit.not_hours", message=message)]
    filled.say(f"{place}/{said}", int(value) if counted else value)
    if said != one.awaits[0]:
        filled.say(f"{place}/{one.awaits[0]}", MISSING)
    return []


def _lines(posted: Posted) -> list[str]:
    found = []
    for number in range(MOST_PEOPLE):
        choice = posted(f"who.{number}")
        if not choice:
            break
        found.append(choice[0])
    return found


def _cell(filled: _Filled, shown: Panel, cell: Cell, name: str, posted: Posted) -> list[Problem]:
    """What one field says; what goes without saying is not written."""
    given = [one for one in posted(f"f.{name}") if one.strip()]
    if cell.kind == "texts":
        for language in LANGUAGES:
            filled.say(f"{cell.pointer}/{language}", _first(posted(f"f.{name}.{language}")).strip() or MISSING)
        return []
    if name in ("return_to", "actions", "exclude"):
        _chosen(filled, shown, cell, name, given)
        return []
    if not given:
        filled.say(cell.pointer, MISSING)
        return []
    if cell.kind == "many":
        filled.say(cell.pointer, given)
        return []
    value, wrong = parsed(cell, given)
    if wrong is not None:
        return [wrong.at(field=f"f.{name}")]
    filled.say(cell.pointer, value)
    return []


def _chosen(filled: _Filled, shown: Panel, cell: Cell, name: str, given: list[str]) -> None:
    """A choice of several, of which a step that says nothing has the usual ones."""
    there = resolve(filled.spec, cell.pointer) is not MISSING
    before = [str(one) for one in cell.value or ()]
    if set(given) == set(before):
        return
    usual = {
        "actions": list(usual_actions(shown.type)),
        "exclude": list(usual_exclusions(shown.type)),
        "return_to": [],
    }[name]
    ordered = [one for one in (cell.options or {}) if one in given]
    if not ordered and name == "exclude" and usual:
        filled.say(cell.pointer, [])
    elif not ordered or (set(ordered) == set(usual) and not there):
        filled.say(cell.pointer, MISSING)
    else:
        filled.say(cell.pointer, ordered)


def _first(values: Sequence[str]) -> str:
    return values[0] if values else ""
