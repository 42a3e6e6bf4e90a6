"""The words of the oracle in ours: terms of a loan, kinds of receipts, allocation orders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from loanloom.core.lending.agreed.charges import ChargeTerms
from loanloom.core.lending.agreed.late_terms import PenaltyTerms
from loanloom.core.lending.agreed.terms import (
    AllocationOrder,
    AllocationRule,
    Bucket,
    DownPaymentTerms,
    DrawTerms,
    GraceTerms,
    Phase,
    RecalculationTerms,
    Terms,
)
from loanloom.core.money import ZERO, Rounding

Said = Mapping[str, Any]

UNITS = {"DAYS": "day", "WEEKS": "week", "MONTHS": "month", "YEARS": "year"}
A_YEAR = {"DAYS": 365, "WEEKS": 52, "MONTHS": 12, "YEARS": 1}
COMPONENTS = {"PENALTY": "penalty", "FEE": "fee", "INTEREST": "interest", "PRINCIPAL": "principal"}
TIMINGS = ("PAST_DUE", "DUE", "IN_ADVANCE")
SURPLUS = {
    "NEXT_INSTALLMENT": "next_instalment",
    "LAST_INSTALLMENT": "last_instalment",
    "NEXT_LAST_INSTALLMENT": "next_last_instalment",
    "REAMORTIZATION": "reamortise",
}
KINDS = {
    "REPAYMENT": "repayment",
    "DOWN_PAYMENT": "down_payment",
    "MERCHANT_ISSUED_REFUND": "merchant_refund",
    "PAYOUT_REFUND": "payout_refund",
    "GOODWILL_CREDIT": "goodwill",
    "INTEREST_PAYMENT_WAIVER": "interest_waiver",
    "INTEREST_REFUND": "interest_refund",
    "CHARGE_ADJUSTMENT": "charge_adjustment",
}
KIND_TITLES = {
    "repayment": "Repayment",
    "down_payment": "Down Payment",
    "merchant_refund": "Merchant Issued Refund",
    "payout_refund": "Payout Refund",
    "goodwill": "Goodwill Credit",
    "interest_waiver": "Interest Payment Waiver",
    "interest_refund": "Interest Refund",
    "charge_adjustment": "Charge Adjustment",
    "charge_at_disbursement": "Repayment (at time of disbursement)",
}
ON_PREPAYMENT = {
    "REDUCE_EMI_AMOUNT": "instalment",
    "REDUCE_NUMBER_OF_INSTALLMENTS": "last_instalment",
    "RESCHEDULE_NEXT_REPAYMENTS": "next",
    "ADJUST_LAST_UNPAID_PERIOD": "last_instalment",
}
STRATEGIES = {
    "mifos-standard-strategy": ("penalty", "fee", "interest", "principal"),
    "interest-principal-penalties-fees-order-strategy": ("interest", "principal", "penalty", "fee"),
    "principal-interest-penalties-fees-order-strategy": ("principal", "interest", "penalty", "fee"),
}
TIMED_STRATEGIES = {
    "due-penalty-fee-interest-principal-in-advance-principal-penalty-fee-interest-strategy": (
        ("penalty", "fee", "interest", "principal"), ("principal", "penalty", "fee", "interest")),
    "due-penalty-interest-principal-fee-in-advance-penalty-interest-principal-fee-strategy": (
        ("penalty", "interest", "principal", "fee"), ("penalty", "interest", "principal", "fee")),
}  # fmt: skip
BASES = {
    "PERCENT_OF_PRINCIPAL": "principal",
    "PERCENT_OF_DISBURSED_AMOUNT": "disbursed",
    "PERCENT_OF_PRINCIPAL_AND_INTEREST": "principal_and_interest",
    "PERCENT_OF_INTEREST": "interest_total",
    "PERCENTAGE_AMOUNT": "principal",
    "PERCENTAGE_DISBURSEMENT_AMOUNT": "disbursed",
    "PERCENTAGE_LOAN_AMOUNT_PLUS_INTEREST": "principal_and_interest",
    "PERCENTAGE_INTEREST": "interest_total",
}
BASES_OF_INSTALMENT = {
    "principal": "instalment_principal",
    "principal_and_interest": "instalment",
    "interest_total": "instalment_interest",
}
NO_PENALTY = PenaltyTerms(annual_rate=ZERO)


ONE_DAY = timedelta(days=1)


class Unsupported(Exception):
    """A feature of the oracle that we have not got; its name is the message."""


def day(said: str) -> date:
    """A date."""
    return date.fromisoformat(said)


def money(said: Any) -> Decimal:
    """An amount; an empty cell is nothing."""
    return ZERO if said is None else Decimal(str(said))


def annual_rate(terms: Said) -> Decimal:
    """The yearly rate as a fraction."""
    rate: Decimal = Decimal(str(terms["rate"])) / 100
    if terms["rate_unit"] == "YEAR":
        return rate
    if terms["rate_unit"] == "MONTH":
        return rate * 12
    if terms["rate_unit"] == "WHOLE_TERM":
        return rate * A_YEAR[terms["repay_unit"]] / int(terms["installments"] * terms["repay_every"])
    raise Unsupported(f"rate unit {terms['rate_unit']}")


def day_count(terms: Said) -> str:
    """How days are counted."""
    months = "30" if terms["days_in_month"] == "30" else "act"
    year = terms["days_in_year"]
    if year != "ACTUAL":
        return f"{months}/{year}"
    if terms["schedule_type"] == "CUMULATIVE":
        return f"{months}/365"
    if months == "30":
        return "30/act"
    if terms.get("days_in_year_custom") == "FEB_29_PERIOD_ONLY":
        return "act/365L"
    return "act/act" if terms.get("interest_on_disbursement_date") else "act/act-dec31"


def phase(terms: Said) -> Phase:
    """The one phase of the oracle's loans."""
    equal = terms["amortization"] == "EQUAL_INSTALLMENTS"
    flat = terms["interest_method"] == "FLAT"
    cumulative = terms["schedule_type"] == "CUMULATIVE"
    return Phase(
        periods=terms["installments"],
        every=terms["repay_every"],
        unit=UNITS[terms["repay_unit"]],
        principal="equal_instalment" if equal else "equal_principal",
        interest=("flat_total" if cumulative else "original_principal") if flat else "declining_balance",
    )


