"""Saving what a flow engine returned: the case, its items, its history, and the effects that belong to the same commit.

Set-based, so that one decision and an import of a thousand applications take the same way. Decides nothing: items are
written as the difference between the state before and the state after.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from loanloom.engines import flows
from loanloom.services.context import Context, system_actor
from loanloom.services.flows import happened, papers, runs, states, subjects, telling
from loanloom.services.flows import items as work
from loanloom.services.flows.case import ITEM, TABLE, Case
from loanloom.services.flows.subjects import Followed
from loanloom.store import audit, bulk, outbox, tables

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One case and how it moved. `verb` names the step in the audit; `closing` is what the item `decided` (`decided_id`
    where its row is known) keeps of the decision; `data` are the fields of a request where they changed, `shown` what
    the case shows of its record (amount, customer ...) where that changed."""

    case: Case
    moved: flows.Moved
    verb: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    decided: int | None = None
    decided_id: int | None = None
    closing: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] | None = None
    shown: Mapping[str, Any] = field(default_factory=dict)

    @property
    def state(self) -> flows.State:
        """Where the case stands now."""
        return self.moved.state

    @property
    def ended(self) -> str | None:
        """The outcome of a case that has just ended."""
        return self.state.outcome if self.state.status == "ended" else None

    @property
    def last_words(self) -> str:
        """What whoever moved the case wrote, the last of it."""
        return next((entry.opinion for entry in reversed(self.moved.history) if entry.opinion), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What saving made: the steps with the ids of their cases, items opened and things made, by case."""

    steps: tuple[Step, ...]
    items: Mapping[int, Sequence[int]]
    made: Mapping[int, Mapping[str, int]]
    records: Mapping[int, Mapping[str, Any]]
    """What became of the cases' records, by case."""


def save(
    ctx: Context, connection: Connection, steps: Sequence[Step], *, tell: bool = True, drawn: Sequence[int] = ()
) -> Saved:
    """Write the steps. `tell` False leaves out messages to people (bulk work); `drawn` are ids for new items."""
    opened = {place: work.new(step.case.state, step.state) for place, step in enumerate(steps)}
    begun = [place for place, step in enumerate(steps) if not step.case.id]
    wanted = {TABLE: len(begun), ITEM: max(sum(map(len, opened.values())) - len(drawn), 0)}
    ids = bulk.ids(connection, {table: count for table, count in wanted.items() if count})
    numbers, item_ids = iter(ids.get(TABLE, ())), iter((*drawn, *ids.get(ITEM, ())))
    known = [step if step.case.id else _numbered(step, next(numbers)) for step in steps]
    rows, there = work.rows(ctx, known, opened, item_ids), happened.ids(connection, known)
    with bulk.together(connection):
        _write_cases(ctx, connection, known)
        work.write(ctx, connection, known, rows)
        bulk.insert(connection, tables.flow_history, list(_history(ctx, known)))
        runs.note(ctx, connection, known)
        telling.copies(ctx, connection, known)
        papers.make(ctx, connection, known)
        followed = _followed(ctx, connection, known)
        _announce(ctx, connection, known, followed, rows, there)
    if tell:
        telling.tell(ctx, connection, known)
    items: dict[int, list[int]] = {}
    for row in rows:
        if row["status"] == "open":
            items.setdefault(row["case_id"], []).append(row["id"])
    records = {case_id: after for one in followed for case_id, (_, after) in one.changes.items()}
    return Saved(steps=tuple(known), items=items, made=_all(one.made for one in followed), records=records)


def _numbered(step: Step, case_id: int) -> Step:
    return replace(step, case=replace(step.case, id=case_id))


def _write_cases(ctx: Context, connection: Connection, steps: Sequence[Step]) -> None:
    bulk.insert(connection, TABLE, [_case_row(ctx, step) for step in steps if not step.case.version])
    alike: dict[tuple[str, ...], list[Row]] = {}
    for step in steps:
        if step.case.version:
            row = _moved_row(ctx, step)
            alike.setdefault(tuple(row), []).append(row)
    for together in alike.values():
        bulk.update(connection, TABLE, together, added=["version = kept.version + 1"])


def _case_row(ctx: Context, step: Step) -> Row:
    case = step.case
    return {
        "number": case.number,
        "flow_key": case.flow.key,
        "release_id": case.release_id,
        "subject_kind": case.subject,
        "subject_id": case.subject_id,
        "customer_id": case.customer_id,
        "product_key": case.product_key,
        "title": dict(case.title),
        "amount": case.amount,
        "currency": case.currency,
        "unit": case.unit,
        "data": dict(case.data if step.data is None else step.data),
        "parent_id": case.parent_id,
        "parent_run": case.parent_run,
        "started_by": case.started_by,
        "started_at": ctx.now,
        **{name: value for name, value in _moved_row(ctx, step).items() if name != "data"},
    }


def _moved_row(ctx: Context, step: Step) -> Row:
    case, state = step.case, step.state
    kept = state.undoable is not None and case.state is not None
    before: Mapping[str, Any] | None = (
        states.written(ctx, case.flow, case.state) if kept and case.state is not None else None
    )
    if state.undoable is not None and case.state is not None and state.undoable == case.state.undoable:
        before = case.before  # nothing was decided: a remark, a reminder
    row = {
        "id": case.id,
        "status": state.status,
        "code": state.code,
        "outcome": state.outcome,
        "state": states.written(ctx, case.flow, state),
        "before": before,
        "ended_at": ctx.now if state.status == "ended" else None,
        "updated_at": ctx.now,
    }
    more = {} if step.data is None else {"data": dict(step.data)}
    return {**row, **step.shown, **more}


def _history(ctx: Context, steps: Sequence[Step]) -> Iterator[Row]:
    me = ctx.actor.user_id if ctx.actor.outside is None else ctx.actor.voice
    for step in steps:
        for entry in step.moved.history:
            details = {"item": entry.item, "round": entry.round, "trace": entry.trace, "for_whom": entry.for_whom}
            yield {
                "case_id": step.case.id,
                "node": entry.node,
                "event": entry.kind,
                "state": step.state.code,
                "to_node": entry.to,
                "actor_id": entry.by,
                "actor_name": ctx.actor.name if entry.by == me else None,
                "decision": entry.action,
                "reason_code": entry.reason,
                "opinion": entry.opinion or None,
                "details": {name: value for name, value in details.items() if value is not None},
                "at": entry.at or ctx.now,
            }


def _followed(ctx: Context, connection: Connection, steps: Sequence[Step]) -> list[Followed]:
    """What follows for the records. From the answer of a party out of the house the house follows by itself."""
    alike: dict[str, list[Step]] = {}
    for step in steps:
        alike.setdefault(step.case.subject, []).append(step)
    by = ctx if ctx.actor.outside is None else ctx.as_actor(system_actor())
    return [subjects.of(key).on_moved(by, connection, together) for key, together in alike.items()]


def _announce(
    ctx: Context, connection: Connection, steps: Sequence[Step], followed: Sequence[Followed], rows: Sequence[Row],
    ids: happened.Ids,
) -> None:  # fmt: skip
    """Audit the moves beside what they made, and put the events on the outbox: outer parts learn of them after the
    commit."""
    entries = [entry for one in followed for entry in one.told]
    made, changes = _all(one.made for one in followed), _all(one.changes for one in followed)
    events = [event for one in followed for event in one.events]
    for step in steps:
        case, state = step.case, step.state
        was, now = changes.get(case.id, ({}, {}))
        before = {**was, "code": case.state.code if case.state else None}
        after = {**now, "code": state.code, **made.get(case.id, {}), **step.closing}
        action = f"{case.subject if case.subject_id is not None else 'case'}.{step.verb}"
        entries.append(
            audit.entry(
                ctx.actor, action, case.owner, before=before, after=after, release_id=case.release_id, at=ctx.now
            )
        )
        events += happened.of(step, rows, ids)
    audit.write_many(connection, entries)
    outbox.put_many(connection, events, correlation_id=ctx.actor.correlation_id)


def _all(found: Any) -> dict[int, Any]:
    return {key: value for one in found for key, value in one.items()}
