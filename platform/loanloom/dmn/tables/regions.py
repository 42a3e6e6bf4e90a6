"""Which values a test admits, as far as that can be known beforehand: spans between constants, and its answer to null.

The index finds rows by it, the analysis gaps and overlaps. A test over other facts has no region, and nothing is
claimed about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from loanloom.dmn.tables.keys import keyed
from loanloom.feel import Interval, Program
from loanloom.feel import tree as t
from loanloom.feel.problems import Fault
from loanloom.feel.running.interpreter import Interpreter, Located

Edge = tuple[Any, int]
"""A border key and on which side of it: -1 just below, 0 at it, 1 just above. Ordered as tuples."""
Span = tuple[Edge | None, Edge | None]
"""From edge to edge, both included; None is infinitely far away."""

_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
_EVERYTHING: tuple[Span, ...] = ((None, None),)


@dataclass(frozen=True, slots=True)
class Region:
    """The values that pass: spans in order, none touching another. `kind` is the kind of the constants it was made from
    (None: of every kind alike); `null` is what the test gives for null.
    """

    spans: tuple[Span, ...]
    null: bool | None = False
    kind: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all passes, not even null."""
        return not self.spans and self.null is not True

    @property
    def is_all(self) -> bool:
        """Whether everything passes, null too."""
        return self.spans == _EVERYTHING and self.null is True

    def admits(self, key: Any) -> bool:
        """Whether the value with this key passes."""
        edge = (key, 0)
        return any((low is None or low <= edge) and (high is None or edge <= high) for low, high in self.spans)


ALL = Region(_EVERYTHING, null=True)
NOTHING = Region((), null=False)


def region_of(test: Program) -> Region | None:
    """What a program of unary tests admits of its tested value, or None where it cannot be said."""
    return region(test.tree, test.tested) if test.tested is not None else None


def region(node: t.Node, slot: str) -> Region | None:
    """What a test admits of the value in `slot`, or None where it cannot be said."""
    match node:
        case t.Constant(value=value):
            return ALL if value is True else NOTHING if value is False else Region((), null=None)
        case t.Compare(operator=operator, left=left, right=right):
            if _is_tested(left, slot):
                return _compared(operator, right)
            return _compared(_FLIPPED[operator], left) if _is_tested(right, slot) else None
        case t.Within(value=value, low=low, high=high) if _is_tested(value, slot):
            return _between(low, high, node.low_closed, node.high_closed)
        case t.OneOf(value=value, values=values) if _is_tested(value, slot):
            return Region(merged([_point(one) for one in values]), kind="string")
        case t.Passes(value=value, test=test) if _is_tested(value, slot):
            return _passed(value.type.kind, test)
        case t.Logic(operator=operator, operands=operands):
            parts = [region(one, slot) for one in operands]
            return joined(parts) if operator == "or" else common(parts)
        case t.Not(operand=operand):
            return inverted(region(operand, slot))
    return None


def _is_tested(node: t.Node, slot: str) -> bool:
    return isinstance(node, t.Local) and node.slot == slot


_UNKNOWN = object()


def _constant(node: t.Node) -> Any:
    """The value of a node that reads nothing, or _UNKNOWN."""
    if isinstance(node, t.Constant):
        return node.value
    if any(isinstance(one, t.Input | t.Local | t.Lambda | t.Invoke | t.Wrong) for one in t.walk(node)):
        return _UNKNOWN
    try:
        return Interpreter({}).run(node)
    except (Located, Fault, RecursionError):
        return _UNKNOWN


def _point(key: Any) -> Span:
    return (key, 0), (key, 0)


def _compared(operator: str, other: t.Node) -> Region | None:
    value = _constant(other)
    if value is None:
        if operator == "=":
            return Region((), null=True)
        return Region(_EVERYTHING, null=False) if operator == "!=" else Region((), null=None)
    found = keyed(value) if value is not _UNKNOWN else None
    if found is None:
        return None
    kind, key = found
    if operator not in ("=", "!=") and kind == "boolean":
        return None
    spans: dict[str, tuple[Span, ...]] = {
        "<": ((None, (key, -1)),),
        "<=": ((None, (key, 0)),),
        ">": (((key, 1), None),),
        ">=": (((key, 0), None),),
        "=": (_point(key),),
        "!=": ((None, (key, -1)), ((key, 1), None)),
    }
    return Region(spans[operator], {"=": False, "!=": True}.get(operator), kind)


