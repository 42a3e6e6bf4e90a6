"""Undoing a booked change: a change of its own, asked for and approved like the rest."""

from __future__ import annotations

from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.errors import Conflict
from loanloom.services.money.changes import records, steps
from loanloom.services.money.changes.deciding import Step


def undo(
    ctx: Context, change_id: int, *, reason: str, digest: str | None = None, idempotency_key: str | None = None
) -> Step:
    """Ask that a booked change be taken back."""
    ctx.require("loan.change")
    with ctx.transaction() as connection:
        loan_id = records.loan_of(connection, change_id)
        row = records.locked(connection, change_id)
        records.check_state(row, "booked")
    if not row["sequences"]:
        raise Conflict(
            Problem(
                code="change.nothing_to_undo",
                message=text("This change booked nothing.", "该变更没有记账，无需冲正。"),
            )
        )
    return steps.request(
        ctx,
        loan_id,
        "undo",
        {"sequence": row["sequences"][0]},
        reason=reason,
        digest=digest,
        undoes_id=change_id,
        idempotency_key=idempotency_key,
    )
