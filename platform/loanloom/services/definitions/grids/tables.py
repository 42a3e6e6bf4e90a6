"""The columns of a decision table, its inputs and its results, and of a list of rules its conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from loanloom import feel
from loanloom.engines import facts as fact_scope
from loanloom.feel import tree as t
from loanloom.metadata.document import Document
from loanloom.metadata.pointers import child
from loanloom.metadata.registry import Registry
from loanloom.problems import Text, text
from loanloom.services.definitions import own_names
from loanloom.services.definitions.grids import model_tables
from loanloom.services.definitions.grids.model import Column, Places

WHEN, THEN = "when", "then"
ANY, NOTHING = "-", "null"
"""What a new cell says: a test that everything passes, a result that is none."""
_REASON = (text("Reason (Chinese)", "理由（中文）"), text("Reason (English)", "理由（英文）"))
_NAME = (text("Name (Chinese)", "名称（中文）"), text("Name (English)", "名称（英文）"))


def places(document: Document, at: str) -> Places:
    """Where the parts of the table stand; `at` is the table of a model."""
    if document.kind == "decision_model":
        return Places(f"{at}/inputs", f"{at}/outputs", f"{at}/rules", listed=True)
    return Places("/table/inputs", "/outputs", "/table/rows" if "table" in document.spec else "/rules")


def laid(document: Document, registry: Registry, at: str) -> tuple[str, tuple[Column, ...]]:
    """Where the lines are, and the columns."""
    spec = document.spec
    if document.kind == "decision_model":
        return places(document, at).rows, model_tables.columns(document, registry, at)
    results = tuple(_results(spec, registry))
    reasons = tuple(_texts("/reason", _REASON))
    if "table" in spec:
        return "/table/rows", (*_inputs(document, registry), *results, *reasons)
    condition = Column(path="/when", label=text("When", "条件"), kind="expression", group=WHEN)
    return "/rules", (*_texts("/title", _NAME), condition, *results, *reasons)


def _texts(path: str, labels: tuple[Text, Text]) -> Iterator[Column]:
    for language, label in zip(("zh", "en"), labels, strict=True):
        yield Column(path=f"{path}/{language}", label=label, kind="text")


def _named(title: Text) -> Text:
    return title if any(title.values()) else text("not named yet", "尚未命名")


def _inputs(document: Document, registry: Registry) -> Iterator[Column]:
    scope = fact_scope.scope(registry, document.spec["subject"])
    labels = fact_scope.labels(registry)
    for place, one in enumerate(document.spec["table"]["inputs"]):
        checked = feel.check(str(one["value"]), scope, functions=feel.LENDING)
        type_, program = checked.type, checked.program
        options = _codes(type_, program.tree if program is not None else None, labels)
        yield Column(
            path=f"/when/{place}", label=_named(one["title"]), kind="test",
            feel=type_.kind if type_ is not None else "", options=options, head=f"/table/inputs/{place}", group=WHEN,
        )  # fmt: skip


def _codes(type_: feel.Type | None, tree: Any, labels: Mapping[str, Text]) -> Mapping[str, Text] | None:
    """The codes that may come, by their names where a fact has them."""
    if type_ is None or not type_.values:
        return None
    path = ".".join(tree.path) if isinstance(tree, t.Input) else ""
    return {code: labels.get(f"{path}={code}", text(code, code)) for code in type_.values}


def _results(spec: Mapping[str, Any], registry: Registry) -> Iterator[Column]:
    for place, one in enumerate(spec["outputs"]):
        title = one.get("title") or text(one["key"], one["key"])
        yield Column(
            path=child("/then", one["key"]), label=_named(title), kind="result", feel=one["type"], group=THEN,
            options=own_names.results_in_words(one, registry), head=f"/outputs/{place}",
        )  # fmt: skip
