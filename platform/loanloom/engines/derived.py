"""The types of what formulas give: indicators and the steps of calculations, found from the formulas themselves. Pure.

So an indicator knows its currency and its codes without saying them again. A formula that is wrong, or part of a
circle, has the type it is declared with; its own engine reports what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from loanloom import feel
from loanloom.engines.currencies import Currencies
from loanloom.feel import BOOLEAN, DATE, NUMBER, STRING, Digits, Type, context, enumeration, optional
from loanloom.metadata.document import Document

SCALARS: Mapping[str, Type] = {"number": NUMBER, "string": STRING, "boolean": BOOLEAN, "date": DATE}
"""The types that indicators, rule outputs and parameters are declared with."""

_MENTION = re.compile(r"\bindicators\s*\.\s*([a-z][a-z0-9_]*)")
_MOST_DIGITS = 34

Members = Mapping[str, Type]


def declared(spec: Mapping[str, Any], known: Currencies) -> Type:
    """The type that a declaration with `type` and perhaps `currency` states."""
    type_ = SCALARS[spec["type"]]
    if type_.kind == "number" and spec.get("currency"):
        return replace(type_, unit=known.of(str(spec["currency"])))
    return type_


def indicator_types(
    documents: Iterable[Document], facts: Callable[[str], Members], known: Currencies
) -> dict[str, Type]:
    """The type of each indicator's value by key; `facts` gives what formulas about a subject see besides indicators."""
    return _Indicators({one.key: one for one in documents}, facts, known).all()


class _Indicators:
    def __init__(self, documents: Mapping[str, Document], facts: Callable[[str], Members], known: Currencies) -> None:
        self.documents = documents
        self.facts = facts
        self.known = known
        self.found: dict[str, Type] = {}
        self.open: set[str] = set()

    def all(self) -> dict[str, Type]:
        for key in self.documents:
            self.type_of(key)
        return self.found

    def type_of(self, key: str) -> Type:
        if key in self.found:
            return self.found[key]
        spec = self.documents[key].spec
        stated = declared(spec, self.known)
        if key in self.open:
            return stated
        self.open.add(key)
        type_ = self._refined(stated, spec)
        self.found[key] = type_
        return type_

    def _refined(self, stated: Type, spec: Mapping[str, Any]) -> Type:
        source = str(spec["value"])
        mentioned = {one for one in _MENTION.findall(source) if one in self.documents}
        others = {one: optional(self.type_of(one)) for one in sorted(mentioned)}
        facts = self.facts(str(spec["subject"]))
        checked = feel.check(
            source, context({**facts, "indicators": optional(context(others))}), functions=feel.LENDING
        )
        given = checked.type if checked.ok and checked.type.kind == stated.kind else stated
        missing = spec.get("missing")
        default = missing["value"] if isinstance(missing, Mapping) else None
        if stated.kind == "string" and given.values is not None:
            return enumeration(dict.fromkeys((*given.values, *([str(default)] if default is not None else ()))))
        if stated.kind == "number":
            return replace(stated, unit=stated.unit or given.unit, digits=_digits(spec.get("decimals"), default))
        return stated


def _digits(decimals: int | None, default: object = None) -> Digits | None:
    if decimals is None:
        return None
    exponent = default.as_tuple().exponent if isinstance(default, Decimal) else 0  # of another type: told by its check
    scale = max(int(decimals), -exponent if isinstance(exponent, int) else 0, 0)
    return Digits(_MOST_DIGITS - scale, scale)


def step_types(document: Document, facts: Type, known: Currencies) -> Mapping[str, Type]:
    """The type of each step of a calculation by key; each formula sees the facts, the parameters and other steps."""
    return checked_steps(document, facts, known)[0]


def checked_steps(
    document: Document, facts: Type, known: Currencies
) -> tuple[Mapping[str, Type], Mapping[str, feel.Checked]]:
    """The same, with the formula of each step as it was checked for that: by then all that it may read was known. Of
    steps that need one another in a circle none was. The hints of a formula that is wrong may not know every step."""
    parameters = {one["key"]: declared(one, known) for one in document.spec.get("parameters", ())}
    formulas = {one["key"]: one for one in document.spec["steps"]}
    own = formulas.keys() | parameters.keys()
    words = {key: set(re.findall(r"\w+", str(one["value"]))) & own for key, one in formulas.items()}
    found: dict[str, Type] = dict.fromkeys(formulas, optional(NUMBER))
    done: dict[str, feel.Checked] = {}
    while ready := [key for key in formulas if key not in done and words[key] & formulas.keys() <= done.keys()]:
        scope = context({**facts.members, **found, **parameters})
        for key in ready:
            seen = scope if words[key] else facts  # what reads facts alone is checked once for all calculations
            checked = feel.check(str(formulas[key]["value"]), seen, expect=NUMBER, functions=feel.LENDING)
            unit = checked.type.unit if checked.ok and checked.type.kind == "number" else None
            rounding = formulas[key].get("round")
            digits = _digits(max(int(rounding["digits"]), 0)) if rounding else None
            found[key] = optional(feel.number(unit=unit, digits=digits))
            done[key] = checked
    return found, done
