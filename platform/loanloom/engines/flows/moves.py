"""What a step of a flow gives back: the new state, items opened and closed, effects, history; or only problems."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from loanloom.engines.flows.state import Item, State
from loanloom.problems import Problem

EntryKind = Literal["started", "ruled", "routed", "opened", "decided", "returned", "resubmitted", "withdrawn", "ended"]
EffectName = Literal["item_opened", "item_closed", "state_changed", "ruled", "returned", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of history. `to` is set where the case moved along an edge `node` -> `to`; `trace` explains it."""

    kind: EntryKind
    node: str
    to: str | None = None
    by: int | None = None
    at: datetime | None = None
    action: str | None = None
    reason: str | None = None
    opinion: str = ""
    item: int | None = None
    round: int = 1
    trace: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Something the world should do because the case moved; the services know how."""

    name: EffectName
    node: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """The result of a step. With problems nothing moved: `state` is the one that came in and the rest is empty."""

    state: State
    opened: tuple[Item, ...] = ()
    closed: tuple[int, ...] = ()
    effects: tuple[Effect, ...] = ()
    history: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """What an automatic decision found: `values` become the facts `decision.*`; `ruleset` is the key of who said so."""

    values: Mapping[str, Any]
    ruleset: str | None = None
    trace: Any = None
    problems: tuple[Problem, ...] = ()


Automatic = Callable[[str | None, Mapping[str, Any]], Ruled]
"""Runs the ruleset of a decision node (its key, None for the product's own) over the facts."""
