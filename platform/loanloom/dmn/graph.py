"""What requires what: references resolved within a model and its imports, in an order in which everything can be made.

Circles of decisions are refused with their path; functions may call themselves and each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from loanloom.feel.problems import did_you_mean, words

from .model import BusinessKnowledgeModel, Decision, DecisionService, Definitions, Drg, InputData, KnowledgeSource
from .problems import DmnProblem, problem

Key = tuple[str, str]
"""Namespace and id of an element."""


@dataclass(frozen=True, eq=False)
class Node:
    """One element of one model; `needs` are its requirements, each with the import that it is reached through."""

    model: str
    element: Drg
    needs: list[tuple[str | None, Node]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The name by which it is known."""
        return self.element.name

    @property
    def key(self) -> Key:
        """What it is found by."""
        return self.model, self.element.id or self.element.name

    @property
    def is_function(self) -> bool:
        """Whether it is called rather than computed."""
        return isinstance(self.element, BusinessKnowledgeModel | DecisionService)


class Graph:
    """The elements of a model and of those it imports."""

    def __init__(self, root: Definitions, others: Mapping[str, Definitions], problems: list[DmnProblem]) -> None:
        self.problems = problems
        self.models: dict[str, Definitions] = {}
        self.nodes: dict[Key, Node] = {}
        self._services: dict[Key, tuple[list[Node], ...]] = {}
        self._load(root, others)
        for node in list(self.nodes.values()):
            self._connect(node)
        self.order = self._ordered()

    def _load(self, root: Definitions, others: Mapping[str, Definitions]) -> None:
        """The model and all it imports, directly or not."""
        todo = [root]
        while todo:
            one = todo.pop()
            if one.namespace in self.models:
                continue
            self.models[one.namespace] = one
            self._enter(one)
            for imported in one.imports:
                if "DMN" not in imported.import_type and imported.import_type:
                    continue  # a PMML or XSD file: nothing to compute with
                found = others.get(imported.namespace)
                if found is None and imported.namespace not in self.models:
                    self.problems.append(
                        problem(
                            "dmn.import_missing",
                            f"The imported model `{imported.name or imported.namespace}` is not here.",
                            f"缺少引入的模型“{imported.name or imported.namespace}”。",
                            element=one.name,
                            place=imported.place,
                        )
                    )
                elif found is not None:
                    todo.append(found)

    def _enter(self, model: Definitions) -> None:
        names: set[str] = set()
        for element in model.elements:
            node = Node(model.namespace, element)
            if node.key in self.nodes:
                self._say(
                    "dmn.duplicate_id", f"The id `{element.id}` is used twice.", f"标识“{element.id}”重复。", node
                )
                continue
            self.nodes[node.key] = node
            if element.name in names and not isinstance(element, KnowledgeSource):
                self._say("dmn.duplicate_name", "There are two elements of this name.", "有两个同名的元素。", node)
            names.add(element.name)

    def _say(self, code: str, en: str, zh: str, node: Node, hint: Mapping[str, str] | None = None) -> None:
        where = node.element
        self.problems.append(problem(code, en, zh, element=where.name, place=where.place, hint=hint))

    def _connect(self, node: Node) -> None:
        element = node.element
        found: list[str] = []
        if isinstance(element, Decision):
            found += [href for one in element.information for href in (one.decision, one.input) if href]
        if isinstance(element, Decision | BusinessKnowledgeModel):
            found += [one.knowledge for one in element.knowledge if one.knowledge]
        if isinstance(element, DecisionService):
            parts = (element.outputs, element.encapsulated, element.input_decisions, element.input_data)
            lists = tuple([one for href in part if (one := self._resolved(href, node))] for part in parts)
            self._services[node.key] = tuple([one for _, one in part] for part in lists)
            node.needs.extend(one for part in lists for one in part)
        for href in found:
            target = self._resolved(href, node)
            if target is not None and target not in node.needs:
                node.needs.append(target)

    def service(self, node: Node) -> tuple[list[Node], ...]:
        """Outputs, encapsulated decisions, input decisions and input data of a service."""
        return self._services[node.key]

    def _resolved(self, href: str, node: Node) -> tuple[str | None, Node] | None:
        """What a reference means here, with the import's name; None (and a problem) where it means nothing."""
        namespace, _, identity = href.rpartition("#")
        model = self.models[node.model]
        if not namespace or namespace == node.model:
            found = self.nodes.get((node.model, identity))
            if found is not None:
                return None, found
        else:
            for one in model.imports:
                found = self.nodes.get((namespace, identity)) if one.namespace == namespace else None
                if found is not None:
                    return one.name, found
        known = [one.element.id or "" for one in self.nodes.values() if one.model == node.model]
        self._say(
            "dmn.unknown_reference",
            f"The reference `{href}` leads nowhere.",
            f"引用“{href}”没有对应的元素。",
            node,
            did_you_mean(identity, known),
        )
        return None

    def _ordered(self) -> list[Node]:
        """Every node after what it needs. Walks without recursion; a circle is said once and then cut."""
        done: dict[Key, bool] = {}
        order: list[Node] = []
        for start in self.nodes.values():
            path: list[tuple[Node, int]] = [(start, 0)] if start.key not in done else []
            while path:
                node, place = path.pop()
                done.setdefault(node.key, False)
                if place >= len(node.needs):
                    done[node.key] = True
                    order.append(node)
                    continue
                path.append((node, place + 1))
                needed = node.needs[place][1]
                if needed.key not in done:
                    path.append((needed, 0))
                elif not done[needed.key]:
                    self._circle([one for one, _ in path], needed)
        return order

    def _circle(self, path: list[Node], again: Node) -> None:
        """Nodes that need each other. Functions may; for decisions there is no first one."""
        circle = path[next(place for place, one in enumerate(path) if one is again) :]
        if all(one.is_function for one in circle):
            return
        said = " → ".join(f"`{one.name}`" for one in (*circle, again))
        said_zh = " → ".join(f"“{one.name}”" for one in (*circle, again))
        self._say(
            "dmn.circle",
            f"These need each other: {said}.",
            f"相互依赖：{said_zh}。",
            again,
            words("Take one of them out of what another needs.", "请去掉其中一个依赖。"),
        )
        circle[-1].needs[:] = [one for one in circle[-1].needs if one[1] is not again]

    def find(self, model: str, name: str) -> Node | None:
        """An element of a model by its name (or its id)."""
        for node in self.nodes.values():
            if node.model == model and node.name == name:
                return node
        return self.nodes.get((model, name))


__all__ = ["Graph", "InputData", "Key", "Node"]
