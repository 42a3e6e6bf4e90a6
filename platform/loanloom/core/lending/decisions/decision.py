"""What every family of commands shares: the decision, its refusals, and the settlement that closes a loan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.events import Event, LoanSettled
from loanloom.core.lending.evolution import evolve_all
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.arrears import owed
from loanloom.core.money import LARGEST_AMOUNT
from loanloom.problems import Problem, Text, text


class Command:
    """Something asked of a loan: a frozen dataclass of what the asker says; `decide` answers."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """Events to book, or the reasons why not; never both."""

    events: tuple[Event, ...] = ()
    problems: tuple[Problem, ...] = ()


MOST_YEARS = 100
"""How long after its beginning a loan can still be decided about."""

Decide = Callable[[Loan, Any], Decision]
"""From a loan and a command of one type to what it leads to."""


def refused(code: str, message: Text, hint: Text | None = None, field: str | None = None) -> Decision:
    """A decision against, with its one reason."""
    return Decision(problems=(Problem(code=code, message=message, hint=hint, field=field),))


def bad_amount(amount: Decimal, terms: Terms) -> Decision:
    """Why an amount is no money of this loan."""
    if not amount.is_finite() or amount <= 0:
        return refused(
            "lending.amount_not_positive", text("The amount must be greater than zero.", "金额必须大于零。"),
            field="amount",
        )  # fmt: skip
    if amount > LARGEST_AMOUNT:
        return refused(
            "lending.amount_out_of_range",
            text("The amount is larger than any loan can be.", "金额超出系统允许的范围。"),
            text("Check the number of digits.", "请检查位数。"),
            field="amount",
        )
    digits = terms.rounding.digits
    return refused(
        "lending.amount_too_fine",
        text(f"An amount in {terms.currency} has {digits} decimals.", f"{terms.currency} 金额保留 {digits} 位小数。"),
        field="amount",
    )


def taken_back(loan: Loan | None) -> Decision | None:
    """What refuses everything on a loan whose disbursement was undone."""
    if loan is None or loan.circumstances.cancelled_on is None:
        return None
    return refused(
        "lending.disbursement_undone",
        text(
            f"The disbursement of this loan was undone on {loan.circumstances.cancelled_on}.",
            f"本借款的放款已于 {loan.circumstances.cancelled_on} 撤销。",
        ),
        text("Its contract can be paid out again, as a new loan.", "合同可重新放款，生成新的借据。"),
    )


def out_of_reach(loan: Loan, command: Command) -> Decision | None:
    """What refuses a day that no plan reaches (the year 9999 typed by mistake), before anything counts up to it."""
    last = loan.terms.start_on.year + MOST_YEARS
    for each in fields(command):  # type: ignore[arg-type]  # every command is a dataclass
        day = getattr(command, each.name)
        if isinstance(day, date) and day.year > last:
            return refused(
                "lending.day_out_of_reach",
                text(f"The year {day.year} is beyond any plan of this loan.", f"{day.year} 年超出该借款的任何计划。"),
                field=each.name,
            )
    return None


def refusal_of(loan: Loan, on: date, amount: Decimal | None) -> Decision | None:
    """What refuses any receipt: loan closed, day before the last event, amount that is no money."""
    if loan.settled_on is not None:
        return refused(
            "lending.loan_settled",
            text(f"This loan was settled on {loan.settled_on}.", f"这笔借款已于 {loan.settled_on} 结清。"),
        )
    if on < loan.last_event_on:
        return refused(
            "lending.too_early",
            text(
                f"The date {on} is before the last booking on this loan ({loan.last_event_on}).",
                f"日期 {on} 早于这笔借款的上一次记账日（{loan.last_event_on}）。",
            ),
            field="on",
        )
    if amount is not None and not (amount.is_finite() and amount > 0 and loan.terms.rounding.holds(amount)):
        return bad_amount(amount, loan.terms)
    return None


def closing(loan: Loan, events: tuple[Event, ...], on: date) -> tuple[Event, ...]:
    """The events, with the settlement added when they leave nothing owed."""
    after = evolve_all(loan, events)
    open_ahead = any(account.open or account.charges_open for account in after.accounts)
    if after.surplus or open_ahead or owed(after, on):
        return events
    return (*events, LoanSettled(on=on))
