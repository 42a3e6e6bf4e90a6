"""The expressions of documents: where they stand, what each may see, what it must give. One answer for everybody.

The check of a release, the help in the editor, renaming and "where is it used" all ask here. What a place sees is the
engines' own word: each shows its scopes, this room only knows which place belongs to which. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from loanloom import feel
from loanloom.engines import calculations, decided, documents, facts, forms, imports, posting, reports
from loanloom.engines.currencies import currencies
from loanloom.engines.derived import declared
from loanloom.engines.flows import scope as flow_scope
from loanloom.engines.reports.computing import measured
from loanloom.engines.reports.scope import scope as report_scope
from loanloom.feel import BOOLEAN, DATE, NUMBER, Type
from loanloom.metadata import pointers, schema_walk
from loanloom.metadata.document import Document
from loanloom.metadata.kinds import Expression, Kind
from loanloom.metadata.registry import Registry, kept_narrowly
from loanloom.problems import Problem, Text

SUBJECTS = ("customer", "application", "loan", "document")
_ENGINES = frozenset({
    "calculation", "decision_model", "flow", "form", "import_mapping", "indicator", "posting_rules", "report",
    "ruleset", "template",
})  # fmt: skip
"""Kinds whose engine checks the expressions itself, with everything else about them."""


@dataclass(frozen=True, slots=True)
class Place:
    """What may be written at a place. `tested` is the value that a cell tests; `aliases` are the facts that bare names
    of the place stand for; `prose` holds text with {{ placeholders }}.
    """

    kind: str
    key: str
    pointer: str
    scope: Type
    expect: Type | None = None
    tested: Type | None = None
    labels: Mapping[str, Text] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    mark: str = ""
    prose: bool = False

    def check(self, source: str) -> feel.Checked:
        """An expression checked as it would be at this place."""
        if self.tested is not None:
            return feel.check_unary(source, self.tested, self.scope, functions=feel.LENDING)
        return feel.check(source, self.scope, expect=self.expect, functions=feel.LENDING)

    def full(self, path: str) -> str:
        """The path of a fact as the whole house calls it."""
        root, dot, rest = path.partition(".")
        return self.aliases.get(root, root) + dot + rest


@dataclass(frozen=True, slots=True)
class Written:
    """One expression of a document: its place, its text, and where in the value at the place it begins."""

    place: Place
    source: str
    start: int = 0

    def check(self) -> feel.Checked:
        """The expression, checked."""
        return self.place.check(self.source)


def place(document: Document, pointer: str, registry: Registry) -> Place | None:
    """What may be written at a pointer (from the spec), whether something stands there or not; None for a place that
    holds no expression, or whose surroundings do not say what it sees.
    """
    kind = registry.kinds.get(document.kind)
    if kind is None:
        return None
    declared_ = next((one for one in kind.expressions if fits(pointer, one.pointer)), None)
    try:
        if declared_ is not None:
            return _place(document, pointer, declared_, registry)
        if document.kind == "decision_model":
            return _inside_model(document, pointer, registry)
        piece = schema_walk.at(kind.schema, document.spec, pointer)
        return _prose(document, pointer, registry) if piece.get("x-placeholders") else None
    except (KeyError, TypeError, IndexError, ValueError, AttributeError):
        return None  # a draft whose surroundings are not what the schema asks for; its own check says so


def written(document: Document, registry: Registry) -> Iterator[Written]:
    """Every expression of a document, placeholders in prose too."""
    kind = registry.kinds.get(document.kind)
    if kind is None:
        return
    for one in kind.expressions:
        for pointer, value in pointers.match(document.spec, one.pointer):
            text = one.text_of(value)
            found = place(document, pointer, registry) if text is not None else None
            if text is not None and found is not None:
                yield Written(found, text)
    yield from _placeholders(document, kind, registry)


def _placeholders(document: Document, kind: Kind, registry: Registry) -> Iterator[Written]:
    if not _has_prose(kind):
        return
    for pointer, value, piece in schema_walk.walk(kind.schema, document.spec):
        if piece.get("x-placeholders") and isinstance(value, str):
            found = _prose(document, pointer, registry)
            for part in documents.cut(value):
                if isinstance(part, documents.Cut):
                    yield Written(found, part.expression, part.offset)


@lru_cache(maxsize=64)
def _has_prose(kind: Kind) -> bool:
    return "x-placeholders" in str(kind.schema)


def check(registry: Registry) -> list[Problem]:
    """What is wrong with the expressions of kinds that no engine interprets."""
    kinds = [one.key for one in registry.kinds if one.key not in _ENGINES and (one.expressions or _has_prose(one))]
    return [problem for kind in kinds for one in registry.all(kind) for problem in _of_document(one, registry)]


@kept_narrowly
def _of_document(document: Document, registry: Registry) -> tuple[Problem, ...]:
    return tuple(
        facts.problem_from_feel(problem, document, one.place.pointer)
        for one in written(document, registry)
        for problem in one.check().problems
    )


# -- what each place sees ---------------------------------------------------------------------------------------------

_Sees = Callable[[Document, str, Registry], Mapping[str, Any]]


def _place(document: Document, pointer: str, declared_: Expression, registry: Registry) -> Place | None:
    sees = _BY_KIND.get((document.kind, declared_.scope)) or _BY_SCOPE.get(declared_.scope)
    if sees is None:
        return None
    expect = {"boolean": BOOLEAN, "number": NUMBER, "date": DATE}.get(declared_.type)
    found = {"labels": facts.labels(registry), "expect": expect, **sees(document, pointer, registry)}
    return Place(document.kind, document.key, pointer, mark=declared_.mark, **found)


def _subject(name: str) -> _Sees:
    def sees(document: Document, pointer: str, registry: Registry) -> Mapping[str, Any]:
        stated = document.spec.get(name, "application") if name in ("subject", "record") else name
        return {"scope": facts.scope(registry, str(stated))}

    return sees


def _steps(document: Document, pointer: str, registry: Registry) -> Mapping[str, Any]:
    spec, tokens = document.spec, pointers.split(pointer)
    listed = (*spec.get("parameters", ()), *spec["steps"])
    labels = {**facts.labels(registry), **{one["key"]: one["title"] for one in listed if "title" in one}}
    if tokens[0] == "parameters":
        return {"scope": calculations.parameter_scope(document, registry), "labels": labels}
    found: dict[str, Any] = {"scope": calculations.step_scope(document, registry), "labels": labels}
    key = document.at(pointers.join(("steps", tokens[1], "key"))) if tokens[0] == "steps" else None
    if isinstance(key, str):
        found["expect"] = calculations.expected(document, key, registry)
    return found


def _indicator(document: Document, pointer: str, registry: Registry) -> Mapping[str, Any]:
    expect = declared(document.spec, currencies(registry))
    return {"scope": facts.scope(registry, str(document.spec["subject"])), "expect": expect}


def _form(document: Document, pointer: str, registry: Registry) -> Mapping[str, Any]:
    found: dict[str, Any] = {"scope": facts.scope(registry, str(document.spec["record"]))}
    if pointers.split(pointer)[-1] in ("computed", "default"):
        path = document.at(f"{pointers.parent(pointer)}/field")
        declared_ = forms.field_at(registry, path) if isinstance(path, str) else None
        found["expect"] = facts.field_type(declared_, registry) if declared_ is not None else None
    return found


def _form_row(document: Document, pointer: str, registry: Registry) -> Mapping[str, Any]:
    """Inside a repeat group: /sections/1/fields/2/fields/0/computed"""
    tokens = pointers.split(pointer)
    group = str(document.at(pointers.join((*tokens[:4], "field"))))
    columns = forms.columns_of(group, registry)
    labels = facts.labels(registry)
    own = {one.key: one.title for one in columns}
    codes = {name.removeprefix(f"{group}."): title for name, title in labels.items() if name.startswith(f"{group}.")}
    found: dict[str, Any] = {
        "scope": forms.row_scope(registry, str(document.spec["record"]), group),
        "labels": {**labels, **codes, **own},
        "aliases": {one.key: f"{group}.{one.key}" for one in columns},
    }
    if tokens[-1] in ("computed", "default"):
        key = document.at(f"{pointers.parent(pointer)}/field")
        column = next((one for one in columns if one.key == key), None)
        found["expect"] = facts.field_type(column, registry) if column is not None else None
    return found


def _import(document: Document, pointer: str, registry: Registry) -> Mapping[str, Any]:
    filled = imports.field_at(pointers.split(pointer)[-1], registry)
    expect = feel.optional(facts.field_type(filled, registry)) if filled is not None else None
    return {"scope": imports.row_scope(document.spec), "expect": expect}


def _event(document: Document, pointer: str, registry: Registry) -> Mapping[str, Any]:
    return {"scope": posting.event_scope(pointers.split(pointer)[1])}


def _rules(document: Document, pointer: str, registry: Registry) -> Mapping[str, Any]:
    spec, tokens = document.spec, pointers.split(pointer)
    scope = facts.scope(registry, str(spec["subject"]))
    found: dict[str, Any] = {"scope": scope}
    if tokens[:2] == ("table", "rows") and tokens[3:4] == ("when",):
        found["tested"] = _column(spec, int(tokens[4]), scope)
    elif tokens[-1] == "allowed":
        found["tested"] = _column(spec, int(tokens[2]), scope)
    elif "then" in tokens or tokens[0] in ("otherwise", "outputs"):
        found["expect"] = _output(spec, tokens)
    return found


def _column(spec: Mapping[str, Any], at: int, scope: Type) -> Type:
    return feel.check(str(spec["table"]["inputs"][at]["value"]), scope, functions=feel.LENDING).type


def _output(spec: Mapping[str, Any], tokens: tuple[str, ...]) -> Type | None:
    outputs = {one["key"]: one for one in spec["outputs"]}
    output = spec["outputs"][int(tokens[1])] if tokens[0] == "outputs" else outputs.get(tokens[-1])
    return facts.output_type(output) if output is not None else None


def _data_set(document: Document, pointer: str, registry: Registry) -> Mapping[str, Any]:
    return {"scope": report_scope(registry, str(document.spec["data_set"]))}


def _totals(document: Document, pointer: str, registry: Registry) -> Mapping[str, Any]:
    labels = {one["key"]: one["title"] for one in document.spec["columns"]}
    return {"scope": measured(reports.read_report(document), registry), "labels": labels}


def _prose(document: Document, pointer: str, registry: Registry) -> Place:
    found = _template(document, pointer, registry)
    return Place(document.kind, document.key, pointer, **found, labels=facts.labels(registry), prose=True)


def _template(document: Document, pointer: str, registry: Registry) -> dict[str, Any]:
    each = document.spec.get("each")
    aliases = {documents.ROW_NAMES[each]: each} if each else {}
    return {"scope": documents.document_scope(document.spec, registry), "aliases": aliases}


def _template_row(document: Document, pointer: str, registry: Registry) -> Mapping[str, Any]:
    """A column of a table: /blocks/3/table/columns/0/value"""
    found = _template(document, pointer, registry)
    rows = feel.check(
        str(document.at(pointers.join((*pointers.split(pointer)[:3], "rows")))), found["scope"], functions=feel.LENDING
    )
    origin = next(iter(rows.inputs), None) if len(rows.inputs) == 1 else None
    scope = documents.row_scope(found["scope"], rows.type)
    members = rows.type.item.members if rows.type.kind == "list" and rows.type.item is not None else {}
    bare = {name: f"{origin}.{name}" for name in members} if origin is not None else {}
    return {"scope": scope, "aliases": {**found["aliases"], **bare}}


def _flow(name: str | None = None) -> _Sees:
    """What a flow's expressions see; `name` is one more fact there: the event that came, a member of a list."""

    def sees(document: Document, pointer: str, registry: Registry) -> Mapping[str, Any]:
        seen = flow_scope.of_flow(document, registry)
        listed = name != "each" or "for_each" in document.at(pointers.parent(pointers.parent(pointer)))
        return {"scope": flow_scope.with_name(seen, name) if name is not None and listed else seen}

    return sees


