"""What stands where in the XML: for each class of the model its element, attributes and children in the schema's order.

One table that both reading and writing follow, so the two cannot drift apart. Knows no text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from . import boxed as b
from . import model as m
from .elements import Element, Expression

Many = Literal["one", "many"]


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute that is a text (or true/false); `default` is left out when written."""

    name: str
    field: str
    default: str | bool | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A child element that holds a text."""

    name: str
    field: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A child element whose `href` is the value."""

    name: str
    field: str
    count: Many = "one"


@dataclass(frozen=True, slots=True)
class Child:
    """A child element of a class of the model."""

    name: str
    field: str
    of: type[Element]
    count: Many = "one"


@dataclass(frozen=True, slots=True)
class Boxed:
    """A child that may be any boxed expression."""

    field: str
    count: Many = "one"


@dataclass(frozen=True, slots=True)
class Drawn:
    """Children that may be any element of the requirements graph."""

    field: str


@dataclass(frozen=True, slots=True)
class Raw:
    """Children that are kept as XML, by their local names (`diagrams` in the namespace of diagrams)."""

    names: tuple[str, ...]
    field: str
    count: Many = "many"
    diagrams: bool = False


Part = Attribute | Text | Reference | Child | Boxed | Drawn | Raw

_NAME = Attribute("name", "name")
_TYPE = Attribute("typeRef", "type_ref")
_LANGUAGE = Attribute("expressionLanguage", "expression_language")
_TEXT = Text("text", "text")
_VARIABLE = Child("variable", "variable", m.InformationItem)
_KNOWLEDGE = Child("knowledgeRequirement", "knowledge", m.KnowledgeRequirement, "many")
_AUTHORITY = Child("authorityRequirement", "authority", m.AuthorityRequirement, "many")
_PARAMETER = Child("formalParameter", "parameters", m.InformationItem, "many")
_LINKS = (
    "supportedObjective",
    "impactedPerformanceIndicator",
    "decisionMaker",
    "decisionOwner",
    "usingProcess",
    "usingTask",
)
_ITERATOR = (_TYPE, Attribute("iteratorVariable", "variable"), Child("in", "source", b.Branch))

