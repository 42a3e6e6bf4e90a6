"""What the operators mean: one small function each, over values of any kind. Nulls flow through; what has no value is
a Fault.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from ..limits import HEAVY, MAX_EXPONENT, MAX_LIST
from ..problems import Fault
from ..types import NAMES_ZH, Type, named
from . import temporal, wide
from .budget import Budget, checked_text, division_by_zero, exact, pay, pay_all
from .properties import PROPERTIES
from .values import CONTEXT, Function, Interval, Months, compare, is_a, kind_of, same, wrong_kinds

_DEEP = (list, tuple, Mapping)
_DURATIONS = ("days and time duration", "years and months duration")


def arithmetic(operator: str, left: Any, right: Any, budget: Budget | None = None) -> Any:
    """left + - * / ** right"""
    if left is None or right is None:
        return None
    pay(budget, left, right)
    if operator == "**" and budget is not None:
        budget.spend(HEAVY)
    value = _ARITHMETIC[operator](left, right, kind_of(left), kind_of(right))
    return wide.near(value) if budget is not None and budget.near else value


def _add(left: Any, right: Any, one: str, other: str) -> Any:
    if one == other == "number":
        return exact(CONTEXT.add, left, right)
    if one == other == "string":
        return checked_text(left + right)
    if one == other and one in _DURATIONS:
        return Months(left.total + right.total) if isinstance(left, Months) else temporal.total(left, right)
    if other in _DURATIONS and one in ("date", "time", "date and time"):
        return temporal.shift(left, right)
    if one in _DURATIONS and other in ("date", "time", "date and time"):
        return temporal.shift(right, left)
    raise wrong_kinds("added", "相加", left, right)


def _subtract(left: Any, right: Any, one: str, other: str) -> Any:
    if one == other == "number":
        return exact(CONTEXT.subtract, left, right)
    if (one in ("date", "date and time") and other in ("date", "date and time")) or one == other == "time":
        return temporal.difference(left, right)
    if one == other and one in _DURATIONS:
        return (
            Months(left.total - right.total)
            if isinstance(left, Months)
            else temporal.total(left, temporal.negative(right))
        )
    if other in _DURATIONS and one in ("date", "time", "date and time"):
        return temporal.shift(left, negate(right))
    raise wrong_kinds("subtracted", "相减", left, right)


def _multiply(left: Any, right: Any, one: str, other: str) -> Any:
    if one == other == "number":
        return exact(CONTEXT.multiply, left, right)
    if one in _DURATIONS and other == "number":
        return _scaled(left, right)
    if one == "number" and other in _DURATIONS:
        return _scaled(right, left)
    raise wrong_kinds("multiplied", "相乘", left, right)


def _divide(left: Any, right: Any, one: str, other: str) -> Any:
    if one == other == "number":
        return exact(CONTEXT.divide, left, right)
    if one in _DURATIONS and other == "number":
        if right == 0:
            raise division_by_zero()
        if isinstance(left, Months):
            return Months(_whole(exact(CONTEXT.divide, Decimal(left.total), right)))
        return temporal.from_seconds(exact(CONTEXT.divide, temporal.seconds_of(left), right), fine=temporal.fine(left))
    if one == other and one in _DURATIONS:
        numbers = [Decimal(d.total) if isinstance(d, Months) else temporal.seconds_of(d) for d in (left, right)]
        return exact(CONTEXT.divide, *numbers)
    raise wrong_kinds("divided", "相除", left, right)


def _power(left: Any, right: Any, one: str, other: str) -> Any:
    if not one == other == "number":
        raise wrong_kinds("raised to a power", "做乘方", left, right)
    if abs(right) > MAX_EXPONENT:
        raise Fault("feel.exponent", f"The exponent is larger than {MAX_EXPONENT}.", f"指数超过 {MAX_EXPONENT}。")
    if left == 0 and right < 0:
        raise division_by_zero()
    return exact(CONTEXT.power, left, right)


_ARITHMETIC: Mapping[str, Callable[[Any, Any, str, str], Any]] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
    "**": _power,
}


def _whole(number: Decimal) -> int:
    if abs(number) > 10**12:
        raise Fault("feel.out_of_range", "The duration is out of range.", "时长超出范围。")
    return int(number)


def _scaled(duration: Any, factor: Decimal) -> Any:
    if isinstance(duration, Months):
        return Months(_whole(exact(CONTEXT.multiply, Decimal(duration.total), factor)))
    return temporal.times(duration, factor)


def negate(value: Any) -> Any:
    """-value"""
    if value is None:
        return None
    kind = kind_of(value)
    if kind == "number":
        return CONTEXT.minus(Decimal(value))
    if kind == "years and months duration":
        return Months(-value.total)
    if kind == "days and time duration":
        return temporal.negative(value)
    raise Fault("feel.wrong_type", f"A {kind} has no negative.", f"{NAMES_ZH.get(kind, kind)}不能取负。")


def comparison(operator: str, left: Any, right: Any, budget: Budget | None = None) -> bool | None:
    """left = != < <= > >= right; equality knows null, order gives null for it"""
    pay(budget, left)
    if operator in ("=", "!="):
        _pay_for_comparing(budget, left, right)
        if left is not None and right is not None and kind_of(left) != kind_of(right):
            raise wrong_kinds("compared", "比较", left, right)
        return same(left, right) is (operator == "=")
    order = compare(left, right)
    if order is None:
        return None
    return {"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[operator]


def _pay_for_comparing(budget: Budget | None, left: Any, right: Any) -> None:
    """Equality goes as deep as both sides do; lists of plain values are paid for already."""
    if budget is not None and isinstance(left, _DEEP) and isinstance(right, _DEEP):
        pay_all(budget, left)


def instance_of(value: Any, type_: Type, budget: Budget) -> bool:
    """Whether a value is there and belongs to a type."""
    if type_.item is not None or type_.fields:
        pay_all(budget, value)
    return value is not None and is_a(value, type_)


def within(value: Any, low: Any, high: Any, low_closed: bool, high_closed: bool) -> bool | None:
    """Whether a value lies between two ends; an end that is null leaves it unknown unless the other end decides."""
    above = comparison(">=" if low_closed else ">", value, low)
    below = comparison("<=" if high_closed else "<", value, high)
    if above is False or below is False:
        return False
    return None if above is None or below is None else True


def in_interval(value: Any, interval: Interval) -> bool | None:
    """Whether a value lies in a range; an end left out is infinitely far away."""
    if value is None:
        return None
    above = True if interval.low is None else comparison(">=" if interval.low_closed else ">", value, interval.low)
    below = True if interval.high is None else comparison("<=" if interval.high_closed else "<", value, interval.high)
    return above is True and below is True


def passes(value: Any, test: Any, budget: Budget | None = None) -> bool | None:
    """Whether a value passes a test that is itself a value: equal to it, in the range, in the list."""
    pay(budget, test)
    _pay_for_comparing(budget, value, test)
    if isinstance(test, Interval) and not isinstance(value, Interval):
        return in_interval(value, test)
    if kind_of(test) == "list":
        if kind_of(value) == "list" and same(value, test):
            return True
        return any(_holds(one, value) for one in test)
    if value is not None and test is not None and kind_of(value) != kind_of(test):
        raise wrong_kinds("compared", "比较", value, test)
    return same(value, test)


def _holds(one: Any, value: Any) -> bool:
    if isinstance(one, Interval) and not isinstance(value, Interval):
        kinds = {kind_of(end) for end in (one.low, one.high) if end is not None}
        return kinds == {kind_of(value)} and in_interval(value, one) is True
    return same(value, one)


def member(base: Any, name: str, budget: Budget | None = None) -> Any:
    """base.name; on a list, of each of its items"""
    if base is None:
        return None
    kind = kind_of(base)
    if kind == "context":
        return base.get(name)
    if kind == "list":
        pay(budget, base)
        return [member(one, name) for one in base]
    found = PROPERTIES.get((kind, name))
    if found is None:
        raise Fault(
            "feel.no_member", f"A {kind} has no part named `{name}`.", f"{NAMES_ZH.get(kind, kind)}没有“{name}”。"
        )
    return found(base)


def at_index(items: Any, index: Any) -> Any:
    """The item at a place counted from 1, or from the end with a negative index; null where there is none."""
    if items is None or index is None:
        return None
    if kind_of(items) != "list":
        items = [items]
    if kind_of(index) != "number":
        raise Fault("feel.wrong_type", "The place in a list is a number.", "列表序号应为数字。")
    if abs(index) > MAX_LIST or index != int(index):
        return None
    place = int(index)
    if 0 < place <= len(items):
        return items[place - 1]
    return items[place] if 0 < -place <= len(items) else None


def interval(low: Any, high: Any, low_closed: bool, high_closed: bool) -> Interval | None:
    """A range of two values that go together; null where an end is not known."""
    if low is None or high is None:
        return None
    compare(low, high)
    return Interval(low, high, low_closed, high_closed)


def half_interval(end: Any, closed: bool, *, upwards: bool) -> Interval | None:
    """All values below or above an end; null where that is not known."""
    if end is None:
        return None
    compare(end, end)
    return Interval(end, None, closed, False) if upwards else Interval(None, end, False, closed)


def call(function: Any, arguments: list[Any], budget: Budget, *, strict: bool = True) -> Any:
    """Call a function value. An argument that is not of its declared type is a fault, or null where not strict."""
    if not isinstance(function, Function):
        raise Fault("feel.not_a_function", "Only a function can be called.", "只有函数才能被调用。")
    budget.spend(function.weight)
    if function.native:
        return function.call(arguments, None, budget)
    if len(arguments) != len(function.parameters):
        raise Fault(
            "feel.arguments",
            f"The function takes {len(function.parameters)} arguments, not {len(arguments)}.",
            f"该函数需要 {len(function.parameters)} 个参数，而不是 {len(arguments)} 个。",
        )
    if function.types:
        pay_all(budget, *arguments)
        arguments = [
            _declared(*one, strict) for one in zip(arguments, function.parameters, function.types, strict=True)
        ]
    return function.call(*arguments)


def _declared(value: Any, name: str, type_: Type | None, strict: bool) -> Any:
    """An argument as the type that its parameter declares."""
    from .coercion import coerce

    found = value if type_ is None else coerce(value, type_)
    if strict and type_ is not None and found is None and value is not None:
        (wanted, wanted_zh), kind = named(type_), kind_of(value)
        raise Fault(
            "feel.wrong_type",
            f"`{name}` must be {wanted}, not a {kind}.",
            f"“{name}”应为{wanted_zh}，而不是{NAMES_ZH.get(kind, kind)}。",
        )
    return found
