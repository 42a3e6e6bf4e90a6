"""Item definitions as types: what FEEL may know of them when it checks, and what a value must be when it runs.

A value that does not conform is converted where DMN says so (one of a list, a list of one, midnight of a date), else it
is a Fault.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from loanloom import feel
from loanloom.feel import ANY, Checked, Library, Type, context, list_of, optional
from loanloom.feel import tree as t
from loanloom.feel.problems import Fault, did_you_mean
from loanloom.feel.running.values import is_a, kind_of
from loanloom.feel.types import SIMPLE, function_of, named

from .model import Definitions, ItemDefinition, UnaryTests
from .problems import NOWHERE, DmnProblem, Place, of_expression, problem

_ALIASES: Mapping[str, Type] = {
    "any": ANY,
    "dateTime": SIMPLE["date and time"],
    "dayTimeDuration": SIMPLE["days and time duration"],
    "day time duration": SIMPLE["days and time duration"],
    "yearMonthDuration": SIMPLE["years and months duration"],
    "year month duration": SIMPLE["years and months duration"],
    "list": list_of(ANY),
    "context": Type("context", open=True),
    "function": Type("function"),
    "range": Type("range", item=ANY),
}
MAX_PARTS = 5_000
"""Parts of one type, those of its parts counted every time."""
MAX_REFERENCES = 50
"""Item definitions that refer to one another in a row."""
_MIDNIGHT = dt.time(tzinfo=dt.UTC)


@dataclass(eq=False)
class ItemType:
    """A type of the model. `tests` are asked of a value (of each item of a list), `whole` of the list itself."""

    name: str
    type: Type
    item: ItemType | None = None
    members: dict[str, ItemType] = field(default_factory=dict)
    parameters: tuple[tuple[str, ItemType], ...] = ()
    result: ItemType | None = None
    tests: tuple[Checked, ...] = ()
    whole: tuple[Checked, ...] = ()
    parts: int = 1

    def conforms(self, value: Any) -> bool:
        """Whether a value belongs here; null always does."""
        if value is None or self.type.kind == "Any":
            return value is None or self._allowed(value, self.tests)
        if kind_of(value) != self.type.kind:
            return False
        if self.item is not None:
            return all(map(self.item.conforms, value)) and self._allowed(value, self.whole)
        if any(name not in value or not one.conforms(value[name]) for name, one in self.members.items()):
            return False
        if not self.members and self.result is None and not is_a(value, self.type):
            return False
        return self._allowed(value, self.tests)

    def _allowed(self, value: Any, tests: tuple[Checked, ...]) -> bool:
        return all(one.program is None or one.program.evaluate({}, value).value is True for one in tests)

    def coerced(self, value: Any) -> Any:
        """The value as one of this type; a Fault where it cannot be."""
        if self.conforms(value):
            return value
        kind = kind_of(value)
        if self.type.kind == "list" and kind != "list" and self.conforms([value]):
            return [value]
        if kind == "list" and self.type.kind != "list" and len(value) == 1 and self.conforms(value[0]):
            return value[0]
        if kind == "date" and self.type.kind == "date and time" and isinstance(value, dt.date):
            return dt.datetime.combine(value, _MIDNIGHT)
        (wanted, wanted_zh), found = named(self.type), kind_of(value)
        if self.name not in SIMPLE:
            wanted, wanted_zh = f"`{self.name}` ({wanted})", f"“{self.name}”（{wanted_zh}）"
        found, found_zh = named(SIMPLE.get(found, Type(found)))
        raise Fault(
            "dmn.wrong_type",
            f"The value should be of type {wanted}; it is {found}, or not one of the allowed values.",
            f"值的类型应为{wanted_zh}；实际为{found_zh}，或不在允许的取值之内。",
        )


ANYTHING = ItemType("Any", ANY)


class Types:
    """The types of one model by name, with those of the models it imports."""

    def __init__(
        self,
        definitions: Definitions,
        imports: Mapping[str, Types],
        library: Library,
        mode: str,
        problems: list[DmnProblem],
    ) -> None:
        self._items = {one.name: one for one in definitions.items}
        self._imports = imports
        self._library, self._mode, self._problems = library, mode, problems
        self._known: dict[str, ItemType] = {}
        self._simple: dict[str, ItemType] = {}
        self._open = 0

    def check_all(self) -> None:
        """Look at every item definition, so that its mistakes are told even where nothing uses it."""
        for name, one in self._items.items():
            self.named(name, f"type {name}", one.place)

    def by_name(self) -> dict[str, Type]:
        """What an expression may name in `instance of` and in parameters of functions."""
        found = self.own()
        for imported, types in self._imports.items():
            if imported:
                found.update((f"{imported}.{name}", type_) for name, type_ in types.own().items())
            else:
                found = {**types.own(), **found}
        return found

    def own(self) -> dict[str, Type]:
        """The types defined in the model itself."""
        return {name: item.type for name in self._items if (item := self.find(name)) is not None}

    def named(self, name: str | None, element: str = "", place: Place = NOWHERE) -> ItemType:
        """The type of that name; anything where none is named, or where there is none (which is a problem)."""
        found = self.find(name)
        if found is not None:
            return found
        known = [*self._items, *SIMPLE, *(f"{one}.{two}" for one, types in self._imports.items() for two in types)]
        self._problems.append(
            problem(
                "dmn.unknown_type",
                f"There is no type `{name}`.",
                f"没有类型“{name}”。",
                element=element,
                place=place,
                hint=did_you_mean(name or "", known),
            )
        )
        return ANYTHING

    def __iter__(self) -> Any:
        return iter(self._items)

    def find(self, name: str | None) -> ItemType | None:
        """The same, None where there is none."""
        if not name or name in ("Any", "any"):
            return ANYTHING
        if name in self._known:
            return self._known[name]
        if name in self._items:
            return self._define(self._items[name], name)
        for imported, types in self._imports.items():
            if imported and name.startswith(f"{imported}."):
                return types.find(name[len(imported) + 1 :])
            if not imported and (found := types._items.get(name)) is not None:
                return types.find(found.name)
        return self._builtin(name)

    def _builtin(self, name: str) -> ItemType | None:
        """A type of FEEL, also as FEEL writes it: list<number>."""
        if name not in self._simple:
            type_ = SIMPLE.get(name) or _ALIASES.get(name)
            if type_ is None and "<" in name:
                checked = feel.check(f"null instance of {name}", context({}))
                root = checked.program.tree if checked.program else None
                type_ = root.of if isinstance(root, t.InstanceOf) and not checked.problems else None
            if type_ is None:
                return None
            self._simple[name] = _plain(name, optional(type_))
        return self._simple[name]

    def _define(self, definition: ItemDefinition, name: str) -> ItemType:
        """Enter the type before its parts are looked at: a type may hold lists of itself."""
        made = self._known[name] = ItemType(name, ANY)
        self._open += 1
        built = self._built(definition, name) if self._open <= MAX_REFERENCES else self._too_large(definition, name)
        self._open -= 1
        for one in ("type", "item", "members", "parameters", "result", "tests", "whole", "parts"):
            setattr(made, one, getattr(built, one))
        return made

    def _too_large(self, one: ItemDefinition, name: str) -> ItemType:
        found = problem(
            "dmn.type_too_large",
            "The type has too many parts, or refers to others too deeply.",
            "该类型的组成部分过多，或引用层数过深。",
            element=f"type {name}",
            place=one.place,
        )
        self._problems.append(found)
        return ANYTHING

    def _built(self, one: ItemDefinition, name: str) -> ItemType:
        where = f"type {name}"
        if one.components:
            members = {part.name: self._built(part, f"{name}.{part.name}") for part in one.components}
            parts = 1 + sum(member.parts for member in members.values())
            if parts > MAX_PARTS:
                return self._too_large(one, name)
            fields = {label: optional(member.type) for label, member in members.items()}
            type_ = optional(context(fields, open=self._mode == "standard"))
            base = ItemType(name, type_, members=members, parts=parts)
        elif one.function is not None:
            parameters = tuple((part.name, self.named(part.type_ref, where)) for part in one.function.parameters)
            result = self.named(one.function.output_type_ref, where, one.place)
            parts = 1 + result.parts + sum(part.parts for _, part in parameters)
            if parts > MAX_PARTS:
                return self._too_large(one, name)
            type_ = function_of((part.type for _, part in parameters), result.type)
            base = ItemType(name, optional(type_), parameters=parameters, result=result, parts=parts)
        else:
            base = self.named(one.type_ref, where, one.place)
        tests = self._tests(one.allowed_values, base.type if base.item is None else base.item.type, where)
        constraint = one.constraint
        if not one.is_collection:
            return _restricted(base, (*tests, *self._tests(constraint, base.type, where)), name)
        item = _restricted(base, tests, name)
        listed = list_of(item.type)
        whole = self._tests(constraint, listed, where)
        return ItemType(name, optional(listed), item=item, whole=whole, parts=item.parts)

    def _tests(self, tests: UnaryTests | None, type_: Type, where: str) -> tuple[Checked, ...]:
        if tests is None or not tests.text.strip():
            return ()
        checked = feel.check_unary(tests.text, type_, context({}), functions=self._library, mode=self._mode)
        self._problems.extend(of_expression(one, where, tests.place) for one in checked.problems)
        return (checked,)


def _plain(name: str, type_: Type) -> ItemType:
    if type_.kind == "list" and type_.item is not None and type_.item.kind != "Any":
        return ItemType(name, type_, item=_plain(str(type_.item), optional(type_.item)))
    return ItemType(name, type_)


def _restricted(base: ItemType, tests: tuple[Checked, ...], name: str) -> ItemType:
    """The type with tests of its values; texts that are listed become an enumeration for the checker."""
    if not tests:
        return base
    if base.item is not None:
        return replace(base, name=name, item=_restricted(base.item, tests, name))
    type_ = base.type
    for one in tests:
        tree = one.program.tree if one.program else None
        if isinstance(tree, t.OneOf) and type_.kind == "string" and type_.values is None:
            type_ = replace(type_, values=tuple(sorted(tree.values)))
    return replace(base, name=name, type=type_, tests=(*base.tests, *tests))
