"""How the arguments of a call go into a function's overloads: fit, result type, currencies. Pure, over typed nodes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from .. import tree as t
from ..library import Builtin, Overload, Parameter
from ..problems import Fault, words
from ..types import ANY, ORDERED, Fit, Type, choices, context, fits, optional, required
from .joining import joined
from .rules import member_type
from .units import BARE, VARIABLE, clash, together

Bound = list[object]
_AGGREGATES = frozenset({"min", "max", "sum", "mean", "median", "product", "stddev", "mode", "all", "any", "sort"})
"""Functions whose result is null only where an item is, or where there is none."""


def given(overload: Overload, bound: Bound) -> Iterator[tuple[t.Node, Parameter]]:
    """Each argument that is there, with its parameter."""
    for one, parameter in zip(bound, overload.parameters, strict=True):
        for value in one if isinstance(one, tuple) else (one,):
            if isinstance(value, t.Node):
                yield value, parameter


def flat(bound: Bound) -> list[t.Node | None]:
    """The arguments as a row, None for what is left out."""
    found: list[t.Node | None] = []
    for one in bound:
        if isinstance(one, tuple):
            found.extend(one)
        else:
            found.append(one if isinstance(one, t.Node) else None)
    return found


def fit_of(overload: Overload, bound: Bound) -> Fit:
    """Whether the arguments fit; "maybe" is settled when the program runs."""
    result: Fit = "yes"
    ordered: set[str] = set()  # the kinds that stand for C: values that are compared must be of one kind
    for value, parameter in given(overload, bound):
        fit = _fit(value.type, parameter.type)
        if fit == "no":
            return "no"
        result = "maybe" if fit == "maybe" else result
        if "C" in (parameter.type.kind, (parameter.type.item or ANY).kind):
            ordered.update(one.kind for one in choices(_variable(value.type, parameter.type) or ANY))
    return "no" if len(ordered - {"Any", "Null"}) > 1 else result


def _fit(type_: Type, expected: Type) -> Fit:
    if expected.kind == "T" or type_.kind == "Null":
        return "yes"
    if type_.alternatives and expected.kind != "Any":
        found = {_fit(one, expected) for one in type_.alternatives}
        return "no" if "no" in found else "yes" if found == {"yes"} else "maybe"
    if expected.kind == "C":
        return "maybe" if type_.kind == "Any" else "yes" if type_.kind in ORDERED else "no"
    if expected.kind in ("list", "range") and type_.kind == expected.kind:
        return _fit(type_.item or ANY, expected.item or ANY)
    return fits(type_, expected)


def misfit(builtin: Builtin, arguments: Sequence[t.Node], names: Sequence[str] | None) -> t.Node | None:
    """The argument that keeps a call from fitting: of the overload that takes most of them. None: it is the number."""
    best: tuple[int, t.Node] | None = None
    for overload in builtin.overloads:
        bound = overload.bind(arguments, names)
        if bound is None:
            continue
        listed = list(given(overload, bound))
        at = next((at for at, (value, taken) in enumerate(listed) if _fit(value.type, taken.type) == "no"), None)
        if at is None:
            at = _odd_one([value.type.kind for value, _ in listed])
        if best is None or at > best[0]:
            best = at, listed[at][0]
    return best[1] if best else None


def _odd_one(kinds: list[str]) -> int:
    """The place of the kind that fewest of the arguments have; of a text where there is a tie."""
    return min(range(len(kinds)), key=lambda at: (kinds.count(kinds[at]), kinds[at] != "string", -at), default=0)


def currencies(overload: Overload, bound: Bound) -> tuple[Fault, t.Node, t.Node] | None:
    """The first argument whose currency does not go with another's, and that other."""
    first: dict[str, t.Node] = {}
    for value, parameter in given(overload, bound):
        held = parameter.type.item if parameter.type.item is not None else parameter.type
        mine = _variable(value.type, parameter.type)
        if held.unit == BARE and mine is not None and mine.unit:
            return _no_product(mine.unit), value, value
        name = held.kind if held.kind in ("T", "C") else held.unit
        if name is None or name == BARE or mine is None:
            continue
        known = first.get(name)
        if known is None:
            if _has_unit(mine):
                first[name] = value
            continue
        found = clash(_element(known.type, mine), mine)
        if found is not None:
            return together(*found), known, value
    return None


def _has_unit(type_: Type) -> bool:
    return bool(type_.unit or type_.fields or type_.item or type_.alternatives)


def _element(type_: Type, like: Type) -> Type:
    """A list's item where an item is looked at."""
    return type_.item or ANY if type_.kind == "list" and like.kind != "list" else type_


