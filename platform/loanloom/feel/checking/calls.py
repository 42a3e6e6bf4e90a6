"""Checks of calls: which function, with which arguments, in which currencies. Runs nothing but constant conversions."""

from __future__ import annotations

from .. import tree as t
from ..library import Builtin, Overload
from ..patterns import compile_pattern
from ..problems import Fault, did_you_mean, words
from ..running.values import Interval, kind_of
from ..text import syntax as s
from ..types import ANY, SIMPLE, Type, dynamic, fits, named, optional, range_of
from .blame import odd_currency, unfit
from .joining import joined_all
from .loops import Loops
from .overloads import Bound, currencies, fit_of, flat, misfit, result_of, unsettled_result
from .rules import comparable, member_type
from .scope import settled_for

_CONVERSIONS = ("date", "time", "date and time", "duration", "number", "range")
_CLOCK = ("today", "now")
"""Functions that read a fact."""
_LOOKING = ("list contains", "index of")
"""Functions that look for an element: one that can never be found is a mistake."""


_PATTERNS = {
    "matches": ("input", "pattern", "flags"),
    "replace": ("input", "pattern", "replacement", "flags"),
    "split": ("string", "delimiter"),
}
"""Parameters of the functions that take a pattern."""


MAX_PATTERN_WORK = 30_000
"""Ranges of characters gone through for all patterns that one expression writes out."""


