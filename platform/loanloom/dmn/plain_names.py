"""How a model is written as plain data (mappings, lists, texts): which key stands for which field. A table, no code."""

from __future__ import annotations

from collections.abc import Mapping

from . import boxed as b
from . import model as m
from .elements import Element
from .shapes import SHAPES, Attribute, Part

COMMON = ("id", "label", "description")
KEPT = ("id", "label", "attributes", "extensions", "variable", "information", "knowledge", "authority", "links")
"""What only other tools care for stands under `kept`, so that it does not stand in the way of people."""

OWN = "urn:loanloom:decision-model"
"""The namespace of what a model says for this platform: the fact that an input takes, titles in both languages,
of the element and of its answers."""

_KEYS: Mapping[type[Element], Mapping[str, str]] = {
    b.InputClause: {"expression": "value", "values": "allowed"},
    b.Rule: {"inputs": "when", "outputs": "then", "annotations": "notes"},
    b.ContextEntry: {"expression": "value"},
    b.Binding: {"expression": "value"},
    b.FunctionDefinition: {"body": "logic"},
    b.Conditional: {"condition": "if", "otherwise": "else"},
    b.BoxedFilter: {"source": "in"},
    b.ForIterator: {"source": "in", "body": "return"},
    b.SomeIterator: {"source": "in", "body": "satisfies"},
    b.EveryIterator: {"source": "in", "body": "satisfies"},
    b.Branch: {"expression": "value"},
    m.FunctionItem: {"output_type_ref": "type"},
    m.ItemDefinition: {"allowed_values": "values", "components": "fields", "is_collection": "list"},
    m.Decision: {"expression": "logic"},
    m.DecisionService: {"encapsulated": "decisions", "input_data": "inputs"},
    m.Definitions: {"items": "types"},
}
_EVERYWHERE = {"type_ref": "type", "expression_language": "language", "imported_values": "imported"}

BOXED_KEYS: Mapping[str, type[Element]] = {
    "literal": b.LiteralExpression,
    "table": b.DecisionTable,
    "context": b.BoxedContext,
    "invocation": b.Invocation,
    "list": b.BoxedList,
    "relation": b.Relation,
    "function": b.FunctionDefinition,
    "conditional": b.Conditional,
    "filter": b.BoxedFilter,
    "for": b.ForIterator,
    "some": b.SomeIterator,
    "every": b.EveryIterator,
}
"""A boxed expression is a mapping with one of these keys; a plain text is a literal."""

BOXED_NAMES: Mapping[type[Element], str] = {of: name for name, of in BOXED_KEYS.items()}

SECTIONS: Mapping[str, type[Element]] = {
    "inputs": m.InputData,
    "functions": m.BusinessKnowledgeModel,
    "decisions": m.Decision,
    "services": m.DecisionService,
    "sources": m.KnowledgeSource,
}
"""The elements of the requirements graph, by kind."""

SHORT: Mapping[type[Element], str] = {
    b.LiteralExpression: "text",
    m.UnaryTests: "text",
    b.Annotation: "text",
    b.BoxedList: "items",
    b.Branch: "expression",
}
"""Elements that may stand as the one field that matters, where they have nothing else."""

INLINE: Mapping[type[Element], str] = {b.ContextEntry: "variable", b.Binding: "parameter"}
"""Elements whose item's name and type stand beside its value."""

VARIABLE = (m.InputData, m.Decision, m.BusinessKnowledgeModel, m.DecisionService)
"""Elements whose variable has their own name: only its type is written."""


def key_of(of: type[Element], field: str) -> str:
    """The key of a field."""
    return _KEYS.get(of, {}).get(field) or _EVERYWHERE.get(field, field)


def parts(of: type[Element]) -> tuple[Part, ...]:
    """The fields of a class as its shape has them, attributes first."""
    return tuple(sorted(SHAPES[of], key=lambda one: not isinstance(one, Attribute)))
