"""Early settlement 提前结清: what pays a loan off on a day, and taking exactly that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from loanloom.core.lending.agreed.terms import COMPONENTS
from loanloom.core.lending.decisions.decision import Command, Decide, Decision, closing, refusal_of, refused
from loanloom.core.lending.decisions.sharing import charges_shared
from loanloom.core.lending.events import Event, FeeCharged, RepaymentReceived, ScheduleChanged, SurplusApplied
from loanloom.core.lending.evolution import evolve, evolve_all
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.allocation import Applied, allocate
from loanloom.core.lending.owing.applying import Applying, order_for
from loanloom.core.lending.owing.arrears import arrears, owed
from loanloom.core.lending.owing.subsidised import subsidised
from loanloom.core.lending.planning.instalments import Instalment
from loanloom.core.lending.pricing.charging import early_fee
from loanloom.core.lending.replan import brought_forward, undue
from loanloom.core.lending.replanning.book import book_of
from loanloom.core.lending.replanning.loans import changed_rows, follows
from loanloom.core.money import formatted, total
from loanloom.problems import Problem, text


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleEarly(Command):
    """Take exactly the payoff amount and close the loan."""

    on: date
    amount: Decimal


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


def settlement(loan: Loan, on: date) -> tuple[Event, ...]:
    """The events that make the whole loan due today, with the agreed fee for what is repaid early."""
    row = brought_forward(loan, on)
    if row is None:
        return ()
    change = ScheduleChanged(on=on, reason="early_settlement", from_number=row.number, instalments=(row,))
    events: tuple[Event, ...] = (change, *_subsidised_so_far(evolve(loan, change), row.number, on))
    events += charges_shared(evolve_all(loan, events), on)
    fee = early_fee(loan.terms, on, undue(loan, on))
    if not fee:
        return events
    return *events, FeeCharged(on=on, reason="early_settlement", number=row.number, amount=fee)


def _subsidised_so_far(loan: Loan, number: int, on: date) -> tuple[Event, ...]:
    """What others bear of the interest up to the day on which a loan is settled early."""
    if not loan.terms.interest_shares:
        return ()
    account = next(each for each in loan.accounts if each.instalment.number == number)
    made = subsidised(loan, account, on, arrears(loan, on).days_past_due)
    return (made,) if made else ()


def payoff(loan: Loan, on: date) -> Payoff:
    """What settles the loan on a day: everything due, all later principal, interest to the day, the agreed fee."""
    refusal = refusal_of(loan, on, None)
    if refusal:
        return Payoff(on, {}, refusal.problems)
    if follows(loan):
        return Payoff(on, _following_payoff(loan, on), ())
    events = settlement(loan, on)
    after = evolve_all(loan, events)
    dues = owed(after, on)
    amounts = {component: total(due.amounts[component] for due in dues) for component in COMPONENTS}
    return Payoff(on, amounts, _prepayment_refused(loan, on) if events else ())


def _following_payoff(loan: Loan, on: date) -> dict[str, Decimal]:
    """The same where the plan follows what is outstanding: what each row takes when all of it is paid today."""
    return book_of(loan, on, closing_with=Decimal("Infinity")).closing_amounts()


def _prepayment_refused(loan: Loan, on: date) -> tuple[Problem, ...]:
    terms = loan.terms.prepayment
    if not terms.allowed:
        return refused(
            "lending.no_prepayment",
            text("This product does not allow early settlement.", "本产品不允许提前结清。"),
        ).problems
    first = loan.terms.start_on + timedelta(days=terms.min_days)
    if on < first:
        return refused(
            "lending.prepayment_too_soon",
            text(f"Early settlement is possible from {first}.", f"{first} 起方可提前结清。"),
        ).problems
    return ()


def _settle(loan: Loan, command: SettleEarly) -> Decision:
    refusal = refusal_of(loan, command.on, command.amount)
    if refusal:
        return refusal
    quote = payoff(loan, command.on)
    if quote.problems:
        return Decision(problems=quote.problems)
    if command.amount + loan.surplus != quote.total:
        digits = loan.terms.rounding.digits
        wanted = formatted(quote.total - loan.surplus, digits)
        return refused(
            "lending.not_the_payoff_amount",
            text(
                f"Settling on {command.on} takes exactly {wanted}, not {formatted(command.amount, digits)}.",
                f"{command.on} 结清应收 {wanted}，而不是 {formatted(command.amount, digits)}。",
            ),
            field="amount",
        )
    return Decision(settled_with(loan, command.on, ((command.amount, "repayment"),)))


def settled_with(loan: Loan, on: date, money: Sequence[tuple[Decimal, str]]) -> tuple[Event, ...]:
    """The events that settle a loan: everything is made due, what we keep for the borrower is used up, then the
    amounts given, each of its kind, are taken."""
    events = () if follows(loan) else settlement(loan, on)
    after = evolve_all(loan, events)
    amounts = [(after.surplus, ""), *money]
    for place, (amount, kind) in enumerate(amounts):
        if not amount:
            continue
        applied, left, rows = _paying(after, amount, on, total(each for each, _ in amounts[place:]))
        event: Event = RepaymentReceived(on=on, amount=amount, applied=applied, surplus=left, kind=kind, rows=rows)
        if not kind:
            event = SurplusApplied(on=on, amount=amount - left, applied=applied, rows=rows)
        events, after = (*events, event), evolve(after, event)
    return closing(loan, events, on)


def _paying(
    loan: Loan, amount: Decimal, on: date, whole: Decimal
) -> tuple[tuple[Applied, ...], Decimal, tuple[Instalment, ...]]:
    """How an amount is applied to a loan that is all due: the parts, what is left, and the rows that change. Where the
    plan follows what is outstanding, later instalments are paid in advance."""
    if not follows(loan):
        found = allocate(amount, owed(loan, on), loan.terms.allocation)
        return found.applied, found.left_over, ()
    book = book_of(loan, on, closing_with=whole)
    rule = replace(order_for(loan.terms.allocation, "repayment", 0), surplus="next_instalment")
    applying = Applying(book, rule, on, loan.terms.rounding, amount)
    applying.run()
    return tuple(applying.applied), applying.left, changed_rows(loan, book.plan)


DECIDES: Mapping[type[Command], Decide] = {SettleEarly: _settle}
