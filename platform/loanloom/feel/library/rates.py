"""Instalments, present values and rates of return. Rates are shares of one: 0.01 is one per cent.

Formulas name their source; each is worked out with 50 digits and rounded once, so that a result is the same everywhere.
"""

from __future__ import annotations

import decimal
import itertools
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final

from ..limits import HEAVY
from ..problems import Fault
from ..running.budget import Budget, exact
from ..running.values import CONTEXT
from .numbers import rounded
from .signatures import Library

RATES = Library()
declare = RATES.declare

WIDE: Final = decimal.Context(
    prec=50,
    rounding=decimal.ROUND_HALF_EVEN,
    Emin=-999_999,
    Emax=999_999,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)
"""Where formulas are worked out; only the result is rounded to the language's 34 digits."""

MAX_PERIODS: Final = 12_000
"""Periods of a loan: a thousand years of months."""

RATE_DIGITS: Final = 12
"""Decimals of a rate of return: the root is found to 1e-16 and rounded half to even."""

TOLERANCE: Final = Decimal("1e-16")
"""How far from the root the search may end."""

HIGHEST_RATE: Final = Decimal(10_000)
"""No rate of return per period above this is looked for (a million per cent)."""

LOWEST: Final = Decimal("1e-9")
"""How near to -100 % a rate of return is looked for."""


def worked_out(formula: Callable[[], Decimal]) -> Decimal:
    """The value of a formula that is worked out with all digits, rounded to the language's own."""
    with decimal.localcontext(WIDE):
        value = exact(formula)
    return exact(CONTEXT.plus, value)


def _refused(en: str, zh: str) -> Fault:
    return Fault("feel.arguments", en, zh)


def _periods(number: Decimal) -> int:
    if number != number.to_integral_value() or not 1 <= number <= MAX_PERIODS:
        raise _refused(
            f"The number of periods is a whole number from 1 to {MAX_PERIODS}.", f"期数应为 1 至 {MAX_PERIODS} 的整数。"
        )
    return int(number)


def _not_negative(rate: Decimal) -> Decimal:
    if rate < 0:
        raise _refused("The rate must not be negative.", "利率不能为负数。")
    return rate


def _annuity(rate: Decimal, count: int) -> Decimal:
    """What payments of 1 at the end of each period are worth at the start: (1 - (1 + i)^-n) / i."""
    return (1 - 1 / (1 + rate) ** count) / rate if _not_negative(rate) else Decimal(count)


@declare("instalment", "principal: money, rate: bare, periods: bare -> money", heavy=HEAVY)
def _instalment(principal: Decimal, rate: Decimal, periods: Decimal) -> Decimal:
    """The level payment that repays a principal with interest at a rate per period, not rounded (等额本息).

    P * i / (1 - (1 + i)^-n), the annuity formula (S. G. Kellison, The Theory of Interest, chapter 3); P / n without
    interest.
    """
    count = _periods(periods)
    return worked_out(lambda: principal / _annuity(rate, count))


@declare("affordable principal", "instalment: money, rate: bare, periods: bare -> money", heavy=HEAVY)
def _affordable(instalment: Decimal, rate: Decimal, periods: Decimal) -> Decimal:
    """The principal that a level payment repays: the same formula the other way round, not rounded."""
    count = _periods(periods)
    return worked_out(lambda: instalment * _annuity(rate, count))


@declare("effective rate", "rate: bare, periods: bare -> bare", heavy=HEAVY)
def _effective(rate: Decimal, periods: Decimal) -> Decimal:
    """A rate per period compounded over so many periods: (1 + i)^n - 1 (Kellison, chapter 1)."""
    count = _periods(periods)
    return worked_out(lambda: (1 + _not_negative(rate)) ** count - 1)


@declare("npv", "rate: bare, cash flows: list<money> -> money?", heavy=HEAVY)
def _npv(rate: Decimal, flows: Sequence[Any]) -> Any:
    """What flows one period apart are worth at the moment of the first, which is not discounted."""
    if not flows or any(one is None for one in flows):
        return None
    if rate <= -1:
        raise _refused("The rate must be above -100%.", "利率须大于 -100%。")
    return worked_out(lambda: _worth(flows, _every_period(flows), 1 / (1 + rate)))


