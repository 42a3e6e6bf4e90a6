"""One case as a page: what it is about, where it stands, its story, and what the actor may do now. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from loanloom.engines import flows
from loanloom.problems import Text
from loanloom.services import facts as readers
from loanloom.services.context import Context
from loanloom.services.errors import NotFound
from loanloom.services.flows import choices, guards, requests, story, subjects
from loanloom.services.flows.case import CASE, ITEM, Case, of_row, row_of
from loanloom.services.flows.choices import Choices
from loanloom.store import tables

COPY = tables.flow_copy


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """A case for the screen. `jumps` are the steps an administrator may move the case to."""

    case: Case
    customer: Mapping[str, Any] | None
    standing: Mapping[str, flows.Term]
    """The terms that approvers may change, as they stand."""
    changed: tuple[tuple[flows.Term, flows.Term], ...]
    """Those that were changed: as asked, and as they stand."""
    diagram: flows.Diagram
    items: tuple[Choices, ...]
    commands: frozenset[str]
    jumps: tuple[tuple[str, Text], ...]
    page: str

    @property
    def has_outside(self) -> bool:
        """Whether a party out of the house is asked something now."""
        return any(item.outside is not None for item in (self.case.state.open_items if self.case.state else ()))


def read(ctx: Context, case_id: int, language: str) -> CasePage:
    """The case, if the actor may see it: by scope, because it is theirs to do or was, or as a copy."""
    with ctx.transaction() as connection:
        row = row_of(connection, case_id)
        case = of_row(ctx, connection, row, _record(ctx, connection, row))
        items = connection.execute(select(ITEM).where(ITEM.c.case_id == case_id).order_by(ITEM.c.id)).all()
        if ctx.actor.customer_id is not None or not (
            guards.sees(ctx, case) or guards.works_on(ctx, connection, case, items) or _copied(ctx, connection, case_id)
        ):
            raise NotFound(CASE)
        found = choices.of_items(ctx, connection, case, items)
        commands = choices.of_case(ctx, connection, case)
        record = requests.record_of(case)
        values = requests.typed(ctx, case, record) if record is not None else {}
        standing, changed = _terms(case, values, language)
        return CasePage(
            case=case,
            customer=_customer(connection, case),
            standing=standing,
            changed=changed,
            diagram=story.drawn(connection, case, language),
            items=found,
            commands=commands,
            jumps=_jumps(case) if "jump" in commands else (),
            page=subjects.of(case.subject).page(case),
        )


def _record(ctx: Context, connection: Connection, row: Row[Any]) -> Any:
    """What the case is about, for the way to its page; a request is its own record."""
    if row.subject_id is None:
        return None
    return subjects.of(row.subject_kind).records(ctx, connection, [row.subject_id]).get(row.subject_id)


def _terms(
    case: Case, values: Mapping[str, Any], language: str
) -> tuple[dict[str, flows.Term], tuple[tuple[flows.Term, flows.Term], ...]]:
    """The terms of a request as they stand, and those that approvers have changed."""
    said = case.state.terms if case.state is not None else {}
    asked = {
        name: flows.term(case.flow, name, values.get(name.partition(".")[2]), language) for name in case.flow.terms
    }
    now = {name: flows.term(case.flow, name, said[name], language) for name in said}
    changed = tuple((asked[name], now[name]) for name in now if name in asked and now[name] != asked[name])
    return asked | now, changed


def _copied(ctx: Context, connection: Connection, case_id: int) -> bool:
    """Whether the actor got a copy of the case; it counts as read now."""
    mine = (COPY.c.case_id == case_id) & (COPY.c.user_id == ctx.actor.user_id)
    found = connection.execute(select(COPY.c.id).where(mine).limit(1)).first() is not None
    if found:
        unread = COPY.update().where(mine, COPY.c.read_at.is_(None)).values(read_at=ctx.now)
        connection.execute(unread)
    return found


def _customer(connection: Connection, case: Case) -> Mapping[str, Any] | None:
    if case.customer_id is None:
        return None
    row = readers.customer_row(connection, case.customer_id)
    return {"id": row.id, "number": row.number, "name": row.name}


def _jumps(case: Case) -> tuple[tuple[str, Text], ...]:
    return tuple((node.key, node.title) for node in case.flow if node.type not in ("join", "end"))
