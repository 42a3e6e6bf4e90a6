"""Plain data to model: the way back of `plain_writing`. The data must have the shape that the schema of a document asks
for; every element remembers the pointer it stands at.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from loanloom.xml_tree import Refusal, Xml, read_tree

from . import boxed as b
from . import model as m
from .elements import Element, InformationItem
from .namespaces import renewed
from .plain_names import BOXED_KEYS, COMMON, INLINE, OWN, SECTIONS, SHORT, VARIABLE, key_of, parts
from .plain_writing import _REQUIREMENTS
from .problems import Place
from .shapes import Boxed, Child, Drawn, Raw, Reference

_KINDS = {of: kind for kind, fields in _REQUIREMENTS.items() for kinds in fields.values() for of in kinds}
_FIELDS = {of: field for fields in _REQUIREMENTS.values() for field, kinds in fields.items() for of in kinds}
_CLASSES: Mapping[str, Any] = {
    "information": m.InformationRequirement,
    "knowledge": m.KnowledgeRequirement,
    "authority": m.AuthorityRequirement,
}


def from_data(data: Mapping[str, Any], *, name: str, namespace: str) -> m.Definitions:
    """The model of a document's data; `name` and `namespace` are taken where it states none."""
    return _Reader(data).whole(data, name, namespace)


