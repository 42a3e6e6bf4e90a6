"""The front door: text and scope to a checked expression. Never raises for any text."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from weakref import WeakKeyDictionary

from .. import tree as t
from ..library import LENDING, Library
from ..limits import MAX_HEIGHT, MAX_LITERAL_ITEMS, MAX_NODES
from ..nodes import below
from ..problems import FeelProblem, Refused, placed, too_large, words
from ..running.program import Program
from ..text import syntax as s
from ..text.cursor import NameTable
from ..text.parser import parse, parse_unary
from ..types import ANY, Type
from ..watched import Watched
from .checker import Checker
from .rules import SPACED_PARTS


@dataclass(frozen=True)
class Checked:
    """A text looked at: its problems, or its type, inputs and program; with what it was checked against."""

    source: str
    problems: tuple[FeelProblem, ...]
    type: Type = ANY
    tree: t.Node | None = field(default=None, repr=False)
    program: Program | None = None
    syntax: s.Node | None = field(default=None, repr=False)
    scope: Type = field(default=ANY, repr=False)
    tested: Type | None = field(default=None, repr=False)
    functions: Library = field(default=LENDING, repr=False)

    @property
    def ok(self) -> bool:
        """Whether it can run."""
        return self.program is not None

    @cached_property
    def inputs(self) -> frozenset[str]:
        """The dotted paths of the facts that it reads."""
        return t.inputs(self.tree) if self.tree is not None else frozenset()

    @cached_property
    def canonical(self) -> str:
        """The text as the formatter writes it; as it stands where it cannot be parsed."""
        from ..text.formatter import canonical

        return canonical(self.syntax) if self.syntax is not None else self.source

    def formatted(self, width: int = 100) -> str:
        """The canonical text on lines of at most `width` columns, comments kept; as it stands where it cannot be
        parsed.
        """
        from ..text.layout import formatted

        return formatted(self.source, self.syntax, width) if self.syntax is not None else self.source


def check(
    source: str, scope: Type, *, expect: Type | None = None, functions: Library = LENDING, mode: str = "strict"
) -> Checked:
    """Check an expression against the facts it may see. `mode` is strict, or standard where errors become null."""
    return _checked(source, scope, None, expect, functions, mode == "strict")


def check_unary(
    source: str, input_type: Type, scope: Type, *, functions: Library = LENDING, mode: str = "strict"
) -> Checked:
    """Check a cell of unary tests about a value of `input_type`; its program takes facts and value."""
    return _checked(source, scope, input_type, None, functions, mode == "strict")


def _checked(
    source: str, scope: Type, tested: Type | None, expect: Type | None, library: Library, strict: bool
) -> Checked:
    if not isinstance(scope, Watched):
        return _anew(source, scope, tested, expect, library, strict)
    tested, expect = tested and tested.whole, expect and expect.whole

    def checked(seen: Type) -> Checked:
        made = _anew(source, seen, tested, expect, library, strict)
        return replace(made, scope=ANY)  # it must not hold what is watched

    return scope.once((source, tested, expect, library, strict), checked)


def _anew(
    source: str, scope: Type, tested: Type | None, expect: Type | None, library: Library, strict: bool
) -> Checked:
    try:
        names = known_names(scope, library)
        node = parse(source, names) if tested is None else parse_unary(source, names)
        _measure(node)
        return _typed(source, node, scope, tested, expect, library, strict)
    except Refused as refused:
        return Checked(source, (placed(refused.problem, source, refused.offset),))
    except (RecursionError, MemoryError):
        return Checked(
            source, (FeelProblem("feel.too_deep", words("The expression is nested too deeply.", "表达式嵌套过深。")),)
        )


def _typed(
    source: str, node: s.Node, scope: Type, tested: Type | None, expect: Type | None, library: Library, strict: bool
) -> Checked:
    checker = Checker(source, scope, library, strict=strict)
    local = None
    if tested is not None:
        local = checker.scope.local("?", tested, node)
        checker.scope.tested = local
    root = checker.check(node)
    if expect is not None and not checker.problems:
        checker.result(root, expect)
    problems = tuple(checker.problems)
    if problems and strict:
        return Checked(source, problems, root.type, root, None, node, scope, tested, library)
    program = Program(source, root, quiet=not strict, tested=local)
    return Checked(source, problems, root.type, root, program, node, scope, tested, library)


_MOST_TABLES = 64
_TABLES: WeakKeyDictionary[Library, dict[tuple[str, ...], NameTable]] = WeakKeyDictionary()


def known_names(scope: Type, library: Library) -> NameTable:
    """The names of several words: the library's, those of parts, and the scope's."""
    tables, spaced = _TABLES.setdefault(library, {}), scope.spaced_names
    table = tables.get(spaced)
    if table is None:
        if len(tables) >= _MOST_TABLES:
            tables.clear()
        table = tables[spaced] = NameTable((*library.names, *library.types, *SPACED_PARTS, *spaced))
    return table


def _measure(node: s.Node) -> None:
    """Refuse a tree that is too large or too high; walks level by level, without recursion."""
    nodes = constants = height = 0
    level: list[s.Node] = [node]
    while level:
        height += 1
        nodes += len(level)
        if nodes - constants > MAX_NODES or constants > MAX_LITERAL_ITEMS or height > MAX_HEIGHT:
            raise too_large(level[0].start)
        constants += sum(_constants(one) for one in level if isinstance(one, s.ListOf))
        level = [part for one in level for part in below(one, s.Node)]


def _constants(node: s.ListOf) -> int:
    return sum(isinstance(one, s.Literal_ | s.AtLiteral) for one in node.items)


__all__ = ["Checked", "check", "check_unary", "known_names"]
