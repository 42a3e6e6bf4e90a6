"""Subsidies of the interest 贴息: what they bear is decided on each due date, with what others bear of charges; a claim
that is refused falls back on the borrower."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from loanloom.core.lending.decisions.chargebacks import Chargeback, charge_back
from loanloom.core.lending.decisions.decision import Command, Decide, Decision, closing, refused
from loanloom.core.lending.decisions.sharing import charges_shared
from loanloom.core.lending.events import Event
from loanloom.core.lending.events.chargebacks import ChargedBack
from loanloom.core.lending.events.subsidies import SubsidyWithdrawn
from loanloom.core.lending.evolution import evolve_all
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.arrears import arrears
from loanloom.core.lending.owing.subsidised import claimed, subsidised
from loanloom.core.money import ZERO
from loanloom.problems import text


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplySubsidies(Command):
    """Decide what others bear of the interest that falls due on a day, and of the charges that are due by then."""

    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawSubsidy(Command):
    """Let the borrower owe what subsidy `place` was to bear of instalment `number`: the claim on it was refused."""

    on: date
    number: int
    place: int
    amount: Decimal


def _apply(loan: Loan, command: ApplySubsidies) -> Decision:
    """Nothing where it came too late: the loan is settled, or something was booked after the day."""
    if loan.settled_on is not None or command.on < loan.last_event_on:
        return Decision()
    events: tuple[Event, ...] = ()
    due = [each for each in loan.accounts if each.instalment.due_on == command.on] if loan.terms.interest_shares else []
    for account in due:
        days = arrears(loan, command.on).days_past_due
        made = subsidised(evolve_all(loan, events), account, command.on, days)
        events += (made,) if made else ()
    events += charges_shared(evolve_all(loan, events), command.on)
    return Decision(closing(loan, events, command.on) if events else ())


def _withdraw(loan: Loan, command: WithdrawSubsidy) -> Decision:
    account = next((each for each in loan.accounts if each.instalment.number == command.number), None)
    borne = claimed(account)[command.place : command.place + 1] if account else ()
    amount = min(command.amount, *borne) if borne else ZERO
    if amount <= 0:
        return refused(
            "lending.no_subsidy",
            text("This subsidy bears nothing of that instalment.", "该贴息未承担该期利息。"),
            field="number",
        )
    again = charge_back(loan, Chargeback(on=command.on, amount=amount, parts={"interest": amount}))
    if again.problems:
        return again
    owed = again.events[0]
    assert isinstance(owed, ChargedBack)
    event = SubsidyWithdrawn(
        on=command.on, number=command.number, place=command.place, amount=amount, applied=owed.applied, rows=owed.rows
    )
    return Decision((event,))


DECIDES: Mapping[type[Command], Decide] = {ApplySubsidies: _apply, WithdrawSubsidy: _withdraw}
