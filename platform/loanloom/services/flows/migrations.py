"""Running cases moved to another release: looked at first, then all of a flow at once, and back as long as they stand.

Each case moves in a transaction of its own that keeps what it was before. One that has no place in the new version, or
that somebody is working on, stays where it is and is told why; asking again takes up what is left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from sqlalchemy import Connection, Row, select, update
from sqlalchemy import case as sql_case

from loanloom.engines import flows
from loanloom.engines.flows import terms
from loanloom.engines.flows.migrating import migrate
from loanloom.engines.flows.record import altered
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, Text, text
from loanloom.services.context import Context
from loanloom.services.definitions import releases
from loanloom.services.errors import Conflict, NotFound, Refused, ServiceError
from loanloom.services.flows import case as kept
from loanloom.services.flows import cases, states, timers
from loanloom.services.flows.case import Case
from loanloom.services.flows.saving import Step, save
from loanloom.store import audit, bulk
from loanloom.store.tables import flow_call, flow_case, flow_migrated, flow_migration, flow_timer, work_item

RIGHT = "flow.repair"
MIGRATION = text("migration of cases", "业务迁移")
MOST = 10_000
"""Cases that one migration takes up; more are moved by asking again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which cases: of this flow, pinned to `from_release`; to which release; where nodes went whose key is another.
    `keep`: open work stays with those who have it, even where the new version gives it to others."""

    flow_key: str
    from_release: int
    to_release: int
    nodes: Mapping[str, str]
    keep: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What would become of one case."""

    case_id: int
    number: str
    title: Text
    at: tuple[str, ...]
    to: tuple[str, ...]
    anew: int
    problems: tuple[Problem, ...] = ()


def dry_run(ctx: Context, plan: Plan, *, limit: int = MOST) -> list[Foreseen]:
    """What would become of each case; nothing changes."""
    ctx.require(RIGHT)
    with ctx.transaction() as connection:
        new = _version(ctx, connection, plan)
        return [_foreseen(ctx, connection, plan, new, case_id) for case_id in _ids(connection, plan, limit)]


def _foreseen(
    ctx: Context, connection: Connection, plan: Plan, new: tuple[Registry, flows.Flow], case_id: int
) -> Foreseen:
    case = cases.load(ctx, connection, case_id)
    moved = _moved(ctx, connection, case, plan, new)
    before = case.state.tokens if case.state is not None else ()
    return Foreseen(
        case_id=case.id, number=case.number, title=case.title, at=tuple(token.node for token in before),
        to=tuple(token.node for token in moved.state.tokens), anew=len(moved.opened), problems=moved.problems,
    )  # fmt: skip


def _ids(connection: Connection, plan: Plan, limit: int) -> Sequence[int]:
    mine = flow_case.c.flow_key == plan.flow_key, flow_case.c.release_id == plan.from_release
    asked = select(flow_case.c.id).where(*mine, flow_case.c.status != "ended").order_by(flow_case.c.id).limit(limit)
    return connection.execute(asked).scalars().all()


def _version(ctx: Context, connection: Connection, plan: Plan) -> tuple[Registry, flows.Flow]:
    if plan.from_release == plan.to_release:
        words = text("Choose another version.", "请选择其他版本。")
        raise Refused(Problem(code="flow.migration.same", field="to_release", message=words))
    registry = releases.pinned(ctx, connection, plan.to_release)
    flow = kept.flow_of(registry, plan.flow_key)
    unknown = sorted(set(plan.nodes.values()) - flow.nodes.keys())
    if unknown:
        words = text(f"The new version has no step '{unknown[0]}'.", f"新版本中没有环节“{unknown[0]}”。")
        raise Refused(Problem(code="flow.migration.unknown", field="nodes", message=words))
    return registry, flow


def _moved(
    ctx: Context, connection: Connection, case: Case, plan: Plan, new: tuple[Registry, flows.Flow]
) -> flows.Moved:
    assert case.state is not None, "a case that has begun"
    there = replace(case, registry=new[0], flow=new[1])
    around = cases.world(ctx, connection, there)
    return migrate(case.flow, new[1], case.state, plan.nodes, around, keep=plan.keep)


