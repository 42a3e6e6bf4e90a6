"""Principal repaid before it is due, on a loan whose interest follows what is outstanding.

The money is principal on the day it comes, so from that day on less bears interest. It stands in the running row (the
one due on the day, or the next), whose interest stays owed; `then` says what the later rows do with what the running
row got beyond its own principal.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from loanloom.core.lending.replanning.levels import relevel
from loanloom.core.lending.replanning.working import Plan, Row
from loanloom.core.money import ZERO, total

_UNBOUND = Decimal("Infinity")


def running_row(plan: Plan, on: date) -> Row | None:
    """The row that principal repaid on a day stands in: the one due then, or the next."""
    return next((row for row in plan.open_rows if row.due_on >= on), None)


def prepay(plan: Plan, on: date, amount: Decimal, then: str) -> int | None:
    """Repay principal early and make the rest anew: `then` the instalments get smaller (instalment), the plan gets
    shorter from its end (last_instalment), or what falls due next gets smaller (next). The row it stands in, or None
    where nothing is ahead or everything would be repaid."""
    row = running_row(plan, on)
    if row is None or amount >= total(each.unpaid for each in plan.open_rows if each.due_on >= on):
        return None
    plan.pay(row, "principal", amount, on)
    own = row.full_level - _interest(plan, row, on)
    beyond = max(row.principal_paid - max(own, ZERO), ZERO)
    if beyond:
        row.level += row.principal_paid - own
        row.agreed = row.level
    plan.settle(on)
    later = [each for each in plan.open_rows if each.due_on > row.due_on]
    if beyond and later and then == "instalment":
        relevel(plan, later, _left(later), on, even=plan.terms.residual == "spread")
    elif beyond and then == "next":
        _move_on(plan, later, min(beyond, amount), on)
    return row.number


def _left(rows: list[Row]) -> Decimal:
    """What is to be repaid over the rows, without what was charged back into them."""
    return total(row.unpaid - row.credited_principal for row in rows)


def _interest(plan: Plan, row: Row, on: date) -> Decimal:
    """What a row bears in all, however much it takes."""
    free = plan.copy()
    free.row(row.number).level = _UNBOUND
    return free.project(on)[row.number].interest


def _move_on(plan: Plan, later: list[Row], ahead: Decimal, on: date) -> None:
    """Take what was repaid ahead off the rows that come next, one after another; the last one takes what is left."""
    for place, row in enumerate(later):
        for each in later[place:]:
            each.level = each.agreed
        plan.settle(on)
        less = min(ahead, max(row.unpaid, ZERO))
        if row is later[-1] or less <= 0:
            return
        row.agreed = row.level = row.level - less
        ahead -= less
