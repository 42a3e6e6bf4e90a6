"""Work items as rows: what the state of a case says of them, before and after a step. The state is the truth; rows
serve finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from loanloom.engines import flows
from loanloom.metadata.registry import Registry
from loanloom.services.context import Context
from loanloom.services.flows.case import ITEM, Case, product
from loanloom.store import bulk

if TYPE_CHECKING:
    from loanloom.services.flows.saving import Step

Row = dict[str, Any]
_LEFT: Mapping[str, Any] = {"decision": None, "reason_code": None, "opinion": None, "conditions": [], "snapshot": None}


def new(before: flows.State | None, after: flows.State) -> tuple[flows.Item, ...]:
    """The items that have no row yet."""
    there = {item.number for item in before.items} if before is not None else set()
    return tuple(item for item in after.items if item.number not in there)


def rows(
    ctx: Context, steps: Sequence[Step], opened: Mapping[int, Sequence[flows.Item]], ids: Iterator[int]
) -> list[Row]:
    """The rows of new items, with their ids."""
    times = Times(ctx)
    return [
        {
            "id": next(ids),
            "case_id": step.case.id,
            "number": item.number,
            "kind": item.kind,
            "node": item.node,
            "title": dict(step.case.flow.nodes[item.node].title),
            "round": step.state.round,
            **_people(step, item),
            "unit": step.case.branch,
            "department": step.case.unit,
            "weight": item.weight,
            "status": "waiting" if item.pending else "open",
            "opened_at": ctx.now,
            "due_at": None if item.pending else times.due(step.case, item),
        }
        for place, step in enumerate(steps)
        for item in opened[place]
    ]


def write(ctx: Context, connection: Connection, steps: Sequence[Step], made: Sequence[Row]) -> None:
    """Insert the new rows; close and change those that are there."""
    bulk.insert(connection, ITEM, made)
    changes = [row for step in steps if step.case.state is not None for row in _changes(ctx, step)]
    alike: dict[tuple[str, ...], list[Row]] = {}
    for row in changes:
        alike.setdefault(tuple(row), []).append(row)
    for names, together in alike.items():
        told = ["version = kept.version + 1"] if "status" in names else []  # a page that shows the item stays good
        bulk.update(connection, ITEM, together, key=("case_id", "number"), added=told)


def _changes(ctx: Context, step: Step) -> Iterator[Row]:
    assert step.case.state is not None, "a case that began before"
    now = {item.number: item for item in step.state.items}
    times = Times(ctx)
    for item in step.case.state.items:
        key = {"case_id": step.case.id, "number": item.number}
        stays = now.get(item.number)
        if stays is None and item.number == step.decided:
            said = {"decided_by": ctx.actor.user_id, "decided_at": ctx.now, **_LEFT, **step.closing}
            yield {**key, "status": "done", **said}
        elif stays is None:
            yield {**key, "status": "cancelled", "decided_at": ctx.now}
        elif stays != item:
            taken = {} if stays.taken_by == item.taken_by else {"claimed_at": ctx.now if stays.taken_by else None}
            again = item.pending and not stays.pending
            opened = {"opened_at": ctx.now, "due_at": times.due(step.case, stays)} if again else {}
            status = "waiting" if stays.pending else "open"
            yield {**key, "status": status, **_people(step, stays), **taken, **opened}
        elif _barred(step, stays) != _barred(step, item, step.case.state):
            yield {**key, "excluded": _barred(step, stays)}


def _people(step: Step, item: flows.Item) -> Row:
    """Who it waits for, in the columns that lists look at."""
    people, holder = item.users, item.taken_by
    if item.kind in ("revision", "material"):
        people = step.state.makers
        starter = step.state.starter if step.state.starter in people else None
        holder = holder or starter or next(iter(people), None)
    return {
        "role": item.role,
        "position": item.position,
        "scope": item.scope,
        "assignee": holder or (people[0] if len(people) == 1 else None),
        "candidates": list(people) if len(people) > 1 else [],
        "escalated": list(item.escalated),
        "excluded": _barred(step, item),
        "outside": item.outside,
        "bulk": step.case.flow.nodes[item.node].bulk and item.kind in ("approval", "vote", "signer"),
    }


def _barred(step: Step, item: flows.Item, state: flows.State | None = None) -> list[int]:
    """Who sees the item in no list: those whom the engine would not let."""
    return list(flows.barred(step.case.flow.nodes[item.node], state or step.state, item))


class Times:
    """When work is due, by the working hours of each case's calendar."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._working: dict[str | None, flows.WorkingTime] = {}

    def due(self, case: Case, item: flows.Item) -> datetime | None:
        """The end of the item's first term, counted from now."""
        if item.working_hours is not None:
            local = self._ctx.now.astimezone(ZoneInfo(self._ctx.company.time_zone))
            return flows.due_at(self.working(case), local, item.working_hours)
        hours = next((each.hours for each in case.flow.nodes[item.node].deadlines if each.hours is not None), None)
        return self._ctx.now + timedelta(hours=hours) if hours is not None else None

    def working(self, case: Case) -> flows.WorkingTime:
        """The working time of the case's product, else of the company."""
        key = product(case).get("calendar")
        if key not in self._working:
            self._working[key] = flows.working_time(_calendar(self._ctx.registry, key))
        return self._working[key]


def _calendar(registry: Registry, key: str | None) -> Mapping[str, Any] | None:
    document = registry.get("calendar", key) if key else next(iter(registry.all("calendar")), None)
    return document.spec if document else None
