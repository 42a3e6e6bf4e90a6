"""A schedule of 360 rows with dates, Decimal and cents, beside two packages that make schedules in Python.

`mortgage` makes Decimal rows without dates and does not round them; `pyloan` makes dated rows in cents. All three
get 1,000,000 at 12.5 % over thirty years; their instalments are compared before the clock runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

from mortgage import Loan as Mortgage
from pyloan import pyloan

from benchmarks.figure import Figure, side_by_side
from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.planning.rules import READY_MADE
from loanloom.core.lending.planning.schedule import Schedule, build_schedule

MORTGAGE_BAR, PYLOAN_BAR = 1 / 3, 1 / 40
PRINCIPAL, RATE, PERIODS = Decimal(1_000_000), Decimal("0.125"), 360


def figures() -> Iterator[Figure]:
    """All figures of this module."""
    _alike()
    yield _beside("30/360", "mortgage, no dates", _mortgage, MORTGAGE_BAR)
    yield _beside("act/365", "mortgage, no dates", _mortgage, MORTGAGE_BAR)
    yield _beside("30/360", "pyloan, 30E/360", _pyloan, PYLOAN_BAR)


def _alike() -> None:
    """All make the same instalment and as many rows."""
    ours = ours_by("30/360")()
    level = ours.instalments[0].payment
    theirs = [row for row in _pyloan() if row.payment_amount]
    assert len(ours.instalments) == PERIODS == len(theirs) == sum(1 for row in _mortgage() if row.payment)
    assert abs(level - Mortgage(principal=PRINCIPAL, interest=0.125, term=30).monthly_payment) <= Decimal("0.01")
    assert abs(level - theirs[0].payment_amount) <= Decimal("0.01")


def ours_by(day_count: str) -> Callable[[], Schedule]:
    """Our schedule under a day count."""
    terms = Terms(
        currency="USD",
        principal=PRINCIPAL,
        annual_rate=RATE,
        start_on=date(2026, 1, 15),
        phases=READY_MADE["equal_instalment"](PERIODS, 1, "month"),
        day_count=day_count,
        daily_basis=360 if day_count.startswith("30") else 365,
    )
    return lambda: build_schedule(terms)


def _mortgage() -> list[object]:
    return list(Mortgage(principal=PRINCIPAL, interest=0.125, term=30).schedule())


def _pyloan() -> list[object]:
    loan = pyloan.Loan(
        loan_amount=1_000_000, interest_rate=12.5, loan_term=30, start_date="2026-01-15", payment_end_of_month=False,
        compounding_method="30E/360",
    )  # fmt: skip
    return list(loan.get_payment_schedule())


def _beside(day_count: str, peer: str, theirs: Callable[[], object], bar: float) -> Figure:
    seconds, _, ratio = side_by_side(ours_by(day_count), theirs)
    return Figure(
        name=f"schedule of {PERIODS} rows, {day_count}, beside {peer}",
        value=seconds * 1e6, unit="us", ratio=ratio, peer=peer, bar=bar, bar_on="ratio",
    )  # fmt: skip
