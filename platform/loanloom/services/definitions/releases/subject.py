"""Changes of definitions as the subject of flows: an approval approves exactly the plan that was proposed.

Order of locks: the company's releases, the release, the case. Whoever decides holds the right to review, and made no
part of the change; a flow that lets it pass without such a person leaves it proposed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from loanloom.problems import Text, text
from loanloom.services.context import Context
from loanloom.services.definitions.releases import deciding, in_flow, signing, stored
from loanloom.services.definitions.releases.proposing import OPEN
from loanloom.services.definitions.releases.telling import tell_reviewers
from loanloom.services.flows.case import Case
from loanloom.services.flows.saving import Step
from loanloom.services.flows.subjects import About, AsAsked, Followed
from loanloom.store.tables import release

CHANGE = text("Change of definitions", "配置变更")


class Releases(AsAsked):
    """The subject of changes of definitions."""

    key = in_flow.SUBJECT
    right: str | None = "release.approve"

    def records(
        self, ctx: Context, connection: Connection, ids: Sequence[int], *, lock: bool = False
    ) -> Mapping[int, Row[Any]]:
        """Their rows; nobody else adds or moves releases meanwhile."""
        if lock:
            stored.lock_company(connection, ctx.company.id)
        asked = select(release).where(release.c.id.in_(ids)).order_by(release.c.id)
        return {row.id: row for row in connection.execute(asked.with_for_update() if lock else asked)}

    def about(self, ctx: Context, connection: Connection, record: Row[Any]) -> About:
        """Its number and name; everybody who edited any of it is a maker."""
        assert ctx.company.release_id is not None, "a company with a live release"
        proposed = record.proposed_by
        makers = dict.fromkeys(one for one in (proposed, *record.makers) if one is not None)
        title = {tag: f"{CHANGE[tag]} {record.name}" for tag in CHANGE} if record.name else CHANGE
        unit = ctx.actor.unit if ctx.actor.user_id == proposed else None
        return About(
            number=f"V{record.number}", title=title, makers=tuple(makers), release_id=ctx.company.release_id, unit=unit
        )

    def facts(self, ctx: Context, connection: Connection, case: Case) -> Mapping[str, Any]:
        """How many documents change, and of which kinds, as `release`."""
        record = case.record or self.records(ctx, connection, [case.subject_id or 0])[case.subject_id or 0]
        changed = sorted({(one["kind"], one["key"]) for one in record.plan["changes"]})
        known = {name: getattr(record, name) for name in ("number", "origin", "name", "live_from")}
        known |= {"kinds": sorted({kind for kind, _ in changed}), "keys": [f"{kind}/{key}" for kind, key in changed]}
        return {"release": known | {"changes": len(changed)}, "as_of": ctx.business_date}

    def snapshot(self, facts: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The change itself is kept whole, under its digest."""
        return None

    def on_moved(self, ctx: Context, connection: Connection, steps: Sequence[Step]) -> Followed:
        """The change follows its case; a sub-flow decides nothing by itself."""
        changes: dict[int, tuple[Mapping[str, Any], Mapping[str, Any]]] = {}
        for step in steps:
            if step.case.parent_id is None:
                state = _follow(ctx, connection, step)
                changes[step.case.id] = {"state": step.case.record.state}, {"state": state}
        return Followed(changes=changes)

    def named(self, case: Case) -> Text:
        """By its number."""
        return {"en": f"change {case.number}", "zh": f"变更 {case.number}"}

    def page(self, case: Case) -> str:
        """The change form."""
        return f"/studio/changes/{case.subject_id}"


SUBJECT = Releases()


def _follow(ctx: Context, connection: Connection, step: Step) -> str:
    """The state of the change since the move."""
    row, words = step.case.record, step.last_words
    if step.ended is None:
        return deciding.proposed_again(ctx, connection, row) if row.state == "rejected" else str(row.state)
    if step.ended in ("approved", "completed"):
        people = (one.by for one in step.state.chain if one.by > 0)  # a party out of the house reviews nothing
        reviewers = [one for one in people if one not in {*row.makers, *step.state.makers}]
        if reviewers and signing.signed_in_flow(ctx, connection, row, reviewers):
            return deciding.approved_in(ctx, connection, row, reviewers[-1], words)
        tell_reviewers(ctx, connection, row.id, row.name or CHANGE["zh"], row.makers)
        return str(row.state)
    if step.ended == "refused":
        return deciding.rejected_in(ctx, connection, row, words)
    return deciding.withdrawn_in(ctx, connection, row) if row.state in OPEN else str(row.state)
