"""A new plan for the rest of a loan whose interest stays as scheduled: other principal, rate, dates or level, from the
next due date on. What has fallen due stands; what was paid in advance stays where it was paid.

Works from the rows that the loan has, so that it does not matter how they came about. Loans that follow what is
outstanding have `replanning` instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext
from itertools import groupby
from typing import NamedTuple

from loanloom.core.dates import add_months
from loanloom.core.lending.agreed.plan_terms import RateStep
from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.loan import Account, Loan
from loanloom.core.lending.owing.arrears import interest_accrued
from loanloom.core.lending.planning.amortising import Amounts, Carry, amortise
from loanloom.core.lending.planning.due_days import anchor_of, calendar_of, due_days
from loanloom.core.lending.planning.instalments import Instalment
from loanloom.core.lending.planning.periods import Period
from loanloom.core.lending.planning.plan import Cost, InterestPlan, PhasePlan, Targets, costs_of, raw_interest
from loanloom.core.lending.planning.rates import moves, rate_path
from loanloom.core.lending.planning.recurrences import months_of
from loanloom.core.lending.planning.residuals import with_residual
from loanloom.core.lending.planning.rules import BUILT_IN, Methods
from loanloom.core.lending.planning.schedule import arithmetic
from loanloom.core.lending.planning.shares import IRREGULAR, Shares
from loanloom.core.money import ZERO, total

BY_PAYMENT = frozenset({"equal_instalment", "steps", "balloon"})
"""Rules whose instalment is a payment; those of the others are amounts of principal."""

BY_ROW = frozenset({"own", "amount_plan", "percent_plan", "fixed_percent"})
"""Rules whose principal was agreed row by row: it shrinks or grows in every row alike."""


def ahead(loan: Loan, on: date) -> tuple[Account, ...]:
    """The instalments that fall due after a day."""
    return tuple(account for account in loan.accounts if account.instalment.due_on > on)


def undue(loan: Loan, on: date) -> Decimal:
    """The principal that falls due after a day and is not paid yet."""
    return total(account.principal_unpaid for account in ahead(loan, on))


def replanned(
    loan: Loan,
    on: date,
    opening: Decimal,
    *,
    keep: str = "term",
    terms: Terms | None = None,
    frame: Sequence[Instalment] | None = None,
    wanted: Mapping[int, Decimal] | None = None,
    methods: Methods = BUILT_IN,
) -> tuple[Instalment, ...]:
    """The rows after a day for a principal of `opening`, which is what is undue now and after the change.

    `keep` the term (as many rows as before) or the instalment (rows go on as they were until nothing is left).
    `terms` are the new ones where they change; `frame` are rows to plan in where their dates, rates or number change;
    `wanted` names the principal of each row where no rule is to find it. The last row takes what is left.
    """
    rows = [account.instalment for account in ahead(loan, on)] if frame is None else list(frame)
    agreed = terms or loan.terms
    if not rows:
        return ()
    with localcontext(arithmetic(agreed)):
        share = opening / undue(loan, on) if undue(loan, on) else Decimal(1)
        balance, carry = opening, _carry(loan, rows, on, opening, methods)
        made: list[Instalment] = []
        path = rate_path(agreed, rows[-1].due_on)
        for plan in _plans(loan, agreed, rows, methods):
            old = rows[len(made) : len(made) + len(plan.periods)]
            plan = replace(plan, opening=balance, costs=_costs(plan, old, path))
            amounts = _amounts(plan, old, methods, carry, _Way(keep, share, wanted))
            made += _rows(plan, amounts, old)
            balance = amounts.closing
        made = list(_used(made)) if keep == "instalment" else made
        return tuple(_joined(loan, made))


def _carry(loan: Loan, rows: Sequence[Instalment], on: date, opening: Decimal, methods: Methods) -> Carry:
    """Interest borne before the plan begins that falls due with it: of earlier periods without interest payment, and
    of the running period on the principal that the change takes away (or, less, adds). Where the running row was cut
    by a change of rate or base, that is what it bears beyond its base."""
    running = rows[0]
    paying = next((row for row in rows if row.interest > 0), running)
    since = paying.counted_from or paying.start_on
    borne = paying.carried if since <= paying.start_on else paying.interest - _own(loan, paying, methods)
    if since < running.start_on:
        borne += paying.base * paying.annual_rate * (running.start_on - since).days / paying.daily_basis
    if running.start_on < on:
        before = undue(loan, on)
        taken = running.base * (before - opening) / before if before else ZERO
        borne += taken * running.annual_rate * (on - running.start_on).days / running.daily_basis
    return Carry(loan.terms.rounding.apply(borne))


def _own(loan: Loan, row: Instalment, methods: Methods) -> Decimal:
    """What the base of a row bears over its whole period under the loan's terms."""
    (plan,) = _plans(loan, loan.terms, [row], methods)
    (cost,) = _costs(plan, [row], rate_path(loan.terms, row.due_on))
    return raw_interest(loan.terms, cost, row.base)


def _plans(loan: Loan, terms: Terms, rows: Sequence[Instalment], methods: Methods) -> Iterator[PhasePlan]:
    """The phases that are left, each with its periods; rows beyond the last phase belong to it."""
    ends = [dues.days[-1] for dues in due_days(terms)]

    def phase_of(row: Instalment) -> int:
        return next((place for place, end in enumerate(ends) if row.due_on <= end), len(ends) - 1)

    count = methods.day_counts[terms.day_count]
    known = [account.instalment for account in loan.accounts if account.instalment.number < rows[0].number]
    for place, found in groupby(rows, key=phase_of):
        phase, group = terms.phases[place], list(found)
        shares = Shares(terms, phase, count)
        passed = [row for row in known if phase_of(row) == place]
        yield PhasePlan(
            terms,
            phase,
            [_period(shares, row, row is rows[-1]) for row in group],
            ZERO,
            (),
            passed=len(passed),
            passed_paying=sum(row.principal > 0 for row in passed),
            final=group[-1] is rows[-1],
        )


