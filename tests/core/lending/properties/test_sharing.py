"""Whatever happens to a subsidised loan: parts add up to the whole, and nobody bears anything twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.lending.properties.lives import ASKS, EVERYTHING, Life, asked, begun, terms

from loanloom.core.lending.agreed.charges import ChargeTerms, Subsidy
from loanloom.core.lending.decisions import ApplySubsidies, Command, WithdrawShare, WithdrawSubsidy, decide
from loanloom.core.lending.events.charges import ChargeAdded, ChargeShared, ShareWithdrawn
from loanloom.core.lending.events.subsidies import InterestSubsidised, SubsidyWithdrawn
from loanloom.core.lending.evolution import replay
from loanloom.core.lending.history import Undo, amend
from loanloom.core.lending.owing.subsidised import claimed
from loanloom.core.lending.planning.instalments import Schedule
from loanloom.core.lending.pricing.cost import borrower_flows
from loanloom.core.lending.pricing.disclosure import disclose
from loanloom.core.lending.pricing.subsidies import planned_parts
from loanloom.core.money import ZERO, total

D = Decimal


@st.composite
def shares(draw: st.DrawFn) -> Subsidy:
    """Somebody's part of the interest, in every way that it can be said."""
    points = draw(st.booleans())
    amount = draw(st.sampled_from([D("0.01"), D("0.3"), D("0.5"), D(1)]))
    return Subsidy(
        payer=draw(st.sampled_from(["government", "employer"])),
        share=ZERO if points else amount,
        points=amount / 10 if points else ZERO,
        instalments=draw(st.sampled_from([None, None, 3])),
        most=draw(st.sampled_from([None, None, D(100)])),
        stops_after_days=draw(st.sampled_from([None, 0, 30])),
        for_good=draw(st.booleans()),
        refunded=draw(st.booleans()),
    )


@st.composite
def shared_charges(draw: st.DrawFn) -> ChargeTerms:
    """A charge with every instalment of which others bear parts, or all but parts."""
    parts = draw(st.lists(shares(), min_size=1, max_size=2))
    return ChargeTerms(
        key=draw(st.sampled_from(["service_fee", "card_fee", "insurance"])), event="instalment", amount=D("7.77"),
        payer=draw(st.sampled_from(["borrower", "borrower", "merchant"])),
        shares=tuple(replace(part, share=D("0.4"), points=ZERO) for part in parts),
    )  # fmt: skip


KEY = attrgetter("key")


@st.composite
def subsidised_lives(draw: st.DrawFn, *, most: int = 8) -> Any:
    """A loan with subsidies, decided every night; now and then a claim is refused."""
    agreed = replace(draw(terms()), interest_shares=tuple(draw(st.lists(shares(), min_size=1, max_size=3))))
    if agreed.rounding.digits == 2:
        agreed = replace(
            agreed, charges=(*agreed.charges, *draw(st.lists(shared_charges(), max_size=2, unique_by=KEY)))
        )
    life = begun(agreed)
    day = life.day
    for _ in range(draw(st.integers(1, most))):
        later = sorted(each.instalment.due_on for each in life.loan.accounts if each.instalment.due_on > day)
        until = later[draw(st.integers(0, min(2, len(later) - 1)))] if later else date.fromordinal(day.toordinal() + 20)
        asked(life, *(ApplySubsidies(on=each) for each in later if each <= until))
        day = until
        if draw(st.integers(0, 4)) == 0:
            asked(life, *_refusals(life, day))
        command = ASKS[draw(st.sampled_from(EVERYTHING))](draw, life.loan, day)
        asked(life, command)
    return life


def _refusals(life: Life, on: date) -> list[Command]:
    for account in life.loan.accounts:
        for place, part in enumerate(claimed(account)):
            if part:
                return [WithdrawSubsidy(on=on, number=account.instalment.number, place=place, amount=part)]
    for place, charge in enumerate(life.loan.circumstances.shared):
        if charge.borne and charge.borne[0]:
            return [WithdrawShare(on=on, charge=place, place=0, amount=charge.borne[0])]
    return []


