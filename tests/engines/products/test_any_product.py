"""Whatever a sound product says of its schedule: terms follow, the principal adds up, the dates rise, the last day is
the day that was agreed; or a problem says why not. Never a stack trace."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.products.bundle import product, registry

from loanloom.engines import products
from loanloom.engines.products import Particulars
from loanloom.engines.products.ways import READY_MADE

D = Decimal
SETTINGS = {
    "balloon": (", amortised_over: 480", ", balloon_percent: 0.5"),
    "steps": (", step_every: 3, step_factor: 1.1", ", step_every: 2, step_amount: 10"),
    "fixed_percent": (", principal_percent: 0.001",),
    "irregular": (", plan: [{period: 1, percent: 0.3}]", ", plan: [{period: 2, amount: 500}]"),
}
BENDS = (
    "", ", roll: following", ", roll: modified_following", ", roll: tolerate", ", weekday: friday",
    ", month_end: stick", ", first_stub: level", ", first_stub: full", ", interest_calendar: {every: 1, unit: month}",
    ", interest_calendar: {every: 1, unit: month, days: [20], months: [3, 6, 9, 12]}",
)  # fmt: skip
LINES = (
    {}, {"grace": "{principal: 2}"}, {"grace": "{interest_payment: 1, capitalises: true}"},
    {"grace": "{interest_charged: 3}"}, {"down_payment": "{percent: 0.2}"}, {"interest_by": "period"},
    {"accrual": "linear"}, {"rate": "{index: {table: lpr, spread: 0.05}}"},
    {"rate": "{tiers: {by: balance, share: parts, steps: [{from: 0, rate: 0.1}, {from: 5000, rate: 0.08}]}}"},
)  # fmt: skip


@st.composite
def said(draw: Any) -> tuple[dict[str, str], int, date]:
    """Lines of a product, a term and a day."""
    method = draw(st.sampled_from(sorted(READY_MADE)))
    unit = draw(st.sampled_from(["month", "quarter", "week", "day", "half_month"]))
    every = draw(st.sampled_from([1, 2, 3])) if unit in ("month", "week", "day") else 1
    term_unit = draw(st.sampled_from(["month", "week", "day"]))
    due_day = "same" if unit in ("week", "day") else draw(st.sampled_from(["same", "1", "20", "31"]))
    more = draw(st.sampled_from(SETTINGS.get(method, ("",)))) + draw(st.sampled_from(BENDS))
    residual = draw(st.sampled_from(["last", "first", "spread"]))
    lines = {
        **draw(st.sampled_from(LINES)),
        "schedule": f"{{methods: [{method}], every: {every}, unit: {unit}, due_day: {due_day}{more}}}",
        "term": f"{{unit: {term_unit}, min: 12, max: 36, step: 12}}",
        "day_count": draw(st.sampled_from(["30/360", "act/360", "act/365", "act/act", "months+days/360"])),
        "rounding": f"{{digits: 2, mode: half_up, residual: {residual}}}",
    }
    term = draw(st.sampled_from([12, 24, 36]))
    return lines, term, date(2026, 1, 1) + timedelta(days=draw(st.integers(0, 700)))


@settings(max_examples=80, deadline=None)
@given(said())
def test_a_sound_product_gives_a_sound_schedule(asked: tuple[dict[str, str], int, date]) -> None:
    lines, term, start_on = asked
    known = registry(product(**lines))
    compiled = products.compile_product(known.require("product", "p"), known)
    if compiled.offer is None:
        assert all(problem.in_words("zh") and problem.pointer for problem in compiled.problems)
        return
    each = {"week": 7, "day": 1}.get(compiled.offer.term_unit)
    particulars = Particulars(days=None if each is None else term * each)
    seen = products.preview(
        compiled.offer, amount=D(10000), months=term, method=compiled.offer.methods[0], start_on=start_on,
        particulars=particulars,
    )  # fmt: skip
    if seen.schedule is None:
        assert seen.problems
        return
    rows = seen.schedule.instalments
    assert sum((row.principal - row.capitalised for row in rows), D(0)) == D(10000)
    assert rows[-1].closing == 0
    assert all(first.due_on <= second.due_on for first, second in pairwise(rows))
    if each is not None and "roll" not in lines["schedule"] and "weekday" not in lines["schedule"]:
        assert rows[-1].due_on == start_on + timedelta(days=term * each)
