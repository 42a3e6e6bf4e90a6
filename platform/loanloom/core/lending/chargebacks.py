"""What a receipt that is taken back makes owed again, by component: what it paid, in the order the product says."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from loanloom.core.lending.events import Event, RepaymentReceived
from loanloom.core.lending.events.chargebacks import ChargedBack
from loanloom.core.lending.owing.allocation import by_component
from loanloom.core.money import ZERO


def owed_again(
    events: Sequence[Event], receipt: RepaymentReceived, earlier: Sequence[ChargedBack], amount: Decimal,
    order: Sequence[str],
) -> dict[str, Decimal]:  # fmt: skip
    """The parts of a receipt that `amount` of it makes owed again, after earlier amounts of it did; without an order
    all of it is principal."""
    if receipt not in events:
        raise ValueError("only a receipt of this loan can be taken back")
    if not order:
        return {"principal": amount}
    left = by_component(receipt.applied)
    for event in earlier:
        for component, part in by_component(event.applied).items():
            left[component] = left.get(component, ZERO) - part
    found: dict[str, Decimal] = {}
    for component in order:
        part = min(max(left.get(component, ZERO), ZERO), amount)
        if part:
            found[component] = part
            amount -= part
    if amount:
        found["principal"] = found.get("principal", ZERO) + amount
    return found
