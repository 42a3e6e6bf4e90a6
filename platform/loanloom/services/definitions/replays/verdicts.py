"""What a set of definitions says to an application: refused or approved by rule, or whom it goes to; score and limit.

Asks the functions that decide about a real application when it is handed in, up to the first thing a person must do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from loanloom.engines import flows, rules
from loanloom.engines.flows import resolving
from loanloom.metadata.registry import Registry
from loanloom.problems import Text
from loanloom.services import facts as readers
from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.services.definitions import compiled
from loanloom.services.errors import Refused
from loanloom.services.flows import case as kept
from loanloom.services.flows.case import Case
from loanloom.services.origination import assessing
from loanloom.services.running.plugged import plugged

OUTCOMES = ("approved", "people", "refused", "not_offered", "unclear")
"""Approved or refused by rule alone; left to people; of a product that is not offered; not to be judged at all."""
_ENDS = {"approved": "approved", "completed": "approved", "refused": "refused"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one set of definitions says. `at` are the steps at which people wait for it, `steps` their titles."""

    outcome: str
    at: tuple[str, ...] = ()
    steps: tuple[Text, ...] = ()
    reasons: tuple[Text, ...] = ()
    points: Decimal | None = None
    grade: str | None = None
    limit: Decimal | None = None

    def as_values(self) -> dict[str, Any]:
        """To be kept."""
        return {
            "outcome": self.outcome, "at": list(self.at), "steps": [dict(one) for one in self.steps],
            "reasons": [dict(one) for one in self.reasons], "points": self.points, "grade": self.grade,
            "limit": self.limit,
        }  # fmt: skip

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Verdict:
        """As it was kept."""
        points, limit = values["points"], values["limit"]
        return cls(
            outcome=values["outcome"], at=tuple(values["at"]), steps=tuple(values["steps"]),
            reasons=tuple(values["reasons"]), points=None if points is None else Decimal(points), grade=values["grade"],
            limit=None if limit is None else Decimal(limit),
        )  # fmt: skip

    def differs(self, other: Verdict) -> bool:
        """Whether the application would go another way."""
        return (self.outcome, self.at) != (other.outcome, other.at)


@dataclass(frozen=True, slots=True)
class Judge:
    """One set of definitions, and the people who work here."""

    ctx: Context
    registry: Registry
    staff: resolving.Staff

    def judge(self, row: Row[Any], customer: Row[Any]) -> Verdict:
        """The verdict over an application as it stands in its rows, on the day it was applied for."""
        if self.registry.get("product", row.product_key) is None:
            return Verdict(outcome="not_offered")
        try:
            return self._judged(row, customer)
        except Refused as refused:
            return Verdict(outcome="unclear", reasons=tuple(one.message for one in refused.problems))

    def _judged(self, row: Row[Any], customer: Row[Any]) -> Verdict:
        then = replace(self.ctx, business_date=row.applied_on, registry=self.registry)
        known = readers.basis(then, row, customer, self.registry)
        months = row.term_months
        known["application"] = {**known["application"], "state": "draft"}  # as when it was handed in
        known["product"] = readers.of_product(self.registry, row.product_key, None, months, row.applied_on)
        assessed = assessing.assess(self.registry, row.product_key, known)
        if assessed.problems:
            return Verdict(outcome="unclear", reasons=tuple(one.message for one in assessed.problems))
        verdict = self._routed(then, row, assessed.facts)
        score, limit = assessed.facts.get("score") or {}, assessed.facts.get("limit") or {}
        return replace(
            verdict,
            reasons=verdict.reasons or _reasons(assessed, verdict.outcome),
            points=score.get("points"),
            grade=score.get("grade"),
            limit=limit.get("amount"),
        )

    def _routed(self, then: Context, row: Row[Any], facts: Mapping[str, Any]) -> Verdict:
        case = self._case(then, row)
        world = flows.World(
            facts=facts,
            automatic=kept.automatic(case),
            calculate=kept.calculate(case),
            people=resolving.Roster(self._matter(then, row)),
            at=row.submitted_at or self.ctx.now,
        )
        moved = flows.start(case.flow, world, makers=(row.created_by or 0,), starter=row.created_by)
        if moved.problems:
            return Verdict(outcome="unclear", reasons=tuple(one.message for one in moved.problems))
        state = moved.state
        if state.status == "ended":
            return Verdict(outcome=_ENDS.get(state.outcome or "refused", "refused"), reasons=_ruled(moved))
        waiting = tuple(sorted({token.node for token in state.tokens}))
        return Verdict(outcome="people", at=waiting, steps=tuple(case.flow.nodes[node].title for node in waiting))

    def _case(self, then: Context, row: Row[Any]) -> Case:
        flow = self.registry.require("product", row.product_key).spec["flows"]["application"]
        return Case(
            number=row.number, registry=self.registry, flow=kept.flow_of(self.registry, flow),
            release_id=row.release_id, subject="application", subject_id=row.id, customer_id=row.customer_id,
            product_key=row.product_key, unit=row.unit, branch=scope.branch_of(scope.units_of(then), row.unit),
            started_by=row.created_by, record=row,
        )  # fmt: skip

    def _matter(self, then: Context, row: Row[Any]) -> resolving.Known:
        def ruled(key: str, facts: Mapping[str, Any]) -> Mapping[str, Any]:
            return rules.run(compiled.ruleset(self.registry, key), facts).facts()

        return resolving.Known(
            staff=self.staff, on=then.business_date, unit=row.unit, authorities=resolving.authorities(self.registry),
            resolvers=plugged().parts("assignee_resolver"), rules=ruled,
        )  # fmt: skip


def _reasons(assessed: assessing.Assessed, outcome: str) -> tuple[Text, ...]:
    """Why eligibility rules refuse, where they do."""
    if outcome != "refused":
        return ()
    traces = (one.trace for one in assessed.findings if one.kind == "eligibility")
    return tuple(reason for trace in traces for reason in trace.get("reasons", ()))


def _ruled(moved: flows.Moved) -> tuple[Text, ...]:
    """What automatic decisions on the way gave as their reasons."""
    traces = (effect.data.get("trace") for effect in moved.effects if effect.name == "ruled")
    return tuple(reason for trace in traces if isinstance(trace, Mapping) for reason in trace.get("reasons", ()))
