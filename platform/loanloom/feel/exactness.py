"""Scale analysis: what every number of a tree fits in, so that a target with fixed scales agrees digit by digit.

FEEL rounds every operation to 34 significant digits, half to even. Where every exact intermediate fits 34 digits no
rounding ever happens, and whoever computes exactly gets the same. The analysis proves that, or says where it fails.
"""

from __future__ import annotations

from . import tree as t
from .problems import FeelProblem
from .types import Digits


class Exactness:
    """The analysis of one tree. `source` is its text, for the places of problems."""

    def __init__(self, root: t.Node, source: str = "") -> None:
        self.root = root
        self.source = source
        self.problems: tuple[FeelProblem, ...] = ()
        """Why the tree cannot agree exactly on a target; empty where it can."""

    def of(self, node: t.Node) -> Digits | None:
        """What every value of a numeric node fits in, exactly; None where that cannot be bounded or the node is a
        quotient that still has to be rounded or compared.
        """

    def interval(self, node: t.Node) -> tuple[int, int, int] | None:
        """(low, high, scale): every value of the node is n / 10**scale with low <= n <= high."""

    def quotient(self, node: t.Node) -> bool:
        """Whether the node is an unrounded quotient, which only a rounding or a comparison may take; its rounding or
        comparison has been proved to be that of the exact quotient.
        """
        return False
