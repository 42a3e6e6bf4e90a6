"""XML text to model, by the table of shapes. What is not understood is reported by name and line, never raised."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from loanloom.xml_tree import Refusal, Xml, read_tree

from .elements import Element
from .model import Definitions
from .namespaces import DIAGRAMS, FEEL, FEELS, MODEL, VERSIONS, renewed
from .problems import DmnProblem, Place, problem
from .shapes import BOXED, DRAWN, SHAPES, Attribute, Boxed, Child, Drawn, Part, Raw, Reference, Text

_TYPES = ("typeRef", "outputTypeRef")
_LANGUAGES = ("expressionLanguage", "typeLanguage")
_IGNORED = frozenset({"schemaLocation", "noNamespaceSchemaLocation"})


@dataclass(frozen=True, slots=True)
class Read:
    """The model of a text, and what is wrong with it."""

    definitions: Definitions | None
    problems: tuple[DmnProblem, ...] = ()


def read_xml(source: str | bytes) -> Read:
    """Read a model. Never raises; problems that leave a model are about single elements."""
    found = read_tree(source)
    if isinstance(found, Refusal):
        return Read(None, (problem(f"dmn.{found.code}", found.en, found.zh, place=Place(found.line)),))
    root = found.root
    if root.local != "definitions" or root.namespace not in VERSIONS:
        known = ", ".join(VERSIONS.values())
        place = Place(root.line)
        if root.local == "definitions":
            return Read(
                None,
                (
                    problem(
                        "dmn.unknown_version",
                        f"This is no version of DMN that is known here ({known}): {root.namespace or 'no namespace'}.",
                        f"无法识别的 DMN 版本（支持 {known}）：{root.namespace or '无命名空间'}。",
                        place=place,
                    ),
                ),
            )
        return Read(
            None,
            (
                problem(
                    "dmn.not_a_model",
                    f"The file holds <{root.local[:60]}>, not the <definitions> of a decision model.",
                    f"文件的根元素是 <{root.local[:60]}>，而不是决策模型的 <definitions>。",
                    place=place,
                ),
            ),
        )
    reader = _Reader(found.prefixes, root.get("namespace") or "")
    definitions = reader.element(renewed(root), Definitions)
    kept = tuple((one, uri) for one, uri in found.prefixes.items() if one and uri not in VERSIONS)
    definitions = dataclasses.replace(definitions, prefixes=tuple(sorted(_renewed_prefixes(kept))))
    return Read(definitions, tuple(reader.problems))


def _renewed_prefixes(prefixes: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    return [(one, renewed(Xml(f"{{{uri}}}x")).namespace) for one, uri in prefixes]


class _Reader:
    """One reading: the prefixes of the text and the problems gathered."""

    def __init__(self, prefixes: Mapping[str, str], own: str) -> None:
        self.prefixes = prefixes
        self.own = own
        self.problems: list[DmnProblem] = []

    def element(self, node: Xml, of: type[Element]) -> Any:
        """The value of one element."""
        shape = SHAPES[of]
        values: dict[str, Any] = {"place": Place(node.line)}
        self._attributes(node, shape, values)
        taken: set[int] = set()
        for child in node.children:
            if child.name == f"{{{MODEL}}}description":
                values["description"] = child.text
                taken.add(id(child))
            elif child.name == f"{{{MODEL}}}extensionElements":
                values["extensions"] = (*values.get("extensions", ()), *child.children)
                taken.add(id(child))
        for part in shape:
            self._part(node, part, values, taken)
        self._left_over(node, values, taken)
        return of(**values)

    def _attributes(self, node: Xml, shape: tuple[Part, ...], values: dict[str, Any]) -> None:
        known = {one.name: one for one in shape if isinstance(one, Attribute)}
        foreign = []
        for name, value in node.attributes:
            if name in ("id", "label"):
                values[name] = value
            elif name in known:
                values[known[name].field] = self._value(known[name], value)
            elif name.startswith("{") and name.rpartition("}")[2] not in _IGNORED:
                foreign.append((name, value))
            elif not name.startswith("{"):
                self._unknown(node, f"{node.local}/@{name}", node.line)
        if foreign:
            values["foreign"] = tuple(foreign)

    def _value(self, attribute: Attribute, value: str) -> Any:
        if isinstance(attribute.default, bool):
            return value.strip() in ("true", "1")
        if attribute.name in _TYPES:
            return self._type(value)
        if attribute.name in _LANGUAGES and value in FEELS:
            return FEEL
        return value

    def _type(self, text: str) -> str:
        """A type's name; DMN 1.1 wrote it with a prefix."""
        text = text.strip()
        prefix, colon, local = text.partition(":")
        uri = self.prefixes.get(prefix)
        return local if colon and (uri in FEELS or (uri is not None and uri == self.own)) else text

    def _part(self, node: Xml, part: Part, values: dict[str, Any], taken: set[int]) -> None:
        match part:
            case Text(name, field):
                for child in self._named(node, name, taken):
                    values[field] = self._type(child.text) if name in _TYPES else child.text
            case Reference(name, field, count):
                found = tuple((one.get("href") or "").strip() for one in self._named(node, name, taken))
                self._put(values, field, count, found)
            case Child(name, field, of, count):
                read = tuple(self.element(one, of) for one in self._named(node, name, taken))
                self._put(values, field, count, read)
            case Boxed(field, count):
                self._put(values, field, count, self._any_of(node, BOXED, taken))
            case Drawn(field):
                self._put(values, field, "many", self._any_of(node, DRAWN, taken))
            case Raw(names, field, count, diagrams):
                space = DIAGRAMS if diagrams else MODEL
                kept = tuple(one for one in node.children if one.namespace == space and one.local in names)
                taken.update(map(id, kept))
                self._put(values, field, count, kept)

    def _put(self, values: dict[str, Any], field: str, count: str, found: tuple[Any, ...]) -> None:
        if count == "many":
            values[field] = found
        elif found:
            values[field] = found[0]

    def _named(self, node: Xml, name: str, taken: set[int]) -> tuple[Xml, ...]:
        found = tuple(one for one in node.children if one.name == f"{{{MODEL}}}{name}" and id(one) not in taken)
        taken.update(map(id, found))
        return found

    def _any_of(self, node: Xml, table: Mapping[str, type[Any]], taken: set[int]) -> tuple[Any, ...]:
        found = [one for one in node.children if one.namespace == MODEL and one.local in table and id(one) not in taken]
        taken.update(map(id, found))
        return tuple(self.element(one, table[one.local]) for one in found)

    def _left_over(self, node: Xml, values: dict[str, Any], taken: set[int]) -> None:
        """Elements of other tools outside their proper place are kept as extensions; unknown ones of DMN are said."""
        kept = []
        for child in node.children:
            if id(child) in taken:
                continue
            if child.namespace == MODEL:
                self._unknown(node, child.local, child.line)
            else:
                kept.append(child)
        if kept:
            values["extensions"] = (*values.get("extensions", ()), *kept)

    def _unknown(self, node: Xml, name: str, line: int) -> None:
        self.problems.append(
            problem(
                "dmn.unknown_element",
                f"`{name[:60]}` has no place in <{node.local}> and is left out.",
                f"<{node.local}> 中不应有“{name[:60]}”，已略去。",
                place=Place(line),
            )
        )
