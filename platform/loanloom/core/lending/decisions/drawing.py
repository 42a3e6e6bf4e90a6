"""Drawing more of a loan: tranches agreed beforehand or not, and a revolving loan's further draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from loanloom.core.lending.decisions.decision import Command, Decide, Decision, refusal_of, refused
from loanloom.core.lending.decisions.receiving import split
from loanloom.core.lending.events import Event, SurplusApplied
from loanloom.core.lending.events.plans import TrancheDrawn
from loanloom.core.lending.evolution import evolve
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.applying import IN_ADVANCE, order_for
from loanloom.core.lending.planning.instalments import Instalment
from loanloom.core.lending.planning.schedule import down_payment
from loanloom.core.lending.replanning.drawing import draw, draw_evenly, draw_flat, draw_own_term, scheduled
from loanloom.core.lending.replanning.loans import changed_rows, follows, plan_of
from loanloom.core.lending.replanning.working import Plan, Row
from loanloom.core.money import ZERO, formatted, total
from loanloom.problems import text


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawTranche(Command):
    """Pay out more of the loan; it joins the running plan."""

    on: date
    amount: Decimal


def _draw(loan: Loan, command: DrawTranche) -> Decision:
    refusal = refusal_of(replace(loan, settled_on=None), command.on, command.amount) or _not_agreed(loan, command)
    if refusal:
        return refusal
    due_now = down_payment(loan.terms, command.amount)
    planned = command.amount - due_now
    event = TrancheDrawn(
        on=command.on, amount=command.amount, planned=planned, rows=_rows(loan, command.on, planned, due_now)
    )
    return Decision((event, *_surplus(evolve(loan, event), command.on)))


def _not_agreed(loan: Loan, command: DrawTranche) -> Decision | None:
    terms = loan.terms.draws
    if terms.pattern == "once":
        return refused("lending.drawn_once", text("This loan is paid out once only.", "本借款只能一次性放款。"))
    drawn = total(each.amount for each in loan.circumstances.draws) + loan.terms.principal
    count = len(loan.circumstances.draws) + 1
    if terms.max_draws is not None and count >= terms.max_draws:
        return refused(
            "lending.too_many_draws", text(f"At most {terms.max_draws} draws.", f"最多支用 {terms.max_draws} 次。")
        )
    if terms.limit is not None and drawn + command.amount > terms.limit:
        left = formatted(max(terms.limit - drawn, ZERO), loan.terms.rounding.digits)
        return refused(
            "lending.over_the_limit",
            text(f"At most {left} can still be drawn.", f"最多还可支用 {left}。"),
            field="amount",
        )
    if terms.must_be_expected and not _expected(loan, command):
        return refused(
            "lending.tranche_not_expected",
            text("No tranche of this loan is expected.", "该笔借款没有约定的待放款项。"),
            field="on",
        )
    return None


def _expected(loan: Loan, command: DrawTranche) -> bool:
    """Whether an agreed tranche is still to come; day and amount may differ from what was expected."""
    return len(loan.circumstances.draws) < len(loan.terms.draws.tranches)


def _rows(loan: Loan, on: date, planned: Decimal, due_now: Decimal) -> tuple[Instalment, ...]:
    plan = plan_of(loan)
    flat = loan.terms.phases[0].interest != "declining_balance"
    first = loan.terms.principal - down_payment(loan.terms, loan.terms.principal)
    if loan.terms.draws.full_term_each and not flat:
        draw_own_term(plan, on, planned, sum(phase.periods for phase in loan.terms.phases))
    elif not loan.terms.annual_rate and not loan.terms.rates.steps:
        draw_evenly(plan, on, planned)
    elif flat:
        draw_flat(plan, loan.circumstances.draws, first, on, planned)
    elif follows(loan):
        draw(plan, loan.circumstances.draws, first, on, planned)
    else:
        _draw_unfollowed(plan, loan, first, on, planned)
    _open(plan, on, planned, due_now)
    return changed_rows(loan, plan)


def _draw_unfollowed(plan: Plan, loan: Loan, first: Decimal, on: date, planned: Decimal) -> None:
    """Where payments do not change the plan, the rows are those of the plan as if everything were paid when due."""
    ideal = scheduled(plan, loan.circumstances.draws, first)
    draw(ideal, loan.circumstances.draws, first, on, planned)
    for row in plan.open_rows:
        made = ideal.row(row.number)
        row.principal, row.interest, row.level, row.agreed = made.principal, made.interest, made.level, made.agreed


def _open(plan: Plan, on: date, planned: Decimal, due_now: Decimal) -> None:
    """Openings after the draw, and the row of what is due at once."""
    if due_now:
        number = max(row.number for row in plan.rows) + 1
        plan.rows.append(
            Row(number=number, start_on=on, due_on=on, rate=ZERO, principal=due_now, level=due_now, agreed=due_now)
        )
        plan.rows.sort(key=lambda row: (row.due_on, row.number))
    place = next((row for row in plan.rows if row.due_on > on or (row.fixed and row.due_on == on)), plan.rows[-1])
    place.drawn += planned + due_now
    plan.reopen()


def _surplus(loan: Loan, on: date) -> tuple[Event, ...]:
    """Money kept for the borrower pays what the draw has opened, where the product pays in advance."""
    if not loan.surplus or order_for(loan.terms.allocation, "repayment", 0).surplus not in IN_ADVANCE:
        return ()
    found = split(loan, loan.surplus, on)
    if not found.applied:
        return ()
    return (SurplusApplied(on=on, amount=loan.surplus - found.left, applied=found.applied, rows=found.rows),)


DECIDES: Mapping[type[Command], Decide] = {DrawTranche: _draw}
