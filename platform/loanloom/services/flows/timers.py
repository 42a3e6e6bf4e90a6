"""Terms of cases as they are noted: a row for each deadline and wait, in the commit of the step that makes it run.

It goes with the item or token it is about; while its case is suspended it stands still. `firing` lets it happen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, select, update

from loanloom.engines import flows
from loanloom.engines.flows import terms
from loanloom.services.context import Context
from loanloom.services.flows.items import Times
from loanloom.store import bulk
from loanloom.store.tables import flow_timer

if TYPE_CHECKING:
    from loanloom.services.flows.case import Case
    from loanloom.services.flows.saving import Step

TIMED = ("deadline", "wait")


def note(ctx: Context, connection: Connection, steps: Sequence[Step]) -> None:
    """The terms that run from these steps on, and those that do not any more."""
    rows: list[dict[str, Any]] = []
    gone: list[dict[str, Any]] = []
    for step in steps:
        rows += [row for term in _new(step) if (row := row_of(ctx, step.case, term, step.facts)) is not None]
        gone += [{"case_id": step.case.id, "key": term.key} for term in _over(step)]
        _stand_still(ctx, connection, step)
    still = "state = CASE WHEN kept.state IN ('due', 'failed') THEN 'gone' ELSE kept.state END"
    bulk.update(connection, flow_timer, gone, key=("case_id", "key"), added=[still])
    bulk.insert(connection, flow_timer, rows)


def _new(step: Step) -> Iterator[terms.Term]:
    flow, state = step.case.flow, step.moved.state
    for item in step.moved.opened:
        yield from terms.of_item(flow, item)
    begun = {effect.token for effect in step.moved.effects if effect.name == "waiting"}
    for token in state.tokens:
        if token.number in begun:
            yield from terms.of_token(flow, token)


def _over(step: Step) -> Iterator[terms.Term]:
    flow, before = step.case.flow, step.case.state
    if before is None:
        return
    for number in step.moved.closed:
        item = before.item(number)
        if item is not None:
            yield from terms.of_item(flow, item)
    there = {token.number for token in step.moved.state.tokens}
    for token in before.tokens:
        if token.number not in there:
            yield from terms.of_token(flow, token)


def row_of(
    ctx: Context, case: Case, term: terms.Term, facts: Mapping[str, Any], since: datetime | None = None
) -> dict[str, Any] | None:
    """The row of a term counted from `since` (now); None where it is to a day that is not known."""
    counted = since or ctx.now
    due = terms.due(term.stated, local(ctx, counted), Times(ctx).working(case), facts)
    if due is None:
        return None
    return {
        "case_id": case.id,
        "key": term.key,
        "kind": term.kind,
        "node": term.node,
        "target": term.target,
        "term": term.place,
        "due_at": due,
        "created_at": counted,
    }


def _stand_still(ctx: Context, connection: Connection, step: Step) -> None:
    names = {effect.name for effect in step.moved.effects} & {"suspended", "resumed"}
    if not names:
        return
    mine = flow_timer.c.case_id == step.case.id, flow_timer.c.state == "due", flow_timer.c.kind.in_(TIMED)
    if "suspended" in names:
        connection.execute(update(flow_timer).where(*mine).values(held_at=ctx.now))
    if "resumed" in names:
        rows = connection.execute(select(flow_timer).where(*mine, flow_timer.c.held_at.is_not(None))).all()
        shifted = [{"id": row.id, "due_at": _shifted(ctx, step.case, row)} for row in rows]
        bulk.update(connection, flow_timer, shifted, added=["held_at = NULL"])


def _shifted(ctx: Context, case: Case, row: Row[Any]) -> datetime:
    stated = stated_by(case.flow, row)
    if stated is None:
        return ctx.now
    due, held, now = (local(ctx, one) for one in (row.due_at, row.held_at, ctx.now))
    return terms.shifted(stated, due, held, now, Times(ctx).working(case))


def local(ctx: Context, instant: datetime) -> datetime:
    """An instant as the company's clocks tell it."""
    return instant.astimezone(ZoneInfo(ctx.company.time_zone))


def stated_by(flow: flows.Flow, row: Row[Any]) -> Any:
    """The deadline or way that a row is about; None when the flow has none there any more."""
    node = flow.nodes.get(row.node)
    stated = () if node is None else node.deadlines if row.kind == "deadline" else node.awaited
    return stated[row.term] if row.term < len(stated) else None
