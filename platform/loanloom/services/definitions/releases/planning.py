"""The plan of a change: what changes, whom it touches, how its cases ran; with a digest that an approver signs.

A plan is bound to the digest of what would be live and of what is live now. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from loanloom.engines import products
from loanloom.metadata import canonical
from loanloom.metadata.bundle import source_text
from loanloom.metadata.diff import Change, diff
from loanloom.metadata.document import Document, Identity
from loanloom.problems import Problem, errors, say, text
from loanloom.services.definitions.releases import signing, stored
from loanloom.services.definitions.releases.candidate import Candidate
from loanloom.services.definitions.releases.impact import Impact, impact_of, reports_of
from loanloom.services.definitions.saying import said_at
from loanloom.testing.cases import CaseResult, run_cases


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A change ready to be judged. `values` is what is kept and signed; `digest` is over it."""

    candidate: Candidate
    changes: tuple[Change, ...]
    reworded: tuple[Identity, ...]
    impact: tuple[Impact, ...]
    reports: tuple[Identity, ...]
    cases: tuple[CaseResult, ...]
    origin: str
    name: str
    note: str | None
    live_from: date | None
    makers: tuple[int, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that stops it or warns: the check's problems, then the cases that failed."""
        failed = (problem for case in self.cases for problem in case.problems)
        return (*self._found(), *failed)

    def _found(self) -> tuple[Problem, ...]:
        """Every error, and the warnings about what changes: others are not this change's business."""
        changed = {(change.kind, change.key) for change in self.changes}
        files = {document.file for document in self.candidate.documents if document.identity in changed}
        found = self.candidate.checked.problems
        return tuple(problem for problem in found if problem.severity == "error" or problem.file in files)

    @property
    def passed(self) -> bool:
        """Whether it may be proposed."""
        return not errors(self.problems)

    @property
    def values(self) -> dict[str, Any]:
        """The plan as plain values."""
        return {
            "bundle_digest": self.candidate.digest,
            "target_digest": self.candidate.base.digest,
            "origin": self.origin,
            "name": self.name,
            "note": self.note,
            "live_from": self.live_from.isoformat() if self.live_from else None,
            "makers": list(self.makers),
            "manifest": stored.manifest_values(self.candidate.manifest),
            "changes": [
                {**change_values(change), "title": self._name(change.kind, change.key)} for change in self.changes
            ],
            "reworded": [list(identity) for identity in self.reworded],
            "impact": [impact.as_values() for impact in self.impact],
            "reports": [{"kind": kind, "key": key, "title": self._name(kind, key)} for kind, key in self.reports],
            "cases": [case.as_values() for case in self.cases],
            "signatures": signing.asked(self.candidate.base.registry, self.changes),
        }

    def _name(self, kind: str, key: str) -> dict[str, str]:
        document = self.candidate.registry.get(kind, key) or self.candidate.base.registry.get(kind, key)
        return dict(document.title) if document else {}

    @property
    def digest(self) -> str:
        """What the approver signs."""
        return canonical.digest(self.values)


def change_values(change: Change) -> dict[str, Any]:
    """A change for the plan: its words, place and digests of nothing else."""
    return {
        "kind": change.kind,
        "key": change.key,
        "what": change.what,
        "pointer": change.pointer,
        "words": dict(change.words),
        "path": dict(change.path),
        "old": dict(change.old),
        "new": dict(change.new),
    }


def make_plan(
    connection: Connection,
    candidate: Candidate,
    *,
    origin: str,
    name: str,
    note: str | None,
    live_from: date | None,
    makers: Iterable[int],
) -> Plan:
    """Compare a candidate with what is live, count whom it touches, run its cases."""
    base = candidate.base
    changes = diff(base.registry, candidate.registry, said_at)
    impact = impact_of(connection, changes, base.registry, candidate.registry)
    reports = reports_of(changes, base.registry, candidate.registry)
    cases = run_cases(candidate.registry) if candidate.checked.passed else ()
    return Plan(
        candidate=candidate, changes=changes, reworded=_reworded(candidate), impact=impact, reports=reports,
        cases=cases, origin=origin, name=name, note=note, live_from=live_from,
        makers=tuple(sorted({*makers, *candidate.editors})),
    )  # fmt: skip


def _reworded(candidate: Candidate) -> tuple[Identity, ...]:
    """Documents that say the same as before in another text: comments or layout only."""
    before = {document.identity: document for document in candidate.base.documents}

    def other_text(document: Document) -> bool:
        old = before.get(document.identity)
        same = old is not None and old.digest == document.digest
        return same and old is not None and source_text(old) != source_text(document)

    return tuple(document.identity for document in candidate.documents if other_text(document))


def _too_dear(plan: Plan, on: date, known: Iterable[Problem]) -> Iterator[Problem]:
    """The changed products that would cost more than a cap allows on the day the plan takes effect."""
    if any(problem.severity == "error" for problem in known):
        return
    changed = {change.key for change in plan.changes if change.kind == "product"}
    files = {one.file for one in plan.candidate.documents if one.kind == "product" and one.key in changed}
    for problem in products.over_caps(plan.candidate.registry, on):
        if problem.file in files:
            yield problem


def blocking(plan: Plan, business_date: date) -> tuple[Problem, ...]:
    """What stops a plan from being proposed."""
    found = list(errors(plan.problems))
    found.extend(_too_dear(plan, plan.live_from or business_date, found))
    nothing = plan.candidate.digest == plan.candidate.base.digest
    if nothing and not found:
        found.append(
            Problem(
                code="release.nothing_changes",
                message=text(
                    "Nothing would change: this is what is live already.", "没有任何变化：与当前生效内容相同。"
                ),
            )
        )
    found.extend(_too_early(plan, plan.live_from or business_date))
    return tuple(found)


def _too_early(plan: Plan, day: date) -> Iterable[Problem]:
    changed = {(change.kind, change.key) for change in plan.changes}
    for document in plan.candidate.documents:
        since = document.effective_from
        if document.identity in changed and since and since > day.isoformat():
            named = say(document.title, "en"), say(document.title, "zh")
            yield Problem(
                code="release.too_early",
                file=document.file,
                pointer="/effective_from",
                message=text(f'"{named[0]}" may not be live before {since}.', f"「{named[1]}」不得早于 {since} 生效。"),
                hint=text(f"Let the change go live on {since} or later.", f"请将生效日设为 {since} 或之后。"),
            )


def stored_digest(values: Mapping[str, Any]) -> str:
    """The digest of a plan as it lies in the database."""
    return canonical.digest(values)
