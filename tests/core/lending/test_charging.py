"""Charges: when they fall due, how large they are, who pays; taxes; what is taken up front; what is disclosed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from loanloom.core.lending.agreed.charges import ChargeCalendar, ChargeStep, ChargeTerms, Guarantee, Subsidy
from loanloom.core.lending.agreed.plan_terms import DrawTerms, Phase
from loanloom.core.lending.agreed.tax_terms import TaxExemption, TaxRate, TaxTerms
from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.decisions import Disburse, ReceiveRepayment, decide
from loanloom.core.lending.planning.schedule import build_schedule
from loanloom.core.lending.pricing.charging import event_charges, planned_charges
from loanloom.core.lending.pricing.cost import HIGHEST, borrower_flows, loan_cost, months_apart
from loanloom.core.lending.pricing.disclosure import disclose, undisclosed
from loanloom.core.lending.pricing.tax import invoice_lines, taxed
from loanloom.core.lending.pricing.upfront import legal_principal, upfront_problems
from loanloom.core.money import CENTS, total
from loanloom.testing.cn_practice.case import after, disbursed

D = Decimal
START = date(2025, 1, 15)


def terms(*charges: ChargeTerms, **more: Any) -> Terms:
    given = {
        "currency": "CNY", "principal": D(60_000), "annual_rate": D("0.12"), "start_on": START,
        "phases": (Phase(periods=6, principal="equal_principal"),),
    } | more  # fmt: skip
    return Terms(charges=charges, **given)


def planned(*charges: ChargeTerms, **more: Any) -> list[tuple[date, int, Decimal]]:
    agreed = terms(*charges, **more)
    return [(made.on, made.number, made.amount) for made in planned_charges(agreed, build_schedule(agreed).instalments)]


def charge(event: str, **more: Any) -> ChargeTerms:
    return ChargeTerms(key=event, event=event, **more)


@pytest.mark.parametrize(
    ("agreed", "amounts"),
    [
        (charge("application", amount=D(100)), [(date(2025, 2, 15), 1, D("100.00"))]),
        (charge("disbursement", rate=D("0.01"), settled="invoiced"), [(START, 0, D("600.00"))]),
        (charge("disbursement", rate=D("0.01"), most=D(500)), [(date(2025, 2, 15), 1, D("500.00"))]),
        (charge("disbursement", rate=D("0.0001"), least=D(50)), [(date(2025, 2, 15), 1, D("50.00"))]),
        (charge("date", on=date(2025, 4, 1), amount=D(30)), [(date(2025, 4, 15), 4 - 1, D("30.00"))]),
        (charge("instalment", rate=D("0.02"), base="instalment_principal", instalments=(2, 6)),
         [(date(2025, 3, 15), 2, D("200.00")), (date(2025, 7, 15), 6, D("200.00"))]),
        (charge("instalment", rate=D("0.1"), base="instalment_interest", instalments=(1,)),
         [(date(2025, 2, 15), 1, D("60.00"))]),
    ],
)  # fmt: skip
def test_when_a_charge_falls_due_and_what_it_comes_to(agreed: ChargeTerms, amounts: list[Any]) -> None:
    assert planned(agreed) == amounts


def test_a_charge_that_grows_on_a_balance_by_its_own_calendar() -> None:
    quarterly = charge(
        "accruing",
        rate=D("0.036"),
        base="principal_outstanding",
        calendar=ChargeCalendar(every=3, day=20),
        settled="invoiced",
    )
    found = planned(quarterly)
    # 60,000 for 31 days, 50,000 for 28, 40,000 for 5; 40,000 for 26, 30,000 for 30, 20,000 for 31, 10,000 for 5; 25
    assert found == [
        (date(2025, 3, 20), 0, D("346.00")), (date(2025, 6, 20), 0, D("261.00")), (date(2025, 7, 15), 0, D("25.00")),
    ]  # fmt: skip
    undrawn = charge("accruing", rate=D("0.01"), base="undrawn", calendar=ChargeCalendar(every=12), settled="invoiced")
    line = planned(
        undrawn, draws=DrawTerms(pattern="revolving", limit=D(100_000)), phases=(Phase(periods=6, principal="bullet"),)
    )
    assert line == [(date(2025, 7, 15), 0, D("201.11"))]  # 40,000 for 181 days


def test_a_charge_for_each_guarantee() -> None:
    stood = (
        Guarantee(key="g1", guarantor="a", amount=D(30_000)),
        Guarantee(key="g2", guarantor="b", amount=D(10_000), fee_rate=D("0.02")),
    )
    found = planned(charge("guarantee", rate=D("0.01"), base="guaranteed", settled="invoiced"), guarantees=stood)
    assert [amount for _, _, amount in found] == [D("300.00"), D("200.00")]


def test_the_step_of_a_loans_age_holds() -> None:
    steps = (ChargeStep(from_months=0, rate=D("0.03")), ChargeStep(from_months=3, rate=D("0.01")),
             ChargeStep(from_months=6))  # fmt: skip
    agreed = terms(charge("early_settlement", steps=steps, base="repaid_early"))
    for on, amount in ((date(2025, 4, 14), "300"), (date(2025, 4, 15), "100"), (date(2025, 7, 15), "0")):
        assert total(
            made.borne for made in event_charges(agreed, "early_settlement", on, {"repaid_early": D(10_000)})
        ) == D(amount)


def test_shares_take_their_part_until_they_stop() -> None:
    subsidy = Subsidy(payer="subsidy", share=D("0.5"), instalments=4, most=D(160), party="bureau")
    merchant = Subsidy(payer="merchant", share=D("0.1"), until=date(2025, 3, 31))
    agreed = terms(charge("instalment", amount=D(100), shares=(subsidy, merchant)))
    found = planned_charges(agreed, build_schedule(agreed).instalments)
    assert [made.borne for made in found] == [D(40), D(40), D(50), D(90), D(100), D(100)], "160 in all"
    assert all(total(part.amount for part in made.parts) == D(100) for made in found)
    assert found[0].parts[0].party == "bureau"


def test_the_borrowers_part_is_owed_with_its_instalment_and_paid_first() -> None:
    agreed = terms(charge("instalment", amount=D(100), shares=(Subsidy(payer="merchant", share=D("0.25")),)))
    loan = disbursed(agreed)
    assert [account.fee for account in loan.accounts] == [D(75)] * 6
    paid = after(loan, ReceiveRepayment(on=date(2025, 2, 15), amount=D(10_675)))
    assert paid.accounts[0].fee_paid == D(75)
    assert not paid.accounts[0].open


# --- tax ---------------------------------------------------------------------------------


VAT = TaxTerms(
    key="vat", category="306",
    rates=(TaxRate(from_on=date(2016, 5, 1), rate=D("0.06")), TaxRate(from_on=date(2026, 1, 1), rate=D("0.03"))),
    exemptions=(TaxExemption(key="farmers", until=date(2027, 12, 31), principal_up_to=D(100_000)),),
)  # fmt: skip


def test_price_and_tax_apart() -> None:
    def of(amount: str, on: date, principal: int = 200_000, **more: Any) -> tuple[Decimal, Decimal]:
        agreed = TaxTerms(**{"key": "vat", "rates": VAT.rates, "exemptions": VAT.exemptions} | more)
        found = taxed(agreed, D(amount), on, principal=D(principal), rounding=CENTS)
        return found.price, found.tax

    assert of("106.00", date(2025, 6, 1)) == (D("100.00"), D("6.00"))
    assert of("103.00", date(2026, 1, 1)) == (D("100.00"), D("3.00"))
    assert of("100.00", date(2025, 6, 1), included=False) == (D("100.00"), D("6.00"))
    assert of("100.00", date(2016, 4, 30)) == (D("100.00"), D("0.00"))
    assert of("100.00", date(2025, 6, 1), principal=100_000) == (D("100.00"), D(0))
    assert of("103.00", date(2027, 12, 31), principal=100_000) == (D("100.00"), D("3.00"))


def test_tax_on_top_is_paid_too() -> None:
    on_top = TaxTerms(key="vat", rates=VAT.rates, included=False)
    assert planned(charge("disbursement", amount=D(100), tax=on_top)) == [(date(2025, 2, 15), 1, D("106.00"))]


def test_an_invoice_sums_what_was_booked() -> None:
    def line(amount: str, on: date, principal: int) -> Any:
        return VAT, taxed(VAT, D(amount), on, principal=D(principal), rounding=CENTS)

    found = invoice_lines([line("0.10", date(2025, 6, 1), 200_000)] * 3 + [line("50.00", date(2025, 6, 1), 50_000)])
    assert [(each.rate, each.price, each.tax, each.exemption) for each in found] == [
        (D("0.06"), D("0.27"), D("0.03"), ""), (D(0), D("50.00"), D(0), "farmers"),
    ]  # fmt: skip


# --- up front, cost, disclosure ----------------------------------------------------------


@pytest.mark.parametrize("settled", ["deducted", "capitalised"])
def test_nothing_is_taken_out_of_principal_unless_the_terms_allow_it(settled: str) -> None:
    fee = charge("disbursement", amount=D(3000), settled=settled, title={"en": "Service fee", "zh": "服务费"})
    decision = decide(None, Disburse(terms=terms(fee)))
    assert [problem.code for problem in decision.problems] == ["lending.taken_from_principal"]
    assert "57,000.00" in decision.problems[0].message["en"]
    assert "服务费" in decision.problems[0].message["zh"]
    allowed = decide(None, Disburse(terms=terms(fee, upfront_deduction=True)))
    assert allowed.events[0].fee == (D(3000) if settled == "deducted" else 0)  # type: ignore[attr-defined]  # a disbursement


def test_a_merchants_fee_may_be_kept_back_of_his_money() -> None:
    fee = charge("disbursement", amount=D(3000), settled="deducted", payer="merchant")
    agreed = terms(fee)
    rows = build_schedule(agreed).instalments
    assert upfront_problems(agreed, rows) == ()
    assert legal_principal(agreed, rows) == D(60_000)
    assert loan_cost(agreed, build_schedule(agreed)).simple == loan_cost(terms(), build_schedule(terms())).simple


def test_the_cost_holds_everything_the_borrower_bears_whoever_collects_it() -> None:
    plain = loan_cost(terms(), build_schedule(terms())).simple
    assert round(plain, 9) == D("0.12")
    insured = terms(charge("disbursement", amount=D(600), settled="invoiced", collector="insurer"))
    deposit = terms(charge("disbursement", amount=D(600), settled="invoiced", in_cost=False))
    assert loan_cost(insured, build_schedule(insured)).simple > D("0.15")
    assert loan_cost(deposit, build_schedule(deposit)).simple == plain
    assert borrower_flows(insured, build_schedule(insured))[0] == (START, D(-59_400))


def test_a_loan_of_which_nothing_arrives_costs_without_bound() -> None:
    nothing = terms(charge("disbursement", amount=D(60_000), settled="invoiced"))
    assert loan_cost(nothing, build_schedule(nothing)).compound == HIGHEST


def test_regular_months_are_found_in_the_dates() -> None:
    assert months_apart([date(2025, 1, 31), date(2025, 2, 28), date(2025, 3, 31)]) == 1
    assert months_apart([date(2025, 1, 15), date(2025, 4, 15), date(2025, 10, 15)]) == 3
    assert months_apart([date(2025, 1, 15), date(2025, 2, 20)]) is None
    assert months_apart([date(2025, 2, 28), date(2025, 3, 31), date(2025, 4, 30)]) == 1


def test_the_sheet_names_every_item_with_its_collector() -> None:
    agreed = terms(
        charge("instalment", amount=D(10), collector="insurer", title={"en": "Insurance", "zh": "保险费"}),
        charge("event", of_event="extension", rate=D("0.01"), base="principal_outstanding"),
    )
    sheet = disclose(agreed, build_schedule(agreed))
    items = {item.key: item for item in sheet.items}
    assert (items["instalment"].collector, items["instalment"].borne) == ("insurer", D("60.00"))
    assert (items["event"].amount, items["event"].rate) == (None, D("0.01"))
    assert items["penalty"].rate == D("0.180")
    assert sheet.paid == D(60_000) + D(2100) + D(60)
    assert sheet.received == D(60_000)


def test_an_undisclosed_charge_is_refused_and_the_disclosed_ones_named() -> None:
    agreed = terms(charge("date", title={"en": "Visit", "zh": "上门费"}))
    problem = undisclosed(agreed, "surprise")
    assert problem is not None
    assert problem.code == "lending.undisclosed_charge"
    assert problem.hint is not None
    assert "上门费" in problem.hint["zh"]
    assert undisclosed(agreed, "date") is None
    assert undisclosed(terms(), "x") is not None
