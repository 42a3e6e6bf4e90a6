"""What the engines find about an application: eligibility, indicators, score, limit; together, and with how they
found it.

`assess` is pure but for the registry it is handed: the same facts give the same findings for a submission, an
import and a case that travels with a bundle. `keep` writes the findings down, for good.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, insert

from loanloom import feel
from loanloom.engines import calculations, decided, decisions, rules, scoring
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem
from loanloom.services.context import Context
from loanloom.services.definitions import compiled as engines
from loanloom.store import tables

REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one engine found: which document said so, the result that expressions see, and how it came about."""

    kind: str
    document: Document
    result: Mapping[str, Any]
    trace: Any


@dataclass(frozen=True, slots=True)
class Assessed:
    """All findings. `facts` are those handed in with the findings beside them; problems mean it cannot be judged."""

    facts: Mapping[str, Any]
    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class _Work:
    facts: dict[str, Any]
    findings: list[Finding] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    models: list[decisions.ModelFound] = field(default_factory=list)

    def add(self, kind: str, name: str, document: Document, result: Mapping[str, Any], trace: Any) -> None:
        self.facts[name] = result
        self.findings.append(Finding(kind, document, result, trace))


def assess(registry: Registry, product_key: str, facts: Mapping[str, Any]) -> Assessed:
    """Ask every engine that the product names. Somebody who is not eligible is scored where that is possible."""
    product = registry.require("product", product_key)
    empty: dict[str, Any] = {"eligibility": None, "indicators": {}, "score": None, "limit": None, "decision": None}
    work = _Work({**empty, "models": {}, **facts})
    _indicators(registry, product, work)
    _models(registry, product, work, 0)
    missing, work.problems = work.problems, []
    _eligibility(registry, product, work)
    broken, work.problems = work.problems, []
    work.problems = missing
    _score(registry, product, work)
    _models(registry, product, work, 1)
    _limit(registry, product, work)
    _models(registry, product, work, 2)
    _keep_models(product, work)
    refused = (work.facts["eligibility"] or {}).get("outcome") == REFUSE
    return Assessed(work.facts, tuple(work.findings), tuple(broken if refused else broken + work.problems))


def _indicators(registry: Registry, product: Document, work: _Work) -> None:
    computed = engines.indicators(registry, product.key).compute(work.facts)
    work.problems.extend(computed.problems)
    work.add("indicators", "indicators", product, computed.facts(), computed.as_json())


def _eligibility(registry: Registry, product: Document, work: _Work) -> None:
    key = product.spec.get("eligibility")
    if not key:
        return
    found = rules.run(engines.ruleset(registry, key), work.facts)
    work.problems.extend(found.problems)
    work.add("eligibility", "eligibility", registry.require("ruleset", key), found.facts(), found.as_json())


def _score(registry: Registry, product: Document, work: _Work) -> None:
    key = product.spec.get("scorecard")
    if not key:
        return
    found = scoring.score(engines.scorecard(registry, key), work.facts["indicators"])
    work.problems.extend(found.problems)
    work.add("score", "score", registry.require("scorecard", key), found.facts(), found.as_json())
    offer = engines.offer(registry, product.key)
    if offer.pricing.graded and found.grade is not None and work.facts.get("product"):
        months = work.facts["application"].get("term_months")
        graded = offer.rate(found.grade.key, None if months is None else int(months), work.facts.get("as_of"))
        work.facts["product"] = {**work.facts["product"], "rate": graded}


def _limit(registry: Registry, product: Document, work: _Work) -> None:
    key = product.spec.get("limit")
    if not key or (product.spec.get("scorecard") and work.facts["score"]["grade"] is None):
        return
    found = calculations.run(engines.calculation(registry, key), work.facts)
    work.problems.extend(found.problems)
    work.add("limit", "limit", registry.require("calculation", key), found.facts(), found.as_json())


def _models(registry: Registry, product: Document, work: _Work, after: int) -> None:
    """The decision models that the product needs and that can be computed now."""
    for key in decided.models_of(registry, product):
        model = engines.decision_model(registry, key)
        if model.after != after:
            continue
        found = model.compute(work.facts)
        work.problems.extend(found.problems)
        work.facts["models"] = {**work.facts["models"], key: found.facts()}
        work.models.append(found)


def _keep_models(product: Document, work: _Work) -> None:
    """All models together are one finding: their results by key, their traces in order."""
    if work.models:
        result = {found.model.key: feel.plain(found.values) for found in work.models}
        work.findings.append(Finding("models", product, result, [found.as_json() for found in work.models]))


def rows_of(ctx: Context, found: Mapping[int, Assessed]) -> list[dict[str, Any]]:
    """The findings of these applications as rows to be kept."""
    return [
        {
            "application_id": application_id,
            "kind": one.kind,
            "definition_key": one.document.key,
            "definition_digest": one.document.digest,
            "result": dict(one.result),
            "trace": one.trace,
            "assessed_at": ctx.now,
        }
        for application_id, assessed in found.items()
        for one in assessed.findings
    ]


def keep(ctx: Context, connection: Connection, found: Mapping[int, Assessed]) -> None:
    """Write the findings of these applications down, all in one statement."""
    rows = rows_of(ctx, found)
    if rows:
        connection.execute(insert(tables.assessment).returning(tables.assessment.c.id), rows)  # one statement for all


def figures(assessed: Assessed) -> dict[str, Any]:
    """The findings that an application's row carries, for lists and figures."""
    score, limit = assessed.facts.get("score") or {}, assessed.facts.get("limit") or {}
    return {
        "score_points": score.get("points"),
        "score_grade": score.get("grade"),
        "limit_amount": limit.get("amount"),
    }


def guarantee_required(registry: Registry, product_key: str) -> feel.Program | None:
    """The product's condition under which a guarantee is needed."""
    rule = (registry.require("product", product_key).spec.get("guarantee") or {}).get("required")
    if rule is None:
        return None
    return engines.condition(registry, str(rule).lower() if isinstance(rule, bool) else rule)
