"""Changing the drawing of a flow: steps put in, moved, taken out, ways drawn, led elsewhere, taken away. Pure.

Every verb takes the specification of a flow and gives an `Arranged`: one step of `metadata.steps`, which step of the
flow is looked at afterwards, and in words what else came of it; or the Problem for which it cannot be. A change leaves
the flow as whole as it was: what loses its end is led on, or named.
"""

from loanloom.engines.flows.editing.adding import TYPES, add
from loanloom.engines.flows.editing.connecting import connect, cut, lead, order
from loanloom.engines.flows.editing.moving import move
from loanloom.engines.flows.editing.removing import remove
from loanloom.engines.flows.editing.renaming import rename
from loanloom.engines.flows.editing.shapes import Arranged, Outcome
from loanloom.engines.flows.editing.ways import DrawnWay, drawn_ways, placed

__all__ = [
    "TYPES", "Arranged", "DrawnWay", "Outcome", "add", "connect", "cut", "drawn_ways", "lead", "move", "order",
    "placed", "remove", "rename",
]  # fmt: skip
