"""Terms of every kind for property tests: any rule with any calendar, grace, rate and arithmetic that go together."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from loanloom.core.dates import DAY_COUNTS, Calendar
from loanloom.core.lending.agreed.terms import (
    DownPaymentTerms,
    DrawTerms,
    GraceTerms,
    Pause,
    Phase,
    RateStep,
    RateTerms,
    RateTier,
    Recurrence,
    Terms,
    Tranche,
)
from loanloom.core.money import ROUNDING_MODES, Rounding

D = Decimal
RULES = ("equal_instalment", "equal_principal", "bullet", "none", "balloon", "steps", "fixed_percent", "percent_plan")
INTEREST = ("declining_balance", "original_principal", "flat_total", "at_maturity", "none")
STEPS = (
    ("month", 1), ("month", 1), ("month", 2), ("quarter", 1), ("half_month", 1), ("week", 1), ("week", 4), ("day", 10),
)  # fmt: skip
WORKDAYS = Calendar(weekend=frozenset({5, 6}), holidays=frozenset({date(2025, 5, day) for day in range(1, 6)}))


@st.composite
def phases(draw: st.DrawFn, *, last: bool) -> Phase:
    rule = draw(st.sampled_from(RULES))
    periods = draw(st.integers(1, 14))
    parameters: dict[str, Any] = {
        "balloon": {"amortised_over": D(periods + draw(st.integers(0, 40)))},
        "steps": {
            "every": D(draw(st.integers(1, 4))),
            "factor": draw(st.sampled_from([D("0.9"), D("1"), D("1.2")])),
            "amount": draw(st.sampled_from([D(0), D(50)])),
        },
        "fixed_percent": {"percent": round(D(1) / (periods + 1), 4)},
        "percent_plan": {"percents": tuple([round(D(1) / periods, 3)] * periods)},
    }.get(rule, {})
    unit, every = draw(st.sampled_from(STEPS))
    own_interest = unit == "month" and every == 1 and draw(st.booleans())
    settled = Recurrence(months=(3, 6, 9, 12), days=(20,))
    return Phase(
        periods=periods, every=every, unit=unit, principal=rule, interest=draw(st.sampled_from(INTEREST)),
        parameters=parameters,
        interest_calendar=settled if own_interest and draw(st.booleans()) else None,
        annual_rate=draw(st.sampled_from([None, None, None, D("0.03")])),
        capitalises=not last and draw(st.sampled_from([False, False, True])),
    )  # fmt: skip


@st.composite
def rates(draw: st.DrawFn, start: date) -> RateTerms:
    kind = draw(st.sampled_from(["contract", "contract", "steps", "balance", "period"]))
    if kind == "steps":
        days = draw(st.lists(st.integers(5, 400), max_size=3, unique=True))
        steps = tuple(RateStep(from_on=start + timedelta(days=day), rate=D("0.05") + D(day) / 10_000) for day in days)
        return RateTerms(steps=steps, applies=draw(st.sampled_from(["contract", "current", "segments"])))
    if kind in ("balance", "period"):
        edges = (D(0), D(3000), D(20_000)) if kind == "balance" else (D(1), D(4))
        tiers = tuple(RateTier(from_value=edge, rate=D("0.06") + D(place) / 50) for place, edge in enumerate(edges))
        return RateTerms(tiers=tiers, tiered_by=kind, tier_share=draw(st.sampled_from(["whole", "parts"])))
    return RateTerms()


@st.composite
def terms(draw: st.DrawFn) -> Terms:
    digits = draw(st.sampled_from([0, 2, 2, 2, 3]))
    start = draw(st.dates(date(2024, 1, 1), date(2025, 6, 30)))
    made = [draw(phases(last=False)) for _ in range(draw(st.integers(0, 1)))] + [draw(phases(last=True))]
    monthly = made[0].unit == "month" and made[0].every == 1
    first_end = start + timedelta(days=20)
    return Terms(
        currency={0: "JPY", 2: "CNY", 3: "KWD"}[digits],
        principal=D(draw(st.integers(100_000, 9_000_000))).scaleb(-digits),
        annual_rate=draw(st.sampled_from([D(0), D("0.06"), D("0.1234"), D("0.24")])),
        start_on=start,
        phases=tuple(made),
        due_day=draw(st.sampled_from([None, None, 5, 20, 31])) if monthly else None,
        first_stub=draw(st.sampled_from(["actual", "level", "separate", "full"])),
        roll=draw(st.sampled_from(["keep", "keep", "following", "preceding", "modified_following"])),
        tolerates_holidays=draw(st.booleans()),
        roll_accrues=draw(st.booleans()),
        collection_weekday=draw(st.sampled_from([None, None, None, 2])),
        day_count=draw(st.sampled_from(sorted(DAY_COUNTS))),
        interest_by=draw(st.sampled_from(["days", "days", "period"])),
        accrual=draw(st.sampled_from(["basis", "linear"])),
        instalment_by=draw(st.sampled_from(["periods", "periods", "nominal"])),
        rounding=Rounding(digits, draw(st.sampled_from(sorted(ROUNDING_MODES)))),
        rounding_place=draw(st.sampled_from(["period", "period", "stretch", "term"])),
        residual=draw(st.sampled_from(["last", "first", "spread"])),
        instalment_multiple=draw(st.sampled_from([None, None, D(10)])),
        grace=GraceTerms(
            principal=draw(st.sampled_from([0, 0, 2])), interest_payment=draw(st.sampled_from([0, 0, 2])),
            interest_charged=draw(st.sampled_from([0, 0, 1])), capitalises=draw(st.booleans()),
        ),
        pauses=draw(st.sampled_from([(), (), (Pause(from_on=first_end, to_on=first_end + timedelta(days=9)),)])),
        rates=draw(rates(start)),
        down_payment=draw(st.sampled_from([None, None, DownPaymentTerms(percent=D("0.2"))])),
        draws=draw(
            st.sampled_from(
                [DrawTerms(), DrawTerms(), DrawTerms(tranches=(Tranche(on=first_end, amount=D(1000)),))]
            )
        ),
    )  # fmt: skip
