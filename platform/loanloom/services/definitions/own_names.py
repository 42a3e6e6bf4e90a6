"""What people call things that a definition names within itself or a neighbour: steps of a flow, accounts of posting
rules, the fields of a flow's own request, the results of a rule set, the units of the company.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loanloom.engines.flows import scope
from loanloom.engines.labels import labels
from loanloom.metadata import schema_walk
from loanloom.metadata.document import Document
from loanloom.metadata.pointers import resolve, split
from loanloom.metadata.registry import Registry, kept
from loanloom.problems import Text, text
from loanloom.services.definitions import example_names, posting_words

_WAYS = {("next",), ("on_refuse",), ("call", "on_failure"), ("routes", "to"), ("events", "to"), ("deadlines", "to")}
_STEPS = {
    ("withdraw_until",),
    ("reconsider", "to"),
    *(("nodes", *way) for way in {*_WAYS, ("return_to",), ("cancels",)}),
}
"""Places of a flow that name steps, without the numbers of items."""
_DECIDED: Mapping[str, Text] = {
    "approve": text("approve", "批准"),
    "pass": text("pass", "通过"),
    "refer": text("to a person", "转人工"),
    "refuse": text("refuse", "否决"),
}
"""What is said of the results that decide by themselves."""


def named_at(document: Document, registry: Registry, pointer: str) -> Mapping[str, Text] | None:
    """The steps or accounts from which a place names one or several, by key; None for all other places."""
    if document.kind == "posting_rules":
        return posting_words.accounts_at(document, registry, pointer)
    if document.kind == "ruleset":
        return _results_at(document, registry, pointer)
    names = tuple(token for token in split(pointer) if not token.isdigit())
    if document.kind == "organisation" and names[-1:] == ("parent",):
        return _units(document)
    if document.kind == "case":
        flow = example_names.flow_of(document, registry) if names == ("actions", "node") else None
        return _steps(flow, registry) if flow else example_names.of_case(document, registry, names)
    if document.kind == "flow" and names in _STEPS:
        return _steps(document, registry)
    return _codes(document, registry, pointer)


def way_at(document: Document, registry: Registry, pointer: str) -> Mapping[str, Text] | None:
    """The steps that a place of a case tells in their order: words only, for they are not chosen but passed."""
    names = tuple(token for token in split(pointer) if not token.isdigit())
    flow = (
        example_names.flow_of(document, registry) if document.kind == "case" and names in example_names.WAYS else None
    )
    return _steps(flow, registry) if flow is not None else None


def _codes(document: Document, registry: Registry, pointer: str) -> Mapping[str, Text] | None:
    """The titles of the code list whose codes a place holds, where the kind has no words of its own for them."""
    schema = registry.kinds.require(document.kind).schema
    piece = schema_walk.at(schema, document.spec, pointer)
    held = piece if "x-codes" in piece else schema_walk.items_of(piece, schema)
    codes = None if schema_walk.choices(held) else registry.get("code_list", held.get("x-codes", ""))
    return {str(one["key"]): one["title"] for one in codes.spec["items"]} if codes is not None else None


@kept
def labels_of(document: Document, registry: Registry) -> Mapping[str, Text]:
    """What people call the facts that a definition's expressions see."""
    if document.kind == "flow":
        return scope.labels_of(document, registry)
    if document.kind == "case":
        return example_names.labels_of_case(document, registry)
    if document.kind == "import_mapping":
        return example_names.labels_of_mapping(document, registry)
    return {**labels(registry), **_results(document)} if document.kind == "ruleset" else labels(registry)


def _results(document: Document) -> Mapping[str, Text]:
    """What the results of a rule set are called where a rule gives them."""
    titled = {one["key"]: one["title"] for one in document.spec.get("outputs", ()) if one.get("title")}
    return {f"{place}.{key}": title for key, title in titled.items() for place in ("then", "otherwise")}


def _results_at(document: Document, registry: Registry, pointer: str) -> Mapping[str, Text] | None:
    """The values that a rule may give here; none where it may give any, or works one out."""
    *above, key = split(pointer)
    given = resolve(document.spec, pointer)
    formula = isinstance(given, str) and given.startswith("=")
    if not above or above[-1] not in ("then", "otherwise") or formula:
        return None
    output = next((one for one in document.spec.get("outputs", ()) if one.get("key") == key), None)
    return results_in_words(output, registry) if output is not None else None


def results_in_words(output: Mapping[str, Any], registry: Registry) -> Mapping[str, Text] | None:
    """The values of a result that has listed ones, by the names of the code list of the same key."""
    listed = [str(one) for one in output.get("values", ())]
    if output["type"] != "string" or not listed:
        return None
    codes = registry.get("code_list", output["key"])
    named = {str(one["key"]): one["title"] for one in codes.spec["items"]} if codes is not None else _DECIDED
    return {value: named.get(value, text(value, value)) for value in listed}


def _units(document: Document) -> Mapping[str, Text]:
    return {str(one["key"]): one["title"] for one in document.spec.get("units", ())}


@kept
def _steps(document: Document, registry: Registry) -> Mapping[str, Text]:
    del registry  # kept for as long as it lives
    found: dict[str, Text] = {}
    for node in document.spec.get("nodes", ()):
        key = str(node.get("key"))
        title = node.get("title")
        found[key] = title if isinstance(title, Mapping) and any(title.values()) else text(key, key)
    return {**found, "start": found.get("start") or text("Start", "开始")}