@settings(max_examples=80, deadline=None)
@given(terms(), st.lists(shares(), min_size=1, max_size=4))
def test_parts_and_what_the_borrower_bears_add_up_to_the_interest(agreed: Any, found: list[Subsidy]) -> None:
    agreed = replace(agreed, interest_shares=tuple(found))
    life = begun(agreed)
    rows = tuple(account.instalment for account in life.loan.accounts)
    planned = planned_parts(agreed, rows)
    for row in rows:
        assert all(part >= 0 and agreed.rounding.holds(part) for part in planned[row.number])
        assert total(planned[row.number]) <= row.interest - row.capitalised
    for place, share in enumerate(found):
        borne = total(parts[place] for parts in planned.values())
        assert share.most is None or borne <= share.most
    schedule = Schedule(rows)
    sheet = disclose(agreed, schedule)
    assert sheet.items[0].borne == sheet.interest - total(
        each.amount or ZERO for each in sheet.items[1 : 1 + len(found)]
    )
    borne = total(amount for _, amount in borrower_flows(agreed, schedule))
    whole = total(amount for _, amount in borrower_flows(replace(agreed, interest_shares=()), schedule))
    assert whole - borne == sheet.subsidised


@settings(max_examples=120, deadline=None)
@given(subsidised_lives())
def test_what_others_bear_is_what_their_events_say_and_never_more_than_the_interest(life: Life) -> None:
    events = [event for event in life.events if isinstance(event, InterestSubsidised)]
    assert len({event.number for event in events}) == len(events), "an instalment is decided once"
    refused = total(event.amount for event in life.events if isinstance(event, SubsidyWithdrawn))
    paid = total(part.amount for event in events for part in event.applied)
    assert total(total(claimed(account)) for account in life.loan.accounts) == paid - refused
    for event in events:
        assert total(event.parts) - total(event.back) == total(part.amount for part in event.applied)
        assert all(ZERO <= back <= part for back, part in zip(event.back, event.parts, strict=True))
    for account in life.loan.accounts:
        assert account.interest_unpaid >= 0
        assert total(account.subsidised) <= account.instalment.interest


@settings(max_examples=120, deadline=None)
@given(subsidised_lives())
def test_whatever_others_do_not_bear_of_a_charge_is_left_to_its_payer(life: Life) -> None:
    """Each shared charge is decided once; what was agreed is borne by somebody, to the cent."""
    decided = [event for event in life.events if isinstance(event, ChargeShared)]
    assert len({event.charge for event in decided}) == len(decided)
    refused = {}
    for event in life.events:
        if isinstance(event, ShareWithdrawn):
            refused[event.charge] = refused.get(event.charge, ZERO) + event.amount
    left = total(
        event.amount for event in life.events if isinstance(event, ChargeAdded) and event.asked is None
        and event.on > life.loan.terms.start_on
    )  # fmt: skip
    given_up = ZERO
    for event in decided:
        charge = life.loan.circumstances.shared[event.charge]
        agreed = [part.amount for part in charge.parts]
        assert total(charge.borne) == total(event.parts) - refused.get(event.charge, ZERO)
        his = next(each for each in life.loan.terms.charges if each.key == event.key).payer == "borrower"
        assert total(event.parts) == total(agreed) or his
        assert all(ZERO <= part <= was for part, was in zip(event.parts, agreed, strict=True)) or not his
        given_up += total(agreed) - total(event.parts)
    assert left == given_up + total(refused.values())


@settings(max_examples=60, deadline=None)
@given(subsidised_lives(most=5), st.data())
def test_a_history_decided_again_equals_the_one_that_was_lived(life: Life, data: st.DataObject) -> None:
    """Undoing the last thing that happened gives the loan before it; replaying gives the loan itself."""
    assert replay(life.events) == life.loan
    if not life.commands:
        return
    undone = amend(life.history, Undo(on=life.day, sequence=life.last_sequence()))
    assert not undone.problems
    assert undone.after == replace(life.before[-1])


@settings(max_examples=60, deadline=None)
@given(subsidised_lives())
def test_deciding_a_night_twice_changes_nothing(life: Life) -> None:
    for account in life.loan.accounts:
        if account.subsidised:
            again = decide(life.loan, ApplySubsidies(on=account.instalment.due_on))
            assert not any(isinstance(event, InterestSubsidised) and event.number == account.instalment.number
                           for event in again.events)  # fmt: skip
