"""What a change moves beside the loan's balances: who looks after it. Undoing puts it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping, update

from loanloom.services.context import Context
from loanloom.services.money.changes import disbursement_undo, draws
from loanloom.services.money.changes.previewing import Preview
from loanloom.store import tables


def after(ctx: Context, connection: Connection, shown: Preview, reason: str) -> None:
    """The effects of a booked change, by its kind."""
    if shown.kind.key == "transfer_loan":
        _transferred(connection, shown)
    elif shown.kind.key == disbursement_undo.KIND:
        disbursement_undo.carry_out(ctx, connection, shown.kept, reason)


def undone(connection: Connection, row: RowMapping) -> None:
    """The effects of a change that was taken back."""
    if row["kind"] == "transfer_loan" and "holder" in row["shown"]:
        _hand_over(connection, row["loan_id"], row["shown"]["holder"])

    if row["shown"].get("payouts"):
        draws.take_back(connection, row["shown"]["payouts"])


def holder_of(row: RowMapping) -> dict[str, Any]:
    """Who looks after a loan, to be kept beside a transfer."""
    return {"unit": row["unit"], "manager_user_id": row["manager_user_id"]}


def _transferred(connection: Connection, shown: Preview) -> None:
    named = {name: shown.record[name] for name in ("unit", "manager_user_id") if shown.record.get(name)}
    _hand_over(connection, shown.kept.id, named)


def _hand_over(connection: Connection, loan_id: int, values: Mapping[str, Any]) -> None:
    connection.execute(update(tables.loan).where(tables.loan.c.id == loan_id).values(**values))
