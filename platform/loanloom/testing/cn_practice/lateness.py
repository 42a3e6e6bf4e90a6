"""Lateness (OD) and allocation (PA): what the core says of loans that are paid late, in part, or used otherwise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from loanloom.core.dates import add_months
from loanloom.core.lending.agreed.late_terms import CapLevel, DamagesTerms, LateCap, PenaltyTerms, Settlement
from loanloom.core.lending.agreed.plan_terms import Phase, PlannedRow
from loanloom.core.lending.agreed.terms import AllocationOrder, Terms
from loanloom.core.lending.decisions import Misuse
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.allocation import Due, allocate, by_component
from loanloom.core.lending.owing.arrears import arrears, due_of, late_costs_of
from loanloom.core.lending.owing.penalties import overdue_rate, settlement_days
from loanloom.core.money import EXACT, ZERO, total
from loanloom.testing.cn_practice.case import START, Case, after, disbursed, paid_up_to

MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}


def overdue_loan(
    due_on: date,
    principal: Decimal,
    penalty: PenaltyTerms,
    *,
    interest: Decimal = ZERO,
    rate: Decimal = ZERO,
    **more: Any,
) -> Loan:
    """A loan of one instalment, as agreed row by row, that fell due on a day."""
    row = PlannedRow(due_on=due_on, principal=principal, interest=interest)
    return disbursed(
        Terms(
            currency="CNY", principal=principal, annual_rate=rate, start_on=add_months(due_on, -1),
            phases=(Phase(periods=1, principal="own", rows=(row,)),), penalty=penalty, **more,
        )
    )  # fmt: skip


def penalty_of_one_payment(case: Case) -> dict[str, Any]:
    """OD-01, also at other uplifts where the case asks."""
    due, paid = case.day("due"), case.day("paid")

    def penalty(uplift: Decimal) -> Decimal:
        terms = PenaltyTerms(uplift=uplift)
        loan = overdue_loan(due, case.money("overdue_principal"), terms, rate=case.money("annual_rate"))
        return due_of(loan.accounts[0], loan.terms, paid).amounts["penalty"]

    uplift = case.money("uplift")
    others = {key: Decimal(key.rsplit("_", 1)[1]) for key in case.expected if key.startswith("same_at_uplift_")}
    return {
        "days": (paid - due).days,
        "penalty_rate": overdue_rate(case.money("annual_rate"), PenaltyTerms(uplift=uplift)),
        "penalty": penalty(uplift),
        **{key: penalty(other) for key, other in others.items()},
    }


def misused(case: Case) -> dict[str, Any]:
    """OD-02: money diverted on the first day of a loan that is not due yet."""
    terms = case.terms(
        Phase(periods=1, every=120, principal="bullet", interest="at_maturity"), day_count="act/360",
        principal=case.money("diverted_principal"), penalty=PenaltyTerms(misuse_uplift=case.money("uplift")),
    )  # fmt: skip
    loan = after(disbursed(terms), Misuse(on=START, amount=terms.principal))
    on = START + timedelta(days=case.count("days"))
    return {"penalty": due_of(loan.accounts[0], loan.terms, on).amounts["penalty"]}


def compound_once(case: Case) -> dict[str, Any]:
    """OD-03a."""
    terms = PenaltyTerms(annual_rate=case.money("penalty_rate"), compound=True)
    loan = overdue_loan(START, Decimal(100_000), terms, interest=case.money("unpaid_interest"))
    on = START + timedelta(days=case.count("days"))
    return {"compound": due_of(loan.accounts[0], loan.terms, on).amounts["compound"]}


def compound_rolled(case: Case) -> dict[str, Any]:
    """OD-03b: rolled in on settlement days, segment by segment, and once without."""
    start, end, unpaid = case.day("from"), case.day("to"), case.money("unpaid_interest")
    words = str(case.inputs["settle"]).lower()
    every = next(months for word, months in MONTHS.items() if word in words)
    day = re.search(r"(\d+)(?:st|nd|rd|th)", words)
    settles = Settlement(every=every, day=int(day.group(1)) if day else None)

    def compound(on: date, settled: Settlement | None) -> Decimal:
        terms = PenaltyTerms(annual_rate=case.money("penalty_rate"), compound=True, compound_settles=settled)
        loan = overdue_loan(start, Decimal(100_000), terms, interest=unpaid)
        return due_of(loan.accounts[0], loan.terms, on).amounts["compound"]

    days = [start, *(day for day in settlement_days(settles, start.day, start, end) if day < end), end]
    sums = [compound(day, settles) for day in days]
    segments = [
        {"from": first, "to": last, "days": (last - first).days, "base": unpaid + sums[place],
         "compound": sums[place + 1] - sums[place]}
        for place, (first, last) in enumerate(pairwise(days))
    ]  # fmt: skip
    return {"segments": segments, "total_compound": sums[-1], "if_not_rolled": compound(end, None)}


def one_instalment_late(case: Case) -> dict[str, Any]:
    """OD-04: on an ordinary loan, the instalments before paid on time."""
    terms = case.terms(
        Phase(periods=case.count("periods")), penalty=PenaltyTerms(uplift=case.money("uplift"), compound=True)
    )
    loan = paid_up_to(disbursed(terms), case.count("instalment") - 1)
    late = loan.accounts[case.count("instalment") - 1]
    due = due_of(late, terms, late.instalment.due_on + timedelta(days=case.count("days_late")))
    return {
        "overdue_principal": due.amounts["principal"],
        "overdue_interest": due.amounts["interest"],
        "penalty": due.amounts["penalty"],
        "compound": due.amounts["compound"],
        "due_total": due.total,
    }


def capped_costs(case: Case) -> dict[str, Any]:
    """OD-05: penalty interest, damages and a late fee against a cap; what each comes to is agreed so that it is what
    the case says was charged."""
    principal, days, charged = case.money("principal"), case.count("days"), case.inputs["charged"]
    rate = EXACT.divide(Decimal(charged["penalty"]) * 360, principal * days)
    damages = DamagesTerms(amount=Decimal(charged["liquidated_damages"]))
    fee = DamagesTerms(key="late_fee", component="fee", amount=Decimal(charged["other_fee"]))
    cap = LateCap(levels=(CapLevel(rate=case.money("cap_annual")),))

    def costs(*caps: LateCap) -> Any:
        loan = overdue_loan(START, principal, PenaltyTerms(annual_rate=rate, damages=(damages, fee), caps=caps))
        return late_costs_of(loan.accounts[0], loan.terms, START + timedelta(days=days))

    free, held = costs(), costs(cap)
    return {
        "charged_total": total(free.amounts.values()),
        "cap": total(held.amounts.values()),
        "excess": held.excess,
    }


def days_past_due(case: Case) -> dict[str, Any]:
    """OD-06."""
    loan = overdue_loan(case.day("due"), Decimal(10_000), PenaltyTerms(grace_days=case.count("grace_days")))
    seen = [arrears(loan, date.fromisoformat(row)) for row in case.inputs["rows"]]
    return {"dpd": [each.days_past_due for each in seen], "reported_overdue": [each.reported for each in seen]}


# --- allocation --------------------------------------------------------------------------


def _due(number: int, amounts: Mapping[str, str]) -> Due:
    return Due(number, {component: Decimal(amount) for component, amount in amounts.items()})


def one_debt(case: Case) -> dict[str, Any]:
    """PA-01 and PA-02."""
    dues, order = case.inputs["dues"], AllocationOrder(order=tuple(case.inputs["order"]))
    split = allocate(case.money("payment"), [_due(1, dues)], order)
    return {**dict.fromkeys(dues, ZERO), **by_component(split.applied), "left_over": split.left_over}


def several_debts(case: Case, by: str) -> dict[str, Any]:
    """PA-03 and PA-04: what each instalment gets, and what is left for the next one."""
    names = sorted(name for name in case.inputs if name.startswith("instalment_"))
    dues = [_due(int(name.rsplit("_", 1)[1]), case.inputs[name]) for name in names]
    payment = case.money("payment")
    split = allocate(payment, dues, AllocationOrder(by=by))
    found: dict[str, Any] = {"left_over": split.left_over}
    for name, due in zip(names, dues, strict=True):
        paid = [part for part in split.applied if part.number == due.number]
        payment -= total(part.amount for part in paid)
        found[name] = {**dict.fromkeys(due.amounts, ZERO), **by_component(paid), "left_over": payment}
    return found
