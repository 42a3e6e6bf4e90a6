"""What others bear of the interest: on the due date, and when a claim on them is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from loanloom.core.lending.events.event import Event
from loanloom.core.lending.owing.allocation import Applied
from loanloom.core.lending.planning.schedule import Instalment
from loanloom.core.money import total


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestSubsidised(Event):
    """What the loan's subsidies bear of an instalment's interest, each in its order: `parts`. What of it the borrower
    had paid already, or pays by agreement, is `back`: given back to him when it comes in; the rest paid the interest
    (`applied`). `days_past_due` is how late the loan was."""

    number: int
    parts: tuple[Decimal, ...]
    back: tuple[Decimal, ...]
    applied: tuple[Applied, ...] = ()
    days_past_due: int = 0

    @property
    def amount(self) -> Decimal:
        """What others bear in all."""
        return total(self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubsidyWithdrawn(Event):
    """The part that subsidy `place` was to bear of instalment `number` was refused and is owed by the borrower, with
    the next instalment; `rows` are those that changed with it."""

    number: int
    place: int
    amount: Decimal
    applied: tuple[Applied, ...]
    rows: tuple[Instalment, ...] = ()


NAMED: Mapping[str, type[Event]] = {
    "interest_subsidised": InterestSubsidised,
    "subsidy_withdrawn": SubsidyWithdrawn,
}
