"""The facts that a definition reads, as they are typed into boxes and read back from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from loanloom.engines import expressions
from loanloom.engines import facts as fact_scope
from loanloom.engines.scoring.indicators import sound_indicators
from loanloom.feel import Type
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, Text, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One fact that is read, as it is typed: `options` are the values its type knows, with their words."""

    path: str
    title: Text
    kind: str
    value: str
    options: tuple[tuple[str, Text], ...] = ()
    unit: str | None = None


def read_by(document: Document, registry: Registry) -> tuple[str, ...]:
    """The plain facts that a definition reads, in the order in which it names them."""
    seen = scope_of(document, registry)
    if document.kind == "scorecard":
        found: Iterable[str] = (f"indicators.{one['indicator']}" for one in document.spec["characteristics"])
    elif document.kind == "indicator":
        needed = sound_indicators(registry, None).only([document.key]).ordered
        found = (path for one in needed for path in sorted(one.program.inputs) if not path.startswith("indicators."))
    else:
        found = (path for one in expressions.written(document, registry) for path in sorted(_paths(one)))
    return tuple(path for path in dict.fromkeys(found) if _plain(seen, path) is not None)


def _paths(one: expressions.Written) -> Iterable[str]:
    return (one.place.full(path) for path in one.check().inputs)


def scope_of(document: Document, registry: Registry) -> Type:
    """The facts a definition may read."""
    return fact_scope.scope(registry, str(document.spec.get("subject", "application")))


def _plain(seen: Type, path: str) -> Type | None:
    """The type of a fact that can be typed into one box."""
    found: Type | None = seen
    for name in path.split("."):
        found = found.members.get(name) if found is not None and found.kind == "context" else None
    return found if found is not None and found.kind in ("string", "number", "boolean", "date", "Any") else None


def boxes(document: Document, registry: Registry, paths: Iterable[str], typed: Mapping[str, str]) -> tuple[Input, ...]:
    """A box for each fact."""
    seen, labels = scope_of(document, registry), fact_scope.labels(registry)
    return tuple(_box(path, _plain(seen, path), labels, registry, typed.get(path, "")) for path in paths)


def _code_words(path: str, code: str, labels: Mapping[str, Text], registry: Registry) -> Text:
    """What people call a value; of an indicator, as the indicator says it."""
    record, _, key = path.partition(".")
    indicator = sound_indicators(registry, None).by_key(key) if record == "indicators" else None
    return indicator.value_words(code) if indicator is not None else labels.get(f"{path}={code}") or text(code, code)


def _box(path: str, found: Type | None, labels: Mapping[str, Text], registry: Registry, value: str) -> Input:
    assert found is not None, path
    codes = [(code, _code_words(path, code, labels, registry)) for code in found.values or ()]
    if found.kind == "boolean":
        codes = [("true", text("yes", "是")), ("false", text("no", "否"))]
    return Input(
        path=path, title=labels.get(path) or text(path, path), kind=found.kind, value=value.strip(),
        options=tuple(codes), unit=found.unit,
    )  # fmt: skip


def as_typed(facts: Mapping[str, Any], paths: Iterable[str]) -> dict[str, str]:
    """Facts of a case as somebody would type them."""
    return {path: _typed(fact_scope.at(facts, path)) for path in paths}


def _typed(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str | int) else ""


def laid_over(
    facts: Mapping[str, Any], given: Iterable[Input], document: Document, registry: Registry
) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """The facts of a case with what was typed in their place; an empty box is a fact that is not known."""
    whole, typed = deepcopy(dict(facts)), list(given)
    raw: dict[str, Any] = {}
    for one in typed:
        if one.value:
            _put(raw, one.path, _value(one))
    read = fact_scope.read(scope_of(document, registry), raw)
    for one in typed:
        _put(whole, one.path, fact_scope.at(read.facts, one.path))
    return whole, read.problems


def _value(one: Input) -> Any:
    if one.kind == "boolean":
        return {"true": True, "false": False}.get(one.value)
    return one.value.replace(",", "") if one.kind == "number" else one.value


def _put(facts: dict[str, Any], path: str, value: Any) -> None:
    *above, leaf = path.split(".")
    inside = facts
    for name in above:
        below = inside.get(name)
        inside[name] = inside = dict(below) if isinstance(below, Mapping) else {}
    inside[leaf] = value
