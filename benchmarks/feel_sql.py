"""FEEL run as SQL over 100,000 rows, beside the SQL that one would write by hand for the same.

The server measures itself (execution time of the plan, no rows sent), the two in turn; the ratio says what exactness,
nulls and faults cost in PostgreSQL. The hand-written quotient is not exact; ours is.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, create_engine, text

from benchmarks.figure import Figure
from loanloom import feel
from loanloom.feel.targets.sql.target import Sql, to_sql
from loanloom.testing.postgres import Cluster

ROWS = 100_000
RUNS = 15
MONEY = feel.optional(feel.number(digits=feel.Digits(16, 2)))
SCOPE = feel.context(
    {
        "days_past_due": feel.optional(feel.number(digits=feel.Digits(5, 0))),
        "principal": MONEY,
        "outstanding": MONEY,
        "overdue": MONEY,
        "product": feel.optional(feel.STRING),
    }
)
TABLE = """
CREATE TEMPORARY TABLE book AS
SELECT (n * 7919 % 500 - 100)::integer AS days_past_due, (n * 31 % 90000 + 1000)::numeric(18, 2) AS principal,
       (n * 17 % 60000)::numeric(18, 2) AS outstanding, (n * 13 % 9000)::numeric(18, 2) / 4 AS overdue,
       (ARRAY['farmer', 'trader', 'consumer'])[n % 3 + 1] AS product
FROM generate_series(1, :rows) AS n
"""
CLASS = """
if days_past_due > 360 then "loss"
else if days_past_due > 270 then "doubtful"
else if days_past_due > 90 or overdue * 2 > outstanding then "substandard"
else if days_past_due > 0 or product in ("farmer", "trader") and overdue > 0 then "special_mention"
else "normal"
"""
CLASS_BY_HAND = """
CASE WHEN days_past_due > 360 THEN 'loss'
     WHEN days_past_due > 270 THEN 'doubtful'
     WHEN days_past_due > 90 OR overdue * 2 > outstanding THEN 'substandard'
     WHEN days_past_due > 0 OR product IN ('farmer', 'trader') AND overdue > 0 THEN 'special_mention'
     ELSE 'normal' END
"""
SHARE = "round half up((principal - outstanding) * 100 / principal, 2)"
SHARE_BY_HAND = "round((principal - outstanding) * 100 / nullif(principal, 0), 2)"


def figures() -> Iterator[Figure]:
    """All figures of this module."""
    cluster = Cluster()
    try:
        engine = create_engine(cluster.admin_url.set(database=cluster.empty("feelsql")))
        with engine.connect() as connection:
            connection.execute(text(TABLE), {"rows": ROWS})
            connection.execute(text("ANALYZE book"))
            connection.execute(text("SET max_parallel_workers_per_gather = 0"))
            yield _beside(connection, "asset classes of 100,000 loans", CLASS, CLASS_BY_HAND, bar=1.5)
            yield _beside(connection, "exact share of 100,000 loans", SHARE, SHARE_BY_HAND, bar=4)
        engine.dispose()
    finally:
        cluster.close()


def _beside(connection: Connection, name: str, expression: str, by_hand: str, *, bar: float) -> Figure:
    checked = feel.check(expression, SCOPE)
    translated = to_sql(checked, {path: f"book.{path}" for path in checked.inputs})
    assert translated.value is not None, [one.in_words() for one in translated.problems]
    hand = Sql(by_hand, {})
    differing = f"SELECT count(*) FROM book WHERE {translated.value.text} IS DISTINCT FROM {by_hand}"
    assert connection.execute(text(differing), translated.value.parameters).scalar_one() == 0
    pairs = [(_milliseconds(connection, translated.value), _milliseconds(connection, hand)) for _ in range(RUNS)]
    return Figure(
        name=f"FEEL as SQL: {name}",
        value=statistics.median(ours for ours, _ in pairs),
        unit="ms",
        ratio=statistics.median(ours / theirs for ours, theirs in pairs),
        peer="SQL by hand",
        bar=bar,
        bar_on="ratio",
    )


def _milliseconds(connection: Connection, sql: Sql) -> float:
    statement = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) SELECT {sql.text} FROM book"
    plan: list[dict[str, Any]] = connection.execute(text(statement), sql.parameters).scalar_one()
    return float(Decimal(str(plan[0]["Execution Time"])))
