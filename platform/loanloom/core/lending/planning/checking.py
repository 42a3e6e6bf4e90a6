"""Whether terms can be carried out: every name known, every number within reason, every plan complete.

All problems at once. What a product may offer is checked where products are compiled; here only what no
schedule could be made of, or only one that nobody meant.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from loanloom.core.dates import DAYS, MONTHS
from loanloom.core.lending.agreed.terms import Phase, Recurrence, Terms
from loanloom.core.lending.planning.due_days import due_days
from loanloom.core.lending.planning.following import following_problems
from loanloom.core.lending.planning.own_schedules import row_problems
from loanloom.core.lending.planning.rules import BUILT_IN, Methods
from loanloom.core.lending.planning.schedule import Instalment, Schedule
from loanloom.core.money import CURRENCY_DIGITS, ONE, ROUNDING_MODES, ZERO
from loanloom.problems import Problem, Text, errors, text

CHOICES: dict[str, tuple[str, ...]] = {
    "roll": ("keep", "following", "preceding", "modified_following"),
    "first_stub": ("actual", "level", "separate", "full"),
    "interest_by": ("days", "period"),
    "accrual": ("basis", "linear"),
    "rounding_place": ("period", "stretch", "term"),
    "instalment_by": ("periods", "nominal", "thirty"),
    "residual": ("last", "first", "spread"),
}
"""Words that these fields of terms may hold."""

_BEYOND = text("The plan reaches beyond the year 9999.", "还款计划超出了 9999 年。")

LONGEST = 2000
"""Rows; forty years of weeks."""

_UNITS = (*DAYS, "half_month", *MONTHS)


def check_terms(terms: Terms, methods: Methods = BUILT_IN) -> tuple[Problem, ...]:
    """Everything for which no schedule could be made of terms."""
    found = [*_words(terms, methods), *_phases(terms, methods), *_rates(terms)]
    if terms.rounding.mode in ROUNDING_MODES:
        found += [*_numbers(terms), *_draws(terms)]
    try:
        for check in (row_problems, _dates, following_problems):
            if not errors(found):
                found += check(terms)
    except (ValueError, OverflowError):  # a date after the year 9999
        found.append(_wrong("beyond_the_calendar", "phases", _BEYOND))
    return tuple(found)


def doubts(terms: Terms, schedule: Schedule) -> tuple[Problem, ...]:
    """Warnings about a schedule that can be made but was hardly meant."""
    return tuple(_doubts(terms, schedule.instalments))


def _wrong(code: str, field: str, message: Text, *, warning: bool = False) -> Problem:
    return Problem(
        code=f"lending.{code}", field=field, message=message, severity="warning" if warning else "error"
    )  # fmt: skip


def _numbers(terms: Terms) -> Iterator[Problem]:
    if not terms.principal.is_finite() or terms.principal <= 0 or not terms.rounding.holds(terms.principal):
        yield _wrong(
            "principal_unusable", "principal",
            text("The principal must be a positive amount of money.", "本金必须是大于零且位数正确的金额。"),
        )  # fmt: skip
    rates = (terms.annual_rate, *(phase.annual_rate for phase in terms.phases))
    if any(rate is not None and not (rate.is_finite() and ZERO <= rate <= 100) for rate in rates):
        yield _wrong(
            "rate_unusable", "annual_rate",
            text("A rate must not be negative.", "利率不能为负数。"),
        )  # fmt: skip
    digits = CURRENCY_DIGITS.get(terms.currency)
    if digits is not None and digits < terms.rounding.digits:
        yield _wrong(
            "too_many_digits", "rounding",
            text(f"{terms.currency} has {digits} decimals.", f"{terms.currency} 只有 {digits} 位小数。"),
        )  # fmt: skip
    if not 10 <= terms.precision <= 60:
        yield _wrong(
            "precision_out_of_range", "precision",
            text("Arithmetic takes between 10 and 60 significant digits.", "计算精度须在 10 至 60 位有效数字之间。"),
        )  # fmt: skip
    multiple = terms.instalment_multiple
    if multiple is not None and (multiple <= 0 or not terms.rounding.holds(multiple)):
        yield _wrong(
            "multiple_unusable", "instalment_multiple",
            text("Instalments go in multiples of a positive amount.", "每期还款额的取整单位须为正数金额。"),
        )  # fmt: skip
    down = terms.down_payment
    if down is not None and not ZERO < down.percent < ONE:
        yield _wrong(
            "down_payment_out_of_range", "down_payment",
            text("A down payment is more than nothing and less than everything.", "首付比例须大于 0 且小于 100%。"),
        )  # fmt: skip


def _one_of(field: str, value: str, known: Collection[str]) -> Iterator[Problem]:
    if value not in known:
        choices = sorted(known)
        yield _wrong(
            "unknown_word", field,
            text(f"'{value}' is not one of: {', '.join(choices)}.", f"“{value}”无效，可用：{'、'.join(choices)}。"),
        )  # fmt: skip


def _words(terms: Terms, methods: Methods) -> Iterator[Problem]:
    for name, choices in CHOICES.items():
        yield from _one_of(name, getattr(terms, name), choices)
    yield from _one_of("day_count", terms.day_count, methods.day_counts)
    yield from _one_of("rounding", terms.rounding.mode, ROUNDING_MODES)
    yield from _one_of("draws", terms.draws.pattern, ("once", "tranches", "revolving"))
    yield from _one_of("rates", terms.rates.applies, ("contract", "current", "segments"))
    yield from _one_of("rates", terms.rates.tiered_by, ("balance", "period"))
    yield from _one_of("rates", terms.rates.tier_share, ("whole", "parts"))


def _calendar(field: str, calendar: Recurrence) -> Iterator[Problem]:
    yield from _one_of(field, calendar.unit, _UNITS)
    days = all(1 <= day <= 31 for day in calendar.days)
    months = all(1 <= month <= 12 for month in calendar.months)
    weekday = calendar.weekday is None or 0 <= calendar.weekday <= 6
    if calendar.every < 1 or not (days and months and weekday):
        yield _wrong(
            "calendar_unusable", field,
            text("Steps are 1 or more, days 1 to 31, months 1 to 12.", "间隔须不小于 1，日为 1 至 31，月为 1 至 12。"),
        )  # fmt: skip


def _phases(terms: Terms, methods: Methods) -> Iterator[Problem]:
    if not terms.phases:
        yield _wrong("no_phase", "phases", text("There is no way to repay.", "没有设置还款方式。"))
    for place, phase in enumerate(terms.phases):
        field = f"phases.{place}"
        yield from _one_of(field, phase.principal, methods.principal)
        yield from _one_of(field, phase.interest, methods.interest)
        yield from _calendar(field, phase.calendar or Recurrence(every=phase.every, unit=phase.unit))
        if phase.interest_calendar is not None:
            yield from _calendar(field, phase.interest_calendar)
        if not phase.rows and not 1 <= phase.periods <= LONGEST:
            yield _wrong(
                "periods_out_of_range", field,
                text(f"A phase has 1 to {LONGEST} periods.", f"每阶段须为 1 至 {LONGEST} 期。"),
            )  # fmt: skip
        yield from _parameters(phase, field)
    if terms.phases and terms.phases[-1].capitalises:
        yield _wrong(
            "capitalises_to_the_end", f"phases.{len(terms.phases) - 1}",
            text("Interest of the last phase cannot become principal: nothing follows that repays it.",
                 "最后阶段的利息不能资本化：之后没有还款期。"),
        )  # fmt: skip


def _parameters(phase: Phase, field: str) -> Iterator[Problem]:
    given = {name: value for name, value in phase.parameters.items() if isinstance(value, Decimal)}
    checks = (
        (phase.principal == "steps", given.get("factor", ONE) > 0 and given.get("every", ONE) >= 1,
         text("A step has a positive factor and takes at least one period.", "阶梯倍数须为正，每阶至少一期。")),
        (phase.principal == "balloon" and "amortised_over" in given,
         given.get("amortised_over", ZERO) >= phase.periods,
         text("A balloon is reckoned over at least as many periods as there are.", "测算期数不能少于实际期数。")),
        (phase.principal == "balloon" and "left" in given, ZERO <= given.get("left", ZERO) < ONE,
         text("The share left to the end is a fraction below 1.", "尾款占比须小于 100%。")),
        (phase.principal == "balloon", "amortised_over" in given or "left" in given or "left_amount" in given,
         text("A balloon needs to know what is left to the end.", "气球贷须设置测算期数或尾款。")),
        (phase.principal == "fixed_percent", ZERO < given.get("percent", ZERO) * phase.periods <= ONE,
         text("The shares of all periods come to no more than the whole.", "各期还本比例合计不能超过 100%。")),
    )  # fmt: skip
    for concerned, holds, message in checks:
        if concerned and not holds:
            yield _wrong("parameter_unusable", field, message)


def _draws(terms: Terms) -> Iterator[Problem]:
    draws = terms.draws
    for tranche in draws.tranches:
        if tranche.on < terms.start_on or tranche.amount <= 0 or not terms.rounding.holds(tranche.amount):
            yield _wrong(
                "tranche_unusable", "draws",
                text("A later draw is a positive amount on a day after the first.",
                     "后续提款须为正数金额，且不早于首次放款日。"),
            )  # fmt: skip
    drawn = sum((tranche.amount for tranche in draws.tranches), terms.principal)
    if draws.limit is not None and drawn > draws.limit:
        yield _wrong(
            "draws_over_limit", "draws",
            text("All draws together are above the limit.", "提款合计超过额度。"),
        )  # fmt: skip


def _rates(terms: Terms) -> Iterator[Problem]:
    index = terms.rates.index
    if index is not None and index.floor is not None and index.ceiling is not None and index.floor > index.ceiling:
        yield _wrong("floor_above_ceiling", "rates", text("The floor is above the ceiling.", "利率下限高于上限。"))
    if any(pause.to_on < pause.from_on for pause in terms.pauses):
        yield _wrong("pause_ends_first", "pauses", text("A pause ends before it begins.", "停息结束日早于开始日。"))


def _dates(terms: Terms) -> Iterator[Problem]:
    days = [day for phase in due_days(terms) for day in phase.days]
    if any(later <= earlier for earlier, later in pairwise([terms.start_on, *days])):
        yield _wrong(
            "dates_out_of_order", "phases",
            text("Due dates must follow one another, after the money goes out.", "还款日须晚于放款日并依次递增。"),
        )  # fmt: skip
    if any(not terms.start_on <= tranche.on < days[-1] for tranche in terms.draws.tranches):
        yield _wrong(
            "tranche_after_the_end", "draws",
            text("A draw must come before the last due date.", "提款日须早于最后还款日。"),
        )  # fmt: skip
    if len(days) > LONGEST:
        yield _wrong("too_many_rows", "phases", text("The plan has too many rows.", "还款计划期数过多。"))


def _doubts(terms: Terms, rows: Sequence[Instalment]) -> Iterator[Problem]:
    last = terms.phases[-1].principal
    paying = [row for row in rows[:-1] if row.payment > 0]
    if last in ("equal_instalment", "steps") and paying and not any(row.principal for row in paying):
        yield _wrong(
            "never_repaid", "phases",
            text("Payments do not even cover the interest; all principal is left to the last.",
                 "每期还款额不足以支付利息，本金全部留到最后一期。"),
            warning=True,
        )  # fmt: skip
    if len(terms.phases) > 1 and rows[-1].opening == 0 and not rows[-1].principal:
        yield _wrong(
            "repaid_too_soon", "phases",
            text("All principal is repaid before the last phase begins.", "本金在最后阶段开始前已全部还清。"),
            warning=True,
        )  # fmt: skip
    if last == "none":
        yield _wrong(
            "principal_left_over", "phases",
            text("No phase repays the principal; it falls due with the last row.",
                 "没有还本阶段，本金于最后一期到期。"),
            warning=True,
        )  # fmt: skip
