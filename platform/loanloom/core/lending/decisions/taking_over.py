"""Taking over a loan from an old system: its own schedule, what was paid on each row, arrears, opening balances."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from loanloom.core.dates import EVERY_DAY, Calendar
from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.decisions.decision import Command, Decision
from loanloom.core.lending.events.taking_over import LoanTakenOver
from loanloom.core.lending.loan import Account, Loan
from loanloom.core.lending.owing.penalties import NEVER_LATE, Lateness
from loanloom.core.lending.owing.receivable import receivable
from loanloom.core.lending.planning.checking import check_terms
from loanloom.core.lending.planning.rules import BUILT_IN, Methods
from loanloom.core.lending.planning.schedule import Instalment, build_schedule
from loanloom.core.money import ZERO
from loanloom.problems import Problem, text


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenRow:
    """How one row of the schedule stood: what was paid of it, its fees, penalties owed and not yet paid."""

    principal_paid: Decimal = ZERO
    interest_paid: Decimal = ZERO
    fee: Decimal = ZERO
    fee_paid: Decimal = ZERO
    penalty_owed: Decimal = ZERO
    compound_owed: Decimal = ZERO
    paid_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOver(Command):
    """Go on with a loan of an old system from this day; `rows` say how each row of its schedule stood."""

    on: date
    terms: Terms
    rows: tuple[TakenRow, ...]
    surplus: Decimal = ZERO
    methods: Methods = BUILT_IN
    calendar: Calendar = EVERY_DAY


def take_over(loan: Loan | None, command: TakeOver) -> Decision:
    """The loan as it stood, or every problem with its rows."""
    if loan is not None:
        return Decision(problems=(_problem("already_there", "This loan is here already.", "该借据已存在。"),))
    problems = (*check_terms(command.terms, command.methods), *_whole(command))
    if problems:
        return Decision(problems=problems)
    plan = build_schedule(command.terms, command.methods, command.calendar).instalments
    if len(plan) != len(command.rows):
        return Decision(problems=(_count(len(plan), len(command.rows)),))
    pairs = tuple(zip(plan, command.rows, strict=True))
    problems = tuple(problem for row, taken in pairs for problem in _row(row, taken, command))
    if problems:
        return Decision(problems=problems)
    accounts = tuple(_account(row, taken, command) for row, taken in pairs)
    made = Loan(terms=command.terms, accounts=accounts, surplus=command.surplus, last_event_on=command.on)
    if not any(account.open for account in accounts) and not any(receivable(made, command.on).values()):
        return Decision(
            problems=(_problem("nothing_left", "Nothing is owed on this loan any more.", "该借据已无欠款。"),)
        )
    claims = receivable(made, command.on)
    event = LoanTakenOver(
        on=command.on,
        terms=command.terms,
        accounts=accounts,
        surplus=command.surplus,
        **claims,  # type: ignore[arg-type]  # one claim for each component, which are the fields that are left
    )
    return Decision((event,))


def _whole(command: TakeOver) -> Iterator[Problem]:
    terms = command.terms
    if command.on < terms.start_on:
        yield _problem(
            "before_it_began",
            f"The loan was paid out only on {terms.start_on}.",
            f"该借据于 {terms.start_on} 才放款。",
            "on",
        )
    if not terms.rounding.holds(command.surplus) or command.surplus < 0:
        yield _problem("bad_surplus", "Money kept cannot be negative.", "留存款不能为负。", "surplus")


def _row(row: Instalment, taken: TakenRow, command: TakeOver) -> Iterator[Problem]:
    rounding, n = command.terms.rounding, row.number
    amounts = {
        "principal_paid": (taken.principal_paid, row.principal),
        "interest_paid": (taken.interest_paid, row.interest),
        "fee": (taken.fee, None),
        "fee_paid": (taken.fee_paid, taken.fee),
        "penalty_owed": (taken.penalty_owed, None),
        "compound_owed": (taken.compound_owed, None),
    }
    for name, (amount, most) in amounts.items():
        if not rounding.holds(amount) or amount < 0:
            yield _problem(
                "bad_amount", f"Period {n}: an amount is negative or has too many decimals.",
                f"第 {n} 期：金额为负或小数位过多。", f"rows.{n - 1}.{name}",
            )  # fmt: skip
        elif most is not None and amount > most:
            yield _problem(
                "more_than_due", f"Period {n}: {amount} is more than the {most} of the schedule.",
                f"第 {n} 期：{amount} 超过计划金额 {most}。", f"rows.{n - 1}.{name}",
            )  # fmt: skip
    if row.due_on >= command.on and (taken.penalty_owed or taken.compound_owed):
        yield _problem(
            "not_late", f"Period {n} is due on {row.due_on} and cannot owe penalties yet.",
            f"第 {n} 期 {row.due_on} 到期，尚不应有罚息。", f"rows.{n - 1}.penalty_owed",
        )  # fmt: skip
    if taken.paid_on is not None and taken.paid_on > command.on:
        yield _problem(
            "paid_later", f"Period {n}: paid on {taken.paid_on}, after the take-over.",
            f"第 {n} 期：还款日 {taken.paid_on} 晚于接管日。", f"rows.{n - 1}.paid_on",
        )  # fmt: skip


def _account(row: Instalment, taken: TakenRow, command: TakeOver) -> Account:
    """The row with what was paid; penalties brought along stand as charged, new ones are counted from today."""
    paid = taken.principal_paid == row.principal and taken.interest_paid == row.interest
    late = row.due_on < command.on and (not paid or bool(taken.compound_owed))
    return Account(
        row,
        principal_paid=taken.principal_paid,
        interest_paid=taken.interest_paid,
        fee=taken.fee,
        fee_paid=taken.fee_paid,
        penalty=taken.penalty_owed,
        paid_on=(taken.paid_on or min(row.due_on, command.on)) if paid else None,
        late=Lateness(counted_to=command.on, rolled=taken.compound_owed) if late else NEVER_LATE,
    )


def _count(planned: int, given: int) -> Problem:
    return _problem(
        "rows_missing",
        f"The schedule has {planned} rows, {given} were brought along.",
        f"还款计划共 {planned} 期，提供了 {given} 期。",
        "rows",
    )


def _problem(code: str, english: str, chinese: str, field: str | None = None) -> Problem:
    return Problem(code=f"lending.{code}", message=text(english, chinese), field=field)
