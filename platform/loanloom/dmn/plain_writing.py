"""Model to plain data, short where nothing is lost by it: what a document in YAML holds. Values only."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from loanloom.xml_tree import Xml, write_tree

from . import model as m
from .elements import Element, InformationItem
from .namespaces import MODEL, PREFIXES
from .plain_names import BOXED_NAMES, COMMON, INLINE, KEPT, OWN, SECTIONS, SHORT, VARIABLE, key_of, parts
from .shapes import Boxed, Child, Drawn, Raw, Reference


def as_data(definitions: m.Definitions) -> dict[str, Any]:
    """The data of a whole model, its elements by kind."""
    return _Writer(definitions).whole()


class _Writer:
    def __init__(self, definitions: m.Definitions) -> None:
        self.definitions = definitions
        self.prefixes = {**PREFIXES, **dict(definitions.prefixes)}
        self.names: dict[str, list[Element]] = {}
        for one in definitions.elements:
            self.names.setdefault(one.name, []).append(one)

    def whole(self) -> dict[str, Any]:
        found = self.open(self.definitions)
        for key, of in SECTIONS.items():
            listed = [self.drawn(one) for one in self.definitions.elements if type(one) is of]
            if listed:
                found[key] = listed
        kept: dict[str, Any] = {key: found.pop(key) for key in ("artifacts", "contexts", "diagrams") if key in found}
        about = {key: found.pop(key) for key in list(found) if not isinstance(found[key], list) and key != "attributes"}
        about |= {"attributes": found.pop("attributes")} if "attributes" in found else {}
        extensions = {"extensions": found.pop("extensions")} if "extensions" in found else {}
        return {"model": {**about, **extensions}, **found, **kept}

    def element(self, one: Element) -> dict[str, Any]:
        """Everything of an element that is not as it is by default; what other tools put there lies apart."""
        return _apart(self.open(one))

    def open(self, one: Element) -> dict[str, Any]:
        """The same with all side by side."""
        of = type(one)
        data: dict[str, Any] = {}
        for part in parts(of):
            value = getattr(one, part.field)
            if isinstance(part, Drawn) or value == _default(of, part.field):
                continue
            data[key_of(of, part.field)] = self.value(part, value)
        data |= {name: getattr(one, name) for name in COMMON if getattr(one, name) is not None}
        foreign = dict(one.foreign)
        if isinstance(one, VARIABLE):
            for name in [name for name in foreign if name.startswith(_SAID)]:
                _put(data, name.removeprefix(f"{{{OWN}}}"), foreign.pop(name))
        if foreign:
            data["attributes"] = foreign
        if one.extensions:
            data["extensions"] = [self.xml(part) for part in one.extensions]
        if of in INLINE:
            _inline(data, getattr(one, INLINE[of]), INLINE[of])
        return data

    def value(self, part: Any, value: Any) -> Any:
        listed = isinstance(value, tuple)
        values = value if listed else (value,)
        match part:
            case Child(_, _, of):
                written = [self.short(one) if of in SHORT else self.element(one) for one in values]
            case Boxed():
                written = [self.boxed(one) for one in values]
            case Raw():
                written = [self.xml(one) for one in values]
            case Reference():
                written = [self.reference(one) if listed else one for one in values]
            case _:
                written = list(values)
        return written if listed else written[0]

    def short(self, one: Element) -> Any:
        """An element as its one field where it has no other."""
        data = self.element(one)
        key = key_of(type(one), SHORT[type(one)])
        if set(data) == {key}:
            return data[key]
        empty = {"text": "", "items": []}.get(key)
        return empty if not data and empty is not None else data

    def boxed(self, one: Element) -> Any:
        """A boxed expression: a text, or a mapping with the name of its form."""
        data = self.short(one) if type(one) in SHORT else self.element(one)
        return data if isinstance(data, str) else {BOXED_NAMES[type(one)]: data}

    def drawn(self, one: Any) -> dict[str, Any]:
        """An element of the graph, with what it needs by name."""
        data = self.open(one)
        if isinstance(one, VARIABLE):
            variable = one.variable
            data.pop("variable", None)
            if variable is None:
                data["variable"] = False
            elif dataclasses.replace(variable, type_ref=None) == InformationItem(name=one.name):
                _put(data, "type", variable.type_ref)
            else:
                data["variable"] = self.element(variable)
        if isinstance(one, m.BusinessKnowledgeModel) and one.logic is not None:
            logic = self.element(one.logic)
            if set(logic) <= {"parameters", "logic"}:
                data.pop("logic")
                data |= {"parameters": logic.get("parameters", []), **logic}
            else:
                data["function"] = data.pop("logic")
        needs = self._needs(one)
        if needs:
            for key in ("information", "knowledge", "authority"):
                data.pop(key, None)
            data["needs"] = needs
        return _ordered(_apart(data))

    def _needs(self, one: Any) -> list[Any] | None:
        """All requirements in one list, by name; None where one of them does not go into it."""
        written: list[Any] = []
        for kind, fields in _REQUIREMENTS.items():
            for requirement in getattr(one, kind, ()):
                data = self.open(requirement)
                given = [field for field in fields if getattr(requirement, field)]
                if len(given) != 1 or not set(data) <= {given[0], "id"}:
                    return None
                name = self.named(data[given[0]], fields[given[0]])
                if name is None:
                    return None
                written.append({"need": name, "id": data["id"]} if "id" in data else name)
        return written

    def named(self, href: str, kinds: tuple[type[Element], ...]) -> str | None:
        """The name of a local element that a reference means, where it is the only one of the name."""
        target = next(
            (one for one in self.definitions.elements if href == f"#{one.id or one.name}" and isinstance(one, kinds)),
            None,
        )
        if target is None or "#" in target.name or len(self.names[target.name]) > 1:
            return None
        return target.name

    def reference(self, href: str) -> str:
        """A reference of a service."""
        return self.named(href, (m.Decision, m.InputData)) or href

    def xml(self, one: Xml) -> str:
        return write_tree(one, self.prefixes, MODEL, whole=False)


_REQUIREMENTS: Mapping[str, Mapping[str, tuple[type[Element], ...]]] = {
    "information": {"decision": (m.Decision,), "input": (m.InputData,)},
    "knowledge": {"knowledge": (m.BusinessKnowledgeModel, m.DecisionService)},
    "authority": {"authority": (m.KnowledgeSource,)},
}
_FIRST = ("name", "title", "description", "question", "type", "answers", "value", "list", "parameters", "needs")
_SAID = tuple(f"{{{OWN}}}{name}" for name in ("value", "title-en", "title-zh", "answer-en-", "answer-zh-"))


def _apart(data: dict[str, Any]) -> dict[str, Any]:
    kept = {key: data[key] for key in KEPT if key in data}
    return {**{key: value for key, value in data.items() if key not in kept}, **({"kept": kept} if kept else {})}


def _ordered(data: dict[str, Any]) -> dict[str, Any]:
    """What people read first stands first, logic last."""
    first = {key: data[key] for key in _FIRST if key in data}
    return {**first, **{key: value for key, value in data.items() if key not in first}}


def _put(data: dict[str, Any], name: str, value: str | None) -> None:
    if value is None:
        return
    if name.startswith("title-"):
        data.setdefault("title", {})[name.removeprefix("title-")] = value
    elif name.startswith("answer-"):
        _, tag, answer = name.split("-", 2)
        data.setdefault("answers", {}).setdefault(answer, {})[tag] = value
    else:
        data[name] = value


def _inline(data: dict[str, Any], item: InformationItem | None, key: str) -> None:
    """Name and type of an item beside its value, where there is no more to it."""
    if item is None or dataclasses.replace(item, name="", type_ref=None) != InformationItem():
        return
    del data[key]
    data["name"] = item.name
    _put(data, "type", item.type_ref)


def _default(of: type[Element], field: str) -> Any:
    return next(one.default for one in dataclasses.fields(of) if one.name == field)
