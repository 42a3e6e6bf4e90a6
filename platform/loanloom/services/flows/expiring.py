"""What a passed deadline or wait does: people are reminded, others may act as well, the case goes on by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from loanloom.engines import flows
from loanloom.engines.flows import terms
from loanloom.engines.flows.model import Deadline
from loanloom.engines.flows.record import altered
from loanloom.problems import Problem, Text, text
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.flows import cases, staff, subjects
from loanloom.services.flows.case import Case
from loanloom.services.flows.items import Times
from loanloom.services.flows.timers import local
from loanloom.store import bulk, messages
from loanloom.store.tables import flow_timer, work_item


def deadline(ctx: Context, connection: Connection, case: Case, row: Row[Any]) -> datetime | None:
    """A term of an item has passed."""
    item = case.state.item(row.target) if case.state is not None else None
    stated = _stated(case.flow.nodes[row.node].deadlines, row.term)
    if case.state is None or item is None or item.pending or stated is None:
        return None
    if stated.do == "remind":
        remind(ctx, connection, case, item, f"due:{row.id}:{row.due_at:%Y%m%d%H%M}")
    elif stated.do == "escalate":
        _escalate(ctx, connection, case, item, stated)
    else:
        cases.act_in(ctx, connection, _row_of(connection, case, item), "expire", {"deadline": row.term})
        return None
    return terms.again(stated, local(ctx, row.due_at), local(ctx, ctx.now), Times(ctx).working(case))


def wait(ctx: Context, connection: Connection, case: Case, row: Row[Any]) -> None:
    """The time of a waiting token has come. A wait that follows at once is counted from that time, not from when
    somebody looked: after a standstill the case is where it would have been."""
    token = case.state.token(row.target) if case.state is not None else None
    if token is None or token.waits != "event":
        return
    noted = select(flow_timer.c.id).where(flow_timer.c.case_id == case.id).order_by(flow_timer.c.id.desc()).limit(1)
    last = connection.execute(noted).scalar_one()
    cases.act_in(ctx, connection, case.id, "pass_time", {"token": row.target, "place": row.term})
    _count_from(ctx, connection, case, row.due_at, last)


def _count_from(ctx: Context, connection: Connection, case: Case, since: datetime, last: int) -> None:
    following = connection.execute(
        select(flow_timer).where(flow_timer.c.case_id == case.id, flow_timer.c.id > last, flow_timer.c.kind == "wait")
    ).all()
    working = Times(ctx).working(case)
    rows = []
    for one in following:
        stated = _stated(case.flow.nodes[one.node].awaited, one.term)
        due = terms.due(stated, local(ctx, since), working, {}) if stated is not None else None
        rows += [{"id": one.id, "due_at": due}] if due is not None else []
    bulk.update(connection, flow_timer, rows)


def remind(ctx: Context, connection: Connection, case: Case, item: flows.Item, key: str) -> list[int]:
    """Tell those who could do an item that it waits; who they are."""
    people = people_for(ctx, connection, case, item)
    title = case.flow.nodes[item.node].title
    words = text(
        f"Overdue: {title.get('en', item.node)}, {case.number}",
        f"已超时限：{title.get('zh', item.node)}，{case.number}",
    )
    _tell(connection, case, people, words, key, "warning")
    return people


def people_for(ctx: Context, connection: Connection, case: Case, item: flows.Item) -> list[int]:
    """Those who could do an item today."""
    if item.taken_by is not None:
        return [item.taken_by]
    if item.kind in ("revision", "material") and not item.users:
        return list(case.state.makers) if case.state is not None else []
    return list(dict.fromkeys((*staff.doing(ctx, connection, case, item), *item.escalated)))


def _escalate(ctx: Context, connection: Connection, case: Case, item: flows.Item, stated: Deadline) -> None:
    people, facts = staff.people_of(ctx, connection, case), cases.facts_of(ctx, connection, case)
    node = case.flow.nodes[item.node]
    assert case.state is not None, "an item without a state"
    found = [people.find(one, node, case.state, facts) for one in stated.assign]
    groups = [altered(item, role=one.role, position=one.position, scope=one.scope, users=one.users) for one in found]
    named = [person for one in groups for person in staff.doing(ctx, connection, case, one)]
    to = list(dict.fromkeys(person for person in named if person not in item.excluded))
    if not to:
        raise Refused(_nobody_above(node.title))
    cases.act_in(ctx, connection, _row_of(connection, case, item), "escalate", {"to": to})
    words = text(
        f"Escalated to you: {node.title.get('en', node.key)}, {case.number}",
        f"已升级至您：{node.title.get('zh', node.key)}，{case.number}",
    )
    _tell(connection, case, to, words, f"escalated:{case.id}:{item.number}:{ctx.now:%Y%m%d%H%M}", "warning")


def _tell(connection: Connection, case: Case, people: Sequence[int], words: Text, key: str, severity: str) -> None:
    url = subjects.of(case.subject).page(case)
    messages.send(connection, people, "approval", words, url=url, severity=severity, subject=case.owner, key=key)


def _row_of(connection: Connection, case: Case, item: flows.Item) -> int:
    """The row of an item."""
    asked = select(work_item.c.id).where(work_item.c.case_id == case.id, work_item.c.number == item.number)
    return int(connection.execute(asked).scalar_one())


def _stated(listed: Sequence[Any], place: int) -> Any:
    return listed[place] if place < len(listed) else None


def _nobody_above(title: Text) -> Problem:
    return Problem(
        code="flow.nobody",
        message=text(
            f"Nobody is there to whom '{title.get('en', '')}' could be escalated.",
            f"环节“{title.get('zh', '')}”没有可升级的人员。",
        ),
        hint=text("Give the item to somebody.", "请指派办理人员。"),
    )
