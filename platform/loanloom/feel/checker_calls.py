"""Checks of calls, functions, loops and tests. The base of `checker.Checker`; runs nothing but constant conversions."""

from __future__ import annotations

from . import syntax as s
from . import tree as t
from .checker_tests import Tests
from .library import Builtin, Overload
from .patterns import compile_pattern
from .problems import Fault, did_you_mean, words
from .scope import origin_of
from .types import (
    ANY,
    BOOLEAN,
    DAYS,
    MONTHS,
    ORDERED,
    SIMPLE,
    Fit,
    Type,
    context,
    fits,
    function_of,
    joined,
    list_of,
    named,
    optional,
    range_of,
    required,
)
from .values import kind_of

_CONVERSIONS = ("date", "time", "date and time", "duration")
_TYPE_NAMES = {
    **SIMPLE,
    "day time duration": DAYS,
    "year month duration": MONTHS,
    "list": list_of(ANY),
    "context": Type("context", open=True),
    "function": Type("function"),
    "range": range_of(ANY),
}


class Calls(Tests):
    """What the checker knows about functions and loops."""

    def call(self, node: s.Call) -> t.Node:
        target = node.function
        if isinstance(target, s.Name) and (self.scope.resolve(target.name, target) is None or self._is_library(target)):
            return self._library_call(target.name, node)
        function = self.check(target)
        arguments = tuple(self.check(one) for one in node.arguments)
        if function.type.kind not in ("function", "Any"):
            return self.wrong(
                "feel.not_a_function", "Only a function can be called.", "只有函数才能被调用。", node, base=function
            )
        if (
            function.type.kind == "function"
            and function.type.result
            and len(function.type.parameters) != len(arguments)
        ):
            count = len(function.type.parameters)
            self.report(
                "feel.arguments",
                f"The function takes {count} arguments, not {len(arguments)}.",
                f"该函数需要 {count} 个参数，而不是 {len(arguments)} 个。",
                node,
            )
        result = function.type.result or ANY
        return t.Invoke(function, arguments, node.names, type=optional(result), syntax=node)

    def _is_library(self, target: s.Name) -> bool:
        """A fact that happens to be named like a function does not hide it where it is called."""
        found = self.scope.resolve(target.name, target)
        return (
            found is not None
            and found.type.kind not in ("function", "Any")
            and self.library.get(target.name) is not None
        )

    def _library_call(self, name: str, node: s.Call) -> t.Node:
        if name == "today" and not node.arguments:
            return self.scope.as_of(node)
        if name == "now" and not node.arguments:
            found = self.scope.resolve("now", node)
            return found or self.wrong(
                "feel.no_clock",
                "There is no time of day here.",
                "此处没有当前时间。",
                node,
                words("Use today().", "请使用 today()。"),
            )
        builtin = self.library.get(name)
        if builtin is None:
            for one in node.arguments:
                self.check(one)
            return self.wrong(
                "feel.unknown_function",
                f"There is no function `{name}`.",
                f"没有函数“{name}”。",
                node,
                did_you_mean(name, (*self.library.names, "today")),
            )
        arguments = self._arguments(builtin, node)
        if (
            name in _CONVERSIONS
            and len(arguments) == 1
            and isinstance(arguments[0], t.Constant)
            and isinstance(arguments[0].value, str)
        ):
            return self._constant(builtin, arguments[0].value, node)
        if name == "not" and len(arguments) == 1 and arguments[0].type.kind == "boolean":
            return t.Not(arguments[0], type=arguments[0].type, syntax=node)
        self._pattern(name, arguments, node)
        return self._chosen(builtin, arguments, node)

    def _pattern(self, name: str, arguments: list[t.Node], node: s.Call) -> None:
        """A pattern that is written out is looked at now rather than when it runs."""
        if name not in ("matches", "replace", "split") or node.names is not None or len(arguments) < 2:
            return
        pattern = arguments[1]
        if isinstance(pattern, t.Constant) and isinstance(pattern.value, str):
            try:
                compile_pattern(pattern.value)
            except Fault as fault:
                self.report(fault.code, fault.words["en"], fault.words["zh"], pattern.syntax)

    def _arguments(self, builtin: Builtin, node: s.Call) -> list[t.Node]:
        arguments: list[t.Node] = []
        for one in node.arguments:
            if isinstance(one, s.Lambda) and arguments and arguments[0].type.kind == "list":
                arguments.append(self.function(one, assume=arguments[0].type.item or ANY))
            else:
                arguments.append(self.check(one))
        return arguments

    def _constant(self, builtin: Builtin, text: str, node: s.Call) -> t.Node:
        try:
            value = builtin.invoke([text], None, None)
        except Fault as fault:
            return self.wrong(fault.code, fault.words["en"], fault.words["zh"], node, fault.hint)
        return t.Constant(value, type=SIMPLE[kind_of(value)], syntax=node)

    def _chosen(self, builtin: Builtin, arguments: list[t.Node], node: s.Call) -> t.Node:
        maybe = False
        for overload in builtin.overloads:
            bound = overload.bind(arguments, node.names)
            fit = "no" if bound is None else _fit(overload, bound)
            if fit == "yes" and bound is not None:
                return t.Call(builtin, tuple(_flat(bound)), None, overload, type=_result(overload, bound), syntax=node)
            maybe = maybe or fit == "maybe"
        if not maybe:
            found = ", ".join(named(one.type)[0] for one in arguments) or "nothing"
            found_zh = "、".join(named(one.type)[1] for one in arguments) or "空"
            self.report(
                "feel.arguments",
                f"`{builtin.name}` cannot be called with {found}.",
                f"“{builtin.name}”不接受这样的参数：{found_zh}。",
                node,
                words(f"Usage: {builtin.usage()}.", f"用法：{builtin.usage()}。"),
            )
        results = {one.result.kind for one in builtin.overloads}
        type_ = optional(builtin.overloads[0].result) if len(results) == 1 and not results & {"T", "C", "list"} else ANY
        return t.Call(builtin, tuple(arguments), node.names, None, type=type_, syntax=node)

    def function(self, node: s.Lambda, assume: Type = ANY) -> t.Node:
        """A function written in the text; parameters without a type take the assumed one."""
        locals_ = []
        for name, type_name in node.parameters:
            local = self.scope.local(name, self.type_named(type_name) if type_name else assume, node)
            self.scope.bind(local)
            locals_.append(local)
        body = self.check(node.body)
        self.scope.release(len(locals_))
        return t.Lambda(tuple(locals_), body, type=function_of((one.type for one in locals_), body.type), syntax=node)

    def type_named(self, name: s.TypeName) -> Type:
        """The type that a text names; ANY with a problem where there is none."""
        known = _TYPE_NAMES.get(name.name)
        if known is None:
            self.report(
                "feel.unknown_type",
                f"There is no type `{name.name}`.",
                f"没有类型“{name.name}”。",
                name,
                did_you_mean(name.name, _TYPE_NAMES),
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
                self.report(
                    "feel.wrong_type",
                    "A loop runs from a whole number to a whole number, or from a date to a date.",
                    "循环区间两端须同为整数或同为日期。",
                    node,
                )
            return required(item) if item.kind in ("number", "date") else ANY
        if kind == "list":
            return source.type.item or ANY
        if kind not in ("Any", "Null"):
            english, chinese = named(source.type)
            self.report(
                "feel.not_a_list",
                f"A loop runs over a list, this is {english}.",
                f"只能遍历列表，此处为{chinese}。",
                node,
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


def _flat(bound: list[object]) -> list[t.Node | None]:
    found: list[t.Node | None] = []
    for one in bound:
        if isinstance(one, tuple):
            found.extend(one)
        else:
            found.append(one if isinstance(one, t.Node) else None)
    return found


def _fit(overload: Overload, bound: list[object]) -> Fit:
    result: Fit = "yes"
    ordered: set[str] = set()  # the kinds that stand for C: values that are compared must be of one kind
    for one, parameter in zip(bound, overload.parameters, strict=True):
        for value in one if isinstance(one, tuple) else (one,):
            if not isinstance(value, t.Node):
                continue
            fit = _generic_fit(value.type, parameter.type)
            if fit == "no":
                return "no"
            result = "maybe" if fit == "maybe" else result
            if "C" in (parameter.type.kind, (parameter.type.item or ANY).kind):
                ordered.add((_variable(value.type, parameter.type) or ANY).kind)
    return "no" if len(ordered - {"Any", "Null"}) > 1 else result


def _generic_fit(type_: Type, expected: Type) -> Fit:
    if expected.kind == "T" or type_.kind == "Null":
        return "yes"
    if expected.kind == "C":
        return "maybe" if type_.kind == "Any" else "yes" if type_.kind in ORDERED else "no"
    if expected.kind == "list" and type_.kind == "list":
        return _generic_fit(type_.item or ANY, expected.item or ANY)
    return fits(type_, expected)


def _result(overload: Overload, bound: list[object]) -> Type:
    variable: Type | None = None
    nullable = overload.result.nullable
    for one, parameter in zip(bound, overload.parameters, strict=True):
        for value in one if isinstance(one, tuple) else (one,):
            if not isinstance(value, t.Node):
                continue
            if value.type.nullable and not parameter.takes_null:
                nullable = True
            found = _variable(value.type, parameter.type)
            if found is not None:
                variable = found if variable is None else joined(variable, found)
    type_ = _filled(overload.result, variable or ANY)
    if overload.result.kind == "T" and bound and isinstance(bound[-1], t.Node):
        return optional(type_) if bound[-1].type.nullable else required(type_)
    return optional(type_) if nullable else type_


def _variable(type_: Type, expected: Type) -> Type | None:
    if expected.kind in ("T", "C"):
        return type_
    if expected.kind == "list" and expected.item is not None and type_.kind == "list":
        return _variable(type_.item or ANY, expected.item)
    return None


def _filled(type_: Type, variable: Type) -> Type:
    if type_.kind in ("T", "C"):
        return optional(variable) if type_.nullable else required(variable)
    if type_.kind == "list" and type_.item is not None and type_.item.kind in ("T", "C"):
        return Type("list", nullable=type_.nullable, item=variable)
    return type_


__all__ = ["Calls"]
