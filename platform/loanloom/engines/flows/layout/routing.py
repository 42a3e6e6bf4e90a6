"""Ways at right angles between two layers: each branching is one bus, on a track of its own where others would meet it.

A net is what leaves one point: a stem, a bus across, and a drop to each target. Nets whose buses would lie on each
other get tracks one under the other, in the order that crosses least.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

TRACK = 14
"""Between two buses."""
NEAR = 6
"""Lines nearer than this look like one."""


@dataclass(frozen=True, slots=True)
class Net:
    """From where, to where, across the layers."""

    source: int
    targets: tuple[int, ...]

    @property
    def low(self) -> int:
        """Its left end."""
        return min(self.source, *self.targets)

    @property
    def high(self) -> int:
        """Its right end."""
        return max(self.source, *self.targets)

    @property
    def straight(self) -> bool:
        """Whether it needs no bus."""
        return self.low == self.high


def tracks(nets: Sequence[Net]) -> list[int]:
    """The track of each net, from 0 downwards; nets that need none get 0."""
    bent = [at for at, net in enumerate(nets) if not net.straight]
    found = [0] * len(nets)
    order: list[int] = []
    while bent:
        chosen = min(bent, key=lambda at: (sum(_cost(nets[at], nets[other]) for other in bent if other != at), at))
        bent.remove(chosen)
        order.append(chosen)
    for place, at in enumerate(order):
        above = [found[other] for other in order[:place] if _touch(nets[at], nets[other])]
        found[at] = max(above, default=-1) + 1
    return found


def _touch(one: Net, other: Net) -> bool:
    return one.low <= other.high + NEAR and other.low <= one.high + NEAR


def _cost(upper: Net, lower: Net) -> int:
    """What it costs to run one bus above another: a crossing counts one, lines on top of each other very much."""
    if not _touch(upper, lower):
        return 0
    cost = sum(1 for drop in upper.targets if lower.low < drop < lower.high)
    cost += 1 if upper.low < lower.source < upper.high else 0
    cost += sum(20 for drop in upper.targets if abs(drop - lower.source) < NEAR)
    return cost
