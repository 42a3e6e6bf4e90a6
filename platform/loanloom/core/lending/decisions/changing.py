"""Changes of a running loan's plan: rate, pause of interest, dates, more instalments, overdue amounts spread anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from loanloom.core.lending.agreed.plan_terms import Pause
from loanloom.core.lending.decisions.decision import Command, Decide, Decision, refusal_of, refused
from loanloom.core.lending.decisions.repricing import agreed_rate, planned_apart, replanned_under
from loanloom.core.lending.events import Event
from loanloom.core.lending.events.plans import InterestPaused, RateChanged, Reamortised, Rescheduled
from loanloom.core.lending.evolution import evolve
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.planning.rules import BUILT_IN, Methods
from loanloom.core.lending.replan import ahead
from loanloom.core.lending.replanning.changing import changed_rate, lengthened, moved, overdue_spread, paused
from loanloom.core.money import ZERO
from loanloom.problems import text


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRate(Command):
    """Let another yearly rate hold from a day on; the instalments to come are solved anew."""

    on: date
    annual_rate: Decimal
    from_on: date | None = None
    methods: Methods = BUILT_IN


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseInterest(Command):
    """Let no interest arise from one day to another, both included."""

    on: date
    from_on: date
    to_on: date
    methods: Methods = BUILT_IN


@dataclass(frozen=True, slots=True, kw_only=True)
class Reschedule(Command):
    """Move the instalment of a due date, with those after it, or add instalments; another rate may come with it."""

    on: date
    due_on: date
    new_due: date | None = None
    extra_terms: int = 0
    new_rate: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reamortise(Command):
    """Spread what is overdue over the instalments still to come.

    Overdue interest goes with the next of them (`default`), or is split equally over all (`split`).
    """

    on: date
    interest: Literal["default", "split"] = "default"


def _change_rate(loan: Loan, command: ChangeRate) -> Decision:
    refusal = refusal_of(loan, command.on, None)
    if refusal:
        return refusal
    rate, from_on = command.annual_rate, command.from_on or command.on
    if not rate.is_finite() or not ZERO <= rate < 10:
        return refused(
            "lending.not_a_rate",
            text("A yearly rate is a fraction, such as 0.12.", "年利率应为小数，如 0.12。"),
            field="annual_rate",
        )
    if from_on < command.on:
        return _in_the_past("from_on")
    if from_on >= loan.matures_on:
        return refused(
            "lending.after_maturity", text("The loan has matured by then.", "届时借款已到期。"), field="from_on"
        )
    if planned_apart(loan):
        terms = agreed_rate(loan, command.on, from_on, rate)
        return Decision((replanned_under(loan, command.on, terms, "rate_change", command.methods),))
    rows = changed_rate(loan, command.on, from_on, rate)
    return Decision((RateChanged(on=command.on, from_on=from_on, annual_rate=rate, rows=rows),))


def _in_the_past(field: str) -> Decision:
    return refused(
        "lending.starts_in_the_past",
        text("A change cannot hold from before the day it is booked.", "变更不能早于记账日生效。"),
        text("Book it on the earlier day; what followed is decided anew.", "请按较早日期补记，其后的业务将重新计算。"),
        field=field,
    )


def _pause(loan: Loan, command: PauseInterest) -> Decision:
    refusal = refusal_of(loan, command.on, None)
    if refusal:
        return refusal
    if command.to_on < command.from_on:
        return refused(
            "lending.dates_reversed", text("The last day lies before the first.", "止日早于起日。"), field="to_on"
        )
    if command.from_on < command.on:
        return _in_the_past("from_on")
    if planned_apart(loan):
        if not ahead(loan, command.on):
            return refused("lending.all_due", text("Everything is due already.", "借款已全部到期。"))
        pauses = (*loan.terms.pauses, Pause(from_on=command.from_on, to_on=command.to_on))
        event = replanned_under(loan, command.on, replace(loan.terms, pauses=pauses), "pause", command.methods)
        return Decision((event,))
    rows = paused(loan, command.on, command.from_on, command.to_on)
    return Decision((InterestPaused(on=command.on, from_on=command.from_on, to_on=command.to_on, rows=rows),))


def _reschedule(loan: Loan, command: Reschedule) -> Decision:
    refusal = refusal_of(loan, command.on, None) or _nothing_to_move(loan, command)
    if refusal:
        return refusal
    events: list[Event] = []
    if command.extra_terms:
        rows = lengthened(loan, command.on, command.due_on, command.extra_terms)
        events.append(Rescheduled(on=command.on, rows=rows))
        loan = evolve(loan, events[-1])
    if command.new_due is not None and command.new_due != command.due_on:
        events.append(Rescheduled(on=command.on, rows=moved(loan, command.on, command.due_on, command.new_due)))
        loan = evolve(loan, events[-1])
    if command.new_rate is not None:
        from_on = max(command.on, command.new_due or command.due_on)
        decision = _change_rate(loan, ChangeRate(on=command.on, annual_rate=command.new_rate, from_on=from_on))
        if decision.problems:
            return decision
        events += decision.events
    return Decision(tuple(events))


def _nothing_to_move(loan: Loan, command: Reschedule) -> Decision | None:
    rows = [account.instalment for account in loan.accounts if account.instalment.days]
    row = next((row for row in rows if row.due_on == command.due_on), None)
    if command.new_due is None and not command.extra_terms and command.new_rate is None:
        return refused(
            "lending.nothing_to_change",
            text(
                "Say what is to change: a date, the number of instalments, or the rate.",
                "请填写要变更的日期、期数或利率。",
            ),
            field="new_due",
        )
    if not loan.principal_outstanding:
        return refused("lending.nothing_owed", text("No principal is owed on this loan.", "这笔借款已无本金余额。"))
    if not 0 <= command.extra_terms <= 600:
        return refused(
            "lending.extra_terms",
            text("So many instalments cannot be added.", "增加的期数不合理。"),
            field="extra_terms",
        )
    if command.new_due is None:
        return None
    if row is None:
        return refused(
            "lending.no_such_due_date",
            text("No instalment is due on that day.", "该日没有应还款期次。"),
            field="due_on",
        )
    if command.new_due <= row.start_on:
        return refused(
            "lending.due_before_its_period",
            text("The new date lies before the period begins.", "新到期日早于本期起始日。"),
            field="new_due",
        )
    return None


def _reamortise(loan: Loan, command: Reamortise) -> Decision:
    refusal = refusal_of(loan, command.on, None)
    if refusal:
        return refusal
    rows = [account for account in loan.accounts if not account.instalment.extra]
    if all(account.instalment.due_on <= command.on for account in rows):
        return refused("lending.after_maturity", text("No instalment is still to come.", "已无未到期期次。"))
    if not any(account.open and account.instalment.due_on <= command.on for account in rows):
        return refused("lending.nothing_overdue", text("Nothing is overdue.", "没有逾期款项。"))
    made, share = overdue_spread(loan, command.on, split=command.interest == "split")
    return Decision((Reamortised(on=command.on, rows=made, share=share),))


DECIDES: Mapping[type[Command], Decide] = {
    ChangeRate: _change_rate,
    PauseInterest: _pause,
    Reschedule: _reschedule,
    Reamortise: _reamortise,
}
