"""What keeps one evaluation cheap: its budget of steps, bounds of texts and lists, exact decimals whose failures are
faults.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal, DecimalException, DivisionByZero, Overflow
from typing import Any

from ..limits import CHARACTERS_A_STEP, ITEMS_A_STEP, MAX_LIST, MAX_STEPS, MAX_STRING
from ..problems import Fault


class Budget:
    """How many loop steps an evaluation may still take. Where `near`, dates stay within the years 1 to 9999."""

    __slots__ = ("depth", "left", "limit")
    near = False

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self.left = self.limit = steps
        self.depth = 0

    def spend(self, steps: int = 1) -> None:
        """Take steps; refuses when none are left."""
        self.left -= steps
        if self.left < 0:
            raise self.exhausted()

    def exhausted(self) -> Fault:
        """The fault of taking more steps than there were."""
        return Fault(
            "feel.too_many_steps",
            f"The expression takes more than {self.limit} steps.",
            f"表达式的计算步数超过 {self.limit}。",
        )


class NearBudget(Budget):
    """The budget of strict mode: what is reckoned beyond the years that a database holds is a fault."""

    __slots__ = ()
    near = True


def exact(operation: Callable[..., Decimal], *operands: Any) -> Decimal:
    """A decimal operation whose failures are Faults."""
    try:
        return operation(*operands)
    except DecimalException as error:
        divided = len(operands) == 2 and operands[1] == 0
        raise (division_by_zero() if divided else as_fault(error)) from None


def as_fault(error: DecimalException) -> Fault:
    """What a failed decimal operation means."""
    if isinstance(error, DivisionByZero):
        return division_by_zero()
    if isinstance(error, Overflow):
        return Fault("feel.out_of_range", "The number becomes too large.", "数字过大，超出范围。")
    return Fault("feel.no_result", "This calculation has no result.", "该计算没有结果。")


def division_by_zero() -> Fault:
    """The fault of dividing by zero."""
    return Fault("feel.division_by_zero", "A number is divided by zero.", "除数为零。")


_FREE = frozenset({Decimal, bool, int, dt.date, dt.datetime, dt.timedelta, type(None)})


def pay(budget: Budget | None, *operands: Any) -> None:
    """Spend steps for the length of lists and texts that an operation works through."""
    if budget is None:
        return
    cost = 0
    for one in operands:
        if type(one) in _FREE:
            continue
        if isinstance(one, str):
            cost += len(one) // CHARACTERS_A_STEP
        elif isinstance(one, list | tuple):
            cost += len(one) // ITEMS_A_STEP
    if cost:
        budget.spend(cost)


_FLAT = _FREE | {str}


def pay_all(budget: Budget, *values: Any) -> int:
    """Spend a step for every list, record and item at any depth, for an operation that goes so deep; how many."""
    before, todo = budget.left, list(values)
    while todo:
        one = todo.pop()
        if not isinstance(one, list | tuple):
            one = list(one.values()) if isinstance(one, Mapping) else None
        if one is not None:
            budget.spend(1 + len(one))
            todo += [item for item in one if type(item) not in _FLAT]
    return before - budget.left


def checked_result(value: Any) -> Any:
    """A value that may be handed out: lists within lists are few enough to be written down, however much they share."""
    if type(value) not in _FLAT:
        try:
            pay_all(Budget(MAX_LIST), value)
        except Fault:
            raise list_too_long() from None
    return value


def added_text(left: str, right: str, budget: Budget) -> str:
    """left + right, paid for by its length."""
    pay(budget, left, right)
    return checked_text(left + right)


def checked_text(text: str) -> str:
    """A text that is not too long."""
    if len(text) > MAX_STRING:
        raise text_too_long()
    return text


def text_too_long() -> Fault:
    """The fault of a text that grows too long."""
    return Fault(
        "feel.text_too_long",
        f"The text becomes longer than {MAX_STRING} characters.",
        f"文本长度超过 {MAX_STRING} 个字符。",
    )


def checked_list(items: list[Any]) -> list[Any]:
    """A list that is not too long."""
    if len(items) > MAX_LIST:
        raise list_too_long()
    return items


def list_too_long() -> Fault:
    """The fault of a list that grows too long."""
    return Fault("feel.list_too_long", f"The list becomes longer than {MAX_LIST} items.", f"列表超过 {MAX_LIST} 项。")