def move(ctx: Context, plan: Plan, *, reason: str) -> int:
    """Move the cases, each in its own transaction; the number of the migration."""
    ctx.require(RIGHT)
    if not reason.strip():
        raise Refused(Problem(code="flow.reason_missing", field="reason", message=text("Say why.", "请说明原因。")))
    with ctx.transaction() as connection:
        new = _version(ctx, connection, plan)
        ids = _ids(connection, plan, MOST)
        migration = _begun(ctx, connection, plan, len(ids), reason.strip())
    moved = sum(_move_one(ctx, migration, plan, new, case_id) for case_id in ids)
    with ctx.transaction() as connection:
        ended = {"state": "done", "moved": moved, "refused": len(ids) - moved, "finished_at": ctx.now}
        connection.execute(update(flow_migration).where(flow_migration.c.id == migration).values(ended))
    return migration


def _begun(ctx: Context, connection: Connection, plan: Plan, cases_found: int, reason: str) -> int:
    values = {
        "flow_key": plan.flow_key, "from_release_id": plan.from_release, "to_release_id": plan.to_release,
        "nodes": dict(plan.nodes), "reason": reason, "cases": cases_found, "created_by": ctx.actor.user_id,
    }  # fmt: skip
    (made,) = bulk.insert(connection, flow_migration, [values], returning=["id"])
    subject = ("flow_migration", made["id"])
    audit.write(connection, ctx.actor, "flow_migration.begun", subject, after=values, reason=reason, at=ctx.now)
    return int(made["id"])


def _move_one(ctx: Context, migration: int, plan: Plan, new: tuple[Registry, flows.Flow], case_id: int) -> bool:
    try:
        with ctx.transaction() as connection:
            case = cases.load(ctx, connection, case_id, lock=True)
            if case.release_id != plan.from_release:
                return False  # somebody else was quicker
            moved = _moved(ctx, connection, case, plan, new)
            if moved.problems:
                raise Refused(moved.problems)
            _save(ctx, connection, case, new, plan.to_release, moved, plan.nodes)
            _keep(ctx, connection, migration, case, moved=True, problems=())
            return True
    except ServiceError as error:
        with ctx.transaction() as connection:
            case = cases.load(ctx, connection, case_id)
            _keep(ctx, connection, migration, case, moved=False, problems=error.problems)
        return False


def _save(
    ctx: Context, connection: Connection, case: Case, new: tuple[Registry, flows.Flow], release: int,
    moved: flows.Moved, nodes: Mapping[str, str], verb: str = "migrated",
) -> None:  # fmt: skip
    """The case in the other version, with its open terms counted anew from when its work opened."""
    since = _begun_at(connection, case.id)
    mine = (
        flow_timer.c.case_id == case.id,
        flow_timer.c.state.in_(("due", "failed")),
        flow_timer.c.kind.in_(timers.TIMED),
    )
    connection.execute(update(flow_timer).where(*mine).values(state="gone"))
    there = replace(case, registry=new[0], flow=new[1])
    step = Step(case=there, moved=moved, verb=verb)
    save(ctx, connection, [step], tell=bool(moved.opened))
    connection.execute(update(flow_case).where(flow_case.c.id == case.id).values(release_id=release))
    _rename(connection, case.id, moved.state, new[1], nodes)
    fresh = {term.key for item in moved.opened for term in terms.of_item(new[1], item)}
    begun = {effect.token for effect in moved.effects if effect.name == "waiting"}
    facts = cases.facts_of(ctx, connection, there)
    rows = [
        timers.row_of(ctx, there, term, facts, since.get((term.kind, term.target)))
        for term in terms.of_state(new[1], moved.state)
        if term.key not in fresh and not (term.kind == "wait" and term.target in begun)
    ]
    bulk.insert(connection, flow_timer, [row for row in rows if row is not None])


def _rename(
    connection: Connection, case_id: int, state: flows.State, flow: flows.Flow, nodes: Mapping[str, str]
) -> None:
    """Rows that name a step go by its key in the version the case is in now."""
    rows = [
        {"case_id": case_id, "number": item.number, "node": item.node, "title": dict(flow.nodes[item.node].title)}
        for item in state.items
    ]
    bulk.update(connection, work_item, rows, key=("case_id", "number"))
    renamed = {old: new for old, new in nodes.items() if old != new}
    if renamed:
        for table in (flow_call, flow_timer):
            named = table.c.case_id == case_id, table.c.node.in_(renamed)
            connection.execute(update(table).where(*named).values(node=sql_case(renamed, value=table.c.node)))


