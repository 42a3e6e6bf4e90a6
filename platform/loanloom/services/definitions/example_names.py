"""What people call the things that example cases and layouts of files name: steps of the flow a case goes through,
conclusions, grades, the fields of its request; columns by the heading they have in the file.
"""

from __future__ import annotations

from collections.abc import Mapping

from loanloom.engines.flows import scope
from loanloom.engines.flows.drawing.wording import OUTCOMES
from loanloom.engines.imports import fields as imported
from loanloom.engines.labels import labels
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import Text, text

Names = tuple[str, ...]
_CONCLUSIONS: Mapping[Names, str] = {
    ("expect", "eligibility"): "eligibility.outcome=",
    ("expect", "decision"): "decision.outcome=",
    ("expect", "grade"): "score.grade=",
    ("loan", "grade"): "score.grade=",
}
"""Places of a case that say one of the answers of a fact."""
WAYS = {("expect", "route"), ("expect", "path")}
"""Places of a case that name steps in their order."""


def flow_of(case: Document, registry: Registry) -> Document | None:
    """The flow that a case goes through: its own, or that of its product's applications."""
    product = registry.get("product", str(case.spec.get("product")))
    flows = product.spec.get("flows", {}) if product is not None else {}
    key = case.spec.get("flow") or flows.get("application")
    return registry.get("flow", str(key)) if key else None


def of_case(case: Document, registry: Registry, names: Names) -> Mapping[str, Text] | None:
    """The answers or outcomes from which a place of a case says one."""
    if names == ("expect", "outcome"):
        return OUTCOMES
    fact = _CONCLUSIONS.get(names)
    if fact is None:
        return None
    return {path.removeprefix(fact): said for path, said in labels(registry).items() if path.startswith(fact)} or None


def labels_of_case(case: Document, registry: Registry) -> Mapping[str, Text]:
    """The facts of a case, with those that only its flow sees."""
    flow = flow_of(case, registry)
    return labels(registry) if flow is None else scope.labels_of(flow, registry)


def labels_of_mapping(mapping: Document, registry: Registry) -> Mapping[str, Text]:
    """The columns of a file by their headings, and the fields that they fill."""
    headings = mapping.spec.get("headings", {})
    found = dict(labels(registry))
    for column in mapping.spec.get("columns", {}):
        heading = str(headings.get(column) or column)
        found |= dict.fromkeys((f"row.{column}", f"headings.{column}", f"columns.{column}"), text(heading, heading))
    for path in mapping.spec.get("values", {}):
        field = imported.field_at(path, registry)
        if field is not None:
            found[f"values.{path}"] = field.title
    return found