_BY_KIND: Mapping[tuple[str, str], _Sees] = {
    ("flow", "flow"): _flow(),
    ("flow", "event"): _flow("event"),
    ("flow", "each"): _flow("each"),
    ("calculation", "steps"): _steps,
    ("indicator", "subject"): _indicator,
    ("form", "record"): _form,
    ("form", "row"): _form_row,
    ("import_mapping", "row"): _import,
    ("posting_rules", "event"): _event,
    ("ruleset", "subject"): _rules,
    ("report", "data_set"): _data_set,
    ("report", "totals"): _totals,
    ("template", "document"): _template,
    ("template", "row"): _template_row,
}


def _inside_model(document: Document, pointer: str, registry: Registry) -> Place | None:
    """The logic of a decision model sees what its decision needs."""
    scope = facts.model_scope(registry, str(document.spec["subject"]))
    found = decided.decided(document, registry, scope).seen.get(pointer)
    if found is None:
        return None
    return Place(document.kind, document.key, pointer, found.scope, tested=found.tested, labels=facts.labels(registry))


def _model_input(document: Document, pointer: str, registry: Registry) -> Mapping[str, Any]:
    return {"scope": facts.model_scope(registry, str(document.spec["subject"]))}


_BY_SCOPE: Mapping[str, _Sees] = {
    **{name: _subject(name) for name in (*SUBJECTS, "subject", "record")},
    "model_input": _model_input,
}


def fits(pointer: str, pattern: str) -> bool:
    tokens, wanted = pointers.split(pointer), pointers.split(pattern)
    return len(tokens) == len(wanted) and all(each in ("*", token) for token, each in zip(tokens, wanted, strict=True))
