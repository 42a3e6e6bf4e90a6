"""Typed tree to Python source: the fast back end for one record. Only our own code is generated and run.

Where types are settled the code is plain Python over Decimals; elsewhere it calls the shared operations. A value that
can
be null is asked for null once; one that cannot is not. Failures carry no place: the interpreter finds it afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import tree as t
from .library.signatures import Overload
from .python_names import GLOBALS
from .types import BOOLEAN, NULL, fits

_PLAIN = frozenset({"number", "string", "boolean", "date", "days and time duration", "years and months duration"})
_NUMERIC = {"+": "_add", "-": "_subtract", "*": "_multiply", "/": "_divide"}
_PYTHON_COMPARE = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def _is_simple(node: t.Node) -> bool:
    """Whether the node's text is a mere name, which cannot fail and may be repeated."""
    return isinstance(node, t.Input | t.Local | t.Constant)


class Generator:
    """Writes one function."""

    def __init__(self) -> None:
        self.constants: dict[str, Any] = {}
        self.inputs: dict[tuple[str, ...], tuple[str, bool]] = {}
        self.temporaries = 0
        self.needs_budget = False

    def source(self, root: t.Node, parameters: tuple[t.Local, ...] = ()) -> str:
        """The text of the function."""
        body = self.expression(root)
        names = "".join(f", {one.slot}" for one in parameters)
        lines = [f"def program(facts{names}):"]
        lines += [f"    {line}" for line in self._loads()]
        if self.needs_budget:
            lines.append("    budget = _Budget()")
        return "\n".join([*lines, f"    return {body}", ""])

    def _loads(self) -> list[str]:
        """Read each fact once; records on the way may be missing unless the facts in them are required."""
        lines: list[str] = []
        groups: dict[tuple[str, ...], str] = {(): "facts"}
        for path, (name, nullable) in sorted(self.inputs.items()):
            for depth in range(1, len(path)):
                prefix = path[:depth]
                if prefix not in groups:
                    groups[prefix] = f"g{len(groups)}"
                    lines.append(f"{groups[prefix]} = {groups[prefix[:-1]]}.get({prefix[-1]!r}) or _nothing")
            base, key = groups[path[:-1]], path[-1]
            lines.append(f"{name} = {base}.get({key!r})" if nullable else f"{name} = {base}[{key!r}]")
            if not nullable:
                lines.append(f"if {name} is None: raise _KeyError({key!r})")
        return lines

    def expression(self, node: t.Node) -> str:
        """Python text of a node."""
        return _VISITS[type(node)](self, node)

    def constant_named(self, value: Any) -> str:
        """A name for a Python object that the code refers to."""
        name = f"k{len(self.constants)}"
        self.constants[name] = value
        return name

    def temporary(self) -> str:
        """A fresh local name."""
        self.temporaries += 1
        return f"t{self.temporaries}"

    def budget(self) -> str:
        """The name of the budget, which is then made."""
        self.needs_budget = True
        return "budget"

    def held(self, node: t.Node) -> tuple[str, str]:
        """Text that computes a node for the first time and text that repeats it."""
        text = self.expression(node)
        if _is_simple(node):
            return text, text
        name = self.temporary()
        return f"({name} := {text})", name

    def null_safe(self, nodes: tuple[t.Node, ...], build: Callable[..., str]) -> str:
        """`build` over the nodes' texts, or None where one of them is null. All are computed, left to right."""
        return self.guarded([(node, node.type.nullable) for node in nodes], build)

    def guarded(self, nodes: list[tuple[t.Node, bool]], build: Callable[..., str]) -> str:
        """The same, each node with whether a null in it makes the whole null."""
        if not any(asked for _, asked in nodes):
            return build(*(self.expression(node) for node, _ in nodes))
        guards, texts, simple = [], [], True
        for node, asked in nodes:
            if _is_simple(node):
                texts.append(self.expression(node))
                if asked:
                    guards.append(f"({texts[-1]} is None)")
                continue
            simple = False
            name = self.temporary()
            guards.append(f"(({name} := {self.expression(node)}) is {'None' if asked else '_never'})")
            texts.append(name)
        join = " or " if simple else " | "  # `|` computes every side, so that no fault hides behind a null
        return f"(None if {join.join(guards)} else {build(*texts)})"

    def constant(self, node: t.Constant) -> str:
        if node.value is None or isinstance(node.value, bool):
            return repr(node.value)
        return self.constant_named(node.value)

    def input(self, node: t.Input) -> str:
        known = self.inputs.get(node.path)
        name = known[0] if known else f"v{len(self.inputs)}"
        self.inputs[node.path] = (name, node.type.nullable)
        return name

    def local(self, node: t.Local) -> str:
        return node.slot

    def member(self, node: t.Member) -> str:
        base = node.base
        if base.type.kind == "context" and isinstance(base, t.Local):
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

    def negate(self, node: t.Negate) -> str:
        if node.operand.type.kind == "number":
            return self.null_safe((node.operand,), "_minus({})".format)
        return f"_negate({self.expression(node.operand)})"

    def arithmetic(self, node: t.Arithmetic) -> str:
        kinds = {node.left.type.kind, node.right.type.kind}
        if kinds == {"number"} and node.operator in _NUMERIC:
            return self.null_safe((node.left, node.right), (_NUMERIC[node.operator] + "({}, {})").format)
        if kinds == {"string"}:
            return self.null_safe((node.left, node.right), f"_text({{}}, {{}}, {self.budget()})".format)
        operands = f"{self.expression(node.left)}, {self.expression(node.right)}"
        return f"_arithmetic({node.operator!r}, {operands}, {self.budget()})"

    def compare(self, node: t.Compare) -> str:
        left, right = node.left, node.right
        null = next(
            (
                one
                for one, other in ((left, right), (right, left))
                if other.type.kind == "Null" and isinstance(other, t.Constant)
            ),
            None,
        )
        if null is not None and node.operator in ("=", "!="):
            return f"({self.expression(null)} {'is' if node.operator == '=' else 'is not'} None)"
        if left.type.kind == right.type.kind and left.type.kind in _PLAIN:
            sign = _PYTHON_COMPARE[node.operator]
            if node.operator in ("=", "!="):
                return f"({self.expression(left)} {sign} {self.expression(right)})"
            return self.null_safe((left, right), lambda one, other: f"({one} {sign} {other})")
        return f"_compare({node.operator!r}, {self.expression(left)}, {self.expression(right)}, {self.budget()})"

    def within(self, node: t.Within) -> str:
        parts = (node.value, node.low, node.high)
        if (
            len({one.type.kind for one in parts}) == 1
            and node.value.type.kind in _PLAIN
            and all(_is_simple(one) and not one.type.nullable for one in parts[1:])
        ):
            low, high = "<=" if node.low_closed else "<", "<=" if node.high_closed else "<"
            return self.null_safe(parts, lambda value, one, other: f"({one} {low} {value} {high} {other})")
        texts = ", ".join(self.expression(one) for one in parts)
        return f"_within({texts}, {node.low_closed}, {node.high_closed})"

    def passes(self, node: t.Passes) -> str:
        return f"_passes({self.expression(node.value)}, {self.expression(node.test)}, {self.budget()})"

    def one_of(self, node: t.OneOf) -> str:
        return f"({self.expression(node.value)} in {self.constant_named(node.values)})"

    def let(self, node: t.Let) -> str:
        slot, body = node.local.slot, self.expression(node.body)
        return f"(lambda {slot}: {body})({self.expression(node.value)})"

    def condition(self, node: t.Node) -> str:
        """A node as a checked truth value."""
        text = self.expression(node)
        return text if fits(node.type, BOOLEAN) == "yes" else f"_truth({text})"

    def logic(self, node: t.Logic) -> str:
        """Three-valued, left to right, stopping at what decides."""
        word, deciding, neutral = ("and", "False", "True") if node.operator == "and" else ("or", "True", "False")
        if not any(one.type.nullable for one in node.operands):
            return "(" + f" {word} ".join(self.condition(one) for one in node.operands) + ")"
        text, unknown = "", []
        for one in node.operands:
            if not one.type.nullable:
                text += f"{deciding} if {self.condition(one)} is {deciding} else "
                continue
            name = self.temporary()
            text += f"{deciding} if ({name} := {self.condition(one)}) is {deciding} else "
            unknown.append(f"{name} is None")
        return f"({text}None if {' or '.join(unknown)} else {neutral})"

    def negation(self, node: t.Not) -> str:
        return (
            f"_not({self.expression(node.operand)})" if node.type.nullable else f"(not {self.condition(node.operand)})"
        )

    def conditional(self, node: t.If) -> str:
        return (
            f"({self.expression(node.then)} if {self.condition(node.condition)} else {self.expression(node.otherwise)})"
        )

    def list_of(self, node: t.ListOf) -> str:
        if len(node.items) > 50 and all(isinstance(one, t.Constant) for one in node.items):
            return self.constant_named(tuple(one.value for one in node.items if isinstance(one, t.Constant)))
        return f"[{', '.join(self.expression(one) for one in node.items)}]"

    def context(self, node: t.Context) -> str:
        """Entries as nested functions, so that each sees the earlier ones."""
        text = "{" + ", ".join(f"{local.name!r}: {local.slot}" for local, _ in node.entries) + "}"
        for local, value in reversed(node.entries):
            text = f"(lambda {local.slot}: {text})({self.expression(value)})"
        return text

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
        types = f", {self.constant_named(node.type)}, {self.constant_named(node.types)}" if node.types else ""
        return f"_Function({names!r}, _deep({self.budget()}, lambda {slots}: {body}), {weight}{types})"

    def instance_of(self, node: t.InstanceOf) -> str:
        first, again = self.held(node.value)
        return f"({first} is not None and _is_a({again}, {self.constant_named(node.of)}))"


