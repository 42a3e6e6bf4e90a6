"""Partial prepayment 部分提前还款: principal repaid before it is due; the term stays, or the instalment does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple

from loanloom.core.dates import EVERY_DAY, Calendar
from loanloom.core.lending.decisions.decision import Command, Decide, Decision, refusal_of, refused
from loanloom.core.lending.events import Event, FeeCharged, RepaymentReceived
from loanloom.core.lending.events.agreements import PlanAgreed
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.allocation import Applied
from loanloom.core.lending.owing.arrears import owed
from loanloom.core.lending.planning.rules import BUILT_IN, Methods
from loanloom.core.lending.pricing.charging import early_fee
from loanloom.core.lending.replan import replanned, undue
from loanloom.core.lending.replanning.book import book_of
from loanloom.core.lending.replanning.loans import changed_rows, follows
from loanloom.core.lending.replanning.prepaying import prepay
from loanloom.core.money import formatted, total
from loanloom.problems import text


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepayPartially(Command):
    """Take principal before it is due, with the agreed fee on top; either the term or the instalment stays.

    `amount` is the principal. Interest that it has borne in the running period falls due with the next instalment.
    """

    on: date
    amount: Decimal
    keep: Literal["term", "instalment"] = "term"
    methods: Methods = BUILT_IN
    calendar: Calendar = EVERY_DAY


def _refused(loan: Loan, command: PrepayPartially) -> Decision | None:
    terms, digits = loan.terms.prepayment, loan.terms.rounding.digits
    if not terms.allowed or not terms.partial:
        return refused(
            "lending.no_prepayment",
            text("This product does not allow partial prepayment.", "本产品不允许部分提前还款。"),
        )
    first = loan.terms.start_on + timedelta(days=terms.min_days)
    if command.on < first:
        return refused(
            "lending.prepayment_too_soon",
            text(f"Prepayment is possible from {first}.", f"{first} 起方可提前还款。"),
            field="on",
        )
    due = total(each.total for each in owed(loan, command.on))
    if due:
        return refused(
            "lending.due_first",
            text(
                f"{formatted(due, digits)} is due and has to be paid first.",
                f"尚有应还款项 {formatted(due, digits)}，须先归还。",
            ),
        )
    if command.keep not in terms.choices:
        return refused(
            "lending.choice_not_offered",
            text("This product does not offer that choice.", "本产品不提供该方式。"),
            field="keep",
        )
    return None


def _amount_refused(loan: Loan, command: PrepayPartially) -> Decision | None:
    digits, least, left = loan.terms.rounding.digits, loan.terms.prepayment.least_amount, undue(loan, command.on)
    if command.amount < least:
        return refused(
            "lending.prepayment_too_small",
            text(
                f"At least {formatted(least, digits)} has to be prepaid.",
                f"每次提前还款不低于 {formatted(least, digits)}。",
            ),
            field="amount",
        )
    if command.amount >= left:
        return refused(
            "lending.prepays_everything",
            text(
                f"Only {formatted(left, digits)} of principal is left; a part must stay.",
                f"未到期本金仅 {formatted(left, digits)}，部分提前还款须留有余额。",
            ),
            text("To pay everything, settle the loan early.", "如需全部归还，请办理提前结清。"),
            field="amount",
        )
    return None


def _prepay(loan: Loan, command: PrepayPartially) -> Decision:
    refusal = refusal_of(loan, command.on, None) or _refused(loan, command)
    refusal = refusal or refusal_of(loan, command.on, command.amount) or _amount_refused(loan, command)
    if refusal:
        return refusal
    early = command.amount
    if follows(loan):
        return _prepay_following(loan, command)
    made = prepaid(loan, command.on, early, command.keep, command.methods)
    receipt = RepaymentReceived(on=command.on, amount=early + made.fee, applied=made.applied, kind="prepayment")
    return Decision((*made.events, receipt))


def _prepay_following(loan: Loan, command: PrepayPartially) -> Decision:
    """The same where the plan follows what is outstanding: from this day on less of it bears interest."""
    book = book_of(loan, command.on)
    book.plan.rest(command.on)
    early, then = command.amount, "instalment" if command.keep == "term" else "last_instalment"
    number = prepay(book.plan, command.on, early, then)
    if number is None:
        return refused("lending.all_due", text("Everything is due already.", "借款已全部到期。"))
    fee = early_fee(loan.terms, command.on, early, "prepayment")
    events: tuple[Event, ...] = ()
    applied: tuple[Applied, ...] = (Applied(number, "principal", early),)
    if fee:
        events = (FeeCharged(on=command.on, reason="prepayment", number=number, amount=fee),)
        applied = (Applied(number, "fee", fee), *applied)
    receipt = RepaymentReceived(
        on=command.on, amount=early + fee, applied=applied, kind="prepayment", rows=changed_rows(loan, book.plan)
    )
    return Decision((*events, receipt))


class Prepaid(NamedTuple):
    """Principal repaid early: what it does to the plan, its fee, and the parts of the money that pays both."""

    events: tuple[Event, ...]
    fee: Decimal
    applied: tuple[Applied, ...]


def prepaid(loan: Loan, on: date, early: Decimal, keep: str = "term", methods: Methods = BUILT_IN) -> Prepaid:
    """What repaying so much principal before it is due leads to; a part must be left. The principal stands in the
    next instalment, where it is paid at once."""
    rows = replanned(loan, on, undue(loan, on) - early, keep=keep, methods=methods)
    number = rows[0].number
    first = rows[0]._replace(opening=rows[0].opening + early, principal=rows[0].principal + early)
    plan = PlanAgreed(on=on, reason="prepayment", from_number=number, instalments=(first, *rows[1:]))
    fee, part = early_fee(loan.terms, on, early, "prepayment"), Applied(number, "principal", early)
    if not fee:
        return Prepaid((plan,), fee, (part,))
    charged = FeeCharged(on=on, reason="prepayment", number=number, amount=fee)
    return Prepaid((plan, charged), fee, (Applied(number, "fee", fee), part))


def prepaid_with(loan: Loan, on: date, money: Decimal) -> Prepaid | None:
    """The same for money that has to pay the fee as well; None where it would pay everything, or nothing at all."""
    early = money
    for _ in range(8):
        early = money - early_fee(loan.terms, on, early, "prepayment")
    if not 0 < early < undue(loan, on):
        return None
    made = prepaid(loan, on, early)
    return made if early + made.fee == money else None


DECIDES: Mapping[type[Command], Decide] = {PrepayPartially: _prepay}
