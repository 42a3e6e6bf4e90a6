"""A command with values nobody meant is answered with problems, never with an error; what it books, a loan can take."""

from __future__ import annotations

import itertools
import random
import typing
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal

import pytest

from loanloom.core.lending.agreed.charges import ChargeTerms
from loanloom.core.lending.agreed.terms import AllocationOrder, DrawTerms, RecalculationTerms, Terms
from loanloom.core.lending.decisions import (
    AddCharge,
    AdjustCharge,
    ApplySurplus,
    ChangeRate,
    Chargeback,
    ChargeOff,
    Command,
    Disburse,
    DrawTranche,
    PauseInterest,
    ReAge,
    Reamortise,
    Recalculate,
    ReceiveRepayment,
    RefundSurplus,
    Reschedule,
    Restructure,
    SettleEarly,
    TerminateContract,
    WaiveCharge,
    WriteOff,
    decide,
)
from loanloom.core.lending.evolution import evolve_all, replay
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.planning.rules import READY_MADE

D = Decimal
PLAIN = Terms(
    currency="CNY", principal=D("100000.00"), annual_rate=D("0.12"), start_on=date(2026, 1, 15),
    phases=READY_MADE["equal_instalment"](12, 1, "month"), keeps_overpayment=True,
    charges=(ChargeTerms(key="visit", event="event", rate=D("0.01")),), draws=DrawTerms(pattern="tranches"),
)  # fmt: skip
FOLLOWING = replace(
    PLAIN, recalculation=RecalculationTerms(), accrual="linear", allocation=AllocationOrder(surplus="next_instalment")
)
TERMS = (
    PLAIN,
    FOLLOWING,
    replace(FOLLOWING, annual_rate=D(0)),
    replace(FOLLOWING, phases=READY_MADE["equal_instalment"](1, 1, "month")),
)
DONE: tuple[Command, ...] = (
    ReceiveRepayment(on=date(2026, 3, 20), amount=D("9000.00")),
    ReceiveRepayment(on=date(2026, 1, 15), amount=D("100000.00")),
    ChargeOff(on=date(2026, 3, 1), interest="all_due"),
    WriteOff(on=date(2026, 3, 1)),
    TerminateContract(on=date(2026, 3, 1)),
)
VALUES: dict[str, list[object]] = {
    "Decimal": [D(0), D("-5"), D("1.234"), D("NaN"), D("1e30"), D("Infinity"), D("100.00")],
    "int": [0, -1, 5, 100_000],
    "datetime.date": [date(2025, 1, 1), date(2026, 1, 15), date(2026, 4, 1), date(2027, 1, 15), date(2030, 1, 1)],
    "str": ["", "visit", "unknown"],
    "bool": [True, False],
    "None": [None],
}
KINDS = (
    ReceiveRepayment, ApplySurplus, Recalculate, DrawTranche, AddCharge, WaiveCharge, AdjustCharge, ChangeRate,
    PauseInterest, Reschedule, ReAge, Reamortise, ChargeOff, WriteOff, TerminateContract, Chargeback, RefundSurplus,
    SettleEarly,
)  # fmt: skip


def loans() -> Iterator[Loan]:
    for terms in TERMS:
        loan = replay(decide(None, Disburse(terms=terms)).events)
        assert loan is not None
        yield loan
        for command in DONE:
            yield evolve_all(loan, decide(loan, command).events)


def values(hint: object) -> list[object]:
    if typing.get_origin(hint) is typing.Literal:
        return list(typing.get_args(hint))
    if "Mapping" in str(hint):
        return [{}, {"principal": D("100.00")}, {"bogus": D("100.00")}, {"principal": D("NaN")}]
    return [value for name, known in VALUES.items() if name in str(hint) for value in known]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_odd_values_are_answered(kind: type[Command]) -> None:
    hints = typing.get_type_hints(kind)
    names = [each.name for each in fields(kind) if each.name not in ("methods", "calendar")]  # type: ignore[arg-type]  # every command is a dataclass
    ways = list(itertools.product(*(values(hints[name]) for name in names)))
    chosen = random.Random(11).sample(ways, min(25, len(ways)))
    for loan, way in itertools.product(loans(), chosen):
        decision = decide(loan, kind(**dict(zip(names, way, strict=True))))
        assert not (decision.events and decision.problems)
        after = evolve_all(loan, decision.events)
        assert after.principal_outstanding >= 0
        assert all(problem.message["en"] and problem.message["zh"] for problem in decision.problems)


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (PauseInterest(on=date(2026, 4, 1), from_on=date(2026, 4, 1), to_on=date(9999, 12, 31)), "to_on"),
        (ReAge(on=date(2026, 4, 1), first_due=date(9999, 12, 31), instalments=2), "first_due"),
        (ReceiveRepayment(on=date(9999, 12, 31), amount=D("100.00")), "on"),
        (Restructure(on=date(2026, 4, 1), months=1_000_000), "months"),
    ],
    ids=lambda given: type(given).__name__,
)
def test_a_day_that_no_plan_reaches_is_told_with_its_field(command: Command, field: str) -> None:
    loan = replay(decide(None, Disburse(terms=PLAIN)).events)
    assert [problem.field for problem in decide(loan, command).problems] == [field]
