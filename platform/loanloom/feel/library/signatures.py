"""What a built-in function is: overloads declared in one line of text, so that the declaration reads like the manual.

"string: string, length?: number -> string": `?` after a name makes the parameter optional, `?` after a type admits null
(otherwise a null argument gives null), `...` takes any number of arguments. T stands for any type, C for an ordered
one; `money` is a number whose currency the other `money` of the declaration and its result share, `bare` one without.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

from ..checking.units import BARE, VARIABLE
from ..problems import Fault, Words
from ..running.budget import Budget, pay
from ..running.values import Function, is_a, kind_of
from ..types import ANY, DAYS, MONTHS, NAMES_ZH, ORDERED, SIMPLE, Type, list_of, number, one_of, optional, range_of

Code = TypeVar("Code", bound=Callable[..., Any])
T = Type("T")
C = Type("C")
_PARAMETERLESS: Mapping[str, Type] = {
    **SIMPLE,
    "T": T,
    "C": C,
    "list": list_of(ANY),
    "range": range_of(ANY),
    "context": Type("context", open=True),
    "function": Type("function"),
    "money": number(unit=VARIABLE),
    "bare": number(unit=BARE),
    "days": SIMPLE["days and time duration"],
    "months": SIMPLE["years and months duration"],
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an overload."""

    name: str
    type: Type
    optional: bool = False
    takes_null: bool = False


@dataclass(frozen=True, slots=True)
class Overload:
    """One way to call a function, with the code behind it."""

    parameters: tuple[Parameter, ...]
    result: Type
    function: Callable[..., Any]
    variadic: bool = False
    budget: bool = False

    def bind(self, arguments: Sequence[Any], names: Sequence[str] | None) -> list[Any] | None:
        """The arguments in the order of the parameters, MISSING for what is left out; None where they do not go in."""
        if self.variadic:
            fixed = len(self.parameters) - 1
            if names is not None or len(arguments) <= fixed:
                return None
            return [*arguments[:fixed], tuple(arguments[fixed:])]
        if names is None:
            if len(arguments) > len(self.parameters):
                return None
            bound = [*arguments, *[MISSING] * (len(self.parameters) - len(arguments))]
        else:
            given = dict(zip(names, arguments, strict=True))
            bound = [given.pop(one.name, MISSING) for one in self.parameters]
            if given:
                return None
        if any(one is MISSING and not p.optional for one, p in zip(bound, self.parameters, strict=True)):
            return None
        return bound


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


MISSING = _Missing()


@dataclass(slots=True)
class Builtin:
    """A function of the library under its standard name."""

    name: str
    overloads: list[Overload] = field(default_factory=list)
    said: Words | None = None

    def invoke(self, arguments: Sequence[Any], names: Sequence[str] | None, budget: Any) -> Any:
        """Call with values whose types are only known now."""
        for coerce in (False, True):
            for overload in self.overloads:
                bound = overload.bind(arguments, names)
                if bound is None:
                    continue
                if coerce:
                    bound = _coerced(overload, bound)
                if _accepts(overload, bound):
                    return run(overload, bound, budget)
        raise self.fault(arguments)

    def fault(self, arguments: Sequence[Any]) -> Fault:
        """The fault that no overload takes these values."""
        english = ", ".join(kind_of(one) for one in arguments) or "nothing"
        chinese = "、".join(NAMES_ZH.get(kind_of(one), kind_of(one)) for one in arguments) or "空"
        return Fault(
            "feel.arguments",
            f"`{self.name}` cannot be called with {english}.",
            f"“{self.name}”不接受这样的参数：{chinese}。",
        )

    def value(self) -> Function:
        """The function as a value, to be handed to another."""
        parameters = max((one.parameters for one in self.overloads), key=len)
        return Function(tuple(one.name for one in parameters), self.invoke, native=True)

    @property
    def counts(self) -> bool:
        """Whether it takes one list and asks nothing of the items: what they are makes no difference."""
        return all(
            len(one.parameters) == 1
            and one.parameters[0].type.kind == "list"
            and (one.parameters[0].type.item or ANY) == ANY
            and one.result.kind in ("number", "boolean")
            for one in self.overloads
        )

    def usage(self) -> str:
        """How to call it, for hints."""
        return " or ".join(list(dict.fromkeys(f"{self.name}({_usage(one)})" for one in self.overloads))[:3])

    @property
    def about(self) -> Words | None:
        """What it does, in a line."""
        from .descriptions import ABOUT

        return self.said or ABOUT.get(self.name)


def run(overload: Overload, bound: Sequence[Any], budget: Any) -> Any:
    """Call one overload; a null where it takes none gives null."""
    for value, parameter in zip(bound, overload.parameters, strict=True):
        if value is None and not parameter.takes_null:
            return None
    given = list(bound)
    while given and given[-1] is MISSING:
        given.pop()
    given = [None if one is MISSING else one for one in given]
    if overload.variadic:
        given = [*given[:-1], list(given[-1])]
    return overload.function(budget, *given) if overload.budget else overload.function(*given)


