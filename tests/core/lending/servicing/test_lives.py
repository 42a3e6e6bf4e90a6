"""Whatever is asked of a plan in whatever order: no principal appears or vanishes, and the past can be lived again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.lending.properties.lives import Life, begun, terms

from loanloom.core.lending.agreed.terms import DrawTerms, Terms
from loanloom.core.lending.decisions import (
    ChangeRate,
    Chargeback,
    ChargeOff,
    Command,
    DrawTranche,
    PauseInterest,
    ReAge,
    Reamortise,
    ReceiveRepayment,
    Reschedule,
    TerminateContract,
    decide,
)
from loanloom.core.lending.events import EVENT_NAMES, EVENTS, RepaymentReceived, SurplusApplied
from loanloom.core.lending.events.chargebacks import ChargedBack
from loanloom.core.lending.evolution import replay
from loanloom.core.lending.history import Undo, amend
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.records import from_record, to_record
from loanloom.core.money import total

D = Decimal


def _receipt(loan: Loan, on: date) -> Command:
    """What the first open instalment asks for, more or less."""
    unpaid = next((each.principal_unpaid + each.interest_unpaid for each in loan.accounts if each.open), D(0))
    return ReceiveRepayment(on=on, amount=loan.terms.rounding.apply(unpaid * D("1.3")))


def _move(loan: Loan, on: date) -> Command:
    due = next((each.instalment.due_on for each in loan.accounts if each.instalment.due_on > on), on)
    return Reschedule(on=on, due_on=due, new_due=due + timedelta(days=9))


ASKED: dict[str, Callable[[Loan, date], Command]] = {
    "receive": _receipt,
    "pay_back": lambda loan, on: Chargeback(on=on, amount=loan.terms.rounding.apply(loan.terms.principal / 20)),
    "re_age": lambda _loan, on: ReAge(on=on, first_due=on + timedelta(days=14), instalments=4),
    "re_age_spread": lambda _loan, on: ReAge(on=on, first_due=on, instalments=3, interest="payable"),
    "re_age_full": lambda _loan, on: ReAge(
        on=on, first_due=on + timedelta(days=40), instalments=5, every=2, period="week", interest="full"
    ),
    "re_amortise": lambda _loan, on: Reamortise(on=on),
    "re_amortise_split": lambda _loan, on: Reamortise(on=on, interest="split"),
    "move": _move,
    "more": lambda loan, on: Reschedule(on=on, due_on=loan.matures_on, extra_terms=2),
    "rate": lambda _loan, on: ChangeRate(on=on, annual_rate=D("0.2")),
    "pause": lambda _loan, on: PauseInterest(on=on, from_on=on, to_on=on + timedelta(days=20)),
    "draw": lambda loan, on: DrawTranche(on=on, amount=loan.terms.rounding.apply(loan.terms.principal / 7)),
    "charge_off": lambda _loan, on: ChargeOff(on=on, interest="none"),
    "charge_off_due": lambda _loan, on: ChargeOff(on=on, interest="all_due"),
    "terminate": lambda _loan, on: TerminateContract(on=on),
}

STEPS = st.lists(
    st.tuples(st.sampled_from([*ASKED, "receive", "receive"]), st.sampled_from([0, 1, 13, 31, 70])), max_size=7
)


def lived(agreed: Terms, steps: list[tuple[str, int]]) -> Life:
    life = begun(replace(agreed, draws=DrawTerms(pattern="tranches")))
    day = life.day
    for name, days in steps:
        day += timedelta(days=days)
        command = ASKED[name](life.loan, day)
        decision = decide(life.loan, command)
        assert not (decision.events and decision.problems)
        if decision.events:
            life.book(decision.events, command)
    return life


@settings(max_examples=120, deadline=None)
@given(terms(follows=None), STEPS)
def test_principal_stays_what_it_is(agreed: Terms, steps: list[tuple[str, int]]) -> None:
    life = lived(agreed, steps)
    came = [event for event in life.events if isinstance(event, RepaymentReceived | SurplusApplied)]
    repaid = total(part.amount for event in came for part in event.applied if part.component == "principal")
    back = [event for event in life.events if isinstance(event, ChargedBack)]
    again = total(part.amount for event in back for part in event.applied if part.component == "principal")
    drawn = total(draw.planned for draw in life.loan.circumstances.draws)
    assert life.loan.principal_outstanding + repaid == agreed.principal + again + drawn


@settings(max_examples=120, deadline=None)
@given(terms(follows=None), STEPS)
def test_stored_and_undone(agreed: Terms, steps: list[tuple[str, int]]) -> None:
    life = lived(agreed, steps)
    stored = json.loads(json.dumps([[EVENT_NAMES[type(event)], to_record(event)] for event in life.events]))
    assert replay([from_record(EVENTS[name], record) for name, record in stored]) == life.loan
    if life.commands:
        amendment = amend(life.history, Undo(on=life.day, sequence=life.last_sequence()))
        assert not amendment.problems
        assert amendment.after == life.before[-1]
