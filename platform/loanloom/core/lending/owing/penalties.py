"""What lateness and misuse cost an instalment: penalty interest, compound interest, liquidated damages, their caps.

The past is kept in a `Lateness` of constant size, brought up to a day whenever a balance or a rate changes; what it
comes to on any later day is a function of it. Sums of amount x rate x days are divided and rounded only when asked,
so that splitting the time changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import zip_longest
from typing import Protocol

from loanloom.core.dates import MONTHS, add_months
from loanloom.core.lending.agreed.late_terms import CapLevel, DamagesTerms, LateCap, PenaltyTerms, Settlement
from loanloom.core.money import ONE, ZERO, Rounding, total


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """What lateness has cost an instalment so far.

    `principal_days`: overdue principal x days, which the caps go by. `penalty_weight` and `compound_weight`: amount x
    yearly rate x days, counted up to `counted_to`; the compound one since the last settlement, earlier settlements
    are in `rolled` as money. `rolled_penalty`: the penalty interest that compounds since then. `damages`: one sum for
    each damages rule. `misused`: principal of the instalment used otherwise than agreed, counted to `misuse_to`.
    """

    counted_to: date | None = None
    principal_days: Decimal = ZERO
    penalty_weight: Decimal = ZERO
    compound_weight: Decimal = ZERO
    rolled: Decimal = ZERO
    rolled_penalty: Decimal = ZERO
    damages: tuple[Decimal, ...] = ()
    misused: Decimal = ZERO
    misuse_to: date | None = None


NEVER_LATE = Lateness()


class Row(Protocol):
    """What a row of a schedule must tell."""

    @property
    def due_on(self) -> date: ...
    @property
    def tolerated_to(self) -> date | None: ...
    @property
    def annual_rate(self) -> Decimal: ...
    @property
    def principal(self) -> Decimal: ...
    @property
    def interest(self) -> Decimal: ...


class Debt(Protocol):
    """What an instalment's account must tell."""

    @property
    def instalment(self) -> Row: ...
    @property
    def principal_unpaid(self) -> Decimal: ...
    @property
    def interest_unpaid(self) -> Decimal: ...
    @property
    def late(self) -> Lateness: ...
    @property
    def penalty_paid(self) -> Decimal: ...
    @property
    def compound_paid(self) -> Decimal: ...


def overdue_rate(contract_rate: Decimal, penalty: PenaltyTerms) -> Decimal:
    """The rate that replaces the contract rate on what is overdue."""
    return penalty.annual_rate if penalty.annual_rate is not None else contract_rate * (ONE + penalty.uplift)


def misuse_rate(contract_rate: Decimal, penalty: PenaltyTerms, *, overdue: bool) -> Decimal:
    """The rate on money used otherwise than agreed; the heavier of the two where it is overdue as well."""
    misused = contract_rate * (ONE + penalty.misuse_uplift)
    return max(misused, overdue_rate(contract_rate, penalty)) if overdue else misused


def compound_rate(contract_rate: Decimal, penalty: PenaltyTerms) -> Decimal:
    """The rate on interest that is not paid on time."""
    return penalty.compound_rate if penalty.compound_rate is not None else overdue_rate(contract_rate, penalty)


def settlement_days(settles: Settlement, anchor: int, after: date, until: date) -> Iterator[date]:
    """The settlement days after one day up to another: months that are multiples of the step, counted in the year."""
    step, day = settles.every * MONTHS[settles.unit], settles.day or anchor
    month = date(after.year, after.month, 1)
    while month <= until:
        found = add_months(month, 0, day)
        if month.month % step == 0 and after < found <= until:
            yield found
        month = add_months(month, 1)


def counted(debt: Debt, penalty: PenaltyTerms, rounding: Rounding, on: date) -> Lateness:
    """The lateness of an instalment brought up to a day, on the balances that it has now."""
    late = _misuse_counted(debt, penalty, on) if debt.late.misused else debt.late
    due = debt.instalment.due_on
    grace_ends = max(due + timedelta(days=penalty.grace_days), debt.instalment.tolerated_to or due)
    if on <= grace_ends:
        return late
    origin = due if penalty.reaches_back else grace_ends
    start = max(origin, late.counted_to or origin)
    if on <= start:
        return late
    late = replace(late, damages=_damages(debt, penalty.damages, start, on))
    if penalty.compound and penalty.compound_settles:
        for day in settlement_days(penalty.compound_settles, due.day, start, on):
            late = _rolled(debt, _stretched(debt, late, penalty, start, day), penalty, rounding)
            start = day
    return _stretched(debt, late, penalty, start, on)


def _stretched(debt: Debt, late: Lateness, penalty: PenaltyTerms, start: date, end: date) -> Lateness:
    """After a stretch of constant balances and rates."""
    days, rate = (end - start).days, debt.instalment.annual_rate
    principal = debt.principal_unpaid - min(late.misused, debt.principal_unpaid)
    bearing = principal + (debt.interest_unpaid if penalty.base == "instalment" else ZERO)
    compounding = ZERO
    if penalty.compound:
        unpaid = max(late.rolled - debt.compound_paid, ZERO) + max(late.rolled_penalty - debt.penalty_paid, ZERO)
        compounding = (debt.interest_unpaid + unpaid) * compound_rate(rate, penalty) * days
    return replace(
        late,
        counted_to=end,
        principal_days=late.principal_days + principal * days,
        penalty_weight=late.penalty_weight + bearing * overdue_rate(rate, penalty) * days,
        compound_weight=late.compound_weight + compounding,
    )


