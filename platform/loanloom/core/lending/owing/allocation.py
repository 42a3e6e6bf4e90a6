"""Allocation 入账: splitting one receipt over what is owed, in the agreed order.

Takes debts by instalment and component, gives back what each gets and what is left over. Knows no dates and no loan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from loanloom.core.lending.agreed.terms import COMPONENTS, AllocationOrder, AllocationRule
from loanloom.core.money import ZERO, total


@dataclass(frozen=True, slots=True)
class Due:
    """What one instalment owes, by component."""

    number: int
    amounts: Mapping[str, Decimal]

    @property
    def total(self) -> Decimal:
        """All components together."""
        return total(self.amounts.values())


@dataclass(frozen=True, slots=True)
class Applied:
    """A part of a receipt that paid a part of a debt."""

    number: int
    component: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Allocation:
    """The whole split; applied amounts and left_over add up to the receipt."""

    applied: tuple[Applied, ...]
    left_over: Decimal


def _turns(dues: Sequence[Due], order: AllocationOrder | AllocationRule) -> Iterator[tuple[Due, str]]:
    components = (*order.order, *(name for name in COMPONENTS if name not in order.order))
    if order.by == "component":
        return ((due, component) for component in components for due in dues)
    return ((due, component) for due in dues for component in components)


def allocate(amount: Decimal, dues: Sequence[Due], order: AllocationOrder | AllocationRule) -> Allocation:
    """Pay the debts greedily in the agreed order; `dues` come oldest first."""
    left, applied = amount, []
    for due, component in _turns(dues, order):
        if left <= 0:
            break
        part = min(left, due.amounts.get(component, ZERO))
        if part > 0:
            applied.append(Applied(due.number, component, part))
            left -= part
    return Allocation(tuple(applied), left)


def by_component(applied: Sequence[Applied]) -> dict[str, Decimal]:
    """The sums over instalments."""
    sums: dict[str, Decimal] = {}
    for part in applied:
        sums[part.component] = sums.get(part.component, ZERO) + part.amount
    return sums
