"""A command that arrives twice is done once, said in one line by every use case that takes an idempotency key.

    with ctx.transaction() as connection:
        first = Once(ctx, connection, key, "contract.prepare", sanction_id)
        if first.answer is not None:
            return first.answer["contract_id"]
        ...
        first.keep({"contract_id": made})

A second request that arrives while the first is still at work waits for it and gets its answer; the same key with
something else `given` is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.errors import Conflict
from loanloom.store import idempotency
from loanloom.store.idempotency import Asked


class Once:
    """The first answer, if there was one; else the place to keep this one."""

    def __init__(
        self,
        ctx: Context,
        connection: Connection,
        key: str | None,
        action: str,
        subject: object = "",
        given: Mapping[str, Any] | None = None,
        *,
        locked: bool = False,
    ) -> None:
        """`locked`: the subject's row is locked already, so nobody else can be at work on the same."""
        self._connection = connection
        self._asked = asked(ctx, key, action, subject, given)
        found = idempotency.earlier(connection, self._asked, alone=not locked) if self._asked else None
        self.answer: Mapping[str, Any] | None = None if found is None else fitting(found)

    def keep(self, answer: Mapping[str, Any]) -> None:
        """Keep the answer in the command's own transaction."""
        keep(self._connection, self._asked, answer)


def asked(
    ctx: Context, key: str | None, action: str, subject: object = "", given: Mapping[str, Any] | None = None
) -> Asked | None:
    """The command as it was asked for; None without a key."""
    return Asked(key, action, str(subject), given, ctx.actor.user_id) if key else None


def keep(connection: Connection, command: Asked | None, answer: Mapping[str, Any]) -> None:
    """Keep the answer to a command that came with a key."""
    if command is not None:
        idempotency.keep(connection, command, answer)


def fitting(found: idempotency.Answer) -> Mapping[str, Any]:
    """The first answer; refused where the key was used for something else."""
    if not found.fits:
        raise Conflict(
            Problem(
                code="service.key_reused",
                message=text("This form was already used for something else.", "该页面已用于另一项操作。"),
                hint=text("Open it again.", "请重新打开页面。"),
            )
        )
    answer: Mapping[str, Any] = found.response
    return answer
