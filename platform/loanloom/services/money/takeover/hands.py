"""Whose hands a take-over passes: one reads the files, another books them where the role of either says so."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import RowMapping

from loanloom.problems import Problem, text
from loanloom.services.access.second_person import needs_second
from loanloom.services.context import Context

FUNCTION, CHECK = "loan.take_over", "money.check"
MAY_LOOK = (FUNCTION, CHECK)
"""Who takes over, and who checks what another has read."""


def other_hands(ctx: Context, row: RowMapping, amount: Decimal) -> Problem | None:
    """Why the actor does not book this run of loans with so much principal; None if he does."""
    if ctx.actor.is_system:
        return None
    if ctx.actor.may(CHECK) and row["created_by"] != ctx.actor.user_id:
        return None
    if ctx.actor.may(FUNCTION) and not needs_second(ctx, FUNCTION, amount):
        return None
    return Problem(
        code="takeover.needs_other_hands",
        message=text(
            "Another person books this take-over: who read the files does not book them.",
            "该批接管须由他人复核入账，读取文件者不得自行入账。",
        ),
        hint=text(
            "Ask somebody who checks what others have entered to look at it and book it.",
            "请由有复核登记权限的同事查看后入账。",
        ),
    )
