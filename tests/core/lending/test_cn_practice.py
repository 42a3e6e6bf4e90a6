"""Worked examples of Chinese lending practice: schedules, penalties, allocation, payoff, annualised cost.

All cases that the lending core covers so far, from ../shared/oracle/cn-practice.json where it exists; the committed
sample (see its `source`) always runs.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from loanloom.core.lending.allocation import Due, allocate, by_component
from loanloom.core.lending.arrears import arrears, due_of
from loanloom.core.lending.cost import irr, loan_cost, xirr
from loanloom.core.lending.decisions import Disburse, ReceiveRepayment, decide, payoff
from loanloom.core.lending.evolution import evolve
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.rules import READY_MADE
from loanloom.core.lending.schedule import Schedule, build_schedule
from loanloom.core.lending.terms import AllocationOrder, PenaltyTerms, PrepaymentTerms, Terms

SHARED = Path(__file__).parents[3] / ".." / "shared" / "oracle" / "cn-practice.json"
SAMPLE = Path(__file__).parent.parent / "samples" / "cn-practice-sample.json"
D = Decimal


def cases(file: Path) -> dict[str, Any]:
    return {case["id"]: case for case in json.loads(file.read_text(encoding="utf-8"))["cases"]}


def terms(method: str = "equal_instalment", principal: str = "100000.00", **more: Any) -> Terms:
    given = {"annual_rate": D("0.12"), "start_on": date(2025, 1, 15), "periods": 12} | more
    periods = given.pop("periods")
    return Terms(currency="CNY", principal=D(principal), phases=READY_MADE[method](periods, 1, "month"), **given)


def loan_of(agreed: Terms) -> Loan:
    loan = None
    for event in decide(None, Disburse(terms=agreed)).events:
        loan = evolve(loan, event)
    assert loan is not None
    return loan


def take(loan: Loan, on: date, amount: Decimal) -> Loan:
    decision = decide(loan, ReceiveRepayment(on=on, amount=amount))
    assert not decision.problems
    for event in decision.events:
        loan = evolve(loan, event)
    return loan


def matches(schedule: Schedule, rows: list[dict[str, Any]]) -> None:
    assert len(schedule.instalments) == len(rows)
    for made, want in zip(schedule.instalments, rows, strict=True):
        assert (made.number, made.payment, made.principal, made.interest, made.closing) == (
            want["period"], D(want["payment"]), D(want["principal"]), D(want["interest"]), D(want["balance"]),
        )  # fmt: skip


def rm_01(case: dict[str, Any]) -> None:
    schedule = build_schedule(terms())
    matches(schedule, case["expected"]["schedule"])
    assert schedule.interest == D(case["expected"]["total_interest"])
    cost = loan_cost(terms(), schedule)
    assert round(cost.simple, 6) == D(case["expected"]["irr_nominal_annual"])
    assert round(cost.compound, 6) == D(case["expected"]["irr_effective_annual"])


def rm_02(case: dict[str, Any]) -> None:
    schedule = build_schedule(terms("equal_principal"))
    matches(schedule, case["expected"]["schedule"])
    assert schedule.interest == D(case["expected"]["total_interest"])


def rm_10(case: dict[str, Any]) -> None:
    expected = case["expected"]
    rows = build_schedule(terms(start_on=date(2025, 1, 8), due_day=20)).instalments
    assert (rows[0].due_on, rows[0].days) == (date(2025, 2, 20), expected["first_days"])
    assert (rows[0].interest, rows[0].principal) == (D(expected["first_interest"]), D(expected["first_principal"]))
    assert (rows[0].payment, rows[1].payment) == (D(expected["first_payment"]), D(expected["second_payment"]))


def rm_11(case: dict[str, Any]) -> None:
    rows = build_schedule(terms(start_on=date(2025, 1, 31), periods=6)).instalments
    assert [row.due_on.isoformat() for row in rows] == case["expected"]["due_dates"]


def one_overdue(principal: str, rate: str, uplift: str, **penalty: Any) -> Loan:
    """A loan whose single instalment falls due on 20 March 2025."""
    agreed = terms(
        "equal_principal", principal, annual_rate=D(rate), periods=1, start_on=date(2025, 2, 20),
        penalty=PenaltyTerms(uplift=D(uplift), **penalty),
    )  # fmt: skip
    return loan_of(agreed)


def od_01(case: dict[str, Any]) -> None:
    paid = date.fromisoformat(case["inputs"]["paid"])
    for uplift, want in (("0.50", "penalty"), ("0.30", "same_at_uplift_0.30")):
        loan = one_overdue("10000.00", "0.12", uplift)
        assert due_of(loan.accounts[0], loan.terms, paid).amounts["penalty"] == D(case["expected"][want])


def od_02(case: dict[str, Any]) -> None:
    loan = one_overdue("200000.00", "0.09", "1.00")
    on = date(2025, 3, 20) + timedelta(days=case["inputs"]["days"])
    assert due_of(loan.accounts[0], loan.terms, on).amounts["penalty"] == D(case["expected"]["penalty"])


def od_03a(case: dict[str, Any]) -> None:
    loan = one_overdue("100000.00", "0.12", "0.50", compound=True)
    assert loan.accounts[0].interest_unpaid == D(case["inputs"]["unpaid_interest"])
    on = date(2025, 3, 20) + timedelta(days=case["inputs"]["days"])
    assert due_of(loan.accounts[0], loan.terms, on).amounts["compound"] == D(case["expected"]["compound"])


def od_04(case: dict[str, Any]) -> None:
    loan = loan_of(terms(penalty=PenaltyTerms(compound=True)))
    first = loan.accounts[0]
    due = due_of(first, loan.terms, first.instalment.due_on + timedelta(days=case["inputs"]["days_late"]))
    assert due.total == D(case["expected"]["due_total"])
    assert due.amounts["penalty"] == D(case["expected"]["penalty"])
    assert due.amounts["compound"] == D(case["expected"]["compound"])


def od_06(case: dict[str, Any]) -> None:
    loan = one_overdue("10000.00", "0.12", "0.50", grace_days=case["inputs"]["grace_days"])
    seen = [arrears(loan, date.fromisoformat(row)) for row in case["inputs"]["rows"]]
    assert [item.days_past_due for item in seen] == case["expected"]["dpd"]
    assert [item.reported for item in seen] == case["expected"]["reported_overdue"]


def dues_of(number: int, amounts: dict[str, str]) -> Due:
    return Due(number, {component: D(amount) for component, amount in amounts.items()})


def pa_single(case: dict[str, Any]) -> None:
    order = AllocationOrder(order=tuple(case["inputs"]["order"]))
    split = allocate(D(case["inputs"]["payment"]), [dues_of(1, case["inputs"]["dues"])], order)
    paid = by_component(split.applied)
    for component, want in case["expected"].items():
        assert (split.left_over if component == "left_over" else paid.get(component, D(0))) == D(want)


def pa_several(case: dict[str, Any], by: str) -> None:
    dues = [dues_of(number, case["inputs"][f"instalment_{number}"]) for number in (1, 2)]
    split = allocate(D(case["inputs"]["payment"]), dues, AllocationOrder(by=by))
    for number in (1, 2):
        paid = by_component([part for part in split.applied if part.number == number])
        for component, want in case["expected"][f"instalment_{number}"].items():
            if component != "left_over":
                assert paid.get(component, D(0)) == D(want)
    assert split.left_over == 0


def pp_02(case: dict[str, Any]) -> None:
    agreed = terms(prepayment=PrepaymentTerms(fee_rate=D(case["inputs"]["prepay_fee_rate"])))
    loan = loan_of(agreed)
    for account in loan.accounts[: case["inputs"]["after_period"]]:
        loan = take(loan, account.instalment.due_on, account.instalment.payment)
    on = loan.accounts[5].instalment.due_on + timedelta(days=case["inputs"]["days_into_period"])
    quote, expected = payoff(loan, on), case["expected"]
    assert quote.amounts["principal"] == D(expected["balance"])
    assert quote.amounts["interest"] == D(expected["accrued"])
    assert quote.amounts["fee"] == D(expected["fee"])
    assert quote.total == D(expected["payoff"])


def ap_01(case: dict[str, Any]) -> None:
    flows = [D("-98000"), *[D("9333.33")] * 11, D("9333.37")]
    rate = irr(flows)
    assert rate is not None
    assert round(rate, 6) == D(case["expected"]["irr_monthly"])
    assert round(rate * 12, 6) == D(case["expected"]["annual_simple"])
    assert round((1 + rate) ** 12 - 1, 6) == D(case["expected"]["annual_compound"])


def ap_02(case: dict[str, Any]) -> None:
    rate = xirr([(date.fromisoformat(row["date"]), D(row["amount"])) for row in case["inputs"]["flows"]])
    assert rate is not None
    assert round(rate, 6) == D(case["expected"]["xirr"])


CHECKS = {
    "RM-01": rm_01, "RM-02": rm_02, "RM-10": rm_10, "RM-11": rm_11,
    "OD-01": od_01, "OD-02": od_02, "OD-03a": od_03a, "OD-04": od_04, "OD-06": od_06,
    "PA-01": pa_single, "PA-02": pa_single,
    "PA-03": lambda case: pa_several(case, "instalment"), "PA-04": lambda case: pa_several(case, "component"),
    "PP-02": pp_02, "AP-01": ap_01, "AP-02": ap_02,
}  # fmt: skip


@pytest.mark.parametrize("key", CHECKS)
def test_the_figures_of_practice(key: str) -> None:
    if not SHARED.exists():
        pytest.skip(f"NOT RUN: {SHARED} is missing; only the committed sample was checked")
    CHECKS[key](cases(SHARED)[key])


@pytest.mark.parametrize("key", cases(SAMPLE))
def test_the_committed_sample(key: str) -> None:
    CHECKS[key](cases(SAMPLE)[key])
