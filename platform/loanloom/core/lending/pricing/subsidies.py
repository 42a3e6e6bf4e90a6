"""Subsidies of the interest 贴息: which part of an instalment's interest others bear, planned and when it falls due.

One rule for the preview and for the booking: what is planned supposes that everything is paid on time, what is booked
knows how late the loan is on the due date and what each subsidy has borne so far.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal, localcontext

from loanloom.core.lending.agreed.charges import Subsidy
from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.planning.instalments import Instalment
from loanloom.core.lending.pricing.sharing import ON_TIME, Parts, Standing, added, parts_of
from loanloom.core.money import EXACT, ONE, ZERO, total


def interest_parts(terms: Terms, row: Instalment, on: date, standing: Standing = ON_TIME) -> Parts:
    """What each subsidy bears of an instalment's interest that is decided on a day; points of the rate are never more
    than the rate."""
    whole = row.interest - row.capitalised

    def measure(share: Subsidy) -> Decimal:
        if not share.points:
            return whole * share.share
        return whole * min(share.points / row.annual_rate, ONE) if row.annual_rate > 0 else ZERO

    with localcontext(EXACT):
        return parts_of(whole, terms.interest_shares, measure, on, row.number, terms.rounding, standing)


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