def _period(shares: Shares, row: Instalment, last: bool) -> Period:
    """A row's period; what falls due at its end is what fell due there before."""
    terms, step = shares.terms, shares.step(row.start_on, row.due_on)
    share = shares.between(row.start_on, row.due_on, step)
    usual, months = shares.nominal(share, step), months_of(calendar_of(shares.phase))
    on_top = row.number == 1 and step == IRREGULAR and terms.first_stub == "actual" and bool(months)
    if on_top:
        regular = add_months(row.due_on, -months, anchor_of(terms))
        usual = shares.nominal(shares.between(regular, row.due_on, months), months)
    return Period(
        row.number,
        row.start_on,
        row.due_on,
        share,
        usual,
        pays_principal=last or row.principal > 0,
        pays_interest=(row.interest > 0 or not row.base) and not row.capitalised,
        on_top=on_top,
        capitalises=row.capitalised > 0,
        tolerated_to=row.tolerated_to,
    )


def _costs(plan: PhasePlan, rows: Sequence[Instalment], path: Sequence[RateStep]) -> list[Cost]:
    """What each period costs: by the moving rate of the terms, else each at the rate of its row."""
    if moves(plan.terms):
        return costs_of(plan.terms, plan.phase, plan.periods, path)
    found: list[Cost] = []
    for period, row in zip(plan.periods, rows, strict=True):
        phase = replace(plan.phase, annual_rate=row.annual_rate)
        found += costs_of(plan.terms, phase, [period], path)
    return found


class _Way(NamedTuple):
    """How the principal is found: what is kept, the new principal over the old, or the amounts wanted."""

    keep: str
    share: Decimal
    wanted: Mapping[int, Decimal] | None


def _amounts(plan: PhasePlan, old: Sequence[Instalment], methods: Methods, carry: Carry, way: _Way) -> Amounts:
    interest = _interest(plan, old, methods, way)
    rule, rounded = plan.phase.principal, plan.terms.rounding.apply
    if way.wanted is not None:
        return amortise(plan, Targets([way.wanted.get(row.number, ZERO) for row in old]), interest, carry)
    if way.keep == "instalment":
        by_payment = rule in BY_PAYMENT
        targets = Targets([row.payment if by_payment else row.principal for row in old], by_payment=by_payment)
        return amortise(plan, targets, interest, carry)
    if rule in BY_ROW:
        return amortise(plan, Targets([rounded(row.principal * way.share) for row in old]), interest, carry)
    return with_residual(plan, methods.principal[rule](plan, interest), interest, carry)


def _interest(plan: PhasePlan, old: Sequence[Instalment], methods: Methods, way: _Way) -> InterestPlan:
    """Interest that does not go by the balance shrinks and grows with the principal as a whole."""
    if plan.phase.interest == "flat_total":
        rounded = plan.terms.rounding.apply
        return InterestPlan(amounts=[rounded(row.interest * way.share) for row in old])
    if plan.phase.interest == "original_principal":
        return InterestPlan(base=[row.base * way.share for row in old])
    return methods.interest[plan.phase.interest](plan)


def _rows(plan: PhasePlan, amounts: Amounts, old: Sequence[Instalment]) -> Iterator[Instalment]:
    for place, (row, cost) in enumerate(zip(old, plan.costs, strict=True)):
        special = not amounts.plain
        yield row._replace(
            opening=amounts.opening[place],
            principal=amounts.principal[place],
            interest=amounts.interest[place],
            base=amounts.base[place],
            annual_rate=cost.rate,
            drawn=ZERO,
            capitalised=amounts.capitalised[place] if special else ZERO,
            carried=amounts.carried[place] if special else ZERO,
            counted_from=amounts.counted_from[place] if special else None,
        )


def _used(rows: Sequence[Instalment]) -> Iterator[Instalment]:
    """The rows until nothing is left."""
    for row in rows:
        yield row
        if not row.closing:
            return


def _joined(loan: Loan, rows: Sequence[Instalment]) -> Iterator[Instalment]:
    """The planned rows with what was paid on them in advance."""
    paid = {account.instalment.number: account for account in loan.accounts}
    advance = total(paid[row.number].principal_paid for row in rows if row.number in paid)
    for row in rows:
        known = paid.get(row.number)
        extra = known.principal_paid if known else ZERO
        made = row._replace(opening=row.opening + advance, principal=row.principal + extra)
        if known is not None and made.interest < known.interest_paid:
            made = made._replace(interest=known.interest_paid)
        advance -= extra
        yield made


def brought_forward(loan: Loan, on: date) -> Instalment | None:
    """One row that makes everything due today: all principal not yet due and the interest borne until now, with what
    was paid of either in advance; None when nothing falls due later."""
    later = ahead(loan, on)
    if not later:
        return None
    first, rounding = later[0], loan.terms.rounding
    borne = total(interest_accrued(account.instalment, on, rounding) for account in later)
    elsewhere = total(account.interest_paid for account in later[1:])
    return first.instalment._replace(
        start_on=min(first.instalment.start_on, on),
        due_on=on,
        opening=undue(loan, on) + first.principal_paid,
        principal=undue(loan, on) + first.principal_paid,
        interest=max(borne - elsewhere, first.interest_paid),
        drawn=ZERO,
        capitalised=ZERO,
        tolerated_to=None,
        carried=ZERO,
        counted_from=None,
    )
