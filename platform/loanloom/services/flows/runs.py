"""What a case waits for that is no person, kept with each step: terms, calls, sub-flows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from loanloom.services.context import Context
from loanloom.services.flows import calls, subs, timers

if TYPE_CHECKING:
    from loanloom.services.flows.saving import Step


def note(ctx: Context, connection: Connection, steps: Sequence[Step]) -> None:
    """Write down, in the commit of these steps, what is to happen by itself after them, and forget what is not."""
    timers.note(ctx, connection, steps)
    calls.note(ctx, connection, steps)
    subs.note(ctx, connection, steps)
