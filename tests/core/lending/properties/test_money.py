"""Money neither appears nor vanishes: what was lent is repaid, what came in was paid or is kept."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.lending.properties.lives import USUAL, Life, asked, begun, lives, terms

from loanloom.core.lending.agreed.terms import COMPONENTS, AllocationOrder, Terms
from loanloom.core.lending.decisions import (
    Accelerate,
    CheckWaivers,
    Command,
    Extend,
    Misuse,
    PrepayPartially,
    ReduceInterest,
    SettleEarly,
    Waive,
    decide,
    payoff,
)
from loanloom.core.lending.events import Event, RepaymentReceived, SurplusApplied
from loanloom.core.lending.events.agreements import InterestCapitalised
from loanloom.core.lending.events.recourse import AssetsTaken, GuarantorPaid
from loanloom.core.lending.events.relief import Waived, WaiverRevived
from loanloom.core.lending.evolution import evolve_all
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.allocation import Applied, Due, allocate
from loanloom.core.lending.owing.arrears import due_of, owed, position
from loanloom.core.money import ZERO, total

D = Decimal
KEPT = st.sampled_from(["term", "instalment"])


def paid(loan: Loan) -> Decimal:
    return total(
        account.principal_paid + account.interest_paid + account.penalty_paid + account.compound_paid
        + account.damages_paid + account.fee_paid
        for account in loan.accounts
    )  # fmt: skip


def applied(events: list[Event], *kinds: type[Event]) -> list[Applied]:
    return [part for event in events if isinstance(event, kinds) for part in event.applied]  # type: ignore[attr-defined]  # these kinds have parts


def amounts(parts: list[Applied], component: str | None = None) -> Decimal:
    return total(part.amount for part in parts if component in (None, part.component))


def adds_up(life: Life) -> None:
    loan, events = life.loan, life.events
    came = total(event.amount for event in events if isinstance(event, RepaymentReceived | GuarantorPaid | AssetsTaken))
    forgiven = amounts(applied(events, Waived, InterestCapitalised)) - amounts(applied(events, WaiverRevived))
    assert came + forgiven == paid(loan) + loan.surplus
    capitalised = amounts(applied(events, InterestCapitalised))
    settling = applied(events, RepaymentReceived, SurplusApplied, GuarantorPaid, AssetsTaken)
    assert loan.principal_outstanding + amounts(settling, "principal") == loan.terms.principal + capitalised
    assert loan.surplus >= 0


@settings(max_examples=80, deadline=None)
@given(lives())
def test_what_was_lent_is_what_is_repaid_and_money_adds_up(life: Life) -> None:
    adds_up(life)
    if life.loan.settled_on:
        assert life.loan.principal_outstanding == 0
        assert not owed(life.loan, life.day)


@settings(max_examples=60, deadline=None)
@given(
    terms(),
    st.lists(st.tuples(st.integers(0, 9), st.decimals("0.05", "0.6", places=2), KEPT), min_size=2, max_size=4),
    st.sampled_from(["accelerate", "settle", "extend", "misuse", "reduce"]),
)
def test_the_same_around_principal_repaid_early(
    agreed: Terms, prepaid: list[tuple[int, Decimal, Any]], ending: str
) -> None:
    life = begun(agreed)
    on = life.day
    for days, share, keep in prepaid:
        on += timedelta(days=days)
        amount = agreed.rounding.apply(life.loan.principal_outstanding * share)
        asked(life, PrepayPartially(on=on, amount=amount, keep=keep))
    interest = life.loan.accounts[-1].instalment.interest
    last: dict[str, Command] = {
        "accelerate": Accelerate(on=on),
        "settle": SettleEarly(on=on, amount=payoff(life.loan, on).total),
        "extend": Extend(on=on, months=2),
        "misuse": Misuse(on=on, amount=life.loan.principal_outstanding),
        "reduce": ReduceInterest(on=on, amount=interest),
    }
    adds_up(asked(life, last[ending]))


@settings(max_examples=60, deadline=None)
@given(terms(), st.integers(1, 60), st.sampled_from(["penalty", "compound", "interest"]), st.integers(0, 60))
def test_the_same_around_debt_given_up_on_condition(agreed: Terms, late: int, component: str, more: int) -> None:
    life = begun(agreed)
    on = life.loan.accounts[0].instalment.due_on + timedelta(days=late)
    asked(life, Waive(on=on, shares={component: D("0.5")}, until=on + timedelta(days=90)))
    adds_up(asked(life, CheckWaivers(on=on + timedelta(days=more))))


@settings(max_examples=50, deadline=None)
@given(lives(asks=USUAL, follows=True))
def test_the_same_where_the_plan_follows_what_is_outstanding(life: Life) -> None:
    adds_up(life)


@settings(max_examples=80, deadline=None)
@given(lives(), st.integers(0, 200))
def test_nothing_owed_is_ever_negative(life: Life, days: int) -> None:
    loan, on = life.loan, life.day + timedelta(days=days)
    for account in loan.accounts:
        amounts = due_of(account, loan.terms, on).amounts
        assert all(amount >= 0 for amount in amounts.values()), amounts
        assert all(loan.terms.rounding.holds(amount) for amount in amounts.values())
    assert position(loan, on).interest_accrued >= 0


@settings(max_examples=50, deadline=None)
@given(lives(), st.integers(0, 60))
def test_the_payoff_quoted_is_the_payoff_booked(life: Life, days: int) -> None:
    loan, on = life.loan, life.day + timedelta(days=days)
    quote = payoff(loan, on)
    if quote.problems or quote.total <= loan.surplus:
        return
    decision = decide(loan, SettleEarly(on=on, amount=quote.total - loan.surplus))
    assert not decision.problems
    assert evolve_all(loan, decision.events).settled_on == on
    unit = D(1).scaleb(-loan.terms.rounding.digits)
    assert decide(loan, SettleEarly(on=on, amount=quote.total - loan.surplus + unit)).problems


@given(
    st.decimals("0.01", 100_000, places=2),
    st.lists(st.fixed_dictionaries(dict.fromkeys(COMPONENTS, st.decimals(0, 9000, places=2))), max_size=6),
    st.permutations(COMPONENTS),
    st.sampled_from(["instalment", "component"]),
)
def test_an_allocation_adds_up_and_never_overpays(
    amount: Decimal, debts: list[dict[str, Decimal]], order: list[str], by: str
) -> None:
    dues = [Due(number, amounts) for number, amounts in enumerate(debts, 1)]
    split = allocate(amount, dues, AllocationOrder(order=tuple(order), by=by))
    assert total(part.amount for part in split.applied) + split.left_over == amount
    assert all(0 < part.amount <= debts[part.number - 1][part.component] for part in split.applied)
    assert split.left_over >= ZERO
    if split.left_over:
        assert amount - split.left_over == total(due.total for due in dues)