class _Reader:
    def __init__(self, data: Mapping[str, Any]) -> None:
        self.names: dict[str, list[tuple[type[Element], str]]] = {}
        for section, of in SECTIONS.items():
            for one in data.get(section, ()):
                name = one.get("name", "")
                self.names.setdefault(name, []).append((of, one.get("kept", {}).get("id") or name))

    def whole(self, data: Mapping[str, Any], name: str, namespace: str) -> m.Definitions:
        about = {**data.get("model", {})}
        inside = {key: data[key] for key in ("imports", "types", "artifacts", "contexts", "diagrams") if key in data}
        values = self.fields(m.Definitions, {**about, **inside}, "")
        values["elements"] = tuple(
            self.drawn(of, one, f"/{section}/{at}")
            for section, of in SECTIONS.items()
            for at, one in enumerate(data.get(section, ()))
        )
        return m.Definitions(**{"name": name, "namespace": namespace, **values})

    def element(self, of: type[Any], data: Any, pointer: str) -> Any:
        """An element of a class, short or whole."""
        if of not in SHORT or (isinstance(data, Mapping) and (of is not b.Branch or not set(data) & set(BOXED_KEYS))):
            return of(**self.fields(of, data, pointer))
        place = Place(pointer=pointer)
        if SHORT[of] == "text":
            return of(text=text_of(data), place=place)
        if of is b.BoxedList:
            return of(items=tuple(self.boxed(one, f"{pointer}/{at}") for at, one in enumerate(data)), place=place)
        return of(expression=self.boxed(data, pointer), place=place)

    def fields(self, of: type[Element], data: Mapping[str, Any], pointer: str) -> dict[str, Any]:
        data = {**data.get("kept", {}), **data}
        at_text = f"{pointer}/text" if of in (b.LiteralExpression, m.UnaryTests) else pointer
        values: dict[str, Any] = {"place": Place(pointer=at_text)}
        for part in parts(of):
            key = key_of(of, part.field)
            if key in data and not isinstance(part, Drawn):
                values[part.field] = self.value(part, data[key], f"{pointer}/{key}")
        values |= {name: str(data[name]) for name in COMMON if data.get(name) is not None}
        foreign = {**data.get("attributes", {})}
        if of in VARIABLE:
            foreign |= {f"{{{OWN}}}title-{tag}": words for tag, words in data.get("title", {}).items()}
            foreign |= {f"{{{OWN}}}value": data["value"]} if "value" in data else {}
            for answer, title in data.get("answers", {}).items():
                foreign |= {f"{{{OWN}}}answer-{tag}-{answer}": words for tag, words in title.items()}
        if foreign:
            values["foreign"] = tuple(sorted((str(key), str(value)) for key, value in foreign.items()))
        if "extensions" in data:
            values["extensions"] = tuple(_xml(one) for one in data["extensions"])
        if of in INLINE and INLINE[of] not in data and "name" in data:
            values[INLINE[of]] = InformationItem(
                name=data["name"], type_ref=data.get("type"), place=Place(pointer=f"{pointer}/name")
            )
        return values

    def value(self, part: Any, data: Any, pointer: str) -> Any:
        many = getattr(part, "count", "one") == "many"
        listed = data if many else [data]
        places = [f"{pointer}/{at}" if many else pointer for at in range(len(listed))]
        match part:
            case Child(_, _, of):
                found = tuple(self.element(of, one, where) for one, where in zip(listed, places, strict=True))
            case Boxed():
                found = tuple(self.boxed(one, where) for one, where in zip(listed, places, strict=True))
            case Raw():
                found = tuple(_xml(one) for one in listed)
            case Reference():
                found = tuple(self.href(one) if many else str(one) for one in listed)
            case _:
                return data if isinstance(data, bool) and part.name == "isCollection" else text_of(data)
        return found if many else found[0]

    def boxed(self, data: Any, pointer: str) -> Any:
        """A boxed expression: a text, or a mapping with the name of its form."""
        if not isinstance(data, Mapping):
            return b.LiteralExpression(text=text_of(data), place=Place(pointer=pointer))
        name, inside = next((name, data[name]) for name in BOXED_KEYS if name in data)
        return self.element(BOXED_KEYS[name], inside, f"{pointer}/{name}")

    def drawn(self, of: type[Any], data: Mapping[str, Any], pointer: str) -> Any:
        """An element of the graph."""
        own = {**data.get("kept", {}), **data, "kept": {}}
        function = own.pop("function", None)
        body = {key: own.pop(key) for key in ("logic", "parameters") if of is m.BusinessKnowledgeModel and key in own}
        type_, variable = own.pop("type", None) if of in VARIABLE else None, own.pop("variable", None)
        values = self.fields(of, own, pointer)
        if of in VARIABLE and variable is not False:
            place = Place(pointer=f"{pointer}/type" if type_ is not None else pointer)
            values["variable"] = (
                InformationItem(name=data.get("name", ""), type_ref=type_, place=place)
                if variable is None
                else InformationItem(**self.fields(InformationItem, variable, f"{pointer}/variable"))
            )
        if function is not None:
            values["logic"] = self.element(b.FunctionDefinition, function, f"{pointer}/function")
        elif body:
            values["logic"] = self.element(b.FunctionDefinition, body, pointer)
        for at, need in enumerate(data.get("needs", ())):
            kind, requirement = self.need(need, f"{pointer}/needs/{at}")
            values[kind] = (*values.get(kind, ()), requirement)
        return of(**values)

    def need(self, data: Any, pointer: str) -> tuple[str, Element]:
        """A requirement by name; which kind it is shows what it names."""
        name = data["need"] if isinstance(data, Mapping) else data
        identity = data.get("id") if isinstance(data, Mapping) else None
        of = self.names.get(name, [(m.Decision, name)])[0][0]
        kind = _KINDS.get(of, "information")
        field = _FIELDS.get(of, "decision")
        return kind, _CLASSES[kind](**{field: self.href(name)}, id=identity, place=Place(pointer=pointer))

    def href(self, name: str) -> str:
        """A reference by name, or as it is written."""
        if "#" in name:
            return name
        return f"#{self.names[name][0][1]}" if name in self.names else f"#{name}"


def text_of(data: Any) -> str:
    """A plain value where a FEEL text stands, as FEEL writes it."""
    if data is None:
        return "null"
    if isinstance(data, bool):
        return "true" if data else "false"
    return format(data, "f") if isinstance(data, Decimal) else str(data)


def _xml(text: str) -> Xml:
    found = read_tree(str(text))
    return renewed(found.root) if not isinstance(found, Refusal) else Xml("unreadable", (), (str(text),))