def _begun_at(connection: Connection, case_id: int) -> dict[tuple[str, int], Any]:
    """Since when each item is open and each token waits."""
    items = select(work_item.c.number, work_item.c.opened_at).where(work_item.c.case_id == case_id)
    found: dict[tuple[str, int], Any] = {("deadline", row.number): row.opened_at for row in connection.execute(items)}
    waits = select(flow_timer.c.target, flow_timer.c.created_at).where(
        flow_timer.c.case_id == case_id, flow_timer.c.kind == "wait"
    )
    return found | {("wait", row.target): row.created_at for row in connection.execute(waits)}


def _keep(
    ctx: Context, connection: Connection, migration: int, case: Case, *, moved: bool, problems: Sequence[Problem]
) -> None:  # fmt: skip
    told = [{"code": one.code, "message": dict(one.message), "hint": one.hint and dict(one.hint)} for one in problems]
    values = {
        "migration_id": migration, "case_id": case.id, "release_id": case.release_id, "moved": moved,
        "before": states.written(ctx, case.flow, case.state) if case.state is not None else {}, "problems": told,
        "version": case.version + (1 if moved else 0),
    }  # fmt: skip
    bulk.insert(connection, flow_migrated, [values])


def take_back(ctx: Context, migration: int, *, reason: str) -> tuple[int, int]:
    """Bring back every case that has not moved since; how many went back, and how many went on and stay."""
    ctx.require(RIGHT)
    with ctx.transaction() as connection:
        row = read(ctx, connection, migration)
        if row.state not in ("done", "taken_back"):
            raise Conflict()
        rows = _rows(connection, migration)
    back = sum(_take_one_back(ctx, row, one, reason) for one in rows if one.moved and not one.taken_back)
    left = sum(1 for one in rows if one.moved and not one.taken_back) - back
    with ctx.transaction() as connection:
        values = {"state": "taken_back", "finished_at": ctx.now}
        connection.execute(update(flow_migration).where(flow_migration.c.id == migration).values(values))
        subject = ("flow_migration", migration)
        after = {"taken_back": back, "stay": left}
        audit.write(connection, ctx.actor, "flow_migration.taken_back", subject, after=after, reason=reason, at=ctx.now)
    return back, left


def _take_one_back(ctx: Context, migration: Row[Any], kept_row: Row[Any], reason: str) -> bool:
    with ctx.transaction() as connection:
        case = cases.load(ctx, connection, kept_row.case_id, lock=True)
        if case.version != kept_row.version or case.release_id != migration.to_release_id or case.state is None:
            return False
        registry = releases.pinned(ctx, connection, kept_row.release_id)
        flow = kept.flow_of(registry, migration.flow_key)
        before = states.read(ctx, kept_row.before)
        moved = _as_before(case.state, before, ctx, reason)
        back = {new: old for old, new in migration.nodes.items()}
        _save(ctx, connection, case, (registry, flow), kept_row.release_id, moved, back, verb="migrated_back")
        connection.execute(update(flow_migrated).where(flow_migrated.c.id == kept_row.id).values(taken_back=True))
        return True


def _as_before(now: flows.State, before: flows.State, ctx: Context, reason: str) -> flows.Moved:
    """The state as it was before the migration; work that was given out anew closes, what it replaced opens again
    under new numbers."""
    was = {item.number for item in before.items}
    there = {item.number for item in now.items}
    numbers = count(now.last_number + 1)
    items = tuple(
        item if item.number in there else altered(item, number=next(numbers), taken_by=None) for item in before.items
    )
    state = altered(
        before, items=items, step=now.step + 1, last_token=now.last_token, undoable=None,
        last_number=max([now.last_number, *(item.number for item in items)]),
    )  # fmt: skip
    place = before.tokens[0].node if before.tokens else ""
    entry = flows.Entry(kind="migrated", node=place, by=ctx.actor.user_id, at=ctx.now, opinion=reason, round=now.round)
    opened = tuple(item for item in items if item.number not in there and not item.pending)
    closed = tuple(item.number for item in now.items if item.number not in was and not item.pending)
    return flows.Moved(state=state, opened=opened, closed=closed, history=(entry,))


def read(ctx: Context, connection: Connection, migration: int) -> Row[Any]:
    """One migration."""
    row = connection.execute(select(flow_migration).where(flow_migration.c.id == migration)).one_or_none()
    if row is None:
        raise NotFound(MIGRATION)
    return row


def _rows(connection: Connection, migration: int) -> Sequence[Row[Any]]:
    asked = select(flow_migrated).where(flow_migrated.c.migration_id == migration)
    return connection.execute(asked.order_by(flow_migrated.c.id)).all()
