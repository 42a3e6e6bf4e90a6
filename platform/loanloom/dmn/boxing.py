"""Boxed expressions compiled: each becomes a type and a function of the names in its scope. Gathers every mistake.

The scope of an entry of a context is what stands around it and the entries before it; a function sees its own name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from loanloom import feel
from loanloom.feel import ANY, BOOLEAN, Library, Type, context, joined, list_of, optional
from loanloom.feel.checking.joining import joined_all
from loanloom.feel.problems import Fault
from loanloom.feel.running import runtime
from loanloom.feel.running.values import kind_of
from loanloom.feel.types import function_of

from . import boxed as b
from .calling import call_named, function_value
from .elements import Element, Expression
from .namespaces import is_feel
from .pieces import NOTHING, Code, Seen
from .problems import DmnProblem, of_expression, problem
from .running import Names, Run
from .scoping import is_function, may_become, not_a_condition, stepping, with_names
from .tabling import BoxedTable, compile_boxed_table
from .types import ANYTHING, ItemType, Types


class Boxer:
    """Compiles the expressions of one element; `element` is the name that problems carry."""

    def __init__(
        self, types: Types, library: Library, mode: str, language: str | None, problems: list[DmnProblem]
    ) -> None:
        self.types, self.library, self.mode, self.problems = types, library, mode, problems
        self.language = language
        self.element = ""
        self.tables: list[BoxedTable] = []
        self.seen: dict[str, Seen] = {}

    def compile(self, expression: Expression | None, scope: Type) -> Code:
        """Any boxed expression; its value is brought to the type that it names."""
        if expression is None:
            return NOTHING
        code = _COMPILE[type(expression)](self, expression, scope)
        return self.typed(code, self.item(expression.type_ref, expression), expression)

    def item(self, type_ref: str | None, where: Any) -> ItemType:
        return self.types.named(type_ref, self.element, where.place)

    def see(self, where: Element | None, scope: Type, tested: Type | None = None) -> None:
        """Remember what a place sees, for whoever helps people to write there."""
        if where is not None and where.place.pointer is not None:
            self.seen[where.place.pointer] = Seen(scope, tested)

    def say(self, code: str, en: str, zh: str, where: Any) -> None:
        self.problems.append(problem(code, en, zh, element=self.element, place=where.place))

    def typed(self, code: Code, item: ItemType, where: Any) -> Code:
        """The code with its value coerced to a type."""
        if item is ANYTHING:
            return code
        if self.mode == "strict" and not may_become(code.type, item.type):
            (wanted, wanted_zh), (found, found_zh) = feel.types.named(item.type), feel.types.named(code.type)
            self.say(
                "dmn.wrong_type",
                f"The result should be {wanted}, but is {found}.",
                f"结果应为{wanted_zh}，实际为{found_zh}。",
                where,
            )
        element = self.element

        def run(names: Names, run: Run) -> Any:
            value = code.run(names, run)
            try:
                return item.coerced(value)
            except Fault as fault:
                run.fault(fault, element, where.place)
                return None

        nullable = code.type.nullable or code.type.kind == "Any" or self.mode == "standard"
        return Code(item.type if nullable else feel.required(item.type), run)

    def literal(self, one: b.LiteralExpression, scope: Type) -> Code:
        language = one.expression_language or self.language
        if not is_feel(language) or one.imported_values is not None:
            named = language if not is_feel(language) else "importedValues"
            self.say(
                "dmn.expression_language",
                f"Expressions in `{named}` are not run here, only FEEL.",
                f"此处不支持“{named}”表达式，只支持 FEEL。",
                one,
            )
            return NOTHING
        checked = feel.check(one.text, scope, functions=self.library, mode=self.mode)
        self.see(one, scope)
        element = self.element
        self.problems.extend(of_expression(found, element, one.place) for found in checked.problems)
        type_ = optional(checked.type) if self.mode == "standard" else checked.type
        return Code(type_, lambda names, run: run.literal(checked, names, element, one.place))

    def table(self, one: b.DecisionTable, scope: Type) -> Code:
        type_, run = compile_boxed_table(one, scope, self)
        return Code(type_, run)

    def context(self, one: b.BoxedContext, scope: Type) -> Code:
        entries: list[tuple[str | None, Code]] = []
        for entry in one.entries:
            name = entry.variable.name if entry.variable is not None else None
            inner = scope
            if name is not None and name not in scope.members and is_function(entry.expression):
                inner = with_names(scope, {name: self._announced(entry.expression)})
            code = self.compile(entry.expression, inner)
            if entry.variable is not None:
                code = self.typed(code, self.item(entry.variable.type_ref, entry.variable), entry.variable)
                scope = with_names(scope, {entry.variable.name: code.type})
            entries.append((name, code))
        named = {name: code.type for name, code in entries if name is not None}
        results = [code.type for name, code in entries if name is None]

        def run(names: Names, run: Run) -> Any:
            inner, found = dict(names), {}
            for name, code in entries:
                value = code.run(inner, run)
                if name is None:
                    return value
                inner[name] = found[name] = value
            return found

        return Code(results[0] if results else context(named, open=self.mode == "standard"), run)

    def _announced(self, one: Expression | None) -> Type:
        """The type of a function that is about to be compiled, for its own calls of itself."""
        if isinstance(one, b.FunctionDefinition):
            items = [self.types.find(part.type_ref) or ANYTHING for part in one.parameters]
            return function_of((item.type for item in items), ANY)
        return ANY

    def invocation(self, one: b.Invocation, scope: Type) -> Code:
        function = self.compile(one.function, scope)
        bindings = [
            (binding.parameter.name if binding.parameter else "", self.compile(binding.expression, scope))
            for binding in one.bindings
        ]
        names_ = [name for name, _ in bindings]
        if self.mode == "strict" and function.type.kind not in ("function", "Any"):
            self.say("feel.not_a_function", "Only a function can be called.", "只有函数才能被调用。", one)
        element = self.element

        def run(names: Names, run: Run) -> Any:
            called = function.run(names, run)
            arguments = [code.run(names, run) for _, code in bindings]
            try:
                return call_named(called, arguments, names_, run)
            except Fault as fault:
                run.fault(fault, element, one.place)
                return None

        result = function.type.result if function.type.kind == "function" else None
        return Code(optional(result or ANY), run)

    def list(self, one: b.BoxedList, scope: Type) -> Code:
        items = [self.compile(item, scope) for item in one.items]
        type_ = list_of(joined_all(item.type for item in items))
        return Code(type_, lambda names, run: [item.run(names, run) for item in items])

    def relation(self, one: b.Relation, scope: Type) -> Code:
        rows: list[list[tuple[str, Code]]] = []
        columns = [(column.name, self.item(column.type_ref, column)) for column in one.columns]
        for row in one.rows:
            if len(row.items) != len(columns):
                self.say(
                    "dmn.relation_row",
                    f"The row has {len(row.items)} cells for {len(columns)} columns.",
                    f"该行有 {len(row.items)} 个单元格，应为 {len(columns)} 个。",
                    row,
                )
            cells = zip(columns, row.items, strict=False)
            rows.append([(name, self.typed(self.compile(cell, scope), item, cell)) for (name, item), cell in cells])
        record = joined_all(context({name: cell.type for name, cell in row}) for row in rows)

        def run(names: Names, run: Run) -> Any:
            return [{name: cell.run(names, run) for name, cell in row} for row in rows]

        return Code(list_of(record), run)

    def function(self, one: b.FunctionDefinition, scope: Type) -> Code:
        return self.defined(one, scope, ANYTHING)

    def defined(self, one: b.FunctionDefinition, scope: Type, result: ItemType) -> Code:
        """A function; `result` is the type that its value must have besides that of its body."""
        if one.kind.upper() != "FEEL":
            self.say(
                "dmn.foreign_function",
                f"Functions of kind {one.kind} are not run here, only FEEL.",
                f"此处不支持 {one.kind} 类型的函数，只支持 FEEL。",
                one,
            )
        parameters = [(part.name, self.item(part.type_ref, part)) for part in one.parameters]
        body_scope = with_names(scope, {name: item.type for name, item in parameters})
        body = self.compile(one.body, body_scope) if one.kind.upper() == "FEEL" else NOTHING
        body = self.typed(body, result, one)
        type_ = function_of((item.type for _, item in parameters), body.type)
        return Code(type_, lambda names, run: function_value(parameters, body, names, run, type_))

    def conditional(self, one: b.Conditional, scope: Type) -> Code:
        condition, then, otherwise = (self.branch(part, scope) for part in (one.condition, one.then, one.otherwise))
        self.condition_type(condition, one)
        element = self.element

        def run(names: Names, run: Run) -> Any:
            met = condition.run(names, run)
            if met is not None and not isinstance(met, bool):
                run.fault(not_a_condition(met), element, one.place)
            return (then if met is True else otherwise).run(names, run)

        return Code(joined(then.type, otherwise.type), run)

    def branch(self, one: b.Branch | None, scope: Type) -> Code:
        """The expression of a branch, brought to the branch's own type."""
        if one is None:
            return NOTHING
        return self.typed(self.compile(one.expression, scope), self.item(one.type_ref, one), one)

    def condition_type(self, code: Code, where: Any) -> None:
        if self.mode == "strict" and feel.types.fits(code.type, BOOLEAN) == "no":
            self.say("feel.not_a_condition", "Expected true or false.", "此处应为是或否。", where)

    def filter(self, one: b.BoxedFilter, scope: Type) -> Code:
        source = self.branch(one.source, scope)
        item = source.type.item or ANY if source.type.kind == "list" else ANY
        inner = with_names(scope, {**(item.members if item.kind == "context" else {}), "item": item})
        match, element = self.branch(one.match, inner), self.element

        def run(names: Names, run: Run) -> Any:
            def keep(value: Any) -> Any:
                bare = value if kind_of(value) == "context" else {}
                return match.run({**names, **bare, "item": value}, run)

            try:
                return runtime.filtered(source.run(names, run), keep, run.budget)
            except Fault as fault:
                run.fault(fault, element, one.place)
                return None

        listed = source.type if source.type.kind == "list" else list_of(item)
        return Code(optional(listed) if match.type.kind == "boolean" else optional(ANY), run)

    def iterator(self, one: b.Iterator, scope: Type) -> Code:
        source, element = self.branch(stepping(one.source), scope), self.element
        item = source.type.item or ANY if source.type.kind in ("list", "range") else ANY
        bound: dict[str, Type] = {one.variable: item}
        if isinstance(one, b.ForIterator):
            bound["partial"] = list_of(ANY)
        body = self.branch(one.body, with_names(scope, bound))
        turn = {b.ForIterator: runtime.for_each, b.SomeIterator: runtime.some, b.EveryIterator: runtime.every}[
            type(one)
        ]
        if not isinstance(one, b.ForIterator):
            self.condition_type(body, one)

        def run(names: Names, run: Run) -> Any:
            def step(value: Any, *partial: Any) -> Any:
                return body.run({**names, one.variable: value, **dict(zip(("partial",), partial, strict=False))}, run)

            try:
                return turn([lambda: source.run(names, run)], step, run.budget)
            except Fault as fault:
                run.fault(fault, element, one.place)
                return None

        return Code(optional(list_of(body.type)) if isinstance(one, b.ForIterator) else optional(BOOLEAN), run)


_COMPILE: Mapping[type[Expression], Callable[[Boxer, Any, Type], Code]] = {
    b.LiteralExpression: Boxer.literal,
    b.DecisionTable: Boxer.table,
    b.BoxedContext: Boxer.context,
    b.Invocation: Boxer.invocation,
    b.BoxedList: Boxer.list,
    b.Relation: Boxer.relation,
    b.FunctionDefinition: Boxer.function,
    b.Conditional: Boxer.conditional,
    b.BoxedFilter: Boxer.filter,
    b.ForIterator: Boxer.iterator,
    b.SomeIterator: Boxer.iterator,
    b.EveryIterator: Boxer.iterator,
}
