"""Repayments 还款: money received is applied to what is owed, or settles the loan early; every cent is allocated.

The loan's row is locked, the core decides, and loan, events, receipt, allocation, journal, audit and outbox are saved
in one transaction. `preview` shows beforehand exactly what `receive` will do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import Connection

from loanloom.core.lending.agreed.terms import COMPONENTS
from loanloom.core.lending.decisions import Decision, Payoff, ReceiveRepayment, SettleEarly, decide, payoff
from loanloom.core.lending.events import Event, RepaymentReceived, SurplusApplied
from loanloom.core.lending.evolution import evolve
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.allocation import by_component
from loanloom.core.money import ZERO
from loanloom.problems import Problem, text
from loanloom.services import once, scope
from loanloom.services.context import Context
from loanloom.services.errors import NotFound, Refused
from loanloom.services.money import holding, loan_rows, money_rows
from loanloom.services.money.books import booking
from loanloom.services.money.loan_rows import Change, Kept
from loanloom.store import bulk, tables

LOAN = text("loan", "借据")
Purpose = Literal["due", "settle"]
LONGEST_WORDS = 200
NEW = ((tables.receipt, 1), (tables.journal_entry, 2))
"""Ids that a receipt usually needs: its own, its entry's, that of penalties accrued since the morning."""


@dataclass(frozen=True, slots=True)
class Received:
    """A receipt that was booked. `replayed`: this is the first answer given again."""

    loan_id: int
    receipt_id: int
    receipt_number: str
    settled: bool
    sequence: int = 0
    """The loan's event that the money became, by which it is undone."""
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """What a receipt would do: its split, what stays due, the loan afterwards; or the problems."""

    kept: Kept
    events: tuple[Event, ...]
    after: Loan
    problems: tuple[Problem, ...]
    payoff: Payoff

    @property
    def applied(self) -> dict[str, Decimal]:
        """What each component gets."""
        sums = dict.fromkeys(COMPONENTS, ZERO)
        for event in self.events:
            if isinstance(event, RepaymentReceived | SurplusApplied):
                for component, amount in by_component(event.applied).items():
                    sums[component] += amount
        return sums

    @property
    def settles(self) -> bool:
        """Whether nothing would be owed afterwards."""
        return self.after.settled_on is not None


def preview(ctx: Context, loan_id: int, amount: Decimal, purpose: Purpose = "due") -> Preview:
    """What `receive` would do with these arguments now. Changes nothing."""
    ctx.require("money.receive", "money.read")
    with ctx.transaction() as connection:
        kept = _seen(ctx, loan_rows.load(ctx, connection, [loan_id], lock=False))
    decision = _decide(ctx, kept.loan, amount, purpose)
    return Preview(
        kept,
        decision.events,
        _after(kept.loan, decision.events),
        decision.problems,
        payoff(kept.loan, ctx.business_date),
    )


def receive(
    ctx: Context,
    loan_id: int,
    amount: Decimal,
    purpose: Purpose = "due",
    *,
    channel: str = "bank",
    reference: str | None = None,
    note: str | None = None,
    currency: str | None = None,
    idempotency_key: str | None = None,
) -> Received:
    """Book money received today for a loan: `due` pays what is due, `settle` pays everything and closes the loan.

    `currency` where the sender names one: it must be the loan's.
    """
    ctx.require("money.receive")
    given = {"channel": booking.check_channel(channel), **_words(reference=reference, note=note)}
    asked = once.asked(ctx, idempotency_key, "repayment", loan_id, given | {"amount": amount, "purpose": purpose})
    with ctx.transaction(by_key=True) as connection:
        held = holding.hold_loans(ctx, connection, [loan_id], asked, NEW)
        if held.answer is not None:
            return Received(**{**held.answer, "replayed": True})
        change = _changed(ctx, _in_currency(_seen(ctx, held.loans), currency), amount, purpose)
        with bulk.together(connection, held.ids):
            (made,) = book_received(ctx, connection, [change], [amount], given)
            once.keep(connection, asked, {name: value for name, value in asdict(made).items() if name != "replayed"})
        return made


def receive_in(
    ctx: Context, connection: Connection, loan_id: int, amount: Decimal, purpose: Purpose, given: Mapping[str, Any]
) -> Received:
    """Apply money to a loan inside the caller's transaction, whose day is open.

    `given`: channel, reference, note, the payer's columns; `receipt_id` and `receipt_number` where the money came in
    before (an unidentified receipt, money held), so that no second receipt is written.
    """
    _words(reference=given.get("reference"), note=given.get("note"))
    change = _changed(ctx, _seen(ctx, loan_rows.load(ctx, connection, [loan_id], lock=True)), amount, purpose)
    with bulk.together(connection, bulk.ids(connection, dict(NEW))):
        (made,) = book_received(ctx, connection, [change], [amount], given)
    return made


