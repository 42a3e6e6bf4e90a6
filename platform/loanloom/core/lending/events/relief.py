"""Debt given up: waivers and interest reductions, and waivers that revive because their condition was broken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from loanloom.core.lending.events.event import Event
from loanloom.core.lending.owing.allocation import Applied


@dataclass(frozen=True, slots=True, kw_only=True)
class Waived(Event):
    """Debt was given up without money. With `until` it revives if an instalment stays unpaid for more than
    `grace_days` before that day."""

    applied: tuple[Applied, ...]
    reason: str = "waiver"
    until: date | None = None
    grace_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverRevived(Event):
    """The condition of a waiver of `granted_on` was broken: the debt is owed again."""

    granted_on: date
    applied: tuple[Applied, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverConfirmed(Event):
    """The condition of a waiver of `granted_on` was kept: the debt is gone for good."""

    granted_on: date


NAMED: Mapping[str, type[Event]] = {
    "waived": Waived,
    "waiver_revived": WaiverRevived,
    "waiver_confirmed": WaiverConfirmed,
}
"""Stored names."""
