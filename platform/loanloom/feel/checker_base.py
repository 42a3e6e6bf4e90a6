"""What every part of the checker shares: the scope, the library, and how a mistake is noted."""

from __future__ import annotations

from abc import abstractmethod

from . import syntax as s
from . import tree as t
from .library import Library
from .limits import MAX_PROBLEMS
from .problems import FeelProblem, Words, placed, words
from .scope import Scope
from .types import ANY, Type


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
    def boolean(self, node: s.Node) -> t.Node:
        """A node that must be a condition."""

    @abstractmethod
    def comparison(self, operator: str, left: t.Node, right: t.Node, node: s.Node) -> t.Node:
        """A comparison of checked nodes."""

    def report(self, code: str, en: str, zh: str, node: s.Node, hint: Words | None = None) -> None:
        """Note a mistake at a node."""
        if len(self.problems) >= MAX_PROBLEMS:
            return
        self.problems.append(placed(FeelProblem(code, words(en, zh), hint), self.source, node.start, node.end))

    def wrong(
        self, code: str, en: str, zh: str, node: s.Node, hint: Words | None = None, *, base: t.Node | None = None
    ) -> t.Node:
        """Note a mistake and stand in for what could not be understood; silent where its base is wrong already."""
        if not isinstance(base, t.Wrong):
            self.report(code, en, zh, node, hint)
        return t.Wrong(code, en, zh, type=ANY, syntax=node)
