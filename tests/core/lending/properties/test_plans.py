"""Plans: what is previewed is what is booked, no plan ends in an odd remainder, and nothing costs more than its cap."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.lending.properties.lives import Life, begun, late_terms, lives, terms

from loanloom.core.lending.agreed.late_terms import CapLevel, LateCap, PenaltyTerms
from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.decisions import Disburse, Extend, PrepayPartially, ReceiveRepayment, decide
from loanloom.core.lending.events import LoanDisbursed
from loanloom.core.lending.evolution import evolve_all
from loanloom.core.lending.owing.arrears import due_of
from loanloom.core.lending.owing.penalties import counted
from loanloom.core.lending.planning.schedule import Schedule, build_schedule
from loanloom.core.lending.pricing.charging import planned_charges
from loanloom.core.lending.pricing.cost import loan_cost
from loanloom.core.lending.pricing.disclosure import disclose
from loanloom.core.lending.records import from_record, to_record
from loanloom.core.lending.replan import ahead
from loanloom.core.money import total
from loanloom.testing.cn_practice.case import paid_up_to
from loanloom.testing.cn_practice.lateness import overdue_loan

D = Decimal
_DUE = date(2025, 3, 20)


@settings(max_examples=50, deadline=None)
@given(terms(follows=None))
def test_what_is_previewed_is_what_is_booked(agreed: Terms) -> None:
    preview = build_schedule(agreed)
    booked = decide(None, Disburse(terms=from_record(Terms, to_record(agreed)))).events
    first = booked[0]
    assert isinstance(first, LoanDisbursed)
    money = [(row.due_on, row.principal, row.interest) for row in first.instalments]
    assert money == [(row.due_on, row.principal, row.interest) for row in preview.instalments]
    loan = begun(agreed).loan
    planned = planned_charges(agreed, preview.instalments)
    assert total(account.fee for account in loan.accounts) == total(made.borne for made in planned)
    sheet = disclose(agreed, preview)
    assert sheet.cost == loan_cost(agreed, Schedule(first.instalments))
    assert sheet.paid == preview.payment + total(made.borne for made in planned)


def difference(rows: list[Any]) -> Decimal:
    """How far the last payment is from the one before."""
    last, before = rows[-1], rows[-2]
    return abs(last.principal_unpaid + last.interest_unpaid - before.principal_unpaid - before.interest_unpaid)


def tolerated(life: Life, rows: list[Any]) -> Decimal:
    """Half a unit for each period and its interest, grown to the end."""
    unit = D(1).scaleb(-life.loan.terms.rounding.digits)
    growth = (1 + life.loan.terms.annual_rate / 6) ** len(rows)
    return 2 * unit * len(rows) * growth


@settings(max_examples=80, deadline=None)
@given(terms(), st.integers(0, 8), st.decimals("0.05", "0.9", places=2), st.integers(1, 6))
def test_no_plan_ends_in_a_remainder_beyond_rounding(agreed: Terms, number: int, share: Decimal, months: int) -> None:
    phase = agreed.phases[0]
    if (
        phase.principal != "equal_instalment"
        or phase.interest != "declining_balance"
        or not agreed.day_count.startswith("30")
    ):
        return
    life = begun(agreed)
    loan = paid_up_to(life.loan, min(number, phase.periods - 1)) if not agreed.charges else life.loan
    on = loan.last_event_on
    amount = agreed.rounding.apply(loan.principal_outstanding * share)
    for command in (PrepayPartially(on=on, amount=amount), Extend(on=on, months=months)):
        decision = decide(loan, command)
        if decision.problems:
            continue
        rows = list(ahead(evolve_all(loan, decision.events), on))
        if len(rows) > 2 and phase.unit == "month" and months % phase.every == 0:
            assert difference(rows) <= tolerated(life, rows), [row.instalment.payment for row in rows]


@settings(max_examples=80, deadline=None)
@given(terms(), st.integers(0, 8), st.decimals("0.05", "0.9", places=2))
def test_a_kept_instalment_never_grows_and_prepaying_never_costs_interest(
    agreed: Terms, number: int, share: Decimal
) -> None:
    life = begun(agreed)
    loan = paid_up_to(life.loan, min(number, len(life.loan.accounts) - 1)) if not agreed.charges else life.loan
    on, level = loan.last_event_on, max(each.instalment.payment for each in ahead(loan, loan.last_event_on))
    amount = agreed.rounding.apply(loan.principal_outstanding * share)
    before = total(each.interest_unpaid for each in loan.accounts)
    for keep in ("term", "instalment"):
        decision = decide(loan, PrepayPartially(on=on, amount=amount, keep=keep))  # type: ignore[arg-type]  # one of the two
        if decision.problems:
            return
        after = evolve_all(loan, decision.events)
        unit = D(1).scaleb(-agreed.rounding.digits)
        assert total(each.interest_unpaid for each in after.accounts) <= before + unit * len(after.accounts)
        assert all(each.principal_unpaid + each.interest_unpaid <= level + unit for each in ahead(after, on))
        assert len(after.accounts) <= len(loan.accounts)


# --- caps --------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(
    late_terms(),
    st.sampled_from([D("0.01"), D("0.08"), D("0.24")]),
    st.lists(st.tuples(st.integers(1, 60), st.decimals("0.01", "0.6", places=2)), max_size=5),
)
def test_lateness_never_costs_more_than_its_cap(
    penalty: PenaltyTerms, rate: Decimal, receipts: list[tuple[int, Decimal]]
) -> None:
    cap = LateCap(levels=(CapLevel(rate=rate),))
    held = PenaltyTerms(**{name: getattr(penalty, name) for name in penalty.__slots__} | {"caps": (cap,)})
    loan = overdue_loan(_DUE, D(10_000), held, interest=D(700), rate=D("0.15"))
    day = _DUE
    for days, share in receipts:
        day += timedelta(days=days)
        due = total(due_of(loan.accounts[0], loan.terms, day).amounts.values())
        amount = loan.terms.rounding.apply(due * share)
        decision = decide(loan, ReceiveRepayment(on=day, amount=amount)) if amount else None
        if decision and decision.events:
            loan = evolve_all(loan, decision.events)
        account = loan.accounts[0]
        amounts = due_of(account, loan.terms, day).amounts
        late = counted(account, held, loan.terms.rounding, day)
        charged = (
            account.penalty_paid + account.compound_paid + account.damages_paid + account.fee_paid
            + amounts["penalty"] + amounts["compound"] + amounts["damages"] + amounts["fee"]
        )  # fmt: skip
        most = loan.terms.rounding.apply(late.principal_days * rate / 360)
        assert charged <= most


@settings(max_examples=50, deadline=None)
@given(lives())
def test_interest_never_exceeds_its_rate_on_all_that_was_lent(life: Life) -> None:
    loan = life.loan
    lent = max(total(each.instalment.principal for each in loan.accounts), loan.terms.principal)
    rate = max(each.instalment.annual_rate for each in loan.accounts)
    days = (loan.matures_on - loan.terms.start_on).days + 31
    assert total(each.instalment.interest for each in loan.accounts) <= lent * rate * days / 360 + len(loan.accounts)


@settings(max_examples=80, deadline=None)
@given(lives(), st.integers(0, 90), st.integers(1, 90))
def test_lateness_only_grows_with_the_days(life: Life, first: int, more: int) -> None:
    loan, early = life.loan, life.day + timedelta(days=first)
    for account in loan.accounts:
        before = due_of(account, loan.terms, early)
        after = due_of(account, loan.terms, early + timedelta(days=more))
        assert after.total >= before.total
        assert after.amounts["principal"] == before.amounts["principal"]