def _no_product(unit: str) -> Fault:
    return Fault(
        "feel.currencies",
        f"A product of amounts in {unit} has no meaning.",
        f"{unit} 金额连乘没有意义。",
        words("Multiply an amount by bare numbers.", "金额只能乘以不带币种的数字。"),
    )


def result_of(builtin: Builtin, overload: Overload, bound: Bound) -> Type:
    """The type of what the call gives."""
    special = _SPECIAL.get(builtin.name)
    if special is not None and (found := special(flat(bound))) is not None:
        return found
    variable: Type | None = None
    unit: str | None = None
    for value, parameter in given(overload, bound):
        found = _variable(value.type, parameter.type)
        if found is None:
            continue
        held = parameter.type.item or parameter.type
        if held.unit == VARIABLE:
            unit = unit or found.unit
        elif held.unit is None:
            variable = found if variable is None else joined(variable, found)
    type_ = _filled(overload.result, variable or ANY, unit)
    if overload.result.kind == "T":
        last = [one for one in flat(bound) if one is not None]
        return optional(type_) if all(one.type.nullable for one in last) else required(type_)
    return optional(type_) if _nullable(builtin, overload, bound) else required(type_)


def unsettled_result(builtin: Builtin) -> Type:
    """What a call gives whose overload is chosen by the values."""
    kinds = {one.result.kind for one in builtin.overloads}
    if len(kinds) > 1 or kinds & {"T", "C", "list", "Any"}:
        return ANY
    return optional(_filled(builtin.overloads[0].result, ANY, None))


def _nullable(builtin: Builtin, overload: Overload, bound: Bound) -> bool:
    """Whether null may come out: because one goes in, or because there may be nothing to work on."""
    values = list(given(overload, bound))
    if any(value.type.nullable and not parameter.takes_null for value, parameter in values):
        return True
    if not overload.result.nullable:
        return False
    if builtin.name not in _AGGREGATES:
        return True
    if overload.variadic:
        return any(value.type.nullable for value, _ in values)
    alone = values[0][0] if len(values) == 1 else None
    if isinstance(alone, t.ListOf) and alone.items and overload.parameters[0].type.kind == "list":
        return any(one.type.nullable for one in alone.items)
    return True


def _variable(type_: Type, expected: Type) -> Type | None:
    """What stands for T, C or the number of a list or argument."""
    if expected.kind in ("T", "C") or (expected.kind == "number" and expected.unit is not None):
        return type_
    if expected.item is not None and type_.kind == expected.kind:
        return _variable(type_.item or ANY, expected.item)
    return None


def _filled(type_: Type, variable: Type, unit: str | None) -> Type:
    if type_.kind in ("T", "C"):
        return optional(variable) if type_.nullable else required(variable)
    if type_.unit in (VARIABLE, BARE):
        return replace(type_, unit=unit if type_.unit == VARIABLE else None)
    if type_.item is not None:
        kept = variable if type_.item.kind in ("T", "C") else _filled(type_.item, variable, unit)
        return replace(type_, item=kept)
    return type_


def _flattened(arguments: list[t.Node | None]) -> Type | None:
    """`flatten`: a list of what lies deepest."""
    listed = arguments[0].type if arguments and arguments[0] is not None else ANY
    if listed.kind != "list":
        return None
    return Type("list", nullable=listed.nullable, item=_deepest(listed.item or ANY))


def _deepest(item: Type) -> Type:
    found: Type | None = None
    for one in choices(item):
        inner = _deepest(one.item or ANY) if one.kind == "list" else one
        found = inner if found is None else joined(found, inner)
    return optional(found or ANY) if item.nullable else found or ANY


def _entry(arguments: list[t.Node | None]) -> Type | None:
    """`get value` with a key that is written out: the entry's own type."""
    if len(arguments) != 2 or arguments[0] is None or not isinstance(arguments[1], t.Constant):
        return None
    base, key = arguments[0].type, arguments[1].value
    if base.kind != "context" or not isinstance(key, str):
        return None
    found = member_type(base, key)
    return None if found is None else optional(found) if base.nullable else found


def _entries(arguments: list[t.Node | None]) -> Type | None:
    """`get entries`: keys and values."""
    base = arguments[0].type if arguments and arguments[0] is not None else ANY
    if base.kind != "context" or base.open or not base.fields:
        return None
    value: Type | None = None
    for _, one in base.fields:
        value = one if value is None else joined(value, one)
    row = context({"key": Type("string"), "value": value or ANY})
    return Type("list", nullable=base.nullable, item=row)


_SPECIAL = {"flatten": _flattened, "get value": _entry, "get entries": _entries}
