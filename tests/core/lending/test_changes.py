"""Changes of a running loan: prepayment, extension, restructuring, renewal, acceleration, misuse, suspense, closing."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from loanloom.core.lending.agreed.charges import ChargeTerms
from loanloom.core.lending.agreed.plan_terms import IndexTerms, Phase, PlannedRow, RateStep, RateTerms
from loanloom.core.lending.agreed.terms import AllocationOrder, PenaltyTerms, PrepaymentTerms, Terms
from loanloom.core.lending.decisions import (
    Accelerate,
    CapitaliseInterest,
    CheckWaivers,
    CloseLoan,
    Command,
    Extend,
    Misuse,
    PrepayPartially,
    ReceiveRepayment,
    ReduceInterest,
    Renew,
    RestoreInterest,
    Restructure,
    SettleEarly,
    SuspendInterest,
    TopUp,
    TransferLoan,
    Waive,
    decide,
    payoff,
)
from loanloom.core.lending.events.conduct import InterestSuspended
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.arrears import arrears, due_of, interest_accrued, owed
from loanloom.core.money import total
from loanloom.testing.cn_practice.case import after, disbursed, paid_up_to

D = Decimal
START = date(2025, 1, 15)


def terms(*phases: Phase, **more: Any) -> Terms:
    given = {"currency": "CNY", "principal": D(120_000), "annual_rate": D("0.12"), "start_on": START} | more
    return Terms(phases=phases or (Phase(periods=12),), **given)


BULLET = Phase(periods=6, principal="bullet")
FLAT = Phase(periods=12, principal="equal_principal", interest="original_principal")


def refusal(loan: Loan, command: Command) -> str:
    decision = decide(loan, command)
    assert not decision.events
    assert all(problem.message["zh"] for problem in decision.problems)
    return decision.problems[0].code


def rows(loan: Loan) -> list[tuple[int, date, Decimal, Decimal]]:
    return [
        (each.instalment.number, each.instalment.due_on, each.instalment.principal, each.instalment.interest)
        for each in loan.accounts
    ]


def balanced(loan: Loan) -> bool:
    """Whether the rows repay exactly what was lent, each opening where the one before closed."""
    assert total(each.instalment.principal for each in loan.accounts) == loan.terms.principal
    return loan.accounts[-1].instalment.closing == 0


# --- partial prepayment ------------------------------------------------------------


def test_prepaying_within_a_period_bears_interest_on_the_part_to_the_day() -> None:
    loan = disbursed(terms(BULLET, day_count="act/360"))
    on = date(2025, 1, 25)
    changed = after(loan, PrepayPartially(on=on, amount=D(60_000)))
    first = changed.accounts[0].instalment
    assert first.interest == D("820.00")  # 60,000 for 31 days and 60,000 for 10 of them, at 12 % / 360
    assert interest_accrued(first, on, changed.terms.rounding) == D("400.00")
    assert changed.accounts[1].instalment.interest == D("560.00")  # 28 days on what is left
    assert changed.accounts[0].principal_unpaid == 0
    assert balanced(changed)


def test_twice_in_one_period_adds_up() -> None:
    loan = disbursed(terms(BULLET, day_count="act/360"))
    once = after(loan, PrepayPartially(on=date(2025, 1, 25), amount=D(30_000)))
    twice = after(once, PrepayPartially(on=date(2025, 2, 4), amount=D(30_000)))
    assert twice.accounts[0].instalment.interest == D("920.00")  # 60,000 for 31 days, 30,000 for 10, 30,000 for 20
    assert balanced(twice)


def test_the_fee_is_taken_on_top_and_by_age() -> None:
    agreed = PrepaymentTerms(fee_rate=D("0.02"))
    stepped = ChargeTerms(key="early", event="prepayment", rate=D("0.01"), base="repaid_early", most=D(50))
    loan = disbursed(terms(BULLET, prepayment=agreed, charges=(stepped,)))
    decision = decide(loan, PrepayPartially(on=date(2025, 2, 1), amount=D(10_000)))
    assert decision.events[-1].amount == D("10250.00")  # type: ignore[attr-defined]  # 2 % and at most 50
    changed = after(loan, PrepayPartially(on=date(2025, 2, 1), amount=D(10_000)))
    assert changed.accounts[0].fee_paid == D("250.00")


@pytest.mark.parametrize(
    ("phase", "keep", "principals"),
    [
        (Phase(periods=6, principal="equal_principal"), "term", [D(10_000)] * 5),
        (Phase(periods=6, principal="equal_principal"), "instalment", [D(20_000), D(20_000), D(10_000)]),
        (BULLET, "term", [D(0)] * 4 + [D(50_000)]),
        (BULLET, "instalment", [D(0)] * 4 + [D(50_000)]),
    ],
)
def test_term_or_instalment_stays_under_every_rule(phase: Phase, keep: Any, principals: list[Decimal]) -> None:
    loan = paid_up_to(disbursed(terms(phase)), 1)
    on = loan.accounts[0].instalment.due_on
    early = loan.principal_outstanding - D(50_000)
    changed = after(loan, PrepayPartially(on=on, amount=early, keep=keep))
    assert [each.principal_unpaid for each in changed.accounts[1:]] == principals
    assert balanced(changed)


def test_flat_interest_shrinks_with_the_principal() -> None:
    loan = paid_up_to(disbursed(terms(FLAT)), 6)
    on = loan.accounts[5].instalment.due_on
    changed = after(loan, PrepayPartially(on=on, amount=D(30_000)))
    assert {each.instalment.interest for each in changed.accounts[6:]} == {D("600.00")}  # half of 1,200
    assert balanced(changed)


def test_prepaying_an_own_plan_shrinks_every_row_alike() -> None:
    plan = tuple(PlannedRow(due_on=date(2025, month, 15), principal=D(amount)) for month, amount in
                 ((2, 20_000), (3, 40_000), (4, 60_000)))  # fmt: skip
    loan = paid_up_to(disbursed(terms(Phase(periods=3, principal="own", rows=plan))), 1)
    changed = after(loan, PrepayPartially(on=date(2025, 2, 15), amount=D(50_000)))
    assert [each.principal_unpaid for each in changed.accounts[1:]] == [D(20_000), D(30_000)]


def test_interest_kept_for_the_end_keeps_what_was_borne_before() -> None:
    phase = Phase(periods=1, every=6, principal="bullet", interest="at_maturity")
    loan = disbursed(terms(phase, day_count="act/360"))
    changed = after(loan, PrepayPartially(on=date(2025, 3, 16), amount=D(60_000)))
    assert changed.accounts[0].instalment.interest == D("4820.00")  # 60 days on 120,000, 121 days on 60,000
    assert interest_accrued(changed.accounts[0].instalment, date(2025, 3, 16), changed.terms.rounding) == D("2400.00")


def test_what_prepayment_is_refused_for() -> None:
    loan = disbursed(terms(BULLET, prepayment=PrepaymentTerms(least_amount=D(1000), min_days=30, choices=("term",))))
    assert refusal(loan, PrepayPartially(on=START, amount=D(5000))) == "lending.prepayment_too_soon"
    assert refusal(loan, PrepayPartially(on=date(2025, 2, 20), amount=D(5000))) == "lending.due_first"
    paid = paid_up_to(loan, 1)
    on = date(2025, 2, 20)
    assert refusal(paid, PrepayPartially(on=on, amount=D(5000), keep="instalment")) == "lending.choice_not_offered"
    assert refusal(paid, PrepayPartially(on=on, amount=D(999))) == "lending.prepayment_too_small"
    assert refusal(paid, PrepayPartially(on=on, amount=D(120_000))) == "lending.prepays_everything"
    assert refusal(paid, PrepayPartially(on=on, amount=D("5000.001"))) == "lending.amount_too_fine"
    closed = disbursed(terms(BULLET, prepayment=PrepaymentTerms(partial=False)))
    assert refusal(closed, PrepayPartially(on=START, amount=D(5000))) == "lending.no_prepayment"


# --- extension ------------------------------------------------------------


def test_extending_a_bullet_moves_the_principal_and_keeps_the_interest_days() -> None:
    loan = paid_up_to(disbursed(terms(BULLET)), 5)
    changed = after(loan, Extend(on=date(2025, 7, 1), months=3, annual_rate=D("0.18")))
    assert [(row[1], row[2], row[3]) for row in rows(changed)[5:]] == [
        (date(2025, 7, 15), D(0), D(1200)), (date(2025, 8, 15), D(0), D(1800)),
        (date(2025, 9, 15), D(0), D(1800)), (date(2025, 10, 15), D(120_000), D(1800)),
    ]  # fmt: skip
    assert (changed.matures_on, changed.circumstances.extended_months) == (date(2025, 10, 15), 3)
    assert balanced(changed)


def test_extending_equal_instalments_spreads_what_is_left() -> None:
    loan = paid_up_to(disbursed(terms()), 6)
    before = loan.accounts[6].instalment.payment
    changed = after(loan, Extend(on=loan.accounts[5].instalment.due_on, months=6))
    assert len(changed.accounts) == 18
    assert changed.accounts[6].instalment.payment < before / D("1.8")
    assert abs(changed.accounts[-1].instalment.payment - changed.accounts[-2].instalment.payment) < 1
    assert balanced(changed)


def test_an_index_loan_keeps_its_rates_until_the_old_maturity() -> None:
    index = IndexTerms(index="LPR", spread=D("0.03"), values=(RateStep(from_on=date(2024, 1, 1), rate=D("0.03")),))
    loan = disbursed(terms(BULLET, annual_rate=D("0.06"), rates=RateTerms(index=index)))
    changed = after(loan, Extend(on=date(2025, 2, 1), months=2, annual_rate=D("0.09")))
    assert [row[3] for row in rows(changed)] == [D(600)] * 6 + [D(900)] * 2


def test_extensions_add_up_against_the_limit() -> None:
    loan = disbursed(terms(BULLET))
    once = after(loan, Extend(on=START, months=4))
    assert refusal(once, Extend(on=START, months=3)) == "lending.extension_too_long"
    assert len(after(once, Extend(on=START, months=2)).accounts) == 12
    assert refusal(loan, Extend(on=date(2025, 7, 16), months=1)) == "lending.matured"
    assert refusal(loan, Extend(on=START, months=0)) == "lending.months_not_positive"


# --- restructuring ------------------------------------------------------------


def late_loan(**more: Any) -> Loan:
    """Two of twelve instalments overdue on 20 April 2025, the first paid."""
    return paid_up_to(disbursed(terms(penalty=PenaltyTerms(compound=True), **more)), 1)


def test_restructuring_puts_overdue_principal_into_the_new_plan() -> None:
    loan, on = late_loan(), date(2025, 4, 20)
    overdue = arrears(loan, on)
    assert overdue.days_past_due == 36
    command = Restructure(
        on=on, months=6, annual_rate=D("0.06"), shares={"penalty": D(1), "compound": D(1)}, capitalise=True
    )
    changed = after(loan, command)
    assert arrears(changed, on).days_past_due == 0
    assert not owed(changed, on)
    capitalised = overdue.interest
    assert total(each.instalment.principal for each in changed.accounts) == D(120_000) + capitalised
    assert changed.matures_on == date(2026, 7, 15)
    assert changed.accounts[5].instalment.annual_rate == D("0.06")
    assert changed.circumstances.observed_until == on + timedelta(days=365)
    running = changed.accounts[3].instalment
    assert running.interest < D(120_000) * D("0.01")


def test_a_conditional_waiver_revives_when_the_plan_is_broken() -> None:
    loan, on = late_loan(), date(2025, 4, 20)
    penalty = total(due.amounts["penalty"] for due in owed(loan, on))
    changed = after(loan, Restructure(on=on, shares={"penalty": D(1)}))
    assert not any(due.amounts["penalty"] for due in owed(changed, on))
    due_on = next(each.instalment.due_on for each in changed.accounts if each.instalment.due_on > on)
    assert not decide(changed, CheckWaivers(on=on)).events
    broken = after(changed, CheckWaivers(on=due_on + timedelta(days=1)))
    assert broken.circumstances.waivers == ()
    assert total(due.amounts["penalty"] for due in owed(broken, due_on + timedelta(days=1))) >= penalty


def test_a_waiver_whose_condition_was_kept_is_final() -> None:
    loan, on = late_loan(), date(2025, 3, 20)
    due = owed(loan, on)[0]
    waived = after(loan, Waive(on=on, shares={"penalty": D(1), "compound": D("0.5")}, until=date(2025, 6, 1)))
    paid = after(waived, ReceiveRepayment(on=on, amount=total(each.total for each in owed(waived, on))))
    for account in paid.accounts[2:4]:
        row = account.instalment
        paid = after(paid, ReceiveRepayment(on=row.due_on, amount=row.payment))
    kept = after(paid, CheckWaivers(on=date(2025, 6, 1)))
    assert kept.circumstances.waivers == ()
    assert not owed(kept, date(2025, 6, 1))
    assert due.amounts["penalty"] > 0


def test_all_matured_needs_months() -> None:
    loan, on = late_loan(), date(2026, 3, 1)
    assert refusal(loan, Restructure(on=on)) == "lending.months_needed"
    changed = after(loan, Restructure(on=on, months=12, capitalise=True))
    assert changed.matures_on == date(2027, 3, 15)
    assert arrears(changed, on).principal == 0


def test_capitalised_interest_is_repaid_by_the_instalments_ahead() -> None:
    loan, on = late_loan(), date(2025, 4, 15)
    due = total(each.amounts["interest"] for each in owed(loan, on))
    changed = after(loan, CapitaliseInterest(on=on))
    assert total(each.amounts["interest"] for each in owed(changed, on)) == 0
    assert changed.principal_outstanding == loan.principal_outstanding + due
    assert refusal(changed, CapitaliseInterest(on=on)) == "lending.nothing_due"
    assert refusal(loan, CapitaliseInterest(on=on, amount=due + 1)) == "lending.more_than_due"


# --- relief ------------------------------------------------------------


def test_interest_is_reduced_where_due_first_and_then_ahead() -> None:
    loan = disbursed(terms(BULLET))
    on = date(2025, 2, 15)
    changed = after(loan, ReduceInterest(on=on, amount=D(1500)))
    assert owed(changed, on) == ()
    assert changed.accounts[1].instalment.interest == D(900)
    half = interest_accrued(changed.accounts[1].instalment, date(2025, 3, 1), changed.terms.rounding)
    assert half == D("420.00")  # 14 days of three quarters of 40 a day
    assert refusal(loan, ReduceInterest(on=on, amount=D(7201))) == "lending.more_than_interest"


def test_what_cannot_be_waived() -> None:
    loan, on = late_loan(), date(2025, 4, 20)
    assert refusal(loan, Waive(on=on, amounts={"principal": D(1)})) == "lending.not_waivable"
    assert refusal(loan, Waive(on=on, shares={"penalty": D("1.5")})) == "lending.share_out_of_range"
    assert refusal(loan, Waive(on=on, amounts={"penalty": D(10_000)})) == "lending.more_than_due"
    assert refusal(loan, Waive(on=on)) == "lending.nothing_to_waive"
    assert refusal(loan, Waive(on=on, shares={"penalty": D(1)}, until=on)) == "lending.condition_in_the_past"


# --- the end of a loan ------------------------------------------------------------


def test_acceleration_makes_everything_overdue_from_the_next_day() -> None:
    loan, on = paid_up_to(disbursed(terms(BULLET)), 2), date(2025, 3, 25)
    changed = after(loan, Accelerate(on=on, reason="default"))
    assert total(due.total for due in owed(changed, on)) == D("120400.00")  # ten days of interest
    tomorrow = due_of(changed.accounts[-1], changed.terms, on + timedelta(days=1))
    assert tomorrow.amounts["penalty"] == D("60.00")  # on the whole balance at 18 %
    assert refusal(changed, Accelerate(on=on)) == "lending.all_due"


def test_settling_pays_nothing_twice_after_prepayment() -> None:
    loan = after(disbursed(terms(BULLET)), PrepayPartially(on=date(2025, 2, 1), amount=D(20_000)))
    on = date(2025, 2, 10)
    quote = payoff(loan, on)
    assert quote.amounts["principal"] == D(100_000)
    settled = after(loan, SettleEarly(on=on, amount=quote.total))
    assert settled.settled_on == on
    assert total(each.principal_paid for each in settled.accounts) == D(120_000)


def test_renewal_without_repaying_principal() -> None:
    loan, on = paid_up_to(disbursed(terms(BULLET)), 5), date(2025, 7, 15)
    assert refusal(loan, Renew(on=on, amount=D(120_000), by="L2")) == "lending.not_the_payoff_amount"
    renewed = after(loan, Renew(on=on, amount=D(120_000), by="L2", own=D(1200)))
    assert (renewed.settled_on, renewed.circumstances.renewed_by) == (on, "L2")
    topped = after(loan, TopUp(on=on, amount=D(121_200), by="L3"))
    assert topped.settled_on == on
    assert refusal(topped, TransferLoan(on=date(2025, 7, 1), unit="east")) == "lending.too_early"
    closed = after(topped, CloseLoan(on=on))
    assert refusal(closed, CloseLoan(on=on)) == "lending.account_closed"
    assert refusal(loan, CloseLoan(on=on)) == "lending.not_settled"


# --- conduct ------------------------------------------------------------


def test_misuse_replaces_the_contract_rate_and_late_is_not_charged_twice() -> None:
    loan = disbursed(terms(BULLET, day_count="act/360", penalty=PenaltyTerms(uplift=D("0.5"), misuse_uplift=D(1))))
    on = date(2025, 1, 25)
    changed = after(loan, Misuse(on=on, amount=D(60_000)))
    first, last = changed.accounts[0], changed.accounts[-1]
    assert first.instalment.interest == D("820.00")  # 10 days on all, 21 on half
    assert due_of(last, changed.terms, date(2025, 2, 14)).amounts["penalty"] == D("800.00")  # 20 days at 24 %
    overdue = last.instalment.due_on + timedelta(days=10)
    misused_days = (last.instalment.due_on - on).days + 10
    expected = D(60_000) * D("0.24") * misused_days / 360 + D(60_000) * D("0.18") * 10 / 360
    assert due_of(last, changed.terms, overdue).amounts["penalty"] == round(expected, 2)


def test_misuse_put_right_brings_the_contract_rate_back() -> None:
    loan = disbursed(terms(BULLET, day_count="act/360"))
    misused = after(loan, Misuse(on=date(2025, 1, 25), amount=D(120_000)))
    cured = after(misused, Misuse(on=date(2025, 2, 4), amount=D(0)))
    assert cured.accounts[0].instalment.interest == D("840.00")  # 10 and 11 days of 40
    assert cured.accounts[1].instalment.interest == D("1120.00")
    penalty = due_of(cured.accounts[-1], cured.terms, date(2025, 3, 15)).amounts["penalty"]
    assert penalty == D("800.00")  # 10 days at 24 %, and no more
    assert refusal(cured, Misuse(on=date(2025, 2, 5), amount=D(0))) == "lending.misuse_unchanged"


def test_interest_is_suspended_after_ninety_days_and_restored_when_paid() -> None:
    loan = disbursed(terms(BULLET))
    ninety = date(2025, 2, 15) + timedelta(days=90)
    assert refusal(loan, SuspendInterest(on=ninety)) == "lending.not_late_enough"
    event = decide(loan, SuspendInterest(on=ninety + timedelta(days=1))).events[0]
    assert isinstance(event, InterestSuspended)
    assert event.interest == D("4880.00")  # four instalments, and two days of the fifth
    assert event.penalty == 0
    suspended = after(loan, SuspendInterest(on=ninety + timedelta(days=1)))
    assert suspended.circumstances.suspended_on == ninety + timedelta(days=1)
    assert refusal(suspended, RestoreInterest(on=ninety + timedelta(days=1))) == "lending.still_late"
    due = total(each.total for each in owed(suspended, ninety + timedelta(days=1)))
    paid = after(suspended, ReceiveRepayment(on=ninety + timedelta(days=1), amount=due))
    assert after(paid, RestoreInterest(on=ninety + timedelta(days=1))).circumstances.suspended_on is None


def test_money_beyond_the_due_repays_principal_at_once_where_agreed() -> None:
    loan = disbursed(terms(BULLET, day_count="act/360", allocation=AllocationOrder(surplus="prepay")))
    on = date(2025, 1, 25)
    part = after(loan, ReceiveRepayment(on=on, amount=D(60_000)))
    assert part.principal_outstanding == D(60_000)
    assert part.accounts[0].instalment.interest == D("820.00")
    late = date(2025, 2, 20)
    due = total(each.total for each in owed(part, late))
    both = after(part, ReceiveRepayment(on=late, amount=due + 10_000))
    assert not owed(both, late)
    assert both.principal_outstanding == D(50_000)
    whole = after(both, ReceiveRepayment(on=late, amount=payoff(both, late).total))
    assert whole.settled_on == late
    assert refusal(both, ReceiveRepayment(on=late, amount=D(60_000))) == "lending.more_than_due"


def test_money_beyond_the_due_pays_the_fee_too() -> None:
    agreed = {"allocation": AllocationOrder(surplus="prepay"), "prepayment": PrepaymentTerms(fee_rate=D("0.01"))}
    loan = after(disbursed(terms(BULLET, **agreed)), ReceiveRepayment(on=date(2025, 2, 1), amount=D(10_100)))
    assert (loan.principal_outstanding, loan.accounts[0].fee_paid) == (D(110_000), D("100.00"))
