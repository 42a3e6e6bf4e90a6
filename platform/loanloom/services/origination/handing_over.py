"""A customer hands their part of an application over to the house, which completes it before anything is judged.

For products whose rules need what staff find out: a visit, the credit record. The application is not submitted by it:
it waits for the customer's account manager, with what was typed and the papers, and whoever completes it hands it in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy import update as change

from loanloom.problems import Problem, say, text
from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.origination import applications
from loanloom.services.origination.applications import TABLE, Filling
from loanloom.store import audit, messages
from loanloom.store.tables import membership

STATE = "handed_over"
TO_COMPLETE = text("An application to complete", "待补充的申请")


def is_due(ctx: Context, filling: Filling) -> bool:
    """Whether what the actor hands in goes to staff first."""
    return ctx.actor.is_borrower and bool(filling.product.get("portal_completed_by_staff"))


def hand_over(
    ctx: Context, connection: Connection, filling: Filling, raw: Mapping[str, Any], new: Mapping[str, Any]
) -> None:
    """Keep what was typed, and what it says so far (`new`, by column), and tell the account manager."""
    row, manager = filling.row, _manager(ctx, connection, filling)
    typed = {name: value for name, value in raw.items() if isinstance(name, str)}
    values = {
        **new,
        "state": STATE,
        "draft": applications.draft_of(ctx, row, typed, editor=""),
        "manager_user_id": manager,
        "updated_by": ctx.actor.user_id,
        "updated_at": ctx.now,
        "version": row.version + 1,
    }
    connection.execute(change(TABLE).where(TABLE.c.id == row.id).values(values))
    audit.write(
        connection, ctx.actor, "application.handed_over", ("application", row.id),
        before={"state": row.state}, after={"state": STATE}, release_id=row.release_id, at=ctx.now,
    )  # fmt: skip
    product = filling.registry.require("product", row.product_key).title
    words = (f"{row.number} · {filling.customer.name} · {say(product, tag)}" for tag in ("en", "zh"))
    messages.send(
        connection, [manager], "notice", TO_COMPLETE, text(*words),
        url=f"/applications/{row.id}", subject=("application", row.id), key=f"handed_over:{row.id}:{row.version}",
    )  # fmt: skip


def waiting(ctx: Context) -> int:
    """How many applications wait to be completed by whoever sees them and may."""
    if not ctx.actor.may("application.create"):
        return 0
    query = select(func.count()).where(TABLE.c.state == STATE, scope.visible(ctx, TABLE))
    with ctx.transaction() as connection:
        return int(connection.execute(query).scalar_one())


def _manager(ctx: Context, connection: Connection, filling: Filling) -> int:
    """The customer's account manager now, or whoever it was when the application was begun; Refused without one."""
    candidates = [who for who in (filling.customer.manager_user_id, filling.row.manager_user_id) if who is not None]
    here = (membership.c.company_id == ctx.company.id, membership.c.active, membership.c.user_id.in_(candidates))
    active = set(connection.execute(select(membership.c.user_id).where(*here)).scalars()) if candidates else set()
    found = next((who for who in candidates if who in active), None)
    if found is None:
        raise Refused(
            Problem(
                code="application.no_account_manager",
                message=text(
                    "You have no account manager yet who could complete this application.",
                    "您尚无客户经理，无法补充该申请。",
                ),
                hint=text(
                    "Call us, and we name one. What you have typed is kept.",
                    "请致电我们安排客户经理；已填写的内容会保留。",
                ),
            )
        )
    return int(found)
