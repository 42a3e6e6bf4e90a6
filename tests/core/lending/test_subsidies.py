"""Subsidies of the interest: what others bear, when it stops, and what becomes of it when the loan's life changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from loanloom.core.lending.agreed.charges import Subsidy
from loanloom.core.lending.agreed.plan_terms import Phase
from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.decisions import (
    Accelerate,
    ApplySubsidies,
    ApplySurplus,
    Command,
    Disburse,
    Extend,
    PrepayPartially,
    ReceiveRepayment,
    SettleEarly,
    WithdrawSubsidy,
    decide,
    payoff,
)
from loanloom.core.lending.events import Event
from loanloom.core.lending.events.subsidies import InterestSubsidised
from loanloom.core.lending.evolution import evolve_all, replay
from loanloom.core.lending.history import Recorded, Undo, amend
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.arrears import owed, position
from loanloom.core.lending.owing.subsidised import claimed
from loanloom.core.lending.planning.schedule import build_schedule
from loanloom.core.lending.pricing.cost import borrower_flows, full_cost, loan_cost
from loanloom.core.lending.pricing.disclosure import disclose
from loanloom.core.lending.pricing.subsidies import planned_parts
from loanloom.core.lending.records import from_record, to_record
from loanloom.core.money import total

D = Decimal
START = date(2026, 1, 15)
HALF = Subsidy(payer="government", share=D("0.5"), party="CZ")
POINTS = Subsidy(payer="government", points=D("0.03"), stops_after_days=30)
BACK = Subsidy(payer="employer", share=D("0.5"), refunded=True, claim_every=3)


def terms(*shares: Subsidy, **more: object) -> Terms:
    """12,000 over a year at 9 %, 1,000 of principal a month: interest 90.00, 82.50, 75.00 ..."""
    plain = Terms(
        currency="CNY", principal=D(12000), annual_rate=D("0.09"), start_on=START, interest_shares=shares,
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


def loan_of(events: Sequence[Event]) -> Loan:
    loan = replay(events)
    assert loan is not None
    return loan


def due(number: int) -> date:
    """The due date of an instalment."""
    return date(2026 + number // 12, number % 12 + 1, 15)


def nights(*numbers: int) -> tuple[Command, ...]:
    """The nights before these due dates."""
    return tuple(ApplySubsidies(on=due(number)) for number in numbers)


def parts_of(loan: Loan) -> list[Decimal]:
    return [total(account.subsidised) for account in loan.accounts if account.subsidised]


# --- agreed ------------------------------------------------------------


def test_points_of_the_rate_bear_their_share_of_the_interest() -> None:
    agreed = terms(POINTS)
    rows = build_schedule(agreed).instalments
    assert [planned_parts(agreed, rows)[number] for number in (1, 2, 12)] == [(D(30),), (D("27.50"),), (D("2.50"),)]


def test_the_borrower_of_a_subsidised_loan_bears_the_cost_of_his_part_and_caps_see_the_whole() -> None:
    agreed = terms(POINTS)
    schedule = build_schedule(agreed)
    assert round(loan_cost(agreed, schedule).simple, 6) == D("0.06")
    assert round(full_cost(agreed, schedule).simple, 6) == D("0.09")
    sheet = disclose(agreed, schedule)
    assert (sheet.interest, sheet.subsidised, sheet.paid) == (D(585), D(195), D(12390))
    interest, subsidy = sheet.items[:2]
    assert (interest.amount, interest.borne) == (D(585), D(390))
    assert (subsidy.payer, subsidy.amount, subsidy.borne) == ("government", D(195), D(0))


def test_what_is_given_back_counts_when_the_claim_is_over() -> None:
    agreed = terms(BACK)
    flows = dict(borrower_flows(agreed, build_schedule(agreed)))
    assert flows[due(1)] == D(1090)
    assert flows[due(4)] == D(1000) + D("67.50") - D(45)
    cheapest = loan_cost(terms(HALF), build_schedule(agreed)).simple
    assert cheapest < loan_cost(agreed, build_schedule(agreed)).simple < D("0.09")


def test_parts_of_several_never_exceed_the_interest_and_end_each_by_its_own_rule() -> None:
    first = Subsidy(payer="government", share=D("0.8"), until=due(2))
    second = Subsidy(payer="employer", share=D("0.4"), most=D("50"))
    agreed = terms(first, second)
    found = planned_parts(agreed, build_schedule(agreed).instalments)
    assert found[1] == (D(72), D(18))
    assert found[2] == (D(66), D("16.50"))
    assert found[3] == (D(0), D("15.50")), "50 less what it bore before"
    assert found[4] == (D(0), D(0))


# --- on the due date ------------------------------------------------------------


def test_the_borrower_is_billed_for_his_part_alone_and_what_was_previewed_is_booked() -> None:
    agreed = terms(HALF)
    loan = loan_of(lived(agreed, *nights(1)))
    assert total(each.total for each in owed(loan, due(1))) == D(1045)
    planned = planned_parts(agreed, build_schedule(agreed).instalments)
    commands: list[Command] = []
    for number in range(1, 13):
        commands += [*nights(number), ReceiveRepayment(on=due(number), amount=D(1000) + D("3.75") * (13 - number))]
    paid = loan_of(lived(agreed, *commands))
    assert paid.settled_on == due(12)
    assert [account.subsidised for account in paid.accounts] == [planned[number] for number in range(1, 13)]


def test_what_the_borrower_will_pay_next_is_told_before_the_day() -> None:
    loan = loan_of(lived(terms(HALF)))
    assert position(loan, date(2026, 2, 1)).next_payment == D(1045)


def test_a_loan_too_late_is_not_subsidised_until_it_is_no_longer_late() -> None:
    events = lived(terms(POINTS), *nights(1, 2, 3))
    assert parts_of(loan_of(events)) == [D(30), D("27.50"), D(0)], "28 days late still bears, 59 no more"
    caught_up = lived(
        terms(POINTS), *nights(1, 2, 3), ReceiveRepayment(on=due(3), amount=total(
            each.total for each in owed(loan_of(events), due(3))
        )), *nights(4),
    )  # fmt: skip
    assert parts_of(loan_of(caught_up))[-1] == D("22.50")
    for_good = terms(replace(POINTS, for_good=True))
    lost = lived(
        for_good, *nights(1, 2, 3),
        ReceiveRepayment(on=due(3), amount=total(each.total for each in owed(loan_of(events), due(3)))), *nights(4),
    )  # fmt: skip
    assert parts_of(loan_of(lost))[-1] == D(0)


def test_interest_paid_before_its_day_comes_back_to_the_borrower() -> None:
    agreed = terms(HALF, allocation=replace(terms().allocation, surplus="next_instalment"))
    early = ReceiveRepayment(on=date(2026, 2, 1), amount=D(1090))
    loan = loan_of(lived(agreed, early, *nights(1)))
    account = loan.accounts[0]
    assert (account.subsidised, account.given_back, claimed(account)) == ((D(45),), (D(45),), (D(0),))


def test_a_borrower_that_is_refunded_pays_all_of_it() -> None:
    loan = loan_of(lived(terms(BACK), *nights(1)))
    assert total(each.total for each in owed(loan, due(1))) == D(1090)
    assert loan.accounts[0].given_back == (D(45),)


def test_an_instalment_is_decided_once_and_only_on_its_day() -> None:
    events = lived(terms(HALF), *nights(1))
    loan = loan_of(events)
    assert not decide(loan, ApplySubsidies(on=due(1))).events
    assert not decide(loan, ApplySubsidies(on=date(2026, 2, 20))).events


# --- other lives ------------------------------------------------------------


def test_a_loan_settled_early_is_subsidised_to_the_day() -> None:
    events = lived(terms(HALF), *nights(1), ReceiveRepayment(on=due(1), amount=D(1045)))
    on = date(2026, 3, 2)  # 15 days of 11,000 at 9 %: 41.25, half of it 20.63 (half up)
    quote = payoff(loan_of(events), on)
    assert quote.total == D(11000) + D("20.62")
    after = loan_of([*events, *decide(loan_of(events), SettleEarly(on=on, amount=quote.total)).events])
    assert after.settled_on == on
    assert parts_of(after) == [D(45), D("20.63")]


def test_principal_repaid_early_makes_the_later_parts_smaller() -> None:
    events = lived(
        terms(HALF), *nights(1), ReceiveRepayment(on=due(1), amount=D(1045)),
        PrepayPartially(on=due(1), amount=D(5500)), *nights(2),
    )  # fmt: skip
    assert parts_of(loan_of(events)) == [D(45), D("20.63")], "half of 5,500 x 9 % / 12 = 41.25"


def test_an_accelerated_loan_is_subsidised_no_more() -> None:
    loan = loan_of(lived(terms(HALF), *nights(1), Accelerate(on=date(2026, 3, 1)), *nights(2)))
    assert parts_of(loan) == [D(45)]


def test_a_refused_claim_falls_back_on_the_borrower_with_the_next_instalment_and_is_not_subsidised_again() -> None:
    events = lived(
        terms(HALF), *nights(1), ReceiveRepayment(on=due(1), amount=D(1045)),
        WithdrawSubsidy(on=date(2026, 3, 1), number=1, place=0, amount=D(45)),
    )  # fmt: skip
    loan = loan_of(events)
    assert position(loan, date(2026, 3, 1)).arrears.days_past_due == 0
    loan = loan_of([*events, *decide(loan, nights(2)[0]).events])
    assert total(each.total for each in owed(loan, due(2))) == D(1000) + D("41.25") + D(45)
    assert parts_of(loan) == [D(0), D("41.25")]
    again = decide(loan, WithdrawSubsidy(on=due(2), number=1, place=0, amount=D(45)))
    assert [problem.code for problem in again.problems] == ["lending.no_subsidy"]


@pytest.mark.parametrize("backdated", [True, False])
def test_a_receipt_undone_or_backdated_decides_the_later_parts_anew(backdated: bool) -> None:
    """Whether the first instalment was paid decides whether the third is subsidised."""
    receipt = ReceiveRepayment(on=due(1), amount=D(1060))
    agreed = terms(replace(POINTS, stops_after_days=45))
    without = lived(agreed, *nights(1, 2, 3))
    with_it = lived(agreed, *nights(1), receipt, *nights(2, 3))
    before, wanted = (without, with_it) if backdated else (with_it, without)
    history = [Recorded(place, event) for place, event in enumerate(before, 1)]
    sequence = next((each.sequence for each in history if each.event.on == due(1) and each.event.asked
                     and each.event.asked["command"] == "receive_repayment"), 0)  # fmt: skip
    amendment = amend(history, receipt if backdated else Undo(on=due(3), sequence=sequence))
    assert not amendment.problems
    assert amendment.after is not None
    assert parts_of(amendment.after) == parts_of(loan_of(wanted))
    assert parts_of(amendment.after)[2] == (D(25) if backdated else D(0))


def test_a_settlement_booked_on_an_earlier_day_takes_later_parts_away() -> None:
    before = lived(terms(HALF), *nights(1), ReceiveRepayment(on=due(1), amount=D(1045)), *nights(2))
    history = [Recorded(place, event) for place, event in enumerate(before, 1)]
    amendment = amend(history, SettleEarly(on=date(2026, 3, 2), amount=D("11020.62")))
    assert not amendment.problems
    assert amendment.after is not None
    assert amendment.after.settled_on == date(2026, 3, 2)
    assert parts_of(amendment.after) == [D(45), D("20.63")]


def test_an_extended_loan_goes_on_being_subsidised() -> None:
    events = lived(
        terms(HALF), *nights(1), ReceiveRepayment(on=due(1), amount=D(1045)), Extend(on=due(1), months=2), *nights(2)
    )
    assert len(parts_of(loan_of(events))) == 2


def test_the_last_part_may_settle_a_loan_of_which_nothing_else_is_owed() -> None:
    everything = terms(replace(HALF, share=D(1)), keeps_overpayment=True)
    commands: list[Command] = []
    for number in range(1, 13):
        commands += [*nights(number), ReceiveRepayment(on=due(number), amount=D(1000))]
    assert loan_of(lived(everything, *commands)).settled_on == due(12)
    kept = lived(everything, *commands[:-2], ReceiveRepayment(on=date(2026, 12, 20), amount=D(1000)), *nights(12))
    done = evolve_all(loan_of(kept), decide(loan_of(kept), ApplySurplus(on=due(12))).events)
    assert done.settled_on == due(12)


def test_events_and_terms_are_kept_as_they_were() -> None:
    agreed = terms(HALF, BACK, POINTS)
    assert from_record(Terms, to_record(agreed)) == agreed
    event = lived(agreed, *nights(1))[-1]
    assert isinstance(event, InterestSubsidised)
    assert from_record(InterestSubsidised, to_record(event)) == event