@declare("irr", "cash flows: list<money> -> bare?", budget=True)
def _irr(budget: Budget, flows: Sequence[Any]) -> Any:
    """The rate per period at which flows one period apart are worth nothing, to 12 decimals.

    Flows whose sign changes once have exactly one such rate (Descartes' rule of signs); others are refused.
    """
    if any(one is None for one in flows):
        return None
    return _root(budget, flows, _every_period(flows), lambda rate: 1 / (1 + rate))


@declare("xirr", "cash flows: list<money>, dates: list<date> -> bare?", budget=True)
def _xirr(budget: Budget, flows: Sequence[Any], dates: Sequence[Any]) -> Any:
    """The compound yearly rate of dated flows, by actual days over 365 from the first date, to 12 decimals."""
    if any(one is None for one in (*flows, *dates)):
        return None
    if len(flows) != len(dates):
        raise _refused("Each cash flow needs a date.", "现金流与日期的个数不一致。")
    dated = sorted(zip((one.toordinal() for one in dates), flows, strict=True), key=lambda pair: pair[0])
    gaps = [0, *(later[0] - earlier[0] for earlier, later in itertools.pairwise(dated))]
    if sum(gaps) > 366 * 1_000:
        raise _refused("The dates lie more than a thousand years apart.", "日期相隔超过一千年。")
    return _root(budget, [amount for _, amount in dated], gaps, lambda rate: (1 + rate) ** (Decimal(-1) / 365))


def _every_period(flows: Sequence[Any]) -> list[int]:
    return [0, *[1] * (len(flows) - 1)]


def _worth(flows: Sequence[Decimal], gaps: Sequence[int], factor: Decimal) -> Decimal:
    """Flows discounted to the first by a factor for each step of the gap before a flow."""
    value = Decimal(0)
    for amount, gap in zip(reversed(flows), reversed(gaps), strict=True):
        value = (value + amount) * factor**gap if gap else value + amount
    return value


def _root(
    budget: Budget, flows: Sequence[Decimal], gaps: Sequence[int], factor: Callable[[Decimal], Decimal]
) -> Decimal:
    """The rate at which the flows are worth nothing."""
    signs = [one > 0 for one in flows if one]
    if sum(first != second for first, second in itertools.pairwise(signs)) != 1:
        raise Fault(
            "feel.no_result",
            "Cash flows have one rate of return where their sign changes once.",
            "现金流的正负方向恰好变化一次时才有唯一的收益率。",
        )
    towards = -1 if signs[0] else 1

    def worth(rate: Decimal) -> Decimal:
        budget.spend(10 + len(flows) // 2)
        return towards * _worth(flows, gaps, factor(rate))

    with decimal.localcontext(WIDE):
        rate = exact(_crossing, worth)
    return rounded(rate, Decimal(RATE_DIGITS), decimal.ROUND_HALF_EVEN)


def _crossing(worth: Callable[[Decimal], Decimal]) -> Decimal:
    """Where a function that falls through zero once does so: secants held inside a bracket (Illinois), bounded."""
    low, high = _bracket(worth)
    at_low, at_high, side = worth(low), worth(high), 0
    for _ in range(300):
        if high - low <= TOLERANCE or at_low == at_high:
            break
        middle = (low * at_high - high * at_low) / (at_high - at_low)
        if not low < middle < high:
            middle = (low + high) / 2
        at_middle = worth(middle)
        if not at_middle:
            return middle
        if at_middle < 0:
            at_low, side = (at_low / 2 if side < 0 else at_low), -1
            high, at_high = middle, at_middle
        else:
            at_high, side = (at_high / 2 if side > 0 else at_high), 1
            low, at_low = middle, at_middle
    return (low + high) / 2


def _bracket(worth: Callable[[Decimal], Decimal]) -> tuple[Decimal, Decimal]:
    """Two rates between which it crosses zero, looked for outwards from zero."""
    if worth(Decimal(0)) >= 0:
        low, high = Decimal(0), Decimal("0.02")
        while worth(high) > 0:
            low, high = high, high * 2
            if high > HIGHEST_RATE:
                raise _no_rate()
        return low, high
    high, above = Decimal(0), Decimal("0.98")  # rates come close to -100 % as `above` falls
    while worth(above - 1) < 0:
        high, above = above - 1, above / 2
        if above < LOWEST:
            raise _no_rate()
    return above - 1, high


def _no_rate() -> Fault:
    return Fault(
        "feel.no_result",
        f"No rate of return lies between -100 % and {HIGHEST_RATE:,} per period.",
        f"在 -100% 与每期 {HIGHEST_RATE:,} 倍之间没有收益率。",
    )
