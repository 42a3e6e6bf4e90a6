"""Who bears how much of something that several share: one rule for parts of the interest and parts of charges.

A part ends by a day, a number of instalments or a sum, and rests (or is lost for good) while the loan is late; what
has ended is left to whoever pays the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from loanloom.core.lending.agreed.charges import Subsidy
from loanloom.core.money import ZERO, Rounding, total

Parts = tuple[Decimal, ...]
"""What each of those who share bears, in the order of the terms."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known when a part is decided: what each has borne so far, how late the loan is, and whose parts have
    ended for good."""

    borne: Parts = ()
    days_past_due: int = 0
    ended: frozenset[int] = frozenset()


ON_TIME = Standing()


def stopped(share: Subsidy, on: date, number: int, days_past_due: int = 0) -> bool:
    """Whether somebody's part has ended: by date, by number of instalments, or because the loan is late."""
    return (
        (share.until is not None and on > share.until)
        or (share.instalments is not None and number > share.instalments)
        or too_late(share, days_past_due)
    )


def too_late(share: Subsidy, days_past_due: int) -> bool:
    """Whether a loan so late takes somebody's part away."""
    return share.stops_after_days is not None and days_past_due > share.stops_after_days


def parts_of(
    whole: Decimal,
    shares: Sequence[Subsidy],
    measure: Callable[[Subsidy], Decimal],
    on: date,
    number: int,
    rounding: Rounding,
    standing: Standing = ON_TIME,
) -> Parts:
    """What each bears of an amount that is decided on a day; together never more than all of it. `measure` says what a
    part comes to, not yet money."""
    left, found = whole, []
    for place, share in enumerate(shares):
        part = ZERO
        if place not in standing.ended and not stopped(share, on, number, standing.days_past_due):
            part = max(min(rounding.apply(measure(share)), left), ZERO)
        if share.most is not None:
            part = min(part, max(share.most - total(standing.borne[place : place + 1]), ZERO))
        found.append(part)
        left -= part
    return tuple(found)


def added(borne: Parts, parts: Parts) -> Parts:
    """What each has borne, with one more decision."""
    return tuple(total((*borne[place : place + 1], part)) for place, part in enumerate(parts))
