"""Subsidies of the interest 贴息: which part of an instalment's interest others bear, planned and when it falls due.

One rule for the preview and for the booking: what is planned supposes that everything is paid on time, what is booked
knows how late the loan is on the due date and what each subsidy has borne so far.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from loanloom.core.lending.agreed.charges import Subsidy
from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.planning.instalments import Instalment
from loanloom.core.lending.pricing.charging import stopped
from loanloom.core.money import EXACT, ONE, ZERO, total

Parts = tuple[Decimal, ...]
"""What each subsidy of a loan bears, in the order of its terms."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a loan's subsidies when a part is decided: what each has borne, how late the loan is, and which
    have ended for good."""

    borne: Parts = ()
    days_past_due: int = 0
    ended: frozenset[int] = frozenset()


ON_TIME = Standing()


def interest_parts(terms: Terms, row: Instalment, on: date, standing: Standing = ON_TIME) -> Parts:
    """What each subsidy bears of an instalment's interest that is decided on a day; together never more than all."""
    left = row.interest - row.capitalised
    found = []
    with localcontext(EXACT):
        for place, share in enumerate(terms.interest_shares):
            part = ZERO
            if place not in standing.ended and not stopped(share, on, row.number, standing.days_past_due):
                part = max(min(terms.rounding.apply(_of_interest(share, row)), left), ZERO)
            if share.most is not None:
                part = min(part, share.most - total(standing.borne[place : place + 1]))
            found.append(part)
            left -= part
    return tuple(found)


def _of_interest(share: Subsidy, row: Instalment) -> Decimal:
    """The part of the interest, not yet money; points of the rate are never more than the rate."""
    interest = row.interest - row.capitalised
    if not share.points:
        return interest * share.share
    return interest * min(share.points / row.annual_rate, ONE) if row.annual_rate > 0 else ZERO


def added(borne: Parts, parts: Parts) -> Parts:
    """What subsidies have borne, with one more instalment."""
    return tuple(total((*borne[place : place + 1], part)) for place, part in enumerate(parts))


def planned_parts(terms: Terms, rows: Iterable[Instalment]) -> dict[int, Parts]:
    """What the subsidies bear of each instalment of a loan paid on time, by its number."""
    if not terms.interest_shares:
        return {}
    found: dict[int, Parts] = {}
    borne: Parts = ()
    for row in rows:
        found[row.number] = interest_parts(terms, row, row.due_on, Standing(borne))
        borne = added(borne, found[row.number])
    return found


def not_billed(terms: Terms, parts: Parts) -> Decimal:
    """The part of an instalment that the borrower is never asked for."""
    return _sum(terms.interest_shares, parts, refunded=False)


def given_back(terms: Terms, parts: Parts) -> Decimal:
    """The part of an instalment that the borrower pays and is given back."""
    return _sum(terms.interest_shares, parts, refunded=True)


def _sum(shares: Sequence[Subsidy], parts: Parts, *, refunded: bool) -> Decimal:
    return total(part for share, part in zip(shares, parts, strict=False) if share.refunded is refunded)
