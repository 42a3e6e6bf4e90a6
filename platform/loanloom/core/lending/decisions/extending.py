"""Extension 展期: the loan matures later, within the limits of the law and the product, at the rate of its new tier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from loanloom.core.dates import EVERY_DAY, Calendar, add_months
from loanloom.core.lending.agreed.plan_terms import RateStep
from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.business.extensions import allowed, most_months, rate_from_extension, term_months
from loanloom.core.lending.decisions.decision import Command, Decide, Decision, refusal_of, refused
from loanloom.core.lending.events import Event, FeeCharged
from loanloom.core.lending.events.agreements import LoanExtended, PlanAgreed
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.planning.due_days import anchor_of
from loanloom.core.lending.planning.frames import extended_frame
from loanloom.core.lending.planning.instalments import Instalment
from loanloom.core.lending.planning.rates import moves, rate_path
from loanloom.core.lending.planning.rules import BUILT_IN, Methods
from loanloom.core.lending.pricing.charging import event_charges
from loanloom.core.lending.replan import BY_ROW, ahead, replanned, undue
from loanloom.core.lending.replanning.agreeing import laid_over
from loanloom.core.lending.replanning.loans import follows
from loanloom.core.money import LARGEST_RATE, ZERO
from loanloom.problems import text


@dataclass(frozen=True, slots=True, kw_only=True)
class Extend(Command):
    """Let the loan mature some months later; several extensions add up against the limit.

    Without `annual_rate` the rate is that of the tier which the whole term reaches, else it stays; a new rate holds
    from the old maturity on.
    """

    on: date
    months: int
    annual_rate: Decimal | None = None
    methods: Methods = BUILT_IN
    calendar: Calendar = EVERY_DAY


def _refused(loan: Loan, command: Extend) -> Decision | None:
    if command.on > loan.matures_on:
        return refused(
            "lending.matured",
            text(
                f"The loan matured on {loan.matures_on}; it can no longer be extended.",
                f"借款已于 {loan.matures_on} 到期，不能再办理展期。",
            ),
            text("Restructure it instead.", "可办理重组。"),
        )
    if loan.circumstances.accelerated_on is not None or not ahead(loan, command.on):
        return refused("lending.all_due", text("Everything is due already.", "借款已全部到期。"))
    if command.months <= 0:
        return refused(
            "lending.months_not_positive", text("Say how many months.", "展期月数须大于零。"), field="months"
        )
    rate = command.annual_rate
    if rate is not None and not (rate.is_finite() and ZERO <= rate <= LARGEST_RATE):
        return refused(
            "lending.rate_out_of_range", text("This is no yearly rate.", "年利率不正确。"), field="annual_rate"
        )
    return _beyond_limit(loan, command)


def _beyond_limit(loan: Loan, command: Extend) -> Decision | None:
    kept, limits = loan.circumstances, loan.terms.extension.limits
    term = term_months(loan.terms.start_on, kept.agreed_matures_on or loan.matures_on)
    sum_months = kept.extended_months + command.months
    if allowed(limits, term, sum_months, kept.extensions + 1):
        return None
    most = most_months(limits, term)
    if most is not None and sum_months > most:
        return refused(
            "lending.extension_too_long",
            text(
                f"Extensions of a loan of {term} months may come to {most} months; this would make {sum_months}.",
                f"{term} 个月期限的借款累计展期不得超过 {most} 个月，本次后将达 {sum_months} 个月。",
            ),
            field="months",
        )
    return refused(
        "lending.extended_too_often",
        text(
            f"This loan has been extended {kept.extensions} times already.",
            f"这笔借款已展期 {kept.extensions} 次，达到上限。",
        ),
    )


def terms_at_rate(terms: Terms, on: date, from_on: date, rate: Decimal) -> Terms:
    """Terms whose moving rate is replaced from a day on; what has been known of it until then stays."""
    steps = (*(step for step in rate_path(terms, on) if step.from_on < from_on), RateStep(from_on=from_on, rate=rate))
    applies = "segments" if terms.rates.applies == "contract" else terms.rates.applies
    return replace(terms, rates=replace(terms.rates, steps=steps, index=None, applies=applies))


def _wanted(loan: Loan, rows: tuple[Instalment, ...]) -> dict[int, Decimal] | None:
    """Plans agreed row by row keep their amounts, but for what the old last row would have taken."""
    if loan.terms.phases[-1].principal not in BY_ROW:
        return None
    last = loan.accounts[-1].instalment.number
    unpaid = {account.instalment.number: account.principal_unpaid for account in loan.accounts}
    return {row.number: ZERO if row.number >= last else unpaid[row.number] for row in rows}


def _extend(loan: Loan, command: Extend) -> Decision:
    refusal = refusal_of(loan, command.on, None) or _refused(loan, command)
    if refusal:
        return refusal
    old, kept = loan.matures_on, loan.circumstances
    first = kept.agreed_matures_on or old
    until = add_months(old, command.months, anchor_of(loan.terms) if old.day >= 28 else old.day)
    before = loan.accounts[-1].instalment.annual_rate
    term = term_months(loan.terms.start_on, first)
    rate = command.annual_rate
    if rate is None:
        rate = rate_from_extension(loan.terms.extension.tiers, term, kept.extended_months + command.months, before)
    terms = terms_at_rate(loan.terms, command.on, old, rate) if rate != before and moves(loan.terms) else None
    frame = extended_frame(loan, command.on, until, rate, command.calendar)
    rows = replanned(
        loan,
        command.on,
        undue(loan, command.on),
        terms=terms,
        frame=frame,
        wanted=_wanted(loan, frame),
        methods=command.methods,
    )
    if follows(loan):
        rows = laid_over(loan, command.on, rows, terms)
    return Decision(
        (
            PlanAgreed(on=command.on, reason="extension", from_number=rows[0].number, instalments=rows, terms=terms),
            LoanExtended(
                on=command.on,
                months=command.months,
                matures_on=rows[-1].due_on,
                annual_rate=rate,
                agreed_matures_on=first,
            ),
            *_charges(loan, command, frame[0].number),
        )
    )


def _charges(loan: Loan, command: Extend, number: int) -> tuple[Event, ...]:
    bases = {"principal_outstanding": undue(loan, command.on), "principal": loan.terms.principal}
    return tuple(
        FeeCharged(on=command.on, reason=made.terms.key, number=number, amount=made.borne)
        for made in event_charges(loan.terms, "event", command.on, bases, "extension")
        if made.borne
    )


DECIDES: Mapping[type[Command], Decide] = {Extend: _extend}
