"""Taking a receipt back (拒付, 退票): what it had paid is owed again, with the next instalment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from loanloom.core.lending.decisions.decision import Command, Decide, Decision, closing, refusal_of, refused
from loanloom.core.lending.decisions.receiving import split
from loanloom.core.lending.events import Event, SurplusApplied
from loanloom.core.lending.events.chargebacks import ChargedBack
from loanloom.core.lending.evolution import evolve
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.allocation import Applied
from loanloom.core.lending.planning.instalments import Instalment
from loanloom.core.lending.replanning.loans import changed_rows, follows, plan_of
from loanloom.core.lending.replanning.working import Row
from loanloom.core.money import ZERO, total
from loanloom.problems import text

COMPONENTS = ("principal", "interest", "fee", "penalty")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chargeback(Command):
    """Take a receipt back, wholly or in part: what it had paid is owed again.

    `parts` say what becomes owed, by component (empty: all of it principal).
    """

    on: date
    amount: Decimal
    parts: Mapping[str, Decimal] = field(default_factory=dict)


def charge_back(loan: Loan, command: Chargeback) -> Decision:
    """What taking a receipt back leads to."""
    refusal = refusal_of(replace(loan, settled_on=None), command.on, command.amount)
    if refusal:
        return refusal
    parts = dict(command.parts) or {"principal": command.amount}
    if total(parts.values()) != command.amount or not parts.keys() <= set(COMPONENTS) or min(parts.values()) < 0:
        return refused(
            "lending.parts_do_not_add_up",
            text("The parts must add up to the amount.", "各项金额之和须等于拒付金额。"),
            field="parts",
        )
    if command.amount <= loan.surplus:
        only_kept = ChargedBack(on=command.on, amount=command.amount, applied=(), surplus=command.amount)
        return Decision(closing(loan, (only_kept,), command.on) if loan.settled_on is None else (only_kept,))
    number, rows = _rows(loan, command.on, parts)
    applied = tuple(Applied(number, component, amount) for component, amount in parts.items() if amount)
    event = ChargedBack(on=command.on, amount=command.amount, applied=applied, rows=rows)
    return Decision((event, *_surplus_pays(evolve(loan, event), command.on)))


def _rows(loan: Loan, on: date, parts: Mapping[str, Decimal]) -> tuple[int, tuple[Instalment, ...]]:
    """The instalment that takes it - the next one, or one of its own after the last - and the rows that change."""
    plan = plan_of(loan)
    following = follows(loan)
    if following:
        plan.advance(on)
        plan.settle(on)
    planned = list(plan.open_rows)
    target = next((row for row in planned if row.due_on > on), None)
    if target is None and planned[-1].due_on == on:
        target = planned[-1]
    principal, interest = parts.get("principal", ZERO), parts.get("interest", ZERO)
    if target is None:
        number = max(row.number for row in plan.rows) + 1
        beyond = [row for row in plan.rows if row.extra and row.start_on != row.due_on]
        if beyond:
            number, target = beyond[-1].number, beyond[-1]
            target.due_on = max(target.due_on, on)
        else:
            target = Row(number=number, start_on=planned[-1].due_on, due_on=on, rate=ZERO, extra=True)
            plan.rows.append(target)
    if target.extra or not following:
        target.principal += principal
        target.interest += interest
        target.level = target.agreed = target.principal + target.interest
    else:
        target.credited_principal += principal
        target.credited_interest += interest
        plan.outstanding += principal
        plan.settle(on)
    return target.number, changed_rows(loan, plan)


def _surplus_pays(loan: Loan, on: date) -> tuple[Event, ...]:
    """Money kept for the borrower pays first what has become owed again."""
    if not loan.surplus:
        return ()
    found = split(loan, loan.surplus, on)
    if not found.applied:
        return ()
    return (SurplusApplied(on=on, amount=loan.surplus - found.left, applied=found.applied, rows=found.rows),)


DECIDES: Mapping[type[Command], Decide] = {Chargeback: charge_back}
