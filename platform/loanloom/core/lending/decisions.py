"""Commands and what they lead to: `decide(loan, command)` gives events or problems, never changes anything.

A user's mistake comes back as a Problem in both languages. Who may do it, and whether the day is open, is checked by
services; what the amounts must be is checked here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from loanloom.core.dates import EVERY_DAY, Calendar
from loanloom.core.lending.allocation import allocate
from loanloom.core.lending.arrears import interest_accrued, owed
from loanloom.core.lending.events import (
    Event,
    FeeCharged,
    LoanDisbursed,
    LoanSettled,
    RepaymentReceived,
    ScheduleChanged,
    SurplusApplied,
)
from loanloom.core.lending.loan import Loan, evolve
from loanloom.core.lending.rules import BUILT_IN, Methods
from loanloom.core.lending.schedule import build_schedule
from loanloom.core.lending.terms import COMPONENTS, Terms
from loanloom.core.money import LARGEST_AMOUNT, formatted, total
from loanloom.problems import Problem, Text, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Disburse:
    """Pay the loan out on the start date of its terms."""

    terms: Terms
    methods: Methods = BUILT_IN
    calendar: Calendar = EVERY_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveRepayment:
    """Take money for what is due."""

    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleEarly:
    """Take exactly the payoff amount and close the loan."""

    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplySurplus:
    """Use money kept for the borrower on what has fallen due."""

    on: date


Command = Disburse | ReceiveRepayment | SettleEarly | ApplySurplus


@dataclass(frozen=True, slots=True)
class Decision:
    """Events to book, or the reasons why not; never both."""

    events: tuple[Event, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Payoff:
    """What settles the loan on a day, by component; problems say why it cannot be settled early."""

    on: date
    amounts: dict[str, Decimal]
    problems: tuple[Problem, ...] = ()

    @property
    def total(self) -> Decimal:
        """The amount that settles the loan."""
        return total(self.amounts.values())


def decide(loan: Loan | None, command: Command) -> Decision:
    """What a command leads to."""
    if isinstance(command, Disburse):
        return _disburse(loan, command)
    if loan is None:
        return _refused("lending.no_loan", text("There is no such loan.", "没有这笔借款。"))
    match command:
        case ReceiveRepayment():
            return _receive(loan, command)
        case SettleEarly():
            return _settle(loan, command)
        case ApplySurplus():
            return _apply_surplus(loan, command)


def _refused(code: str, message: Text, hint: Text | None = None, field: str | None = None) -> Decision:
    return Decision(problems=(Problem(code=code, message=message, hint=hint, field=field),))


def _disburse(loan: Loan | None, command: Disburse) -> Decision:
    terms = command.terms
    if loan is not None:
        return _refused("lending.already_disbursed", text("This loan has been paid out already.", "这笔借款已经放款。"))
    if not terms.principal.is_finite() or terms.principal <= 0 or not terms.rounding.holds(terms.principal):
        return _bad_amount(terms.principal, terms)
    rows = build_schedule(terms, command.methods, command.calendar).instalments
    return Decision((LoanDisbursed(on=terms.start_on, terms=terms, instalments=rows),))


def _bad_amount(amount: Decimal, terms: Terms) -> Decision:
    if not amount.is_finite() or amount <= 0:
        return _refused(
            "lending.amount_not_positive", text("The amount must be greater than zero.", "金额必须大于零。"),
            field="amount",
        )  # fmt: skip
    if amount > LARGEST_AMOUNT:
        return _refused(
            "lending.amount_out_of_range",
            text("The amount is larger than any loan can be.", "金额超出系统允许的范围。"),
            text("Check the number of digits.", "请检查位数。"),
            field="amount",
        )
    digits = terms.rounding.digits
    return _refused(
        "lending.amount_too_fine",
        text(f"An amount in {terms.currency} has {digits} decimals.", f"{terms.currency} 金额保留 {digits} 位小数。"),
        field="amount",
    )


def _standing(loan: Loan, on: date, amount: Decimal | None) -> Decision | None:
    """What refuses any receipt: loan closed, day before the last event, amount that is no money."""
    if loan.settled_on is not None:
        return _refused(
            "lending.loan_settled",
            text(f"This loan was settled on {loan.settled_on}.", f"这笔借款已于 {loan.settled_on} 结清。"),
        )
    if on < loan.last_event_on:
        return _refused(
            "lending.too_early",
            text(
                f"The date {on} is before the last booking on this loan ({loan.last_event_on}).",
                f"日期 {on} 早于这笔借款的上一次记账日（{loan.last_event_on}）。",
            ),
            field="on",
        )
    if amount is not None and not (amount.is_finite() and amount > 0 and loan.terms.rounding.holds(amount)):
        return _bad_amount(amount, loan.terms)
    return None


def _closing(loan: Loan, events: tuple[Event, ...], on: date) -> tuple[Event, ...]:
    """The events, with the settlement added when they leave nothing owed."""
    after = loan
    for event in events:
        after = evolve(after, event)
    open_ahead = any(account.open for account in after.accounts)
    if after.surplus or open_ahead or owed(after, on):
        return events
    return (*events, LoanSettled(on=on))


def _receive(loan: Loan, command: ReceiveRepayment) -> Decision:
    refusal = _standing(loan, command.on, command.amount)
    if refusal:
        return refusal
    dues = owed(loan, command.on)
    allocation = allocate(command.amount, dues, loan.terms.allocation)
    if allocation.left_over and not loan.terms.keeps_overpayment:
        return _too_much(loan, command, total(due.total for due in dues))
    event = RepaymentReceived(
        on=command.on, amount=command.amount, applied=allocation.applied, surplus=allocation.left_over
    )
    return Decision(_closing(loan, (event,), command.on))


def _too_much(loan: Loan, command: ReceiveRepayment, due: Decimal) -> Decision:
    digits = loan.terms.rounding.digits
    quote = payoff(loan, command.on)
    hint = None
    if not quote.problems:
        amount = formatted(quote.total, digits)
        hint = text(f"To settle the whole loan today, take {amount}.", f"如需今日提前结清，应收 {amount}。")
    due_words = formatted(due, digits)
    return _refused(
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
    refusal = _standing(loan, command.on, None)
    if refusal:
        return refusal
    allocation = allocate(loan.surplus, owed(loan, command.on), loan.terms.allocation)
    used = loan.surplus - allocation.left_over
    if not used:
        return Decision()
    event = SurplusApplied(on=command.on, amount=used, applied=allocation.applied)
    return Decision(_closing(loan, (event,), command.on))


# --- early settlement ----------------------------------------------------------------------------------------------


def _brought_forward(loan: Loan, on: date) -> ScheduleChanged | None:
    """All principal due later falls due today, with the current instalment's interest up to today; None when nothing
    is due later."""
    ahead = [account for account in loan.accounts if account.instalment.due_on > on]
    if not ahead:
        return None
    current = ahead[0].instalment
    row = replace(
        current,
        start_on=min(current.start_on, on),
        due_on=on,
        principal=total(account.instalment.principal for account in ahead),
        interest=interest_accrued(current, on, loan.terms.rounding),
    )
    return ScheduleChanged(on=on, reason="early_settlement", from_number=current.number, instalments=(row,))


def _settlement(loan: Loan, on: date) -> tuple[Event, ...]:
    """The events that make the whole loan due today."""
    change = _brought_forward(loan, on)
    if change is None:
        return ()
    early = change.instalments[0].principal
    fee = loan.terms.rounding.apply(early * loan.terms.prepayment.fee_rate)
    if not fee:
        return (change,)
    return change, FeeCharged(on=on, reason="early_settlement", number=change.from_number, amount=fee)


def payoff(loan: Loan, on: date) -> Payoff:
    """What settles the loan on a day: everything due, all later principal, interest to the day, the agreed fee."""
    refusal = _standing(loan, on, None)
    if refusal:
        return Payoff(on, {}, refusal.problems)
    events = _settlement(loan, on)
    after = loan
    for event in events:
        after = evolve(after, event)
    dues = owed(after, on)
    amounts = {component: total(due.amounts[component] for due in dues) for component in COMPONENTS}
    return Payoff(on, amounts, _prepayment_refused(loan, on) if events else ())


def _prepayment_refused(loan: Loan, on: date) -> tuple[Problem, ...]:
    terms = loan.terms.prepayment
    if not terms.allowed:
        return _refused(
            "lending.no_prepayment",
            text("This product does not allow early settlement.", "本产品不允许提前结清。"),
        ).problems
    first = loan.terms.start_on + timedelta(days=terms.min_days)
    if on < first:
        return _refused(
            "lending.prepayment_too_soon",
            text(f"Early settlement is possible from {first}.", f"{first} 起方可提前结清。"),
        ).problems
    return ()


def _settle(loan: Loan, command: SettleEarly) -> Decision:
    refusal = _standing(loan, command.on, command.amount)
    if refusal:
        return refusal
    quote = payoff(loan, command.on)
    if quote.problems:
        return Decision(problems=quote.problems)
    if command.amount + loan.surplus != quote.total:
        digits = loan.terms.rounding.digits
        wanted = formatted(quote.total - loan.surplus, digits)
        return _refused(
            "lending.not_the_payoff_amount",
            text(
                f"Settling on {command.on} takes exactly {wanted}, not {formatted(command.amount, digits)}.",
                f"{command.on} 结清应收 {wanted}，而不是 {formatted(command.amount, digits)}。",
            ),
            field="amount",
        )
    return Decision(_settling_events(loan, command))


def _settling_events(loan: Loan, command: SettleEarly) -> tuple[Event, ...]:
    """Make everything due, use up what we keep for the borrower, then take the rest."""
    events = _settlement(loan, command.on)
    after = loan
    for event in events:
        after = evolve(after, event)
    if after.surplus:
        kept = allocate(after.surplus, owed(after, command.on), loan.terms.allocation)
        applied = SurplusApplied(on=command.on, amount=after.surplus, applied=kept.applied)
        events, after = (*events, applied), evolve(after, applied)
    taken = allocate(command.amount, owed(after, command.on), loan.terms.allocation)
    receipt = RepaymentReceived(on=command.on, amount=command.amount, applied=taken.applied, surplus=taken.left_over)
    return _closing(loan, (*events, receipt), command.on)
