"""How long a loan may be extended (展期) and at which rate: the limits of the General Rules for Loans, art. 12 and 14.

A short loan (up to a year) by its own term at most, a medium one (up to five years) by half of it, a longer one by
three years; all extensions of a loan together. Where the whole term reaches another tier of the rate table, that
tier's rate holds from the extension on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from loanloom.core.dates import add_months
from loanloom.core.money import ONE


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionLimit:
    """For original terms up to so many months (None: all longer ones): at most `share` of the term, `months` at most,
    `times` at most."""

    up_to: int | None = None
    share: Decimal | None = None
    months: int | None = None
    times: int | None = None


GENERAL_RULES = (
    ExtensionLimit(up_to=12, share=ONE),
    ExtensionLimit(up_to=60, share=Decimal("0.5")),
    ExtensionLimit(months=36),
)
"""贷款通则 (1996) art. 12."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TermTier:
    """The yearly rate for terms up to so many months (None: all longer ones)."""

    up_to: int | None
    rate: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionTerms:
    """What was agreed about extensions: their limits, and the rate table by term of which a new tier may hold."""

    limits: tuple[ExtensionLimit, ...] = GENERAL_RULES
    tiers: tuple[TermTier, ...] = ()


BY_GENERAL_RULES = ExtensionTerms()
"""The limits of the law, and no rate table."""


def limit_for(limits: Sequence[ExtensionLimit], term_months: int) -> ExtensionLimit | None:
    """The limit of an original term; None: not limited."""
    return next((each for each in limits if each.up_to is None or term_months <= each.up_to), None)


def most_months(limits: Sequence[ExtensionLimit], term_months: int) -> int | None:
    """How many months all extensions together may come to; half months do not count."""
    limit = limit_for(limits, term_months)
    if limit is None:
        return None
    found = [] if limit.share is None else [int(term_months * limit.share)]
    return min(found if limit.months is None else [*found, limit.months], default=None)


def allowed(limits: Sequence[ExtensionLimit], term_months: int, total_months: int, times: int = 1) -> bool:
    """Whether extensions that come to so many months, and are so many, stay within the limits."""
    limit, most = limit_for(limits, term_months), most_months(limits, term_months)
    within_times = limit is None or limit.times is None or times <= limit.times
    return within_times and (most is None or total_months <= most)


def tier_rate(tiers: Sequence[TermTier], months: int) -> Decimal | None:
    """The rate of a term; None where the table has none."""
    return next((each.rate for each in tiers if each.up_to is None or months <= each.up_to), None)


def rate_from_extension(tiers: Sequence[TermTier], term_months: int, total_months: int, agreed: Decimal) -> Decimal:
    """The rate from the extension on: the new tier's if the whole term reaches one, else the agreed rate stays."""
    before, after = tier_rate(tiers, term_months), tier_rate(tiers, term_months + total_months)
    return after if after is not None and after != before else agreed


def term_months(start: date, end: date) -> int:
    """The months of a term; a part of a month counts as one."""
    whole = (end.year - start.year) * 12 + end.month - start.month
    return whole + 1 if add_months(start, whole) < end else whole
