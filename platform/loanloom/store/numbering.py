"""The counters behind numbers of applications, contracts, vouchers ...; how a number reads is metadata's business."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from .database import Database

Counter = tuple[str, str]
"""Key of a numbering and its period."""

_TAKEN = """
INSERT INTO number_sequence (key, period, last)
SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[]) AS wanted(key, period, count) ORDER BY key, period
ON CONFLICT (company_id, key, period) DO UPDATE SET last = number_sequence.last + excluded.last
RETURNING key, period, last
"""


def take_all(connection: Connection, wanted: Mapping[Counter, int]) -> dict[Counter, int]:
    """The next numbers of several counters without a gap (the first of as many as wanted), in one statement.

    Others wait until this transaction ends, so take them last; counters are locked in order of their names.
    """
    if not wanted:
        return {}
    parameters = ([key for key, _ in wanted], [period for _, period in wanted], list(wanted.values()))
    found = connection.exec_driver_sql(_TAKEN, parameters)
    return {(row.key, row.period): int(row.last) - wanted[row.key, row.period] + 1 for row in found}


def take_all_loose(database: Database, company_id: int, wanted: Mapping[Counter, int]) -> dict[Counter, int]:
    """The next numbers at once, for nobody to wait; an undone transaction leaves a gap.

    Its commit waits for no disk: whatever is committed later with these numbers takes it along (one log, in order),
    and what is not committed needs no number.
    """
    if not wanted:
        return {}
    with database.transaction(company_id, waits_for_disk=False) as connection:
        return take_all(connection, wanted)


def take(connection: Connection, key: str, period: str = "", count: int = 1) -> int:
    """The next number of one counter without a gap (the first of `count`)."""
    return take_all(connection, {(key, period): count})[key, period]


def take_loose(database: Database, company_id: int, key: str, period: str = "", count: int = 1) -> int:
    """The next number of one counter at once."""
    return take_all_loose(database, company_id, {(key, period): count})[key, period]
