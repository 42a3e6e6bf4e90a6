"""Restructuring 重组 and capitalising interest: what is overdue goes into a new plan, with a time of observation;
relief may depend on the new plan being kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from loanloom.core.dates import EVERY_DAY, Calendar, add_months
from loanloom.core.lending.decisions.decision import MOST_YEARS, Command, Decide, Decision, refusal_of, refused
from loanloom.core.lending.decisions.extending import terms_at_rate
from loanloom.core.lending.decisions.relief import asked_amounts, waived_parts, waiver_refused
from loanloom.core.lending.events import Event
from loanloom.core.lending.events.agreements import InterestCapitalised, LoanRestructured, PlanAgreed
from loanloom.core.lending.events.relief import Waived
from loanloom.core.lending.evolution import evolve_all
from loanloom.core.lending.evolution.money import applied_to
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.arrears import owed
from loanloom.core.lending.planning.due_days import anchor_of
from loanloom.core.lending.planning.frames import extended_frame
from loanloom.core.lending.planning.instalments import Instalment
from loanloom.core.lending.planning.rates import moves
from loanloom.core.lending.planning.rules import BUILT_IN, Methods
from loanloom.core.lending.replan import ahead, replanned, undue
from loanloom.core.lending.replanning.agreeing import laid_over
from loanloom.core.lending.replanning.loans import follows
from loanloom.core.money import LARGEST_RATE, ZERO, formatted, total
from loanloom.problems import text


@dataclass(frozen=True, slots=True, kw_only=True)
class CapitaliseInterest(Command):
    """Add unpaid interest that is due to the principal, where the contract agrees to it (no `amount`: all of it)."""

    on: date
    amount: Decimal | None = None
    methods: Methods = BUILT_IN
    calendar: Calendar = EVERY_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Restructure(Command):
    """Agree a new plan with a borrower in difficulty, with a time of observation.

    Overdue principal goes into the new plan, which gets `months` more and, from the next due date on, a new rate.
    `shares` of what is due are waived, until the end of the observation only on condition where `conditional`;
    `capitalise` adds the interest that is still due to the principal.
    """

    on: date
    months: int = 0
    annual_rate: Decimal | None = None
    shares: Mapping[str, Decimal] = field(default_factory=dict)
    conditional: bool = True
    capitalise: bool = False
    observation_days: int = 365
    methods: Methods = BUILT_IN
    calendar: Calendar = EVERY_DAY


def _capitalised(loan: Loan, on: date, amount: Decimal, methods: Methods) -> InterestCapitalised:
    """Due interest, oldest first, into the principal of the rows ahead."""
    parts = waived_parts(owed(loan, on), {"interest": amount})
    rows = replanned(loan, on, undue(loan, on) + amount, methods=methods)
    if follows(loan):
        rows = laid_over(replace(loan, accounts=applied_to(loan, parts, on)), on, rows, added=amount)
    return InterestCapitalised(on=on, applied=parts, from_number=rows[0].number, instalments=rows)


def _due_interest(loan: Loan, on: date) -> Decimal:
    return total(each.amounts.get("interest", ZERO) for each in owed(loan, on))


def _capitalise(loan: Loan, command: CapitaliseInterest) -> Decision:
    refusal = refusal_of(loan, command.on, None)
    if refusal:
        return refusal
    due = _due_interest(loan, command.on)
    if not due:
        return refused("lending.nothing_due", text("No interest is due.", "没有应收未收利息。"))
    if not ahead(loan, command.on):
        return refused(
            "lending.all_due",
            text("No instalment is left to carry it.", "已无剩余期次可承载。"),
            text("Restructure or extend the loan.", "请办理重组或展期。"),
        )
    amount = due if command.amount is None else command.amount
    refusal = refusal_of(loan, command.on, amount)
    if refusal:
        return refusal
    if amount > due:
        words = formatted(due, loan.terms.rounding.digits)
        return refused(
            "lending.more_than_due", text(f"Only {words} of interest is due.", f"应收利息仅 {words}。"), field="amount"
        )
    return Decision((_capitalised(loan, command.on, amount, command.methods),))


# --- restructuring ------------------------------------------------------------


def _refused(loan: Loan, command: Restructure) -> Decision | None:
    if command.months < 0:
        return refused("lending.months_negative", text("Months cannot be negative.", "月数不能为负。"), field="months")
    if command.months > MOST_YEARS * 12:
        return refused("lending.months_too_many", text("These are too many months.", "月数过多。"), field="months")
    if not command.months and not ahead(loan, command.on):
        return refused(
            "lending.months_needed",
            text(
                "All instalments have fallen due: say how many months the new plan has.",
                "所有期次均已到期，请填写新计划的月数。",
            ),
            field="months",
        )
    rate = command.annual_rate
    if rate is not None and not (rate.is_finite() and ZERO <= rate <= LARGEST_RATE):
        return refused(
            "lending.rate_out_of_range", text("This is no yearly rate.", "年利率不正确。"), field="annual_rate"
        )
    if command.observation_days < 0 or command.observation_days > 3660:
        return refused(
            "lending.observation_out_of_range",
            text("Observation lasts up to ten years.", "观察期不超过十年。"),
            field="observation_days",
        )
    return waiver_refused(loan, {}, command.shares, command.on)


def _restructure(loan: Loan, command: Restructure) -> Decision:
    refusal = refusal_of(loan, command.on, None) or _refused(loan, command)
    if refusal:
        return refusal
    until = command.on + timedelta(days=command.observation_days)
    events: tuple[Event, ...] = ()
    dues = owed(loan, command.on)
    parts = waived_parts(dues, asked_amounts(loan, dues, {}, command.shares))
    if parts:
        condition = until if command.conditional and command.observation_days else None
        events = (Waived(on=command.on, applied=parts, reason="restructuring", until=condition),)
    plan = _new_plan(evolve_all(loan, events), command)
    events = (*events, plan)
    after = evolve_all(loan, events)
    due = _due_interest(after, command.on)
    if command.capitalise and due:
        events = (*events, _capitalised(after, command.on, due, command.methods))
    return Decision((*events, LoanRestructured(on=command.on, observed_until=until)))


def _new_plan(loan: Loan, command: Restructure) -> PlanAgreed:
    """Overdue rows keep what was paid of their principal; the rest goes into the rows ahead and the new ones."""
    on, rate = command.on, command.annual_rate
    past = [account for account in loan.accounts if account.instalment.due_on <= on]
    moved = total(account.principal_unpaid for account in past)
    left = [_relieved(account.instalment, account.principal_paid) for account in past if account.principal_unpaid]
    until = add_months(max(loan.matures_on, on), command.months, anchor_of(loan.terms)) if command.months else on
    frame = extended_frame(loan, on, max(until, loan.matures_on), rate, command.calendar)
    if rate is not None:
        frame = tuple(row if row.start_on < on else row._replace(annual_rate=rate) for row in frame)
    from_on = next((row.start_on for row in frame if row.start_on >= on), on)
    terms = terms_at_rate(loan.terms, on, from_on, rate) if rate is not None and moves(loan.terms) else None
    rows = replanned(loan, on, undue(loan, on) + moved, terms=terms, frame=frame, methods=command.methods)
    first = left[0].number if left else rows[0].number
    between = [
        account.instalment for account in past if account.instalment.number >= first and not account.principal_unpaid
    ]
    old = sorted([*left, *between], key=lambda row: row.number)
    made = (*old, *rows)
    if follows(loan):
        made = laid_over(loan, on, made, terms)
        first = made[0].number
    return PlanAgreed(on=on, reason="restructuring", from_number=first, instalments=made, terms=terms)


def _relieved(row: Instalment, paid: Decimal) -> Instalment:
    """An overdue row whose unpaid principal has moved into the new plan; its interest stays due."""
    return row._replace(principal=paid)


DECIDES: Mapping[type[Command], Decide] = {CapitaliseInterest: _capitalise, Restructure: _restructure}
