"""What every part of the scale analysis shares: how a reason is noted, and what a number in some place may be."""

from __future__ import annotations

from abc import abstractmethod

from .. import tree as t
from ..problems import FeelProblem
from ..text.formatter import canonical
from .bounds import Bound, Ratio
from .shapes import FAILED, Record, Shape
from .translation import refusal_of

_MOST_DURATION = 86_399_999_999_999_999_999
"""Microseconds of the longest duration there is."""


class Base:
    """One analysis: the text, and the reasons gathered."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._found: list[FeelProblem] = []

    @abstractmethod
    def shape(self, node: t.Node) -> Shape:
        """All that is known of a node's value."""

    def refuse(self, node: t.Node, code: str, en: str, zh: str, hint: tuple[str, str] | None = None) -> Shape:
        """Note why a node cannot be exact."""
        problem = refusal_of(code, en, zh, node, self.source, hint)
        if problem not in self._found:
            self._found.append(problem)
        return FAILED

    def text(self, node: t.Node) -> str:
        """A node in its canonical text, brackets included, for hints; left out where it is long."""
        text = canonical(node.syntax) if node.syntax.end > node.syntax.start else ""
        return text if 0 < len(text) <= 60 else "..."

    def number(self, node: t.Node) -> Bound | Ratio | None:
        """A node that is calculated with; None, with the reason noted, where its digits are not known."""
        shape = self.shape(node)
        if isinstance(shape, Bound | Ratio):
            return shape
        self.unbounded(node, shape)
        return None

    def unbounded(self, node: t.Node, shape: Shape) -> None:
        """Note that a number without known digits is calculated with, unless its reason is noted already."""
        if shape is not FAILED:
            what = self.text(node)
            self.refuse(
                node,
                "unbounded",
                f"How many digits `{what}` has is not known, so calculating with it cannot be proved exact.",
                f"“{what}”的位数未知，无法证明其计算结果精确。",
                ("Give its field a number of decimals.", "请为该字段设定小数位数。"),
            )

    def checked(self, node: t.Node, bound: Bound) -> Shape:
        """A result, where it has at most 34 digits."""
        if bound.fits and (node.type.kind != "days and time duration" or bound.most <= _MOST_DURATION):
            return bound
        return self.refuse(
            node,
            "too_many_digits",
            f"The result can need {len(str(bound.most))} digits; a number has 34.",
            f"结果可能需要 {len(str(bound.most))} 位数字，而数字最多 34 位。",
            (
                "Round earlier, or give the fields smaller limits.",
                "请更早取整，或为字段设定更小的范围。",
            ),
        )

    def calculated(self, node: t.Node) -> Bound | None:
        """A node in a place where an unrounded quotient has no exact meaning."""
        shape = self.number(node)
        if isinstance(shape, Ratio):
            self.unrounded(node)
            return None
        return shape

    def unrounded(self, node: t.Node) -> Shape:
        """A quotient that is used as it is."""
        what = self.text(node)
        return self.refuse(
            node,
            "quotient",
            "A quotient such as 1/3 cannot be stored in any number of decimals.",
            "像 1/3 这样的商无法用任何小数位数精确存储。",
            (
                f"Round it, e.g. `round half up({what}, 2)`; multiply first and divide last.",
                f"请取整，例如 `round half up({what}, 2)`；先乘后除。",
            ),
        )

    def stored(self, node: t.Node) -> Shape:
        """The shape of a node whose value is kept: as the result, in a list, as an argument."""
        return self._kept(node, self.shape(node))

    def _kept(self, node: t.Node, shape: Shape) -> Shape:
        if isinstance(shape, Ratio):
            return self.unrounded(node)
        if isinstance(shape, Record):
            for one in shape.entries.values():
                self._kept(node, one)
        return shape
