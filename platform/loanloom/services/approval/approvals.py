"""Approving applications: one enters its flow, its items are decided, it ends. What flows are about is said by
`services.flows`; here stand the application's own ways in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row

from loanloom.engines import flows
from loanloom.services.approval import flow_cases, subject
from loanloom.services.approval.flow_cases import APPLICATION
from loanloom.services.context import Context
from loanloom.services.definitions import releases
from loanloom.services.errors import NotFound, Refused
from loanloom.services.flows import case as kept
from loanloom.services.flows import cases, guards, staff
from loanloom.services.flows.case import Case
from loanloom.services.flows.saving import Step
from loanloom.services.origination import applications
from loanloom.store import audit, bulk, tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What a submission hands over: the application's row, locked and as it stands, and what is still to be written
    with the first step: findings and audit entries."""

    row: Row[Any]
    findings: Sequence[Mapping[str, Any]] = ()
    told: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """How a case stands after it entered its flow."""

    application_id: int
    state: str
    outcome: str | None
    items: tuple[int, ...] = ()
    sanction_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a decision did. `replayed` tells that this is the first answer given again."""

    application_id: int
    item_id: int
    decision: str
    state: str
    outcome: str | None = None
    sanction_id: int | None = None
    replayed: bool = False


def start(
    ctx: Context,
    connection: Connection,
    application_id: int,
    facts: Mapping[str, Any] | None = None,
    handed: Handed | None = None,
) -> Started:
    """A submitted application enters its flow, or a returned one goes on. Runs in the submission's transaction."""
    known = facts if facts is not None else applications.facts_of(ctx, connection, application_id)
    row = handed.row if handed is not None else _rows(ctx, connection, [application_id])[0]
    step = _entering(ctx, connection, row, known)
    with bulk.together(connection):
        if handed is not None:
            bulk.insert(connection, tables.assessment, handed.findings)
            audit.write_many(connection, handed.told)
        (started,) = _enter(ctx, connection, [step], tell=True)
    return started


def start_many(ctx: Context, connection: Connection, wanted: Sequence[tuple[int, Mapping[str, Any]]]) -> list[Started]:
    """The same for many at once: one set of inserts for all. Nobody gets a message for each."""
    rows = _rows(ctx, connection, [application_id for application_id, _ in wanted])
    steps = [_entering(ctx, connection, row, facts, new=True) for row, (_, facts) in zip(rows, wanted, strict=True)]
    return _enter(ctx, connection, steps, tell=False)


def _rows(ctx: Context, connection: Connection, application_ids: Sequence[int]) -> list[Row[Any]]:
    """The rows of these applications, locked, in the order asked for."""
    rows = subject.SUBJECT.records(ctx, connection, application_ids, lock=True)
    if not rows.keys() >= set(application_ids):
        raise NotFound(APPLICATION)
    return [rows[one] for one in application_ids]


def _enter(ctx: Context, connection: Connection, steps: Sequence[Step], *, tell: bool) -> list[Started]:
    saved = cases.save(ctx, connection, steps, tell=tell)
    return [
        Started(
            application_id=step.case.record.id,
            state=subject.state_of(step.state),
            outcome=step.state.outcome,
            items=tuple(saved.items.get(step.case.id, ())),
            sanction_id=saved.made.get(step.case.id, {}).get("sanction_id"),
        )
        for step in saved.steps
    ]


def _entering(
    ctx: Context, connection: Connection, row: Row[Any], facts: Mapping[str, Any], *, new: bool = False
) -> Step:
    case = None if new or row.state in applications.BEFORE else _running(ctx, connection, row)
    if case is None:
        about = subject.SUBJECT.about(ctx, connection, row)
        makers = tuple(applications.makers_of(row, ctx.actor.user_id))
        key = flow_cases.key_of(releases.pinned(ctx, connection, row.release_id), row.product_key)
        return cases.begin(
            ctx, connection, key, "application", row.id, replace(about, makers=makers), record=row, facts=facts,
            verb="submitted",
        )  # fmt: skip
    assert case.state is not None
    revision = next((item for item in case.state.items if item.kind == "revision"), None)
    number = revision.number if revision else None
    makers = tuple(dict.fromkeys((*case.state.makers, *applications.makers_of(row))))
    state = replace(case.state, makers=makers)
    around = cases.world(ctx, connection, case, facts)
    moved = flows.resubmit(case.flow, state, number or 0, staff.person_of(ctx, connection, case, item=revision), around)
    guards.refuse(moved.problems)
    closing, shown = {"decision": "resubmit"}, {"amount": row.amount, "currency": row.currency}
    return Step(case=case, moved=moved, facts=facts, decided=number, closing=closing, shown=shown, verb="resubmitted")


def _running(ctx: Context, connection: Connection, row: Row[Any]) -> Case | None:
    """The case that an application has already, locked."""
    found = connection.execute(flow_cases.cases_of(row.id).with_for_update()).first()
    return kept.of_row(ctx, connection, found, row) if found is not None else None


def withdraw(ctx: Context, connection: Connection, application_id: int, reason: str | None = None) -> None:
    """The case is taken back by those who made it; its items close."""
    (row,) = _rows(ctx, connection, [application_id])
    case = _running(ctx, connection, row)
    if case is None or case.state is None:
        raise Refused(flows.not_open())
    moved = flows.withdraw(case.flow, case.state, ctx.actor.user_id, flows.World(at=ctx.now), reason=reason)
    guards.refuse(moved.problems)
    cases.save(ctx, connection, [Step(case=case, moved=moved, verb="withdrawn")])


def decide(
    ctx: Context,
    item_id: int,
    decision: str,
    *,
    expected_version: int,
    idempotency_key: str | None = None,
    reason: str | None = None,
    opinion: str = "",
    return_to: str | None = None,
    return_then: str | None = None,
    conditions: Sequence[str] = (),
    terms: Mapping[str, Any] | None = None,
    chosen: Mapping[str, Any] | None = None,
) -> Decided:
    """Decide one item. The same key gives the first answer again; two at once have exactly one winner. `terms` are
    those granted otherwise than asked (改批), `chosen` the people named for later steps."""
    ctx.require("application.decide")
    said = {
        "decision": decision, "reason": reason, "opinion": opinion, "to": return_to,
        "then": return_then, "conditions": list(conditions), "terms": dict(terms or {}),
        "chosen": dict(chosen or {}),
    }  # fmt: skip
    with ctx.transaction() as connection:
        done = cases.act_in(
            ctx, connection, item_id, "decide", said, expected_version=expected_version, idempotency_key=idempotency_key
        )
    return Decided(
        application_id=done.subject_id or 0,
        item_id=item_id,
        decision=decision,
        state=str(done.record["state"]),
        outcome=done.outcome,
        sanction_id=done.made.get("sanction_id"),
        replayed=done.replayed,
    )
