"""Debt paid by guarantors and by assets, and money on what was written off."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from loanloom.core.lending.agreed.charges import Guarantee
from loanloom.core.lending.agreed.plan_terms import Phase
from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.decisions import (
    Accelerate,
    Command,
    GuarantorPays,
    RecoverWrittenOff,
    ReimburseGuarantor,
    TakeAssets,
    decide,
)
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.arrears import owed
from loanloom.core.money import total
from loanloom.testing.cn_practice.case import after, disbursed

D = Decimal
ON = date(2025, 3, 1)


def loan(**more: Any) -> Loan:
    terms = Terms(
        currency="CNY", principal=D(12_000), annual_rate=D("0.12"), start_on=date(2025, 1, 15),
        phases=(Phase(periods=12, principal="equal_principal"),), **more,
    )  # fmt: skip
    return disbursed(terms)


def code(which: Loan, command: Command) -> str:
    return decide(which, command).problems[0].code


def due(which: Loan) -> Decimal:
    return total(each.total for each in owed(which, ON))


def test_a_guarantor_pays_what_is_due_and_may_claim_it_back() -> None:
    before = loan()
    paid = after(before, GuarantorPays(on=ON, amount=due(before), guarantor="Wang"))
    assert owed(paid, ON) == ()
    assert paid.circumstances.subrogations[0].claim == due(before)
    back = after(paid, ReimburseGuarantor(on=date(2025, 4, 1), amount=D(500), guarantor="Wang"))
    assert back.circumstances.subrogations[0].claim == due(before) - 500
    assert back.accounts == paid.accounts
    assert (
        code(back, ReimburseGuarantor(on=date(2025, 4, 1), amount=D(9999), guarantor="Wang")) == "lending.more_than_due"
    )


def test_a_guarantor_stands_for_so_much_and_no_more() -> None:
    stood = loan(guarantees=(Guarantee(key="g", guarantor="Wang", amount=D(600)),))
    assert code(stood, GuarantorPays(on=ON, amount=D(100), guarantor="Li")) == "lending.not_a_guarantor"
    assert code(stood, GuarantorPays(on=ON, amount=D(601), guarantor="Wang")) == "lending.more_than_due"
    part = after(stood, GuarantorPays(on=ON, amount=D(400), guarantor="Wang"))
    assert code(part, GuarantorPays(on=ON, amount=D(201), guarantor="Wang")) == "lending.more_than_due"
    assert code(loan(), GuarantorPays(on=ON, amount=due(loan()) + 1, guarantor="Wang")) == "lending.more_than_due"
    assert code(loan(), GuarantorPays(on=ON, amount=D(1), guarantor=" ")) == "lending.no_guarantor"


def test_an_asset_pays_what_is_due_and_the_rest_of_its_value_is_the_borrowers() -> None:
    accelerated = after(loan(), Accelerate(on=ON))
    owing = total(each.total for each in owed(accelerated, ON))
    settled = after(accelerated, TakeAssets(on=ON, amount=owing + 250, asset="truck"))
    assert settled.principal_outstanding == 0
    assert settled.surplus == D(250)
    exact = after(accelerated, TakeAssets(on=ON, amount=owing, asset="truck"))
    assert exact.settled_on == ON
    fresh = loan()
    assert code(fresh, TakeAssets(on=date(2025, 1, 20), amount=D(100), asset="truck")) == "lending.nothing_due"
    assert code(fresh, TakeAssets(on=ON, amount=D(100), asset="")) == "lending.no_asset"


def test_only_what_was_written_off_is_recovered() -> None:
    assert code(loan(), RecoverWrittenOff(on=ON, amount=D(1))) == "lending.not_written_off"
