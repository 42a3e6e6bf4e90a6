"""Applications as the subject of flows: their facts, what their cases show, and what an outcome means: the state of
the application, what rules found, the sanction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, select

from loanloom.engines import flows, forms
from loanloom.problems import Problem, Text
from loanloom.services import facts as readers
from loanloom.services.approval import form_steps, granting, sanctions
from loanloom.services.context import Context
from loanloom.services.definitions import releases
from loanloom.services.flows.case import Case
from loanloom.services.flows.saving import Step
from loanloom.services.flows.subjects import About, Followed
from loanloom.services.origination import applications
from loanloom.store import bulk, tables

if TYPE_CHECKING:
    from loanloom.services.flows.commands import Asked

TABLE = tables.application
STATES = {"approved": "approved", "completed": "approved", "refused": "refused"}
"""The application's state by outcome; every other outcome is a withdrawal."""


class Applications:
    """The subject of applications."""

    key = "application"
    right: str | None = "application.decide"

    def records(
        self, ctx: Context, connection: Connection, ids: Sequence[int], *, lock: bool = False
    ) -> Mapping[int, Row[Any]]:
        """Their rows."""
        asked = select(TABLE).where(TABLE.c.id.in_(ids)).order_by(TABLE.c.id)
        return {row.id: row for row in connection.execute(asked.with_for_update() if lock else asked)}

    def about(self, ctx: Context, connection: Connection, record: Row[Any]) -> About:
        """What the case of an application shows."""
        registry = releases.pinned(ctx, connection, record.release_id)
        title = registry.require("product", record.product_key).title
        return About.of(record, title=title, makers=tuple(applications.makers_of(record)))

    def facts(self, ctx: Context, connection: Connection, case: Case) -> Mapping[str, Any]:
        """Everything known of the application."""
        if case.record is None:
            return applications.facts_of(ctx, connection, case.subject_id or 0)
        customer = readers.customer_row(connection, case.record.customer_id)
        basis = readers.basis(ctx, case.record, customer, case.registry)
        return basis | readers.found_by_engines(connection, case.registry, case.record.id)

    def snapshot(self, facts: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The figures and findings, not the whole form."""
        application = facts.get("application") or {}
        shown = ("score", "limit", "eligibility", "decision", "indicators")
        return {
            **{name: facts[name] for name in shown if name in facts},
            "application": {
                name: application.get(name) for name in ("amount", "term_months", "method", "guarantee_mode")
            },
        }

    def terms(self, case: Case, said: Mapping[str, Any]) -> tuple[Mapping[str, Any], Sequence[Problem]]:
        """The terms that approvers may change (改批)."""
        return granting.read(case.registry, case.product_key or "", said)

    def problems(
        self, ctx: Context, connection: Connection, case: Case, facts: Mapping[str, Any], said: flows.Decision
    ) -> Sequence[Problem]:
        """Changed terms must be such that the loan could be made on them."""
        terms = {**(case.state.terms if case.state is not None else {}), **said.terms}
        return granting.problems(ctx, case.registry, case.record, facts, terms) if said.terms else ()

    def hand_in(self, asked: Asked, item: flows.Item) -> None:
        """A form step writes what it may change; a returned application is handed in on its own page."""
        form_steps.hand_in(asked, item)

    def form_of(self, ctx: Context, case: Case, item: flows.Item) -> forms.Form | None:
        """The form of a step, as far as the step lets it be filled in."""
        return form_steps.form_of(ctx, case, item)

    def on_moved(self, ctx: Context, connection: Connection, steps: Sequence[Step]) -> Followed:
        """The application follows its case; an approval makes the sanction. A sub-flow changes nothing by itself."""
        main = [step for step in steps if step.case.parent_id is None]
        _keep_findings(ctx, connection, steps)
        _move(ctx, connection, main)
        approved = [(step.case, step.state, step.facts) for step in main if step.ended in ("approved", "completed")]
        sanctioned, told = sanctions.create_many(ctx, connection, approved)
        return Followed(
            made={step.case.id: _made(sanctioned, step) for step in main},
            changes={
                step.case.id: ({"state": step.case.record.state}, {"state": state_of(step.state)}) for step in main
            },
            told=told,
            events=[_event(step) for step in main],
        )

    def named(self, case: Case) -> Text:
        """By its number."""
        return {"en": f"application {case.number}", "zh": f"申请 {case.number}"}

    def page(self, case: Case) -> str:
        """The page of the application."""
        return f"/applications/{case.subject_id}"


SUBJECT = Applications()


def state_of(state: flows.State) -> str:
    """The application's state while its case stands like this."""
    if state.status == "ended":
        return STATES.get(state.outcome or "refused", "withdrawn")
    return "returned" if any(item.kind == "revision" for item in state.items) else "submitted"


def _made(sanctioned: Mapping[int, int], step: Step) -> dict[str, int]:
    sanction = sanctioned.get(step.case.record.id)
    return {} if sanction is None else {"sanction_id": sanction}


def _keep_findings(ctx: Context, connection: Connection, steps: Sequence[Step]) -> None:
    """Keep what automatic decisions found beside the findings of the other engines."""
    rows = [
        {
            "application_id": step.case.subject_id,
            "kind": "decision",
            "definition_key": effect.data["ruleset"],
            "definition_digest": step.case.registry.require("ruleset", effect.data["ruleset"]).digest,
            "result": effect.data["values"],
            "trace": effect.data["trace"],
            "assessed_at": ctx.now,
        }
        for step in steps
        for effect in step.moved.effects
        if effect.name == "ruled"
    ]
    bulk.insert(connection, tables.assessment, rows)


def _move(ctx: Context, connection: Connection, steps: Sequence[Step]) -> None:
    rows = [
        {
            "id": step.case.record.id,
            "state": state_of(step.state),
            "decided_at": ctx.now if step.ended else None,
            "updated_at": ctx.now,
        }
        for step in steps
    ]
    bulk.update(connection, TABLE, rows, added=["version = kept.version + 1"])


def _event(step: Step) -> tuple[str, dict[str, Any], str]:
    row, code = step.case.record, step.state.code
    state = state_of(step.state)
    topic = f"application.{state}" if step.ended else "application.moved"
    payload = {"application_id": row.id, "number": row.number, "state": state, "code": code}
    return topic, payload, f"{row.id}:{row.version + 1}"
