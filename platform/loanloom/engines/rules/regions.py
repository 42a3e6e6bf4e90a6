"""Which values a unary test admits, as far as that can be known beforehand: to find rows that overlap or are never
reached.

Works on constants only; a test over other facts is `None` (unknown), and nothing is claimed about it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from loanloom.feel import tree as t

Edge = tuple[Any, int]
"""A border value and on which side of it: -1 just below, 0 at it, 1 just above. Ordered as tuples."""


@dataclass(frozen=True, slots=True)
class Region:
    """Spans from edge to edge (both included), or values (or all but them); `null`: what the test gives for null."""

    kind: Literal["spans", "values", "all"]
    spans: tuple[tuple[Edge | None, Edge | None], ...] = ()
    values: frozenset[Any] = frozenset()
    negated: bool = False
    null: bool | None = False

    @property
    def admits_nothing(self) -> bool:
        """Whether no value at all passes."""
        return self.null is not True and (
            (self.kind == "spans" and not self.spans)
            or (self.kind == "values" and not self.values and not self.negated)
        )


ALL = Region("all", null=True)


def region(node: t.Node, slot: str) -> Region | None:
    """What a test admits of the tested value, or None where it cannot be said."""
    match node:
        case t.Constant(value=True):
            return ALL
        case t.Compare(operator=operator, left=t.Local(slot=tested), right=t.Constant(value=value)) if tested == slot:
            return _compared(operator, value)
        case t.Within(value=t.Local(slot=tested), low=t.Constant(value=low), high=t.Constant(value=high)) if (
            tested == slot
        ):
            start = (low, 0 if node.low_closed else 1)
            end = (high, 0 if node.high_closed else -1)
            if not (_ordered(low) and _ordered(high)):
                return None
            return Region("spans", ((start, end),) if start <= end else (), null=None)
        case t.OneOf(value=t.Local(slot=tested), values=values) if tested == slot:
            return Region("values", values=values)
        case t.Logic(operator="or", operands=operands):
            return _united([region(one, slot) for one in operands])
        case t.Not(operand=operand):
            return _inverted(region(operand, slot))
    return None


def _ordered(value: Any) -> bool:
    return isinstance(value, Decimal | dt.date)


def _compared(operator: str, value: Any) -> Region | None:
    if value is None:
        return Region("values", null=operator == "=", negated=operator == "!=")
    if isinstance(value, str | bool):
        if operator == "=":
            return Region("values", values=frozenset((value,)))
        return Region("values", values=frozenset((value,)), negated=True, null=True) if operator == "!=" else None
    if not _ordered(value):
        return None
    spans: dict[str, tuple[tuple[Edge | None, Edge | None], ...]] = {
        "<": ((None, (value, -1)),),
        "<=": ((None, (value, 0)),),
        ">": (((value, 1), None),),
        ">=": (((value, 0), None),),
        "=": (((value, 0), (value, 0)),),
        "!=": ((None, (value, -1)), ((value, 1), None)),
    }
    return Region("spans", spans[operator], null={"=": False, "!=": True}.get(operator))


def _united(parts: Sequence[Region | None]) -> Region | None:
    known = [one for one in parts if one is not None]
    if len(known) < len(parts):
        return None
    if any(one.kind == "all" for one in known):
        return ALL
    nulls = [one.null for one in known]
    null = True if True in nulls else None if None in nulls else False
    if all(one.kind == "spans" for one in known):
        return Region("spans", _merged([span for one in known for span in one.spans]), null=null)
    if all(one.kind == "values" and not one.negated for one in known):
        return Region("values", values=frozenset().union(*(one.values for one in known)), null=null)
    return None


def _merged(spans: list[tuple[Edge | None, Edge | None]]) -> tuple[tuple[Edge | None, Edge | None], ...]:
    """Spans in order, those that touch joined."""
    ordered = sorted(spans, key=lambda one: (one[0] is not None, one[0]) if one[0] is not None else (False,))
    found: list[tuple[Edge | None, Edge | None]] = []
    for low, high in ordered:
        if found and (found[-1][1] is None or low is None or low <= _after(found[-1][1])):
            before = found[-1]
            end = None if before[1] is None or high is None else max(before[1], high)
            found[-1] = (before[0], end)
        else:
            found.append((low, high))
    return tuple(found)


def _after(edge: Edge) -> Edge:
    return (edge[0], edge[1] + 1) if edge[1] < 1 else edge


def _inverted(one: Region | None) -> Region | None:
    if one is None or one.kind == "all":
        return None
    if one.kind == "values":
        return Region("values", values=one.values, negated=not one.negated, null=_opposite(one.null))
    gaps: list[tuple[Edge | None, Edge | None]] = []
    start: Edge | None = None
    open_start = True
    for low, high in _merged(list(one.spans)):
        if low is not None:
            gaps.append((None if open_start else start, (low[0], low[1] - 1) if low[1] > -1 else low))
        if high is None:
            return Region("spans", tuple(gaps), null=_opposite(one.null))
        start, open_start = _after(high), False
    gaps.append((start, None))
    return Region("spans", tuple(gaps), null=_opposite(one.null))


def _opposite(null: bool | None) -> bool | None:
    return None if null is None else not null


def meet(first: Region, second: Region) -> bool:
    """Whether some value passes both."""
    if first.admits_nothing or second.admits_nothing:
        return False
    if first.kind == "all" or second.kind == "all":
        return True
    if first.null is True and second.null is True:
        return True
    if first.kind != second.kind:
        return False
    if first.kind == "spans":
        return any(_touch(one, other) for one in first.spans for other in second.spans)
    if first.negated and second.negated:
        return True
    if first.negated:
        return bool(second.values - first.values)
    return bool(first.values - second.values) if second.negated else bool(first.values & second.values)


def _touch(one: tuple[Edge | None, Edge | None], other: tuple[Edge | None, Edge | None]) -> bool:
    lows = [span[0] for span in (one, other) if span[0] is not None]
    highs = [span[1] for span in (one, other) if span[1] is not None]
    return not lows or not highs or max(lows) <= min(highs)


def covers(outer: Region, inner: Region) -> bool:
    """Whether every value that passes `inner` passes `outer`."""
    if outer.kind == "all" or inner.admits_nothing:
        return True
    if inner.kind == "all" or outer.kind != inner.kind or (inner.null is True and outer.null is not True):
        return False
    if outer.kind == "spans":
        return all(any(_inside(one, other) for other in _merged(list(outer.spans))) for one in inner.spans)
    if outer.negated:
        return inner.values >= outer.values if inner.negated else not inner.values & outer.values
    return not inner.negated and inner.values <= outer.values


def _inside(one: tuple[Edge | None, Edge | None], other: tuple[Edge | None, Edge | None]) -> bool:
    low = other[0] is None or (one[0] is not None and one[0] >= other[0])
    high = other[1] is None or (one[1] is not None and one[1] <= other[1])
    return low and high
