"""Giving a fact or a code another name in a text: only what really means it changes, every other character stays.

What a name means is the checker's answer, so a local, an entry or a literal that happens to look alike is left alone.
Each result is checked against the renamed scope and compared with the old tree; one that would mean something else is
refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from .. import tree as t
from ..problems import FeelProblem, words
from ..text import syntax as s
from ..text.formatter import quoted
from ..text.lexer import tokens
from ..types import Type

if TYPE_CHECKING:
    from ..checking.front import Checked

Edit = tuple[int, int, str]
"""From, to, and what stands there instead."""


class CannotRename(Exception):
    """The new name cannot stand everywhere the old one does; carries the problem."""

    def __init__(self, problem: FeelProblem) -> None:
        super().__init__(problem.in_words("en"))
        self.problem = problem


def rename(checked: Checked, old: str, new: str) -> str:
    """The text with the fact at the dotted path `old` called `new`; both have the same parent. Raises CannotRename."""
    return edited(checked.source, edits(checked, old, new))


def edits(checked: Checked, old: str, new: str) -> list[Edit]:
    """The places that `rename` changes, and what stands there then."""
    if checked.program is None:
        raise CannotRename(checked.problems[0])
    parent, _, name = new.rpartition(".")
    if parent != old.rpartition(".")[0] or not name:
        raise _cannot("feel.rename_parent", f"`{old}` cannot move to `{new}`.", f"“{old}”不能移到“{new}”。")
    path = tuple(old.split("."))
    found = {edit[:2]: edit for edit in _uses(checked.source, checked.program.tree, path, name)}
    if not found:
        return []
    scope = renamed_scope(checked.scope, path, name)
    for bare in ("", "item."):
        listed = sorted(_qualified(checked.source, one, bare) for one in found.values())
        if _same_meaning(checked, edited(checked.source, listed), scope, path, name):
            return listed
    raise _cannot(
        "feel.rename_captured",
        f"`{name}` means something else at a place where `{old}` is used.",
        f"“{name}”在使用“{old}”的某处另有含义。",
    )


def _qualified(source: str, edit: Edit, bare: str) -> Edit:
    """`bare` before a name that no dot leads to."""
    start, end, text = edit
    return edit if source[:start].rstrip().endswith(".") else (start, end, bare + text)


def renamed_scope(scope: Type, path: tuple[str, ...], name: str) -> Type:
    """The scope in which the entry at a path has another name; as it is where there is none."""
    if scope.kind == "list" and scope.item is not None:
        return replace(scope, item=renamed_scope(scope.item, path, name))
    if path[0] not in scope.members:
        return scope
    found = tuple(
        (name if len(path) == 1 else key, one if len(path) == 1 else renamed_scope(one, path[1:], name))
        if key == path[0]
        else (key, one)
        for key, one in scope.fields
    )
    return replace(scope, fields=found)


def _cannot(code: str, en: str, zh: str) -> CannotRename:
    return CannotRename(FeelProblem(code, words(en, zh)))


# -- where a fact stands ----------------------------------------------------------------------------------------------


def _uses(source: str, root: t.Node, path: tuple[str, ...], name: str) -> Iterator[Edit]:
    """The last words of every use of the fact."""
    dotted = ".".join(path)
    for one in t.walk(root):
        if isinstance(one, t.Input) and one.path[: len(path)] == path:
            yield from _segment(source, one.syntax, len(one.path) - len(path), name)
        elif isinstance(one, t.Member) and one.origin == dotted:
            yield from _segment(source, one.syntax, 0, name)


def _segment(source: str, node: s.Node, up: int, name: str) -> Iterator[Edit]:
    """The name at the end of a path, `up` steps before its last."""
    for _ in range(up):
        if not isinstance(node, s.Member):
            return
        node = node.base
    if isinstance(node, s.Name):
        yield node.start, node.end, name
    elif isinstance(node, s.Member):
        yield _member_name(source, node), node.end, name


def _member_name(source: str, node: s.Member) -> int:
    """Where the name behind the last dot begins."""
    behind = tokens(source[node.base.end : node.end])
    dot = next(at for at, one in enumerate(behind) if one.text == "." and one.kind == "symbol")
    return node.base.end + behind[dot + 1].start


def edited(source: str, changes: Iterable[Edit]) -> str:
    """The source with the edits made."""
    for start, end, text in sorted(changes, reverse=True):
        source = source[:start] + text + source[end:]
    return source


# -- whether it still means the same ----------------------------------------------------------------------------------


def _same_meaning(checked: Checked, text: str, scope: Type, path: tuple[str, ...], name: str) -> bool:
    again = _check(checked, text, scope)
    if again.program is None or checked.program is None:
        return False
    return bool(_meaning(again.program.tree, (), "") == _meaning(checked.program.tree, path, name))


def _check(checked: Checked, text: str, scope: Type) -> Checked:
    from ..checking.front import check, check_unary

    mode = "standard" if checked.program is not None and checked.program.quiet else "strict"
    if checked.tested is not None:
        return check_unary(text, checked.tested, scope, functions=checked.functions, mode=mode)
    return check(text, scope, functions=checked.functions, mode=mode)


def _meaning(value: Any, path: tuple[str, ...], name: str) -> Any:
    """A tree as plain values: what it does, with the fact under its new name."""
    if isinstance(value, t.Node):
        kept = tuple(_meaning(_field(value, one.name, path, name), path, name) for one in _telling(value))
        return type(value).__name__, kept
    if isinstance(value, tuple):
        return tuple(_meaning(one, path, name) for one in value)
    return value


def _telling(node: t.Node) -> Iterator[Any]:
    return (one for one in fields(node) if one.name not in ("type", "syntax", "overload"))


def _field(node: t.Node, field: str, path: tuple[str, ...], name: str) -> Any:
    value = getattr(node, field)
    if not path:
        return value
    if field == "path":
        return (*path[:-1], name, *value[len(path) :]) if value[: len(path)] == path else value
    if field == "origin" and value is not None:
        parts = tuple(value.split("."))
        return ".".join((*path[:-1], name, *parts[len(path) :])) if parts[: len(path)] == path else value
    if field == "name" and isinstance(node, t.Member) and node.origin == ".".join(path):
        return name
    return value


# -- codes ------------------------------------------------------------------------------------------------------------


def code_edits(source: str, check: Callable[[str], Checked], old: str, new: str) -> list[Edit]:
    """The places where a text names a code that is now written otherwise. `check` checks a text as it must be then."""
    text = source
    while True:
        again = check(text)
        found = {
            (one.start or 0, one.end or 0, quoted(new))
            for one in again.problems
            if one.code == "feel.not_in_enumeration" and _is_literal(text, one, old)
        }
        if not found:
            break
        text = edited(text, found)
    if again.program is None:
        raise CannotRename(again.problems[0])
    pairs = zip(tokens(source), tokens(text), strict=True)
    return [(one.start + 1, one.end - 1, new) for one, other in pairs if one.text != other.text]


def _is_literal(text: str, problem: FeelProblem, code: str) -> bool:
    if problem.start is None or problem.end is None:
        return False
    found = tokens(text[problem.start : problem.end])
    return len(found) == 2 and found[0].kind == "string" and found[0].text == code
