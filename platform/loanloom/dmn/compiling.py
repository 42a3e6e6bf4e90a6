"""Model to something that evaluates: every element gets its scope from what it requires, its type and its code.

Gathers every mistake; in strict mode a model with mistakes does not run, in standard mode it does and they are nulls.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from loanloom import feel
from loanloom.feel import ANY, DATE, DATE_TIME, Library, Type, context, optional
from loanloom.feel.types import function_of

from .boxing import Boxer
from .graph import Graph, Key, Node
from .model import BusinessKnowledgeModel, Decision, DecisionService, Definitions, InformationItem, InputData
from .pieces import NOTHING, Code, Seen
from .problems import DmnProblem, problem
from .scoping import with_names
from .tabling import BoxedTable
from .types import ANYTHING, ItemType, Types

MOMENT = {"as_of": DATE, "now": DATE_TIME}
"""What `today()` and `now()` read; given with the facts, never asked of a clock."""


@dataclass(eq=False)
class Unit:
    """One element compiled. `type` is what it is in a scope; `item` what its value (or its result) must be."""

    node: Node
    type: Type
    item: ItemType = ANYTHING
    code: Code = NOTHING
    parameters: tuple[tuple[str, ItemType], ...] = ()
    needs: list[tuple[str | None, Unit]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The name that stands for it in expressions: its variable's."""
        variable = getattr(self.node.element, "variable", None)
        return (variable.name if variable is not None and variable.name else None) or self.node.name


