"""Changes of a credit line: its limit, freezing, unfreezing, closing; asked for by one person, decided by another."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from loanloom.core.money import ZERO, Rounding
from loanloom.problems import Text, text
from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Refused
from loanloom.services.money.lines.credit_lines import LINE, another, hold, problem_of
from loanloom.services.money.lines.line_usage import TABLE, write_move
from loanloom.services.once import Once
from loanloom.store import audit, tables

CHANGE = tables.credit_line_change
CHANGES: Mapping[str, Text] = {
    "limit": text("Change the limit", "调整额度"),
    "freeze": text("Freeze", "冻结"),
    "unfreeze": text("Unfreeze", "解冻"),
    "close": text("Close", "终止"),
}


def ask_change(
    ctx: Context, line_id: int, kind: str, reason: str, limit_amount: Decimal | None = None,
    *, idempotency_key: str | None = None,
) -> int:  # fmt: skip
    """Ask for another limit, for freezing, unfreezing or closing; the request's id."""
    ctx.require("contract.prepare")
    if kind not in CHANGES:
        raise Refused(problem_of("line.unknown_change", "Choose a change.", "请选择变更类型。", "kind"))
    if not reason.strip():
        raise Refused(problem_of("line.reason_missing", "Say why.", "请填写原因。", "reason"))
    if kind == "limit" and (limit_amount is None or limit_amount <= 0 or not Rounding().holds(limit_amount)):
        raise Refused(problem_of("line.amount", "Enter the new limit.", "请填写新的额度。", "limit_amount"))
    with ctx.transaction() as connection:
        given = {"kind": kind, "limit": limit_amount, "reason": reason}
        first = Once(ctx, connection, idempotency_key, "credit_line.ask", line_id, given)
        if first.answer is not None:
            return int(first.answer["change_id"])
        line = hold(ctx, connection, line_id)
        if line["state"] == "closed":
            raise Refused(problem_of("line.closed", "This line is closed.", "该额度已终止。"))
        values = {
            "credit_line_id": line_id, "kind": kind, "reason": reason.strip(), "asked_by": ctx.actor.user_id,
            "limit_amount": limit_amount if kind == "limit" else None, "asked_on": ctx.business_date,
        }  # fmt: skip
        made = int(connection.execute(insert(CHANGE).values(values).returning(CHANGE.c.id)).scalar_one())
        first.keep({"change_id": made})
        return made


def decide_change(ctx: Context, change_id: int, *, approve: bool, version: int) -> None:
    """Approve or refuse a change of a line; never by who asked for it."""
    ctx.require("contract.sign")
    with ctx.transaction() as connection:
        line_id = connection.execute(
            select(CHANGE.c.credit_line_id).where(CHANGE.c.id == change_id)
        ).scalar_one_or_none()
        scope.check_visible(ctx, None, LINE) if line_id is None else None
        line = hold(ctx, connection, int(line_id or 0))
        asked = connection.execute(select(CHANGE).where(CHANGE.c.id == change_id).with_for_update()).mappings().one()
        if asked["state"] != "asked" or asked["version"] != version:
            raise Conflict()
        another(ctx, asked["asked_by"])
        state = "approved" if approve else "refused"
        decided = {"state": state, "decided_by": ctx.actor.user_id, "decided_on": ctx.business_date}
        connection.execute(update(CHANGE).where(CHANGE.c.id == change_id).values(**decided, version=version + 1))
        if approve:
            _changed(ctx, connection, line, asked)
        audit.write(
            connection, ctx.actor, f"credit_line.change_{state}", ("credit_line", line["id"]),
            after={"kind": asked["kind"], "limit": asked["limit_amount"]}, reason=asked["reason"], at=ctx.now,
        )  # fmt: skip


def _changed(ctx: Context, connection: Connection, line: RowMapping, asked: RowMapping) -> None:
    kind, difference = asked["kind"], ZERO
    values: dict[str, Any] = {"version": TABLE.c.version + 1}
    if kind == "limit":
        difference = asked["limit_amount"] - line["limit_amount"]
        values["limit_amount"] = asked["limit_amount"]
    elif kind == "close" and (line["used"] or line["frozen"]):
        raise Refused(
            problem_of(
                "line.still_used",
                "Something is still drawn or reserved on this line.",
                "该额度尚有用信余额或冻结金额。",
            )
        )
    else:
        values["state"] = {"freeze": "frozen", "unfreeze": "open", "close": "closed"}[kind]
    connection.execute(update(TABLE).where(TABLE.c.id == line["id"]).values(values))
    note = asked["reason"]
    write_move(ctx, connection, line["id"], "limit" if kind == "limit" else "state", difference, note=note)