_VISITS: dict[type[t.Node], Callable[[Generator, Any], str]] = {
    t.Constant: Generator.constant,
    t.Input: Generator.input,
    t.Local: Generator.local,
    t.Member: Generator.member,
    t.Index: Generator.index,
    t.Filter: Generator.filter,
    t.Negate: Generator.negate,
    t.Arithmetic: Generator.arithmetic,
    t.Compare: Generator.compare,
    t.Within: Generator.within,
    t.Passes: Generator.passes,
    t.OneOf: Generator.one_of,
    t.Let: Generator.let,
    t.Logic: Generator.logic,
    t.Not: Generator.negation,
    t.If: Generator.conditional,
    t.ListOf: Generator.list_of,
    t.Context: Generator.context,
    t.Range: Generator.range,
    t.For: Generator.for_each,
    t.Quantified: Generator.quantified,
    t.Call: Generator.call,
    t.Invoke: Generator.invoke,
    t.Lambda: Generator.function,
    t.InstanceOf: Generator.instance_of,
}


def generate(root: t.Node, parameters: tuple[t.Local, ...] = ()) -> tuple[str, Mapping[str, Any]]:
    """The Python source of a tree, and the objects its names refer to."""
    generator = Generator()
    source = generator.source(root, parameters)
    return source, {**GLOBALS, **generator.constants}


def compile_tree(root: t.Node, parameters: tuple[t.Local, ...] = ()) -> Callable[..., Any]:
    """The function of a tree: takes the facts (and the tested value of unary tests)."""
    source, names = generate(root, parameters)
    namespace = dict(names)
    exec(compile(source, "<feel>", "exec"), namespace)  # noqa: S102 - source is generated above from a checked tree
    function: Callable[..., Any] = namespace["program"]
    return function
