"""Credit lines: what is used, frozen and free, revolving or not, shared by several customers or cut into sub-limits.

Amounts alone; who may draw and which loans belong to a line is kept elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from loanloom.core.money import CENTS, ZERO, Rounding, formatted, total
from loanloom.problems import Problem, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`used` is principal outstanding on the line, `drawn` all principal ever drawn, `frozen` what applications under
    way have reserved. A revolving line gets back what is repaid; another is used up by what was drawn."""

    limit: Decimal
    revolving: bool = True
    used: Decimal = ZERO
    drawn: Decimal = ZERO
    frozen: Decimal = ZERO

    @property
    def taken(self) -> Decimal:
        """What counts against the limit besides frozen amounts."""
        return self.used if self.revolving else self.drawn

    @property
    def available(self) -> Decimal:
        """What may still be asked for; never below zero, also after the limit was lowered."""
        return max(self.limit - self.taken - self.frozen, ZERO)


@dataclass(frozen=True, slots=True)
class Move:
    """A line after a step, or unchanged with the reason why not."""

    line: Line
    problem: Problem | None = None

    @property
    def accepted(self) -> bool:
        """Whether the step was taken."""
        return self.problem is None


def _refused(line: Line, code: str, en: str, zh: str) -> Move:
    return Move(line, Problem(code=code, message=text(en, zh), field="amount"))


def _unfit(line: Line, amount: Decimal, rounding: Rounding) -> Move | None:
    if amount.is_finite() and amount > 0 and rounding.holds(amount):
        return None
    return _refused(line, "line.amount", "The amount must be money greater than zero.", "金额必须大于零且位数正确。")


def freeze(line: Line, amount: Decimal, rounding: Rounding = CENTS) -> Move:
    """Reserve for an application; refused beyond what is available."""
    bad = _unfit(line, amount, rounding)
    if bad is not None:
        return bad
    if amount > line.available:
        free = formatted(line.available, rounding.digits)
        return _refused(line, "line.not_enough", f"Only {free} of the line is free.", f"额度可用余额仅 {free}。")
    return Move(replace(line, frozen=line.frozen + amount))


def release(line: Line, amount: Decimal, rounding: Rounding = CENTS) -> Move:
    """Give back what an application had reserved: refused, withdrawn, expired."""
    bad = _unfit(line, amount, rounding)
    if bad is not None:
        return bad
    if amount > line.frozen:
        held = formatted(line.frozen, rounding.digits)
        return _refused(line, "line.not_frozen", f"Only {held} is reserved.", f"已冻结额度仅 {held}。")
    return Move(replace(line, frozen=line.frozen - amount))


def use(
    line: Line, amount: Decimal, rounding: Rounding = CENTS, *, frozen: bool = True
) -> Move:  # fmt: skip
    """Pay out: what was frozen becomes used, or, where nothing was, takes of what is available."""
    before = release(line, amount, rounding) if frozen else freeze(line, amount, rounding)
    if not before.accepted:
        return Move(line, before.problem)
    return Move(replace(
        line, frozen=line.frozen - amount if frozen else line.frozen, used=line.used + amount, drawn=line.drawn + amount
    ))  # fmt: skip


def restore(line: Line, amount: Decimal, rounding: Rounding = CENTS) -> Move:
    """Principal repaid: free again only where the line revolves."""
    bad = _unfit(line, amount, rounding)
    if bad is not None:
        return bad
    if amount > line.used:
        used = formatted(line.used, rounding.digits)
        return _refused(line, "line.not_used", f"Only {used} is outstanding.", f"未偿还本金仅 {used}。")
    return Move(replace(line, used=line.used - amount))


def together(limit: Decimal, parts: Sequence[Line], *, revolving: bool = True) -> Line:
    """The line that several parts share."""
    return Line(
        limit=limit,
        revolving=revolving,
        used=total(part.used for part in parts),
        drawn=total(part.drawn for part in parts),
        frozen=total(part.frozen for part in parts),
    )
