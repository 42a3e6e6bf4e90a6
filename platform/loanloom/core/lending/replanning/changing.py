"""Rows of a loan after its terms changed: another rate, a pause, other dates, more instalments, overdue spread."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from loanloom.core.dates import add_period
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.planning.instalments import Instalment
from loanloom.core.lending.planning.plan import in_multiples
from loanloom.core.lending.planning.rates import with_pause, with_rate
from loanloom.core.lending.planning.schedule import down_payment
from loanloom.core.lending.replanning.drawing import scheduled
from loanloom.core.lending.replanning.levels import relevel
from loanloom.core.lending.replanning.loans import changed_rows, follows, plan_of
from loanloom.core.lending.replanning.working import Plan, Row
from loanloom.core.money import ZERO, total


def working(loan: Loan, on: date) -> Plan:
    """The plan to change: as it stands, or, where payments do not change it, as if everything were paid when due."""
    plan = plan_of(loan)
    if not follows(loan):
        first = loan.terms.principal - down_payment(loan.terms, loan.terms.principal)
        plan = scheduled(plan, loan.circumstances.draws, first)
    plan.advance(on)
    plan.settle(on)
    return plan


def put_back(loan: Loan, plan: Plan) -> tuple[Instalment, ...]:
    """The changed rows, with what the loan has really got on them."""
    if not follows(loan):
        paid = {account.instalment.number: account for account in loan.accounts}
        for row in plan.open_rows:
            row.carried, row.counted_from = ZERO, row.start_on
            if row.number in paid:
                row.principal_paid = paid[row.number].principal_paid
                row.interest_paid = paid[row.number].interest_paid
    return changed_rows(loan, plan)


def relevel_from(plan: Plan, day: date, on: date) -> None:
    """Solve the instalments anew for the rows due after a day, over what is left for them."""
    rows = [row for row in plan.open_rows if row.due_on > day]
    if rows:
        relevel(plan, rows, total(row.unpaid - row.credited_principal for row in rows), on)


def changed_rate(loan: Loan, on: date, from_on: date, rate: Decimal) -> tuple[Instalment, ...]:
    """The rows with another rate from a day on, instalments solved anew from the period it falls into."""
    plan = working(loan, on)
    plan.terms = with_rate(plan.terms, from_on, rate)
    plan.settle(on)
    relevel_from(plan, from_on, on)
    return put_back(loan, plan)


def paused(loan: Loan, on: date, from_on: date, to_on: date) -> tuple[Instalment, ...]:
    """The rows with a pause: instalments stay, the last one takes less."""
    plan = working(loan, on)
    plan.terms = with_pause(plan.terms, from_on, to_on)
    plan.settle(on)
    return put_back(loan, plan)


def moved(loan: Loan, on: date, due_on: date, new_due: date) -> tuple[Instalment, ...]:
    """The rows with one due date moved and the later ones following it at their usual distance."""
    plan = working(loan, on)
    phase = loan.terms.phases[-1]
    rows = [row for row in plan.open_rows if row.due_on >= due_on]
    previous: Row | None = None
    for place, row in enumerate(rows):
        if previous is not None:
            row.start_on = previous.due_on
            row.counted_from = max(row.counted_from, row.start_on) if row.carried else row.start_on
        row.due_on = add_period(new_due, phase.every * place, phase.unit, new_due.day)
        previous = row
    plan.settle(on)
    return put_back(loan, plan)


def lengthened(loan: Loan, on: date, from_on: date, count: int) -> tuple[Instalment, ...]:
    """The rows with more of them at the end, instalments solved anew from a day."""
    plan = working(loan, on)
    phase, rows = loan.terms.phases[-1], list(plan.open_rows)
    origin = loan.terms.counts_from or loan.terms.start_on
    number = max(row.number for row in plan.rows)
    last = rows[-1]
    for extra in range(1, count + 1):
        due_on = add_period(origin, phase.every * (len(rows) + extra), phase.unit, origin.day)
        if due_on <= last.due_on:
            due_on = add_period(last.due_on, phase.every, phase.unit)
        last = Row(number=number + extra, start_on=last.due_on, due_on=due_on, rate=last.rate, counted_from=last.due_on)
        last.level = last.agreed = Decimal("Infinity")
        plan.rows.append(last)
    added = plan.rows[-count:]
    from_on = min(from_on, added[0].due_on)
    for row in added:
        row.level = row.agreed = ZERO
    if loan.terms.annual_rate or loan.terms.rates.steps:
        relevel_from(plan, from_on - timedelta(days=1), on)
    else:
        _share_out(plan, [row for row in plan.open_rows if row.due_on >= from_on])
    return put_back(loan, plan)


def _share_out(plan: Plan, rows: Sequence[Row]) -> None:
    """Without interest: the same principal for every row, the last takes the cents."""
    left = total(row.unpaid for row in rows)
    share = in_multiples(plan.terms, left / len(rows))
    for row in rows:
        part = left if row is rows[-1] else min(share, left)
        row.principal = row.principal_paid + part
        row.level = row.agreed = row.principal + row.interest
        left -= part
    plan.reopen()


def overdue_spread(loan: Loan, on: date, *, split: bool = False) -> tuple[tuple[Instalment, ...], Decimal]:
    """The rows after what is overdue was moved to those still to come, the late ones closed with what they got; and
    the interest that each of the later ones takes over, if overdue interest is split equally."""
    plan = plan_of(loan)
    bears = bool(loan.terms.annual_rate or loan.terms.rates.steps)
    if follows(loan):
        plan.advance(on)
        plan.settle(on)
    late = [row for row in plan.rows if row.due_on <= on and not row.extra]
    ahead = [row for row in plan.open_rows if row.due_on > on]
    overdue, unpaid = total(row.unpaid for row in late), total(row.interest - row.interest_paid for row in late)
    for row in late:
        row.principal, row.interest = row.principal_paid, row.interest if not bears else row.interest_paid
        row.level = row.agreed = row.principal + row.interest - row.credited_principal - row.credited_interest
        if split:
            row.carried = row.interest_paid - row.credited_interest
    share = loan.terms.rounding.apply(unpaid / len(ahead)) if split and ahead else ZERO
    for row in ahead:
        row.credited_interest += share
    if bears:
        relevel(plan, ahead, plan.outstanding, on)
    elif ahead:
        _add_evenly(plan, ahead, overdue)
    return changed_rows(loan, plan), share


def _add_evenly(plan: Plan, rows: Sequence[Row], amount: Decimal) -> None:
    """The same addition for every row, the last takes the cents."""
    share = in_multiples(plan.terms, amount / len(rows))
    for row in rows:
        part = amount if row is rows[-1] else min(share, amount)
        row.principal += part
        row.level = row.agreed = row.principal + row.interest
        amount -= part
    plan.reopen()
