"""An offer: a product document as checked values. What the lender sells, ready to be asked; it computes no schedule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from loanloom.core.lending.agreed.charges import ChargeTerms, Subsidy
from loanloom.core.lending.agreed.late_terms import PenaltyTerms
from loanloom.core.lending.agreed.plan_terms import DownPaymentTerms, GraceTerms
from loanloom.core.lending.agreed.servicing_terms import AllocationOrder, PrepaymentTerms, RecalculationTerms
from loanloom.core.lending.agreed.tax_terms import TaxTerms
from loanloom.core.lending.business.extensions import BY_GENERAL_RULES, ExtensionTerms
from loanloom.core.lending.planning.rules import BUILT_IN, Methods
from loanloom.core.money import Rounding
from loanloom.engines.products.pricing import Pricing
from loanloom.engines.products.ways import Repaying
from loanloom.problems import Text

BINDINGS: Mapping[str, str] = {
    "rate": "fixed",
    "penalty": "fixed",
    "allocation": "fixed",
    "prepayment": "fixed",
    "schedule": "fixed",
    "day_count": "fixed",
    "asset_class": "tracking",
    "posting_rules": "tracking",
}
"""What happens to a running contract when the product changes, unless the product says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Smallest and largest value, and the step between allowed ones."""

    least: Decimal
    most: Decimal
    step: Decimal | None = None

    def holds(self, value: Decimal) -> bool:
        """Whether a value lies within and on a step."""
        return self.least <= value <= self.most and self.on_step(value)

    def on_step(self, value: Decimal) -> bool:
        """Whether a value is whole steps above the smallest."""
        return self.step is None or (value - self.least) % self.step == 0


BACKDATED_AT_MOST = 90
"""Days that a change or a receipt may reach back where its product does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRule:
    """What may be done to running loans in one way: whether, how often, how far, and who approves it."""

    allowed: bool = True
    approval: str = "other_person"
    approvers: tuple[str, ...] = ()
    most_times: int | None = None
    most_amount: Decimal | None = None
    most_days: int | None = None
    backdate_days: int | None = None

    @property
    def reaches_back(self) -> int:
        """How many days back it may be booked."""
        return BACKDATED_AT_MOST if self.backdate_days is None else self.backdate_days


ANY_CHANGE = ChangeRule()
"""What holds for a change that the product does not speak of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arithmetic:
    """How results become money, and what happens to what rounding leaves."""

    interest_by: str = "days"
    accrual: str = "basis"
    precision: int = 34
    place: str = "period"
    level: str = "periods"
    multiple: Decimal | None = None
    residual: str = "last"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """How the money is drawn; `expected` are shares of the amount so many days after the first draw."""

    pattern: str = "once"
    most: int | None = None
    min_amount: Decimal | None = None
    within_days: int | None = None
    only_expected: bool = False
    full_term_each: bool = False
    expected: tuple[tuple[int, Decimal], ...] = ()
    chooses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The credit line that a product draws on; `products` are others that share it."""

    revolving: bool = True
    sharing: str = "own"
    valid_months: int = 12
    products: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrusting:
    """A loan of a trustor's money: whose the interest is, when it is passed on, which money and which use."""

    interest_to: str = "trustor"
    repays_on: str = "receipt"
    share_of_interest: Decimal = Decimal(0)
    withholding_rate: Decimal = Decimal(0)
    sources: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """A group of borrowers that answer for each other; `release` are (share of members, after instalments paid)."""

    min_members: int = 3
    max_members: int = 10
    liability: str = "joint"
    release: tuple[tuple[Decimal, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Payout:
    """Whom the money goes to; from `entrusted_above` on straight to the supplier (受托支付)."""

    payees: tuple[str, ...] = ("borrower",)
    entrusted_above: Decimal | None = None
    merchant_net: bool = False


TO_THE_BORROWER, AT_ONCE, PLAINLY = Payout(), Drawing(), Arithmetic()


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One product as agreed with nobody yet. `months` counts in `term_unit`."""

    key: str
    title: Text
    product_class: str
    currency: str
    amount: Range
    months: Range
    pricing: Pricing
    repaying: Repaying
    day_count: str
    daily_basis: int
    rounding: Rounding
    penalty: PenaltyTerms
    allocation: AllocationOrder
    prepayment: PrepaymentTerms
    keeps_overpayment: bool
    guarantee_modes: tuple[str, ...]
    calendar: str | None
    asset_class: str | None
    posting_rules: str | None
    numbering: Mapping[str, str]
    templates: Mapping[str, str]
    sanction_days: int
    binding: Mapping[str, str]
    ends_on: date | None
    rate_granted: Range | None = None
    business: str = "ordinary"
    term_unit: str = "month"
    matures_on: str | None = None
    arithmetic: Arithmetic = PLAINLY
    grace: GraceTerms | None = None
    down_payment: DownPaymentTerms | None = None
    recalculation: RecalculationTerms | None = None
    overpayment: str = "refuse"
    charges: tuple[ChargeTerms, ...] = ()
    interest_shares: tuple[Subsidy, ...] = ()
    charge_days: Mapping[str, int] = field(default_factory=dict)
    collectors: Mapping[str, Text] = field(default_factory=dict)
    interest_tax: TaxTerms | None = None
    customer_kinds: tuple[str, ...] = ()
    extension: ExtensionTerms = BY_GENERAL_RULES
    upfront_deduction: bool = False
    drawing: Drawing = AT_ONCE
    payout: Payout = TO_THE_BORROWER
    line: Line | None = None
    entrusting: Entrusting | None = None
    grouping: Grouping | None = None
    changes: Mapping[str, ChangeRule] = field(default_factory=dict)
    rules: Methods = BUILT_IN

    @property
    def methods(self) -> tuple[str, ...]:
        """The ways of repaying to choose from."""
        return self.repaying.methods

    @property
    def rates(self) -> Mapping[str, Decimal]:
        """The yearly rates by grade, as known last; empty where the grade decides nothing."""
        found = {grade: self.rate(grade) for grade in self.pricing.grades}
        return {grade: rate for grade, rate in found.items() if rate is not None}

    def rate(self, grade: str | None = None, term: int | None = None, on: date | None = None) -> Decimal | None:
        """The yearly rate for a grade, a term and a day; None where the grade is not sold to."""
        return self.pricing.yearly(grade, term or int(self.months.least), self.term_unit, on, self.daily_basis)

    def rate_range(self, on: date | None = None) -> tuple[Decimal, Decimal] | None:
        """The lowest and the highest yearly rate anybody is asked for at any term; None without a price on that day."""
        terms = {int(self.months.least), int(self.months.most)}
        terms |= {up_to for up_to, _ in self.pricing.by_term if up_to is not None and self.months.holds(Decimal(up_to))}
        found = [r for term in terms for r in self.pricing.asked(term, self.term_unit, on, self.daily_basis)]
        return (min(found), max(found)) if found else None

    def grantable(self, on: date | None = None) -> tuple[Decimal, Decimal] | None:
        """The lowest and the highest yearly rate that approvers may grant: as stated, else those of the price."""
        stated = self.rate_granted
        return self.rate_range(on) if stated is None else (stated.least, stated.most)

    def change(self, kind: str) -> ChangeRule:
        """What the product says to one kind of change."""
        return self.changes.get(kind, ANY_CHANGE)
