"""A loan as the tables of the oracle: schedule rows, totals, transactions, status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from loanloom.core.lending.decisions.charging import owed_of_charge
from loanloom.core.lending.events import Event, RepaymentReceived, SurplusApplied
from loanloom.core.lending.events.charges import ChargeWaived
from loanloom.core.lending.events.ending import ChargedOff, ContractTerminated, WrittenOff
from loanloom.core.lending.events.plans import ReAged
from loanloom.core.lending.evolution import evolve
from loanloom.core.lending.history import Recorded, live
from loanloom.core.lending.loan import Account, Loan
from loanloom.core.lending.owing.allocation import by_component
from loanloom.core.lending.owing.arrears import late_costs_of
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
    """What each row got before and after its due date, as that was when the money came."""
    numbers = {each.instalment.number for each in loan.accounts}
    found: dict[int, dict[str, Decimal]] = {}
    then: Loan | None = None
    for each in live(history):
        then = evolve(then, each.event)
        for account in then.accounts:
            found.setdefault(account.instalment.number, {"in_advance": ZERO, "late": ZERO})
        if isinstance(each.event, ReAged | ChargedOff | ContractTerminated):
            _fold(found, each.event)
        if not isinstance(each.event, RepaymentReceived | SurplusApplied):
            continue
        due = {account.instalment.number: account.instalment.due_on for account in then.accounts}
        for part in each.event.applied:
            if each.event.on != due[part.number]:
                side = "in_advance" if each.event.on < due[part.number] else "late"
                found[part.number][side] += part.amount
    return {number: sides for number, sides in found.items() if number in numbers}


def _fold(found: dict[int, dict[str, Decimal]], event: ReAged | ChargedOff | ContractTerminated) -> None:
    """What rows that went had got belongs to the one that took them in."""
    for number in event.removed:
        into = event.into if isinstance(event, ReAged) else event.rows[-1].number
        for side, amount in found.pop(number, {}).items():
            found[into][side] += amount


def waived_by_row(history: Sequence[Recorded]) -> dict[int, Decimal]:
    """What was given up on each row."""
    found: dict[int, Decimal] = {}
    for each in live(history):
        if isinstance(each.event, ChargeWaived | WrittenOff):
            for part in each.event.applied:
                found[part.number] = found.get(part.number, ZERO) + part.amount
    return found


def _row(account: Account, loan: Loan, on: date, sides: Mapping[str, Decimal], waived: Decimal) -> Shown:
    said = account.instalment
    late = late_costs_of(account, loan.terms, on).amounts
    fees, penalties = account.fee + late["fee"], account.penalty + late["penalty"]
    settled = total((account.principal_paid, account.interest_paid, account.fee_paid, account.penalty_paid))
    due = said.principal + said.interest + fees + penalties
    amounts = {
        "principal": said.principal, "interest": said.interest, "fees": fees, "penalties": penalties,
        "due": due, "paid": settled - waived, "outstanding": due - settled, **sides,
    }  # fmt: skip
    return Shown(0, said.due_on, ZERO, amounts, account.paid_on)


def _at_draw(account: Account) -> bool:
    """A charge at disbursement has a row of its own with us; the oracle shows it with the disbursement."""
    return account.instalment.extra and not account.instalment.days and not account.instalment.principal


def _fell_away(account: Account, loan: Loan) -> bool:
    """A row for which nothing is left, where early payments shorten the plan; the oracle shows it no more."""
    recalculation = loan.terms.recalculation
    shortens = recalculation is not None and recalculation.on_prepayment == "last_instalment"
    nothing = not account.instalment.payment and not account.principal_paid and not account.fee
    return shortens and loan.terms.allocation.surplus == "prepay" and nothing


def schedule(
    loan: Loan, history: Sequence[Recorded], on: date, drawn: Sequence[tuple[date, Decimal]]
) -> tuple[list[Shown], Loan]:
    """The rows as they stand, disbursements between them, and the loan they are of."""
    loan = standing(loan, on) if on > loan.last_event_on else loan
    sides, waived = received_by_row(loan, history), waived_by_row(history)
    rows: list[Shown] = []
    draws, number, balance = sorted(drawn), 0, ZERO
    for account in sorted(loan.accounts, key=lambda each: (each.instalment.due_on, each.instalment.number)):
        said = account.instalment
        while draws and (draws[0][0] < said.due_on or (not said.days and draws[0][0] == said.due_on)):
            rows.append(Shown(None, *draws[0]))
            balance += draws.pop(0)[1]
        balance += account.credited_principal - said.principal
        shown = _row(account, loan, on, sides[said.number], waived.get(said.number, ZERO))
        if _at_draw(account):
            rows.append(Shown(None, shown.due_on, ZERO, {**shown.amounts, "in_advance": ZERO, "late": ZERO}))
            continue
        if _fell_away(account, loan):
            continue
        number += 1
        rows.append(Shown(number, shown.due_on, balance, shown.amounts, shown.paid_on))
    rows += [Shown(None, *draw) for draw in draws]
    return rows, loan


def totals(rows: Sequence[Shown]) -> dict[str, Decimal]:
    """The sums of the rows."""
    return {name: total(row.amounts[name] for row in rows if row.amounts) for name in AMOUNTS}


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
    if loan.circumstances.written_off_on:
        return "CLOSED_WRITTEN_OFF"
    if any(account.open or account.charges_open for account in loan.accounts):
        return "ACTIVE"
    return "OVERPAID" if loan.surplus else "CLOSED_OBLIGATIONS_MET"


def charges(loan: Loan) -> list[tuple[str, ...]]:
    """Charges as (due, paid, waived, outstanding); one on every instalment is shown as one."""
    found: dict[tuple[str, date], list[Decimal]] = {}
    each_key = {charge.key for charge in loan.terms.charges if charge.event == "instalment"}
    for place, charge in enumerate(loan.circumstances.charges):
        owing = owed_of_charge(loan, place)
        name = (charge.key, charge.added_on if charge.key in each_key else date.fromordinal(place + 1))
        sums = found.setdefault(name, [ZERO, ZERO, ZERO, ZERO])
        for index, amount in enumerate((charge.amount, charge.amount - charge.waived - owing, charge.waived, owing)):
            sums[index] += amount
    return [tuple(f"{amount:.2f}" for amount in sums) for sums in found.values()]
