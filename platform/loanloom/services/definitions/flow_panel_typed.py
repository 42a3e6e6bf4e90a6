"""What somebody filled in about a step of a flow, as a step of `metadata.steps`: only what differs is touched."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from loanloom.engines.flows.reading import usual_actions, usual_exclusions
from loanloom.metadata import canonical
from loanloom.metadata.document import Document
from loanloom.metadata.pointers import MISSING, is_index, is_list, parent, resolve, split
from loanloom.metadata.registry import Registry
from loanloom.metadata.steps import Step, set_values
from loanloom.problems import LANGUAGES, Problem, text
from loanloom.services.definitions import flow_people, flow_terms
from loanloom.services.definitions.flow_panel import Panel, panel
from loanloom.services.definitions.flow_people import People
from loanloom.services.definitions.flow_ways import AWAITED, WayOn
from loanloom.services.definitions.sheet import Cell
from loanloom.services.definitions.typed import parsed
from loanloom.services.errors import Refused

MOST_LINES = 50
Posted = Callable[[str], Sequence[str]]
"""What was posted under a name; nothing where the name was not there."""
_HOLDS = ("if_nobody/do", "dispatch/by", "call/action")
"""Places without which what holds them says nothing: emptied, that goes too."""


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
        """The places that are emptied, those behind first: what holds them too, where nothing else is left in it."""
        within = [one for one in self.emptied if any(one.startswith(f"{other}/") for other in self.emptied)]
        emptied = [one for one in self.emptied if one not in within]
        holders = dict.fromkeys(parent(one) for one in emptied)
        found: list[str] = []
        for holder in holders:
            mine = [one for one in emptied if parent(one) == holder]
            held = resolve(self.spec, holder)
            filled = any(parent(one) == holder for one in self.values)
            whole = (isinstance(held, Mapping) or is_list(held)) and len(held) == len(mine)
            found += [holder] if whole and not filled else sorted(mine, key=_behind, reverse=True)
        return found


def _behind(pointer: str) -> tuple[int, str]:
    last = split(pointer)[-1]
    return (int(last), "") if is_index(last) else (-1, last)


def described(document: Document, registry: Registry, key: str, posted: Posted) -> Step | None:
    """The step that makes a panel say what was posted; None where it says it already. Only fields that were shown
    (`shown`) are read, so that what a page does not offer stays."""
    shown = panel(document, registry, key)
    if shown is None:
        return None
    filled, problems = _Filled(document.spec), list[Problem]()
    raw, offered = document.spec["nodes"][shown.index], set(posted("shown"))
    for language in LANGUAGES:
        for words in posted(f"title.{language}")[:1]:
            filled.say(f"{shown.pointer}/title/{language}", words.strip() or MISSING)
    for cell in shown.every_cell:
        if shown.name(cell) in offered:
            problems += _cell(filled, shown, cell, shown.name(cell), posted)
    problems += _everybody(filled, shown, raw, offered, posted)
    if "terms" in offered:
        problems += _terms(filled, shown, raw, posted)
    if shown.inputs_at is not None and "inputs" in offered:
        problems += _inputs(filled, shown, shown.inputs_at, raw, posted)
    problems += [wrong for one in shown.ways for wrong in _way(filled, shown, one, posted)]
    if problems:
        raise Refused(problems)
    for one in shown.ways:
        target = _first(posted(f"way.{one.way.place}"))
        if target:
            filled.say(f"{shown.pointer}/{one.way.target}", target)
    return filled.step()


# -- people -----------------------------------------------------------------------------------------------------------


def _everybody(
    filled: _Filled, shown: Panel, raw: Mapping[str, Any], offered: set[str], posted: Posted
) -> list[Problem]:  # fmt: skip
    if_nobody, problems = _first(posted("f.if_nobody/do")), list[Problem]()
    for people in shown.everybody:
        if f"{people.name}who" not in offered:
            continue
        if people.at != "if_nobody/assign" or if_nobody == "assign":
            named, wrong = _named(raw, people, posted)
            problems += wrong
            filled.say(f"{shown.pointer}/{people.at}", named)
        elif if_nobody:
            filled.say(f"{shown.pointer}/{people.at}", MISSING)
    return problems


def _named(raw: Mapping[str, Any], people: People, posted: Posted) -> tuple[Any, list[Problem]]:
    """What the lines of a place say, and what is wrong with them."""
    lines = []
    for number in range(MOST_LINES):
        choice = posted(f"{people.name}who.{number}")
        if not choice:
            break
        said = {of: _first(posted(f"{people.name}{of}.{number}")).strip() for of in ("scope", "formula", "weight")}
        veto = bool(posted(f"{people.name}veto.{number}")) if people.votes else None
        weight = said["weight"] if people.votes else None
        lines.append(flow_people.Line(choice[0], said["scope"], said["formula"], weight, veto))
    wrong = list(flow_people.faults(lines))
    return (MISSING if wrong else flow_people.typed(raw, people.at, lines)), wrong


# -- terms, and what is given -----------------------------------------------------------------------------------------


def _terms(filled: _Filled, shown: Panel, raw: Mapping[str, Any], posted: Posted) -> list[Problem]:
    """The lines about what happens in time; one that does nothing is left out."""
    at, old = f"{shown.pointer}/deadlines", list(raw.get("deadlines", ()))
    lines = next(fold.terms for fold in shown.folds if fold.key == "terms")
    problems: list[Problem] = []
    for line in lines:
        name, there = f"term.{line.index}", line.index < len(old)
        do = _first(posted(f"{name}.do"))
        if do not in flow_terms.DOING:
            if there:
                filled.say(f"{at}/{line.index}", MISSING)
            continue
        how = _first(posted(f"{name}.how"))
        people, unclear = _named(raw, line.people, posted)
        problems += unclear
        typed = flow_terms.Typed(
            how=how, value=_first(posted(f"{name}.{'day' if how == 'on' else 'value'}")).strip(), do=do,
            repeat=_first(posted(f"{name}.repeat")).strip(), to=_first(posted(f"{name}.to")),
            people=None if people is MISSING else people,
        )  # fmt: skip
        made, wrong = flow_terms.written(old[line.index] if there else {}, typed)
        problems += wrong
        if there:
            filled.say(f"{at}/{line.index}", made)
        else:
            filled.values[f"{at}/-" if old else at] = made if old else [made]
    return problems


def _inputs(filled: _Filled, shown: Panel, at: str, raw: Mapping[str, Any], posted: Posted) -> list[Problem]:
    now = resolve(raw, f"/{at}")
    lines = []
    for number in range(MOST_LINES):
        name = posted(f"input.{number}.name")
        if not name:
            break
        lines.append((name[0].strip(), _first(posted(f"input.{number}.value")).strip()))
    made, problems = flow_terms.as_given(now if isinstance(now, Mapping) else {}, lines)
    filled.say(f"{shown.pointer}/{at}", made or MISSING)
    return problems


# -- ways -------------------------------------------------------------------------------------------------------------


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
    value = _first(posted(f"{'awaited_day' if said == 'on' else 'awaited'}.{one.way.place}")).strip()
    counted = said in ("hours", "working_hours")
    if counted and not (value.isdecimal() and len(value) < 8):
        message = text(f'"{value[:40]}" is not a number of hours.', f"“{value[:40]}”不是小时数。")
        return [Problem(code="flow_edit.not_hours", message=message)]
    filled.say(f"{place}/{said}", int(value) if counted else value)
    if said != one.awaits[0]:
        filled.say(f"{place}/{one.awaits[0]}", MISSING)
    return []


# -- fields of one value ----------------------------------------------------------------------------------------------


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
        filled.say(parent(cell.pointer) if name in _HOLDS else cell.pointer, MISSING)
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