def _between(low: t.Node, high: t.Node, low_closed: bool, high_closed: bool) -> Region | None:
    ends = [_constant(low), _constant(high)]
    if any(one is _UNKNOWN or one is None for one in ends):
        return None
    return _span(ends[0], ends[1], low_closed, high_closed)


def _span(low: Any, high: Any, low_closed: bool, high_closed: bool) -> Region | None:
    one, other = (keyed(end) if end is not None else None for end in (low, high))
    kinds = {found[0] for found in (one, other) if found is not None}
    if len(kinds) != 1 or kinds == {"boolean"} or (one is None) != (low is None) or (other is None) != (high is None):
        return None
    start = (one[1], 0 if low_closed else 1) if one is not None else None
    end = (other[1], 0 if high_closed else -1) if other is not None else None
    empty = start is not None and end is not None and start > end
    return Region(() if empty else ((start, end),), None, kinds.pop())


def _passed(tested: str, test: t.Node) -> Region | None:
    """A test that is a value: equal to it, in the range, in the list. Of a tested list nothing is said."""
    value = _constant(test)
    if value is _UNKNOWN or tested == "list":
        return None
    if isinstance(value, Interval):
        return _span(value.low, value.high, value.low_closed, value.high_closed)
    if isinstance(value, list | tuple):
        parts = [_member(one) for one in value]
        return joined(parts) if parts else NOTHING
    return _member(value)


def _member(value: Any) -> Region | None:
    if value is None:
        return Region((), null=True)
    if isinstance(value, Interval):
        found = _span(value.low, value.high, value.low_closed, value.high_closed)
        return None if found is None else Region(found.spans, False, found.kind)
    found_key = keyed(value)
    return None if found_key is None else Region((_point(found_key[1]),), False, found_key[0])


def _known(parts: Sequence[Region | None]) -> tuple[list[Region], str | None] | None:
    """The regions and their one kind; None where one is not known or they are of several kinds."""
    known = [one for one in parts if one is not None]
    kinds = {one.kind for one in known if one.kind is not None}
    if len(known) < len(parts) or len(kinds) > 1:
        return None
    return known, next(iter(kinds), None)


def joined(parts: Sequence[Region | None]) -> Region | None:
    """What passes one of them at least."""
    if any(one is not None and one.is_all for one in parts) and None not in parts:
        return ALL
    found = _known(parts)
    if found is None:
        return None
    nulls = [one.null for one in found[0]]
    null = True if True in nulls else None if None in nulls else False
    return Region(merged([span for one in found[0] for span in one.spans]), null, found[1])


def common(parts: Sequence[Region | None]) -> Region | None:
    """What passes all of them."""
    found = _known(parts)
    if found is None:
        return None
    spans = _EVERYTHING
    for one in found[0]:
        spans = _met(spans, one.spans)
    nulls = [one.null for one in found[0]]
    null = False if False in nulls else None if None in nulls else True
    return Region(spans, null, found[1])


def inverted(one: Region | None) -> Region | None:
    """What does not pass."""
    if one is None:
        return None
    gaps: list[Span] = []
    start: Edge | None = None
    for low, high in one.spans:
        if low is not None:
            gaps.append((start, (low[0], low[1] - 1)))
        if high is None:
            break
        start = (high[0], high[1] + 1)
    else:
        gaps.append((start, None))
    return Region(tuple(gaps), None if one.null is None else not one.null, one.kind)


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in order, those that touch joined."""
    ordered = sorted(spans, key=lambda one: (one[0] is not None, one[0]) if one[0] is not None else (False,))
    found: list[Span] = []
    for low, high in ordered:
        if found and _touch(found[-1][1], low):
            before = found[-1]
            found[-1] = (before[0], None if before[1] is None or high is None else max(before[1], high))
        else:
            found.append((low, high))
    return tuple(found)


def _touch(end: Edge | None, start: Edge | None) -> bool:
    return end is None or start is None or start <= (end[0], end[1] + 1)


def _met(first: Sequence[Span], second: Sequence[Span]) -> tuple[Span, ...]:
    found: list[Span] = []
    for one_low, one_high in first:
        for other_low, other_high in second:
            low = one_low if other_low is None or (one_low is not None and one_low >= other_low) else other_low
            high = one_high if other_high is None or (one_high is not None and one_high <= other_high) else other_high
            if low is None or high is None or low <= high:
                found.append((low, high))
    return tuple(found)
