"""Rows of changes: reading them locked, moving them on, and telling audit, outbox and the people concerned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from loanloom.problems import Problem, Text, text
from loanloom.services.access.rights import roles_with
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, NotFound, Refused
from loanloom.services.money.changes.kinds import Kind
from loanloom.services.money.loan_rows import Kept
from loanloom.store import audit, messages, outbox, tables

CHANGE = text("change", "变更")
TABLE = tables.loan_change
OPEN = ("requested", "approved")
LONGEST_REASON = 1_000


def reason_of(written: str | None, *, needed: bool = True) -> str:
    """The reason that somebody gave, tidied; refused where it is needed and missing, or too long."""
    said = (written or "").strip()
    if len(said) > LONGEST_REASON or "\x00" in said:
        raise Refused(
            Problem(
                code="change.reason_too_long",
                message=text(f"At most {LONGEST_REASON} characters.", f"最多 {LONGEST_REASON} 个字符。"),
                field="why",
            )
        )
    if needed and not said:
        raise Refused(
            Problem(
                code="change.no_reason", message=text("Say why.", "请填写原因。"), field="why"
            )
        )  # fmt: skip
    return said


def locked(connection: Connection, change_id: int) -> RowMapping:
    """The row of a change, locked; the caller holds its loan's row already or takes it first."""
    found = connection.execute(select(TABLE).where(TABLE.c.id == change_id).with_for_update()).mappings().first()
    if found is None:
        raise NotFound(CHANGE)
    return found


def loan_of(connection: Connection, change_id: int) -> int:
    """The loan of a change, so that it can be locked before the change."""
    found = connection.execute(select(TABLE.c.loan_id).where(TABLE.c.id == change_id)).scalar_one_or_none()
    if found is None:
        raise NotFound(CHANGE)
    return int(found)


def add(connection: Connection, values: Mapping[str, Any]) -> int:
    """A new change."""
    return int(connection.execute(insert(TABLE).values(**values).returning(TABLE.c.id)).scalar_one())


def move(connection: Connection, row: RowMapping, values: Mapping[str, Any]) -> None:
    """The change in its next state."""
    counted = {"version": row["version"] + 1}
    connection.execute(update(TABLE).where(TABLE.c.id == row["id"]).values({**values, **counted}))


def check_state(row: RowMapping, *wanted: str) -> None:
    """Refuse a step that the change has passed."""
    if row["state"] not in wanted:
        raise Conflict(
            Problem(
                code="change.moved_on",
                message=text(f"This change is {row['state']} already.", f"该变更已处于“{_STATES[row['state']]}”状态。"),
                hint=text("Open it again and look at the present state.", "请重新打开并核对最新状态。"),
            )
        )


_STATES = {
    "requested": "待审批",
    "approved": "已批准",
    "refused": "已拒绝",
    "withdrawn": "已撤回",
    "booked": "已入账",
    "undone": "已冲正",
}


def check_none_open(connection: Connection, loan_id: int, kind: Kind) -> None:
    """Refuse a second request of the same kind while one is open."""
    query = select(TABLE.c.id).where(TABLE.c.loan_id == loan_id, TABLE.c.kind == kind.key, TABLE.c.state.in_(OPEN))
    if connection.execute(query.limit(1)).first() is not None:
        raise Conflict(
            Problem(
                code="change.already_open",
                message=text(
                    f"A request “{kind.words.title['en']}” is open for this loan already.",
                    f"该借据已有一笔未完成的“{kind.words.title['zh']}”申请。",
                ),
                hint=text("Decide or withdraw that one first.", "请先审批或撤回该申请。"),
            )
        )


def tell(
    ctx: Context, connection: Connection, step: str, change_id: int, kept: Kept, kind: Kind, more: Mapping[str, Any]
) -> None:
    """Audit and outbox of a step in a change's life."""
    after = {"change": change_id, "kind": kind.key, **more}
    reason = after.pop("reason", None)
    audit.write(
        connection, ctx.actor, f"loan_change.{step}", ("loan", kept.id), after=after, reason=reason or None, at=ctx.now,
        release_id=ctx.company.release_id,
    )  # fmt: skip
    outbox.put(
        connection,
        f"application.loan_change_{step}",
        {"loan_id": kept.id, "change_id": change_id, "kind": kind.key},
        key=f"{change_id}-{step}",
        correlation_id=ctx.actor.correlation_id,
    )


def send(
    connection: Connection, to: Iterable[int | None], kept: Kept, kind: Kind, change_id: int, title: Text, step: str
) -> None:
    """A message to people inside the house, leading to the change."""
    number = kept.row["number"]
    named = kind.words.title
    messages.send(
        connection,
        [one for one in to if one is not None],
        "loan_change",
        title,
        text(f"{named['en']}, loan {number}", f"{named['zh']}，借据 {number}"),
        url=f"/loans/{kept.id}/changes/{change_id}",
        subject=("loan", kept.id),
        key=f"change-{change_id}-{step}",
    )


def approvers(ctx: Context, connection: Connection, roles: Iterable[str]) -> list[int]:
    """Who is told of a new request: the holders of the roles that the product names, else of all that may approve."""
    named = list(roles) or roles_with(ctx.registry, "loan.approve_change")
    found = messages.holders(connection, ctx.company.id, named) if named else []
    return [one for one in found if one != ctx.actor.user_id]