def allocation(terms: Said, orders: Mapping[str, Any]) -> AllocationOrder:
    """Which debt is paid first, by kind of receipt."""
    strategy = terms["strategy"]
    if strategy in STRATEGIES:
        surplus = "prepay" if recalculates(terms) else "next_instalment"
        return AllocationOrder(order=STRATEGIES[strategy], surplus=surplus)
    if strategy in TIMED_STRATEGIES:
        due, early = TIMED_STRATEGIES[strategy]
        buckets = (
            Bucket(when="past_due", order=due),
            Bucket(when="due", order=due),
            Bucket(when="in_advance", order=early),
        )
        return AllocationOrder(buckets=buckets, surplus="next_instalment")
    if strategy != "advanced-payment-allocation-strategy":
        raise Unsupported(f"strategy {strategy}")
    by = "component" if terms.get("schedule_processing") == "VERTICAL" else "instalment"
    rules = {
        kind: AllocationRule(
            kind=None if kind == "DEFAULT" else KINDS.get(kind, kind.lower()),
            by=by, surplus=SURPLUS[surplus], buckets=_buckets(orders[name]),
        )
        for kind, surplus, name in terms["payment_allocation"]
    }  # fmt: skip
    usual = rules.pop("DEFAULT")
    back = dict(terms.get("credit_allocation", ())).get("CHARGEBACK", ())
    return AllocationOrder(
        by=by, buckets=usual.buckets, surplus=usual.surplus, rules=tuple(rules.values()),
        charged_back=tuple(COMPONENTS[word] for word in back),
    )  # fmt: skip


