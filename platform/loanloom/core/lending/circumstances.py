"""What is out of the ordinary about a loan: state that few loans have, kept beside its balances as one value.

Everything here follows from events; most loans have `ORDINARY` for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from loanloom.core.lending.owing.allocation import Applied
from loanloom.core.money import ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionalWaiver:
    """Debt given up on condition: it revives if an instalment goes unpaid for more than `grace_days` before `until`."""

    on: date
    until: date
    grace_days: int
    applied: tuple[Applied, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subrogation:
    """What a guarantor paid for the borrower and may now claim from him (追偿)."""

    guarantor: str
    paid: Decimal = ZERO
    recovered: Decimal = ZERO

    @property
    def claim(self) -> Decimal:
        """What the borrower still owes the guarantor."""
        return self.paid - self.recovered


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """Money paid out after the first day: how much, and how much of it the plan repays (the rest is down payment)."""

    on: date
    amount: Decimal
    planned: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanCharge:
    """A charge that fell on the loan: what for, which component of which instalment, when due, how much of it has
    been waived."""

    key: str
    component: str
    amount: Decimal
    due_on: date
    number: int
    added_on: date
    waived: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedPart:
    """What somebody else than the borrower was to bear of a charge, as agreed."""

    payer: str
    amount: Decimal
    party: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedCharge:
    """A charge of which others bear a part that falls due later: with an instalment, or on a day of its own (`number`
    0). `parts` are those of its shares in their order, then that of its payer where that is not the borrower; `borne`
    what each bears, empty until that is decided, by a loan `days_past_due` late. `ours`: the lender collects it."""

    key: str
    on: date
    number: int
    parts: tuple[SharedPart, ...]
    ours: bool = True
    borne: tuple[Decimal, ...] = ()
    days_past_due: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """`agreed_matures_on` and `extended_months`, `extensions`: the first maturity and what extensions added to it.
    `restructured`: how many times; `observed_until`: under observation. `suspended_on`: interest is kept in suspense
    since. `written_off`: by component, what was given up in the books but is still owed; `recovered` of it. `draws`:
    money paid out after the first day. `charges`: what was charged beyond the plan; `shared`: of which
    others bear a part when it falls due. `bears_interest` ends with a
    charge-off or termination that stops interest. `cancelled_on`: its disbursement was undone."""

    agreed_matures_on: date | None = None
    extensions: int = 0
    extended_months: int = 0
    restructured: int = 0
    observed_until: date | None = None
    waivers: tuple[ConditionalWaiver, ...] = ()
    accelerated_on: date | None = None
    suspended_on: date | None = None
    misused_on: date | None = None
    misused: Decimal = ZERO
    subrogations: tuple[Subrogation, ...] = ()
    written_off_on: date | None = None
    written_off: Mapping[str, Decimal] = field(default_factory=dict)
    recovered: Decimal = ZERO
    renewed_by: str = ""
    closed_on: date | None = None
    draws: tuple[Draw, ...] = ()
    charges: tuple[LoanCharge, ...] = ()
    shared: tuple[SharedCharge, ...] = ()
    charged_off_on: date | None = None
    terminated_on: date | None = None
    bears_interest: bool = True
    cancelled_on: date | None = None


ORDINARY = Circumstances()
