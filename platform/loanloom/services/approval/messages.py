"""Who is told what when a case moves: in-app messages to the next approvers, the applicant's staff, the borrower."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from loanloom.engines import flows
from loanloom.problems import Text, text
from loanloom.services import scope
from loanloom.services.approval.flow_cases import Case
from loanloom.services.context import Context
from loanloom.store import messages, tables

OUTCOMES: dict[str, tuple[Text, str]] = {
    "approved": (text("was approved", "已获批准"), "success"),
    "refused": (text("was refused", "已被否决"), "warning"),
    "withdrawn": (text("was withdrawn", "已撤回"), "info"),
}


def tell(ctx: Context, connection: Connection, case: Case, moved: flows.Moved) -> None:
    """Write the messages of one step; the actor is never told what they just did."""
    for item in moved.opened:
        if item.kind == "approval":
            people: Iterable[int] = (row.user_id for row in candidates(ctx, connection, item, case.branch))
            _send(ctx, connection, case, people, f"item:{case.row.id}:{item.number}", *_to_decide(case, item))
    if any(effect.name == "returned" and effect.data.get("to_makers") for effect in moved.effects):
        words = text(f"Application {case.row.number} was returned to you", f"申请 {case.row.number} 已退回，请补充修改")
        key = f"returned:{case.row.id}:{moved.state.last_number}"
        _send(ctx, connection, case, _owners(ctx, connection, case, moved.state), key, words, "warning")
    if moved.state.status == "ended" and moved.state.outcome:
        words, severity = OUTCOMES[moved.state.outcome]
        said = text(f"Application {case.row.number} {words['en']}", f"申请 {case.row.number} {words['zh']}")
        _send(
            ctx, connection, case, _owners(ctx, connection, case, moved.state), f"ended:{case.row.id}", said, severity
        )


def remind_overdue(ctx: Context, connection: Connection) -> int:
    """Tell those who could decide an overdue item, each once; how many items are overdue."""
    table = tables.work_item
    late = select(table, tables.application.c.number.label("application_number")).join(
        tables.application, tables.application.c.id == table.c.application_id
    )
    rows = connection.execute(late.where(table.c.status == "open", table.c.due_at < ctx.now).order_by(table.c.id)).all()
    for row in rows:
        item = flows.Item(
            number=row.number, token=0, node=row.node, kind=row.kind, role=row.role, scope=row.scope,
            excluded=tuple(row.excluded),
        )  # fmt: skip
        people = (
            [row.assignee] if row.assignee else [one.user_id for one in candidates(ctx, connection, item, row.unit)]
        )
        messages.send(
            connection,
            people,
            "approval",
            text(f"Overdue: {row.application_number}", f"已超时限：{row.application_number}"),
            dict(row.title),
            url=f"/approvals/{row.id}",
            severity="warning",
            subject=("application", row.application_id),
            key=f"overdue:{row.id}",
        )
    return len(rows)


def candidates(ctx: Context, connection: Connection, item: flows.Item, branch: str | None) -> list[Row[Any]]:
    """The active members who may decide an item: its role, its branch, not excluded."""
    table = tables.membership
    conditions: list[ColumnElement[bool]] = [
        table.c.company_id == ctx.company.id,
        table.c.active,
        table.c.roles.contains([item.role]),
        table.c.user_id.not_in(item.excluded),
    ]
    units = scope.units_of(ctx)
    rows = connection.execute(select(table).where(*conditions).order_by(table.c.user_id)).all()
    return [row for row in rows if item.scope == "all" or scope.branch_of(units, row.unit) == branch]


def _to_decide(case: Case, item: flows.Item) -> tuple[Text, str]:
    title = case.flow.nodes[item.node].title
    words = {
        language: f"{joined}{title.get(language, item.node)}: {case.row.number}"
        for language, joined in (("en", "To decide, "), ("zh", "待审批，"))
    }
    return words, "info"


def _owners(ctx: Context, connection: Connection, case: Case, state: flows.State) -> set[int]:
    """Those who made the case, and the borrower's own log-in where there is one."""
    table = tables.membership
    borrower = connection.execute(
        select(table.c.user_id).where(
            table.c.company_id == ctx.company.id, table.c.active, table.c.customer_id == case.row.customer_id
        )
    )
    return {*state.makers, *(row.user_id for row in borrower)}


def _send(
    ctx: Context, connection: Connection, case: Case, people: Iterable[int], key: str, words: Text, severity: str
) -> None:
    messages.send(
        connection,
        [person for person in people if person != ctx.actor.user_id],
        "approval",
        words,
        url=f"/applications/{case.row.id}",
        severity=severity,
        subject=("application", case.row.id),
        key=key,
    )
