"""The counters behind numbers of applications, contracts, vouchers ...; how a number reads is metadata's business."""

from __future__ import annotations

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from .database import Database
from .tables import number_sequence

_FIRST = insert(number_sequence)
_TAKEN = _FIRST.on_conflict_do_update(
    index_elements=["company_id", "key", "period"], set_={"last": number_sequence.c.last + _FIRST.excluded.last}
).returning(number_sequence.c.last)


def take(connection: Connection, key: str, period: str = "", count: int = 1) -> int:
    """The next number without a gap (the first of `count`): others wait until this transaction ends."""
    last = connection.execute(_TAKEN, {"key": key, "period": period, "last": count}).scalar_one()
    return int(last) - count + 1


def take_loose(database: Database, company_id: int, key: str, period: str = "", count: int = 1) -> int:
    """The next number at once, for nobody to wait; an undone transaction leaves a gap.

    Its commit waits for no disk: whatever is committed later with this number takes it along (one log, in order), and
    what is not committed needs no number.
    """
    with database.transaction(company_id, waits_for_disk=False) as connection:
        return take(connection, key, period, count)