def _rolled(debt: Debt, late: Lateness, penalty: PenaltyTerms, rounding: Rounding) -> Lateness:
    """After a settlement day: what has compounded so far is money, and compounds from now on."""
    year = penalty.year_days
    return replace(
        late,
        rolled=late.rolled + rounding.apply(late.compound_weight / year),
        compound_weight=ZERO,
        rolled_penalty=rounding.apply(late.penalty_weight / year) if penalty.compound_on_penalty else ZERO,
    )


def _misuse_counted(debt: Debt, penalty: PenaltyTerms, on: date) -> Lateness:
    """The misused part bears its rate from the day of misuse, the heavier of the two once it is overdue."""
    late, row = debt.late, debt.instalment
    start = late.misuse_to or on
    if on <= start:
        return late
    amount = min(late.misused, debt.principal_unpaid)
    before = max((min(on, row.due_on) - start).days, 0)
    after = (on - start).days - before
    weight = amount * before * misuse_rate(row.annual_rate, penalty, overdue=False)
    weight += amount * after * misuse_rate(row.annual_rate, penalty, overdue=True)
    return replace(
        late,
        misuse_to=on,
        penalty_weight=late.penalty_weight + weight,
        principal_days=late.principal_days + amount * (before + after),
    )


def _damages(debt: Debt, rules: tuple[DamagesTerms, ...], start: date, end: date) -> tuple[Decimal, ...]:
    """The sums of each damages rule after a stretch. Lateness is counted from the due date, grace or not."""
    due = debt.instalment.due_on
    known = debt.late.counted_to
    before, now = (start - due).days if known else 0, (end - due).days
    sums = []
    for rule, sum_before in zip_longest(rules, debt.late.damages[: len(rules)], fillvalue=ZERO):
        assert isinstance(rule, DamagesTerms)
        base = _damages_base(debt, rule)
        once = rule.amount + base * rule.rate if before <= rule.after_days < now and base else ZERO
        days = max(now - max(before, rule.after_days), 0)
        sums.append(sum_before + once + base * rule.daily_rate * days)
    return tuple(sums)


def _damages_base(debt: Debt, rule: DamagesTerms) -> Decimal:
    if debt.principal_unpaid <= 0 and debt.interest_unpaid <= 0:
        return ZERO
    match rule.base:
        case "principal":
            return debt.principal_unpaid
        case "instalment":
            return debt.instalment.principal + debt.instalment.interest
    return debt.principal_unpaid + debt.interest_unpaid


# --- what it comes to ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LateCosts:
    """What lateness has cost by a day, paid or not, after the caps; `excess` is what the caps took away."""

    amounts: Mapping[str, Decimal]
    excess: Decimal = ZERO


NOTHING_LATE = LateCosts({"fee": ZERO, "penalty": ZERO, "compound": ZERO, "damages": ZERO})


def late_costs(
    debt: Debt, penalty: PenaltyTerms, rounding: Rounding, on: date, *, paid: Mapping[str, Decimal], agreed_on: date
) -> LateCosts:
    """Penalty, compound interest, damages and late fees of an instalment by a day. `paid` are the components paid so
    far, which no cap takes back; `agreed_on` says which level of a cap holds."""
    if debt.late is NEVER_LATE and debt.principal_unpaid <= 0 and debt.interest_unpaid <= 0:
        return NOTHING_LATE
    late = counted(debt, penalty, rounding, on)
    if late is NEVER_LATE:
        return NOTHING_LATE
    year = penalty.year_days
    amounts = {
        "fee": ZERO,
        "penalty": rounding.apply(late.penalty_weight / year),
        "compound": late.rolled + rounding.apply(late.compound_weight / year),
        "damages": ZERO,
    }
    for rule, raw in zip(penalty.damages, late.damages, strict=False):
        amounts[rule.component] += rounding.apply(_within(rule, raw, debt.instalment))
    excess = ZERO
    for cap in penalty.caps:
        most = cap_amount(cap, late.principal_days, debt.instalment.principal, agreed_on, rounding)
        if most is not None:
            amounts, cut = capped(amounts, most, cap.components, paid)
            excess += cut
    return LateCosts(amounts, excess)


def _within(rule: DamagesTerms, amount: Decimal, row: Row) -> Decimal:
    if rule.most_rate is not None:
        amount = min(amount, (row.principal + row.interest) * rule.most_rate)
    return min(amount, rule.most) if rule.most is not None else amount


def level_on(levels: tuple[CapLevel, ...], on: date) -> CapLevel | None:
    """The level that holds on a day: the latest that has begun; None before the first."""
    begun = [level for level in levels if level.from_on is None or level.from_on <= on]
    return max(begun, key=lambda level: level.from_on or date.min, default=None)


def cap_amount(
    cap: LateCap, principal_days: Decimal, principal: Decimal, agreed_on: date, rounding: Rounding
) -> Decimal | None:
    """The most that a cap allows: principal x days at its level, or its share of the principal; None if it has no
    level for a loan of that day."""
    level = level_on(cap.levels, agreed_on)
    found = [rounding.apply(principal_days * level.level / cap.year_days)] if level else []
    if cap.share is not None:
        found.append(rounding.apply(principal * cap.share))
    return min(found, default=None)


def capped(
    amounts: Mapping[str, Decimal], most: Decimal, components: tuple[str, ...], paid: Mapping[str, Decimal]
) -> tuple[dict[str, Decimal], Decimal]:
    """The amounts with the named components cut, in their order, so that they do not pass `most` together, and what
    was cut. What has been paid stays."""
    within = dict(amounts)
    room = max(most - total(min(paid.get(name, ZERO), amounts.get(name, ZERO)) for name in components), ZERO)
    for name in components:
        kept = min(paid.get(name, ZERO), amounts.get(name, ZERO))
        more = min(amounts.get(name, ZERO) - kept, room)
        within[name] = kept + more
        room -= more
    return within, total(amounts.get(name, ZERO) - within[name] for name in components)
