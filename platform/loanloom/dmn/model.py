"""A decision model as a value: item definitions, inputs, decisions, knowledge, services. Runs nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

from loanloom.xml_tree import Xml

from .boxed import (
    Annotation,
    AnnotationClause,
    Binding,
    BoxedContext,
    BoxedFilter,
    BoxedList,
    Branch,
    Conditional,
    ContextEntry,
    DecisionTable,
    EveryIterator,
    ForIterator,
    FunctionDefinition,
    InputClause,
    Invocation,
    Iterator,
    LiteralExpression,
    OutputClause,
    Relation,
    Rule,
    SomeIterator,
)
from .elements import Element, Expression, InformationItem, Named, UnaryTests


@dataclass(frozen=True, kw_only=True)
class FunctionItem(Element):
    """The type of a function."""

    parameters: tuple[InformationItem, ...] = ()
    output_type_ref: str | None = None


@dataclass(frozen=True, kw_only=True)
class ItemDefinition(Named):
    """A type: another type (perhaps restricted), a record, a function, or a list of any of these."""

    type_ref: str | None = None
    allowed_values: UnaryTests | None = None
    constraint: UnaryTests | None = None
    components: tuple[ItemDefinition, ...] = ()
    function: FunctionItem | None = None
    is_collection: bool = False
    type_language: str | None = None


@dataclass(frozen=True, kw_only=True)
class Import(Named):
    """Another model (or a file of another kind), known here by a name; with an empty name its elements stand bare."""

    namespace: str = ""
    location: str | None = None
    import_type: str = ""


@dataclass(frozen=True, kw_only=True)
class InformationRequirement(Element):
    """A decision or an input that is needed first."""

    decision: str | None = None
    input: str | None = None


@dataclass(frozen=True, kw_only=True)
class KnowledgeRequirement(Element):
    """A function that is needed."""

    knowledge: str | None = None


@dataclass(frozen=True, kw_only=True)
class AuthorityRequirement(Element):
    """Where the logic comes from; nothing is computed with it."""

    decision: str | None = None
    input: str | None = None
    authority: str | None = None


@dataclass(frozen=True, kw_only=True)
class InputData(Named):
    """A fact that is given."""

    variable: InformationItem | None = None


@dataclass(frozen=True, kw_only=True)
class Decision(Named):
    """A value computed from what it requires. `links` are its organisational references, kept as they are."""

    question: str | None = None
    allowed_answers: str | None = None
    variable: InformationItem | None = None
    information: tuple[InformationRequirement, ...] = ()
    knowledge: tuple[KnowledgeRequirement, ...] = ()
    authority: tuple[AuthorityRequirement, ...] = ()
    links: tuple[Xml, ...] = ()
    expression: Expression | None = None


@dataclass(frozen=True, kw_only=True)
class BusinessKnowledgeModel(Named):
    """A function under a name."""

    variable: InformationItem | None = None
    logic: FunctionDefinition | None = None
    knowledge: tuple[KnowledgeRequirement, ...] = ()
    authority: tuple[AuthorityRequirement, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DecisionService(Named):
    """Decisions behind one door: what goes in, what comes out; references by `#id` or `namespace#id`."""

    variable: InformationItem | None = None
    outputs: tuple[str, ...] = ()
    encapsulated: tuple[str, ...] = ()
    input_decisions: tuple[str, ...] = ()
    input_data: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class KnowledgeSource(Named):
    """A law, a policy, a person: where knowledge comes from."""

    authority: tuple[AuthorityRequirement, ...] = ()
    type: str | None = None
    owner: str | None = None
    location: str | None = None


Drg = InputData | Decision | BusinessKnowledgeModel | DecisionService | KnowledgeSource
"""What a requirements diagram shows."""


@dataclass(frozen=True, kw_only=True)
class Definitions(Named):
    """A whole model. `elements` keep the order of the file; `artifacts`, `contexts` and `diagrams` are kept as XML.
    `prefixes` are but a spelling: how the text named the namespaces.
    """

    namespace: str = ""
    expression_language: str | None = None
    type_language: str | None = None
    exporter: str | None = None
    exporter_version: str | None = None
    imports: tuple[Import, ...] = ()
    items: tuple[ItemDefinition, ...] = ()
    elements: tuple[Drg, ...] = ()
    artifacts: tuple[Xml, ...] = ()
    contexts: tuple[Xml, ...] = ()
    diagrams: tuple[Xml, ...] = ()
    prefixes: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """The decisions, in order."""
        return tuple(one for one in self.elements if isinstance(one, Decision))

    @property
    def inputs(self) -> tuple[InputData, ...]:
        """The input data, in order."""
        return tuple(one for one in self.elements if isinstance(one, InputData))

    @property
    def functions(self) -> tuple[BusinessKnowledgeModel, ...]:
        """The business knowledge models, in order."""
        return tuple(one for one in self.elements if isinstance(one, BusinessKnowledgeModel))

    @property
    def services(self) -> tuple[DecisionService, ...]:
        """The decision services, in order."""
        return tuple(one for one in self.elements if isinstance(one, DecisionService))


__all__ = [
    "Annotation",
    "AnnotationClause",
    "AuthorityRequirement",
    "Binding",
    "BoxedContext",
    "BoxedFilter",
    "BoxedList",
    "Branch",
    "BusinessKnowledgeModel",
    "Conditional",
    "ContextEntry",
    "Decision",
    "DecisionService",
    "DecisionTable",
    "Definitions",
    "Drg",
    "Element",
    "EveryIterator",
    "Expression",
    "ForIterator",
    "FunctionDefinition",
    "FunctionItem",
    "Import",
    "InformationItem",
    "InformationRequirement",
    "InputClause",
    "InputData",
    "Invocation",
    "ItemDefinition",
    "Iterator",
    "KnowledgeRequirement",
    "KnowledgeSource",
    "LiteralExpression",
    "Named",
    "OutputClause",
    "Relation",
    "Rule",
    "SomeIterator",
    "UnaryTests",
]
