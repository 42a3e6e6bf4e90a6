"""Lives of loans for property tests: terms of many kinds, and what may happen to a loan, one decision after another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from loanloom.core.dates import DAY_COUNTS
from loanloom.core.lending.agreed.charges import ChargeTerms, Subsidy
from loanloom.core.lending.agreed.late_terms import CapLevel, DamagesTerms, LateCap, PenaltyTerms, Settlement
from loanloom.core.lending.agreed.terms import (
    COMPONENTS,
    AllocationOrder,
    Phase,
    PrepaymentTerms,
    RecalculationTerms,
    Terms,
)
from loanloom.core.lending.decisions import (
    Accelerate,
    AddCharge,
    ApplySurplus,
    CapitaliseInterest,
    CheckWaivers,
    Command,
    Disburse,
    Extend,
    GuarantorPays,
    Misuse,
    PrepayPartially,
    ReceiveRepayment,
    ReduceInterest,
    Renew,
    RestoreInterest,
    Restructure,
    SettleEarly,
    SuspendInterest,
    TakeAssets,
    TransferLoan,
    Waive,
    decide,
    payoff,
)
from loanloom.core.lending.events import Event
from loanloom.core.lending.evolution import evolve_all, replay
from loanloom.core.lending.history import Recorded
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.arrears import owed
from loanloom.core.money import ROUNDING_MODES, Rounding, total

D = Decimal
RULES = ("equal_instalment", "equal_principal", "bullet", "fixed_percent")
INTEREST = ("declining_balance", "declining_balance", "original_principal", "flat_total", "at_maturity")
CURRENCIES = {0: "JPY", 2: "CNY", 3: "KWD"}


def recalculation() -> st.SearchStrategy[RecalculationTerms]:
    """How interest follows what is outstanding, and what principal repaid early does to the plan."""
    return st.builds(
        RecalculationTerms,
        rest=st.sampled_from(["daily", "period"]),
        on_prepayment=st.sampled_from(["instalment", "last_instalment", "next"]),
        payoff=st.sampled_from(["to_day", "to_period_end"]),
    )


@st.composite
def late_terms(draw: st.DrawFn) -> PenaltyTerms:
    """Every way in which lateness may cost something."""
    damages = DamagesTerms(
        component=draw(st.sampled_from(["damages", "fee"])),
        base=draw(st.sampled_from(["overdue", "principal", "instalment"])),
        amount=draw(st.sampled_from([D(0), D(20)])),
        rate=draw(st.sampled_from([D(0), D("0.01")])),
        daily_rate=draw(st.sampled_from([D(0), D("0.0005")])),
        after_days=draw(st.integers(0, 20)),
        most_rate=draw(st.sampled_from([None, D("0.1")])),
    )
    cap = LateCap(
        levels=(CapLevel(rate=draw(st.sampled_from([D("0.02"), D("0.12"), D("0.5")]))),),
        share=draw(st.sampled_from([None, D("0.3")])),
    )
    return PenaltyTerms(
        uplift=draw(st.sampled_from([D(0), D("0.3"), D("0.5")])),
        annual_rate=draw(st.sampled_from([None, None, D("0.24")])),
        base=draw(st.sampled_from(["principal", "instalment"])),
        grace_days=draw(st.integers(0, 5)),
        reaches_back=draw(st.booleans()),
        compound=draw(st.booleans()),
        compound_settles=draw(st.sampled_from([None, Settlement(), Settlement(unit="quarter", day=20)])),
        compound_on_penalty=draw(st.booleans()),
        damages=draw(st.sampled_from([(), (damages,), (damages, DamagesTerms(amount=D(5)))])),
        caps=draw(st.sampled_from([(), (cap,)])),
    )


@st.composite
def terms(draw: st.DrawFn, *, follows: bool | None = False) -> Terms:
    """Terms of a loan; `follows` says whether its plan follows what is outstanding (None: perhaps)."""
    digits = draw(st.sampled_from([2, 2, 0, 3]))
    rule = draw(st.sampled_from(RULES))
    periods = draw(st.integers(1, 14))
    recalculates = draw(st.booleans()) if follows is None else follows
    fee = ChargeTerms(
        key="service", event="instalment", rate=D("0.002"), base="instalment_principal",
        shares=draw(st.sampled_from([(), (Subsidy(payer="merchant", share=D("0.5"), instalments=3),)])),
    )  # fmt: skip
    return Terms(
        currency=CURRENCIES[digits],
        principal=draw(st.decimals(1000, 500_000, places=digits)),
        annual_rate=draw(st.decimals(0, "0.36", places=3)),
        start_on=draw(st.dates(date(2023, 1, 1), date(2028, 12, 31))),
        due_day=draw(st.none() | st.integers(1, 31)),
        phases=(
            Phase(
                periods=periods,
                every=draw(st.sampled_from([1, 1, 2])),
                unit=draw(st.sampled_from(["month", "month", "week"])),
                principal="equal_instalment" if recalculates else rule,
                interest="declining_balance" if recalculates else draw(st.sampled_from(INTEREST)),
                parameters={"percent": D("0.05")} if rule == "fixed_percent" and not recalculates else {},
            ),
        ),
        day_count=draw(st.sampled_from(sorted({"30/360", "act/360", "act/365", "30E/360"} & set(DAY_COUNTS)))),
        rounding=Rounding(digits, draw(st.sampled_from(sorted(ROUNDING_MODES)))),
        penalty=PenaltyTerms() if recalculates else draw(late_terms()),
        allocation=AllocationOrder(
            order=tuple(draw(st.permutations(COMPONENTS))),
            by=draw(st.sampled_from(["instalment", "component"])),
            surplus=draw(st.sampled_from(["", "prepay"])) if recalculates else "",
        ),
        prepayment=PrepaymentTerms(fee_rate=draw(st.sampled_from([D(0), D("0.01")]))),
        keeps_overpayment=draw(st.booleans()),
        recalculation=draw(recalculation()) if recalculates else None,
        charges=draw(st.sampled_from([(), (fee,)])) if digits == 2 else (),
    )


Ask = Callable[[st.DrawFn, Loan, date], Command]


def _unit(loan: Loan) -> Decimal:
    return D(1).scaleb(-loan.terms.rounding.digits)


def _due(loan: Loan, on: date) -> Decimal:
    return total(each.total for each in owed(loan, on))


def _part(draw: st.DrawFn, loan: Loan, of: Decimal) -> Decimal:
    """A part of an amount, all of it, or a little more."""
    share = draw(st.sampled_from([D("0.1"), D("0.4"), D("0.999"), D(1), D("1.3")]))
    return max(loan.terms.rounding.apply(of * share), _unit(loan))


def _settling(loan: Loan, on: date) -> Decimal:
    """What settles the loan, or the least amount there is."""
    return max(payoff(loan, on).total - loan.surplus, _unit(loan))


def _prepaying(draw: st.DrawFn, loan: Loan, on: date) -> Command:
    """A prepayment; what is due has to be paid before."""
    due = _due(loan, on)
    if due:
        return ReceiveRepayment(on=on, amount=due)
    keep = draw(st.sampled_from(["term", "instalment"]))
    return PrepayPartially(on=on, amount=_part(draw, loan, loan.principal_outstanding / 2), keep=keep)


WAIVED = ("penalty", "penalty", "compound", "damages", "fee")
ASKS: dict[str, Ask] = {
    "receive": lambda draw, loan, on: ReceiveRepayment(on=on, amount=_part(draw, loan, _due(loan, on))),
    "receive_more": lambda draw, loan, on: ReceiveRepayment(on=on, amount=_part(draw, loan, _due(loan, on) * 2)),
    "apply": lambda _draw, _loan, on: ApplySurplus(on=on),
    "settle": lambda _draw, loan, on: SettleEarly(on=on, amount=_settling(loan, on)),
    "prepay": lambda draw, loan, on: _prepaying(draw, loan, on),
    "extend": lambda draw, _loan, on: Extend(
        on=on, months=draw(st.integers(1, 4)), annual_rate=draw(st.sampled_from([None, D("0.2")]))
    ),
    "restructure": lambda draw, _loan, on: Restructure(
        on=on, months=draw(st.integers(0, 4)), annual_rate=draw(st.sampled_from([None, D("0.05")])),
        shares=draw(st.sampled_from([{}, {"penalty": D("0.5")}, {"penalty": D(1), "interest": D("0.3")}])),
        conditional=draw(st.booleans()), capitalise=draw(st.booleans()), observation_days=draw(st.integers(0, 90)),
    ),
    "capitalise": lambda _draw, _loan, on: CapitaliseInterest(on=on),
    "accelerate": lambda _draw, _loan, on: Accelerate(on=on),
    "waive": lambda draw, _loan, on: Waive(
        on=on, shares={draw(st.sampled_from(WAIVED)): draw(st.sampled_from([D("0.5"), D(1)]))},
        until=draw(st.sampled_from([None, on + timedelta(days=40)])),
    ),
    "reduce": lambda draw, loan, on: ReduceInterest(
        on=on, amount=_part(draw, loan, loan.accounts[0].instalment.interest)
    ),
    "check_waivers": lambda _draw, _loan, on: CheckWaivers(on=on),
    "guarantor": lambda draw, loan, on: GuarantorPays(on=on, amount=_part(draw, loan, _due(loan, on)), guarantor="w"),
    "assets": lambda draw, loan, on: TakeAssets(on=on, amount=_part(draw, loan, _due(loan, on)), asset="truck"),
    "misuse": lambda draw, loan, on: Misuse(
        on=on, amount=draw(st.sampled_from([D(0), loan.terms.rounding.apply(loan.principal_outstanding / 2)]))
    ),
    "suspend": lambda _draw, _loan, on: SuspendInterest(on=on),
    "restore": lambda _draw, _loan, on: RestoreInterest(on=on),
    "renew": lambda _draw, loan, on: Renew(on=on, amount=_settling(loan, on), by="n"),
    "transfer": lambda _draw, _loan, on: TransferLoan(on=on, unit="east"),
    "charge": lambda _draw, _loan, on: AddCharge(on=on, key="service", amount=D(7)),
}  # fmt: skip
"""What may be asked of a loan on a day; much of it is refused, which is part of the test."""

EVERYTHING = (
    "receive", "receive", "receive", "receive_more", "apply", "prepay", "prepay", "extend", "extend", "restructure",
    "capitalise", "waive", "waive", "reduce", "reduce", "check_waivers", "guarantor", "misuse", "misuse", "charge",
    "accelerate", "assets", "suspend", "restore", "settle", "renew", "transfer",
)  # fmt: skip
"""All of it, what ends a loan less often."""

USUAL = ("receive", "receive", "receive", "receive_more", "apply", "settle", "charge", "transfer", "waive")
"""What every kind of loan may be asked."""


@dataclass(slots=True)
class Life:
    """A loan with its history, as it was stored."""

    loan: Loan
    history: list[Recorded] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    before: list[Loan] = field(default_factory=list)

    @property
    def events(self) -> list[Event]:
        """Everything that happened."""
        return [each.event for each in self.history]

    @property
    def day(self) -> date:
        """The day of the last booking."""
        return self.loan.last_event_on

    def book(self, events: tuple[Event, ...], command: Command) -> None:
        """What a decision led to, with the next sequences."""
        self.before.append(self.loan)
        self.commands.append(command)
        self.history += [Recorded(len(self.history) + place, event) for place, event in enumerate(events, 1)]
        self.loan = evolve_all(self.loan, events)

    def last_sequence(self) -> int:
        """The sequence of the first event of the last decision."""
        return next(each.sequence for each in reversed(self.history) if each.event.asked is not None)


def begun(agreed: Terms) -> Life:
    """A loan just paid out."""
    events = decide(None, Disburse(terms=agreed)).events
    loan = replay(events)
    assert loan is not None
    return Life(loan, [Recorded(place, event) for place, event in enumerate(events, 1)])


def _next(draw: st.DrawFn, loan: Loan, day: date) -> date:
    """Some days on: often the next due date, or a while after it."""
    later = [each.instalment.due_on for each in loan.accounts if each.instalment.due_on > day and each.open]
    if later and draw(st.booleans()):
        return later[0] + timedelta(days=draw(st.sampled_from([0, 0, 0, 3, 12, 45])))
    return day + timedelta(days=draw(st.sampled_from([0, 1, 8, 17, 30, 95])))


def asked(life: Life, *commands: Command) -> Life:
    """The life after these commands, as far as they are not refused."""
    for command in commands:
        decision = decide(life.loan, command)
        if decision.events:
            life.book(decision.events, command)
    return life


@st.composite
def lives(draw: st.DrawFn, *, asks: tuple[str, ...] = EVERYTHING, most: int = 8, follows: bool | None = False) -> Any:
    """A loan and what happened to it on ascending days."""
    life = begun(draw(terms(follows=follows)))
    day = life.day
    for _ in range(draw(st.integers(1, most))):
        day = _next(draw, life.loan, day)
        command = ASKS[draw(st.sampled_from(asks))](draw, life.loan, day)
        decision = decide(life.loan, command)
        assert not (decision.events and decision.problems)
        if decision.events:
            life.book(decision.events, command)
    return life
