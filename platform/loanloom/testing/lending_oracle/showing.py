"""A loan as the tables of the oracle: schedule rows, totals, transactions, status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from loanloom.core.lending.allocation import by_component
from loanloom.core.lending.arrears import late_costs_of
from loanloom.core.lending.events import Event, RepaymentReceived, SurplusApplied
from loanloom.core.lending.history import Recorded, live
from loanloom.core.lending.loan import Account, Loan
from loanloom.core.lending.replanning.loans import standing
from loanloom.core.money import ZERO, total
from loanloom.testing.lending_oracle.words import KIND_TITLES

AMOUNTS = ("principal", "interest", "fees", "penalties", "due", "paid", "in_advance", "late", "outstanding")


@dataclass(frozen=True, slots=True)
class Shown:
    """One row of the schedule; a disbursement has no number."""

    number: int | None
    due_on: date
    balance: Decimal
    amounts: Mapping[str, Decimal] = field(default_factory=dict)
    paid_on: date | None = None


def received_by_row(loan: Loan, history: Sequence[Recorded]) -> dict[int, dict[str, Decimal]]:
    """What each row got before and after its due date."""
    due = {each.instalment.number: each.instalment.due_on for each in loan.accounts}
    found = {number: {"in_advance": ZERO, "late": ZERO} for number in due}
    for each in live(history):
        if isinstance(each.event, RepaymentReceived | SurplusApplied):
            for part in each.event.applied:
                if part.number in due and each.event.on != due[part.number]:
                    side = "in_advance" if each.event.on < due[part.number] else "late"
                    found[part.number][side] += part.amount
    return found


def _row(account: Account, loan: Loan, on: date, sides: Mapping[str, Decimal], balance: Decimal) -> Shown:
    said = account.instalment
    late = late_costs_of(account, loan.terms, on).amounts
    fees, penalties = account.fee + late["fee"], late["penalty"]
    paid = total((account.principal_paid, account.interest_paid, account.fee_paid, account.penalty_paid))
    due = said.principal + said.interest + fees + penalties
    amounts = {
        "principal": said.principal, "interest": said.interest, "fees": fees, "penalties": penalties,
        "due": due, "paid": paid, "outstanding": due - paid, **sides,
    }  # fmt: skip
    return Shown(0, said.due_on, balance, amounts, account.paid_on)


def schedule(
    loan: Loan, history: Sequence[Recorded], on: date, drawn: Sequence[tuple[date, Decimal]]
) -> tuple[list[Shown], Loan]:
    """The rows as they stand, disbursements between them, and the loan they are of."""
    loan = standing(loan, on) if on > loan.last_event_on else loan
    sides = received_by_row(loan, history)
    rows: list[Shown] = []
    draws = sorted(drawn)
    balance = ZERO
    accounts = sorted(loan.accounts, key=lambda each: (each.instalment.due_on, each.instalment.number))
    for number, account in enumerate(accounts, 1):
        while draws and draws[0][0] <= account.instalment.due_on:
            rows.append(Shown(None, draws[0][0], draws[0][1]))
            balance += draws.pop(0)[1]
        balance -= account.instalment.principal
        shown = _row(account, loan, on, sides[account.instalment.number], balance)
        rows.append(Shown(number, shown.due_on, shown.balance, shown.amounts, shown.paid_on))
    return rows, loan


def totals(rows: Sequence[Shown]) -> dict[str, Decimal]:
    """The sums of the rows."""
    return {name: total(row.amounts[name] for row in rows if row.number is not None) for name in AMOUNTS}


def _money(event: RepaymentReceived) -> tuple[str, ...]:
    parts = by_component(event.applied)
    names = ("principal", "interest", "fee", "penalty")
    return tuple(f"{value:.2f}" for value in (event.amount, *(parts.get(name, ZERO) for name in names)))


def transactions(events: Sequence[Event]) -> list[tuple[str, ...]]:
    """Receipts as (date, type, amount, principal, interest, fees, penalties)."""
    return [
        (event.on.isoformat(), KIND_TITLES[event.kind], *_money(event))
        for event in events
        if isinstance(event, RepaymentReceived)
    ]


def status(loan: Loan) -> str:
    """Open, paid, or paid too much."""
    if any(account.open or account.fee > account.fee_paid for account in loan.accounts):
        return "ACTIVE"
    return "OVERPAID" if loan.surplus else "CLOSED_OBLIGATIONS_MET"
