"""Small things that compiling shares: scopes with more names, and what may become what. Runs nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from loanloom.feel import Type
from loanloom.feel.problems import Fault
from loanloom.feel.running.values import kind_of
from loanloom.feel.types import fits, named

from .boxed import Branch, FunctionDefinition, LiteralExpression
from .elements import Expression

_FUNCTION = re.compile(r"\s*function\s*\(")
_STEPS = re.compile(r"\s*[^\[\]()\"]+\.\.[^\[\]()\"]+\s*")


def with_names(scope: Type, inner: Mapping[str, Type]) -> Type:
    """The scope with names before it."""
    return replace(scope, fields=tuple({**scope.members, **inner}.items()))


def is_function(expression: Expression | None) -> bool:
    """Whether an expression is a function, which may call itself by the name it is given."""
    if isinstance(expression, LiteralExpression):
        return _FUNCTION.match(expression.text) is not None
    return isinstance(expression, FunctionDefinition)


def stepping(branch: Branch | None) -> Branch | None:
    """What an iterator runs over. `1..4` may stand there as in a loop, though it is no expression by itself."""
    inside = branch.expression if branch is not None else None
    if branch is None or not isinstance(inside, LiteralExpression) or not _STEPS.fullmatch(inside.text):
        return branch
    return replace(branch, expression=replace(inside, text=f"for item in {inside.text.strip()} return item"))


def may_become(type_: Type, wanted: Type) -> bool:
    """Whether a value of a type can be brought to another, by the conversions of DMN too."""
    if fits(type_, wanted) != "no" or (type_.kind == "date" and wanted.kind == "date and time"):
        return True
    if type_.kind == "list" and wanted.kind != "list":
        return type_.item is None or may_become(type_.item, wanted)
    return wanted.kind == "list" and type_.kind != "list" and (wanted.item is None or may_become(type_, wanted.item))


def not_a_condition(value: Any) -> Fault:
    """The fault of a value where true or false must stand."""
    en, zh = named(Type(kind_of(value)))
    return Fault("feel.not_a_condition", f"Expected true or false, found {en}.", f"此处应为是或否，实际为{zh}。")
