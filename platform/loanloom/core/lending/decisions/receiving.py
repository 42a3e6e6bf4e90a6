"""Money in for what is due: repayments of every kind, money kept for the borrower that pays what has fallen due, and
the plan that follows what stays unpaid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from loanloom.core.lending.agreed.terms import AllocationRule
from loanloom.core.lending.decisions.decision import Command, Decide, Decision, closing, refusal_of, refused
from loanloom.core.lending.decisions.prepaying import prepaid_with
from loanloom.core.lending.decisions.settling import payoff, settled_with
from loanloom.core.lending.events import PlanRecalculated, RepaymentReceived, SurplusApplied
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.allocation import Applied, allocate
from loanloom.core.lending.owing.applying import IN_ADVANCE, Applying, Debts, order_for
from loanloom.core.lending.owing.arrears import arrears, due_of, owed
from loanloom.core.lending.planning.instalments import Instalment
from loanloom.core.lending.replanning.book import book_of
from loanloom.core.lending.replanning.loans import changed_rows, follows, standing
from loanloom.core.lending.replanning.prepaying import prepay
from loanloom.core.money import ZERO, formatted, total
from loanloom.problems import text


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveRepayment(Command):
    """Take money for what is due.

    `kind` says what the money is (repayment, down_payment, merchant_refund, payout_refund, goodwill, interest_refund,
    interest_waiver ...); the product may allocate each kind in its own way.
    """

    on: date
    amount: Decimal
    kind: str = "repayment"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplySurplus(Command):
    """Use money kept for the borrower on what has fallen due."""

    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalculate(Command):
    """Bring the plan up to a day: what is unpaid past its due date has gone on bearing interest."""

    on: date


OWN_MONEY = frozenset({"repayment", "down_payment"})
"""Kinds of receipts that make no sense on a loan that is paid; a refund or credit does."""


@dataclass(frozen=True, slots=True)
class Split:
    """How an amount goes through a loan: its parts, what is left, and the rows that change with it."""

    applied: tuple[Applied, ...]
    left: Decimal
    rows: tuple[Instalment, ...] = ()


def split(loan: Loan, amount: Decimal, on: date, kind: str = "repayment") -> Split:
    """How an amount of a kind is allocated on a day; what happens with the rest is the caller's."""
    days = arrears(loan, on).days_past_due if loan.terms.allocation.rules else 0
    rule = order_for(loan.terms.allocation, kind, days)
    if follows(loan):
        return _through_plan(loan, amount, on, rule)
    if not rule.buckets and rule.surplus not in IN_ADVANCE:
        found = allocate(amount, owed(loan, on), rule)
        return Split(found.applied, found.left_over)
    debts = Debts(
        [(each.instalment.number, each.instalment.start_on, each.instalment.due_on) for each in loan.accounts],
        {each.instalment.number: dict(due_of(each, loan.terms, on).amounts) for each in loan.accounts},
    )
    applying = Applying(debts, rule, on, loan.terms.rounding, amount)
    applying.run()
    return Split(tuple(applying.applied), applying.left)


def _through_plan(loan: Loan, amount: Decimal, on: date, rule: AllocationRule) -> Split:
    """The same where every payment changes what the later days bear."""
    book = book_of(loan, on, closing_with=amount)
    if amount < total(book.closing_amounts().values()):
        book.plan.rest(on)
    elif rule.surplus == "prepay":
        rule = replace(rule, surplus="next_instalment")
    applying = Applying(book, rule, on, loan.terms.rounding, amount)
    applying.run()
    if applying.left and rule.surplus == "prepay" and loan.terms.recalculation:
        number = prepay(book.plan, on, applying.left, loan.terms.recalculation.on_prepayment)
        if number is not None:
            applying.applied.append(Applied(number, "principal", applying.left))
            applying.left = ZERO
    return Split(tuple(applying.applied), applying.left, changed_rows(loan, book.plan))


def receive(loan: Loan, command: ReceiveRepayment) -> Decision:
    """What money received leads to."""
    if loan.settled_on is not None and command.kind not in OWN_MONEY and loan.terms.rounding.holds(command.amount):
        return after_the_end(loan, command)
    refusal = refusal_of(loan, command.on, command.amount)
    if refusal:
        return refusal
    found = split(loan, command.amount, command.on, command.kind)
    if found.left and _surplus(loan, command.kind) == "prepay" and not follows(loan):
        return _prepaying(loan, command, found)
    if found.left and not _keeps(loan, command.kind):
        return _too_much(loan, command, total(due.total for due in owed(loan, command.on)))
    event = RepaymentReceived(
        on=command.on, amount=command.amount, applied=found.applied, surplus=found.left, kind=command.kind,
        rows=found.rows,
    )  # fmt: skip
    return Decision(closing(loan, (event,), command.on))