class Compiler:
    """One compilation."""

    def __init__(
        self,
        root: Definitions,
        others: Iterable[Definitions],
        library: Library,
        mode: str,
        given: Mapping[str, Type] | None = None,
    ) -> None:
        self.problems: list[DmnProblem] = []
        self.given = given or {}
        self.mode, self.library = mode, library
        self.root = root
        self.graph = Graph(root, {one.namespace: one for one in others}, self.problems)
        self.types = self._types()
        self.units: dict[Key, Unit] = {}
        self.tables: list[BoxedTable] = []
        self.seen: dict[str, Seen] = {}
        before = len(self.problems)
        for node in self.graph.order:
            self.units[node.key] = self._unit(node)
        if any(
            one.code == "dmn.circle" for one in self.problems
        ):  # the names that it was cut from are not mistakes too
            self.problems[before:] = [one for one in self.problems[before:] if one.code != "feel.unknown_name"]
        for unit in self.units.values():
            unit.needs = [(via, self.units[one.key]) for via, one in unit.node.needs]

    def _types(self) -> dict[str, Types]:
        """The types of every model, each seeing those of its imports."""
        found: dict[str, Types] = {}
        imports: dict[str, dict[str, Types]] = {namespace: {} for namespace in self.graph.models}
        for namespace, model in self.graph.models.items():
            found[namespace] = Types(model, imports[namespace], self.library, self.mode, self.problems)
        for namespace, model in self.graph.models.items():
            imports[namespace].update(
                (one.name, found[one.namespace]) for one in model.imports if one.namespace in found
            )
        for types in found.values():
            types.check_all()
        return found

    def _boxer(self, node: Node) -> Boxer:
        model, types = self.graph.models[node.model], self.types[node.model]
        library = self.library.with_types(types.by_name())
        boxer = Boxer(types, library, self.mode, model.expression_language, self.problems)
        boxer.element = node.name
        if node.model == self.root.namespace:
            boxer.tables, boxer.seen = self.tables, self.seen
        return boxer

    def _unit(self, node: Node) -> Unit:
        element = node.element
        boxer = self._boxer(node)
        if isinstance(element, InputData):
            item = self._declared(boxer, element.variable)
            if item is ANYTHING and node.model == self.root.namespace and element.name in self.given:
                item = ItemType(element.name, self.given[element.name])
                return Unit(node, item.type, item)
            return Unit(node, optional(item.type), item)
        if isinstance(element, Decision):
            return self._decision(node, element, boxer)
        if isinstance(element, BusinessKnowledgeModel):
            return self._knowledge(node, element, boxer)
        if isinstance(element, DecisionService):
            return self._service(node, boxer, element.variable)
        return Unit(node, ANY)

    def _declared(self, boxer: Boxer, variable: InformationItem | None) -> ItemType:
        return boxer.item(variable.type_ref, variable) if variable is not None else ANYTHING

    def _scope(self, node: Node) -> Type:
        """The names that a node's requirements give it; those of an import under the import's name."""
        fields: dict[str, Type] = dict(MOMENT)
        imported: dict[str, dict[str, Type]] = {}
        for via, needed in node.needs:
            unit = self.units.get(needed.key)
            name, type_ = (unit.name, unit.type) if unit is not None else (needed.name, self._announced(needed))
            if via:
                imported.setdefault(via, {})[name] = type_
            else:
                fields[name] = type_
        fields.update((via, context(inner)) for via, inner in imported.items())
        return context(fields)

    def _announced(self, node: Node) -> Type:
        """The type of a function that calls one which is not compiled yet."""
        element = node.element
        if isinstance(element, BusinessKnowledgeModel) and element.logic is not None:
            types = self.types[node.model]
            items = [types.find(one.type_ref) or ANYTHING for one in element.logic.parameters]
            return function_of((item.type for item in items), ANY)
        return ANY

    def _decision(self, node: Node, element: Decision, boxer: Boxer) -> Unit:
        if element.expression is None and self.mode == "strict":
            boxer.say("dmn.no_logic", "The decision has no logic.", "该决策没有定义逻辑。", element)
        item = self._declared(boxer, element.variable)
        code = boxer.compile(element.expression, self._scope(node))
        if element.variable is not None:
            code = boxer.typed(code, item, element.variable)
        type_ = optional(code.type) if self.mode == "standard" else code.type
        return Unit(node, type_, item, code)

    def _knowledge(self, node: Node, element: BusinessKnowledgeModel, boxer: Boxer) -> Unit:
        item = self._declared(boxer, element.variable)
        if element.logic is None:
            if self.mode == "strict":
                boxer.say("dmn.no_logic", "The function has no logic.", "该函数没有定义逻辑。", element)
            return Unit(node, ANY)
        result = item.result if item.result is not None else item
        scope = self._scope(node)
        unit = Unit(node, self._announced(node), result)
        code = boxer.defined(element.logic, with_names(scope, {unit.name: unit.type}), result)
        unit.type, unit.code = code.type, code
        unit.parameters = tuple(
            (one.name, boxer.types.find(one.type_ref) or ANYTHING) for one in element.logic.parameters
        )
        return unit

    def _service(self, node: Node, boxer: Boxer, variable: InformationItem | None) -> Unit:
        outputs, _, decisions, inputs = self.graph.service(node)
        units = [self.units[one.key] for one in (*inputs, *decisions) if one.key in self.units]
        parameters = tuple((one.name, one.item) for one in units)
        declared = self._declared(boxer, variable)
        result = declared.result if declared.result is not None else declared
        results = {one.name: one.type for one in (self.units[out.key] for out in outputs if out.key in self.units)}
        type_ = next(iter(results.values())) if len(results) == 1 else context(results)
        if result is not ANYTHING:
            type_ = result.type
        if self.mode == "strict":
            self._closed(node, boxer)
        return Unit(node, function_of((item.type for _, item in parameters), type_), result, parameters=parameters)

    def _closed(self, node: Node, boxer: Boxer) -> None:
        """A service must be given all that its decisions need."""
        outputs, encapsulated, decisions, inputs = self.graph.service(node)
        todo, seen = [*outputs, *encapsulated], {one.key for one in (*decisions, *inputs)}
        if not outputs:
            boxer.say("dmn.no_output", "The service has no output.", "该决策服务没有输出决策。", node.element)
        while todo:
            one = todo.pop()
            if one.key in seen:
                continue
            seen.add(one.key)
            if isinstance(one.element, InputData):
                boxer.say(
                    "dmn.service_not_closed",
                    f"Its decisions need `{one.name}`, which the service is not given.",
                    f"其决策需要“{one.name}”，但该服务没有这个输入。",
                    node.element,
                )
            todo.extend(needed for _, needed in one.needs if not needed.is_function)


def unknown_target(name: str, known: Iterable[str]) -> DmnProblem:
    """The problem that a model has no such decision, function or service."""
    return problem(
        "dmn.unknown_decision",
        f"The model has no decision `{name}`.",
        f"模型中没有决策“{name}”。",
        hint=feel.problems.did_you_mean(name, known),
    )


__all__ = ["MOMENT", "Compiler", "Unit", "unknown_target"]
