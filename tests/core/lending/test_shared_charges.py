"""Charges of which others bear a part when they fall due: who bears it, when it stops, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from loanloom.core.lending.agreed.charges import ChargeTerms, Subsidy
from loanloom.core.lending.agreed.plan_terms import Phase
from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.decisions import (
    Accelerate,
    ApplySubsidies,
    Command,
    Disburse,
    Extend,
    PrepayPartially,
    ReceiveRepayment,
    SettleEarly,
    WithdrawShare,
    decide,
    payoff,
)
from loanloom.core.lending.events import Event
from loanloom.core.lending.events.charges import ChargeShared, SharesAgreed
from loanloom.core.lending.evolution import replay
from loanloom.core.lending.history import Recorded, Undo, amend
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.arrears import owed, position
from loanloom.core.lending.planning.schedule import build_schedule
from loanloom.core.lending.pricing.cost import full_cost, loan_cost
from loanloom.core.lending.records import from_record, to_record
from loanloom.core.money import total

D = Decimal
START = date(2026, 1, 15)
FUND = Subsidy(payer="subsidy", share=D("0.4"), stops_after_days=30, party="County fund")
FEE = ChargeTerms(key="service", event="instalment", amount=D(100), shares=(FUND,))
MERCHANTS = ChargeTerms(key="merchants", event="instalment", amount=D(30), payer="merchant", shares=(FUND,))
QUARTERLY = ChargeTerms(key="insurance", event="date", on=date(2026, 3, 1), amount=D(90), payer="merchant",
                        settled="invoiced", shares=(FUND,))  # fmt: skip


def terms(*charges: ChargeTerms, **more: object) -> Terms:
    """12,000 over a year without interest: 1,000 a month, and its charges."""
    plain = Terms(
        currency="CNY", principal=D(12000), annual_rate=D(0), start_on=START, charges=charges,
        phases=(Phase(periods=12, principal="equal_principal"),),
    )  # fmt: skip
    return replace(plain, **more)  # type: ignore[arg-type]  # fields of Terms


def lived(agreed: Terms, *commands: Command) -> list[Event]:
    """The events of a loan to which this happened, in order; nothing of it may be refused."""
    events: tuple[Event, ...] = decide(None, Disburse(terms=agreed)).events
    for command in commands:
        decision = decide(replay(events), command)
        assert not decision.problems, decision.problems
        events += decision.events
    return list(events)


def loan_of(events: list[Event]) -> Loan:
    loan = replay(events)
    assert loan is not None
    return loan


def due(number: int) -> date:
    return date(2026 + number // 12, number % 12 + 1, 15)


def nights(*numbers: int) -> tuple[Command, ...]:
    return tuple(ApplySubsidies(on=due(number)) for number in numbers)


def borne(loan: Loan) -> list[tuple[Decimal, ...]]:
    return [charge.borne for charge in loan.circumstances.shared if charge.borne]


def fees(loan: Loan, *numbers: int) -> list[Decimal]:
    return [account.fee for account in loan.accounts if account.instalment.number in numbers]


def paid(number: int, amount: str = "1060") -> ReceiveRepayment:
    return ReceiveRepayment(on=due(number), amount=D(amount))


# --- on the due date ------------------------------------------------------------


def test_what_was_previewed_is_booked_for_a_loan_paid_on_time() -> None:
    commands: list[Command] = []
    for number in range(1, 13):
        commands += [*nights(number), paid(number)]
    events = lived(terms(FEE), *commands)
    loan = loan_of(events)
    (agreed,) = (event for event in events if isinstance(event, SharesAgreed))
    assert borne(loan) == [tuple(part.amount for part in charge.parts) for charge in agreed.charges] == [(D(40),)] * 12
    assert fees(loan, *range(1, 13)) == [D(60)] * 12
    assert loan.settled_on == due(12)


def test_a_loan_too_late_bears_the_whole_charge_until_it_is_no_longer_late() -> None:
    events = lived(terms(FEE), *nights(1, 2, 3))
    assert borne(loan_of(events)) == [(D(40),), (D(40),), (D(0),)], "28 days late still shared, 59 no more"
    assert fees(loan_of(events), 1, 2, 3, 4) == [D(60), D(60), D(100), D(60)]
    catching_up = ReceiveRepayment(on=due(3), amount=total(each.total for each in owed(loan_of(events), due(3))))
    for share, fourth in ((FUND, D(40)), (replace(FUND, for_good=True), D(0))):
        charge = replace(FEE, shares=(share,))
        loan = loan_of(lived(terms(charge), *nights(1, 2, 3), catching_up, *nights(4)))
        assert borne(loan)[-1] == (fourth,)


def test_what_stops_for_a_charge_of_the_merchant_is_the_merchants() -> None:
    loan = loan_of(lived(terms(MERCHANTS), *nights(1, 2, 3)))
    assert borne(loan) == [(D(12), D(18)), (D(12), D(18)), (D(0), D(30))]
    assert fees(loan, 1, 2, 3) == [D(0)] * 3, "nothing of it was ever the borrower's"


def test_a_charge_of_a_day_of_its_own_is_shared_on_that_day() -> None:
    loan = loan_of(lived(terms(QUARTERLY), *nights(1)))
    assert borne(loan) == []
    loan = loan_of(lived(terms(QUARTERLY), *nights(1), ApplySubsidies(on=date(2026, 3, 1))))
    assert borne(loan) == [(D(36), D(54))]


def test_a_part_that_stops_of_a_charge_billed_by_itself_falls_due_with_the_next_instalment() -> None:
    his = replace(QUARTERLY, payer="borrower", on=date(2026, 4, 1))
    loan = loan_of(lived(terms(his), ApplySubsidies(on=date(2026, 4, 1))))
    assert borne(loan) == [(D(0),)], "45 days late"
    assert fees(loan, 2, 3, 4) == [D(0), D(36), D(0)]


def test_what_falls_due_with_the_money_is_no_later_charge() -> None:
    upfront = ChargeTerms(key="fee", event="disbursement", amount=D(100), payer="merchant", settled="invoiced")
    kept_back = replace(FEE, settled="deducted", payer="merchant")
    events = decide(None, Disburse(terms=terms(upfront, kept_back))).events
    assert not any(isinstance(event, SharesAgreed) for event in events)


def test_a_charge_is_decided_once_and_one_that_was_missed_is_made_up_for() -> None:
    events = lived(terms(FEE), *nights(1))
    assert not decide(loan_of(events), ApplySubsidies(on=due(1))).events
    made = decide(loan_of(lived(terms(FEE))), ApplySubsidies(on=due(2))).events
    shared = [event for event in made if isinstance(event, ChargeShared)]
    assert [(event.number, event.days_past_due) for event in shared] == [(1, 0), (2, 28)], "each by its own due date"


def test_partners_collect_their_own() -> None:
    (event,) = decide(loan_of(lived(terms(replace(FEE, collector="insurer")))), nights(1)[0]).events
    assert isinstance(event, ChargeShared)
    assert (event.parts, event.fee) == ((D(40),), D(0))


# --- other lives ------------------------------------------------------------


def test_a_loan_settled_early_shares_the_charge_that_falls_due_with_it_and_no_later_one() -> None:
    before = [*nights(1), paid(1)]
    on = date(2026, 3, 2)
    quote = payoff(loan_of(lived(terms(FEE), *before)), on)
    assert quote.total == D(11060)
    loan = loan_of(lived(terms(FEE), *before, SettleEarly(on=on, amount=quote.total)))
    assert (loan.settled_on, borne(loan)) == (on, [(D(40),), (D(40),)])
    assert not decide(loan, nights(3)[0]).events


def test_an_accelerated_loan_is_helped_no_more() -> None:
    loan = loan_of(lived(terms(FEE), *nights(1), Accelerate(on=date(2026, 3, 1)), ApplySubsidies(on=date(2026, 3, 2))))
    assert borne(loan) == [(D(40),), (D(0),)]
    assert fees(loan, 2) == [D(100)]


def test_an_extension_moves_what_falls_due_and_a_day_may_end_the_part() -> None:
    until = replace(FEE, instalments=(12,), shares=(replace(FUND, until=due(12)),))
    paying = [paid(number, "1000") for number in range(1, 12)]
    on_time = loan_of(lived(terms(until), *paying, *nights(12)))
    assert borne(on_time) == [(D(40),)]
    extended = loan_of(lived(terms(until), *paying, Extend(on=due(11), months=2)))
    day = next(each.instalment.due_on for each in extended.accounts if each.instalment.number == 12)
    loan = loan_of(lived(terms(until), *paying, Extend(on=due(11), months=2), ApplySubsidies(on=day)))
    assert borne(loan) == [(D(40) if day <= due(12) else D(0),)]


def test_a_prepayment_leaves_the_charges_agreed() -> None:
    loan = loan_of(lived(terms(FEE), *nights(1), paid(1), PrepayPartially(on=due(1), amount=D(5500)), *nights(2)))
    assert borne(loan) == [(D(40),), (D(40),)]
    shorter = lived(terms(FEE), *nights(1), paid(1), PrepayPartially(on=due(1), amount=D(10000), keep="instalment"))
    gone = loan_of([*shorter, *decide(loan_of(shorter), nights(2)[0]).events])
    assert not decide(gone, nights(3)[0]).events, "the third instalment is gone, and its charge with it"


def test_a_refused_part_falls_back_on_the_borrower_with_the_next_instalment() -> None:
    back = WithdrawShare(on=date(2026, 3, 1), charge=0, place=0, amount=D(40))
    loan = loan_of(lived(terms(FEE), *nights(1), paid(1), back))
    assert borne(loan) == [(D(0),)]
    assert fees(loan, 1, 2) == [D(60), D(100)]
    assert position(loan, date(2026, 3, 1)).arrears.days_past_due == 0
    for wrong in (back, replace(back, charge=7), replace(back, place=3)):
        assert [problem.code for problem in decide(loan, wrong).problems] == ["lending.no_share"]
    merchants = loan_of(lived(terms(MERCHANTS), *nights(1)))
    assert decide(merchants, replace(back, place=1, amount=D(18))).problems, "never the borrower's"


@pytest.mark.parametrize("backdated", [True, False])
def test_a_receipt_undone_or_backdated_decides_the_later_parts_anew(backdated: bool) -> None:
    agreed = terms(replace(FEE, shares=(replace(FUND, stops_after_days=45),)))
    without = lived(agreed, *nights(1, 2, 3))
    with_it = lived(agreed, *nights(1), paid(1), *nights(2, 3))
    before, wanted = (without, with_it) if backdated else (with_it, without)
    history = [Recorded(place, event) for place, event in enumerate(before, 1)]
    sequence = next((each.sequence for each in history if each.event.on == due(1) and each.event.asked
                     and each.event.asked["command"] == "receive_repayment"), 0)  # fmt: skip
    amendment = amend(history, paid(1) if backdated else Undo(on=due(3), sequence=sequence))
    assert not amendment.problems
    assert amendment.after is not None
    assert borne(amendment.after) == borne(loan_of(wanted))
    assert borne(amendment.after)[2] == ((D(40),) if backdated else (D(0),))
    assert fees(amendment.after, 3) == [D(60) if backdated else D(100)]


def test_a_settlement_undone_leaves_nothing_undecided() -> None:
    """No night decided anything while the loan was settled; the first one after makes up for it."""
    events = lived(terms(FEE), *nights(1), paid(1))
    events += decide(loan_of(events), SettleEarly(on=date(2026, 3, 2), amount=D(11060))).events
    history = [Recorded(place, event) for place, event in enumerate(events, 1)]
    settling = next(each.sequence for each in history if each.event.on == date(2026, 3, 2))
    undone = amend(history, Undo(on=date(2026, 4, 20), sequence=settling)).after
    assert undone is not None
    made = decide(undone, ApplySubsidies(on=date(2026, 4, 21))).events
    shared = [(event.days_past_due, event.parts) for event in made if isinstance(event, ChargeShared)]
    assert shared == [(0, (D(40),)), (31, (D(0),))]


def test_price_caps_see_the_whole_price_where_a_part_can_stop() -> None:
    schedule = build_schedule(terms(FEE))
    assert full_cost(terms(FEE), schedule) == loan_cost(terms(replace(FEE, shares=())), schedule)
    sure = replace(FEE, shares=(replace(FUND, stops_after_days=None),))
    assert full_cost(terms(sure), schedule) == loan_cost(terms(sure), schedule)


def test_events_are_kept_as_they_were() -> None:
    for event in lived(terms(FEE), *nights(1))[-2:]:
        assert from_record(type(event), to_record(event)) == event
    loan = loan_of(lived(terms(FEE, MERCHANTS), *nights(1)))
    assert from_record(type(loan.circumstances), to_record(loan.circumstances)) == loan.circumstances
