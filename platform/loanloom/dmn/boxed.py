"""Boxed expressions: the forms in which a model writes logic. Values only; `compiling` gives them their meaning."""

from __future__ import annotations

from dataclasses import dataclass

from loanloom.xml_tree import Xml

from .elements import Element, Expression, InformationItem, Named, UnaryTests


@dataclass(frozen=True, kw_only=True)
class LiteralExpression(Expression):
    """A text in an expression language; FEEL unless another is named."""

    text: str = ""
    expression_language: str | None = None
    imported_values: Xml | None = None


@dataclass(frozen=True, kw_only=True)
class InputClause(Element):
    """A column that is asked: its expression and the values it may have."""

    expression: LiteralExpression | None = None
    values: UnaryTests | None = None


@dataclass(frozen=True, kw_only=True)
class OutputClause(Named):
    """A column that answers. `values` are in the order of their priority."""

    type_ref: str | None = None
    values: UnaryTests | None = None
    default: LiteralExpression | None = None


@dataclass(frozen=True, kw_only=True)
class AnnotationClause(Named):
    """A column of remarks."""


@dataclass(frozen=True, kw_only=True)
class Annotation(Element):
    """A remark on a rule."""

    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Rule(Element):
    """A row: tests of the inputs, and what comes out."""

    inputs: tuple[UnaryTests, ...] = ()
    outputs: tuple[LiteralExpression, ...] = ()
    annotations: tuple[Annotation, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DecisionTable(Expression):
    """Rules under a hit policy (UNIQUE, ANY, FIRST, PRIORITY, RULE ORDER, OUTPUT ORDER, COLLECT)."""

    inputs: tuple[InputClause, ...] = ()
    outputs: tuple[OutputClause, ...] = ()
    annotations: tuple[AnnotationClause, ...] = ()
    rules: tuple[Rule, ...] = ()
    hit_policy: str = "UNIQUE"
    aggregation: str | None = None
    orientation: str | None = None
    output_label: str | None = None


@dataclass(frozen=True, kw_only=True)
class ContextEntry(Element):
    """One entry; without a variable it is the result of the whole context."""

    variable: InformationItem | None = None
    expression: Expression | None = None


@dataclass(frozen=True, kw_only=True)
class BoxedContext(Expression):
    """Named entries, each of which sees those before it."""

    entries: tuple[ContextEntry, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Binding(Element):
    """What a parameter is given."""

    parameter: InformationItem | None = None
    expression: Expression | None = None


@dataclass(frozen=True, kw_only=True)
class Invocation(Expression):
    """A function called with named arguments."""

    function: Expression | None = None
    bindings: tuple[Binding, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BoxedList(Expression):
    """A list of expressions; also the row of a relation."""

    items: tuple[Expression, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Relation(Expression):
    """A table of records: column names and rows of expressions."""

    columns: tuple[InformationItem, ...] = ()
    rows: tuple[BoxedList, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FunctionDefinition(Expression):
    """A function: parameters and a body. Kinds other than FEEL (Java, PMML) are kept but never run."""

    parameters: tuple[InformationItem, ...] = ()
    body: Expression | None = None
    kind: str = "FEEL"


@dataclass(frozen=True, kw_only=True)
class Branch(Element):
    """The part of a conditional, a filter or an iterator that holds an expression."""

    expression: Expression | None = None
    type_ref: str | None = None


@dataclass(frozen=True, kw_only=True)
class Conditional(Expression):
    """if - then - else"""

    condition: Branch | None = None
    then: Branch | None = None
    otherwise: Branch | None = None


@dataclass(frozen=True, kw_only=True)
class BoxedFilter(Expression):
    """The items of `source` that `match`."""

    source: Branch | None = None
    match: Branch | None = None


@dataclass(frozen=True, kw_only=True)
class Iterator(Expression):
    """A variable that takes each item of `source`, and what is asked of it."""

    variable: str = ""
    source: Branch | None = None
    body: Branch | None = None


@dataclass(frozen=True, kw_only=True)
class ForIterator(Iterator):
    """The list of the body's values."""


@dataclass(frozen=True, kw_only=True)
class SomeIterator(Iterator):
    """Whether the body holds for some item."""


@dataclass(frozen=True, kw_only=True)
class EveryIterator(Iterator):
    """Whether the body holds for every item."""
