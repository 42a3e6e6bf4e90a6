"""The day on which another rate comes into force: a repricing day of an index, a dated step, a pause.

Interest counts day by day: what was borne until the day stays at the old rate (分段计息), the rest of the running
period and everything later is planned at the new one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from loanloom.core.dates import EVERY_DAY, Calendar
from loanloom.core.lending.agreed.plan_terms import RateStep
from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.decisions.decision import Command, Decide, Decision, refusal_of, refused
from loanloom.core.lending.events.agreements import PlanAgreed
from loanloom.core.lending.events.plans import RateChanged
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.planning.instalments import Instalment
from loanloom.core.lending.planning.rates import rate_path, repricing_days, value_on
from loanloom.core.lending.planning.rules import BUILT_IN, Methods
from loanloom.core.lending.replan import ahead, replanned, undue
from loanloom.core.lending.replanning.changing import changed_rate
from loanloom.core.lending.replanning.loans import follows
from loanloom.core.money import ZERO
from loanloom.problems import text


@dataclass(frozen=True, slots=True, kw_only=True)
class Reprice(Command):
    """Take the rate that the contract gives for this day, with the values of its index as they are now known."""

    on: date
    values: tuple[RateStep, ...] = ()
    methods: Methods = BUILT_IN
    calendar: Calendar = EVERY_DAY


def planned_apart(loan: Loan) -> bool:
    """Whether the loan's plan stays as scheduled, whatever is paid; the others are planned by `replanning`."""
    return not follows(loan) and loan.terms.accrual != "linear"


def running(loan: Loan, on: date) -> Instalment | None:
    """The first row that falls due after a day."""
    later = ahead(loan, on)
    return later[0].instalment if later else None


def rate_in_force(terms: Terms, on: date) -> Decimal:
    """The yearly rate that the terms give for a day: none in a pause."""
    if any(pause.from_on <= on <= pause.to_on for pause in terms.pauses):
        return ZERO
    rate = value_on(rate_path(terms, on), on)
    return terms.annual_rate if rate is None else rate


def rate_days(terms: Terms, after: date, until: date) -> tuple[date, ...]:
    """The days in a stretch (its first left out, its last not) on which another rate may come into force."""
    if terms.rates.applies == "contract" and not terms.pauses:
        return ()
    days = {step.from_on for step in terms.rates.steps} | set(repricing_days(terms, after, until))
    for pause in terms.pauses:
        days |= {pause.from_on, pause.to_on + timedelta(days=1)}
    return tuple(sorted(day for day in days if after < day <= until))


def agreed_rate(loan: Loan, on: date, from_on: date, rate: Decimal) -> Terms:
    """Terms under which one rate holds from a day on, whatever was to move it; what was borne before stays."""
    terms, row = loan.terms, running(loan, on)
    path = rate_path(terms, from_on)
    kept = () if row is None else (RateStep(from_on=row.start_on, rate=row.annual_rate),)
    start = terms.start_on if row is None else row.start_on
    steps = (
        *(step for step in path if step.from_on < start),
        *kept,
        *(step for step in path if start < step.from_on < from_on),
        RateStep(from_on=from_on, rate=rate),
    )
    rates = replace(terms.rates, steps=steps, index=None, tiers=(), applies="segments")
    return replace(terms, rates=rates, phases=tuple(replace(phase, annual_rate=None) for phase in terms.phases))


def replanned_under(loan: Loan, on: date, terms: Terms, reason: str, methods: Methods) -> PlanAgreed:
    """The rest of the plan under terms whose rate moves: the running row keeps what it has borne at the old rate."""
    rows = replanned(loan, on, undue(loan, on), terms=terms, methods=methods)
    first, before = rows[0], running(loan, on)
    if before is not None and terms.rates.applies != "current":
        first = _cut(first, before, on, rate_in_force(terms, on))
    return PlanAgreed(
        on=on, reason=reason, from_number=first.number, instalments=(first, *rows[1:]), terms=terms
    )  # fmt: skip


def _cut(row: Instalment, before: Instalment, on: date, rate: Decimal) -> Instalment:
    """The running row: what it bore until the day at the old rate, and the new one since."""
    if rate == before.annual_rate:
        return row._replace(annual_rate=rate, carried=before.carried, counted_from=before.counted_from)
    if on <= row.start_on:
        return row._replace(annual_rate=rate)
    days = max((on - (before.counted_from or before.start_on)).days, 0)
    borne = before.carried + before.base * before.annual_rate * days / before.daily_basis
    return row._replace(annual_rate=rate, carried=borne, counted_from=on)


def _reprice(loan: Loan, command: Reprice) -> Decision:
    refusal = refusal_of(loan, command.on, None)
    if refusal:
        return refusal
    row = running(loan, command.on)
    if row is None or loan.circumstances.accelerated_on is not None:
        return refused("lending.all_due", text("Everything is due already.", "借款已全部到期。"))
    terms = with_values(loan.terms, command.values)
    fixed = terms.rates.applies == "contract" and not terms.pauses
    rate = rate_in_force(terms, command.on)
    if fixed or rate == row.annual_rate:
        return refused("lending.rate_unchanged", text("The contract gives no other rate today.", "今日利率没有变化。"))
    if planned_apart(loan):
        return Decision((replanned_under(loan, command.on, terms, "repricing", command.methods),))
    rows = changed_rate(loan, command.on, command.on, rate)
    return Decision((RateChanged(on=command.on, from_on=command.on, annual_rate=rate, rows=rows),))


def with_values(terms: Terms, values: tuple[RateStep, ...]) -> Terms:
    """Terms whose index has these values too; a newer one of the same day takes the place of an older."""
    index = terms.rates.index
    if index is None or not values:
        return terms
    known = {step.from_on: step for step in (*index.values, *values)}
    merged = tuple(known[day] for day in sorted(known))
    return replace(terms, rates=replace(terms.rates, index=replace(index, values=merged)))


DECIDES: Mapping[type[Command], Decide] = {Reprice: _reprice}
