"""A command that arrives twice is done once, said in one line by every use case that takes an idempotency key.

    with ctx.transaction() as connection:
        first = Once(ctx, connection, key, "contract.prepare:7")
        if first.answer is not None:
            return first.answer["contract_id"]
        ...
        first.keep({"contract_id": made})

A second request that arrives while the first is still at work waits for it and gets its answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.errors import Conflict
from loanloom.store import idempotency


class Once:
    """The first answer, if there was one; else the place to keep this one."""

    def __init__(self, ctx: Context, connection: Connection, key: str | None, command: str) -> None:
        self._ctx, self._connection, self._key, self._command = ctx, connection, key, command
        self.answer: Mapping[str, Any] | None = None
        if key is None:
            return
        found = idempotency.earlier(connection, key, command, ctx.actor.user_id)
        if found is None:
            return
        if not found.fits:
            raise Conflict(_reused())
        self.answer = found.response

    def keep(self, answer: Mapping[str, Any]) -> None:
        """Keep the answer in the command's own transaction."""
        if self._key is not None:
            idempotency.keep(self._connection, self._key, self._command, answer, self._ctx.actor.user_id)


def _reused() -> Problem:
    return Problem(
        code="service.key_reused",
        message=text("This form was already used for something else.", "该页面已用于另一项操作。"),
        hint=text("Open it again.", "请重新打开页面。"),
    )
