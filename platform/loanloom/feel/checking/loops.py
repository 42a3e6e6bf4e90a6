"""Checks of loops, quantifiers, functions written in the text and the types they name. Runs nothing."""

from __future__ import annotations

from .. import tree as t
from ..problems import did_you_mean
from ..text import syntax as s
from ..types import (
    ANY,
    BOOLEAN,
    DAYS,
    MONTHS,
    SIMPLE,
    Type,
    context,
    dynamic,
    function_of,
    list_of,
    named,
    optional,
    range_of,
    required,
)
from .scope import origin_of
from .unary import Tests

_TYPE_NAMES = {
    **SIMPLE,
    "day time duration": DAYS,
    "year month duration": MONTHS,
    "list": list_of(ANY),
    "context": Type("context", open=True),
    "function": Type("function"),
    "range": range_of(ANY),
}


class Loops(Tests):
    """What the checker knows about loops and functions."""

    def function(self, node: s.Lambda, assume: Type = ANY) -> t.Node:
        """A function written in the text; parameters without a type take the assumed one."""
        locals_ = []
        types = tuple(optional(self.type_named(one)) if one else None for _, one in node.parameters)
        for (name, _), declared in zip(node.parameters, types, strict=True):
            local = self.scope.local(name, declared or assume, node)
            self.scope.bind(local)
            locals_.append(local)
        body = self.check(node.body)
        self.scope.release(len(locals_))
        type_ = function_of((one.type for one in locals_), body.type)
        return t.Lambda(tuple(locals_), body, types if any(types) else (), type=type_, syntax=node)

    def type_named(self, name: s.TypeName) -> Type:
        """The type that a text names; ANY with a problem where there is none."""
        known = _TYPE_NAMES.get(name.name) or self.library.types.get(name.name)
        if known is None:
            self.report(
                "feel.unknown_type",
                f"There is no type `{name.name}`.",
                f"没有类型“{name.name}”。",
                name,
                did_you_mean(name.name, (*_TYPE_NAMES, *self.library.types)),
            )
            return ANY
        inner = [(label, self.type_named(one)) for label, one in name.arguments]
        if name.name in ("list", "range") and inner:
            return Type(name.name, item=inner[0][1])
        if name.name == "context" and inner:
            return context(dict(inner))
        if name.name == "function" and name.result is not None:
            return function_of((one for _, one in inner), self.type_named(name.result))
        return known

    def _loops(self, iterators: tuple[s.Iterator, ...]) -> tuple[t.Loop, ...]:
        loops = []
        for one in iterators:
            source = self.check(one.source)
            until = self.check(one.until) if one.until else None
            local = self.scope.local(one.name, self._loop_type(source, until, one), one, origin_of(source))
            self.scope.bind(local)
            loops.append(t.Loop(local, source, until, type=ANY, syntax=one))
        return tuple(loops)

    def _loop_type(self, source: t.Node, until: t.Node | None, node: s.Iterator) -> Type:
        kind = source.type.kind
        if until is not None or kind == "range":
            item = source.type.item or ANY if until is None else source.type
            ends = {one.type.kind for one in (source, until) if one is not None} if until is not None else {item.kind}
            if not ends <= {"number", "date", "Any"} or len(ends - {"Any"}) > 1:
                wrong = next((one for one in (source, until) if one and one.type.kind not in ("number", "date")), until)
                self.report(
                    "feel.wrong_type",
                    "A loop runs from a whole number to a whole number, or from a date to a date.",
                    "循环区间两端须同为整数或同为日期。",
                    (wrong or source).syntax,
                )
            return required(item) if item.kind in ("number", "date") else ANY
        if kind == "list":
            return source.type.item or ANY
        if kind != "Null" and not dynamic(source.type):
            english, chinese = named(source.type)
            self.report(
                "feel.not_a_list",
                f"A loop runs over a list, this is {english}.",
                f"只能遍历列表，此处为{chinese}。",
                source.syntax,
            )
        return ANY

    def for_each(self, node: s.For) -> t.Node:
        loops = self._loops(node.iterators)
        partial = self.scope.local("partial", list_of(ANY), node)
        self.scope.bind(partial)
        body = self.check(node.body)
        self.scope.release(len(loops) + 1)
        nullable = any(one.source.type.nullable for one in loops)
        type_ = Type("list", nullable=nullable, item=body.type)
        return t.For(loops, body, partial, type=type_, syntax=node)

    def quantified(self, node: s.Quantified) -> t.Node:
        loops = self._loops(node.iterators)
        condition = self.boolean(node.condition)
        self.scope.release(len(loops))
        return t.Quantified(node.quantifier, loops, condition, type=optional(BOOLEAN), syntax=node)
