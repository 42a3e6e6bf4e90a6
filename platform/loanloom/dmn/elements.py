"""What every element of a model shares: id, label, description, and what other tools put into it. Values only."""

from __future__ import annotations

from dataclasses import dataclass, field

from loanloom.xml_tree import Xml

from .problems import NOWHERE, Place

Foreign = tuple[tuple[str, str], ...]
"""Attributes of other namespaces: `{namespace}name` and value, by name."""


@dataclass(frozen=True, kw_only=True)
class Element:
    """Any element. `extensions` are the elements other tools keep in it, `foreign` their attributes; both are kept."""

    id: str | None = None
    label: str | None = None
    description: str | None = None
    extensions: tuple[Xml, ...] = ()
    foreign: Foreign = ()
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class Named(Element):
    """An element with a name."""

    name: str = ""


@dataclass(frozen=True, kw_only=True)
class InformationItem(Named):
    """A name with a type: a variable, a parameter or a column."""

    type_ref: str | None = None


@dataclass(frozen=True, kw_only=True)
class UnaryTests(Element):
    """Tests of a value, as FEEL text."""

    text: str = ""
    expression_language: str | None = None


@dataclass(frozen=True, kw_only=True)
class Expression(Element):
    """Any boxed expression. `type_ref` is the type that its value must have."""

    type_ref: str | None = None
