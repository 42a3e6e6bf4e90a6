"""What a score is worth once outcomes are known: approval rate, bad rates, and the Gini coefficient. Pure, exact.

The Gini (accuracy ratio) is 2 x AUC - 1; applicants with the same points count half.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

FOUR = Decimal("0.0001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Counts by outcome of the routing, and how the score ranks the outcomes that are on record."""

    applications: int
    approved: int
    referred: int
    refused: int
    approval_rate: Decimal | None
    scored: int
    recorded_bad: int
    bad_rate_of_approved: Decimal | None
    gini: Decimal | None


def figures(cases: Iterable[tuple[str, Decimal | None, bool | None]]) -> Figures:
    """From (decision, points, turned out bad) of every applicant; decision is approve, refer or refuse."""
    listed = list(cases)
    decisions = Counter(decision for decision, _, _ in listed)
    approved = [bad for decision, _, bad in listed if decision == "approve" and bad is not None]
    known = [(points, bad) for _, points, bad in listed if points is not None and bad is not None]
    return Figures(
        applications=len(listed),
        approved=decisions["approve"],
        referred=decisions["refer"],
        refused=decisions["refuse"],
        approval_rate=_share(decisions["approve"], len(listed)),
        scored=sum(points is not None for _, points, _ in listed),
        recorded_bad=sum(bad for _, bad in known),
        bad_rate_of_approved=_share(sum(approved), len(approved)),
        gini=gini(known),
    )


def gini(known: Iterable[tuple[Decimal, bool]]) -> Decimal | None:
    """The Gini coefficient of points against outcomes; None unless there are both good and bad ones.

    >>> gini([(Decimal(3), False), (Decimal(2), False), (Decimal(1), True)])
    Decimal('1.0000')
    >>> gini([(Decimal(1), False), (Decimal(1), True)])
    Decimal('0.0000')
    """
    good: Counter[Decimal] = Counter()
    bad: Counter[Decimal] = Counter()
    for points, is_bad in known:
        (bad if is_bad else good)[points] += 1
    pairs = sum(good.values()) * sum(bad.values())
    if not pairs:
        return None
    below, balance = 0, 0  # bad ones with fewer points; pairs ranked right less pairs ranked wrong
    all_bad = sum(bad.values())
    for points in sorted(good.keys() | bad.keys()):
        above = all_bad - below - bad[points]
        balance += good[points] * (below - above)
        below += bad[points]
    return (Decimal(balance) / pairs).quantize(FOUR)


def _share(part: int, whole: int) -> Decimal | None:
    return (Decimal(part) / whole).quantize(FOUR) if whole else None
