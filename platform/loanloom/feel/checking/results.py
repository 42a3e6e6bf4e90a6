"""The check of a whole expression's result against what is expected where it stands: type, currency, enumeration."""

from __future__ import annotations

from .. import tree as t
from ..problems import words
from ..types import Type, fits, named
from .blame import part, unfit
from .paths import Paths
from .rules import not_in_enumeration, some_of
from .units import clash, together


class Results(Paths):
    """What the checker knows about results."""

    def result(self, root: t.Node, expected: Type) -> None:
        """Report where the result is not what is expected."""
        currencies = clash(root.type, expected)
        if fits(root.type, expected) == "no":
            (wanted, wanted_zh), (found, found_zh) = named(expected), named(root.type)
            en, zh = f"The result should be {wanted}, but is {found}.", f"结果应为{wanted_zh}，实际为{found_zh}。"
            self.report("feel.result_type", en, zh, unfit(root, expected).syntax)
        elif currencies is not None:
            spot = part(root, lambda one: clash(one, expected) is not None)
            self.fault(together(*currencies), spot.syntax)
        elif expected.values or (expected.item is not None and expected.item.values):
            self._values(root, expected)

    def _values(self, node: t.Node, expected: Type) -> None:
        """Texts that are written out must be values of the enumeration; others must have a value in common with it."""
        if isinstance(node, t.If):
            self._values(node.then, expected)
            self._values(node.otherwise, expected)
        elif isinstance(node, t.ListOf) and expected.item is not None:
            for one in node.items:
                self._values(one, expected.item)
        elif isinstance(node, t.Let):
            self._values(node.body, expected)
        elif isinstance(node, t.Call) and node.function.name == "get or else":
            for argument in node.arguments:
                if argument is not None:
                    self._values(argument, expected)
        elif (fault := not_in_enumeration(expected, node)) is not None:
            self.fault(fault, node.syntax)
        else:
            mine, wanted = (one.item if one.kind == "list" and one.item else one for one in (node.type, expected))
            if mine.values and wanted.values and not mine.allowed & wanted.allowed:
                self.report(
                    "feel.result_type",
                    "The result is none of the expected values.",
                    "结果不在预期的取值之中。",
                    node.syntax,
                    words(f"Expected: {some_of(wanted.values)}.", f"应为：{some_of(wanted.values)}。"),
                )
