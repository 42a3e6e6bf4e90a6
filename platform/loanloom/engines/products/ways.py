"""Ways of repaying: from what a product says of its schedule, and a term, to the phases of a loan.

The names of Chinese practice are ready made here; a product may add ways of its own, phase by phase. Pure; dates come
in as the day of disbursement and go out only where a plan is agreed row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from loanloom.core.dates import MONTHS, add_period
from loanloom.core.lending.agreed.plan_terms import Phase, PlannedRow, Recurrence

SETTLEMENT_DAYS = Recurrence(every=1, unit="month", days=(20,), months=(3, 6, 9, 12))
"""The 20th of the last month of a quarter: what Chinese lenders settle interest on unless they say otherwise."""

_WEEKS_AND_DAYS: Mapping[str, int] = {"day": 1, "week": 7}
HALF_MONTH = "half_month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A part of an irregular plan: in which period, which share or amount of principal."""

    period: int
    percent: Decimal | None = None
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaying:
    """What a product says of its schedule. `ways` are phases of its own by name; `periods` of -1 is what is left."""

    methods: tuple[str, ...]
    every: int = 1
    unit: str = "month"
    due_day: int | None = None
    second_due_day: int | None = None
    weekday: int | None = None
    min_first_days: int = 15
    first_stub: str = "actual"
    sticks_to_month_end: bool = False
    roll: str = "keep"
    tolerates: bool = False
    roll_accrues: bool = True
    interest_calendar: Recurrence | None = None
    amortised_over: int | None = None
    balloon_percent: Decimal | None = None
    interest_first: int = 1
    principal_percent: Decimal | None = None
    step_every: int = 1
    step_factor: Decimal | None = None
    step_amount: Decimal | None = None
    plan: tuple[Planned, ...] = ()
    ways: Mapping[str, tuple[Phase, ...]]

    @property
    def months(self) -> int | None:
        """Months of a period; None where periods are not months."""
        return self.every * MONTHS[self.unit] if self.unit in MONTHS else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """How long one loan runs, and how much it is: a term in the product's unit, from a day."""

    term: int
    unit: str
    start_on: date
    amount: Decimal = Decimal(0)

    @property
    def end_on(self) -> date:
        """The day on which the term has passed."""
        return add_period(self.start_on, self.term, self.unit)

    def periods(self, every: int, unit: str) -> int:
        """Whole periods of the term, one at least; what is left over belongs to the last one."""
        if unit == HALF_MONTH:
            halves = self.term * 2 if self.unit == "month" else (self.end_on - self.start_on).days // 15
            return max(halves // every, 1)
        if unit in MONTHS and self.unit == "month":
            return max(self.term // (every * MONTHS[unit]), 1)
        if unit in MONTHS:
            return max(self._months() // (every * MONTHS[unit]), 1)
        return max((self.end_on - self.start_on).days // (every * _WEEKS_AND_DAYS[unit]), 1)

    def _months(self) -> int:
        """Months begun: a term of 100 days takes four monthly due dates, the last on the day it ends."""
        count = 1
        while add_period(self.start_on, count, "month") < self.end_on:
            count += 1
        return count


Way = Callable[[Repaying, Stretch], tuple[Phase, ...]]


def _plain(principal: str, interest: str = "declining_balance", **parameters: Decimal | None) -> Way:
    def way(said: Repaying, stretch: Stretch) -> tuple[Phase, ...]:
        return (_phase(said, stretch, principal, interest, parameters),)

    return way


def _phase(
    said: Repaying, stretch: Stretch, principal: str, interest: str, parameters: Mapping[str, Decimal | None]
) -> Phase:
    return Phase(
        periods=stretch.periods(said.every, said.unit), every=said.every, unit=said.unit, principal=principal,
        interest=interest, parameters={name: value for name, value in parameters.items() if value is not None},
        calendar=_half_months(said), interest_calendar=said.interest_calendar,
    )  # fmt: skip


def _half_months(said: Repaying) -> Recurrence | None:
    if said.unit != HALF_MONTH or said.due_day is None:
        return None
    days = sorted({said.due_day, said.second_due_day or (said.due_day + 14) % 30 + 1})
    return Recurrence(every=said.every, unit=HALF_MONTH, days=tuple(days))


def _at_the_end(stretch: Stretch, interest: str, settled: Recurrence | None) -> tuple[Phase, ...]:
    """All principal on the last day, whatever day of the month it is; interest by a calendar of its own."""
    return (
        Phase(
            periods=1, every=stretch.term, unit=stretch.unit, principal="bullet", interest=interest,
            interest_calendar=settled,
        ),
    )  # fmt: skip


def _interest_only(said: Repaying, stretch: Stretch) -> tuple[Phase, ...]:
    """Interest every period. With a due day of the product the principal still waits for the last day of the term."""
    if said.interest_calendar is not None or said.due_day is not None:
        return _at_the_end(stretch, "declining_balance", said.interest_calendar or _own_days(said))
    return (_phase(said, stretch, "bullet", "declining_balance", {}),)


def _own_days(said: Repaying) -> Recurrence:
    days = (said.due_day,) if said.due_day is not None and said.unit in MONTHS else ()
    return Recurrence(every=said.every, unit=said.unit, days=days)


def _interest_quarterly(said: Repaying, stretch: Stretch) -> tuple[Phase, ...]:
    if said.due_day is not None:
        return _at_the_end(stretch, "declining_balance", replace(SETTLEMENT_DAYS, days=(said.due_day,)))
    if stretch.unit == "month" and stretch.term % 3 == 0:
        return (Phase(periods=stretch.term // 3, every=3, unit="month", principal="bullet"),)
    return _at_the_end(stretch, "declining_balance", Recurrence(every=3, unit="month"))


def _interest_on_settlement_days(said: Repaying, stretch: Stretch) -> tuple[Phase, ...]:
    return _at_the_end(stretch, "declining_balance", said.interest_calendar or SETTLEMENT_DAYS)


def _bullet(said: Repaying, stretch: Stretch) -> tuple[Phase, ...]:
    return _at_the_end(stretch, "at_maturity", None)


def _pay_as_you_draw(said: Repaying, stretch: Stretch) -> tuple[Phase, ...]:
    """随借随还: a drawdown is repaid when the borrower likes, at the latest at its end; interest on the days used."""
    return _at_the_end(stretch, "declining_balance", said.interest_calendar or _own_days(said))


def _balloon(said: Repaying, stretch: Stretch) -> tuple[Phase, ...]:
    over = None if said.amortised_over is None else Decimal(said.amortised_over)
    parameters = {"amortised_over": over, "left": said.balloon_percent}
    return (_phase(said, stretch, "balloon", "declining_balance", parameters),)


def _steps(said: Repaying, stretch: Stretch) -> tuple[Phase, ...]:
    parameters = {"every": Decimal(said.step_every), "factor": said.step_factor, "amount": said.step_amount}
    return (_phase(said, stretch, "steps", "declining_balance", parameters),)


def _fixed_percent(said: Repaying, stretch: Stretch) -> tuple[Phase, ...]:
    return (_phase(said, stretch, "fixed_percent", "declining_balance", {"percent": said.principal_percent}),)


def _interest_then_equal(said: Repaying, stretch: Stretch) -> tuple[Phase, ...]:
    whole = _phase(said, stretch, "equal_instalment", "declining_balance", {})
    first = min(said.interest_first, whole.periods - 1)
    if first < 1:
        return (whole,)
    return replace(whole, periods=first, principal="none"), replace(whole, periods=whole.periods - first)


def _irregular(said: Repaying, stretch: Stretch) -> tuple[Phase, ...]:
    """A plan by shares, or by amounts, in some of the periods; the last one of the term takes what is left."""
    whole = _phase(said, stretch, "percent_plan", "declining_balance", {})
    by_amount = any(part.amount is not None for part in said.plan)
    left = stretch.amount if by_amount else Decimal(1)
    rows = []
    for part in sorted(said.plan, key=lambda part: part.period):
        if part.period < whole.periods:
            principal = min(part.amount or part.percent or Decimal(0), left)
            rows.append(PlannedRow(due_on=period_end(said, stretch, part.period), principal=principal))
            left -= principal
    last_on = stretch.end_on if stretch.unit != "month" else period_end(said, stretch, whole.periods)
    rows.append(PlannedRow(due_on=last_on, principal=left))
    own = said.interest_calendar or _own_days(said)
    principal_rule = "amount_plan" if by_amount else "percent_plan"
    return (
        replace(
            whole, periods=len(rows), principal=principal_rule, rows=tuple(rows), calendar=None, interest_calendar=own
        ),
    )


def period_end(said: Repaying, stretch: Stretch, number: int) -> date:
    """The due date of a period by the product's calendar, before holidays move it."""
    if said.unit == HALF_MONTH:
        return stretch.start_on + timedelta(days=15 * said.every * number)
    anchor = said.due_day if said.unit in MONTHS else None
    return add_period(stretch.start_on, said.every * number, said.unit, anchor)


READY_MADE: Mapping[str, Way] = {
    "equal_instalment": _plain("equal_instalment"),
    "equal_principal": _plain("equal_principal"),
    "flat": _plain("equal_principal", "original_principal"),
    "interest_only": _interest_only,
    "interest_quarterly": _interest_quarterly,
    "interest_on_settlement_days": _interest_on_settlement_days,
    "bullet": _bullet,
    "pay_as_you_draw": _pay_as_you_draw,
    "balloon": _balloon,
    "steps": _steps,
    "irregular": _irregular,
    "interest_then_equal": _interest_then_equal,
    "fixed_percent": _fixed_percent,
}
"""The ways that every product may offer. `own` is no way but a plan that is typed in."""

OWN = "own"
AT_THE_END = frozenset({"interest_on_settlement_days", "bullet", "pay_as_you_draw", "interest_quarterly", "irregular"})
"""Ways whose principal dates are not the product's due day."""


def phases(said: Repaying, method: str, stretch: Stretch, rows: tuple[PlannedRow, ...] = ()) -> tuple[Phase, ...]:
    """The phases of a loan repaid in a way that the product offers; `rows` for a plan that was typed in."""
    if method == OWN:
        return (Phase(periods=len(rows), every=said.every, unit=said.unit, principal=OWN, rows=rows),)
    made = said.ways.get(method)
    return _filled(said, made, stretch) if made is not None else READY_MADE[method](said, stretch)


def _filled(said: Repaying, made: tuple[Phase, ...], stretch: Stretch) -> tuple[Phase, ...]:
    """The product's own phases, the ones of `rest` filled up to the term."""
    fixed = sum(_length(phase, stretch) for phase in made if phase.periods > 0)
    found = []
    for phase in made:
        if phase.periods > 0:
            found.append(phase)
            continue
        left = Stretch(term=max(stretch.term - fixed, 1), unit=stretch.unit, start_on=stretch.start_on)
        found.append(replace(phase, periods=left.periods(phase.every, phase.unit)))
    return tuple(found)


def _length(phase: Phase, stretch: Stretch) -> int:
    """How much of a term in its own unit a phase takes, rounded up."""
    if stretch.unit == "month":
        if phase.unit in MONTHS:
            return phase.periods * phase.every * MONTHS[phase.unit]
        if phase.unit == HALF_MONTH:
            return -(-phase.periods * phase.every // 2)
    days = (add_period(stretch.start_on, phase.periods * phase.every, phase.unit) - stretch.start_on).days
    return -(-days * 12 // 365) if stretch.unit == "month" else -(-days // _WEEKS_AND_DAYS[stretch.unit])
