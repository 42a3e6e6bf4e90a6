"""Who is told of an order of the desk: those who may register it, when it waits; who entered it, what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection

from loanloom.core.money import formatted
from loanloom.problems import Text, text
from loanloom.services.access.second_person import others_who_may
from loanloom.services.context import Context
from loanloom.store import messages

CHECK = "money.check"
OUTCOMES: Mapping[str, tuple[Text, str]] = {
    "registered": (text("Registered and booked", "已复核入账"), "success"),
    "refused": (text("Refused", "已拒绝"), "warning"),
}


def tell_checkers(ctx: Context, connection: Connection, order_id: int, title: Text, about: Any) -> None:
    """Somebody must register it: everybody else who may check and sees whose it is."""
    row = {**asdict(about), "created_by": ctx.actor.user_id}
    amount = f"{formatted(about.amount)} {about.currency}"
    _send(
        connection, others_who_may(ctx, connection, CHECK, row), order_id, "waits",
        text(f"To be registered: {title['en']}, {amount}", f"待复核：{title['zh']}，{amount}"),
        text(f"Entered by {ctx.actor.name}", f"录入人：{ctx.actor.name}"),
    )  # fmt: skip


def tell_enterer(
    ctx: Context, connection: Connection, row: Mapping[Any, Any], title: Text, outcome: str, answer: str = ""
) -> None:
    """What became of what somebody entered; nobody is told what they just did."""
    if row["entered_by"] in (None, ctx.actor.user_id):
        return
    words, severity = OUTCOMES[outcome]
    said = text(f"{words['en']}: {title['en']} {row['id']}", f"{words['zh']}：{title['zh']} {row['id']}")
    _send(connection, [row["entered_by"]], row["id"], outcome, said, text(answer, answer), severity)


def _send(
    connection: Connection, to: list[int], order_id: int, step: str, title: Text, body: Text, severity: str = "info"
) -> None:
    messages.send(
        connection, to, "order", title, body, url=f"/cashier/orders/{order_id}", severity=severity,
        subject=("cash_order", order_id), key=f"order-{order_id}-{step}",
    )  # fmt: skip
