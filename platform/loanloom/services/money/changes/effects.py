"""What a change moves beside the loan's balances: who looks after it, and whether its papers are done with."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Connection

from loanloom.services.context import Context
from loanloom.services.money.changes.previewing import Preview


def after(ctx: Context, connection: Connection, shown: Preview) -> None:
    """The effects of a booked change, by its kind."""
    effect = _EFFECTS.get(shown.kind.key)
    if effect is not None:
        effect(ctx, connection, shown)


_EFFECTS: Mapping[str, Callable[[Context, Connection, Preview], None]] = {}
