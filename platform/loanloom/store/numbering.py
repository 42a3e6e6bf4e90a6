"""The counters behind numbers of applications, contracts, vouchers ...; how a number reads is metadata's business."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row

from .database import Database

Counter = tuple[str, str]
"""Key of a numbering and its period."""

_TAKEN = """
INSERT INTO number_sequence (key, period, last)
SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[]) AS wanted(key, period, count) ORDER BY key, period
ON CONFLICT (company_id, key, period) DO UPDATE SET last = number_sequence.last + excluded.last
RETURNING key, period, last
"""
_LOOSE = "SELECT * FROM loanloom_numbers(%s, %s::text[], %s::text[], %s::bigint[])"
FUNCTION = f"""
CREATE OR REPLACE FUNCTION loanloom_numbers(company integer, keys text[], periods text[], counts bigint[])
RETURNS TABLE (key text, period text, last bigint) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    PERFORM set_config('loanloom.company_id', company::text, true), set_config('synchronous_commit', 'off', true);
    RETURN QUERY {_TAKEN.replace("%s::text[], %s::text[], %s::bigint[]", "keys, periods, counts")};
END $$
"""
"""What `take_all_loose` calls; made with every migration (security.py). It works as whoever calls it."""


def take_all(connection: Connection, wanted: Mapping[Counter, int]) -> dict[Counter, int]:
    """The next numbers of several counters without a gap (the first of as many as wanted), in one statement.

    Others wait until this transaction ends, so take them last; counters are locked in order of their names.
    """
    if not wanted:
        return {}
    return _firsts(connection.exec_driver_sql(_TAKEN, _parameters(wanted)), wanted)


def take_all_loose(database: Database, company_id: int, wanted: Mapping[Counter, int]) -> dict[Counter, int]:
    """The next numbers at once, for nobody to wait; an undone transaction leaves a gap.

    One statement that commits by itself and waits for no disk: whatever is committed later with these numbers takes
    it along (one log, in order), and what is not committed needs no number.
    """
    if not wanted:
        return {}
    with database.single_statements() as connection:
        return _firsts(connection.exec_driver_sql(_LOOSE, (company_id, *_parameters(wanted))), wanted)


def _parameters(wanted: Mapping[Counter, int]) -> tuple[list[str], list[str], list[int]]:
    return [key for key, _ in wanted], [period for _, period in wanted], list(wanted.values())


def _firsts(found: Iterable[Row[Any]], wanted: Mapping[Counter, int]) -> dict[Counter, int]:
    return {(row.key, row.period): int(row.last) - wanted[row.key, row.period] + 1 for row in found}


def take(connection: Connection, key: str, period: str = "", count: int = 1) -> int:
    """The next number of one counter without a gap (the first of `count`)."""
    return take_all(connection, {(key, period): count})[key, period]


def take_loose(database: Database, company_id: int, key: str, period: str = "", count: int = 1) -> int:
    """The next number of one counter at once."""
    return take_all_loose(database, company_id, {(key, period): count})[key, period]
