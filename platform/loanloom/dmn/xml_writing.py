"""Model to XML text of DMN 1.5, by the table of shapes: attributes and elements stand in the schema's order."""

from __future__ import annotations

from typing import Any

from loanloom.xml_tree import Xml, write_tree

from .elements import Element
from .model import Definitions
from .namespaces import MODEL, PREFIXES
from .shapes import ELEMENT_NAMES, SHAPES, Attribute, Boxed, Child, Drawn, Part, Raw, Reference, Text


def write_xml(definitions: Definitions) -> str:
    """The text of a model."""
    prefixes = {**PREFIXES, **dict(definitions.prefixes)} if definitions.diagrams else dict(definitions.prefixes)
    return write_tree(_element(definitions, "definitions"), prefixes, MODEL)


def _element(value: Element, name: str) -> Xml:
    attributes: list[tuple[str, str]] = [
        (key, known) for key, known in (("id", value.id), ("label", value.label)) if known is not None
    ]
    content: list[str | Xml] = []
    if value.description is not None:
        content.append(_text("description", value.description))
    if value.extensions:
        content.append(Xml(f"{{{MODEL}}}extensionElements", (), value.extensions))
    for part in SHAPES[type(value)]:
        if isinstance(part, Text) and getattr(value, "imported_values", None) is not None:
            continue
        if isinstance(part, Attribute):
            attributes.extend(_attribute(part, getattr(value, part.field)))
        else:
            content.extend(_children(part, getattr(value, part.field)))
    return Xml(f"{{{MODEL}}}{name}", (*attributes, *value.foreign), tuple(content))


def _attribute(part: Attribute, value: Any) -> list[tuple[str, str]]:
    if value is None or value == part.default:
        return []
    return [(part.name, "true" if value is True else str(value))]


def _children(part: Part, value: Any) -> list[Xml]:
    if value is None:
        return []
    listed = value if isinstance(value, tuple) else (value,)
    match part:
        case Text(name):
            return [_text(name, one) for one in listed]
        case Reference(name):
            return [Xml(f"{{{MODEL}}}{name}", (("href", one),)) for one in listed]
        case Child(name):
            return [_element(one, name) for one in listed]
        case Boxed() | Drawn():
            return [_element(one, ELEMENT_NAMES[type(one)]) for one in listed]
        case Raw():
            return list(listed)
    return []


def _text(name: str, text: str) -> Xml:
    return Xml(f"{{{MODEL}}}{name}", (), (text,) if text else ())
