"""Repayment methods (RM) and repricing by an index (LP): what the core makes of the inputs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from loanloom.core.dates import add_months
from loanloom.core.lending.agreed.plan_terms import (
    DrawTerms,
    IndexTerms,
    Phase,
    PlannedRow,
    RateStep,
    RateTerms,
    Recurrence,
    Tranche,
)
from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.business.extensions import term_months
from loanloom.core.lending.owing.arrears import interest_accrued
from loanloom.core.lending.planning.instalments import Instalment, Schedule
from loanloom.core.lending.planning.rates import yearly
from loanloom.core.lending.pricing.cost import loan_cost
from loanloom.core.lending.replanning.bearing import interest_of
from loanloom.core.money import ZERO, total
from loanloom.testing.cn_practice.case import Case, disbursed

QUARTER_ENDS = Recurrence(months=(3, 6, 9, 12), days=(20,))
"""20 March, June, September and December: the settlement days of RM-05."""


def rows_of(terms: Terms) -> tuple[Instalment, ...]:
    """The schedule that a disbursement books."""
    return tuple(account.instalment for account in disbursed(terms).accounts)


def shown(row: Instalment) -> dict[str, Any]:
    """A row in the words of the cases."""
    return {
        "period": row.number, "payment": row.payment, "principal": row.principal, "interest": row.interest,
        "balance": row.closing, "due": row.due_on, "settle": row.due_on, "days": row.days,
    }  # fmt: skip


def told(terms: Terms) -> dict[str, Any]:
    """Everything that a case may ask of a schedule."""
    rows = rows_of(terms)
    schedule = Schedule(rows)
    cost = loan_cost(terms, schedule)
    return {
        "instalment": rows[0].payment,
        "instalment_stage2": rows[-2].payment if len(rows) > 1 else rows[-1].payment,
        "base_payment": rows[0].payment,
        "interest_each": rows[0].interest,
        "schedule": [shown(row) for row in rows],
        "first": shown(rows[0]),
        "total_interest": schedule.interest,
        "total_payment": schedule.payment,
        "last_payment": rows[-1].payment,
        "principal_at_maturity": rows[-1].principal,
        "due_dates": [row.due_on for row in rows],
        "irr_monthly": cost.simple / 12,
        "irr_nominal_annual": cost.simple,
        "irr_effective_annual": cost.compound,
        **{f"balance_after_{row.number}": row.closing for row in rows},
    }


def equal_instalments(case: Case) -> dict[str, Any]:
    """RM-01."""
    return told(case.terms(Phase(periods=case.count("periods"))))


def equal_principal(case: Case) -> dict[str, Any]:
    """RM-02."""
    return told(case.terms(Phase(periods=case.count("periods"), principal="equal_principal")))


def flat_terms(case: Case, **more: Any) -> Terms:
    """Equal principal with interest on the original principal, quoted per month."""
    phase = Phase(periods=case.count("periods"), principal="equal_principal", interest="original_principal")
    return case.terms(phase, annual_rate=yearly(case.money("flat_monthly_rate"), "month"), **more)


def flat(case: Case) -> dict[str, Any]:
    """RM-03."""
    return told(flat_terms(case))


def monthly_interest(case: Case) -> dict[str, Any]:
    """RM-04: by actual days, or by months where the case names no day count."""
    day_count = case.inputs.get("day_count", "30/360").lower()
    return told(case.terms(Phase(periods=case.count("months"), principal="bullet"), day_count=day_count))


def quarterly_interest(case: Case) -> dict[str, Any]:
    """RM-05."""
    maturity = case.day("maturity")
    months = term_months(case.day("start"), maturity)
    phase = Phase(periods=1, every=months, principal="bullet", interest_calendar=QUARTER_ENDS)
    return told(case.terms(phase, day_count=case.inputs["day_count"].lower(), matures_on=maturity))


def all_at_maturity(case: Case) -> dict[str, Any]:
    """RM-06: by months and odd days, and by days."""
    start, end = case.day("start"), case.day("end")
    months = term_months(start, end)
    whole = months if add_months(start, months) <= end else months - 1
    phase = Phase(periods=1, every=max(months, 1), principal="bullet", interest="at_maturity")
    by_months, by_days = (
        rows_of(case.terms(phase, day_count=count, matures_on=end))[0] for count in ("months+days/360", "act/360")
    )
    return {
        "months": whole,
        "odd_days": (end - add_months(start, whole)).days,
        "interest_a": by_months.interest,
        "actual_days": by_days.days,
        "interest_b": by_days.interest,
    }


def at_will(case: Case) -> dict[str, Any]:
    """RM-07: a revolving loan as it was drawn and repaid; each stretch of constant balance by what accrues in it."""
    events = [
        (date.fromisoformat(each["date"]), each["type"], Decimal(each["amount"])) for each in case.inputs["events"]
    ]
    rate, (start, _, first) = case.money("daily_rate"), events[0]
    draws = tuple(Tranche(on=on, amount=amount) for on, kind, amount in events[1:] if kind == "draw")
    repaid = tuple(PlannedRow(due_on=on, principal=amount) for on, kind, amount in events if kind != "draw")
    terms = Terms(
        currency="CNY", principal=first, annual_rate=yearly(rate, "day"), start_on=start, day_count="act/360",
        phases=(Phase(periods=len(repaid), principal="own", rows=repaid),),
        draws=DrawTerms(pattern="revolving", tranches=draws),
    )  # fmt: skip
    rows = rows_of(terms)
    return {
        "segments": list(_segments(events, terms)),
        "total_interest": total(row.interest for row in rows),
        "annual_simple_360": yearly(rate, "day", days_of_year=360),
        "annual_simple_365": yearly(rate, "day", days_of_year=365),
    }


def _segments(events: list[tuple[date, str, Decimal]], terms: Terms) -> Iterator[dict[str, Any]]:
    """The stretches of constant balance and what each bears."""
    balance = ZERO
    for (on, kind, amount), (until, _, _) in pairwise(events):
        balance += amount if kind == "draw" else -amount
        borne = interest_of(terms, on, until, balance, terms.annual_rate, on, until)
        yield {"balance": balance, "days": (until - on).days, "interest": terms.rounding.apply(borne)}


def balloon(case: Case) -> dict[str, Any]:
    """RM-08."""
    over = {"amortised_over": Decimal(case.count("amortisation_periods"))}
    return told(case.terms(Phase(periods=case.count("periods"), principal="balloon", parameters=over)))


def stepped(case: Case) -> dict[str, Any]:
    """RM-09a."""
    stairs = {"every": Decimal(case.count("step_every")), "factor": case.money("step_factor")}
    return told(case.terms(Phase(periods=case.count("periods"), principal="steps", parameters=stairs)))


def interest_first(case: Case) -> dict[str, Any]:
    """RM-09b."""
    only = case.count("interest_only")
    phases = (Phase(periods=only, principal="none"), Phase(periods=case.count("periods") - only))
    return told(case.terms(*phases))


def long_first_period(case: Case) -> dict[str, Any]:
    """RM-10."""
    rows = rows_of(
        case.terms(
            Phase(periods=case.count("periods")), due_day=case.count("pay_day"), first_due_on=case.day("first_due")
        )
    )
    return {
        "first_days": rows[0].days,
        "first_interest": rows[0].interest,
        "first_principal": rows[0].principal,
        "first_payment": rows[0].payment,
        "second_payment": rows[1].payment,
    }


def month_ends(case: Case) -> dict[str, Any]:
    """RM-11."""
    terms = case.terms(
        Phase(periods=case.count("months")), principal=Decimal(120_000), annual_rate=Decimal("0.12"),
        due_day=case.count("anchor_day") if "anchor_day" in case.inputs else None,
    )  # fmt: skip
    return told(terms)


def repriced(case: Case) -> dict[str, Any]:
    """LP-01: signed in September, repriced on 1 January by the value of December."""
    index = IndexTerms(
        index="LPR",
        spread=case.money("spread_bp") / 10_000,
        repricing=Recurrence(unit="year", months=(1,), days=(1,)),
        values=(
            RateStep(from_on=date(2025, 6, 20), rate=case.money("lpr_at_signing")),
            RateStep(from_on=date(2025, 12, 20), rate=case.money("lpr_at_repricing")),
        ),
    )
    terms = case.terms(
        Phase(periods=12, principal="bullet"), start_on=date(2025, 9, 15), day_count="act/360",
        annual_rate=case.money("lpr_at_signing") + index.spread, rates=RateTerms(index=index),
    )  # fmt: skip
    rows = rows_of(terms)
    first, last = rows[0], rows[-1]
    return {
        "rate_before": first.annual_rate,
        "rate_after": last.annual_rate,
        "daily_interest_360_before": interest_accrued(first, first.start_on + timedelta(days=1), terms.rounding),
        "daily_interest_360_after": interest_accrued(last, last.start_on + timedelta(days=1), terms.rounding),
    }
