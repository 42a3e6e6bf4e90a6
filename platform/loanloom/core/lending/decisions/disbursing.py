"""Paying a loan out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from loanloom.core.dates import EVERY_DAY, Calendar
from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.circumstances import SharedCharge, SharedPart
from loanloom.core.lending.decisions.decision import Command, Decision, bad_amount, refused
from loanloom.core.lending.events import Event, LoanDisbursed
from loanloom.core.lending.events.charges import ChargeAdded, ChargedPart, SharesAgreed
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.planning.checking import check_terms
from loanloom.core.lending.planning.own_schedules import BY_AMOUNT
from loanloom.core.lending.planning.rules import BUILT_IN, Methods
from loanloom.core.lending.planning.schedule import build_schedule
from loanloom.core.lending.pricing.charging import OURS, Charge, planned_charges
from loanloom.core.lending.pricing.upfront import deducted_from, upfront_problems
from loanloom.core.lending.replanning.loans import with_level
from loanloom.core.money import total
from loanloom.problems import errors, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Disburse(Command):
    """Pay the loan out on the start date of its terms."""

    terms: Terms
    methods: Methods = BUILT_IN
    calendar: Calendar = EVERY_DAY


def disburse(loan: Loan | None, command: Disburse) -> Decision:
    """The schedule that follows from the terms, booked."""
    terms = command.terms
    if loan is not None:
        return refused("lending.already_disbursed", text("This loan has been paid out already.", "这笔借款已经放款。"))
    if not terms.principal.is_finite() or terms.principal <= 0 or not terms.rounding.holds(terms.principal):
        return bad_amount(terms.principal, terms)
    problems = errors(check_terms(terms, command.methods))
    if problems:
        return Decision(problems=problems)
    rows = build_schedule(_drawn_today(terms), command.methods, command.calendar).instalments
    if terms.recalculation is not None:
        rows = with_level(rows)
    taken = upfront_problems(terms, rows)
    if taken:
        return Decision(problems=taken)
    paid_out = LoanDisbursed(on=terms.start_on, terms=terms, instalments=rows, fee=deducted_from(terms, rows))
    planned = planned_charges(terms, rows)
    return Decision((paid_out, *_charged(terms, planned), *_shared(terms, planned)))


def _drawn_today(terms: Terms) -> Terms:
    """The terms of the first draw alone: a draw that is only expected is owed once it is paid out (`DrawTranche`).

    Rows agreed by their amounts are those of all draws together, and stay as they were agreed.
    """
    if any(phase.principal in BY_AMOUNT for phase in terms.phases):
        return terms
    return replace(terms, draws=replace(terms.draws, tranches=()))


def _charged(terms: Terms, planned: tuple[Charge, ...]) -> Iterator[Event]:
    """The borrower's charges that the plan holds, on the instalments with which they fall due."""
    his = [made for made in planned if made.number and made.borne]
    for charge in dict.fromkeys(made.terms.key for made in his):
        found = [made for made in his if made.terms.key == charge]
        yield ChargeAdded(
            on=terms.start_on,
            key=charge,
            component=found[0].terms.component,
            amount=total(made.borne for made in found),
            parts=tuple(ChargedPart(made.number, made.borne, made.on) for made in found),
        )


def _shared(terms: Terms, planned: tuple[Charge, ...]) -> Iterator[Event]:
    """What others are to bear of charges that fall due later, as long as the loan is paid on time."""
    later = tuple(_shared_charge(made) for made in planned if made.falls_due_later(terms))
    if later:
        yield SharesAgreed(on=terms.start_on, charges=later)


def _shared_charge(made: Charge) -> SharedCharge:
    taken = zip(made.terms.shares, made.shares, strict=True)
    parts = tuple(SharedPart(payer=share.payer, amount=part, party=share.party) for share, part in taken)
    rest = (SharedPart(payer=made.terms.payer, amount=made.rest),) if made.terms.payer != "borrower" else ()
    return SharedCharge(
        key=made.terms.key, on=made.on, number=made.number, parts=parts + rest, ours=made.terms.collector == OURS
    )
