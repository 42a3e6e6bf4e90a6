"""What generated code and the interpreter share beyond the operators: loops, filters, calls and the three-valued
logic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from ..problems import Fault
from . import operations, wide
from .budget import Budget, checked_list
from .values import Interval, compare, kind_of

Source = Callable[..., Any]


def truth(value: Any) -> bool | None:
    """A value that must be true, false or null."""
    if value is None or value is True or value is False:
        return value
    raise Fault("feel.not_a_condition", f"Expected true or false, found a {kind_of(value)}.", "此处应为是或否。")


def negation(value: Any) -> bool | None:
    """not, three-valued"""
    value = truth(value)
    return None if value is None else not value


def conjunction(operands: Iterable[Any]) -> bool | None:
    """and: false decides, null leaves unknown"""
    result: bool | None = True
    for one in operands:
        one = truth(one)
        if one is False:
            return False
        if one is None:
            result = None
    return result


def disjunction(operands: Iterable[Any]) -> bool | None:
    """or: true decides, null leaves unknown"""
    result: bool | None = False
    for one in operands:
        one = truth(one)
        if one is True:
            return True
        if one is None:
            result = None
    return result


def items_of(value: Any, budget: Budget) -> Sequence[Any] | None:
    """What a loop runs over: a list, the whole numbers of a range, or the one value."""
    if value is None:
        return None
    if isinstance(value, Interval):
        first, last = value.low, value.high
        if (compare(first, last) or 0) > 0:
            raise Fault("feel.not_a_range", "The range ends before it begins.", "区间的终点早于起点。")
        found = range_steps(first, last, budget)
        if not value.low_closed:
            found = found[1:]
        return found if value.high_closed else found[:-1]
    return value if kind_of(value) == "list" else [value]


def filtered(value: Any, keep: Callable[[Any], Any], budget: Budget, weight: int = 1) -> Any:
    """The items for which `keep` holds; a number from `keep` is an index"""
    if value is None:
        return None
    items = value if kind_of(value) == "list" else [value]
    budget.spend(len(items) * weight)
    found = []
    for one in items:
        kept = keep(one)
        if kept is True:
            found.append(one)
        elif kept is not None and kept is not False:
            if kind_of(kept) == "number":
                return operations.at_index(items, kept)
            truth(kept)
    return found


def combinations(
    sources: Sequence[Source], budget: Budget, weight: int, bound: tuple[Any, ...] = ()
) -> Iterator[tuple[Any, ...]]:
    """Every combination of the loops' items; each source is asked with the items bound before it."""
    source = sources[len(bound)](*bound)
    items = items_of(source, budget)
    if items is None:
        raise NoItems
    for one in items:
        budget.spend(weight)
        if len(bound) + 1 == len(sources):
            yield (*bound, one)
        else:
            yield from combinations(sources, budget, weight, (*bound, one))


class NoItems(Exception):
    """A loop's list is null: so is its result."""


def for_each(sources: Sequence[Source], body: Source, budget: Budget, weight: int = 1) -> Any:
    """for ... return ..."""
    results: list[Any] = []
    try:
        for bound in combinations(sources, budget, weight):
            results.append(body(*bound, results))
    except NoItems:
        return None
    return checked_list(results)


def some(sources: Sequence[Source], condition: Source, budget: Budget, weight: int = 1) -> Any:
    """some ... satisfies ..."""
    try:
        return disjunction(condition(*bound) for bound in combinations(sources, budget, weight))
    except NoItems:
        return None


def every(sources: Sequence[Source], condition: Source, budget: Budget, weight: int = 1) -> Any:
    """every ... satisfies ..."""
    try:
        return conjunction(condition(*bound) for bound in combinations(sources, budget, weight))
    except NoItems:
        return None


def range_steps(start: Any, end: Any, budget: Budget) -> list[Any]:
    """The whole numbers or days from start to end, backwards too."""
    kind = kind_of(start)
    if start is None or end is None or kind != kind_of(end) or kind not in ("number", "date"):
        raise Fault(
            "feel.wrong_type",
            "A loop runs from a whole number to a whole number, or from a date to a date.",
            "循环区间两端须同为整数或同为日期。",
        )
    if kind == "date":
        first, last = start.toordinal(), end.toordinal()
    else:
        if abs(start) > 10**15 or abs(end) > 10**15 or start != int(start) or end != int(end):
            raise Fault("feel.wrong_type", "A loop runs over whole numbers.", "循环区间两端须为整数。")
        first, last = int(start), int(end)
    budget.spend(abs(last - first) + 1)
    numbers = range(first, last + 1) if first <= last else range(first, last - 1, -1)
    return [wide.date_at(one) for one in numbers] if kind == "date" else [Decimal(one) for one in numbers]


def arranged(parameters: Sequence[str], arguments: list[Any], names: Sequence[str] | None) -> list[Any]:
    """Arguments in the order of the parameters."""
    if names is None:
        return arguments
    given = dict(zip(names, arguments, strict=True))
    if set(given) != set(parameters):
        raise Fault(
            "feel.arguments",
            f"The function takes {', '.join(parameters)}.",
            f"该函数的参数为：{'、'.join(parameters)}。",
        )
    return [given[one] for one in parameters]


def look_up(facts: Mapping[str, Any], path: Sequence[str]) -> Any:
    """A fact by its path; null where any part is missing."""
    value: Any = facts
    for name in path:
        if value is None:
            return None
        value = value.get(name) if isinstance(value, Mapping) else operations.member(value, name)
    return value


__all__ = [
    "Budget",
    "Decimal",
    "NoItems",
    "arranged",
    "combinations",
    "conjunction",
    "disjunction",
    "every",
    "filtered",
    "for_each",
    "items_of",
    "look_up",
    "negation",
    "range_steps",
    "some",
    "truth",
]
