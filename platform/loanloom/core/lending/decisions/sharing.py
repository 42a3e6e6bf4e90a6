"""What others bear of charges that fall due later: decided when they do, knowing how late the loan is; a part that is
refused falls back on the borrower."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from loanloom.core.lending.agreed.charges import ChargeTerms
from loanloom.core.lending.decisions.decision import Command, Decide, Decision, refusal_of, refused
from loanloom.core.lending.events import Event
from loanloom.core.lending.events.charges import ChargeAdded, ChargedPart, ShareWithdrawn
from loanloom.core.lending.evolution import evolve_all
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing import shared_charges
from loanloom.core.lending.owing.arrears import arrears
from loanloom.core.lending.owing.placing import instalment_for
from loanloom.core.lending.planning.instalments import Instalment
from loanloom.core.lending.replanning.loans import standing
from loanloom.core.money import ZERO
from loanloom.problems import text


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawShare(Command):
    """Let the borrower owe what part `place` of shared charge `charge` was to bear: the claim on it was refused."""

    on: date
    charge: int
    place: int
    amount: Decimal


def charges_shared(loan: Loan, on: date) -> tuple[Event, ...]:
    """What others bear of the charges that are due by a day, each by how late the loan was on its own; what has stopped
    is the borrower's, with the instalment of the charge."""
    events: tuple[Event, ...] = ()
    for place, due in shared_charges.falling_due(loan, on):
        made = shared_charges.shared(loan, place, due, on, arrears(loan, due).days_past_due)
        found: tuple[Event, ...] = (made,)
        left = shared_charges.falls_back(loan, made)
        if left:
            number, rows = (made.number, ()) if made.number else instalment_for(standing(loan, on), on)
            found += (_left(shared_charges.terms_of(loan, place), left, on, number, due, rows),)
        events, loan = events + found, evolve_all(loan, found)
    return events


def _left(
    terms: ChargeTerms, amount: Decimal, on: date, number: int, due_on: date, rows: tuple[Instalment, ...]
) -> ChargeAdded:
    """What is left to the borrower of a charge that others were to bear a part of."""
    component = "penalty" if terms.component == "penalty" else "fee"
    part = ChargedPart(number, amount, due_on)
    return ChargeAdded(on=on, key=terms.key, component=component, amount=amount, parts=(part,), rows=rows)


def _withdraw(loan: Loan, command: WithdrawShare) -> Decision:
    shared = loan.circumstances.shared
    borne = shared[command.charge].borne if 0 <= command.charge < len(shared) else ()
    part = borne[command.place] if 0 <= command.place < len(borne) else ZERO
    terms = shared_charges.terms_of(loan, command.charge) if part else None
    if terms is None or terms.payer != "borrower" or not 0 < command.amount <= part:
        words = text("Nobody bears such a part of this charge for the borrower.", "该费用无他方代借款人承担的部分。")
        return refused("lending.no_share", words, field="charge")
    reopened = replace(loan, settled_on=None) if loan.circumstances.closed_on is None else loan
    refusal = refusal_of(reopened, command.on, command.amount)
    if refusal:
        return refusal
    fee = command.amount if shared[command.charge].ours else ZERO
    event = ShareWithdrawn(
        on=command.on, charge=command.charge, place=command.place, key=terms.key, amount=command.amount, fee=fee
    )
    number, rows = instalment_for(standing(reopened, command.on), date.fromordinal(command.on.toordinal() + 1))
    placed = {row.number: row.due_on for row in (*(each.instalment for each in loan.accounts), *rows)}
    return Decision((event, _left(terms, command.amount, command.on, number, placed[number], rows)))


DECIDES: Mapping[type[Command], Decide] = {WithdrawShare: _withdraw}
