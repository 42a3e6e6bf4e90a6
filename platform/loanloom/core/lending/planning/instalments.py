"""Rows of a repayment schedule: what falls due when, and why that much interest.

A schedule of thirty years is 360 of these, made for every preview: rows are named tuples because those are made five
times as fast as frozen dataclasses. Change one with `row._replace(...)`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from loanloom.core.money import ZERO, total


class Instalment(NamedTuple):
    """One row of a schedule. `base` is what bears interest in the period, at `annual_rate` by actual days over
    `daily_basis` until the due date, on which the interest is exactly `interest`.

    `drawn` is principal paid out within the period, `capitalised` the part of `interest` that is added to the
    principal instead of being paid. Until `tolerated_to` (the working day after a day off) payment is not late.
    Where the base changed within the period, `carried` is the interest that earlier ones bore up to `counted_from`
    (None: the period's first day), not yet money, and `base` is the one since; interest of earlier rows that falls due
    only here stands there too, or is counted from before the period begins. `agreed` is the level instalment of a
    row that had to take less or more than it (None: it takes just that).
    """

    number: int
    start_on: date
    due_on: date
    opening: Decimal
    principal: Decimal
    interest: Decimal
    base: Decimal
    annual_rate: Decimal
    daily_basis: int
    drawn: Decimal = ZERO
    capitalised: Decimal = ZERO
    tolerated_to: date | None = None
    carried: Decimal = ZERO
    counted_from: date | None = None
    agreed: Decimal | None = None
    extra: bool = False
    renewed: bool = False

    @property
    def payment(self) -> Decimal:
        """Principal and interest to be paid."""
        return self.principal + self.interest - self.capitalised

    @property
    def closing(self) -> Decimal:
        """Principal left after this instalment."""
        return self.opening + self.drawn + self.capitalised - self.principal

    @property
    def on_time_until(self) -> date:
        """The last day on which paying is on time."""
        return self.tolerated_to or self.due_on

    @property
    def days(self) -> int:
        """Calendar days of the period."""
        return (self.due_on - self.start_on).days


@dataclass(frozen=True, slots=True)
class Schedule:
    """The instalments of one loan, in order."""

    instalments: tuple[Instalment, ...]

    @property
    def principal(self) -> Decimal:
        """All principal."""
        return total(row.principal for row in self.instalments)

    @property
    def interest(self) -> Decimal:
        """All interest, if every instalment is paid on its due date."""
        return total(row.interest for row in self.instalments)

    @property
    def capitalised(self) -> Decimal:
        """Interest that becomes principal."""
        return total(row.capitalised for row in self.instalments)

    @property
    def payment(self) -> Decimal:
        """All that the borrower pays, if on time."""
        return total(row.payment for row in self.instalments)

    @property
    def matures_on(self) -> date:
        """The last due date."""
        return self.instalments[-1].due_on
