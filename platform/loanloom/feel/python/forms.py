"""Python source for lists, contexts, loops, calls and functions; the operators are in python_target."""

from __future__ import annotations

from .. import tree as t
from ..library.signatures import Overload
from ..types import NULL
from .writer import Writer


class Forms(Writer):
    """The forms that build values or call code."""

    def member(self, node: t.Member) -> str:
        base = node.base
        if base.type.kind == "context":
            return self.null_safe((base,), lambda text: f"{text}.get({node.name!r})")
        if base.type.kind in ("list", "Any"):
            return f"_member({self.expression(base)}, {node.name!r}, {self.budget()})"
        return f"_member({self.expression(base)}, {node.name!r})"

    def index(self, node: t.Index) -> str:
        return f"_index({self.expression(node.base)}, {self.expression(node.index)})"

    def filter(self, node: t.Filter) -> str:
        return (
            f"_filtered({self.expression(node.base)}, lambda {node.item.slot}: {self.expression(node.condition)}, "
            f"{self.budget()}, {t.weight(node.condition)})"
        )

    def passes(self, node: t.Passes) -> str:
        return f"_passes({self.expression(node.value)}, {self.expression(node.test)}, {self.budget()})"

    def let(self, node: t.Let) -> str:
        """The value is bound on the way to the body; every frame of the generated code binds a slot but once."""
        value = self.expression(node.value)
        return f"(None if ({node.local.slot} := {value}) is _never else {self.expression(node.body)})"

    def list_of(self, node: t.ListOf) -> str:
        if len(node.items) > 50 and all(isinstance(one, t.Constant) for one in node.items):
            return self.constant_named(tuple(one.value for one in node.items if isinstance(one, t.Constant)))
        return f"[{', '.join(self.expression(one) for one in node.items)}]"

    def context(self, node: t.Context) -> str:
        """Entries in their order, each bound for the later ones."""
        used = {one.slot for _, value in node.entries for one in t.walk(value) if isinstance(one, t.Local)}
        entries = []
        for local, value in node.entries:
            text = self.expression(value)
            entries.append(f"{local.name!r}: " + (f"({local.slot} := {text})" if local.slot in used else text))
        return "{" + ", ".join(entries) + "}"

    def range(self, node: t.Range) -> str:
        if node.low is None or node.high is None:
            end, closed = (node.low, node.low_closed) if node.low else (node.high, node.high_closed)
            assert end is not None
            return f"_half({self.expression(end)}, {closed}, upwards={node.high is None})"
        low, high = self.expression(node.low), self.expression(node.high)
        return f"_interval({low}, {high}, {node.low_closed}, {node.high_closed})"

    def _sources(self, loops: tuple[t.Loop, ...]) -> str:
        found = []
        for place, loop in enumerate(loops):
            bound = ", ".join(one.local.slot for one in loops[:place])
            text = self.expression(loop.source)
            if loop.until is not None:
                text = f"_steps({text}, {self.expression(loop.until)}, {self.budget()})"
            found.append(f"lambda {bound}: {text}")
        return f"[{', '.join(found)}]"

    def for_each(self, node: t.For) -> str:
        bound = ", ".join([*(one.local.slot for one in node.loops), node.partial.slot])
        body, weight = self.expression(node.body), t.weight(node.body)
        return f"_for_each({self._sources(node.loops)}, lambda {bound}: {body}, {self.budget()}, {weight})"

    def quantified(self, node: t.Quantified) -> str:
        bound = ", ".join(one.local.slot for one in node.loops)
        return (
            f"_{node.quantifier}({self._sources(node.loops)}, lambda {bound}: {self.expression(node.condition)}, "
            f"{self.budget()}, {t.weight(node.condition)})"
        )

    def call(self, node: t.Call) -> str:
        overload = node.overload
        if overload is None:
            arguments = ", ".join(self.expression(one) for one in node.arguments if one is not None)
            return f"{self.constant_named(node.function.invoke)}([{arguments}], {node.names!r}, {self.budget()})"
        return self._settled(node, overload)

    def _settled(self, node: t.Call, overload: Overload) -> str:
        given = tuple(node.arguments)
        while given and given[-1] is None:
            given = given[:-1]
        parameters = overload.parameters + (
            overload.parameters[-1:] * (len(given) - len(overload.parameters)) if overload.variadic else ()
        )
        fixed = len(overload.parameters) - 1
        nodes: list[tuple[t.Node, bool]] = []
        for place, (argument, parameter) in enumerate(zip(given, parameters, strict=False)):
            in_list = overload.variadic and place >= fixed
            if argument is None:
                argument = t.Constant(None, type=NULL, syntax=node.syntax)
                nodes.append((argument, False))
            else:
                nodes.append((argument, argument.type.nullable and not parameter.takes_null and not in_list))
        name = self.constant_named(overload.function)
        budget = [self.budget()] if overload.budget else []

        def build(*texts: str) -> str:
            listed = [*texts[:fixed], f"[{', '.join(texts[fixed:])}]"] if overload.variadic else list(texts)
            return f"{name}({', '.join([*budget, *listed])})"

        return self.guarded(nodes, build)

    def invoke(self, node: t.Invoke) -> str:
        first, again = self.held(node.function)
        arguments = f"[{', '.join(self.expression(one) for one in node.arguments)}]"
        if node.names is not None:
            return f"_call({first}, _arranged({again}.parameters, {arguments}, {node.names!r}), {self.budget()})"
        return f"_call({first}, {arguments}, {self.budget()})"

    def function(self, node: t.Lambda) -> str:
        slots = ", ".join(one.slot for one in node.parameters)
        names = tuple(one.name for one in node.parameters)
        body, weight = self.expression(node.body), t.weight(node.body)
        types = f", {self.constant_named(node.type)}, {self.constant_named(node.types)}"
        return f"_Function({names!r}, _deep({self.budget()}, lambda {slots}: {body}), {weight}{types})"

    def instance_of(self, node: t.InstanceOf) -> str:
        return f"_is_a({self.expression(node.value)}, {self.constant_named(node.of)}, {self.budget()})"