def _accepts(overload: Overload, bound: Sequence[Any]) -> bool:
    for value, parameter in zip(bound, overload.parameters, strict=True):
        many = overload.variadic and parameter is overload.parameters[-1]
        for one in value if many else (value,):
            if one is not MISSING and not _belongs(one, parameter.type):
                return False
    return True


def _belongs(value: Any, type_: Type) -> bool:
    if type_.kind == "T" or value is None:
        return True
    if type_.kind == "C":
        return kind_of(value) in ORDERED
    if type_.item is not None and type_.item.kind in ("T", "C"):
        return kind_of(value) == type_.kind
    return is_a(value, type_)


def _coerced(overload: Overload, bound: Sequence[Any]) -> list[Any]:
    """The arguments with one value as a list of it, or a list of one as its item, where a parameter asks for that."""
    last = len(overload.parameters) - 1 if overload.variadic else -1
    return [
        tuple(_turned(one, parameter.type) for one in value) if place == last else _turned(value, parameter.type)
        for place, (value, parameter) in enumerate(zip(bound, overload.parameters, strict=True))
    ]


def _turned(value: Any, type_: Type) -> Any:
    if value is None or value is MISSING:
        return value
    is_list = kind_of(value) == "list"
    if type_.kind == "list":
        return value if is_list else [value]
    return value[0] if is_list and len(value) == 1 and type_.kind not in ("Any", "T") else value


def _usage(overload: Overload) -> str:
    parts = [f"[{one.name}]" if one.optional else one.name for one in overload.parameters]
    return ", ".join(parts) + (", ..." if overload.variadic else "")


@lru_cache(maxsize=512)
def read_type(text: str) -> Type:
    """A type as a declaration writes it."""
    text = text.strip()
    if text.endswith("?"):
        return optional(read_type(text[:-1]))
    if "|" in text:
        return one_of(read_type(one) for one in text.split("|"))
    match = re.fullmatch(r"(list|range)<(.+)>", text)
    if match:
        inner = read_type(match[2])
        return list_of(inner) if match[1] == "list" else range_of(inner)
    return _PARAMETERLESS[text]


def read_signature(text: str) -> tuple[tuple[Parameter, ...], Type, bool]:
    """Parameters, result type and whether the last parameter takes any number of arguments."""
    left, _, right = text.rpartition("->")
    parameters = []
    variadic = False
    for part in filter(None, (one.strip() for one in left.split(","))):
        name, _, type_text = part.partition(":")
        name, type_text = name.strip(), type_text.strip()
        if name.endswith("..."):
            variadic, name = True, name[:-3]
        parameters.append(
            Parameter(
                name.removesuffix("?"),
                read_type(type_text.removesuffix("?")),
                optional=name.endswith("?"),
                takes_null=type_text.endswith("?"),
            )
        )
    return tuple(parameters), read_type(right), variadic


_CHEAP = frozenset({"number", "boolean", "date", "time", "date and time", DAYS.kind, MONTHS.kind})


def _paying(function: Callable[..., Any], heavy: int, wants_budget: bool, variadic: bool) -> Callable[..., Any]:
    """The function, paid for by the length of what it is given before it begins."""

    def call(budget: Budget | None, *arguments: Any) -> Any:
        if budget is not None:
            pay(budget, *arguments, *(arguments[-1] if variadic else ()))
            budget.spend(heavy)
        return function(budget, *arguments) if wants_budget else function(*arguments)

    return call


class Library:
    """Functions by name, and named types such as a model's item definitions; plugins make one with more of them."""

    def __init__(self, builtins: Iterable[Builtin] = (), types: Mapping[str, Type] | None = None) -> None:
        self._by_name = {one.name: one for one in builtins}
        self.types: Mapping[str, Type] = types or {}

    def get(self, name: str) -> Builtin | None:
        """The function of that name."""
        return self._by_name.get(name)

    @property
    def names(self) -> tuple[str, ...]:
        """All function names."""
        return tuple(self._by_name)

    def declare(
        self, name: str, *signatures: str, budget: bool = False, heavy: int = 0, about: Words | None = None
    ) -> Callable[[Code], Code]:
        """Decorator: the function below is what `name` does for these signatures; `heavy`: steps of a call.

        `about` says what it does, in both languages, for a function that is not of the house.
        """

        def enter(function: Code) -> Code:
            builtin = self._by_name.setdefault(name, Builtin(name))
            builtin.said = about or builtin.said
            for signature in signatures:
                parameters, result, variadic = read_signature(signature)
                costly = heavy or variadic or any(one.type.kind not in _CHEAP for one in parameters)
                called = _paying(function, heavy, budget, variadic) if costly else function
                builtin.overloads.append(Overload(parameters, result, called, variadic, bool(costly or budget)))
            return function

        return enter

    def joined(self, other: Library) -> Library:
        """Both libraries as one; the other's functions win."""
        return Library([*self._by_name.values(), *other._by_name.values()], {**self.types, **other.types})

    def with_types(self, types: Mapping[str, Type]) -> Library:
        """The same functions, and types that expressions may name (`x instance of tPerson`)."""
        return Library(self._by_name.values(), {**self.types, **types})
