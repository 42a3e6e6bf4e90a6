"""What every part of the checker shares: the scope, the library, and how a mistake is noted."""

from __future__ import annotations

from abc import abstractmethod

from .. import tree as t
from ..library import Library
from ..limits import MAX_PROBLEMS
from ..problems import Fault, FeelProblem, Words, placed, words
from ..text import syntax as s
from ..types import ANY, Type
from .blame import odd_currency
from .scope import Scope
from .units import clash, together


class Base:
    """One check: its scope and the mistakes gathered."""

    def __init__(self, source: str, facts: Type, library: Library, *, strict: bool) -> None:
        self.source = source
        self.scope = Scope(facts)
        self.library = library
        self.strict = strict
        self.problems: list[FeelProblem] = []

    @abstractmethod
    def check(self, node: s.Node) -> t.Node:
        """The typed node of any node."""

    @abstractmethod
    def look(self, node: s.Node) -> t.Node:
        """The typed node of a node of which only an entry is asked for."""

    @abstractmethod
    def boolean(self, node: s.Node) -> t.Node:
        """A node that must be a condition."""

    @abstractmethod
    def comparison(self, operator: str, left: t.Node, right: t.Node, node: s.Node) -> t.Node:
        """A comparison of checked nodes."""

    def report(self, code: str, en: str, zh: str, node: s.Node, hint: Words | None = None) -> None:
        """Note a mistake at a node."""
        self.report_at(code, en, zh, node.start, node.end, hint)

    def report_at(self, code: str, en: str, zh: str, start: int, end: int, hint: Words | None = None) -> None:
        """Note a mistake about a piece of the text; once, where two checks find the same."""
        if len(self.problems) >= MAX_PROBLEMS:
            return
        problem = placed(FeelProblem(code, words(en, zh), hint), self.source, start, end)
        if problem not in self.problems:
            self.problems.append(problem)

    def fault(self, fault: Fault, node: s.Node) -> None:
        """Note a fault that was found without a place."""
        self.report(fault.code, fault.words["en"], fault.words["zh"], node, fault.hint)

    def together(self, one: t.Node, other: t.Node) -> None:
        """Note amounts in two currencies that would be one value or one list."""
        found = clash(one.type, other.type)
        if found is not None:
            self.fault(together(*found), odd_currency(one, other, self.scope.facts).syntax)

    def wrong(
        self, code: str, en: str, zh: str, node: s.Node, hint: Words | None = None, *, base: t.Node | None = None
    ) -> t.Node:
        """Note a mistake and stand in for what could not be understood; silent where its base is wrong already."""
        if not isinstance(base, t.Wrong):
            self.report(code, en, zh, node, hint)
        return t.Wrong(code, en, zh, type=ANY, syntax=node)
