"""How a loan follows from events that change its rows (`events.plans`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from loanloom.core.lending.circumstances import Draw
from loanloom.core.lending.events.event import Event
from loanloom.core.lending.events.plans import (
    InterestPaused,
    RateChanged,
    ReAged,
    Reamortised,
    Rescheduled,
    TrancheDrawn,
)
from loanloom.core.lending.evolution.ending import folded
from loanloom.core.lending.evolution.money import replanned
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.planning.rates import with_pause, with_rate


def _drawn(loan: Loan, event: TrancheDrawn) -> Loan:
    draw = Draw(on=event.on, amount=event.amount, planned=event.planned)
    circumstances = replace(loan.circumstances, draws=(*loan.circumstances.draws, draw))
    return replace(replanned(loan, event.rows, event.on), circumstances=circumstances, settled_on=None)


def _rate_changed(loan: Loan, event: RateChanged) -> Loan:
    terms = with_rate(loan.terms, event.from_on, event.annual_rate)
    return replace(replanned(loan, event.rows, event.on), terms=terms)


def _paused(loan: Loan, event: InterestPaused) -> Loan:
    terms = with_pause(loan.terms, event.from_on, event.to_on)
    return replace(replanned(loan, event.rows, event.on), terms=terms)


def _rescheduled(loan: Loan, event: Rescheduled) -> Loan:
    return replanned(loan, event.rows, event.on)


def _reamortised(loan: Loan, event: Reamortised) -> Loan:
    after = replanned(loan, event.rows, event.on)
    if not event.share:
        return after
    accounts = tuple(
        replace(account, credited_interest=account.credited_interest + event.share)
        if account.instalment.due_on > event.on and not account.instalment.extra
        else account
        for account in after.accounts
    )
    return replace(after, accounts=accounts)


def _re_aged(loan: Loan, event: ReAged) -> Loan:
    after = folded(loan, event.rows, event.removed, event.on, event.into)
    phase = replace(loan.terms.phases[-1], periods=event.instalments, every=event.every, unit=event.unit, calendar=None)
    terms = replace(loan.terms, phases=(*loan.terms.phases[:-1], phase))
    stays = event.bears_interest and after.circumstances.bears_interest
    circumstances = replace(after.circumstances, bears_interest=stays)
    return replace(after, terms=terms, circumstances=circumstances)


EVOLVES: Mapping[type[Event], Callable[[Loan, Any], Loan]] = {
    TrancheDrawn: _drawn,
    RateChanged: _rate_changed,
    InterestPaused: _paused,
    Rescheduled: _rescheduled,
    Reamortised: _reamortised,
    ReAged: _re_aged,
}
