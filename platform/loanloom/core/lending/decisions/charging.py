"""Charges on a running loan: adding one that the product discloses, waiving it, giving it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from loanloom.core.lending.agreed.charges import ChargeTerms, bounded
from loanloom.core.lending.decisions.decision import Command, Decide, Decision, closing, refusal_of, refused
from loanloom.core.lending.decisions.receiving import ReceiveRepayment, receive
from loanloom.core.lending.events.charges import ChargeAdded, ChargedPart, ChargeWaived
from loanloom.core.lending.loan import Account, Loan
from loanloom.core.lending.owing.allocation import Applied
from loanloom.core.lending.owing.placing import instalment_for
from loanloom.core.lending.planning.instalments import Instalment
from loanloom.core.lending.replanning.loans import standing
from loanloom.core.money import ZERO, total
from loanloom.problems import text


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCharge(Command):
    """Charge something that the product discloses.

    `amount` or `rate` (of the charge's base) stand in for what the product says. The charge falls due with the
    instalment in whose period `due_on` lies (the day itself when left out), one `at_once` on that day alone.
    """

    on: date
    key: str
    amount: Decimal | None = None
    rate: Decimal | None = None
    due_on: date | None = None
    at_once: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiveCharge(Command):
    """Give up what is still owed of a charge; `charge` is its place among the loan's charges."""

    on: date
    charge: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustCharge(Command):
    """Give a charge back, wholly or in part: the amount pays what the loan owes."""

    on: date
    charge: int
    amount: Decimal


def _add(loan: Loan, command: AddCharge) -> Decision:
    agreed = next((charge for charge in loan.terms.charges if charge.key == command.key), None)
    if agreed is None:
        return refused(
            "lending.charge_not_disclosed",
            text("A charge that the contract does not disclose cannot be booked.", "合同未披露的费用不得收取。"),
            field="key",
        )
    reopened = replace(loan, settled_on=None) if loan.circumstances.closed_on is None else loan
    refusal = refusal_of(reopened, command.on, command.amount)
    if refusal:
        return refusal
    if command.rate is not None and not (command.rate.is_finite() and ZERO < command.rate <= 1):
        fraction = text("A rate is a fraction up to 1, such as 0.015.", "费率应为不超过 1 的小数，如 0.015。")
        return refused("lending.not_a_rate", fraction, field="rate")
    stood = standing(loan, command.on)
    rows: tuple[Instalment, ...] = ()
    if agreed.event == "instalment":
        parts = _each(stood, agreed, command)
    else:
        due_on = command.due_on or command.on
        amount = _amount(agreed, command, _bases(stood), loan)
        number, rows = instalment_for(stood, due_on, at_once=command.at_once)
        parts = (ChargedPart(number, amount, due_on),) if amount else ()
    if not parts:
        return refused(
            "lending.charge_of_nothing", text("The charge comes to nothing.", "该费用金额为零。"), field="amount"
        )
    event = ChargeAdded(
        on=command.on, key=agreed.key, component=agreed.component if agreed.component == "penalty" else "fee",
        amount=total(part.amount for part in parts), parts=parts, rows=rows,
    )  # fmt: skip
    return Decision((event,))


def _amount(agreed: ChargeTerms, command: AddCharge, bases: Mapping[str, Decimal], loan: Loan) -> Decimal:
    """What is charged: as the command says, else as the product does."""
    if command.amount is not None:
        return command.amount
    rate = agreed.rate if command.rate is None else command.rate
    flat = agreed.amount if command.rate is None else ZERO
    return bounded(agreed, flat + bases.get(agreed.base, ZERO) * rate, loan.terms.rounding)


def _bases(loan: Loan) -> dict[str, Decimal]:
    """The amounts that a percentage may be of, for the whole loan."""
    principal = loan.terms.principal + total(draw.amount for draw in loan.circumstances.draws)
    interest = total(account.instalment.interest for account in loan.accounts)
    return {
        "principal": principal, "disbursed": principal, "interest_total": interest,
        "principal_and_interest": principal + interest, "principal_outstanding": loan.principal_outstanding,
    }  # fmt: skip


def _each(loan: Loan, agreed: ChargeTerms, command: AddCharge) -> tuple[ChargedPart, ...]:
    """A charge on every instalment that is still to come."""
    parts = []
    for account in loan.accounts:
        row = account.instalment
        if row.due_on <= command.on or not row.days or row.extra:
            continue
        bases = {
            "instalment": row.payment, "instalment_principal": row.principal, "instalment_interest": row.interest,
        }  # fmt: skip
        amount = _amount(agreed, command, bases, loan)
        if amount:
            parts.append(ChargedPart(row.number, amount, row.due_on))
    return tuple(parts)


def owed_of_charge(loan: Loan, place: int) -> Decimal:
    """What is still owed of a charge: what was paid on its instalment went to the charges there in their order."""
    charges = loan.circumstances.charges
    charge = charges[place]
    account = next(each for each in loan.accounts if each.instalment.number == charge.number)
    same = [each for each in charges if (each.number, each.component) == (charge.number, charge.component)]
    left = _paid_on(account, charge.component) - total(each.waived for each in same)
    for each in sorted(same, key=lambda each: each.due_on):
        open_part = each.amount - each.waived
        paid = min(left, open_part)
        if each is charge:
            return open_part - paid
        left -= paid
    return ZERO


def _paid_on(account: Account, component: str) -> Decimal:
    return account.penalty_paid if component == "penalty" else account.fee_paid


def _waive(loan: Loan, command: WaiveCharge) -> Decision:
    if not 0 <= command.charge < len(loan.circumstances.charges):
        return _no_such_charge()
    refusal = refusal_of(loan, command.on, None)
    if refusal:
        return refusal
    charge = loan.circumstances.charges[command.charge]
    amount = owed_of_charge(loan, command.charge)
    if not amount:
        return refused(
            "lending.charge_paid", text("Nothing is owed of this charge.", "该费用已无欠款。"), field="charge"
        )
    event = ChargeWaived(
        on=command.on, charge=command.charge, component=charge.component, amount=amount,
        applied=(Applied(charge.number, charge.component, amount),),
    )  # fmt: skip
    return Decision(closing(loan, (event,), command.on))


def _adjust(loan: Loan, command: AdjustCharge) -> Decision:
    if not 0 <= command.charge < len(loan.circumstances.charges):
        return _no_such_charge()
    charge = loan.circumstances.charges[command.charge]
    if command.amount > charge.amount - charge.waived:
        return refused(
            "lending.more_than_charged",
            text("More than was charged cannot be given back.", "退还金额不得超过已收费用。"),
            field="amount",
        )
    return receive(loan, ReceiveRepayment(on=command.on, amount=command.amount, kind="charge_adjustment"))


def _no_such_charge() -> Decision:
    return refused(
        "lending.no_such_charge", text("This loan has no such charge.", "这笔借款没有该项费用。"), field="charge"
    )


DECIDES: Mapping[type[Command], Decide] = {AddCharge: _add, WaiveCharge: _waive, AdjustCharge: _adjust}
