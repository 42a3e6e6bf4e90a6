"""Functions over numbers: rounding, arithmetic, statistics."""

from __future__ import annotations

import decimal
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from ..limits import HEAVY
from ..problems import Fault
from ..running import operations
from ..running.budget import division_by_zero, exact
from ..running.values import CONTEXT, same
from .signatures import Library

NUMBERS = Library()
declare = NUMBERS.declare
_WIDE = decimal.Context(prec=200, Emin=-999_999, Emax=999_999, traps=[decimal.InvalidOperation])


def _scale(scale: Decimal) -> int:
    if scale != scale.to_integral_value() or not -6_111 <= scale <= 6_176:
        raise Fault(
            "feel.scale",
            "The number of decimals must be a whole number from -6111 to 6176.",
            "小数位数应为 -6111 至 6176 之间的整数。",
        )
    return int(scale)


def rounded(number: Decimal, scale: Decimal, mode: str) -> Decimal:
    """A number with at most `scale` decimals; never gains digits."""
    number, places = Decimal(number), _scale(Decimal(scale))
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= places:
        return number
    return CONTEXT.plus(number.quantize(Decimal(1).scaleb(-places), rounding=mode, context=_WIDE))


def _rounding(mode: str) -> Callable[..., Decimal]:
    return lambda number, scale=Decimal(0): rounded(number, scale, mode)


for _name, _mode in (
    ("decimal", decimal.ROUND_HALF_EVEN),
    ("round half even", decimal.ROUND_HALF_EVEN),
    ("round up", decimal.ROUND_UP),
    ("round down", decimal.ROUND_DOWN),
    ("round half up", decimal.ROUND_HALF_UP),
    ("round half down", decimal.ROUND_HALF_DOWN),
):
    declare(_name, "n: money, scale: number -> money")(_rounding(_mode))
declare("floor", "n: money, scale?: number -> money")(_rounding(decimal.ROUND_FLOOR))
declare("ceiling", "n: money, scale?: number -> money")(_rounding(decimal.ROUND_CEILING))


@declare("abs", "n: money -> money", "n: days -> days", "n: months -> months")
def _abs(value: Any) -> Any:
    if isinstance(value, Decimal | int):
        return abs(Decimal(value)) if value < 0 else value
    negative = operations.negate(value)
    return max(value, negative)


@declare("modulo", "dividend: money, divisor: money -> money")
def _modulo(dividend: Decimal, divisor: Decimal) -> Decimal:
    if divisor == 0:
        raise division_by_zero()
    try:
        quotient = _WIDE.divide_int(dividend, divisor)
    except decimal.InvalidOperation:
        raise Fault(
            "feel.out_of_range", "The numbers are too far apart for a remainder.", "两数相差过大，无法取余。"
        ) from None
    rest = _WIDE.subtract(dividend, _WIDE.multiply(divisor, quotient))
    return CONTEXT.plus(rest if rest == 0 or (rest < 0) == (divisor < 0) else _WIDE.add(rest, divisor))


def _domain(holds: bool, en: str, zh: str) -> None:
    if not holds:
        raise Fault("feel.no_result", en, zh)


@declare("sqrt", "number: number -> number", heavy=HEAVY)
def _sqrt(number: Decimal) -> Decimal:
    _domain(number >= 0, "A negative number has no square root.", "负数没有平方根。")
    return exact(CONTEXT.sqrt, number)


@declare("log", "number: number -> number", heavy=HEAVY)
def _log(number: Decimal) -> Decimal:
    _domain(number > 0, "Only a positive number has a logarithm.", "只有正数才有对数。")
    return exact(CONTEXT.ln, number)


@declare("exp", "number: number -> number", heavy=HEAVY)
def _exp(number: Decimal) -> Decimal:
    _domain(abs(number) <= 20_000, "The exponent is too large.", "指数过大。")
    return exact(CONTEXT.exp, number)


@declare("odd", "number: number -> boolean")
def _odd(number: Decimal) -> bool:
    return bool(abs(_modulo(number, Decimal(2))) == 1)


@declare("even", "number: number -> boolean")
def _even(number: Decimal) -> bool:
    return bool(_modulo(number, Decimal(2)) == 0)


@declare("count", "list: list -> number")
def _count(items: Sequence[Any]) -> Decimal:
    return Decimal(len(items))


def _extreme(sign: str) -> Callable[[Sequence[Any]], Any]:
    def extreme(items: Sequence[Any]) -> Any:
        best = None
        for one in items:
            if one is None:
                return None
            if best is None or operations.comparison(sign, one, best):
                best = one
        return best

    return extreme


declare("min", "list: list<C> -> C?", "c...: C -> C?")(_extreme("<"))
declare("max", "list: list<C> -> C?", "c...: C -> C?")(_extreme(">"))


@declare("sum", "list: list<days> -> days?", "list: list<months> -> months?")
@declare("sum", "list: list<money> -> money?", "n...: money -> money?")  # declared first: decorators run upwards
def _sum(items: Sequence[Any]) -> Any:
    total = None
    for one in items:
        if one is None:
            return None
        if total is None:
            total = one
        elif isinstance(one, Decimal) and isinstance(total, Decimal):
            total = exact(CONTEXT.add, total, one)
        else:
            total = operations.arithmetic("+", total, one)
    return total


@declare("product", "list: list<bare> -> number?", "n...: bare -> number?")
def _product(items: Sequence[Any]) -> Any:
    if not items or any(one is None for one in items):
        return None
    total = Decimal(1)
    for one in items:
        total = exact(CONTEXT.multiply, total, one)
    return total


@declare("mean", "list: list<money> -> money?", "n...: money -> money?")
def _mean(items: Sequence[Any]) -> Any:
    total = _sum(items)
    return None if total is None else exact(CONTEXT.divide, total, Decimal(len(items)))


@declare("median", "list: list<money> -> money?", "n...: money -> money?")
def _median(items: Sequence[Any]) -> Any:
    if not items or any(one is None for one in items):
        return None
    ordered = sorted(items)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else _mean(ordered[middle - 1 : middle + 1])


@declare("stddev", "list: list<money> -> money?", "n...: money -> money?", heavy=HEAVY)
def _stddev(items: Sequence[Any]) -> Any:
    if any(one is None for one in items):
        return None
    _domain(len(items) > 1, "A standard deviation needs two numbers.", "标准差至少需要两个数。")
    mean = _mean(items)
    squares = [exact(CONTEXT.power, exact(CONTEXT.subtract, one, mean), 2) for one in items]
    return exact(CONTEXT.sqrt, exact(CONTEXT.divide, _sum(squares), Decimal(len(items) - 1)))


@declare("mode", "list: list<money> -> list<money>?", "n...: money -> list<money>?")
def _modes(items: Sequence[Any]) -> Any:
    if any(one is None for one in items):
        return None
    counts: dict[Any, int] = {}
    for one in items:
        counts[one] = counts.get(one, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(one for one, count in counts.items() if count == most)


@declare("is", "value1: Any?, value2: Any? -> boolean")
def _is(first: Any, second: Any) -> bool:
    return same(first, second) and getattr(first, "tzinfo", None) == getattr(second, "tzinfo", None)


@declare("not", "negand: boolean -> boolean")
def _not(value: Any) -> bool:
    return not value


@declare("is defined", "value: Any? -> boolean")
def _is_defined(value: Any) -> bool:
    return value is not None


@declare("get or else", "value: T?, default: T? -> T")
def _get_or_else(value: Any, default: Any) -> Any:
    return default if value is None else value