def receive_many(
    ctx: Context, receipts: Mapping[int, Decimal | None], *, channel: str = "bank"
) -> tuple[list[Received], dict[int, tuple[Problem, ...]]]:
    """Book money for many loans in one transaction (a collection file); None takes exactly what is due today.

    What cannot be booked is told by loan id and leaves the others alone; loans with nothing due are passed over.
    """
    ctx.require("money.receive")
    given = {"channel": booking.check_channel(channel)}
    with ctx.transaction() as connection:
        changes, amounts, refused = [], [], {}
        for kept in holding.hold_loans(ctx, connection, receipts).loans:
            if not scope.sees(ctx, kept.row):
                continue
            amount = receipts[kept.id]
            if amount is None:
                amount = loan_rows.due_today(kept.loan, ctx.business_date)
                if not amount:
                    continue
            decision = _decide(ctx, kept.loan, amount, "due")
            if decision.problems:
                refused[kept.id] = decision.problems
                continue
            changes.append(Change(kept, decision.events, _after(kept.loan, decision.events)))
            amounts.append(amount)
        with bulk.together(connection):
            return book_received(ctx, connection, changes, amounts, given), refused


def _changed(ctx: Context, kept: Kept, amount: Decimal, purpose: Purpose) -> Change:
    """What the money does to the loan; refused where it may not be taken."""
    decision = _decide(ctx, kept.loan, amount, purpose)
    if decision.problems:
        raise Refused(decision.problems)
    return Change(kept, decision.events, _after(kept.loan, decision.events))


def _decide(ctx: Context, loan: Loan, amount: Decimal, purpose: Purpose) -> Decision:
    on = ctx.business_date
    command = SettleEarly(on=on, amount=amount) if purpose == "settle" else ReceiveRepayment(on=on, amount=amount)
    return decide(loan, command)


def _after(loan: Loan, events: Sequence[Event]) -> Loan:
    for event in events:
        loan = evolve(loan, event)
    return loan


def _seen(ctx: Context, found: Sequence[Kept]) -> Kept:
    if not found:
        raise NotFound(LOAN)
    scope.check_visible(ctx, found[0].row, LOAN)
    return found[0]


def _in_currency(kept: Kept, currency: str | None) -> Kept:
    held = kept.row["currency"]
    if currency is not None and currency != held:
        raise Refused(
            Problem(
                code="lending.wrong_currency",
                message=text(f"This loan is in {held}, not in {currency[:10]}.", f"这笔借款的币种为 {held}。"),
                field="currency",
            )
        )
    return kept


def _words(**given: str | None) -> dict[str, str | None]:
    """What was written with a receipt, of a length that a voucher can show."""
    too_long = [name for name, words in given.items() if words is not None and len(words) > LONGEST_WORDS]
    if too_long:
        raise Refused(
            Problem(
                code="repayment.words_too_long",
                message=text(f"At most {LONGEST_WORDS} characters.", f"最多{LONGEST_WORDS}个字符。"),
                field=too_long[0],
            )
        )
    return given


def book_received(
    ctx: Context,
    connection: Connection,
    changes: Sequence[Change],
    amounts: Sequence[Decimal],
    given: money_rows.Given,
) -> list[Received]:
    """Save changes of loans with a receipt for each amount, or with the one receipt that `given` names.

    `given` is what was said with the receipts: once for all of them, or for each (then all of one channel).
    """
    if not changes:
        return []
    each = money_rows.said(given, len(changes))
    if each[0].get("receipt_id") is not None:
        numbered, ids = [str(one["receipt_number"]) for one in each], [int(one["receipt_id"]) for one in each]
    else:
        numbered = money_rows.receipt_numbers(ctx, connection, [change.kept for change in changes])
        ids = money_rows.write_receipts(ctx, connection, changes, amounts, numbered, given)
    money_rows.write_repayments(ctx, connection, changes, ids)
    booking.book(ctx, connection, changes, {"channel": each[0]["channel"]})
    return [
        Received(
            change.kept.id,
            receipt_id,
            number,
            change.after.settled_on is not None,
            change.kept.row["event_count"] + 1,
        )
        for change, receipt_id, number in zip(changes, ids, numbered, strict=True)
    ]