def _buckets(order: list[str]) -> tuple[Bucket, ...]:
    return tuple(
        Bucket(
            when=timing.lower(),
            order=tuple(COMPONENTS[word.removeprefix(f"{timing}_")] for word in order if word.startswith(f"{timing}_")),
        )
        for timing in TIMINGS
    )


def recalculates(terms: Said) -> bool:
    """Whether interest follows what is outstanding."""
    return bool(terms.get("recalculation")) and Decimal(terms["rate"]) != 0


def recalculation(terms: Said) -> RecalculationTerms | None:
    """Whether and how interest follows what is outstanding."""
    if not recalculates(terms):
        return None
    said = terms["recalculation"]
    by_day = terms["schedule_type"] == "PROGRESSIVE" and said["preclose"] == "TILL_PRE_CLOSE_DATE"
    if said["compounding"] != "NONE":
        raise Unsupported(f"compounding {said['compounding']}")
    return RecalculationTerms(
        rest="daily" if said["rest"] == "DAILY" or by_day else "period",
        on_prepayment=ON_PREPAYMENT[said["advance_payment"]],
        arrears=not said.get("no_interest_on_past_due", False),
        payoff="to_day" if said["preclose"] == "TILL_PRE_CLOSE_DATE" else "to_rest",
    )


def charge_terms(said: Said) -> ChargeTerms:
    """A charge of the oracle as a charge of a product; its amount is told when it is made."""
    base = BASES.get(said["calculation"], "principal")
    each = said["collected"] == "EACH_INSTALMENT"
    return ChargeTerms(
        key=said["charge"],
        event="instalment" if each else "date",
        base=BASES_OF_INSTALMENT.get(base, base) if each else base,
        component="penalty" if said["is_penalty"] else "fee",
    )


def loan_terms(
    said: Said, orders: Mapping[str, Any], amount: Decimal, on: date, charges: Iterable[ChargeTerms] = ()
) -> Terms:
    """The terms of a loan disbursed on a day; `orders` are the allocation orders by name."""
    progressive = said["schedule_type"] == "PROGRESSIVE"
    down = said.get("down_payment")
    multiple = said.get("installment_multiple_of")
    by_period = said["interest_period"] == "SAME_AS_REPAYMENT"
    return Terms(
        currency=said["currency"],
        principal=amount,
        annual_rate=annual_rate(said),
        start_on=on,
        phases=(phase(said),),
        counts_from=day(said["submitted_on"]) if said.get("repayment_start") == "SUBMITTED_ON_DATE" else None,
        day_count=day_count(said),
        interest_by="period" if by_period else "days",
        accrual="linear",
        rounding=Rounding(said["decimals"], "half_even"),
        precision=19,
        instalment_by="periods" if progressive else "nominal" if by_period else "thirty",
        rounding_place="stretch" if said.get("recalculation") and not progressive else "period",
        residual="spread" if progressive else "last",
        instalment_multiple=Decimal(multiple) if multiple else None,
        grace=GraceTerms(
            principal=said.get("grace_principal", 0),
            interest_payment=said.get("grace_interest_payment", 0),
            interest_charged=said.get("grace_interest_charged", 0),
        ),
        fixed_length=said.get("fixed_length"),
        first_stub="level",
        down_payment=DownPaymentTerms(percent=Decimal(down["percent"]) / 100, automatic=down["auto"]) if down else None,
        draws=DrawTerms(
            pattern="tranches" if said.get("multi_disburse") else "once",
            full_term_each=bool(said.get("full_term_per_tranche")),
            whole_periods=said["interest_period"] == "SAME_AS_REPAYMENT" and not said.get("partial_period_interest"),
        ),
        recalculation=recalculation(said),
        allocation=allocation(said, orders),
        penalty=NO_PENALTY,
        charges=tuple(charges),
        keeps_overpayment=True,
    )