class Calls(Loops):
    """What the checker knows about calls."""

    pattern_work = 0

    def call(self, node: s.Call) -> t.Node:
        target = node.function
        if isinstance(target, s.Name) and (self.scope.resolve(target.name, target) is None or self._is_library(target)):
            return self._library_call(target.name, node)
        function = self.check(target)
        arguments = tuple(self.builtin_named(one) or self.check(one) for one in node.arguments)
        if function.type.kind != "function" and not dynamic(function.type):
            return self.wrong(
                "feel.not_a_function", "Only a function can be called.", "只有函数才能被调用。", node, base=function
            )
        self._parameters(function.type, arguments, node)
        result = function.type.result or ANY
        return t.Invoke(function, arguments, node.names, type=optional(result), syntax=node)

    def _parameters(self, function: Type, arguments: tuple[t.Node, ...], node: s.Call) -> None:
        """The arguments of a function that is written in the text."""
        if function.result is None:
            return
        count = len(function.parameters)
        if count != len(arguments):
            self.report(
                "feel.arguments",
                f"The function takes {count} {'argument' if count == 1 else 'arguments'}, not {len(arguments)}.",
                f"该函数需要 {count} 个参数，而不是 {len(arguments)} 个。",
                node,
            )
        elif node.names is None:
            for one, wanted in zip(arguments, function.parameters, strict=True):
                if fits(one.type, wanted) == "no":
                    (en, zh), (other, other_zh) = named(wanted), named(one.type)
                    spot = unfit(one, wanted).syntax
                    said = f"The function takes {en} here, not {other}.", f"该函数此处需要{zh}，而不是{other_zh}。"
                    self.report("feel.arguments", *said, spot)

    def builtin_named(self, node: s.Node) -> t.Node | None:
        """A function of the library as a value, where a bare name means one."""
        if not isinstance(node, s.Name) or self.scope.resolve(node.name, node) is not None:
            return None
        builtin = self.library.get(node.name)
        if builtin is None:
            return None
        return t.Constant(builtin.value(), type=Type("function"), syntax=node)

    def _is_library(self, target: s.Name) -> bool:
        """A fact that happens to be named like a function does not hide it where it is called; nor does a context that
        may hold anything.
        """
        if self.library.get(target.name) is None and target.name not in _CLOCK:
            return False
        found = self.scope.resolve(target.name, target)
        return found is not None and (
            found.type.kind not in ("function", "Any") or not self.scope.declares(target.name)
        )

    def _library_call(self, name: str, node: s.Call) -> t.Node:
        if name == "today" and not node.arguments:
            return self._today(node)
        if name == "now" and not node.arguments:
            return self._now(node)
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
        arguments = self._arguments(node, counted=builtin.counts)
        alone = arguments[0] if len(arguments) == 1 else None
        if (
            name in _CONVERSIONS
            and isinstance(alone, t.Constant)
            and isinstance(alone.value, str)
            and node.names in (None, ("from",))
        ):
            return self._constant(builtin, alone.value, alone, node)
        if name == "not" and alone is not None and alone.type.kind == "boolean" and node.names in (None, ("negand",)):
            return t.Not(alone, type=alone.type, syntax=node)
        self._pattern(name, arguments, node)
        return self._chosen(builtin, arguments, node)

    def _today(self, node: s.Call) -> t.Node:
        as_of, date = self.scope.as_of(node), self.library.get("date")
        return self._chosen(date, [as_of], node) if date and as_of.type.kind == "date and time" else as_of

    def _now(self, node: s.Call) -> t.Node:
        as_of = self.scope.as_of(node)
        found = self.scope.resolve("now", node) or (as_of if as_of.type.kind == "date and time" else None)
        return found or self.wrong(
            "feel.no_clock",
            "There is no time of day here.",
            "此处没有当前时间。",
            node,
            words("Use today().", "请使用 today()。"),
        )

    def _pattern(self, name: str, arguments: list[t.Node], node: s.Call) -> None:
        """A pattern that is written out is looked at now rather than when it runs."""
        places = _PATTERNS.get(name)
        if places is None:
            return
        given = dict(zip(node.names or places, arguments, strict=False))
        pattern, flags = given.get("delimiter" if name == "split" else "pattern"), given.get("flags")
        if not isinstance(pattern, t.Constant) or not isinstance(pattern.value, str):
            return
        if flags is None or (isinstance(flags, t.Constant) and isinstance(flags.value, str | None)):
            try:
                if self.pattern_work > MAX_PATTERN_WORK:
                    raise Fault("feel.pattern", "There are too many large patterns here.", "大型正则表达式过多。")
                self.pattern_work += compile_pattern(pattern.value, (flags.value if flags else None) or "").work
            except Fault as fault:
                self.report(fault.code, fault.words["en"], fault.words["zh"], pattern.syntax)

    def _arguments(self, node: s.Call, counted: bool) -> list[t.Node]:
        """The arguments. Functions written out come last: what they are given is known from the others."""
        found = {
            place: self.builtin_named(one) or (settled_for(self.look(one)) if counted else self.check(one))
            for place, one in enumerate(node.arguments)
            if not isinstance(one, s.Lambda)
        }
        given = ANY
        if 0 in found and found[0].type.kind == "list":
            others = (one.type for place, one in found.items() if place)
            given = joined_all((found[0].type.item or ANY, *others))
        for place, one in enumerate(node.arguments):
            if isinstance(one, s.Lambda):
                found[place] = self.function(one, assume=given)
        return [found[place] for place in range(len(node.arguments))]

    def _constant(self, builtin: Builtin, text: str, written: t.Node, node: s.Call) -> t.Node:
        try:
            value = builtin.invoke([text], None, None)
        except Fault as fault:
            self.fault(fault, written.syntax)
            return t.Wrong(fault.code, fault.words["en"], fault.words["zh"], type=ANY, syntax=node)
        return t.Constant(value, type=_type_of(value), syntax=node)

    def _chosen(self, builtin: Builtin, arguments: list[t.Node], node: s.Call) -> t.Node:
        maybe = False
        for overload in builtin.overloads:
            bound = overload.bind(arguments, node.names)
            fit = "no" if bound is None else fit_of(overload, bound)
            if fit == "yes" and bound is not None:
                return self._settled(builtin, overload, bound, node)
            maybe = maybe or fit == "maybe"
        if not maybe:
            self._misfit(builtin, arguments, node)
        type_ = unsettled_result(builtin)
        return t.Call(builtin, tuple(arguments), node.names, None, type=type_, syntax=node)

    def _settled(self, builtin: Builtin, overload: Overload, bound: Bound, node: s.Call) -> t.Node:
        """A call whose overload is known: its currencies, and what it looks for."""
        mixed = currencies(overload, bound)
        if mixed is not None:
            fault, one, other = mixed
            self.fault(fault, odd_currency(one, other, self.scope.facts).syntax)
        arguments = flat(bound)
        if builtin.name in _LOOKING and not mixed:
            self._looking(arguments)
        if builtin.name == "get value":
            self._entry(arguments)
        type_ = result_of(builtin, overload, bound)
        return t.Call(builtin, tuple(arguments), None, overload, type=type_, syntax=node)

    def _looking(self, arguments: list[t.Node | None]) -> None:
        listed, element = arguments[0], arguments[1]
        if listed is None or element is None or listed.type.kind != "list" or isinstance(listed, t.ListOf):
            return
        item = t.Local("", "?", type=listed.type.item or ANY, syntax=listed.syntax)
        fault = comparable("=", item, element)
        if fault is not None:
            self.fault(fault, element.syntax)

    def _entry(self, arguments: list[t.Node | None]) -> None:
        """A key that is written out must be there."""
        base, key = arguments[0], arguments[1]
        if base is None or base.type.kind != "context" or not isinstance(key, t.Constant):
            return
        if (
            isinstance(key.value, str)
            and not base.type.open
            and base.type.fields
            and not member_type(base.type, key.value)
        ):
            self.report(
                "feel.unknown_member",
                f"There is no entry `{key.value[:60]}`.",
                f"没有“{key.value[:60]}”这一项。",
                key.syntax,
                did_you_mean(key.value, base.type.members),
            )

    def _misfit(self, builtin: Builtin, arguments: list[t.Node], node: s.Call) -> None:
        """Say what keeps a call from fitting: a parameter's name, an argument, or how many there are."""
        usage = words(f"Usage: {builtin.usage()}.", f"用法：{builtin.usage()}。")
        known = list(dict.fromkeys(one.name for overload in builtin.overloads for one in overload.parameters))
        strange = [at for at, one in enumerate(node.names or ()) if one not in known]
        if node.names and strange:
            name = node.names[strange[0]]
            start = self._parameter_at(name, node.arguments[strange[0]].start)
            en, zh = f"`{builtin.name}` has no parameter `{name}`.", f"“{builtin.name}”没有参数“{name}”。"
            hint = did_you_mean(name, known) or usage
            self.report_at("feel.unknown_parameter", en, zh, start, start + len(name), hint)
            return
        spot = misfit(builtin, arguments, node.names)
        if spot is None:
            self._wrong_number(builtin, len(arguments), node)
            return
        found = ", ".join(named(one.type)[0] for one in arguments)
        found_zh = "、".join(named(one.type)[1] for one in arguments)
        en, zh = f"`{builtin.name}` cannot be called with {found}.", f"“{builtin.name}”不接受这样的参数：{found_zh}。"
        self.report("feel.arguments", en, zh, spot.syntax, usage)

    def _parameter_at(self, name: str, before: int) -> int:
        """Where the name of a named argument stands."""
        found = self.source.rfind(name.split(" ", maxsplit=1)[0], 0, before)
        return found if found >= 0 else before

    def _wrong_number(self, builtin: Builtin, count: int, node: s.Call) -> None:
        usage = words(f"Usage: {builtin.usage()}.", f"用法：{builtin.usage()}。")
        few = min(sum(not one.optional for one in overload.parameters) for overload in builtin.overloads)
        most = max(len(overload.parameters) for overload in builtin.overloads)
        wanted = str(few) if few == most else f"{few} to {most}"
        wanted_zh = str(few) if few == most else f"{few} 至 {most}"
        if any(one.variadic for one in builtin.overloads):
            wanted, wanted_zh = f"{few} or more", f"至少 {few}"
        if node.names is not None:
            en, zh = f"A parameter of `{builtin.name}` is missing.", f"“{builtin.name}”缺少参数。"
        else:
            en = f"`{builtin.name}` takes {wanted} {'argument' if wanted == '1' else 'arguments'}, not {count}."
            zh = f"“{builtin.name}”需要 {wanted_zh} 个参数，而不是 {count} 个。"
        self.report("feel.arguments", en, zh, node, usage)


def _type_of(value: object) -> Type:
    if isinstance(value, Interval):
        return range_of(_type_of(value.high if value.low is None else value.low))
    return SIMPLE[kind_of(value)]
