"""How a loan's state follows from debt given up (`events.relief`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from loanloom.core.lending.circumstances import ConditionalWaiver
from loanloom.core.lending.events.event import Event
from loanloom.core.lending.events.relief import Waived, WaiverConfirmed, WaiverRevived
from loanloom.core.lending.evolution.money import applied_to
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.allocation import Applied


def _waived(loan: Loan, event: Waived) -> Loan:
    after = replace(loan, accounts=applied_to(loan, event.applied, event.on))
    if event.until is None:
        return after
    waiver = ConditionalWaiver(on=event.on, until=event.until, grace_days=event.grace_days, applied=event.applied)
    kept = loan.circumstances
    return replace(after, circumstances=replace(kept, waivers=(*kept.waivers, waiver)))


def _revived(loan: Loan, event: WaiverRevived) -> Loan:
    back = tuple(Applied(part.number, part.component, -part.amount) for part in event.applied)
    return _without(replace(loan, accounts=applied_to(loan, back, event.on)), event)


def _without(loan: Loan, event: WaiverRevived | WaiverConfirmed) -> Loan:
    """The waivers of one day end together."""
    kept = loan.circumstances
    waivers = tuple(each for each in kept.waivers if each.on != event.granted_on)
    return replace(loan, circumstances=replace(kept, waivers=waivers))


EVOLVES: Mapping[type[Event], Callable[[Loan, Any], Loan]] = {
    Waived: _waived,
    WaiverRevived: _revived,
    WaiverConfirmed: _without,
}