def _prepaying(loan: Loan, command: ReceiveRepayment, found: Split) -> Decision:
    """Money beyond what is due repays principal early (随借随还); exactly the payoff amount settles the loan."""
    quote = payoff(loan, command.on)
    if not quote.problems and command.amount + loan.surplus == quote.total:
        return Decision(settled_with(loan, command.on, ((command.amount, command.kind),)))
    made = prepaid_with(loan, command.on, found.left)
    if made is None:
        return _too_much(loan, command, total(due.total for due in owed(loan, command.on)))
    receipt = RepaymentReceived(
        on=command.on, amount=command.amount, applied=(*found.applied, *made.applied), kind=command.kind
    )
    return Decision((*made.events, receipt))


def after_the_end(loan: Loan, command: ReceiveRepayment) -> Decision:
    """Money that comes when the loan is paid already: all of it is the borrower's."""
    if command.on < loan.last_event_on or command.amount <= 0:
        return refusal_of(replace(loan, settled_on=None), command.on, command.amount) or Decision()
    return Decision(
        (
            RepaymentReceived(
                on=command.on, amount=command.amount, applied=(), surplus=command.amount, kind=command.kind
            ),
        )
    )


def _surplus(loan: Loan, kind: str) -> str:
    """What the product does with money beyond the debts."""
    return order_for(loan.terms.allocation, kind, 0).surplus


def _keeps(loan: Loan, kind: str) -> bool:
    """Whether money beyond the debts stays with us for the borrower."""
    surplus = _surplus(loan, kind)
    return loan.terms.keeps_overpayment if not surplus else surplus != "refuse"


def _too_much(loan: Loan, command: ReceiveRepayment, due: Decimal) -> Decision:
    digits = loan.terms.rounding.digits
    quote = payoff(loan, command.on)
    hint = None
    if not quote.problems:
        amount = formatted(quote.total, digits)
        hint = text(f"To settle the whole loan today, take {amount}.", f"如需今日提前结清，应收 {amount}。")
    due_words = formatted(due, digits)
    return refused(
        "lending.more_than_due",
        text(
            f"{formatted(command.amount, digits)} is more than the {due_words} due on {command.on}, "
            "and this product keeps no overpayments.",
            f"{formatted(command.amount, digits)} 超过 {command.on} 应收的 {due_words}，本产品不接受多还。",
        ),
        hint,
        field="amount",
    )


def _apply_surplus(loan: Loan, command: ApplySurplus) -> Decision:
    refusal = refusal_of(loan, command.on, None)
    if refusal:
        return refusal
    dues = owed(loan, command.on)
    found = split(loan, min(loan.surplus, total(due.total for due in dues)), command.on) if dues else None
    if found is None or not found.applied:
        return Decision()
    used = total(part.amount for part in found.applied)
    event = SurplusApplied(on=command.on, amount=used, applied=found.applied, rows=found.rows)
    return Decision(closing(loan, (event,), command.on))


def _recalculate(loan: Loan, command: Recalculate) -> Decision:
    if loan.settled_on is not None or not follows(loan):
        return Decision()
    refusal = refusal_of(loan, command.on, None)
    if refusal:
        return refusal
    rows = changed_rows_on(loan, command.on)
    return Decision((PlanRecalculated(on=command.on, rows=rows),) if rows else ())


def changed_rows_on(loan: Loan, on: date) -> tuple[Instalment, ...]:
    """The rows that are other than stored on a day, in more than how far they are counted."""
    before = {account.instalment.number: account.instalment for account in loan.accounts}
    now = [account.instalment for account in standing(loan, on).accounts]
    amounts = [(row, before[row.number]) for row in now]
    if all((row.principal, row.interest) == (old.principal, old.interest) for row, old in amounts):
        return ()
    return tuple(row for row, old in amounts if row != old)


DECIDES: Mapping[type[Command], Decide] = {
    ReceiveRepayment: receive,
    ApplySurplus: _apply_surplus,
    Recalculate: _recalculate,
}
