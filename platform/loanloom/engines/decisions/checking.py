"""What is wrong with the decision models of a registry, by themselves and in the place they have among the engines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from loanloom import dmn
from loanloom.dmn import tables
from loanloom.engines import decided, facts
from loanloom.engines.decisions.model import compile_model
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry, kept
from loanloom.metadata.uses import expressions_of
from loanloom.problems import Problem, text

_MILD = frozenset({"gap", "masked", "outranked", "outside"})
"""What may be meant so: cases left to null, a last row for whatever is left, a test for what should not come."""


def check(registry: Registry) -> list[Problem]:
    """Every mistake in the models, and every use of one before it is known."""
    after: dict[str, int] = {}
    problems: list[Problem] = []
    for document in registry.all("decision_model"):
        found, place = _of_model(document, registry)
        problems.extend(found)
        if place is not None:
            after[document.key] = place
    return [*problems, *_too_early(registry, after)]


@kept
def _of_model(document: Document, registry: Registry) -> tuple[tuple[Problem, ...], int | None]:
    """What is wrong with a model, and after what it is computed."""
    compiled = compile_model(document, registry)
    if compiled.model is None:
        return tuple(compiled.problems), None
    return (*compiled.problems, *_reach(document, compiled.model.model, registry)), compiled.model.after


def _reach(document: Document, model: dmn.CompiledModel, registry: Registry) -> Iterator[Problem]:
    """Rows of the model's tables that contradict or hide each other, and cases that none takes."""
    for one in model.tables:
        for found in tables.analyse(one.table, facts.labels(registry)).findings:
            if found.kind in ("gap", "null_gap") and (one.table.lists or found.kind == "null_gap" or _defaults(one)):
                continue
            where = one.place(found.place).pointer or ""
            message = text(f"{one.element}: {found.message['en']}", f"{one.element}：{found.message['zh']}")
            hint = dict(found.hint) if found.hint else None
            severity: Literal["error", "warning"] = "warning" if found.kind in _MILD else "error"
            yield document.problem(f"decision_model.{found.kind}", message, where, hint=hint, severity=severity)


def _defaults(one: dmn.BoxedTable) -> bool:
    return all(output.default is not None for output in one.source.outputs)


def _too_early(registry: Registry, after: dict[str, int]) -> Iterator[Problem]:
    """Indicators come before all models, eligibility and score before those that read them, and so on."""
    products = registry.all("product")
    steps: list[tuple[Document | None, int]] = [(one, -1) for one in registry.all("indicator")]
    for product in products:
        steps.append((registry.get("ruleset", str(product.spec.get("eligibility"))), 0))
        steps.append((registry.get("calculation", str(product.spec.get("limit"))), 1))
    seen: set[tuple[str, str]] = set()
    for document, latest in steps:
        if document is None or document.identity in seen:
            continue
        seen.add(document.identity)
        for pointer, key in _mentioned(document, registry):
            if key in after and after[key] > latest:
                yield document.problem(
                    "decision_model.too_late",
                    text(f"models.{key} is not known yet here.", f"此处还没有 models.{key} 的结果。"),
                    pointer,
                    hint=text(
                        "A decision model comes after the indicators, and after the score or the limit if it reads "
                        "them.",
                        "决策模型在指标之后计算；如引用评分或额度，则在其之后计算。",
                    ),
                )


@kept
def _mentioned(document: Document, registry: Registry) -> tuple[tuple[str, str], ...]:
    """The decision models that the expressions of a document speak of: (pointer, key)."""
    written = expressions_of(document, registry.kinds.require(document.kind))
    return tuple((pointer, key) for pointer, source in written for key in sorted(decided.mentioned(source)))
