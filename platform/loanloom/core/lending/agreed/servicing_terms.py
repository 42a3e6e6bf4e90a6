"""The parts of terms that say what happens after disbursement (lateness: `late_terms`).

Plain values; what they lead to is decided in `allocation` and `decisions`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

COMPONENTS = ("fee", "penalty", "compound", "damages", "interest", "principal")
"""What an instalment can owe: charges, penalty interest 罚息, interest on unpaid interest 复利, liquidated
damages 违约金, interest, principal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """The order of components for what is `past_due`, `due` on the day, or not due yet (`in_advance`)."""

    when: str
    order: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationRule:
    """Another order for one `kind` of receipt (None: any), or for loans at least `from_days` past due, or both.

    Of the rules that fit, one naming the kind beats one that does not, then the highest band.
    """

    order: tuple[str, ...] = COMPONENTS
    by: str = "instalment"
    buckets: tuple[Bucket, ...] = ()
    surplus: str = ""
    kind: str | None = None
    from_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationOrder:
    """Which debt a receipt pays first; `by` instalment (oldest instalment first) or component (across instalments).

    `buckets` give what is past due, due and in advance an order each, in that sequence; without them `order` holds
    for all. `surplus` says what money beyond the due does: it pays the `next_instalment`, the `last_instalment`, the
    `next_last_instalment` (the running one, then from the end) or all later ones alike (`reamortise`), repays
    principal at once (`prepay`), or is a `keep` or `refuse` case; empty leaves it to `Terms.keeps_overpayment`.
    `rules` are exceptions. `charged_back` is the order in which a receipt that is taken back becomes owed again
    (empty: all of it as principal).
    """

    order: tuple[str, ...] = COMPONENTS
    by: str = "instalment"
    buckets: tuple[Bucket, ...] = ()
    surplus: str = ""
    rules: tuple[AllocationRule, ...] = ()
    charged_back: tuple[str, ...] = ()


BY_INSTALMENT = AllocationOrder()
"""The oldest instalment first, costs before interest before principal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeStep:
    """A fee rate on principal repaid early that holds from so many days after the start."""

    from_days: int
    fee_rate: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepaymentTerms:
    """Early repayment: whether, for which fee on the principal repaid early, and not before how many days.

    `fee_steps` (by age of the loan) beat `fee_rate`. `partial` allows parts of at least `least_amount`, after which
    the number of periods (`keeps` term) or the instalment (`keeps` instalment) stays, whichever of `choices`.
    """

    allowed: bool = True
    fee_rate: Decimal = Decimal(0)
    min_days: int = 0
    fee_steps: tuple[FeeStep, ...] = ()
    partial: bool = True
    least_amount: Decimal = Decimal(0)
    keeps: str = "term"
    choices: tuple[str, ...] = ("term", "instalment")


FREE_PREPAYMENT = PrepaymentTerms()
"""At any time, without a fee."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecalculationTerms:
    """Interest follows what is really outstanding (absent: it stays as scheduled).

    `rest`: how often the balance counts (daily or period). `on_prepayment`: what an early payment of principal does
    to the plan (last_instalment: shortens from the end, instalment: lowers the instalments, next: moves what is next).
    `payoff`: interest up to the day or up to the end of the period. `arrears`: whether unpaid principal past its due
    date goes on bearing interest.
    """

    rest: str = "daily"
    on_prepayment: str = "last_instalment"
    payoff: str = "to_day"
    arrears: bool = True