SHAPES: Mapping[type[Element], tuple[Part, ...]] = {
    m.InformationItem: (_NAME, _TYPE),
    m.UnaryTests: (_LANGUAGE, _TEXT),
    b.LiteralExpression: (_TYPE, _LANGUAGE, _TEXT, Raw(("importedValues",), "imported_values", "one")),
    b.InputClause: (
        Child("inputExpression", "expression", b.LiteralExpression),
        Child("inputValues", "values", m.UnaryTests),
    ),
    b.OutputClause: (
        _NAME,
        _TYPE,
        Child("outputValues", "values", m.UnaryTests),
        Child("defaultOutputEntry", "default", b.LiteralExpression),
    ),
    b.AnnotationClause: (_NAME,),
    b.Annotation: (_TEXT,),
    b.Rule: (
        Child("inputEntry", "inputs", m.UnaryTests, "many"),
        Child("outputEntry", "outputs", b.LiteralExpression, "many"),
        Child("annotationEntry", "annotations", b.Annotation, "many"),
    ),
    b.DecisionTable: (
        _TYPE,
        Attribute("hitPolicy", "hit_policy", "UNIQUE"),
        Attribute("aggregation", "aggregation"),
        Attribute("preferredOrientation", "orientation"),
        Attribute("outputLabel", "output_label"),
        Child("input", "inputs", b.InputClause, "many"),
        Child("output", "outputs", b.OutputClause, "many"),
        Child("annotation", "annotations", b.AnnotationClause, "many"),
        Child("rule", "rules", b.Rule, "many"),
    ),
    b.ContextEntry: (_VARIABLE, Boxed("expression")),
    b.BoxedContext: (_TYPE, Child("contextEntry", "entries", b.ContextEntry, "many")),
    b.Binding: (Child("parameter", "parameter", m.InformationItem), Boxed("expression")),
    b.Invocation: (_TYPE, Boxed("function"), Child("binding", "bindings", b.Binding, "many")),
    b.BoxedList: (_TYPE, Boxed("items", "many")),
    b.Relation: (
        _TYPE,
        Child("column", "columns", m.InformationItem, "many"),
        Child("row", "rows", b.BoxedList, "many"),
    ),
    b.FunctionDefinition: (_TYPE, Attribute("kind", "kind", "FEEL"), _PARAMETER, Boxed("body")),
    b.Branch: (_TYPE, Boxed("expression")),
    b.Conditional: (
        _TYPE,
        Child("if", "condition", b.Branch),
        Child("then", "then", b.Branch),
        Child("else", "otherwise", b.Branch),
    ),
    b.BoxedFilter: (_TYPE, Child("in", "source", b.Branch), Child("match", "match", b.Branch)),
    b.ForIterator: (*_ITERATOR, Child("return", "body", b.Branch)),
    b.SomeIterator: (*_ITERATOR, Child("satisfies", "body", b.Branch)),
    b.EveryIterator: (*_ITERATOR, Child("satisfies", "body", b.Branch)),
    m.FunctionItem: (
        Attribute("outputTypeRef", "output_type_ref"),
        Child("parameters", "parameters", m.InformationItem, "many"),
    ),
    m.ItemDefinition: (
        _NAME,
        Attribute("typeLanguage", "type_language"),
        Attribute("isCollection", "is_collection", False),
        Text("typeRef", "type_ref"),
        Child("allowedValues", "allowed_values", m.UnaryTests),
        Child("typeConstraint", "constraint", m.UnaryTests),
        Child("itemComponent", "components", m.ItemDefinition, "many"),
        Child("functionItem", "function", m.FunctionItem),
    ),
    m.Import: (
        _NAME,
        Attribute("namespace", "namespace"),
        Attribute("locationURI", "location"),
        Attribute("importType", "import_type"),
    ),
    m.InformationRequirement: (Reference("requiredDecision", "decision"), Reference("requiredInput", "input")),
    m.KnowledgeRequirement: (Reference("requiredKnowledge", "knowledge"),),
    m.AuthorityRequirement: (
        Reference("requiredDecision", "decision"),
        Reference("requiredInput", "input"),
        Reference("requiredAuthority", "authority"),
    ),
    m.InputData: (_NAME, _VARIABLE),
    m.Decision: (
        _NAME,
        Text("question", "question"),
        Text("allowedAnswers", "allowed_answers"),
        _VARIABLE,
        Child("informationRequirement", "information", m.InformationRequirement, "many"),
        _KNOWLEDGE,
        _AUTHORITY,
        Raw(_LINKS, "links"),
        Boxed("expression"),
    ),
    m.BusinessKnowledgeModel: (
        _NAME,
        _VARIABLE,
        Child("encapsulatedLogic", "logic", b.FunctionDefinition),
        _KNOWLEDGE,
        _AUTHORITY,
    ),
    m.DecisionService: (
        _NAME,
        _VARIABLE,
        Reference("outputDecision", "outputs", "many"),
        Reference("encapsulatedDecision", "encapsulated", "many"),
        Reference("inputDecision", "input_decisions", "many"),
        Reference("inputData", "input_data", "many"),
    ),
    m.KnowledgeSource: (
        _NAME,
        Attribute("locationURI", "location"),
        _AUTHORITY,
        Text("type", "type"),
        Text("owner", "owner"),
    ),
    m.Definitions: (
        _NAME,
        Attribute("namespace", "namespace"),
        _LANGUAGE,
        Attribute("typeLanguage", "type_language"),
        Attribute("exporter", "exporter"),
        Attribute("exporterVersion", "exporter_version"),
        Child("import", "imports", m.Import, "many"),
        Child("itemDefinition", "items", m.ItemDefinition, "many"),
        Drawn("elements"),
        Raw(("textAnnotation", "association", "group"), "artifacts"),
        Raw(("elementCollection", "performanceIndicator", "organizationUnit"), "contexts"),
        Raw(("DMNDI",), "diagrams", diagrams=True),
    ),
}

BOXED: Mapping[str, type[Expression]] = {
    "literalExpression": b.LiteralExpression,
    "decisionTable": b.DecisionTable,
    "context": b.BoxedContext,
    "invocation": b.Invocation,
    "list": b.BoxedList,
    "relation": b.Relation,
    "functionDefinition": b.FunctionDefinition,
    "conditional": b.Conditional,
    "filter": b.BoxedFilter,
    "for": b.ForIterator,
    "some": b.SomeIterator,
    "every": b.EveryIterator,
}
"""Boxed expressions by the name of their element."""

DRAWN: Mapping[str, type[Element]] = {
    "inputData": m.InputData,
    "decision": m.Decision,
    "businessKnowledgeModel": m.BusinessKnowledgeModel,
    "decisionService": m.DecisionService,
    "knowledgeSource": m.KnowledgeSource,
}
"""Elements of the requirements graph by the name of their element."""

ELEMENT_NAMES: Mapping[type[Element], str] = {of: name for table in (BOXED, DRAWN) for name, of in table.items()}
