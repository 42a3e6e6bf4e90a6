"""What is wrong with the decision models of a registry, by themselves and in the place they have among the engines."""

from __future__ import annotations

from collections.abc import Iterator

from loanloom.engines import decided
from loanloom.engines.decisions.model import compile_model
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry, expressions_of
from loanloom.problems import Problem, text


def check(registry: Registry) -> list[Problem]:
    """Every mistake in the models, and every use of one before it is known."""
    after: dict[str, int] = {}
    problems: list[Problem] = []
    for document in registry.all("decision_model"):
        compiled = compile_model(document, registry)
        problems.extend(compiled.problems)
        if compiled.model is not None:
            after[document.key] = compiled.model.after
    return [*problems, *_too_early(registry, after)]


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
        for pointer, source in expressions_of(document, registry.kinds.require(document.kind)):
            for key in sorted(decided.mentioned(source)):
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
